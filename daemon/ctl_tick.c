/* xueshictl tick: one clock.ticked on each partition of each input topic. */
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "tick.h"

#define ANSWER_MS   10000
#define DELIVERY_MS "15000"
#define FLUSH_MS    20000

struct ticking {
    int64_t sent, delivered;
    rd_kafka_resp_err_t failed; /* the first failure */
};

static void delivered(rd_kafka_t *producer, const rd_kafka_message_t *message, void *context)
{
    struct ticking *ticking = context;

    (void)producer;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        ticking->delivered++;
    else if (ticking->failed == RD_KAFKA_RESP_ERR_NO_ERROR)
        ticking->failed = message->err;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static rd_kafka_t *open_producer(const struct ctl *ctl, struct ticking *ticking, struct err *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(&ctl->config, err);

    if (!conf)
        return NULL;
    if (!kafka_conf_set(conf, "enable.idempotence", "true", err) ||
        !kafka_conf_set(conf, "acks", "all", err) ||
        !kafka_conf_set(conf, "message.timeout.ms", DELIVERY_MS, err)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_opaque(conf, ticking);
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    return kafka_new(RD_KAFKA_PRODUCER, conf, err);
}

static enum status tick_topic(const struct ctl *ctl, rd_kafka_t *producer, enum topic topic,
                              int64_t as_of, struct ticking *ticking, struct err *err)
{
    char name[KAFKA_TOPIC_MAX];
    int32_t count = kafka_partition_count(
        producer, kafka_topic(&ctl->config, topic_name(topic), name), ANSWER_MS, err);
    enum status status = count > 0 ? STATUS_OK : STATUS_RETRY;

    for (int32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = tick_produce(producer, &ctl->config, topic, i, as_of, now_us(), err);
        ticking->sent += status == STATUS_OK;
    }
    return status;
}

static enum status tick_all(const struct ctl *ctl, rd_kafka_t *producer, int64_t as_of,
                            struct ticking *ticking, struct err *err)
{
    enum status status = STATUS_OK;

    for (int topic = 0; topic < TOPICS_IN && status == STATUS_OK; topic++)
        status = tick_topic(ctl, producer, (enum topic)topic, as_of, ticking, err);
    rd_kafka_flush(producer, FLUSH_MS);
    if (status == STATUS_OK && ticking->delivered < ticking->sent)
        status = err_set(
            err, STATUS_RETRY, "not every tick was delivered: ",
            rd_kafka_err2str(ticking->failed ? ticking->failed : RD_KAFKA_RESP_ERR__TIMED_OUT),
            NULL);
    return status;
}

static void print_sent(struct ctl *ctl, int64_t as_of, int64_t sent)
{
    static const struct ctl_column columns[] = {{"as_of", CELL_TEXT}, {"partitions", CELL_INT}};
    struct ctl_table table;

    ctl_table_init(&table, &ctl->arena, columns, 2);
    ctl_table_add_instant(&table, as_of);
    ctl_table_add_int(&table, sent);
    ctl_table_print_record(ctl, &table);
}

enum ctl_exit ctl_tick(struct ctl *ctl)
{
    const char *text = ctl->options[OPTION_AS_OF];
    struct ticking ticking = {0};
    struct err err;
    int64_t as_of;

    if (!text)
        return ctl_usage("tick needs --as-of INSTANT", NULL);
    if (!instant_parse(text, strlen(text), &as_of))
        return ctl_usage("--as-of must be an instant like 2023-08-15T11:30:00Z, not ", text, NULL);
    rd_kafka_t *producer = open_producer(ctl, &ticking, &err);
    if (!producer)
        return ctl_fail(STATUS_FATAL, &err);
    enum status status = tick_all(ctl, producer, as_of, &ticking, &err);
    rd_kafka_destroy(producer);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    print_sent(ctl, as_of, ticking.sent);
    return CTL_OK;
}
