/* Open addressing with linear probing; grows at two thirds. */
#include "map.h"

#include <string.h>

void map_init(struct map *map, struct arena *arena)
{
    *map = (struct map){.arena = arena};
}

/* FNV-1a with a final mix: keys are short and not an attacker's to choose freely, since a batch
 * bounds how many there are. */
static uint64_t hash_bytes(const void *key, size_t len)
{
    const unsigned char *at = key;
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
    return hash * UINT64_C(0x9E3779B97F4A7C15);
}

/* The slot of the key, or the free one where it belongs. */
static struct map_slot *find(const struct map *map, const void *key, size_t len, uint64_t hash)
{
    size_t mask = map->cap - 1;

    for (size_t i = (size_t)(hash >> 20) & mask;; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];

        if (!slot->key)
            return slot;
        if (slot->hash == hash && slot->len == len && memcmp(slot->key, key, len) == 0)
            return slot;
    }
}

static void grow(struct map *map)
{
    struct map old = *map;

    map->cap = old.cap ? old.cap * 2 : 16;
    map->slots = arena_alloc(map->arena, map->cap * sizeof *map->slots);
    for (size_t i = 0; i < old.cap; i++) {
        const struct map_slot *slot = &old.slots[i];

        if (slot->key)
            *find(map, slot->key, slot->len, slot->hash) = *slot;
    }
}

void *map_get(const struct map *map, const void *key, size_t len)
{
    return map->cap ? find(map, key, len, hash_bytes(key, len))->value : NULL;
}

void map_put(struct map *map, const void *key, size_t len, void *value)
{
    uint64_t hash = hash_bytes(key, len);

    if ((map->count + 1) * 3 > map->cap * 2)
        grow(map);
    struct map_slot *slot = find(map, key, len, hash);
    if (!slot->key) {
        *slot = (struct map_slot){.key = key, .len = len, .hash = hash};
        map->count++;
    }
    slot->value = value;
}

void *map_get_string(const struct map *map, const char *key)
{
    return map_get(map, key, strlen(key));
}

void map_put_string(struct map *map, const char *key, void *value)
{
    map_put(map, key, strlen(key), value);
}
