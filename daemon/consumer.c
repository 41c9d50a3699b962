/* The consumer of one worker.
 *
 * In a rebalance, what is assigned is only noted and librdkafka is told to read nothing yet; the
 * worker takes the positions over in PostgreSQL, which may take its time, and then starts. */
#include "consumer.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#include "kafka.h"
#include "log.h"

struct consumer {
    const struct config *config;
    rd_kafka_t *client;
    struct assigned *assigned;
    size_t assigned_count;
    bool changed; /* not yet told by consumer_poll */
    bool paused;
};

static void note_assignment(struct consumer *consumer,
                            const rd_kafka_topic_partition_list_t *partitions)
{
    size_t count = partitions ? (size_t)partitions->cnt : 0;

    free(consumer->assigned);
    consumer->assigned = calloc(count + 1, sizeof *consumer->assigned);
    if (!consumer->assigned)
        abort();
    for (size_t i = 0; i < count; i++) {
        consumer->assigned[i].topic = kafka_topic_from(consumer->config,
                                                       partitions->elems[i].topic);
        consumer->assigned[i].partition = partitions->elems[i].partition;
    }
    consumer->assigned_count = count;
    consumer->changed = true;
    consumer->paused = false;
}

/* Called by librdkafka inside consumer_poll and consumer_free. */
static void rebalance(rd_kafka_t *client, rd_kafka_resp_err_t code,
                      rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct consumer *consumer = opaque;
    char number[LOG_NUMBER];

    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        rd_kafka_topic_partition_list_t *none = rd_kafka_topic_partition_list_new(0);

        log_write(LOG_LEVEL_INFO, "partitions assigned", "partitions",
                  log_number(number, partitions->cnt), NULL);
        rd_kafka_assign(client, none);
        rd_kafka_topic_partition_list_destroy(none);
        note_assignment(consumer, partitions);
        return;
    }
    log_write(LOG_LEVEL_INFO, "partitions given back", "partitions",
              log_number(number, partitions->cnt), NULL);
    rd_kafka_assign(client, NULL);
    note_assignment(consumer, NULL);
}

/* What exactly-once rests on; configuration.md refuses these in kafka.properties. */
static const struct {
    const char *name, *value;
} properties[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
    {"check.crcs", "true"},
    {"isolation.level", "read_committed"},
    {"partition.assignment.strategy", "range"},
};

/* Bounds memory: a worker holds at most a batch and this queue. */
static const struct {
    const char *name, *value;
} defaults[] = {
    {"queued.max.messages.kbytes", "8192"},
    {"fetch.wait.max.ms", "100"},
    {"topic.metadata.refresh.interval.ms", "30000"},
};

static bool set_identity(rd_kafka_conf_t *conf, const struct config *config, int worker,
                         struct err *err)
{
    char id[256], number[LOG_NUMBER];

    snprintf(id, sizeof id, "%s-%s", config->instance, log_number(number, worker));
    return kafka_conf_set(conf, "group.id", config->kafka.group_id, err) &&
           kafka_conf_set(conf, "group.instance.id", id, err);
}

