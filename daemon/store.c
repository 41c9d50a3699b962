/* The batch's transaction: begun, fenced, committed, and what became of it. */
#include "store.h"

#include <stdlib.h>
#include <string.h>

#include "store_internal.h"

#define PIPELINE_TIMEOUT_MS 60000

struct store *store_new(const struct config *config, const struct decoder *decoder)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store)
        abort();
    store->config = config;
    store->decoder = *decoder;
    store->decoder.signatures_required = false;
    store->pg = pg_new(config->postgresql.conninfo, PIPELINE_TIMEOUT_MS);
    return store;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    pg_free(store->pg);
    free(store);
}

void store_begin(const struct store *store, struct arena *arena, const char *begin,
                 struct pg_query queries[STORE_BEGIN])
{
    pg_query_init(&queries[0], arena, begin);
    /* Locks of an owner that was stopped in mid-batch are given up after the idle time. Everything
     * is reached by its key: without statistics, or with stale ones, the planner might read whole
     * tables for a batch. */
    pg_query_init(&queries[1], arena,
                  "SELECT set_config('search_path', $1, true),"
                  " set_config('lock_timeout', '10s', true),"
                  " set_config('idle_in_transaction_session_timeout', '15s', true),"
                  " set_config('enable_seqscan', 'off', true),"
                  " set_config('enable_hashjoin', 'off', true),"
                  " set_config('enable_mergejoin', 'off', true),"
                  " set_config('jit', 'off', true)");
    pg_bind_text(&queries[1], store->config->postgresql.schema);
}

void store_abandon(struct store *store)
{
    struct pg_query rollback = {.sql = "ROLLBACK"};
    struct err ignored;

    if (pg_is_connected(store->pg) && pg_run_one(store->pg, &rollback, NULL, &ignored) != STATUS_OK)
        pg_close(store->pg);
}

enum status store_assign(struct store *store, enum topic topic, int32_t partition,
                         struct position *out, struct err *err)
{
    struct arena arena = {0};
    struct pg_query queries[STORE_BEGIN + 2];
    struct pg_result *results[STORE_BEGIN + 2];
    struct pg_query *take = &queries[STORE_BEGIN];
    enum status status;

    store_begin(store, &arena, "BEGIN", queries);
    pg_query_init(take, &arena,
                  "UPDATE position SET epoch = epoch + 1, owner = $3"
                  " WHERE topic = $1 AND partition = $2"
                  " RETURNING epoch, next_offset, tick_stamp");
    pg_bind_int(take, topic);
    pg_bind_int(take, partition);
    pg_bind_text(take, store->config->instance);
    pg_query_init(&queries[STORE_BEGIN + 1], &arena, "COMMIT");
    status = pg_run(store->pg, queries, STORE_BEGIN + 2, results, err);
    if (status == STATUS_OK && pg_count(results[STORE_BEGIN]) != 1) {
        status = err_set(err, STATUS_FATAL, "table position has no row for a partition of ",
                         topic_name(topic),
                         ": the topic has more partitions than at the first start", NULL);
    } else if (status == STATUS_OK) {
        out->epoch = pg_int(results[STORE_BEGIN], 0, 0);
        out->next_offset = pg_int(results[STORE_BEGIN], 0, 1);
        out->tick_stamp = pg_instant(results[STORE_BEGIN], 0, 2);
    }
    pg_results_free(results, STORE_BEGIN + 2);
    arena_finish(&arena);
    return status;
}

