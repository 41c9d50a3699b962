/* A batch's memory. Blocks double up to a limit; a reset keeps the newest, which is the largest
 * ordinary one, so that a steady load stops asking for memory. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)16 * 1024)
#define BLOCK_MAX ((size_t)4 * 1024 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t size;
    max_align_t bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);

    if (!block)
        abort();
    block->size = size;
    return block;
}

static void arena_add_block(struct arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_MIN;

    if (size > BLOCK_MAX)
        size = BLOCK_MAX;
    if (size < need)
        size = need;
    struct arena_block *block = block_new(size);
    block->next = arena->blocks;
    arena->blocks = block;
    arena->used = 0;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->blocks;

    if (!keep)
        return;
    for (struct arena_block *block = keep->next, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    keep->next = NULL;
    if (keep->size > BLOCK_MAX) { /* one huge item is no reason to keep so much */
        free(keep);
        arena->blocks = NULL;
    }
    arena->used = 0;
    arena->total = 0;
}

void arena_finish(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    arena_init(arena);
}

static void *arena_take(struct arena *arena, size_t size)
{
    size_t need = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    if (need < size)
        abort();
    if (!need)
        need = ALIGNMENT;
    if (!arena->blocks || arena->blocks->size - arena->used < need)
        arena_add_block(arena, need);
    char *at = (char *)arena->blocks->bytes + arena->used;
    arena->used += need;
    arena->total += need;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_take(arena, size), 0, size);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_take(arena, size);

    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_copy(arena, text, strlen(text) + 1) : NULL;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_take(arena, len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t need, size_t *cap,
                 size_t item_size)
{
    if (need <= *cap)
        return items;
    size_t more = *cap ? *cap : 4;
    while (more < need)
        more *= 2;
    void *grown = arena_take(arena, more * item_size);
    if (count)
        memcpy(grown, items, count * item_size);
    memset((char *)grown + count * item_size, 0, (more - count) * item_size);
    *cap = more;
    return grown;
}