static rd_kafka_conf_t *make_conf(struct consumer *consumer, int worker, struct err *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(consumer->config, err);
    bool good = conf && set_identity(conf, consumer->config, worker, err);

    for (size_t i = 0; good && i < sizeof properties / sizeof *properties; i++)
        good = kafka_conf_set(conf, properties[i].name, properties[i].value, err);
    for (size_t i = 0; good && i < sizeof defaults / sizeof *defaults; i++)
        good = kafka_conf_default(conf, consumer->config, defaults[i].name, defaults[i].value, err);
    if (!good) {
        if (conf)
            rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_opaque(conf, consumer);
    rd_kafka_conf_set_rebalance_cb(conf, rebalance);
    return conf;
}

static enum status subscribe(struct consumer *consumer, struct err *err)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(TOPICS_IN);
    char name[KAFKA_TOPIC_MAX];
    rd_kafka_resp_err_t code;

    for (int topic = 0; topic < TOPICS_IN; topic++)
        rd_kafka_topic_partition_list_add(
            topics, kafka_topic(consumer->config, topic_name((enum topic)topic), name),
            RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(consumer->client, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code)
        return err_set(err, STATUS_RETRY, "cannot subscribe: ", rd_kafka_err2str(code), NULL);
    return STATUS_OK;
}

struct consumer *consumer_new(const struct config *config, int worker, struct err *err)
{
    struct consumer *consumer = calloc(1, sizeof *consumer);
    rd_kafka_conf_t *conf;

    if (!consumer)
        abort();
    consumer->config = config;
    conf = make_conf(consumer, worker, err);
    consumer->client = conf ? kafka_new(RD_KAFKA_CONSUMER, conf, err) : NULL;
    if (!consumer->client) {
        free(consumer);
        return NULL;
    }
    rd_kafka_poll_set_consumer(consumer->client);
    if (subscribe(consumer, err) != STATUS_OK) {
        consumer_free(consumer);
        return NULL;
    }
    return consumer;
}

void consumer_free(struct consumer *consumer)
{
    if (!consumer)
        return;
    rd_kafka_consumer_close(consumer->client);
    rd_kafka_destroy(consumer->client);
    free(consumer->assigned);
    free(consumer);
}

const struct assigned *consumer_assignment(const struct consumer *consumer, size_t *count)
{
    *count = consumer->assigned_count;
    return consumer->assigned;
}

static rd_kafka_topic_partition_list_t *list_of(const struct consumer *consumer,
                                                const struct assigned *from, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    char name[KAFKA_TOPIC_MAX];

    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(
            list, kafka_topic(consumer->config, topic_name(from[i].topic), name), from[i].partition)
            ->offset = from[i].next_offset;
    return list;
}

enum status consumer_start(struct consumer *consumer, const struct assigned *from, size_t count,
                           struct err *err)
{
    rd_kafka_topic_partition_list_t *list = list_of(consumer, from, count);
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->client, list);

    /* librdkafka keeps a partition paused beyond its assignment: one that a rebalance took away
     * while consumer_wait held it would never be read again. */
    if (!code)
        code = rd_kafka_resume_partitions(consumer->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    consumer->paused = false;
    if (code)
        return err_set(err, STATUS_RETRY, "cannot start reading: ", rd_kafka_err2str(code), NULL);
    return STATUS_OK;
}

static void set_paused(struct consumer *consumer, bool paused)
{
    rd_kafka_topic_partition_list_t *list = NULL;

    if (consumer->paused == paused || rd_kafka_assignment(consumer->client, &list))
        return;
    consumer->paused = paused;
    if (paused)
        rd_kafka_pause_partitions(consumer->client, list);
    else
        rd_kafka_resume_partitions(consumer->client, list);
    rd_kafka_topic_partition_list_destroy(list);
}

bool consumer_wait(struct consumer *consumer, int timeout_ms)
{
    set_paused(consumer, true);
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->client, timeout_ms);
    /* A record that slipped through is read again from the positions. */
    if (message && !message->err)
        consumer->changed = true;
    if (message)
        rd_kafka_message_destroy(message);
    return consumer->changed;
}

enum status consumer_rejoin(struct consumer *consumer, struct err *err)
{
    rd_kafka_unsubscribe(consumer->client);
    note_assignment(consumer, NULL);
    return subscribe(consumer, err);
}

static void read_headers(const rd_kafka_message_t *message, struct arena *arena,
                         struct record *record)
{
    rd_kafka_headers_t *theirs;

