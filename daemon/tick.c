/* clock.ticked: time as an event. */
#include "tick.h"

#include <stdio.h>
#include <string.h>

#include "../handlers/text.h"
#include "clock.h"
#include "crypto.h"
#include "log.h"

#define TICK_KEY   "tick"
#define VALUE_MAX  64
#define US_PER_MS  1000
#define TOPIC_PART 16

/* The same tick of the same partition has the same id, whoever repeats it. */
static void tick_id(const struct config *config, enum topic topic, int32_t partition,
                    const char *as_of, const char *time, char out[37])
{
    struct arena arena;
    char number[TOPIC_PART];

    arena_init(&arena);
    (void)snprintf(number, sizeof number, "%d", (int)partition);
    crypto_event_id(text_join(&arena, event_kinds[EVENT_CLOCK_TICKED].name, config->source,
                              topic_name(topic), number, as_of, time, NULL),
                    out);
    arena_finish(&arena);
}

static rd_kafka_headers_t *tick_headers(const struct config *config, const char *id,
                                        const char *time)
{
    const struct {
        const char *name, *value;
    } headers[] = {
        {"ce_specversion", "1.0"},
        {"ce_id", id},
        {"ce_source", config->source},
        {"ce_type", event_kinds[EVENT_CLOCK_TICKED].name},
        {"ce_time", time},
        {"content-type", "application/json"},
    };
    size_t count = sizeof headers / sizeof *headers;
    rd_kafka_headers_t *out = rd_kafka_headers_new(count);

    for (size_t i = 0; i < count; i++)
        rd_kafka_header_add(out, headers[i].name, -1, headers[i].value, -1);
    return out;
}

enum status tick_produce(rd_kafka_t *producer, const struct config *config, enum topic topic,
                         int32_t partition, int64_t as_of, int64_t now, struct err *err)
{
    char name[KAFKA_TOPIC_MAX], key[] = TICK_KEY, value[VALUE_MAX], id[37];
    char as_of_text[INSTANT_TEXT], time[INSTANT_TEXT];
    bool created = config->kafka.create_time;

    instant_format(as_of, as_of_text);
    instant_format(created ? as_of : now, time);
    tick_id(config, topic, partition, as_of_text, time, id);
    (void)snprintf(value, sizeof value, "{\"as_of\":\"%s\"}", as_of_text);
    rd_kafka_headers_t *headers = tick_headers(config, id, time);
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = kafka_topic(config, topic_name(topic), name)},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {.ptr = key, .size = strlen(key)}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {.ptr = value, .size = strlen(value)}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = created ? as_of / US_PER_MS : 0},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(producer, parts, sizeof parts / sizeof *parts);
    if (!error)
        return STATUS_OK;
    rd_kafka_headers_destroy(headers);
    err_set(err, STATUS_RETRY, "topic ", name, ": ", rd_kafka_error_string(error), NULL);
    rd_kafka_error_destroy(error);
    return STATUS_RETRY;
}

void tick_when_due(rd_kafka_t *producer, const struct config *config,
                   const struct commit_part *parts, size_t count, int64_t *last_s)
{
    int64_t every_s = config->tick_every_s, now = clock_wall_us();
    int64_t due_s = every_s ? now / US_PER_S / every_s * every_s : 0;
    struct err err;

    if (!producer || due_s == *last_s)
        return;
    for (size_t i = 0; *last_s && i < count; i++)
        if (tick_produce(producer, config, parts[i].topic, parts[i].partition, due_s * US_PER_S,
                         now, &err) != STATUS_OK)
            log_write(LOG_LEVEL_WARN, "a tick was not published", "error", err.message, NULL);
    *last_s = due_s;
}
