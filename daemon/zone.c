/* Civil time of an IANA zone. */
#include "zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../handlers/instant.h"
#include "../handlers/text.h"
#include "zone_rule.h"

#define FOLDER      "/usr/share/zoneinfo/"
#define FILE_MAX    ((size_t)1024 * 1024)
#define HEADER_LEN  44
#define TYPE_LEN    6
#define DAY_MINUTES 1440

struct zone {
    const int64_t *turns; /* seconds at which the offset changes, ascending */
    const uint8_t *types; /* the offset from then on, by number */
    size_t turn_count;
    const int64_t *offsets; /* seconds east of UTC; the first holds before all turns */
    size_t offset_count;
    struct zone_rule rule; /* from the last turn on */
    bool has_rule;
};

/* One data block of the file, and where it ends. */
struct block {
    size_t turns, types, chars, leaps, standards, universals;
    size_t time_len;
    const uint8_t *at, *end;
};

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_time(const uint8_t *at, size_t len)
{
    if (len == 4)
        return (int32_t)big_endian(at);
    return (int64_t)((uint64_t)big_endian(at) << 32 | big_endian(at + 4));
}

static bool read_header(struct block *block, const uint8_t *at, const uint8_t *end, size_t time_len)
{
    if (end - at < HEADER_LEN || memcmp(at, "TZif", 4) != 0)
        return false;
    *block = (struct block){
        .universals = big_endian(at + 20),
        .standards = big_endian(at + 24),
        .leaps = big_endian(at + 28),
        .turns = big_endian(at + 32),
        .types = big_endian(at + 36),
        .chars = big_endian(at + 40),
        .time_len = time_len,
        .at = at + HEADER_LEN,
    };
    size_t room = (size_t)(end - block->at);
    if (block->turns > room || block->types > room || block->chars > room || block->leaps > room ||
        block->standards > room || block->universals > room)
        return false;
    size_t need = block->turns * (time_len + 1) + block->types * TYPE_LEN + block->chars +
                  block->leaps * (time_len + 4) + block->standards + block->universals;
    block->end = block->at + need;
    return need <= room && block->types > 0;
}

static bool read_block(struct zone *zone, struct arena *arena, const struct block *block)
{
    int64_t *turns = arena_alloc(arena, block->turns * sizeof *turns);
    int64_t *offsets = arena_alloc(arena, block->types * sizeof *offsets);
    const uint8_t *types = block->at + block->turns * block->time_len;

    for (size_t i = 0; i < block->turns; i++) {
        turns[i] = read_time(block->at + i * block->time_len, block->time_len);
        if (types[i] >= block->types || (i && turns[i] <= turns[i - 1]))
            return false;
    }
    for (size_t i = 0; i < block->types; i++) {
        offsets[i] = (int32_t)big_endian(types + block->turns + i * TYPE_LEN);
        if (offsets[i] <= -26 * 3600 || offsets[i] >= 26 * 3600) /* RFC 8536 section 3.2 */
            return false;
    }
    zone->turns = turns;
    zone->turn_count = block->turns;
    zone->types = arena_copy(arena, types, block->turns);
    zone->offsets = offsets;
    zone->offset_count = block->types;
    return block->leaps == 0; /* the zones "right/…" count leap seconds */
}

/* The line that ends a file of version 2 or later. */
static bool read_footer(struct zone *zone, struct arena *arena, const uint8_t *at,
                        const uint8_t *end)
{
    const uint8_t *newline = at < end ? memchr(at + 1, '\n', (size_t)(end - at - 1)) : NULL;

    if (!newline || *at != '\n')
        return false;
    if (newline == at + 1)
        return true;
    zone->has_rule = true;
    return zone_rule_parse(&zone->rule,
                           arena_strndup(arena, (const char *)at + 1, (size_t)(newline - at - 1)));
}

static bool parse(struct zone *zone, struct arena *arena, const uint8_t *bytes, size_t len)
{
    const uint8_t *end = bytes + len;
    struct block block;

    if (!read_header(&block, bytes, end, 4))
        return false;
    if (bytes[4] == '\0') /* version 1: 32 bits, no footer */
        return read_block(zone, arena, &block);
    return read_header(&block, block.end, end, 8) && read_block(zone, arena, &block) &&
           read_footer(zone, arena, block.end, end);
}

static bool is_zone_name(const char *name)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";

    return *name && *name != '/' && name[strspn(name, characters)] == '\0';
}

enum status zone_load(struct zone **out, struct arena *arena, const char *name, struct err *err)
{
    struct text path;
    uint8_t *bytes = arena_alloc(arena, FILE_MAX);

    text_init(&path, arena);
    text_add(&path, FOLDER);
    text_add(&path, name);
    FILE *in = is_zone_name(name) ? fopen(text_string(&path), "re") : NULL;
    if (!in)
        return err_set(err, STATUS_FATAL, "\"", name, "\" is no zone in " FOLDER, NULL);
    size_t len = fread(bytes, 1, FILE_MAX, in);
    fclose(in);
    *out = arena_alloc(arena, sizeof **out);
    if (!parse(*out, arena, bytes, len))
        return err_set(err, STATUS_FATAL, text_string(&path), " is no usable zone file", NULL);
    return STATUS_OK;
}

static int64_t offset_at(const struct zone *zone, int64_t at)
{
    size_t low = 0, high = zone->turn_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->turns[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->turn_count && zone->has_rule)
        return zone_rule_offset(&zone->rule, at);
    return zone->offsets[low ? zone->types[low - 1] : 0];
}

/* Adds an instant at which the civil second is reached under this offset, if there is one. */
static void try_offset(const struct zone *zone, int64_t second, int64_t offset, int64_t found[2],
                       size_t *count)
{
    int64_t at = second - offset;

    if (offset_at(zone, at) != offset || *count == 2 || (*count && found[0] == at))
        return;
    found[(*count)++] = at;
}

/* The one or two instants of a civil second, ascending; 0: it is skipped. Three would take two
 * turns within a day. */
static size_t find_instants(const struct zone *zone, int64_t second, int64_t found[2])
{
    size_t count = 0;

    for (size_t i = 0; i < zone->offset_count; i++)
        try_offset(zone, second, zone->offsets[i], found, &count);
    if (zone->has_rule) {
        try_offset(zone, second, zone->rule.standard, found, &count);
        try_offset(zone, second, zone->rule.summer, found, &count);
    }
    if (count == 2 && found[1] < found[0]) {
        int64_t first = found[1];

        found[1] = found[0];
        found[0] = first;
    }
    return count;
}

enum zone_answer zone_instant(const struct zone *zone, int64_t civil_minutes, int64_t *out)
{
    int64_t found[2];
    size_t count = find_instants(zone, civil_minutes * 60, found);

    if (count == 1)
        *out = found[0] * US_PER_S;
    return count == 1 ? ZONE_ONE : count == 0 ? ZONE_NEVER : ZONE_TWICE;
}

int64_t zone_midnight(const struct zone *zone, int64_t day)
{
    int64_t second = day * DAY_MINUTES * 60, found[2];

    if (find_instants(zone, second, found))
        return found[0] * US_PER_S;
    /* The first second at which clocks show 00:00 or later: they do so from the turn on. */
    int64_t low = second - INT64_C(26) * 3600, high = second + INT64_C(26) * 3600;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (middle + offset_at(zone, middle) >= second)
            high = middle;
        else
            low = middle + 1;
    }
    return low * US_PER_S;
}
