/* Dead letters: what was refused, for everybody to see, without what nobody may see (R28; fold.md
 * section 8). */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../handlers/forms.h"
#include "../handlers/text.h"
#include "crypto.h"
#include "encode.h"
#include "json.h"

#define MASK        "***"
#define KEY_MAX     256
#define HEADERS_MAX ((size_t)16 * 1024)

static const char *const personal_members[] = {"name", "id_number", "mobile"};

static bool is_personal(const char *member)
{
    for (size_t i = 0; i < sizeof personal_members / sizeof *personal_members; i++)
        if (strcmp(personal_members[i], member) == 0)
            return true;
    return false;
}

static bool is_secret(const struct bytes *bytes)
{
    return bytes->at && form_is_secret(bytes->at, bytes->len);
}

/* {"sha256":…,"size":…} in the place of what is too large or cannot be looked into. */
static struct bytes replacement(struct arena *arena, const void *bytes, size_t len)
{
    uint8_t digest[32];
    char hex[65];
    struct text text;

    crypto_sha256(bytes, len, digest);
    crypto_hex(digest, sizeof digest, hex);
    text_init(&text, arena);
    text_add(&text, "{\"sha256\":\"");
    text_add(&text, hex);
    text_add(&text, "\",\"size\":");
    text_add_int(&text, (int64_t)len);
    text_add(&text, "}");
    return (struct bytes){text.at, text.len};
}

/* The text of a number as a whole, as the sender may have meant it: digits, or a real of 18. */
static bool is_secret_number(const json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);
    bool secret = text && form_is_secret(text, strlen(text));

    free(text);
    return secret;
}

static json_t *masked(json_t *json);

static json_t *masked_object(json_t *object)
{
    json_t *copy = json_object(), *value;
    const char *key;

    json_object_foreach (object, key, value) {
        bool secret_key = form_is_secret(key, strlen(key));

        json_object_set_new_nocheck(copy, secret_key ? MASK : key,
                                    is_personal(key) ? json_string(MASK) : masked(value));
    }
    return copy;
}

/* A copy without secrets. Depth is bounded by the value's 64 KiB and jansson's own limit. */
static json_t *masked(json_t *json)
{
    json_t *copy, *value;
    size_t index;

    if (json_is_object(json))
        return masked_object(json);
    if (json_is_array(json)) {
        copy = json_array();
        json_array_foreach (json, index, value)
            json_array_append_new(copy, masked(value));
        return copy;
    }
    if (json_is_string(json) && form_is_secret(json_string_value(json), json_string_length(json)))
        return json_string(MASK);
    if (json_is_number(json) && is_secret_number(json))
        return json_string(MASK);
    return json_incref(json);
}

static struct bytes masked_value(struct arena *arena, const struct bytes *value)
{
    json_t *json = NULL;

    if (!value->at)
        return *value;
    if (value->len <= JSON_BYTES_MAX && !memchr(value->at, '\0', value->len))
        json = json_loadb(value->at, value->len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return replacement(arena, value->at, value->len);
    }
    json_t *copy = masked(json);
    char *text = json_dumps(copy, JSON_COMPACT);
    if (!text)
        abort();
    struct bytes bytes = {arena_strdup(arena, text), strlen(text)};
    free(text);
    json_decref(copy);
    json_decref(json);
    return bytes;
}

static struct bytes masked_key(struct arena *arena, const struct bytes *key)
{
    if (key->at && key->len > KEY_MAX)
        return replacement(arena, key->at, key->len);
    return is_secret(key) ? (struct bytes){MASK, sizeof MASK - 1} : *key;
}

/* The headers that came, as one: name, NUL, value, NUL for each. */
static struct bytes all_headers(struct arena *arena, const struct record *record)
{
    struct text text;

    text_init(&text, arena);
    for (size_t i = 0; i < record->header_count; i++) {
        const struct header *header = &record->headers[i];

        text_add_bytes(&text, header->name, strlen(header->name) + 1);
        text_add_bytes(&text, header->value.at ? header->value.at : "", header->value.len);
        text_add_bytes(&text, "", 1);
    }
    return (struct bytes){text.at, text.len};
}

static bool is_ours(const struct header *header)
{
    return strncasecmp(header->name, "dlq-", 4) == 0;
}

#define OURS 7

/* Headers as they came, masked; or one header dlq-headers in their place when they are too large.
 */
static size_t copy_headers(struct arena *arena, const struct record *record, struct header *out)
{
    struct bytes all = all_headers(arena, record);
    size_t count = 0;

    if (all.len > HEADERS_MAX) {
        out[0] = (struct header){"dlq-headers", replacement(arena, all.at, all.len)};
        return 1;
    }
    for (size_t i = 0; i < record->header_count; i++) {
        struct header header = record->headers[i];

        if (is_ours(&header))
            continue;
        if (is_secret(&header.value))
            header.value = (struct bytes){MASK, sizeof MASK - 1};
        if (form_is_secret(header.name, strlen(header.name)))
            header.name = MASK;
        out[count++] = header;
    }
    return count;
}

static void add_header(struct header *headers, size_t *count, const char *name, const char *value)
{
    headers[(*count)++] = (struct header){name, {value, strlen(value)}};
}

struct message *encode_dead_letter(struct arena *arena, const struct record *record,
                                   const struct err *err)
{
    struct message *message = arena_alloc(arena, sizeof *message);
    struct header *headers = arena_alloc(arena, (record->header_count + OURS) * sizeof *headers);
    size_t count = copy_headers(arena, record, headers);

    add_header(headers, &count, "dlq-reason", reason_name(err->reason));
    add_header(headers, &count, "dlq-message", arena_strdup(arena, err->message));
    add_header(headers, &count, "dlq-topic", topic_name(record->place.topic));
    add_header(headers, &count, "dlq-partition", text_from_int(arena, record->place.partition));
    add_header(headers, &count, "dlq-offset", text_from_int(arena, record->place.offset));
    add_header(headers, &count, "dlq-timestamp", text_from_int(arena, record->timestamp_ms));
    message->record.place.topic = TOPIC_DEAD_LETTER;
    message->record.key = masked_key(arena, &record->key);
    message->record.value = masked_value(arena, &record->value);
    message->record.headers = headers;
    message->record.header_count = count;
    return message;
}
