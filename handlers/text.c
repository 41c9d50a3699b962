/* A growing string in an arena. */
#include "text.h"

#include <stdarg.h>
#include <string.h>

#define INT_DIGITS 20 /* of INT64_MIN, with its sign */

void text_init(struct text *text, struct arena *arena)
{
    *text = (struct text){.arena = arena};
}

void text_add_bytes(struct text *text, const char *bytes, size_t len)
{
    text->at = arena_grow(text->arena, text->at, text->len, text->len + len + 1, &text->cap, 1);
    if (len)
        memcpy(text->at + text->len, bytes, len);
    text->len += len;
    text->at[text->len] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_int(struct text *text, int64_t number)
{
    char digits[INT_DIGITS];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        digits[--at] = '-';
    text_add_bytes(text, digits + at, sizeof digits - at);
}

void text_add_tenths(struct text *text, int64_t tenths)
{
    text_add_int(text, tenths / 10);
    if (tenths % 10) {
        text_add(text, ".");
        text_add_int(text, tenths % 10);
    }
}

const char *text_string(const struct text *text)
{
    return text->at ? text->at : "";
}

const char *text_join(struct arena *arena, const char *first, ...)
{
    struct text text;
    va_list rest;

    text_init(&text, arena);
    text_add(&text, first);
    va_start(rest, first);
    for (const char *part = va_arg(rest, const char *); part; part = va_arg(rest, const char *)) {
        text_add_bytes(&text, "\n", 1);
        text_add(&text, part);
    }
    va_end(rest);
    return text.at;
}

const char *text_from_int(struct arena *arena, int64_t number)
{
    struct text text;

    text_init(&text, arena);
    text_add_int(&text, number);
    return text.at;
}
