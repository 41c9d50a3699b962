/* Strict JSON on top of jansson. */
#include "json.h"

#include <string.h>

static enum status malformed(struct err *err, const char *why)
{
    return err_reject(err, REASON_MALFORMED, "the value ", why, NULL);
}

static size_t depth_of(json_t *json, size_t room)
{
    size_t deepest = 0, index;
    const char *key;
    json_t *child;

    if (!json_is_object(json) && !json_is_array(json))
        return 0;
    if (!room) /* deep enough to know */
        return 1;
    if (json_is_object(json)) {
        json_object_foreach (json, key, child) {
            size_t depth = depth_of(child, room - 1);
            deepest = depth > deepest ? depth : deepest;
        }
    } else {
        json_array_foreach (json, index, child) {
            size_t depth = depth_of(child, room - 1);
            deepest = depth > deepest ? depth : deepest;
        }
    }
    return deepest + 1;
}

enum status json_read_object(const struct bytes *value, json_t **out, struct err *err)
{
    json_error_t error;

    *out = NULL;
    if (!value->at || !value->len)
        return malformed(err, "is empty");
    if (value->len > JSON_BYTES_MAX)
        return malformed(err, "is longer than 64 KiB");
    if (memchr(value->at, '\0', value->len)) /* jansson 2.14 skips a NUL behind a number */
        return malformed(err, "holds a NUL byte");
    json_t *json = json_loadb(value->at, value->len, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        return malformed(err, "is not strict JSON in UTF-8");
    if (!json_is_object(json)) {
        json_decref(json);
        return malformed(err, "is not one JSON object");
    }
    if (depth_of(json, JSON_DEPTH_LIMIT) > JSON_DEPTH_LIMIT) {
        json_decref(json);
        return malformed(err, "is deeper than 8");
    }
    *out = json;
    return STATUS_OK;
}

/* The text of a valid object, read from its front. */
struct scan {
    const char *at, *end;
};

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4))
        scan->at++;
}

/* Past a string; returns it with its quotes. */
static struct bytes take_string(struct scan *scan)
{
    struct bytes string = {.at = scan->at};

    for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
        if (*scan->at == '\\')
            scan->at++;
    scan->at++;
    string.len = (size_t)(scan->at - (const char *)string.at);
    return string;
}

/* Past any value; returns its text. */
static struct bytes take_value(struct scan *scan)
{
    struct bytes value = {.at = scan->at};
    int depth = 0;

    while (scan->at < scan->end) {
        char c = *scan->at;

        if (c == '"') {
            take_string(scan);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || memchr(" \t\r\n", c, 4)))
            break;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        scan->at++;
        if (depth == 0 && (c == '}' || c == ']'))
            break;
    }
    value.len = (size_t)(scan->at - (const char *)value.at);
    return value;
}

static bool string_is(struct bytes string, const char *name)
{
    size_t len = strlen(name);

    if (!memchr(string.at, '\\', string.len))
        return string.len == len + 2 && memcmp((const char *)string.at + 1, name, len) == 0;
    json_t *json = json_loadb(string.at, string.len, JSON_DECODE_ANY, NULL);
    bool same = json_is_string(json) && strcmp(json_string_value(json), name) == 0;
    json_decref(json);
    return same;
}

struct bytes json_raw_member(struct bytes object, const char *name)
{
    struct scan scan = {.at = object.at, .end = (const char *)object.at + object.len};

    skip_space(&scan);
    scan.at++; /* the brace */
    for (;;) {
        skip_space(&scan);
        if (scan.at >= scan.end || *scan.at != '"')
            return (struct bytes){.at = NULL};
        struct bytes key = take_string(&scan);
        skip_space(&scan);
        scan.at++; /* the colon */
        skip_space(&scan);
        struct bytes value = take_value(&scan);
        if (string_is(key, name))
            return value;
        skip_space(&scan);
        if (scan.at < scan.end && *scan.at == ',')
            scan.at++;
    }
}
