/* The ten topics: made, and compared with what they must be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "topics_internal.h"

#define ANSWER_MS 10000
#define POLL_MS   100

static const struct topic_setting input_settings[] = {
    {"cleanup.policy", "delete", "every record counts, not the last of each key"},
    {"retention.ms", "-1", "what is deleted cannot be folded again"},
    {"retention.bytes", "-1", "what is deleted cannot be folded again"},
};
static const struct topic_setting append_time_settings[] = {
    {"message.timestamp.type", "LogAppendTime", "the broker's clock judges late and early records"},
};
static const struct topic_setting create_time_settings[] = {
    {"message.timestamp.type", "CreateTime", "kafka.timestamps is \"create\""},
    {"message.timestamp.after.max.ms", "9223372036854775807", "records may be of any time"},
};
static const struct topic_setting relay_settings[] = {
    {"cleanup.policy", "compact", "the relay's last marker must never be deleted"},
};

static void add_all(struct topic_settings *settings, const struct topic_setting *rows, size_t count)
{
    memcpy(settings->at + settings->count, rows, count * sizeof *rows);
    settings->count += count;
}

#define ADD_ALL(settings, rows) add_all((settings), (rows), sizeof(rows) / sizeof *(rows))

bool topics_is_relay(int topic)
{
    return topic == TOPICS;
}

struct topic_settings topics_settings(const struct config *config, int topic)
{
    struct topic_settings settings = {.count = 0};

    if (topic < TOPICS_IN) {
        ADD_ALL(&settings, input_settings);
        if (config->kafka.create_time)
            ADD_ALL(&settings, create_time_settings);
        else
            ADD_ALL(&settings, append_time_settings);
    }
    if (topics_is_relay(topic))
        ADD_ALL(&settings, relay_settings);
    return settings;
}

int64_t topics_in_sync(int64_t replication)
{
    return replication > 2 ? replication / 2 + 1 : 1;
}

const char *topics_name(const struct config *config, int topic, char out[KAFKA_TOPIC_MAX])
{
    return kafka_topic(
        config, topics_is_relay(topic) ? KAFKA_RELAY_TOPIC : topic_name((enum topic)topic), out);
}

enum status topics_metadata(rd_kafka_t *client, const struct rd_kafka_metadata **metadata,
                            struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 1, NULL, metadata, ANSWER_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, STATUS_RETRY, "Kafka does not answer: ", rd_kafka_err2str(code), NULL);
    return STATUS_OK;
}

const rd_kafka_metadata_topic_t *topics_find(const struct rd_kafka_metadata *metadata,
                                             const char *name)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (strcmp(metadata->topics[i].topic, name) == 0 && metadata->topics[i].partition_cnt > 0)
            return &metadata->topics[i];
    return NULL;
}

rd_kafka_event_t *topics_await(rd_kafka_queue_t *queue, struct err *err)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, ANSWER_MS + 1000);

    if (!event) {
        err_set(err, STATUS_RETRY, "Kafka does not answer", NULL);
        return NULL;
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        err_set(err, STATUS_RETRY, "Kafka: ", rd_kafka_event_error_string(event), NULL);
        rd_kafka_event_destroy(event);
        return NULL;
    }
    return event;
}

rd_kafka_AdminOptions_t *topics_options(rd_kafka_t *client, rd_kafka_admin_op_t operation)
{
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(client, operation);

    if (!options || rd_kafka_AdminOptions_set_request_timeout(options, ANSWER_MS, NULL, 0) !=
                        RD_KAFKA_RESP_ERR_NO_ERROR)
        abort(); /* constants that librdkafka takes */
    return options;
}

