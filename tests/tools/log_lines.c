/* Reading a record from its line; writing outcomes and events as lines. */
#include "log_lines.h"

#include <string.h>

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

static struct bytes decode_base64(struct arena *arena, const char *text)
{
    uint8_t *out = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    uint32_t bits = 0;
    int have = 0;

    for (; *text && *text != '='; text++) {
        bits = bits << 6 | (uint32_t)base64_digit(*text);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (uint8_t)(bits >> have);
        }
    }
    return (struct bytes){out, len};
}

/* A text, {"base64":…} or null. */
static struct bytes bytes_from(struct arena *arena, const json_t *json, const char *base64)
{
    if (base64)
        return decode_base64(arena, base64);
    if (!json_is_string(json))
        return (struct bytes){NULL, 0};
    size_t len = json_string_length(json);
    return (struct bytes){arena_strndup(arena, json_string_value(json), len), len};
}

static void read_headers(struct arena *arena, const json_t *list, struct record *record)
{
    size_t count = json_array_size(list);
    struct header *headers = arena_alloc(arena, count * sizeof *headers);

    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i), *value = json_array_get(pair, 1);

        headers[i].name = arena_strdup(arena, json_string_value(json_array_get(pair, 0)));
        headers[i].value = bytes_from(arena, value,
                                      json_string_value(json_object_get(value, "base64")));
    }
    record->headers = headers;
    record->header_count = count;
}

struct record *log_read_record(struct arena *arena, const json_t *line)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    const char *topic = json_string_value(json_object_get(line, "topic"));

    record->place = (struct place){
        .topic = topic ? topic_from_name(topic) : TOPICS,
        .partition = (int32_t)json_integer_value(json_object_get(line, "partition")),
        .offset = json_integer_value(json_object_get(line, "offset")),
    };
    record->timestamp_ms = json_integer_value(json_object_get(line, "timestamp_ms"));
    record->key = bytes_from(arena, json_object_get(line, "key"),
                             json_string_value(json_object_get(line, "key_base64")));
    record->value = bytes_from(arena, json_object_get(line, "value"),
                               json_string_value(json_object_get(line, "value_base64")));
    read_headers(arena, json_object_get(line, "headers"), record);
    return record;
}

static void write_line(FILE *out, json_t *object)
{
    if (json_dumpf(object, out, JSON_COMPACT | JSON_SORT_KEYS) == 0)
        putc('\n', out);
    json_decref(object);
}

void log_write_outcome(FILE *out, const struct place *place, enum outcome outcome,
                       enum reason reason, bool released)
{
    bool rejected = outcome == OUTCOME_REJECTED;

    if (!out)
        return;
    write_line(out, json_pack("{s:I,s:s,s:i,s:s?,s:b,s:s}", "offset", (json_int_t)place->offset,
                              "outcome", outcome_name(outcome), "partition", (int)place->partition,
                              "reason", rejected ? reason_name(reason) : NULL, "released",
                              (int)released, "topic", topic_name(place->topic)));
}

static const char *header_text(const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->record.header_count; i++)
        if (strcmp(message->record.headers[i].name, name) == 0)
            return message->record.headers[i].value.at;
    return NULL;
}

void log_write_event(FILE *out, const struct message *message, int64_t commit)
{
    const struct record *record = &message->record;
    json_t *data = json_loadb(record->value.at, record->value.len, 0, NULL);

    write_line(out, json_pack("{s:s,s:s?,s:s,s:s,s:I,s:o,s:s,s:s}", "ce_id", message->ce_id,
                              "ce_subject", header_text(message, "ce_subject"), "ce_time",
                              header_text(message, "ce_time"), "ce_type",
                              header_text(message, "ce_type"), "commit", (json_int_t)commit, "data",
                              data, "key", (const char *)record->key.at, "topic",
                              topic_name(record->place.topic)));
}
