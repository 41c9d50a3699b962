/* The relay's SQL. Names are resolved by a search_path that lasts as long as the transaction. */
#include "relay_outbox.h"

#include <string.h>

#include "../handlers/text.h"
#include "crypto.h"

/* For connecting and for each transaction: deleting a closing's rows takes a second or so. */
#define TIMEOUT_MS 30000

/* What one page may hold. */
#define PAGE_RECORDS 10000
#define PAGE_BYTES   (INT64_C(8) << 20)

/* What lies around a call's own statements. */
#define BODY_MAX   3
#define BODY_FIRST 2

#define FENCED "XU001"

static const char settings_sql[] =
    "SELECT set_config('search_path', $1, true), set_config('lock_timeout', '5s', true),"
    " set_config('idle_in_transaction_session_timeout', '60s', true)";

/* A stamp in the future, left by a clock that was set back, must not keep the lease for ever. */
static const char take_sql[] = "UPDATE relay SET epoch = epoch + 1, owner = $1, renewed_at = now()"
                               " WHERE renewed_at NOT BETWEEN now() - make_interval(secs => $4) "
                               "AND now() + make_interval(secs => $4)"
                               " OR epoch = $2 OR owner = $1 AND $3 <> 0"
                               " RETURNING epoch, transactions";

static const char renew_sql[] =
    "WITH moved AS (UPDATE relay SET renewed_at = now() WHERE epoch = $1 RETURNING 1)"
    " SELECT fence(count(*), 1) FROM moved";

static const char give_back_sql[] = "UPDATE relay SET renewed_at = '-infinity' WHERE epoch = $1";

/* The limits are on what is read, too: sizes come from TOAST's headers, and the page's last row
 * tells whether the one behind it is of the same entry. */
#define PAGE_SQL(condition)                                                                        \
    "SELECT number, seq, topic, key, headers, value, coalesce(following = number, false)"          \
    " FROM (SELECT *, row_number() OVER up_to AS rank, sum(size) OVER up_to - size AS before,"     \
    "       lead(number) OVER up_to AS following"                                                  \
    "       FROM (SELECT *, length(headers) + coalesce(length(key), 0)"                            \
    "             + coalesce(length(value), 0) AS size"                                            \
    "             FROM outbox " condition " ORDER BY number, seq LIMIT $1 + 1) AS head"            \
    "       WINDOW up_to AS (ORDER BY number, seq ROWS UNBOUNDED PRECEDING)) AS measured"          \
    " WHERE rank <= $1 AND before < $2 ORDER BY number, seq"

static const char page_sql[] = PAGE_SQL("");
static const char entry_page_sql[] = PAGE_SQL("WHERE number = $3 AND seq > $4");

static const char journal_sql[] =
    "SELECT number, committed_at FROM journal WHERE number = ANY($1) ORDER BY number";

static const char count_sql[] =
    "WITH moved AS (UPDATE relay SET renewed_at = now(), transactions = $2"
    " WHERE epoch = $1 AND transactions IN ($2 - 1, $2) RETURNING 1)"
    " SELECT fence(count(*), 1) FROM moved";

static const char delete_sql[] = "DELETE FROM outbox WHERE number = ANY($1)";

void relay_outbox_init(struct relay_outbox *outbox, const struct config *config)
{
    *outbox = (struct relay_outbox){
        .pg = pg_new(config->postgresql.conninfo, TIMEOUT_MS),
        .schema = config->postgresql.schema,
        .instance = config->instance,
    };
}

void relay_outbox_finish(struct relay_outbox *outbox)
{
    pg_free(outbox->pg);
}

/* One transaction. *last, unless NULL, becomes the result of the last of the statements. */
static enum status run(struct relay_outbox *outbox, const struct pg_query *body, size_t count,
                       struct pg_result **last, struct err *err)
{
    struct pg_query queries[BODY_FIRST + BODY_MAX + 1];
    struct pg_result *results[BODY_FIRST + BODY_MAX + 1];
    size_t total = BODY_FIRST + count + 1;
    enum status status;

    pg_query_init(&queries[0], body->arena, "BEGIN");
    pg_query_init(&queries[1], body->arena, settings_sql);
    pg_bind_text(&queries[1], outbox->schema);
    memcpy(queries + BODY_FIRST, body, count * sizeof *body);
    pg_query_init(&queries[total - 1], body->arena, "COMMIT");
    status = pg_run(outbox->pg, queries, total, results, err);
    if (status != STATUS_OK && strcmp(pg_sqlstate(outbox->pg), FENCED) == 0) {
        outbox->epoch = 0;
        return err_set(err, STATUS_RETRY, "another relay has the lease by now", NULL);
    }
    if (status != STATUS_OK)
        return status == STATUS_REJECT ? STATUS_FATAL : status;
    if (strcmp(pg_tag(results[total - 1]), "COMMIT") != 0)
        status = err_set(err, STATUS_RETRY, "PostgreSQL rolled the relay's transaction back", NULL);
    if (status == STATUS_OK && last) {
        *last = results[total - 2];
        results[total - 2] = NULL;
    }
    pg_results_free(results, total);
    return status;
}