    if (rd_kafka_message_headers(message, &theirs))
        return;
    size_t count = rd_kafka_header_cnt(theirs);
    struct header *headers = arena_alloc(arena, count * sizeof *headers);
    for (size_t i = 0; i < count; i++)
        rd_kafka_header_get_all(theirs, i, &headers[i].name, &headers[i].value.at,
                                &headers[i].value.len);
    record->headers = headers;
    record->header_count = count;
}

/* Everything is judged by the stamp: one of the other kind would let publishers choose it. */
static bool read_timestamp(const struct consumer *consumer, const rd_kafka_message_t *message,
                           struct record *record, struct err *err)
{
    bool wants_create = consumer->config->kafka.create_time;
    rd_kafka_timestamp_type_t type;

    record->timestamp_ms = rd_kafka_message_timestamp(message, &type);
    if (type ==
        (wants_create ? RD_KAFKA_TIMESTAMP_CREATE_TIME : RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME))
        return true;
    err_set(err, STATUS_FATAL, "topic ", topic_name(record->place.topic),
            wants_create ? " stamps records by LogAppendTime, but kafka.timestamps is \"create\""
                         : " does not stamp records by LogAppendTime: run `xueshictl topics check`",
            NULL);
    return false;
}

static void read_record(const struct consumer *consumer, rd_kafka_message_t *message,
                        struct arena *arena, struct consumed *out, struct err *err)
{
    struct record *record = &out->record;

    out->kind = CONSUMED_RECORD;
    out->handle = message;
    record->place.topic = kafka_topic_from(consumer->config, rd_kafka_topic_name(message->rkt));
    record->place.partition = message->partition;
    record->place.offset = message->offset;
    record->key = (struct bytes){message->key, message->key_len};
    record->value = (struct bytes){message->payload, message->len};
    read_headers(message, arena, record);
    if (!read_timestamp(consumer, message, record, err)) {
        out->kind = CONSUMED_FATAL;
        consumer_release(message);
    }
}

static void lost_position(const struct consumer *consumer, const rd_kafka_message_t *message,
                          struct err *err)
{
    char partition[LOG_NUMBER];
    enum topic topic = message->rkt
                           ? kafka_topic_from(consumer->config, rd_kafka_topic_name(message->rkt))
                           : TOPICS;

    err_set(err, STATUS_FATAL, "the position of ", topic < TOPICS ? topic_name(topic) : "a topic",
            " partition ", log_number(partition, message->partition),
            " is not in Kafka's log any more (or not yet): records were deleted, or the topic was "
            "made anew",
            NULL);
}

/* Errors that librdkafka mends by itself are only told once it has logged them. */
static void read_error(const struct consumer *consumer, const rd_kafka_message_t *message,
                       struct consumed *out, struct err *err)
{
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        out->kind = CONSUMED_END;
        out->topic = kafka_topic_from(consumer->config, rd_kafka_topic_name(message->rkt));
        out->partition = message->partition;
        out->offset = message->offset;
        return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        out->kind = CONSUMED_FATAL;
        lost_position(consumer, message, err);
        return;
    default:
        log_write(LOG_LEVEL_WARN, "kafka", "error", rd_kafka_message_errstr(message), NULL);
    }
}

void consumer_poll(struct consumer *consumer, int timeout_ms, struct arena *arena,
                   struct consumed *out, struct err *err)
{
    rd_kafka_message_t *message;

    memset(out, 0, sizeof *out);
    set_paused(consumer, false);
    message = consumer->changed ? NULL : rd_kafka_consumer_poll(consumer->client, timeout_ms);
    if (consumer->changed) { /* perhaps in this very call */
        consumer->changed = false;
        out->kind = CONSUMED_CHANGE;
        if (message)
            rd_kafka_message_destroy(message);
        return;
    }
    if (!message)
        return;
    if (!message->err) {
        read_record(consumer, message, arena, out, err);
        return;
    }
    read_error(consumer, message, out, err);
    rd_kafka_message_destroy(message);
}

void consumer_release(void *handle)
{
    rd_kafka_message_destroy(handle);
}
