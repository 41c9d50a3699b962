/* Sets of half-open intervals [from, to), sorted, disjoint and not touching (R17.1, R17.3). */
#ifndef XUESHI_INTERVALS_H
#define XUESHI_INTERVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct interval {
    int64_t from, to; /* from < to */
};

struct intervals {
    struct interval *at; /* in the arena given to intervals_add */
    size_t count, cap;
    int64_t total; /* sum of the lengths */
};

/* Adds [from, to) (nothing if to <= from) and returns by how much the total grew. */
int64_t intervals_add(struct intervals *set, struct arena *arena, int64_t from, int64_t to);
/* How much of [from, to) is in the set. */
int64_t intervals_overlap(const struct intervals *set, int64_t from, int64_t to);

/* A compact form for storage: base-128 varints, zigzag of the first bound, then gap and length in
 * turn. The bytes are the arena's. */
const uint8_t *intervals_pack(const struct intervals *set, struct arena *arena, size_t *len);
/* The reverse; false if the bytes are no such set (*set is then empty). */
bool intervals_unpack(struct intervals *set, struct arena *arena, const uint8_t *bytes, size_t len);

#endif
