/* Dossiers for the tool: the batch's loaders in a read-only snapshot, without locks. */
#include "store_read.h"

#include <string.h>

#include "store_internal.h"

enum status store_read_begin(struct store *store, struct err *err)
{
    struct arena arena = {0};
    struct pg_query queries[STORE_BEGIN];
    struct pg_result *results[STORE_BEGIN];
    enum status status;

    store_begin(store, &arena, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", queries);
    status = pg_run(store->pg, queries, STORE_BEGIN, results, err);
    pg_results_free(results, STORE_BEGIN);
    arena_finish(&arena);
    return status;
}

void store_read_end(struct store *store)
{
    store_abandon(store);
}

enum status store_read_clock(struct store *store, struct world *world, struct err *err)
{
    return load_clock(store, world, err);
}

static void name_trainee(struct names *names, const char *trainee_id)
{
    pg_put_text(&names->keys[KEYS_TRAINEES], trainee_id);
    names_add_full(names, trainee_id);
}

static enum status load_dossiers(struct store *store, struct names *names, struct err *err)
{
    enum status status = load_known(store, names, err);

    return status == STATUS_OK ? load_full(store, names, err) : status;
}

static bool is_known(const struct trainee_entry *entry)
{
    const struct trainee *trainee = &entry->trainee;

    return trainee->enrollment_count || trainee->certificate_count || trainee->credit_count ||
           trainee->year_count || entry->held.count;
}

enum status store_read_trainee(struct store *store, struct world *world, const char *trainee_id,
                               struct trainee_entry **out, struct err *err)
{
    struct names names;
    enum status status;

    *out = NULL;
    names_init(&names, world);
    name_trainee(&names, trainee_id);
    status = load_dossiers(store, &names, err);
    if (status != STATUS_OK)
        return status;
    struct trainee_entry *entry = world_trainee(world, trainee_id);
    if (is_known(entry))
        *out = entry;
    return STATUS_OK;
}

/* A page of ids in byte order. */
static enum status next_ids(struct store *store, struct arena *arena, const char *sql,
                            const char *after, size_t max, struct pg_result **out, struct err *err)
{
    struct pg_query query;

    pg_query_init(&query, arena, sql);
    pg_bind_text(&query, after);
    pg_bind_int(&query, (int64_t)max);
    return pg_run_one(store->pg, &query, out, err);
}

enum status store_read_trainees(struct store *store, struct world *world, const char *after,
                                size_t max, struct trainee_entry ***out, size_t *count,
                                struct err *err)
{
    struct names names;
    struct pg_result *ids;
    enum status status = next_ids(store, world->arena,
                                  "SELECT trainee_id FROM trainee WHERE trainee_id > $1"
                                  " ORDER BY trainee_id LIMIT $2",
                                  after, max, &ids, err);

    if (status != STATUS_OK)
        return status;
    names_init(&names, world);
    *count = pg_count(ids);
    *out = arena_alloc(world->arena, *count * sizeof(struct trainee_entry *));
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = world_trainee(world, pg_text(ids, i, 0));
        name_trainee(&names, (*out)[i]->trainee.trainee_id);
    }
    pg_result_free(&ids);
    return load_dossiers(store, &names, err);
}

enum status store_read_codes(struct store *store, struct world *world, const char *after,
                             size_t max, struct code ***out, size_t *count, struct err *err)
{
    struct names names;
    struct pg_result *ids;
    enum status status = next_ids(
        store, world->arena,
        "SELECT payment_code FROM payment_code c WHERE payment_code > $1"
        " AND trainee_id IS NULL"
        " AND EXISTS (SELECT FROM payment p WHERE p.payment_code = c.payment_code)"
        " ORDER BY payment_code LIMIT $2",
        after, max, &ids, err);

    if (status != STATUS_OK)
        return status;
    names_init(&names, world);
    *count = pg_count(ids);
    *out = arena_alloc(world->arena, *count * sizeof(struct code *));
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = world_code(world, pg_text(ids, i, 0));
        pg_put_text(&names.keys[KEYS_CODES], (*out)[i]->payment_code);
    }
    pg_result_free(&ids);
    return load_dossiers(store, &names, err);
}

enum status store_read_published(struct store *store, struct world *world, int64_t after,
                                 size_t max, struct published **out, size_t *count, struct err *err)
{
    struct pg_query query;
    struct pg_result *rows;
    enum status status;

    pg_query_init(&query, world->arena,
                  "SELECT rank, events, digest FROM (SELECT row_number() OVER (ORDER BY number)"
                  " AS rank, events, digest FROM journal) j"
                  " WHERE rank > $1 AND events > 0 ORDER BY rank LIMIT $2");
    pg_bind_int(&query, after);
    pg_bind_int(&query, (int64_t)max);
    status = pg_run_one(store->pg, &query, &rows, err);
    if (status != STATUS_OK)
        return status;
    *count = pg_count(rows);
    *out = arena_alloc(world->arena, *count * sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i].commit = pg_int(rows, i, 0);
        (*out)[i].count = pg_int(rows, i, 1);
        memcpy((*out)[i].digest, pg_bytes(rows, i, 2).at, sizeof(*out)[i].digest);
    }
    pg_result_free(&rows);
    return STATUS_OK;
}