/* Positions move by compare-and-set; fence() raises unless each of them moved. */
static void fence_positions(struct writes *writes, struct arena *arena, const struct batch *batch)
{
    struct pg_query *query = writes_add(
        writes, arena,
        "WITH moved AS (UPDATE position p SET next_offset = m.next_offset,"
        " applied = p.applied + m.applied, duplicate = p.duplicate + m.duplicate,"
        " held = p.held + m.held, rejected = p.rejected + m.rejected, gaps = p.gaps + m.gaps,"
        " tick_stamp = m.tick_stamp FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " AS m (topic, partition, epoch, from_offset, next_offset, applied, duplicate, held,"
        " rejected, gaps, tick_stamp) WHERE p.topic = m.topic AND p.partition = m.partition"
        " AND p.epoch = m.epoch AND p.next_offset = m.from_offset RETURNING 1)"
        " SELECT fence(count(*), $12) FROM moved");
    struct pg_rows rows;

    pg_rows_init(&rows, arena, "sniiiiiiiiz");
    for (size_t i = 0; i < batch->partition_count; i++) {
        const struct batch_partition *partition = &batch->partitions[i];

        pg_put_int(&rows, partition->topic);
        pg_put_int(&rows, partition->partition);
        pg_put_int(&rows, partition->epoch);
        pg_put_int(&rows, partition->from);
        pg_put_int(&rows, partition->next);
        for (int outcome = 0; outcome < OUTCOMES; outcome++)
            pg_put_int(&rows, partition->counts[outcome]);
        pg_put_int(&rows, partition->gaps);
        pg_put_instant(&rows, partition->tick_stamp);
    }
    pg_bind_rows(query, &rows);
    pg_bind_int(query, (int64_t)batch->partition_count);
}

static void write_ranges(const struct store *store, struct writes *writes, struct arena *arena,
                         const struct batch *batch)
{
    struct pg_query *query = writes_add(
        writes, arena,
        "INSERT INTO journal_range (topic, partition, from_offset, next_offset, epoch,"
        " number) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)");
    struct pg_rows rows;

    pg_rows_init(&rows, arena, "sniiii");
    for (size_t i = 0; i < batch->partition_count; i++) {
        const struct batch_partition *partition = &batch->partitions[i];

        pg_put_int(&rows, partition->topic);
        pg_put_int(&rows, partition->partition);
        pg_put_int(&rows, partition->from);
        pg_put_int(&rows, partition->next);
        pg_put_int(&rows, partition->epoch);
        pg_put_int(&rows, store->number);
    }
    pg_bind_rows(query, &rows);
}

enum status store_finish(struct store *store, struct writes *writes, struct arena *arena,
                         struct err *err)
{
    struct pg_result *results[WRITES_MAX];
    enum status status;

    writes_add(writes, arena, "COMMIT");
    status = pg_run(store->pg, writes->queries, writes->count, results, err);
    /* COMMIT of a transaction that has failed answers ROLLBACK, without an error. */
    if (status == STATUS_OK && strcmp(pg_tag(results[writes->count - 1]), "COMMIT") != 0)
        status = err_set(err, STATUS_RETRY, "COMMIT was answered by ",
                         pg_tag(results[writes->count - 1]), NULL);
    pg_results_free(results, writes->count);
    return status;
}

enum status store_commit(struct store *store, struct world *world, struct batch *batch,
                         struct err *err)
{
    struct arena *arena = world->arena;
    struct writes *writes = arena_alloc(arena, sizeof *writes);
    uint8_t digest[32];
    int32_t seq = 0;

    collect_digest(batch, digest);
    fence_positions(writes, arena, batch);
    write_world(store, world, batch, &seq, writes);
    write_journal(store, writes, arena, batch, (int64_t)batch->message_count, digest);
    write_ranges(store, writes, arena, batch);
    return store_finish(store, writes, arena, err);
}

static enum fate fate_of(const struct batch *batch, const struct pg_result *rows)
{
    size_t committed = 0;

    for (size_t row = 0; row < pg_count(rows); row++)
        for (size_t i = 0; i < batch->partition_count; i++) {
            const struct batch_partition *partition = &batch->partitions[i];

            if (partition->topic != pg_int(rows, row, 0) ||
                partition->partition != pg_int(rows, row, 1))
                continue;
            if (pg_int(rows, row, 2) != partition->epoch)
                return FATE_FENCED;
            if (pg_int(rows, row, 3) == partition->next)
                committed++;
            else if (pg_int(rows, row, 3) != partition->from)
                return FATE_FENCED;
        }
    return committed ? FATE_COMMITTED : FATE_NOT_COMMITTED;
}

enum status store_resolve(struct store *store, const struct batch *batch, enum fate *fate,
                          struct err *err)
{
    struct arena arena = {0};
    struct pg_query queries[STORE_BEGIN + 2];
    struct pg_result *results[STORE_BEGIN + 2];
    struct pg_rows rows;
    enum status status;

    pg_rows_init(&rows, &arena, "sn");
    for (size_t i = 0; i < batch->partition_count; i++) {
        pg_put_int(&rows, batch->partitions[i].topic);
        pg_put_int(&rows, batch->partitions[i].partition);
    }
    store_begin(store, &arena, "BEGIN", queries);
    /* The lock waits for a transaction of ours that the server has not ended yet. */
    pg_query_init(&queries[STORE_BEGIN], &arena,
                  "SELECT p.topic, p.partition, p.epoch, p.next_offset FROM position p"
                  " WHERE (p.topic, p.partition) IN (SELECT * FROM unnest($1, $2))"
                  " ORDER BY 1, 2 FOR UPDATE OF p");
    pg_bind_rows(&queries[STORE_BEGIN], &rows);
    pg_query_init(&queries[STORE_BEGIN + 1], &arena, "ROLLBACK");
    status = pg_run(store->pg, queries, STORE_BEGIN + 2, results, err);
    if (status == STATUS_OK)
        *fate = fate_of(batch, results[STORE_BEGIN]);
    pg_results_free(results, STORE_BEGIN + 2);
    arena_finish(&arena);
    return status;
}
