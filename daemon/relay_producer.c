/* The relay's transactional producer. */
#include "relay_producer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka.h"
#include "relay_marker.h"

/* How long one call may take; each is resumed where it stopped (librdkafka 2.0). */
#define SLICE_MS 1000
/* A reader with read_committed waits so long for a relay that died and has no successor. */
#define TRANSACTION_TIMEOUT_MS "60000"

struct relay_producer {
    rd_kafka_t *client;
    rd_kafka_topic_t *topics[TOPICS]; /* those that go out; else NULL */
    rd_kafka_topic_t *marker_topic;
    rd_kafka_resp_err_t undelivered; /* why a record of this transaction was not */
    bool is_broken;                  /* an error that no abort can mend */
    const struct config *config;
};

static void note_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct relay_producer *producer = opaque;

    (void)client;
    if (message->err && !producer->undelivered)
        producer->undelivered = message->err;
}

static bool configure(rd_kafka_conf_t *conf, const struct config *config, struct err *err)
{
    char id[512];

    (void)snprintf(id, sizeof id, "%s%s-relay", config->kafka.topic_prefix, config->kafka.group_id);
    return kafka_conf_set(conf, "transactional.id", id, err) &&
           kafka_conf_set(conf, "enable.idempotence", "true", err) &&
           kafka_conf_set(conf, "acks", "all", err) &&
           kafka_conf_set(conf, "partitioner", "murmur2_random", err) &&
           kafka_conf_set(conf, "transaction.timeout.ms", TRANSACTION_TIMEOUT_MS, err) &&
           kafka_conf_default(conf, config, "socket.timeout.ms", "20000", err) &&
           kafka_conf_default(conf, config, "linger.ms", "2", err) &&
           kafka_conf_default(conf, config, "queue.buffering.max.kbytes", "32768", err);
}

struct relay_producer *relay_producer_new(const struct config *config, struct err *err)
{
    struct relay_producer *producer = calloc(1, sizeof *producer);
    rd_kafka_conf_t *conf = kafka_conf_new(config, err);
    char name[KAFKA_TOPIC_MAX];

    if (!producer)
        abort();
    if (conf && configure(conf, config, err)) {
        rd_kafka_conf_set_opaque(conf, producer);
        rd_kafka_conf_set_dr_msg_cb(conf, note_delivery);
        producer->client = kafka_new(RD_KAFKA_PRODUCER, conf, err);
    } else if (conf) {
        rd_kafka_conf_destroy(conf);
    }
    if (!producer->client) {
        free(producer);
        return NULL;
    }
    producer->config = config;
    for (int topic = TOPICS_IN; topic < TOPICS; topic++)
        producer->topics[topic] = rd_kafka_topic_new(
            producer->client, kafka_topic(config, topic_name((enum topic)topic), name), NULL);
    producer->marker_topic = rd_kafka_topic_new(producer->client,
                                                kafka_topic(config, KAFKA_RELAY_TOPIC, name), NULL);
    return producer;
}

void relay_producer_free(struct relay_producer *producer)
{
    if (!producer)
        return;
    /* Else closing waits for the delivery of what an unfinished transaction left in the queue. */
    (void)rd_kafka_purge(producer->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                               RD_KAFKA_PURGE_F_NON_BLOCKING);
    for (int topic = TOPICS_IN; topic < TOPICS; topic++)
        rd_kafka_topic_destroy(producer->topics[topic]);
    rd_kafka_topic_destroy(producer->marker_topic);
    rd_kafka_destroy(producer->client);
    free(producer);
}

/* NULL is success; what is retriable is pending, and resumed by the same call. */
static enum status take_error(struct relay_producer *producer, rd_kafka_error_t *error,
                              const char *doing, bool *pending, struct err *err)
{
    enum status status = STATUS_OK;

    *pending = error && rd_kafka_error_is_retriable(error);
    if (error && !*pending) {
        producer->is_broken = !rd_kafka_error_txn_requires_abort(error);
        status = err_set(err, STATUS_RETRY, "Kafka: ", doing, ": ", rd_kafka_error_string(error),
                         NULL);
    }
    rd_kafka_error_destroy(error);
    return status;
}

static enum status check_topics(struct relay_producer *producer, struct err *err)
{
    char name[KAFKA_TOPIC_MAX];

    for (int topic = TOPICS_IN; topic <= TOPICS; topic++) {
        const char *plain = topic < TOPICS ? topic_name((enum topic)topic) : KAFKA_RELAY_TOPIC;

        if (kafka_partition_count(producer->client, kafka_topic(producer->config, plain, name),
                                  SLICE_MS, err) == 0)
            return STATUS_RETRY;
    }
    return STATUS_OK;
}

enum status relay_producer_init(struct relay_producer *producer, bool *pending, struct err *err)
{
    enum status status = take_error(producer,
                                    rd_kafka_init_transactions(producer->client, SLICE_MS),
                                    "taking over", pending, err);

    if (status == STATUS_OK && !*pending)
        status = check_topics(producer, err);
    return status;
}

enum status relay_producer_begin(struct relay_producer *producer, struct err *err)
{
    bool pending;
    enum status status;

