/* A batch's memory: everything is allocated from it and freed at once.
 *
 * Running out of memory aborts: no caller checks. Pointers stay valid until arena_reset or
 * arena_finish. */
#ifndef XUESHI_ARENA_H
#define XUESHI_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* of the newest block */
    size_t total;               /* bytes handed out since the last reset */
};

/* All zero is an empty arena, too. */
void arena_init(struct arena *arena);
/* Frees what was allocated, keeps one block for what comes next. */
void arena_reset(struct arena *arena);
/* Frees everything; the arena is as after arena_init. */
void arena_finish(struct arena *arena);

/* Zeroed memory, aligned for any type. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* Copies size bytes. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
/* Copies a string; NULL gives NULL. */
char *arena_strdup(struct arena *arena, const char *text);
/* Copies len bytes and adds a NUL. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
/* Room for at least `need` items: returns `items` while `need` <= *cap, else a copy twice as
 * large of the `count` items there are, and raises *cap. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t need, size_t *cap,
                 size_t item_size);

#endif
