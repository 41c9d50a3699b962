/* What PostgreSQL answered, in binary form. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "pg_internal.h"

/* A PGresult under another name: only this file and pg.c know. */
struct pg_result;

struct pg_result *pg_result_wrap(PGresult *result)
{
    return (struct pg_result *)result;
}

static const PGresult *unwrap(const struct pg_result *result)
{
    return (const PGresult *)result;
}

void pg_result_free(struct pg_result **result)
{
    PQclear((PGresult *)*result);
    *result = NULL;
}

void pg_results_free(struct pg_result **results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pg_result_free(&results[i]);
}

const char *pg_tag(const struct pg_result *result)
{
    PGresult *theirs = (PGresult *)(uintptr_t)result; /* libpq has no const here */

    return PQcmdStatus(theirs);
}

size_t pg_count(const struct pg_result *result)
{
    return (size_t)PQntuples(unwrap(result));
}

bool pg_is_null(const struct pg_result *result, size_t row, size_t column)
{
    return PQgetisnull(unwrap(result), (int)row, (int)column);
}

const char *pg_text(const struct pg_result *result, size_t row, size_t column)
{
    if (pg_is_null(result, row, column))
        return NULL;
    return PQgetvalue(unwrap(result), (int)row, (int)column);
}

struct bytes pg_bytes(const struct pg_result *result, size_t row, size_t column)
{
    const char *at = pg_text(result, row, column);

    return (struct bytes){at, at ? (size_t)PQgetlength(unwrap(result), (int)row, (int)column) : 0};
}

int64_t pg_int(const struct pg_result *result, size_t row, size_t column)
{
    struct bytes cell = pg_bytes(result, row, column);
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (cell.len) {
    case sizeof two:
        memcpy(&two, cell.at, sizeof two);
        return (int16_t)be16toh(two);
    case sizeof four:
        memcpy(&four, cell.at, sizeof four);
        return (int32_t)be32toh(four);
    case sizeof eight:
        memcpy(&eight, cell.at, sizeof eight);
        return (int64_t)be64toh(eight);
    default:
        abort(); /* null, or no integer: the statement is wrong */
    }
}

bool pg_bool(const struct pg_result *result, size_t row, size_t column)
{
    struct bytes cell = pg_bytes(result, row, column);

    if (cell.len != 1)
        abort();
    return *(const char *)cell.at != 0;
}

int64_t pg_instant(const struct pg_result *result, size_t row, size_t column)
{
    if (pg_is_null(result, row, column))
        return INSTANT_NONE;
    int64_t theirs = pg_int(result, row, column);
    if (theirs == INT64_MIN || theirs == INT64_MAX) /* -infinity, infinity */
        return theirs == INT64_MIN ? INSTANT_NONE : INT64_MAX;
    return theirs + PG_EPOCH_US;
}
