/* Looks at the log and at PostgreSQL every few seconds; counts what is costlier less often. */
#include "observer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pg.h"

#define LOOK_EVERY_MS  2000
#define COUNT_EVERY_MS 15000
#define FRESH_MS       30000
#define KAFKA_MS       5000
#define POSTGRESQL_MS  5000

struct observer {
    const struct config *config;
    rd_kafka_t *client;
    struct board *board;
    struct pg *pg;
    struct arena arena; /* of one look */
    int64_t counted_ms; /* tried last */

    pthread_mutex_t mutex; /* of all that follows */
    pthread_cond_t changed;
    bool stopping;
    struct sighting sighting;
    int64_t rows_ms, totals_ms; /* seen: outbox and held; certificates and money */
};

struct observer *observer_new(const struct config *config, rd_kafka_t *client, struct board *board)
{
    struct observer *observer = calloc(1, sizeof *observer);
    pthread_condattr_t attributes;

    if (!observer)
        abort();
    observer->config = config;
    observer->client = client;
    observer->board = board;
    observer->pg = pg_new(config->postgresql.conninfo, POSTGRESQL_MS);
    (void)pthread_mutex_init(&observer->mutex, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&observer->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return observer;
}

void observer_free(struct observer *observer)
{
    if (!observer)
        return;
    pg_free(observer->pg);
    arena_finish(&observer->arena);
    (void)pthread_cond_destroy(&observer->changed);
    (void)pthread_mutex_destroy(&observer->mutex);
    free(observer);
}

#define FRAME       3 /* statements around those of interest: two before, one behind */
#define FIRST       2
#define QUERIES_MAX (FRAME + 2)

/* Read only, and never for long: nobody waits for figures. The results of interest begin at
 * FIRST. */
static enum status read_all(struct observer *observer, const char *const *statements, size_t count,
                            struct pg_result *results[QUERIES_MAX], struct err *err)
{
    struct pg_query queries[QUERIES_MAX];

    pg_query_init(&queries[0], &observer->arena,
                  "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    pg_query_init(&queries[1], &observer->arena,
                  "SELECT set_config('search_path', quote_ident($1), true),"
                  " set_config('statement_timeout', '4s', true)");
    pg_bind_text(&queries[1], observer->config->postgresql.schema);
    for (size_t i = 0; i < count; i++)
        pg_query_init(&queries[FIRST + i], &observer->arena, statements[i]);
    pg_query_init(&queries[FIRST + count], &observer->arena, "COMMIT");
    return pg_run(observer->pg, queries, FRAME + count, results, err);
}

static void keep_totals(struct observer *observer, struct pg_result *results[QUERIES_MAX])
{
    const struct pg_result *owed = results[FIRST + 1];

    (void)pthread_mutex_lock(&observer->mutex);
    observer->sighting.certificates = pg_int(results[FIRST], 0, 0);
    memset(observer->sighting.owed_fen, 0, sizeof observer->sighting.owed_fen);
    for (size_t row = 0; row < pg_count(owed); row++) {
        int64_t reason = pg_int(owed, row, 0);

        if (reason > 0 && reason < OWED_REASONS)
            observer->sighting.owed_fen[reason] = pg_int(owed, row, 1);
    }
    observer->totals_ms = clock_now_ms();
    (void)pthread_mutex_unlock(&observer->mutex);
}

/* Reads whole tables, so not at each look. */
static enum status count_totals(struct observer *observer, struct err *err)
{
    static const char *const statements[] = {
        "SELECT count(*) FROM certificate WHERE stands",
        "SELECT p.owed, sum(p.amount_fen - coalesce((SELECT sum(r.amount_fen) FROM refund r"
        " WHERE r.payment_code = p.payment_code AND r.bank = p.bank"
        " AND r.bank_txn_id = p.bank_txn_id), 0))::bigint"
        " FROM payment p WHERE p.owed <> 0 GROUP BY p.owed",
    };
    struct pg_result *results[QUERIES_MAX];
    enum status status = read_all(observer, statements, 2, results, err);

    observer->counted_ms = clock_now_ms();
    if (status == STATUS_OK) {
        keep_totals(observer, results);
        pg_results_free(results, FRAME + 2);
    }
    return status;
}

/* The oldest entry that is not published yet; the journal says since when. */
static enum status read_outbox_age(struct observer *observer, int64_t *age_us, struct err *err)
{
    static const char *const statements[] = {
        "SELECT greatest(0, extract(epoch FROM clock_timestamp() - committed_at) * 1000000)::bigint"
        " FROM journal WHERE number = (SELECT min(number) FROM outbox)",
    };
    struct pg_result *results[QUERIES_MAX];
    enum status status = read_all(observer, statements, 1, results, err);

