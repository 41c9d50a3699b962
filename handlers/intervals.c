/* Interval sets as sorted arrays: what comes in order is appended, all else is found by binary
 * search. */
#include "intervals.h"

#include <string.h>

/* The first interval whose end is at or after `from`: the first that may touch what begins there.
 */
static size_t first_touching(const struct intervals *set, int64_t from)
{
    size_t low = 0, high = set->count;

    if (high && set->at[high - 1].to < from) /* the common case: behind all */
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (set->at[middle].to < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts `merged` in the place of [first, last). */
static void replace(struct intervals *set, struct arena *arena, size_t first, size_t last,
                    struct interval merged)
{
    size_t behind = set->count - last, count = first + 1 + behind;

    set->at = arena_grow(arena, set->at, set->count, count, &set->cap, sizeof *set->at);
    memmove(set->at + first + 1, set->at + last, behind * sizeof *set->at);
    set->at[first] = merged;
    set->count = count;
}

int64_t intervals_add(struct intervals *set, struct arena *arena, int64_t from, int64_t to)
{
    struct interval merged = {.from = from, .to = to};
    int64_t known = 0;

    if (to <= from)
        return 0;
    size_t first = first_touching(set, from), last = first;
    while (last < set->count && set->at[last].from <= to) {
        const struct interval *old = &set->at[last++];

        known += old->to - old->from;
        if (old->from < merged.from)
            merged.from = old->from;
        if (old->to > merged.to)
            merged.to = old->to;
    }
    replace(set, arena, first, last, merged);
    int64_t gained = merged.to - merged.from - known;
    set->total += gained;
    return gained;
}

int64_t intervals_overlap(const struct intervals *set, int64_t from, int64_t to)
{
    int64_t overlap = 0;

    for (size_t i = first_touching(set, from); i < set->count && set->at[i].from < to; i++) {
        int64_t a = set->at[i].from > from ? set->at[i].from : from;
        int64_t b = set->at[i].to < to ? set->at[i].to : to;

        if (b > a)
            overlap += b - a;
    }
    return overlap;
}

#define VARINT_MAX 10

static size_t varint_write(uint8_t *out, uint64_t number)
{
    size_t len = 0;

    while (number >= 0x80) {
        out[len++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    out[len++] = (uint8_t)number;
    return len;
}

static bool varint_read(const uint8_t **at, const uint8_t *end, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;

        *number |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

const uint8_t *intervals_pack(const struct intervals *set, struct arena *arena, size_t *len)
{
    uint8_t *out = arena_alloc(arena, (2 * set->count + 1) * VARINT_MAX);
    int64_t at = 0;

    *len = 0;
    for (size_t i = 0; i < set->count; i++) {
        uint64_t gap = (uint64_t)set->at[i].from - (uint64_t)at;

        if (i == 0) /* zigzag: the first may be negative */
            gap = (gap << 1) ^ (set->at[i].from < 0 ? UINT64_MAX : 0);
        *len += varint_write(out + *len, gap);
        *len += varint_write(out + *len, (uint64_t)(set->at[i].to - set->at[i].from));
        at = set->at[i].to;
    }
    return out;
}

static bool unpack_one(struct intervals *set, struct arena *arena, const uint8_t **at,
                       const uint8_t *end)
{
    uint64_t gap, length;
    uint64_t before = set->count ? (uint64_t)set->at[set->count - 1].to : 0;

    if (!varint_read(at, end, &gap) || !varint_read(at, end, &length))
        return false;
    if (!set->count)
        gap = (gap >> 1) ^ (0 - (gap & 1));
    struct interval next = {.from = (int64_t)(before + gap),
                            .to = (int64_t)(before + gap + length)};
    if (length == 0 || length > (uint64_t)(INT64_MAX - set->total) || next.to <= next.from ||
        (set->count && next.from <= set->at[set->count - 1].to))
        return false;
    set->at = arena_grow(arena, set->at, set->count, set->count + 1, &set->cap, sizeof *set->at);
    set->at[set->count++] = next;
    set->total += next.to - next.from;
    return true;
}

bool intervals_unpack(struct intervals *set, struct arena *arena, const uint8_t *bytes, size_t len)
{
    const uint8_t *at = bytes, *end = bytes + len;

    *set = (struct intervals){0};
    while (at < end) {
        if (!unpack_one(set, arena, &at, end)) {
            *set = (struct intervals){0};
            return false;
        }
    }
    return true;
}
