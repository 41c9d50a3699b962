/* Time that passes (fold.md section 7): reminders and closings, each one transaction, in chunks.
 *
 * The clock's row is locked exclusively, so no batch is under way and nothing else needs a lock.
 * Each chunk has a world of its own, which sees what the chunks before it wrote. */
#include <string.h>

#include "crypto.h"
#include "store_internal.h"

#define CHUNK_TRAINEES 1000
#define CHUNK_HELD     1000

/* One closing or reminder run on its way. */
struct run {
    struct store *store;
    struct passing passing;
    struct arena arena; /* of the run */
    struct text published;
    int64_t events;
    int32_t seq;
    struct err *err;
};

/* One chunk of it. */
struct chunk {
    struct arena arena;
    struct world world;
    struct batch batch;
    struct collector collector;
    struct names names;
};

static void chunk_init(struct chunk *chunk, const struct run *run)
{
    const struct config *config = run->store->config;

    memset(chunk, 0, sizeof *chunk);
    world_init(&chunk->world, &chunk->arena, &config->catalogues);
    chunk->world.crypto = crypto_for_rules(&config->keys);
    chunk->world.passed = run->passing.passed;
    chunk->batch.arena = &chunk->arena;
    chunk->collector = (struct collector){
        .batch = &chunk->batch,
        .world = &chunk->world,
        .source = config->source,
        .issuer = config->signer,
    };
    chunk->world.hooks = collect_hooks(&chunk->collector);
    names_init(&chunk->names, &chunk->world);
}

/* Writes what the chunk changed, inside the run's transaction. */
static enum status chunk_write(struct chunk *chunk, struct run *run)
{
    struct pg_result *results[WRITES_MAX];
    struct writes *writes = arena_alloc(&chunk->arena, sizeof *writes);
    enum status status = STATUS_OK;

    write_world(run->store, &chunk->world, &chunk->batch, &run->seq, writes);
    collect_published(&chunk->batch, &run->published);
    run->events += (int64_t)chunk->batch.message_count;
    run->store->refused += (int64_t)chunk->batch.dead_letter_count;
    if (writes->count) {
        status = pg_run(run->store->pg, writes->queries, writes->count, results, run->err);
        pg_results_free(results, writes->count);
    }
    return status;
}

/* Enrollments and codes first: what is full and what payments belong to follows from them. */
static enum status chunk_load(struct chunk *chunk, struct run *run)
{
    enum status status = load_known(run->store, &chunk->names, run->err);

    return status == STATUS_OK ? load_full(run->store, &chunk->names, run->err) : status;
}

/* Ids after `after` that the run concerns: those with open verdicts, or active, in its term. */
static enum status next_trainees(struct run *run, struct arena *arena, const char *after,
                                 struct pg_result **out)
{
    struct pg_query query;

    pg_query_init(&query, arena,
                  run->passing.what == PASSAGE_CLOSING
                      ? "SELECT DISTINCT e.trainee_id FROM enrollment e"
                        " JOIN attempt a USING (trainee_id, enrollment_id)"
                        " WHERE e.term_id = $1 AND e.trainee_id > $2 AND a.verdict = 0"
                        " ORDER BY e.trainee_id LIMIT $3"
                      : "SELECT DISTINCT e.trainee_id FROM enrollment e"
                        " WHERE e.term_id = $1 AND e.trainee_id > $2 AND e.state = 1"
                        " ORDER BY e.trainee_id LIMIT $3");
    pg_bind_text(&query, run->passing.term->id);
    pg_bind_text(&query, after);
    pg_bind_int(&query, CHUNK_TRAINEES);
    return pg_run_one(run->store->pg, &query, out, run->err);
}

static void fold_trainee(struct chunk *chunk, const struct run *run, const char *trainee_id)
{
    struct trainee *trainee = &world_trainee(&chunk->world, trainee_id)->trainee;

    if (run->passing.what == PASSAGE_CLOSING)
        fold_close_verdicts(&chunk->world, trainee, &run->passing);
    else
        fold_remind(&chunk->world, trainee, &run->passing);
}

static enum status pass_trainees_chunk(struct run *run, const struct pg_result *ids)
{
    struct chunk chunk;
    enum status status;

    chunk_init(&chunk, run);
    for (size_t row = 0; row < pg_count(ids); row++) {
        const char *id = pg_text(ids, row, 0);

        pg_put_text(&chunk.names.keys[KEYS_TRAINEES], id);
        map_put_string(&chunk.names.seen[KEYS_FULL], arena_strdup(&chunk.arena, id), &chunk);
        pg_put_text(&chunk.names.keys[KEYS_FULL], id);
    }
    status = chunk_load(&chunk, run);
    for (size_t row = 0; row < pg_count(ids) && status == STATUS_OK; row++)
        fold_trainee(&chunk, run, pg_text(ids, row, 0));
    if (status == STATUS_OK)
        status = chunk_write(&chunk, run);
    arena_finish(&chunk.arena);
    return status;
}

static enum status pass_trainees(struct run *run)
{
    const char *after = "";

    for (;;) {
        struct pg_result *ids;
        enum status status = next_trainees(run, &run->arena, after, &ids);
        size_t count;

        if (status != STATUS_OK)
            return status;
        count = pg_count(ids);
        if (count) {
            after = arena_strdup(&run->arena, pg_text(ids, count - 1, 0));
            status = pass_trainees_chunk(run, ids);
        }
        pg_result_free(&ids);
        if (status != STATUS_OK || count < CHUNK_TRAINEES)
            return status;
    }
}

static enum status next_held(struct run *run, struct arena *arena, const struct place *after,
                             struct pg_result **out)
{
    struct pg_query query;