enum status relay_outbox_take(struct relay_outbox *outbox, struct arena *arena, bool restarted,
                              struct err *err)
{
    struct pg_query take;
    struct pg_result *row = NULL;
    enum status status;

    pg_query_init(&take, arena, take_sql);
    pg_bind_text(&take, outbox->instance);
    pg_bind_int(&take, outbox->epoch);
    pg_bind_int(&take, restarted);
    pg_bind_int(&take, RELAY_LEASE_S);
    status = run(outbox, &take, 1, &row, err);
    if (status != STATUS_OK)
        return status;
    outbox->epoch = pg_count(row) ? pg_int(row, 0, 0) : 0;
    outbox->transactions = pg_count(row) ? pg_int(row, 0, 1) : 0;
    pg_result_free(&row);
    return STATUS_OK;
}

static enum status run_on_lease(struct relay_outbox *outbox, struct arena *arena, const char *sql,
                                struct err *err)
{
    struct pg_query query;

    pg_query_init(&query, arena, sql);
    pg_bind_int(&query, outbox->epoch);
    return run(outbox, &query, 1, NULL, err);
}

enum status relay_outbox_renew(struct relay_outbox *outbox, struct arena *arena, struct err *err)
{
    return run_on_lease(outbox, arena, renew_sql, err);
}

enum status relay_outbox_give_back(struct relay_outbox *outbox, struct arena *arena,
                                   struct err *err)
{
    return run_on_lease(outbox, arena, give_back_sql, err);
}

enum status relay_outbox_read(struct relay_outbox *outbox, struct arena *arena,
                              struct pg_result **page, struct err *err)
{
    struct pg_query query;

    pg_query_init(&query, arena, page_sql);
    pg_bind_int(&query, PAGE_RECORDS);
    pg_bind_int(&query, PAGE_BYTES);
    return run(outbox, &query, 1, page, err);
}

enum status relay_outbox_read_entry(struct relay_outbox *outbox, struct arena *arena,
                                    int64_t number, int64_t after_seq, struct pg_result **page,
                                    struct err *err)
{
    struct pg_query query;

    pg_query_init(&query, arena, entry_page_sql);
    pg_bind_int(&query, PAGE_RECORDS);
    pg_bind_int(&query, PAGE_BYTES);
    pg_bind_int(&query, number);
    pg_bind_int(&query, after_seq);
    return run(outbox, &query, 1, page, err);
}

static void bind_numbers(struct pg_query *query, const int64_t *numbers, size_t count)
{
    struct pg_rows rows;

    pg_rows_init(&rows, query->arena, "i");
    for (size_t i = 0; i < count; i++)
        pg_put_int(&rows, numbers[i]);
    pg_bind_rows(query, &rows);
}

/* Both ascend, so the first difference is the first entry that is missing. */
static enum status stamp_rows(const struct pg_result *rows, struct arena *arena,
                              const int64_t *numbers, size_t count, uint8_t stamps[32],
                              struct err *err)
{
    struct text text;

    text_init(&text, arena);
    for (size_t i = 0; i < count; i++) {
        if (i >= pg_count(rows) || pg_int(rows, i, 0) != numbers[i])
            return err_set(err, STATUS_FATAL, "the journal lacks entry ",
                           text_from_int(arena, numbers[i]),
                           ", which was published or is about to "
                           "be: PostgreSQL was restored to an older state; restore a newer one",
                           NULL);
        text_add_int(&text, numbers[i]);
        text_add(&text, " ");
        text_add_int(&text, pg_instant(rows, i, 1));
        text_add(&text, "\n");
    }
    crypto_sha256(text_string(&text), text.len, stamps);
    return STATUS_OK;
}

enum status relay_outbox_stamp(struct relay_outbox *outbox, struct arena *arena,
                               const int64_t *numbers, size_t count, uint8_t stamps[32],
                               struct err *err)
{
    struct pg_query query;
    struct pg_result *rows = NULL;
    enum status status;

    pg_query_init(&query, arena, journal_sql);
    bind_numbers(&query, numbers, count);
    status = run(outbox, &query, 1, &rows, err);
    if (status != STATUS_OK)
        return status;
    status = stamp_rows(rows, arena, numbers, count, stamps, err);
    pg_result_free(&rows);
    return status;
}

enum status relay_outbox_delete(struct relay_outbox *outbox, struct arena *arena,
                                const int64_t *numbers, size_t count, int64_t transaction,
                                struct err *err)
{
    struct pg_query queries[2];
    enum status status;

    pg_query_init(&queries[0], arena, count_sql);
    pg_bind_int(&queries[0], outbox->epoch);
    pg_bind_int(&queries[0], transaction);
    pg_query_init(&queries[1], arena, delete_sql);
    bind_numbers(&queries[1], numbers, count);
    status = run(outbox, queries, 2, NULL, err);
    if (status == STATUS_OK)
        outbox->transactions = transaction;
    return status;
}
