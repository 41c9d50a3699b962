/* What consumer, relay, ticker and tool share of librdkafka: configuration, topic names, headers.
 */
#ifndef XUESHI_KAFKA_H
#define XUESHI_KAFKA_H

#include <librdkafka/rdkafka.h>

#include "config.h"
#include "record.h"

/* The compacted topic on which the relay says how far it got. */
#define KAFKA_RELAY_TOPIC "xueshi.relay"
#define KAFKA_TOPIC_MAX   256

/* A librdkafka configuration with bootstrap servers, client id, log hook and the properties of the
 * file; freed by rd_kafka_new or rd_kafka_conf_destroy. NULL: a property was refused, err says
 * which. */
rd_kafka_conf_t *kafka_conf_new(const struct config *config, struct err *err);
/* Sets one of ours; false and err when librdkafka refuses it. */
bool kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err);
/* The same, unless the file sets the property by this name. */
bool kafka_conf_default(rd_kafka_conf_t *conf, const struct config *config, const char *name,
                        const char *value, struct err *err);
/* Makes the client and owns conf in any case. NULL: err says why. */
rd_kafka_t *kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct err *err);

/* Prefix and name; returns out. */
const char *kafka_topic(const struct config *config, const char *name, char out[KAFKA_TOPIC_MAX]);
/* The reverse for input topics; TOPICS if it is none of ours. */
enum topic kafka_topic_from(const struct config *config, const char *name);

/* How many partitions the topic has; 0 and err: it is not there, or the broker does not answer
 * within the time (err says which). */
int32_t kafka_partition_count(rd_kafka_t *client, const char *topic, int timeout_ms,
                              struct err *err);

#endif