    pg_query_init(&query, arena,
                  "SELECT topic, partition, record_offset, stamp, original FROM held"
                  " WHERE (topic, partition, record_offset) > ($1, $2, $3)"
                  " ORDER BY topic, partition, record_offset LIMIT $4");
    pg_bind_int(&query, after->topic);
    pg_bind_int(&query, after->partition);
    pg_bind_int(&query, after->offset);
    pg_bind_int(&query, CHUNK_HELD);
    return pg_run_one(run->store->pg, &query, out, run->err);
}

/* All held entries of the chunk's world, in queue order. */
static struct held_list held_of(struct chunk *chunk)
{
    struct world *world = &chunk->world;
    struct held_list all = {0};

    for (size_t i = 0; i < world->trainees.cap; i++) {
        const struct trainee_entry *entry = world->trainees.slots[i].value;

        for (size_t k = 0; world->trainees.slots[i].key && k < entry->held.count; k++)
            held_list_insert(world, &all, entry->held.at[k]);
    }
    for (size_t i = 0; i < world->codes.cap; i++) {
        const struct code *code = world->codes.slots[i].value;

        for (size_t k = 0; world->codes.slots[i].key && k < code->held.count; k++)
            held_list_insert(world, &all, code->held.at[k]);
    }
    return all;
}

static enum status pass_held_chunk(struct run *run, const struct pg_result *rows)
{
    struct chunk chunk;
    enum status status;

    chunk_init(&chunk, run);
    status = read_held(run->store, &chunk.world, rows, run->err);
    struct held_list all = held_of(&chunk);
    for (size_t i = 0; i < all.count; i++)
        names_add_event(&chunk.names, all.at[i]->ev);
    /* What is held is there already. */
    pg_rows_init(&chunk.names.keys[KEYS_SUBJECTS], &chunk.arena, "t");
    if (status == STATUS_OK)
        status = chunk_load(&chunk, run);
    for (size_t i = 0; i < all.count && status == STATUS_OK; i++)
        if (fold_goes_with(&chunk.world, all.at[i]->ev, run->passing.term))
            fold_refuse_held(&chunk.world, all.at[i]);
    if (status == STATUS_OK)
        status = chunk_write(&chunk, run);
    arena_finish(&chunk.arena);
    return status;
}

static enum status pass_held(struct run *run)
{
    struct place after = {.topic = TOPIC_ENROLLMENT, .partition = -1};

    for (;;) {
        struct pg_result *rows;
        enum status status = next_held(run, &run->arena, &after, &rows);
        size_t count;

        if (status != STATUS_OK)
            return status;
        count = pg_count(rows);
        if (count) {
            after.topic = (enum topic)pg_int(rows, count - 1, 0);
            after.partition = (int32_t)pg_int(rows, count - 1, 1);
            after.offset = pg_int(rows, count - 1, 2);
            status = pass_held_chunk(run, rows);
        }
        pg_result_free(&rows);
        if (status != STATUS_OK || count < CHUNK_HELD)
            return status;
    }
}

/* Begins the transaction, locks the clock and finds what is next. */
static enum status begin_run(struct run *run)
{
    struct store *store = run->store;
    struct pg_query queries[STORE_BEGIN + 2];
    struct pg_result *results[STORE_BEGIN + 2];
    struct world clock;
    enum status status;

    store_begin(store, &run->arena, "BEGIN ISOLATION LEVEL READ COMMITTED", queries);
    pg_query_init(&queries[STORE_BEGIN], &run->arena, "SELECT FROM clock FOR UPDATE");
    pg_query_init(&queries[STORE_BEGIN + 1], &run->arena, "SELECT nextval('journal_number')");
    status = pg_run(store->pg, queries, STORE_BEGIN + 2, results, run->err);
    if (status != STATUS_OK)
        return status;
    store->number = pg_int(results[STORE_BEGIN + 1], 0, 0);
    pg_results_free(results, STORE_BEGIN + 2);
    world_init(&clock, &run->arena, &store->config->catalogues);
    status = load_clock(store, &clock, run->err);
    if (status == STATUS_OK)
        run->passing = fold_next_passing(&store->config->catalogues, clock.passed,
                                         world_watermark(&clock));
    return status;
}

static enum status finish_run(struct run *run)
{
    struct writes *writes = arena_alloc(&run->arena, sizeof *writes);
    struct batch batch = {.kind = run->passing.what == PASSAGE_CLOSING ? JOURNAL_CLOSING
                                                                       : JOURNAL_REMINDER,
                          .passing = run->passing};
    uint8_t digest[32];

    crypto_sha256(text_string(&run->published), run->published.len, digest);
    pg_bind_instant(writes_add(writes, &run->arena, "UPDATE clock SET passed = $1"),
                    run->passing.passed);
    write_journal(run->store, writes, &run->arena, &batch, run->events, digest);
    return store_finish(run->store, writes, &run->arena, run->err);
}

static enum status pass(struct run *run)
{
    enum status status = STATUS_OK;

    if (run->passing.what == PASSAGE_CLOSING)
        status = pass_held(run);
    if (status == STATUS_OK)
        status = pass_trainees(run);
    return status == STATUS_OK ? finish_run(run) : status;
}

int64_t store_refused(const struct store *store)
{
    return store->refused;
}

enum status store_pass_time(struct store *store, bool *ran, struct err *err)
{
    struct run run = {.store = store, .err = err};
    enum status status;

    *ran = false;
    store->refused = 0;
    text_init(&run.published, &run.arena);
    status = begin_run(&run);
    if (status == STATUS_OK && run.passing.what != PASSAGE_NONE) {
        status = pass(&run);
        *ran = status == STATUS_OK;
    }
    if (!*ran)
        store_abandon(store);
    arena_finish(&run.arena);
    return status;
}