    producer->undelivered = RD_KAFKA_RESP_ERR_NO_ERROR;
    status = take_error(producer, rd_kafka_begin_transaction(producer->client),
                        "beginning a transaction", &pending, err);
    if (pending)
        status = err_set(err, STATUS_RETRY, "Kafka: a transaction cannot begin yet", NULL);
    return status;
}

/* The next length of the outbox's headers; -1 is null. False: it does not fit. */
static bool next_length(struct bytes *rest, int32_t *length)
{
    const unsigned char *at = rest->at;
    uint32_t number;

    if (rest->len < 4)
        return false;
    number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    *rest = (struct bytes){.at = at + 4, .len = rest->len - 4};
    *length = number == UINT32_MAX ? -1 : (int32_t)number;
    return number == UINT32_MAX || (number <= INT32_MAX && number <= rest->len);
}

static struct bytes next_bytes(struct bytes *rest, int32_t length)
{
    struct bytes bytes = {.at = rest->at, .len = (size_t)length};

    if (length < 0)
        return (struct bytes){0};
    *rest = (struct bytes){.at = (const char *)rest->at + length, .len = rest->len - bytes.len};
    return bytes;
}

static bool add_headers(rd_kafka_headers_t *list, struct bytes rest)
{
    while (rest.len) {
        struct bytes name, value;
        int32_t length;

        if (!next_length(&rest, &length) || length < 0)
            return false;
        name = next_bytes(&rest, length);
        if (!next_length(&rest, &length))
            return false;
        value = next_bytes(&rest, length);
        if (rd_kafka_header_add(list, name.at, (ssize_t)name.len, value.at, (ssize_t)value.len))
            return false;
    }
    return true;
}

static enum status take_code(struct relay_producer *producer, rd_kafka_resp_err_t code,
                             bool *pending, struct err *err)
{
    *pending = code == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!code || *pending)
        return STATUS_OK;
    if (producer->undelivered)
        code = producer->undelivered;
    return err_set(err, STATUS_RETRY, "Kafka: producing: ", rd_kafka_err2str(code), NULL);
}

/* A key or value as a part. librdkafka takes a plain pointer, and with F_COPY only reads from it.
 */
static rd_kafka_vu_t part_of(rd_kafka_vtype_t type, struct bytes bytes)
{
    union {
        const void *from;
        void *to;
    } at = {.from = bytes.at};

    return (rd_kafka_vu_t){.vtype = type, .u.mem = {.ptr = at.to, .size = bytes.len}};
}

static rd_kafka_resp_err_t produce(struct relay_producer *producer, const rd_kafka_vu_t *parts,
                                   size_t count)
{
    rd_kafka_error_t *error = rd_kafka_produceva(producer->client, parts, count);
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);

    rd_kafka_error_destroy(error);
    return code;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum status relay_producer_add(struct relay_producer *producer, int64_t topic, struct bytes key,
                               struct bytes headers, struct bytes value, bool *pending,
                               struct err *err)
{
    rd_kafka_headers_t *list;
    rd_kafka_resp_err_t code;

    if (topic < TOPICS_IN || topic >= TOPICS)
        return err_set(err, STATUS_FATAL, "a row of the outbox names no outgoing topic", NULL);
    list = rd_kafka_headers_new(16);
    if (!add_headers(list, headers)) {
        rd_kafka_headers_destroy(list);
        return err_set(err, STATUS_FATAL, "a row of the outbox has broken headers", NULL);
    }
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[topic]},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        part_of(RD_KAFKA_VTYPE_KEY, key),
        part_of(RD_KAFKA_VTYPE_VALUE, value),
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = list},
    };
    code = produce(producer, parts, COUNT(parts));
    if (code)
        rd_kafka_headers_destroy(list);
    return take_code(producer, code, pending, err);
}

enum status relay_producer_add_marker(struct relay_producer *producer, struct bytes marker,
                                      bool *pending, struct err *err)
{
    struct bytes key = {RELAY_MARKER_KEY, strlen(RELAY_MARKER_KEY)};
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->marker_topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = 0},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        part_of(RD_KAFKA_VTYPE_KEY, key),
        part_of(RD_KAFKA_VTYPE_VALUE, marker),
    };

    return take_code(producer, produce(producer, parts, COUNT(parts)), pending, err);
}

enum status relay_producer_commit(struct relay_producer *producer, bool *pending, struct err *err)
{
    enum status status = take_error(producer,
                                    rd_kafka_commit_transaction(producer->client, SLICE_MS),
                                    "committing", pending, err);

    if (status == STATUS_OK && !*pending && producer->undelivered)
        status = err_set(err, STATUS_FATAL, "Kafka committed without a record: ",
                         rd_kafka_err2str(producer->undelivered), NULL);
    return status;
}

enum status relay_producer_abort(struct relay_producer *producer, bool *pending, struct err *err)
{
    *pending = false;
    if (producer->is_broken)
        return err_set(err, STATUS_RETRY, "Kafka: nothing can be aborted", NULL);
    return take_error(producer, rd_kafka_abort_transaction(producer->client, SLICE_MS), "aborting",
                      pending, err);
}

void relay_producer_serve(struct relay_producer *producer, int timeout_ms)
{
    (void)rd_kafka_poll(producer->client, timeout_ms);
}
