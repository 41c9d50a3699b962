/* A growing string in an arena: for texts that are hashed, compared or shown. */
#ifndef XUESHI_TEXT_H
#define XUESHI_TEXT_H

#include <stdint.h>

#include "arena.h"

struct text {
    struct arena *arena;
    char *at; /* NUL-terminated once anything was added; NULL before */
    size_t len, cap;
};

void text_init(struct text *text, struct arena *arena);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t len);
void text_add_int(struct text *text, int64_t number);
/* Tenths as a JSON number with at most one decimal: 600 -> 60, 75 -> 7.5. */
void text_add_tenths(struct text *text, int64_t tenths);
/* The string so far; "" if nothing was added. */
const char *text_string(const struct text *text);

/* Joins the strings up to a NULL by LF, without a final one (fold.md section 8). */
const char *text_join(struct arena *arena, const char *first, ...)
    __attribute__((sentinel, nonnull(1, 2)));
/* A number's decimal digits. */
const char *text_from_int(struct arena *arena, int64_t number);

#endif
