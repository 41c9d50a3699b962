/* One connection to PostgreSQL. libpq stays behind this; SQL is the callers'.
 *
 * Everything goes in pipelines with parameters and results in binary form. Each call has a deadline
 * of its own: a server that does not answer counts as lost. What fails is classed by its SQLSTATE
 * (table in pg.c): STATUS_RETRY the world's fault, STATUS_REJECT the data's, STATUS_FATAL ours.
 * Nothing of a session is relied on, so that a pooler in transaction mode may stand between. */
#ifndef XUESHI_PG_H
#define XUESHI_PG_H

#include <stdbool.h>
#include <stdint.h>

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "record.h"

struct pg;        /* a connection, perhaps not made */
struct pg_result; /* of one statement */

/* Does not connect yet; conninfo is copied. timeout_ms: for connecting and for each pipeline. */
struct pg *pg_new(const char *conninfo, int64_t timeout_ms);
void pg_free(struct pg *pg);
/* Makes the connection if there is none. */
enum status pg_connect(struct pg *pg, struct err *err) __attribute__((warn_unused_result));
/* Drops the connection, and with it the open transaction. */
void pg_close(struct pg *pg);
bool pg_is_connected(const struct pg *pg);
/* A transaction is open, or has failed and is not ended yet. */
bool pg_is_in_transaction(const struct pg *pg);
/* SQLSTATE of the last failure, "" when the connection was lost or nothing failed. */
const char *pg_sqlstate(const struct pg *pg);

/* Rows on their way in, column by column: each column becomes one array parameter. */
#define PG_COLUMNS_MAX 40
struct pg_column {
    char type; /* of PG_TYPES */
    uint8_t *bytes;
    size_t len, cap;
    bool has_null;
};
struct pg_rows {
    struct arena *arena;
    const char *types;
    size_t width, next, count; /* columns; the next one to be filled; whole rows */
    struct pg_column columns[PG_COLUMNS_MAX];
};

/* One letter a column: t text, b bytea, i int8, n int4, s int2, o boolean, z timestamptz. */
void pg_rows_init(struct pg_rows *rows, struct arena *arena, const char *types);
/* Each fills the next column, of the right type; INSTANT_NONE and NULL become null. */
void pg_put_text(struct pg_rows *rows, const char *text);
void pg_put_bytes(struct pg_rows *rows, const void *bytes, size_t len);
void pg_put_int(struct pg_rows *rows, int64_t number); /* i, n, s */
void pg_put_null(struct pg_rows *rows);
void pg_put_bool(struct pg_rows *rows, bool value);
void pg_put_instant(struct pg_rows *rows, int64_t instant);

/* A statement with its parameters, in the order in which they are bound. */
#define PG_PARAMS_MAX 40
struct pg_query {
    struct arena *arena;
    const char *sql;
    size_t count;
    unsigned types[PG_PARAMS_MAX]; /* OIDs */
    const char *values[PG_PARAMS_MAX];
    int lengths[PG_PARAMS_MAX];
};
void pg_query_init(struct pg_query *query, struct arena *arena, const char *sql);
/* All columns of the rows, each as one array. */
void pg_bind_rows(struct pg_query *query, const struct pg_rows *rows);
void pg_bind_text(struct pg_query *query, const char *text);
void pg_bind_bytes(struct pg_query *query, const void *bytes, size_t len);
void pg_bind_int(struct pg_query *query, int64_t number); /* int8 */
void pg_bind_instant(struct pg_query *query, int64_t instant);

/* Sends the statements in one pipeline and waits for all results: results[i] is that of queries[i],
 * each to be freed by pg_result_free. When one fails, none is returned (all are NULL), the
 * transaction is rolled back, and err says why. Connects first if need be; `queries` then must
 * begin a transaction of their own. */
enum status pg_run(struct pg *pg, const struct pg_query *queries, size_t count,
                   struct pg_result **results, struct err *err) __attribute__((warn_unused_result));
/* One statement; *result may be NULL when the rows are of no interest. */
enum status pg_run_one(struct pg *pg, const struct pg_query *query, struct pg_result **result,
                       struct err *err) __attribute__((warn_unused_result));
/* A text of several statements without parameters (migrations). */
enum status pg_script(struct pg *pg, const char *sql, struct err *err)
    __attribute__((warn_unused_result));
/* Frees and sets to NULL. */
void pg_result_free(struct pg_result **result);
void pg_results_free(struct pg_result **results, size_t count);

/* The command tag, for example "COMMIT" or "ROLLBACK". */
const char *pg_tag(const struct pg_result *result);
size_t pg_count(const struct pg_result *result);
bool pg_is_null(const struct pg_result *result, size_t row, size_t column);
/* NULL for null; valid until the result is freed. */
const char *pg_text(const struct pg_result *result, size_t row, size_t column);
struct bytes pg_bytes(const struct pg_result *result, size_t row, size_t column);
int64_t pg_int(const struct pg_result *result, size_t row, size_t column); /* int2, int4, int8 */
bool pg_bool(const struct pg_result *result, size_t row, size_t column);
int64_t pg_instant(const struct pg_result *result, size_t row, size_t column);

#endif