    if (status != STATUS_OK)
        return status;
    *age_us = pg_count(results[FIRST]) ? pg_int(results[FIRST], 0, 0) : 0;
    pg_results_free(results, FRAME + 1);
    return STATUS_OK;
}

static void keep_rows(struct observer *observer, const struct observation *seen, int64_t age_us)
{
    (void)pthread_mutex_lock(&observer->mutex);
    observer->sighting.outbox = seen->outbox;
    observer->sighting.held = seen->held;
    observer->sighting.outbox_age_us = age_us;
    observer->rows_ms = clock_now_ms();
    (void)pthread_mutex_unlock(&observer->mutex);
}

static void keep_answers(struct observer *observer, const struct err *kafka,
                         const struct err *postgresql)
{
    (void)pthread_mutex_lock(&observer->mutex);
    memcpy(observer->sighting.kafka, kafka->message, sizeof observer->sighting.kafka);
    memcpy(observer->sighting.postgresql, postgresql->message,
           sizeof observer->sighting.postgresql);
    observer->sighting.looked_ms = clock_now_ms();
    (void)pthread_mutex_unlock(&observer->mutex);
}

/* The ends first, and PostgreSQL even without them. */
static void look(struct observer *observer)
{
    struct err kafka = {.message = ""}, postgresql = {.message = ""};
    struct observation seen;
    int64_t age_us = 0;
    enum status status = observe_log(&seen, &observer->arena, observer->client, observer->config,
                                     KAFKA_MS, &kafka);

    if (status == STATUS_OK)
        kafka.message[0] = '\0';
    status = observe_store(&seen, &observer->arena, observer->pg, observer->config, &postgresql);
    board_note(observer->board, &seen);
    if (status == STATUS_OK)
        status = read_outbox_age(observer, &age_us, &postgresql);
    if (status == STATUS_OK)
        keep_rows(observer, &seen, age_us);
    if (status == STATUS_OK && clock_now_ms() - observer->counted_ms >= COUNT_EVERY_MS) {
        struct err ignored; /* costs figures, says nothing about health */

        (void)!count_totals(observer, &ignored);
    }
    if (status == STATUS_OK)
        postgresql.message[0] = '\0';
    keep_answers(observer, &kafka, &postgresql);
}

/* True: stop. */
static bool rest(struct observer *observer)
{
    int64_t end_ms = clock_now_ms() + LOOK_EVERY_MS;
    struct timespec end = {.tv_sec = end_ms / 1000, .tv_nsec = end_ms % 1000 * 1000000};
    int error = 0;
    bool stopping;

    (void)pthread_mutex_lock(&observer->mutex);
    while (!error && !observer->stopping)
        error = pthread_cond_timedwait(&observer->changed, &observer->mutex, &end);
    stopping = observer->stopping;
    (void)pthread_mutex_unlock(&observer->mutex);
    return stopping;
}

void observer_run(struct observer *observer)
{
    observer->counted_ms = clock_now_ms() - COUNT_EVERY_MS;
    do {
        arena_reset(&observer->arena);
        look(observer);
    } while (!rest(observer));
}

void observer_stop(struct observer *observer)
{
    (void)pthread_mutex_lock(&observer->mutex);
    observer->stopping = true;
    (void)pthread_cond_signal(&observer->changed);
    (void)pthread_mutex_unlock(&observer->mutex);
}

void observer_read(struct observer *observer, struct sighting *out)
{
    int64_t now_ms = clock_now_ms();
    bool rows, totals;

    (void)pthread_mutex_lock(&observer->mutex);
    *out = observer->sighting;
    rows = observer->rows_ms && now_ms - observer->rows_ms < FRESH_MS;
    totals = observer->totals_ms && now_ms - observer->totals_ms < FRESH_MS + COUNT_EVERY_MS;
    (void)pthread_mutex_unlock(&observer->mutex);
    if (!rows)
        out->outbox = out->held = out->outbox_age_us = UNKNOWN;
    if (!totals)
        out->certificates = UNKNOWN;
    for (int i = 0; i < OWED_REASONS && !totals; i++)
        out->owed_fen[i] = UNKNOWN;
}
