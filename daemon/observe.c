/* How far the daemon is. */
#include "observe.h"

#include <string.h>

static struct observed_partition *find_partition(const struct observation *observation, int topic,
                                                 int64_t partition)
{
    for (size_t i = 0; i < observation->count; i++) {
        struct observed_partition *one = &observation->partitions[i];

        if ((int)one->topic == topic && one->partition == partition)
            return one;
    }
    return NULL;
}

static struct observed_partition *add_partition(struct observation *out, struct arena *arena,
                                                int topic, int64_t partition)
{
    struct observed_partition *one;

    out->partitions = arena_grow(arena, out->partitions, out->count, out->count + 1, &out->cap,
                                 sizeof *out->partitions);
    one = &out->partitions[out->count++];
    *one = (struct observed_partition){
        .topic = (enum topic)topic, .partition = (int32_t)partition, .end = UNKNOWN};
    return one;
}

enum status observe_log(struct observation *out, struct arena *arena, rd_kafka_t *client,
                        const struct config *config, int timeout_ms, struct err *err)
{
    *out = (struct observation){.passing = {.what = PASSAGE_NONE}};
    for (int topic = 0; topic < TOPICS_IN; topic++) {
        char name[KAFKA_TOPIC_MAX];
        int32_t count = kafka_partition_count(
            client, kafka_topic(config, topic_name((enum topic)topic), name), timeout_ms, err);

        if (count <= 0)
            return STATUS_RETRY;
        for (int32_t i = 0; i < count; i++) {
            int64_t low, high;
            rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(client, name, i, &low,
                                                                        &high, timeout_ms);

            if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
                return err_set(err, STATUS_RETRY, "Kafka does not say where ", name,
                               " ends: ", rd_kafka_err2str(code), NULL);
            add_partition(out, arena, topic, i)->end = high;
        }
    }
    return STATUS_OK;
}

enum { Q_BEGIN, Q_PATH, Q_POSITION, Q_PARTITIONS, Q_CLOCK, Q_COUNTS, Q_COMMIT, QUERIES };

static void read_positions(struct observation *out, struct arena *arena,
                           const struct pg_result *result)
{
    for (size_t row = 0; row < pg_count(result); row++) {
        int topic = (int)pg_int(result, row, 0);
        int64_t partition = pg_int(result, row, 1);
        struct observed_partition *one = find_partition(out, topic, partition);

        if (!one)
            one = add_partition(out, arena, topic, partition);
        one->has_row = true;
        one->owner = arena_strdup(arena, pg_text(result, row, 2));
        one->epoch = pg_int(result, row, 3);
        one->next_offset = pg_int(result, row, 4);
        for (size_t i = 0; i < OUTCOMES; i++)
            one->counts[i] = pg_int(result, row, 5 + i);
        one->gaps = pg_int(result, row, 9);
        one->tick_stamp = pg_is_null(result, row, 10) ? INSTANT_NONE : pg_instant(result, row, 10);
    }
}

/* The rules' own view of time: watermark and what it owes. */
static void read_time(struct observation *out, struct arena *arena, const struct config *config,
                      struct pg_result **results)
{
    struct world world;

    world_init(&world, arena, &config->catalogues);
    for (size_t row = 0; row < pg_count(results[Q_PARTITIONS]); row++)
        world_set_partitions(&world, (enum topic)pg_int(results[Q_PARTITIONS], row, 0),
                             (int32_t)pg_int(results[Q_PARTITIONS], row, 1));
    for (size_t i = 0; i < out->count; i++) {
        const struct observed_partition *one = &out->partitions[i];

        if (one->has_row && one->partition < world.partition_count[one->topic])
            world.clocks[one->topic][one->partition].tick_stamp = one->tick_stamp;
    }
    int64_t passed = pg_count(results[Q_CLOCK]) && !pg_is_null(results[Q_CLOCK], 0, 0)
                         ? pg_instant(results[Q_CLOCK], 0, 0)
                         : INSTANT_NONE;
    out->watermark = world_watermark(&world);
    out->passing = fold_next_passing(&config->catalogues, passed, out->watermark);
}

static void set_queries(struct pg_query queries[QUERIES], struct arena *arena, const char *schema)
{
    pg_query_init(&queries[Q_BEGIN], arena, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    pg_query_init(&queries[Q_PATH], arena,
                  "SELECT set_config('search_path', quote_ident($1), true)");
    pg_bind_text(&queries[Q_PATH], schema);
    pg_query_init(&queries[Q_POSITION], arena,
                  "SELECT topic, partition, owner, epoch, next_offset, applied, duplicate, held,"
                  " rejected, gaps, tick_stamp FROM position ORDER BY topic, partition");
    pg_query_init(&queries[Q_PARTITIONS], arena, "SELECT topic, count FROM partition_count");
    pg_query_init(&queries[Q_CLOCK], arena, "SELECT passed FROM clock");
    pg_query_init(&queries[Q_COUNTS], arena,
                  "SELECT (SELECT count(seq) FROM outbox), (SELECT count(stamp) FROM held)");
    pg_query_init(&queries[Q_COMMIT], arena, "COMMIT");
}

enum status observe_store(struct observation *out, struct arena *arena, struct pg *pg,
                          const struct config *config, struct err *err)
{
    struct pg_query queries[QUERIES];
    struct pg_result *results[QUERIES];

    set_queries(queries, arena, config->postgresql.schema);
    enum status status = pg_run(pg, queries, QUERIES, results, err);
    if (status != STATUS_OK)
        return status;
    read_positions(out, arena, results[Q_POSITION]);
    read_time(out, arena, config, results);
    out->outbox = pg_int(results[Q_COUNTS], 0, 0);
    out->held = pg_int(results[Q_COUNTS], 0, 1);
    pg_results_free(results, QUERIES);
    return STATUS_OK;
}

int64_t observed_lag(const struct observed_partition *partition)
{
    if (partition->end == UNKNOWN || !partition->has_row)
        return UNKNOWN;
    return partition->end > partition->next_offset ? partition->end - partition->next_offset : 0;
}

bool observed_idle(const struct observation *observation, const char **why)
{
    *why = NULL;
    for (size_t i = 0; i < observation->count && !*why; i++) {
        int64_t lag = observed_lag(&observation->partitions[i]);

        if (lag != 0)
            *why = lag == UNKNOWN ? "a partition has no position yet"
                                  : "records are not folded yet";
    }
    if (!observation->count)
        *why = "no partition is known";
    if (!*why && observation->outbox)
        *why = "events are not relayed yet";
    if (!*why && observation->passing.what != PASSAGE_NONE)
        *why = "a reminder run or a closing is owed";
    return !*why;
}
