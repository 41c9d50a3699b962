/* Records and personal columns as PostgreSQL keeps them: packed, then sealed.
 *
 * Packed: the Kafka timestamp in 8 bytes, then key, value, and name and value of each header, each
 * as a 4-byte length (-1: null) and its bytes; all big-endian. */
#include <endian.h>
#include <string.h>

#include "store_internal.h"

static void add_length(struct text *out, int64_t len)
{
    uint32_t coded = htobe32((uint32_t)len);

    text_add_bytes(out, (const char *)&coded, sizeof coded);
}

static void add_bytes(struct text *out, const struct bytes *bytes)
{
    add_length(out, bytes->at ? (int64_t)bytes->len : -1);
    if (bytes->at)
        text_add_bytes(out, bytes->at, bytes->len);
}

static void add_headers(struct text *out, const struct record *record)
{
    for (size_t i = 0; i < record->header_count; i++) {
        const struct header *header = &record->headers[i];

        add_bytes(out, &(struct bytes){header->name, strlen(header->name)});
        add_bytes(out, &header->value);
    }
}

struct bytes store_pack_headers(struct arena *arena, const struct record *record)
{
    struct text out;

    text_init(&out, arena);
    add_headers(&out, record);
    return (struct bytes){text_string(&out), out.len};
}

static const char *place_name(struct arena *arena, const char *table, const struct place *place)
{
    return text_join(arena, table, "original", topic_name(place->topic),
                     text_from_int(arena, place->partition), text_from_int(arena, place->offset),
                     NULL);
}

static struct bytes seal(const struct keys *keys, struct arena *arena, const char *where,
                         const void *plain, size_t len)
{
    uint8_t *out = arena_alloc(arena, len + CRYPTO_SEAL_EXTRA);

    crypto_seal(keys, where, plain, len, out);
    return (struct bytes){out, len + CRYPTO_SEAL_EXTRA};
}

struct bytes store_seal_record(const struct keys *keys, struct arena *arena, const char *table,
                               const struct record *record)
{
    uint64_t timestamp = htobe64((uint64_t)record->timestamp_ms);
    struct text out;

    text_init(&out, arena);
    text_add_bytes(&out, (const char *)&timestamp, sizeof timestamp);
    add_bytes(&out, &record->key);
    add_bytes(&out, &record->value);
    add_headers(&out, record);
    return seal(keys, arena, place_name(arena, table, &record->place), out.at, out.len);
}

struct bytes store_seal_personal(const struct keys *keys, struct arena *arena, const char *column,
                                 const struct enrollment *enrollment, const char *plain)
{
    if (!plain)
        return (struct bytes){"", 0};
    return seal(keys, arena,
                text_join(arena, "enrollment", column, enrollment->trainee->trainee_id,
                          enrollment->enrollment_id, NULL),
                plain, strlen(plain));
}

/* What is left to be read. */
struct packed {
    const uint8_t *at, *end;
};

static bool take_bytes(struct packed *packed, struct bytes *out)
{
    uint32_t coded;

    *out = (struct bytes){NULL, 0};
    if (packed->end - packed->at < (ptrdiff_t)sizeof coded)
        return false;
    memcpy(&coded, packed->at, sizeof coded);
    packed->at += sizeof coded;
    int32_t len = (int32_t)be32toh(coded);
    if (len < 0)
        return true;
    if (len > packed->end - packed->at)
        return false;
    *out = (struct bytes){packed->at, (size_t)len};
    packed->at += len;
    return true;
}

static bool take_headers(struct packed *packed, struct arena *arena, struct record *record)
{
    struct header *headers = NULL;
    size_t cap = 0;
    struct bytes name;

    while (packed->at < packed->end) {
        headers = arena_grow(arena, headers, record->header_count, record->header_count + 1, &cap,
                             sizeof *headers);
        struct header *header = &headers[record->header_count++];
        if (!take_bytes(packed, &name) || !name.at || !take_bytes(packed, &header->value))
            return false;
        header->name = arena_strndup(arena, name.at, name.len);
    }
    record->headers = headers;
    return true;
}

struct record *store_open_record(const struct keys *keys, struct arena *arena, const char *table,
                                 const struct place *place, struct bytes sealed)
{
    struct record *record = arena_alloc(arena, sizeof *record);
    uint64_t timestamp;

    if (sealed.len < CRYPTO_SEAL_EXTRA + sizeof timestamp)
        return NULL;
    uint8_t *plain = arena_alloc(arena, sealed.len);
    if (!crypto_open(keys, place_name(arena, table, place), sealed.at, sealed.len, plain))
        return NULL;
    struct packed packed = {plain + sizeof timestamp, plain + sealed.len - CRYPTO_SEAL_EXTRA};
    memcpy(&timestamp, plain, sizeof timestamp);
    record->place = *place;
    record->timestamp_ms = (int64_t)be64toh(timestamp);
    if (!take_bytes(&packed, &record->key) || !take_bytes(&packed, &record->value) ||
        !take_headers(&packed, arena, record))
        return NULL;
    return record;
}
