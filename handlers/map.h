/* A hash map from byte strings to pointers, in an arena. Keys are borrowed; nothing is removed. */
#ifndef XUESHI_MAP_H
#define XUESHI_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct map_slot {
    const void *key; /* NULL: free */
    size_t len;
    uint64_t hash;
    void *value;
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t count, cap; /* cap is 0 or a power of two */
};

void map_init(struct map *map, struct arena *arena);
/* NULL if there is none. */
void *map_get(const struct map *map, const void *key, size_t len);
/* Adds or replaces; the key must live as long as the map. */
void map_put(struct map *map, const void *key, size_t len, void *value);
/* The same with a C string as the key, without its NUL. */
void *map_get_string(const struct map *map, const char *key);
void map_put_string(struct map *map, const char *key, void *value);

#endif
