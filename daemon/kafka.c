/* What everything that talks to Kafka shares: one way to configure librdkafka, one to name topics.
 */
#include "kafka.h"

#include <stdio.h>
#include <string.h>

#include "log.h"

/* Kafka's own limit for a topic's name. */
#define TOPIC_NAME_MAX 249
#define LONGEST_TOPIC  "xueshi.payment-request"

/* What correctness hangs on, by every name that librdkafka knows for it; or what the file says
 * elsewhere. A prefix "topic." makes no other property of it. */
static const char *const own_properties[] = {
    "acks",
    "api.version.request",
    "auto.commit.enable",
    "auto.offset.reset",
    "bootstrap.servers",
    "check.crcs",
    "client.id",
    "delivery.timeout.ms",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.instance.id",
    "isolation.level",
    "log.queue",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "message.send.max.retries",
    "message.timeout.ms",
    "metadata.broker.list",
    "partition.assignment.strategy",
    "partitioner",
    "request.required.acks",
    "retries",
    "transaction.timeout.ms",
    "transactional.id",
};

static bool is_own(const char *name)
{
    if (strncmp(name, "topic.", strlen("topic.")) == 0)
        name += strlen("topic.");
    for (size_t i = 0; i < sizeof own_properties / sizeof *own_properties; i++)
        if (strcmp(own_properties[i], name) == 0)
            return true;
    return false;
}

/* librdkafka calls an error what mostly heals; what does not reaches the caller as well. */
static void write_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    enum log_level own = LOG_LEVEL_DEBUG;

    if (level <= 2)
        own = LOG_LEVEL_ERROR;
    else if (level <= 4)
        own = LOG_LEVEL_WARN;
    else if (level <= 6)
        own = LOG_LEVEL_INFO;
    log_write(own, "librdkafka", "client", client ? rd_kafka_name(client) : NULL, "facility",
              facility, "text", text, NULL);
}

/* Neither a value nor librdkafka's text that repeats it: it may be a password. */
bool kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
    switch (rd_kafka_conf_set(conf, name, value, NULL, 0)) {
    case RD_KAFKA_CONF_OK:
        return true;
    case RD_KAFKA_CONF_UNKNOWN:
        err_set(err, STATUS_FATAL, "librdkafka knows no property ", name, NULL);
        return false;
    default:
        err_set(err, STATUS_FATAL, "librdkafka refuses the value of the property ", name, NULL);
        return false;
    }
}

bool kafka_conf_default(rd_kafka_conf_t *conf, const struct config *config, const char *name,
                        const char *value, struct err *err)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < config->kafka.properties.count; i++) {
        const char *property = config->kafka.properties.at[i];

        if (strncmp(property, name, len) == 0 && property[len] == '=')
            return true;
    }
    return kafka_conf_set(conf, name, value, err);
}

/* One "name=value" of the file. */
static bool set_property(rd_kafka_conf_t *conf, const char *property, struct err *err)
{
    const char *equals = strchr(property, '=');
    char name[128];

    if (!equals || equals == property || (size_t)(equals - property) >= sizeof name) {
        err_set(err, STATUS_FATAL, "an entry of kafka.properties is not name=value", NULL);
        return false;
    }
    memcpy(name, property, (size_t)(equals - property));
    name[equals - property] = '\0';
    if (is_own(name)) {
        err_set(err, STATUS_FATAL, "kafka.properties: ", name, " is not for the file to set", NULL);
        return false;
    }
    return kafka_conf_set(conf, name, equals + 1, err);
}

static bool set_all(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
    if (strlen(config->kafka.topic_prefix) + strlen(LONGEST_TOPIC) > TOPIC_NAME_MAX) {
        err_set(err, STATUS_FATAL, "kafka.topic_prefix is too long", NULL);
        return false;
    }
    for (size_t i = 0; i < config->kafka.properties.count; i++)
        if (!set_property(conf, config->kafka.properties.at[i], err))
            return false;
    return kafka_conf_set(conf, "bootstrap.servers", config->kafka.bootstrap_servers, err) &&
           kafka_conf_set(conf, "client.id", config->instance, err);
}

rd_kafka_conf_t *kafka_conf_new(const struct config *config, struct err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set_log_cb(conf, write_log);
    if (!set_all(conf, config, err)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    return conf;
}

rd_kafka_t *kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct err *err)
{
    char text[sizeof err->message];
    rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof text);

    if (!client) {
        rd_kafka_conf_destroy(conf);
        err_set(err, STATUS_FATAL, "librdkafka refuses its configuration: ", text, NULL);
    }
    return client;
}

const char *kafka_topic(const struct config *config, const char *name, char out[KAFKA_TOPIC_MAX])
{
    (void)snprintf(out, KAFKA_TOPIC_MAX, "%s%s", config->kafka.topic_prefix, name);
    return out;
}

enum topic kafka_topic_from(const struct config *config, const char *name)
{
    size_t len = strlen(config->kafka.topic_prefix);
    enum topic topic = TOPICS;

    if (strncmp(name, config->kafka.topic_prefix, len) == 0)
        topic = topic_from_name(name + len);
    return topic < TOPICS_IN ? topic : TOPICS;
}

static int32_t count_partitions(const struct rd_kafka_metadata *metadata, const char *topic,
                                struct err *err)
{
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *one = &metadata->topics[i];

        if (strcmp(one->topic, topic) != 0)
            continue;
        if (one->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            return one->partition_cnt;
        err_set(err, STATUS_RETRY, "topic ", topic, ": ", rd_kafka_err2str(one->err), NULL);
        return 0;
    }
    err_set(err, STATUS_RETRY, "there is no topic ", topic, NULL);
    return 0;
}

/* Asks for all topics: to ask for one by name can create it. */
int32_t kafka_partition_count(rd_kafka_t *client, const char *topic, int timeout_ms,
                              struct err *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 1, NULL, &metadata, timeout_ms);
    int32_t count;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        err_set(err, STATUS_RETRY, "Kafka does not answer: ", rd_kafka_err2str(code), NULL);
        return 0;
    }
    count = count_partitions(metadata, topic, err);
    rd_kafka_metadata_destroy(metadata);
    return count;
}
