/* Statements' parameters in PostgreSQL's binary form. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "pg_internal.h"

/* Ours, and PostgreSQL's OIDs of the type and of its array (pg_type.dat; they never change). */
static const struct {
    char letter;
    unsigned oid, array_oid;
    int size; /* 0: as long as it is */
} types[] = {
    {'t', 25, 1009, 0}, {'b', 17, 1001, 0}, {'i', 20, 1016, 8},   {'n', 23, 1007, 4},
    {'s', 21, 1005, 2}, {'o', 16, 1000, 1}, {'z', 1184, 1185, 8},
};

static size_t type_index(char letter)
{
    size_t i = 0;

    while (types[i].letter != letter)
        if (++i == sizeof types / sizeof *types)
            abort();
    return i;
}

/* Dimensions, null flag, element type, length, lower bound: 4 bytes each. */
#define ARRAY_HEADER 20

static uint8_t *column_room(struct pg_rows *rows, struct pg_column *column, size_t need)
{
    if (column->len + need > column->cap) {
        size_t cap = column->cap ? 2 * column->cap : 1024;

        while (cap < column->len + need)
            cap *= 2;
        uint8_t *grown = arena_alloc(rows->arena, cap);
        if (column->len)
            memcpy(grown, column->bytes, column->len);
        column->bytes = grown;
        column->cap = cap;
    }
    column->len += need;
    return column->bytes + column->len - need;
}

void pg_rows_init(struct pg_rows *rows, struct arena *arena, const char *letters)
{
    *rows = (struct pg_rows){.arena = arena, .types = letters, .width = strlen(letters)};
    if (rows->width > PG_COLUMNS_MAX)
        abort();
    for (size_t i = 0; i < rows->width; i++)
        rows->columns[i].type = letters[i];
}

static void put_big_endian(uint8_t *out, uint64_t number, int size)
{
    for (int i = size; i-- > 0; number >>= 8)
        out[i] = (uint8_t)number;
}

/* The next column, and on to the row after the last one. */
static struct pg_column *next_column(struct pg_rows *rows)
{
    struct pg_column *column = &rows->columns[rows->next];

    if (!column->len)
        column_room(rows, column, ARRAY_HEADER);
    if (++rows->next == rows->width) {
        rows->next = 0;
        rows->count++;
    }
    return column;
}

static void put_element(struct pg_rows *rows, char type, const void *bytes, size_t len)
{
    struct pg_column *column = next_column(rows);

    if (column->type != type)
        abort(); /* the caller's order of columns is wrong */
    uint8_t *out = column_room(rows, column, 4 + len);
    put_big_endian(out, len, 4);
    if (len)
        memcpy(out + 4, bytes, len);
}

void pg_put_null(struct pg_rows *rows)
{
    struct pg_column *column = next_column(rows);

    column->has_null = true;
    put_big_endian(column_room(rows, column, 4), UINT32_MAX, 4);
}

void pg_put_text(struct pg_rows *rows, const char *text)
{
    if (text)
        put_element(rows, 't', text, strlen(text));
    else
        pg_put_null(rows);
}

void pg_put_bytes(struct pg_rows *rows, const void *bytes, size_t len)
{
    if (bytes)
        put_element(rows, 'b', bytes, len);
    else
        pg_put_null(rows);
}

void pg_put_int(struct pg_rows *rows, int64_t number)
{
    char type = rows->types[rows->next];
    uint8_t bytes[8];
    int size = types[type_index(type)].size;

    if (type != 'i' && type != 'n' && type != 's')
        abort();
    put_big_endian(bytes, (uint64_t)number, size);
    put_element(rows, type, bytes, (size_t)size);
}

void pg_put_bool(struct pg_rows *rows, bool value)
{
    uint8_t byte = value;

    put_element(rows, 'o', &byte, 1);
}

void pg_put_instant(struct pg_rows *rows, int64_t instant)
{
    uint8_t bytes[8];

    if (instant == INSTANT_NONE) {
        pg_put_null(rows);
        return;
    }
    put_big_endian(bytes, (uint64_t)(instant - PG_EPOCH_US), 8);
    put_element(rows, 'z', bytes, 8);
}

void pg_query_init(struct pg_query *query, struct arena *arena, const char *sql)
{
    query->arena = arena;
    query->sql = sql;
    query->count = 0;
}

static void bind(struct pg_query *query, unsigned oid, const void *bytes, size_t len)
{
    if (query->count == PG_PARAMS_MAX || len > INT32_MAX)
        abort();
    query->types[query->count] = oid;
    query->values[query->count] = bytes;
    query->lengths[query->count++] = (int)len;
}

void pg_bind_rows(struct pg_query *query, const struct pg_rows *rows)
{
    for (size_t i = 0; i < rows->width; i++) {
        const struct pg_column *column = &rows->columns[i];
        const size_t type = type_index(column->type);
        uint8_t *bytes = column->len ? column->bytes : arena_alloc(query->arena, ARRAY_HEADER);

        put_big_endian(bytes, 1, 4);
        put_big_endian(bytes + 4, column->has_null, 4);
        put_big_endian(bytes + 8, types[type].oid, 4);
        put_big_endian(bytes + 12, rows->count, 4);
        put_big_endian(bytes + 16, 1, 4);
        bind(query, types[type].array_oid, bytes, column->len ? column->len : ARRAY_HEADER);
    }
}

void pg_bind_text(struct pg_query *query, const char *text)
{
    bind(query, 25, text, text ? strlen(text) : 0);
}

void pg_bind_bytes(struct pg_query *query, const void *bytes, size_t len)
{
    bind(query, 17, bytes, len);
}

void pg_bind_int(struct pg_query *query, int64_t number)
{
    uint8_t *bytes = arena_alloc(query->arena, 8);

    put_big_endian(bytes, (uint64_t)number, 8);
    bind(query, 20, bytes, 8);
}

void pg_bind_instant(struct pg_query *query, int64_t instant)
{
    uint8_t *bytes = arena_alloc(query->arena, 8);

    if (instant == INSTANT_NONE) {
        bind(query, 1184, NULL, 0);
        return;
    }
    put_big_endian(bytes, (uint64_t)(instant - PG_EPOCH_US), 8);
    bind(query, 1184, bytes, 8);
}
