/* What the start demands of PostgreSQL (configuration.md): the right server, schema, partition
 * counts and catalogues. */
#include <string.h>

#include "store_internal.h"

enum check_query {
    CHECK_SERVER = STORE_BEGIN,
    CHECK_LOCK,
    CHECK_COUNTS,
    CHECK_CATALOGUES,
    CHECK_QUERIES
};

static enum status check_server(const struct pg_result *server, struct err *err)
{
    if (pg_bool(server, 0, 0))
        return err_set(err, STATUS_FATAL,
                       "PostgreSQL is a replica (in recovery): name the primary in conninfo", NULL);
    if (strcmp(pg_text(server, 0, 1), "off") == 0)
        return err_set(
            err, STATUS_FATAL,
            "synchronous_commit is off: a crash would lose what was acknowledged; set it "
            "on for this role or database",
            NULL);
    return STATUS_OK;
}

/* The schema must be there before anything in it is read. */
static enum status check_schema(struct store *store, struct arena *arena, struct err *err)
{
    struct pg_query query;
    struct pg_result *result;

    pg_query_init(&query, arena,
                  "SELECT to_regclass(quote_ident($1) || '.position') IS NOT NULL AND"
                  " has_schema_privilege(quote_ident($1), 'usage')");
    pg_bind_text(&query, store->config->postgresql.schema);
    enum status status = pg_run_one(store->pg, &query, &result, err);
    if (status == STATUS_OK && !pg_bool(result, 0, 0))
        status = err_set(err, STATUS_FATAL, "schema ", store->config->postgresql.schema,
                         " is not there, or not for this role: run `xueshictl db migrate`", NULL);
    pg_result_free(&result);
    return status;
}

/* Partition counts are fixed at the first start: another count moves keys. */
static enum status check_counts(struct arena *arena, const struct pg_result *known,
                                const int32_t counts[TOPICS_IN], struct err *err)
{
    for (size_t row = 0; row < pg_count(known); row++) {
        int64_t topic = pg_int(known, row, 0), count = pg_int(known, row, 1);

        if (topic < TOPICS_IN && counts[topic] != count)
            return err_set(err, STATUS_FATAL, "topic ", topic_name((enum topic)topic), " has ",
                           text_from_int(arena, counts[topic]), " partitions, and had ",
                           text_from_int(arena, count),
                           " at the first start: keys would move; go back to the old count", NULL);
    }
    return STATUS_OK;
}

static void add_counts(struct writes *writes, struct arena *arena, const int32_t counts[TOPICS_IN])
{
    struct pg_rows rows;

    pg_rows_init(&rows, arena, "sn");
    for (int topic = 0; topic < TOPICS_IN; topic++) {
        pg_put_int(&rows, topic);
        pg_put_int(&rows, counts[topic]);
    }
    pg_bind_rows(writes_add(writes, arena,
                            "INSERT INTO partition_count (topic, count)"
                            " SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING"),
                 &rows);
    pg_bind_rows(
        writes_add(writes, arena,
                   "INSERT INTO position (topic, partition) SELECT n.topic, p"
                   " FROM unnest($1, $2) AS n (topic, count), generate_series(0, n.count - 1)"
                   " AS p ON CONFLICT DO NOTHING"),
        &rows);
}

/* The row of the programme's newest accepted catalogue; -1: none. */
static int find_catalogue(const struct pg_result *known, const struct programme *programme)
{
    for (size_t row = 0; row < pg_count(known); row++)
        if (strcmp(pg_text(known, row, 0), programme->id) == 0)
            return (int)row;
    return -1;
}

static void add_catalogue(struct writes *writes, struct arena *arena,
                          const struct programme *programme)
{
    struct pg_query *query = writes_add(
        writes, arena, "INSERT INTO catalogue (programme_id, digest, text) VALUES ($1, $2, $3)");

    pg_bind_text(query, programme->id);
    pg_bind_bytes(query, programme->digest, sizeof programme->digest);
    pg_bind_text(query, programme->text);
}

/* A catalogue binds from the first enrollment of its programme on; before, the newest is taken. */
static enum status check_catalogues(const struct store *store, struct writes *writes,
                                    struct arena *arena, const struct pg_result *known,
                                    struct err *err)
{
    const struct catalogues *catalogues = &store->config->catalogues;

    for (size_t i = 0; i < catalogues->count; i++) {
        const struct programme *programme = catalogues->programmes[i];
        int row = find_catalogue(known, programme);

        if (row >= 0) {
            struct bytes digest = pg_bytes(known, (size_t)row, 1);

            if (memcmp(digest.at, programme->digest, sizeof programme->digest) == 0)
                continue;
            if (pg_bool(known, (size_t)row, 2))
                return err_set(err, STATUS_FATAL, "the catalogue of programme ", programme->id,
                               " is another one than the one in force: go back to that, or record "
                               "the change with `xueshictl catalogue accept`",
                               NULL);
        }
        add_catalogue(writes, arena, programme);
    }
    return STATUS_OK;
}

static void ask(const struct store *store, struct arena *arena,
                struct pg_query queries[CHECK_QUERIES])
{
    const struct catalogues *catalogues = &store->config->catalogues;
    struct pg_rows terms;

    store_begin(store, arena, "BEGIN", queries);
    pg_query_init(&queries[CHECK_SERVER], arena,
                  "SELECT pg_is_in_recovery(), current_setting('synchronous_commit')");
    pg_query_init(&queries[CHECK_LOCK], arena, "SELECT FROM clock FOR UPDATE");
    pg_query_init(&queries[CHECK_COUNTS], arena, "SELECT topic, count FROM partition_count");
    pg_query_init(&queries[CHECK_CATALOGUES], arena,
                  "SELECT DISTINCT ON (c.programme_id) c.programme_id, c.digest,"
                  " EXISTS (SELECT FROM enrollment e JOIN unnest($1, $2)"
                  " AS t (programme_id, term_id) USING (term_id)"
                  " WHERE t.programme_id = c.programme_id)"
                  " FROM catalogue c ORDER BY c.programme_id, c.accepted_at DESC");
    pg_rows_init(&terms, arena, "tt");
    for (size_t i = 0; i < catalogues->term_count; i++) {
        pg_put_text(&terms, catalogues->terms[i]->programme->id);
        pg_put_text(&terms, catalogues->terms[i]->id);
    }
    pg_bind_rows(&queries[CHECK_CATALOGUES], &terms);
}

enum status store_check(struct store *store, const int32_t partition_counts[TOPICS_IN],
                        struct err *err)
{
    struct arena arena = {0};
    struct pg_query queries[CHECK_QUERIES];
    struct pg_result *results[CHECK_QUERIES] = {NULL};
    struct writes *writes = arena_alloc(&arena, sizeof *writes);
    enum status status = check_schema(store, &arena, err);

    ask(store, &arena, queries);
    if (status == STATUS_OK)
        status = pg_run(store->pg, queries, CHECK_QUERIES, results, err);
    if (status == STATUS_OK)
        status = check_server(results[CHECK_SERVER], err);
    if (status == STATUS_OK)
        status = check_counts(&arena, results[CHECK_COUNTS], partition_counts, err);
    if (status == STATUS_OK)
        status = check_catalogues(store, writes, &arena, results[CHECK_CATALOGUES], err);
    if (status == STATUS_OK) {
        add_counts(writes, &arena, partition_counts);
        status = store_finish(store, writes, &arena, err);
    } else {
        store_abandon(store);
    }
    pg_results_free(results, CHECK_QUERIES);
    arena_finish(&arena);
    return status;
}
