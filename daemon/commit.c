/* One batch through the rules into PostgreSQL. */
#include "commit.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "collect.h"

/* What a batch comes to, kept until it is known whether it was committed. */
struct tally {
    int64_t outcomes[EVENT_TYPES + 1][OUTCOMES];
    int64_t rejections[REASONS];
};

struct committer {
    const struct config *config;
    const int32_t *partition_counts;
    struct store *store;
    struct arena arena; /* of the batch that is being committed, of one try */
    bool in_doubt;      /* the last try may have committed */
    struct metrics *metrics;
    struct tally tally; /* of the last try */
};

struct committer *committer_new(const struct config *config, const struct decoder *decoder,
                                const int32_t partition_counts[TOPICS_IN])
{
    struct committer *committer = calloc(1, sizeof *committer);

    if (!committer)
        abort();
    committer->config = config;
    committer->partition_counts = partition_counts;
    committer->store = store_new(config, decoder);
    return committer;
}

void committer_measure(struct committer *committer, struct metrics *metrics)
{
    committer->metrics = metrics;
}

void committer_free(struct committer *committer)
{
    if (!committer)
        return;
    store_free(committer->store);
    arena_finish(&committer->arena);
    free(committer);
}

static enum status note_retry(struct committer *committer, enum status status)
{
    if (status == STATUS_RETRY)
        metrics_add_retry(committer->metrics, store_sqlstate(committer->store));
    return status;
}

enum status committer_assign(struct committer *committer, enum topic topic, int32_t partition,
                             struct position *out, struct err *err)
{
    committer->in_doubt = false; /* the epoch that is drawn now decides: a late COMMIT is fenced */
    return note_retry(committer, store_assign(committer->store, topic, partition, out, err));
}

enum status committer_pass_time(struct committer *committer, bool *ran, struct err *err)
{
    enum status status = note_retry(committer, store_pass_time(committer->store, ran, err));

    if (*ran)
        metrics_add(committer->metrics, METRIC_REJECTIONS, REASON_NEVER_RELEASED - 1, 0,
                    store_refused(committer->store));
    return status;
}

/* What the part's items pass; items of a part stand together. */
static void measure(struct batch_partition *into, const struct commit_part *part,
                    const struct batch_item *items, size_t count)
{
    int64_t records = 0;

    for (size_t i = 0; i < count; i++) {
        const struct place *place = &items[i].record->place;

        if (place->topic != part->topic || place->partition != part->partition)
            continue;
        into->next = place->offset + 1;
        records++;
    }
    if (!count && part->end > part->next)
        into->next = part->end;
    into->gaps = into->next - into->from - records;
}

static void fill_batch(struct batch *batch, const struct commit_part *parts, size_t part_count,
                       const struct batch_item *items, size_t item_count)
{
    batch->kind = JOURNAL_BATCH;
    batch->items = items;
    batch->item_count = item_count;
    batch->partitions = arena_alloc(batch->arena, part_count * sizeof *batch->partitions);
    for (size_t i = 0; i < part_count; i++) {
        struct batch_partition *into = &batch->partitions[batch->partition_count];

        *into = (struct batch_partition){
            .topic = parts[i].topic,
            .partition = parts[i].partition,
            .epoch = parts[i].epoch,
            .from = parts[i].next,
            .next = parts[i].next,
            .tick_stamp = parts[i].tick_stamp,
        };
        measure(into, &parts[i], items, item_count);
        batch->partition_count += into->next > into->from;
    }
}

/* The clocks of all partitions, those of ours as they stand. */
static void set_clocks(const struct committer *committer, struct world *world,
                       const struct commit_part *parts, size_t count)
{
    for (int topic = 0; topic < TOPICS_IN; topic++)
        world_set_partitions(world, (enum topic)topic, committer->partition_counts[topic]);
    for (size_t i = 0; i < count; i++)
        world->clocks[parts[i].topic][parts[i].partition].tick_stamp = parts[i].tick_stamp;
}

static void make_tally(const struct batch *batch, struct tally *tally)
{
    memcpy(tally->outcomes, batch->outcomes, sizeof tally->outcomes);
    memset(tally->rejections, 0, sizeof tally->rejections);
    for (size_t i = 0; i < batch->dead_letter_count; i++)
        tally->rejections[batch->dead_letters[i].reason]++;
}

