/* Between topics.c and topics_compare.c: what a topic must be, and Kafka's Admin API. */
#ifndef XUESHI_TOPICS_INTERNAL_H
#define XUESHI_TOPICS_INTERNAL_H

#include "topics.h"

struct topic_setting {
    const char *name, *value, *why;
};

#define TOPIC_SETTINGS_MAX 6
struct topic_settings {
    struct topic_setting at[TOPIC_SETTINGS_MAX];
    size_t count;
};

bool topics_is_relay(int topic);
struct topic_settings topics_settings(const struct config *config, int topic);
/* How many copies must have a record before it counts as written: more than half of three or more.
 */
int64_t topics_in_sync(int64_t replication);

/* All topics; rd_kafka_metadata_destroy. */
enum status topics_metadata(rd_kafka_t *client, const struct rd_kafka_metadata **metadata,
                            struct err *err) __attribute__((warn_unused_result));
/* NULL: not there, or not ready to be used. */
const rd_kafka_metadata_topic_t *topics_find(const struct rd_kafka_metadata *metadata,
                                             const char *name);

/* With the time that we wait for an answer. */
rd_kafka_AdminOptions_t *topics_options(rd_kafka_t *client, rd_kafka_admin_op_t operation);
/* The answer to an Admin request; NULL and err if none comes. */
rd_kafka_event_t *topics_await(rd_kafka_queue_t *queue, struct err *err);

#endif
