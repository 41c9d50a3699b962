/* The ten topics and what they must be (configuration.md, "Topics"), by Kafka's Admin API. */
#ifndef XUESHI_TOPICS_H
#define XUESHI_TOPICS_H

#include "kafka.h"

/* TOPICS of the contract and the relay's. */
#define ALL_TOPICS (TOPICS + 1)

/* What the operator wants; 0: does not matter. */
struct topics_wanted {
    int64_t partitions, replication;
};

/* One thing that is not as it must be. Everything is the arena's. */
struct topic_difference {
    const char *topic; /* with prefix */
    const char *what;  /* a setting, "partitions", "replication" or "topic" */
    const char *is, *must_be;
    const char *why;
};
struct topic_differences {
    struct topic_difference *at;
    size_t count, cap;
};

/* The topic's name with prefix; the last one is the relay's. */
const char *topics_name(const struct config *config, int topic, char out[KAFKA_TOPIC_MAX]);

/* Creates what is missing and waits until it can be used; created[i] says which were. An existing
 * topic is left as it is. */
enum status topics_create(rd_kafka_t *client, const struct config *config,
                          const struct topics_wanted *wanted, bool created[ALL_TOPICS],
                          struct err *err) __attribute__((warn_unused_result));

/* Compares all of them. */
enum status topics_compare(rd_kafka_t *client, const struct config *config,
                           const struct topics_wanted *wanted, struct arena *arena,
                           struct topic_differences *out, struct err *err)
    __attribute__((warn_unused_result));

#endif
