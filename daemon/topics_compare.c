/* The topics that are there against what they must be. */
#include <stdlib.h>
#include <string.h>

#include "../handlers/text.h"
#include "topics_internal.h"

struct comparison {
    const struct config *config;
    const struct topics_wanted *wanted;
    const struct rd_kafka_metadata *metadata;
    struct arena *arena;
    struct topic_differences *out;
    const rd_kafka_metadata_topic_t *topics[ALL_TOPICS]; /* NULL: not there */
    const char *names[ALL_TOPICS];
};

static void add(struct comparison *comparison, int topic, const char *what, const char *is,
                const char *must_be, const char *why)
{
    struct topic_differences *out = comparison->out;

    out->at = arena_grow(comparison->arena, out->at, out->count, out->count + 1, &out->cap,
                         sizeof *out->at);
    out->at[out->count++] = (struct topic_difference){
        .topic = comparison->names[topic],
        .what = what,
        .is = arena_strdup(comparison->arena, is),
        .must_be = arena_strdup(comparison->arena, must_be),
        .why = why,
    };
}

static void compare_number(struct comparison *comparison, int topic, const char *what, int64_t is,
                           int64_t must_be, const char *why)
{
    if (is != must_be)
        add(comparison, topic, what, text_from_int(comparison->arena, is),
            text_from_int(comparison->arena, must_be), why);
}

static void compare_partitions(struct comparison *comparison, int topic)
{
    const rd_kafka_metadata_topic_t *first = comparison->topics[TOPIC_ENROLLMENT];
    int64_t count = comparison->topics[topic]->partition_cnt;
    bool by_trainee = topic == TOPIC_WATCH_TIME || topic == TOPIC_EXAM;

    if (topics_is_relay(topic))
        compare_number(comparison, topic, "partitions", count, 1, "the relay reads one");
    else if (comparison->wanted->partitions)
        compare_number(comparison, topic, "partitions", count, comparison->wanted->partitions,
                       "--partitions");
    else if (by_trainee && first)
        compare_number(comparison, topic, "partitions", count, first->partition_cnt,
                       "topics with the trainee's key must agree, as xueshi.enrollment has it");
}

static void compare_replication(struct comparison *comparison, int topic)
{
    const rd_kafka_metadata_topic_t *one = comparison->topics[topic];

    for (int i = 0; comparison->wanted->replication && i < one->partition_cnt; i++)
        if (one->partitions[i].replica_cnt != comparison->wanted->replication) {
            compare_number(comparison, topic, "replication", one->partitions[i].replica_cnt,
                           comparison->wanted->replication, "--replication");
            return;
        }
}

static const char *entry_value(const rd_kafka_ConfigEntry_t **entries, size_t count,
                               const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0)
            return rd_kafka_ConfigEntry_value(entries[i]);
    return NULL;
}

/* Fewer would lose what was acknowledged with a broker; more than there are copies stops writing.
 */
static void compare_in_sync(struct comparison *comparison, int topic, const char *value)
{
    int64_t copies = comparison->topics[topic]->partitions[0].replica_cnt;
    int64_t least = topics_in_sync(comparison->wanted->replication);
    int64_t is = value ? strtoll(value, NULL, 10) : 0;

    if (is < least)
        compare_number(comparison, topic, "min.insync.replicas", is, least,
                       "so many copies must have a record before it counts as written");
    else if (is > copies)
        compare_number(comparison, topic, "min.insync.replicas", is, copies,
                       "with fewer copies than that nothing can be written");
}

static enum status compare_settings(struct comparison *comparison, int topic,
                                    const rd_kafka_ConfigResource_t *resource, struct err *err)
{
    struct topic_settings settings = topics_settings(comparison->config, topic);
    const char *error = rd_kafka_ConfigResource_error_string(resource);
    size_t count;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);

    if (error)
        return err_set(err, STATUS_FATAL, "topic ", comparison->names[topic], ": ", error, NULL);
    for (size_t i = 0; i < settings.count; i++) {
        const struct topic_setting *setting = &settings.at[i];
        const char *value = entry_value(entries, count, setting->name);

        if (!value || strcmp(value, setting->value) != 0)
            add(comparison, topic, setting->name, value ? value : "unknown to the broker",
                setting->value, setting->why);
    }
    compare_in_sync(comparison, topic, entry_value(entries, count, "min.insync.replicas"));
    return STATUS_OK;
}

static enum status read_settings(struct comparison *comparison, rd_kafka_event_t *event,
                                 struct err *err)
{
    size_t count, next = 0;
    const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    enum status status = STATUS_OK;

    for (int topic = 0; topic < ALL_TOPICS && status == STATUS_OK; topic++) {
        if (!comparison->topics[topic])
            continue;
        if (next == count)
            return err_set(err, STATUS_RETRY, "Kafka has not described all topics", NULL);
        compare_partitions(comparison, topic);
        compare_replication(comparison, topic);
        status = compare_settings(comparison, topic, resources[next++], err);
    }
    return status;
}

/* Asks for the settings of those that are there. */
static enum status describe(struct comparison *comparison, rd_kafka_t *client, struct err *err)
{
    rd_kafka_ConfigResource_t *resources[ALL_TOPICS];
    rd_kafka_AdminOptions_t *options = topics_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_event_t *event;
    enum status status = STATUS_RETRY;
    size_t count = 0;

    for (int topic = 0; topic < ALL_TOPICS; topic++)
        if (comparison->topics[topic])
            resources[count++] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC,
                                                             comparison->names[topic]);
    rd_kafka_DescribeConfigs(client, resources, count, options, queue);
    event = topics_await(queue, err);
    if (event) {
        status = read_settings(comparison, event, err);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_ConfigResource_destroy_array(resources, count);
    return status;
}

enum status topics_compare(rd_kafka_t *client, const struct config *config,
                           const struct topics_wanted *wanted, struct arena *arena,
                           struct topic_differences *out, struct err *err)
{
    struct comparison comparison = {.config = config, .wanted = wanted, .arena = arena, .out = out};
    enum status status = topics_metadata(client, &comparison.metadata, err);
    char name[KAFKA_TOPIC_MAX];
    bool any = false;

    *out = (struct topic_differences){0};
    if (status != STATUS_OK)
        return status;
    for (int topic = 0; topic < ALL_TOPICS; topic++) {
        comparison.names[topic] = arena_strdup(arena, topics_name(config, topic, name));
        comparison.topics[topic] = topics_find(comparison.metadata, name);
        any = any || comparison.topics[topic];
        if (!comparison.topics[topic])
            add(&comparison, topic, "topic", "missing", "there", "xueshictl topics create");
    }
    if (any)
        status = describe(&comparison, client, err);
    rd_kafka_metadata_destroy(comparison.metadata);
    return status;
}