static rd_kafka_NewTopic_t *new_topic(const struct config *config, int topic,
                                      const struct topics_wanted *wanted, struct err *err)
{
    char name[KAFKA_TOPIC_MAX], text[128], number[24];
    struct topic_settings settings = topics_settings(config, topic);
    int partitions = topics_is_relay(topic) ? 1 : (int)wanted->partitions;
    int replication = wanted->replication ? (int)wanted->replication : -1;
    rd_kafka_NewTopic_t *new = rd_kafka_NewTopic_new(topics_name(config, topic, name), partitions,
                                                     replication, text, sizeof text);

    if (!new) {
        err_set(err, STATUS_FATAL, "topic ", name, ": ", text, NULL);
        return NULL;
    }
    for (size_t i = 0; i < settings.count; i++)
        rd_kafka_NewTopic_set_config(new, settings.at[i].name, settings.at[i].value);
    if (wanted->replication) {
        (void)snprintf(number, sizeof number, "%lld",
                       (long long)topics_in_sync(wanted->replication));
        rd_kafka_NewTopic_set_config(new, "min.insync.replicas", number);
    }
    return new;
}

/* What came of each: there already is as good as made. */
static enum status read_created(rd_kafka_event_t *event, const int *topics,
                                bool created[ALL_TOPICS], struct err *err)
{
    size_t count;
    const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event), &count);

    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);

        created[topics[i]] = code == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return err_set(err, STATUS_FATAL, "topic ", rd_kafka_topic_result_name(results[i]),
                           " cannot be created: ",
                           rd_kafka_topic_result_error_string(results[i])
                               ? rd_kafka_topic_result_error_string(results[i])
                               : rd_kafka_err2str(code),
                           NULL);
    }
    return STATUS_OK;
}

static enum status send_new(rd_kafka_t *client, rd_kafka_NewTopic_t **new, const int *topics,
                            size_t count, bool created[ALL_TOPICS], struct err *err)
{
    rd_kafka_AdminOptions_t *options = topics_options(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    enum status status = STATUS_RETRY;

    rd_kafka_CreateTopics(client, new, count, options, queue);
    rd_kafka_event_t *event = topics_await(queue, err);
    if (event)
        status = read_created(event, topics, created, err);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    return status;
}

/* Brokers learn of a new topic one after another: until the one that answers knows all of them. */
static enum status await_all(rd_kafka_t *client, const struct config *config, struct err *err)
{
    struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    char name[KAFKA_TOPIC_MAX];

    for (int tries = 0; tries < ANSWER_MS / POLL_MS; tries++) {
        const struct rd_kafka_metadata *metadata;
        enum status status = topics_metadata(client, &metadata, err);
        int there = 0;

        if (status != STATUS_OK)
            return status;
        while (there < ALL_TOPICS && topics_find(metadata, topics_name(config, there, name)))
            there++;
        rd_kafka_metadata_destroy(metadata);
        if (there == ALL_TOPICS)
            return STATUS_OK;
        nanosleep(&pause, NULL);
    }
    return err_set(err, STATUS_RETRY, "topic ", name, " was created, but is not there yet", NULL);
}

enum status topics_create(rd_kafka_t *client, const struct config *config,
                          const struct topics_wanted *wanted, bool created[ALL_TOPICS],
                          struct err *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_NewTopic_t *new[ALL_TOPICS];
    int topics[ALL_TOPICS];
    char name[KAFKA_TOPIC_MAX];
    size_t count = 0;
    enum status status = topics_metadata(client, &metadata, err);

    memset(created, 0, ALL_TOPICS * sizeof *created);
    if (status != STATUS_OK)
        return status;
    for (int topic = 0; topic < ALL_TOPICS && status == STATUS_OK; topic++) {
        if (topics_find(metadata, topics_name(config, topic, name)))
            continue;
        new[count] = new_topic(config, topic, wanted, err);
        topics[count] = topic;
        status = new[count] ? STATUS_OK : STATUS_FATAL;
        count += new[count] != NULL;
    }
    rd_kafka_metadata_destroy(metadata);
    if (status == STATUS_OK && count)
        status = send_new(client, new, topics, count, created, err);
    rd_kafka_NewTopic_destroy_array(new, count);
    return status == STATUS_OK ? await_all(client, config, err) : status;
}
