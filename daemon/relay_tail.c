/* The last committed marker: read back from the end of the topic.
 *
 * The end is found by partition EOF, since behind the last record control records follow. What an
 * open transaction holds back would be missed: then the end read is before the high watermark. */
#include <string.h>
#include <time.h>

#include "kafka.h"
#include "relay_marker.h"

/* The first guess of how far before the end a marker is; what was aborted lies between. */
#define TAIL_FIRST  100
#define TAIL_FACTOR 100

struct tail {
    rd_kafka_t *client;
    char topic[KAFKA_TOPIC_MAX];
    int64_t low, high;
    struct timespec deadline;
    struct bytes last; /* value of the last marker found; in the arena */
};

static int remaining_ms(const struct tail *tail)
{
    struct timespec now;
    int64_t left;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    left = (tail->deadline.tv_sec - now.tv_sec) * 1000 +
           (tail->deadline.tv_nsec - now.tv_nsec) / 1000000;
    return left > 0 ? (int)left : 0;
}

static enum status open_client(struct tail *tail, const struct config *config, struct err *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(config, err);

    if (!conf)
        return STATUS_FATAL;
    if (!kafka_conf_set(conf, "group.id", config->kafka.group_id, err) ||
        !kafka_conf_set(conf, "enable.auto.commit", "false", err) ||
        !kafka_conf_set(conf, "enable.partition.eof", "true", err) ||
        !kafka_conf_set(conf, "isolation.level", "read_committed", err) ||
        !kafka_conf_set(conf, "auto.offset.reset", "error", err) ||
        !kafka_conf_set(conf, "check.crcs", "true", err) ||
        !kafka_conf_set(conf, "fetch.wait.max.ms", "10", err)) {
        rd_kafka_conf_destroy(conf);
        return STATUS_FATAL;
    }
    tail->client = kafka_new(RD_KAFKA_CONSUMER, conf, err);
    if (!tail->client)
        return STATUS_FATAL;
    rd_kafka_poll_set_consumer(tail->client);
    return STATUS_OK;
}

static enum status unanswered(struct err *err, rd_kafka_resp_err_t code)
{
    return err_set(err, STATUS_RETRY, "the relay's topic cannot be read: ", rd_kafka_err2str(code),
                   NULL);
}

static enum status assign_from(struct tail *tail, int64_t offset, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t code;

    rd_kafka_topic_partition_list_add(list, tail->topic, 0)->offset = offset;
    code = rd_kafka_assign(tail->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? unanswered(err, code) : STATUS_OK;
}

/* Whether all that is in the log was there to be read. */
static enum status check_end(const struct tail *tail, int64_t end, struct err *err)
{
    int64_t low, high;
    rd_kafka_resp_err_t code = rd_kafka_get_watermark_offsets(tail->client, tail->topic, 0, &low,
                                                              &high);

    if (code)
        return unanswered(err, code);
    if (high > end)
        return err_set(err, STATUS_RETRY, "a transaction is open on the relay's topic", NULL);
    return STATUS_OK;
}

static void keep_marker(struct tail *tail, struct arena *arena, const rd_kafka_message_t *message)
{
    if (message->key_len == strlen(RELAY_MARKER_KEY) &&
        memcmp(message->key, RELAY_MARKER_KEY, message->key_len) == 0)
        tail->last = (struct bytes){.at = arena_copy(arena, message->payload, message->len),
                                    .len = message->len};
}

static enum status read_to_end(struct tail *tail, struct arena *arena, struct err *err)
{
    for (;;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(tail->client, remaining_ms(tail));
        rd_kafka_resp_err_t code = message ? message->err : RD_KAFKA_RESP_ERR__TIMED_OUT;
        int64_t offset = message ? message->offset : 0;

        if (message && !code)
            keep_marker(tail, arena, message);
        if (message)
            rd_kafka_message_destroy(message);
        if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            return check_end(tail, offset, err);
        if (code)
            return unanswered(err, code);
    }
}

static enum status find_last(struct tail *tail, struct arena *arena, struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        tail->client, tail->topic, 0, &tail->low, &tail->high, remaining_ms(tail));
    enum status status = code ? unanswered(err, code) : STATUS_OK;

    for (int64_t length = TAIL_FIRST; status == STATUS_OK; length *= TAIL_FACTOR) {
        int64_t start = tail->high - length > tail->low ? tail->high - length : tail->low;

        status = assign_from(tail, start, err);
        if (status == STATUS_OK)
            status = read_to_end(tail, arena, err);
        if (tail->last.at || start == tail->low)
            break;
    }
    return status;
}

enum status relay_marker_read(const struct config *config, struct arena *arena, int64_t timeout_ms,
                              struct relay_marker *out, struct err *err)
{
    struct tail tail = {0};
    enum status status = open_client(&tail, config, err);

    *out = (struct relay_marker){0};
    if (status != STATUS_OK)
        return status;
    (void)kafka_topic(config, KAFKA_RELAY_TOPIC, tail.topic);
    (void)clock_gettime(CLOCK_MONOTONIC, &tail.deadline);
    tail.deadline.tv_sec += timeout_ms / 1000;
    status = find_last(&tail, arena, err);
    rd_kafka_destroy_flags(tail.client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    if (status == STATUS_OK && tail.last.at)
        status = relay_marker_decode(arena, tail.last, out, err);
    return status;
}