/* The batch that the last try tallied is committed. */
static void count_commit(const struct committer *committer, const struct batch *batch)
{
    struct metrics *metrics = committer->metrics;
    int64_t now_us = clock_wall_us();

    for (size_t type = 0; type <= EVENT_TYPES; type++)
        for (size_t outcome = 0; outcome < OUTCOMES; outcome++)
            metrics_add(metrics, METRIC_EVENTS, type, outcome,
                        committer->tally.outcomes[type][outcome]);
    for (size_t reason = REASON_NONE + 1; reason < REASONS; reason++)
        metrics_add(metrics, METRIC_REJECTIONS, reason - 1, 0, committer->tally.rejections[reason]);
    for (size_t i = 0; i < batch->item_count; i++) {
        int64_t age_us = now_us - batch->items[i].record->timestamp_ms * 1000;

        metrics_observe(metrics, METRIC_EVENT_AGE, 0, age_us > 0 ? age_us : 0);
    }
    if (batch->item_count)
        metrics_observe(metrics, METRIC_BATCH_RECORDS, 0, (int64_t)batch->item_count);
}

/* Since *begun_us, which begins anew. */
static void time_stage(const struct committer *committer, enum batch_stage stage, int64_t *begun_us)
{
    int64_t now_us = clock_now_us();

    metrics_observe(committer->metrics, METRIC_BATCH_STAGE, stage, now_us - *begun_us);
    *begun_us = now_us;
}

static enum status try_commit(struct committer *committer, struct world *world, struct batch *batch,
                              struct err *err)
{
    struct collector collector = {
        .batch = batch,
        .world = world,
        .source = committer->config->source,
        .issuer = committer->config->signer,
    };
    int64_t begun_us = clock_now_us();
    enum status status;

    world->hooks = collect_hooks(&collector);
    world->crypto = crypto_for_rules(&committer->config->keys);
    status = store_load(committer->store, world, batch, err);
    if (status != STATUS_OK)
        return status;
    time_stage(committer, STAGE_LOAD, &begun_us);
    collect_batch(&collector);
    make_tally(batch, &committer->tally);
    time_stage(committer, STAGE_FOLD, &begun_us);
    status = store_commit(committer->store, world, batch, err);
    if (status == STATUS_OK)
        time_stage(committer, STAGE_COMMIT, &begun_us);
    committer->in_doubt = status == STATUS_RETRY;
    return status;
}

/* The parts as the committed batch left them. */
static void move_on(struct commit_part *parts, size_t count, const struct batch *batch)
{
    for (size_t i = 0; i < batch->partition_count; i++)
        for (size_t k = 0; k < count; k++) {
            const struct batch_partition *moved = &batch->partitions[i];

            if (parts[k].topic != moved->topic || parts[k].partition != moved->partition)
                continue;
            parts[k].next = moved->next;
            parts[k].tick_stamp = moved->tick_stamp;
        }
}

/* The last stamp of a tick among the part's items, when the try that committed is not remembered.
 */
static void recover_ticks(struct batch *batch)
{
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct event *ev = batch->items[i].ev;

        if (!ev || ev->type != EVENT_CLOCK_TICKED || !ev->key || strcmp(ev->key, "tick") != 0)
            continue;
        for (size_t k = 0; k < batch->partition_count; k++)
            if (batch->partitions[k].topic == ev->place.topic &&
                batch->partitions[k].partition == ev->place.partition)
                batch->partitions[k].tick_stamp = ev->stamp;
    }
}

static enum status resolve(struct committer *committer, struct batch *batch, enum fate *fate,
                           struct err *err)
{
    *fate = FATE_NOT_COMMITTED;
    if (!committer->in_doubt)
        return STATUS_OK;
    enum status status = store_resolve(committer->store, batch, fate, err);
    if (status == STATUS_OK)
        committer->in_doubt = false;
    return status;
}

enum status committer_commit(struct committer *committer, struct commit_part *parts,
                             size_t part_count, const struct batch_item *items, size_t item_count,
                             enum commit_end *end, struct err *err)
{
    struct batch batch = {.arena = &committer->arena};
    struct world world;
    enum fate fate;
    enum status status;

    *end = COMMIT_DONE;
    arena_reset(&committer->arena);
    fill_batch(&batch, parts, part_count, items, item_count);
    status = note_retry(committer, resolve(committer, &batch, &fate, err));
    if (status != STATUS_OK)
        return status;
    if (fate == FATE_FENCED) {
        *end = COMMIT_FENCED;
        return STATUS_OK;
    }
    if (fate == FATE_COMMITTED) {
        recover_ticks(&batch);
        count_commit(committer, &batch);
        move_on(parts, part_count, &batch);
        return STATUS_OK;
    }
    world_init(&world, &committer->arena, &committer->config->catalogues);
    set_clocks(committer, &world, parts, part_count);
    status = note_retry(committer, try_commit(committer, &world, &batch, err));
    if (status == STATUS_OK) {
        count_commit(committer, &batch);
        move_on(parts, part_count, &batch);
    }
    return status;
}
