/* Commits, journal and the passing of time for one log in memory. */
#include "folding.h"

#include <stdlib.h>

#include "../../daemon/dump.h"
#include "log_lines.h"

/* The decoder's refusals are judgements, too: written in their place, which is before `end`. */
static void write_refusals(struct folding_run *run, size_t end)
{
    for (; run->outcome_count < end; run->outcome_count++) {
        const struct batch_item *item = &run->items[run->outcome_count];

        if (!item->ev)
            log_write_outcome(run->outcomes, &item->record->place, OUTCOME_REJECTED,
                              item->err.reason, false);
    }
}

static void note_judged(void *context, const struct event *ev, enum outcome outcome,
                        const struct err *err, struct held *held)
{
    struct collector *collector = context;
    struct folding_run *run = (struct folding_run *)((char *)collector -
                                                     offsetof(struct folding_run, collector));

    run->judged(context, ev, outcome, err, held);
    if (outcome == OUTCOME_HELD)
        run->holds_records = true;
    if (collector->item)
        write_refusals(run, (size_t)(collector->item - run->items));
    log_write_outcome(run->outcomes, &ev->place, outcome, err->reason,
                      held && outcome != OUTCOME_HELD);
}

/* The journal's part of a commit: its events, and their digest. */
static void journal(struct folding_run *run, const struct batch *batch)
{
    run->commits++;
    for (size_t i = 0; run->events && i < batch->message_count; i++)
        log_write_event(run->events, batch->messages[i], run->commits);
    if (!batch->message_count)
        return;
    run->published = arena_grow(&run->memory, run->published, run->published_count,
                                run->published_count + 1, &run->published_cap,
                                sizeof *run->published);
    struct published *entry = &run->published[run->published_count++];
    entry->commit = run->commits;
    entry->count = (int64_t)batch->message_count;
    collect_digest(batch, entry->digest);
}

static void pass_time(struct folding_run *run)
{
    for (;;) {
        struct passing next = fold_next_passing(&run->config->catalogues, run->world.passed,
                                                world_watermark(&run->world));
        struct batch batch = {.arena = &run->records};

        if (next.what == PASSAGE_NONE)
            return;
        run->collector.batch = &batch;
        fold_pass(&run->world, &next);
        journal(run, &batch);
    }
}

static int compare_items(const void *a, const void *b)
{
    const struct batch_item *left = a, *right = b;

    return place_compare(&left->record->place, &right->record->place);
}

/* What is held borrows its record: the commit's memory stays until the log ends. */
static void keep_records(struct folding_run *run)
{
    run->held = arena_grow(&run->memory, run->held, run->held_count, run->held_count + 1,
                           &run->held_cap, sizeof *run->held);
    run->held[run->held_count++] = run->records;
    arena_init(&run->records);
}

void folding_commit(struct folding_run *run)
{
    struct batch batch = {
        .arena = &run->records, .items = run->items, .item_count = run->item_count};

    if (!run->item_count)
        return;
    qsort(run->items, run->item_count, sizeof *run->items, compare_items);
    run->collector.batch = &batch;
    collect_batch(&run->collector);
    write_refusals(run, run->item_count);
    journal(run, &batch);
    pass_time(run);

    run->item_count = run->item_cap = run->outcome_count = 0;
    run->items = NULL;
    if (run->holds_records)
        keep_records(run);
    else
        arena_reset(&run->records);
    run->holds_records = false;
}

void folding_add(struct folding_run *run, const struct batch_item *item)
{
    run->items = arena_grow(&run->records, run->items, run->item_count, run->item_count + 1,
                            &run->item_cap, sizeof *run->items);
    run->items[run->item_count++] = *item;
}

static void print_dump(const struct folding_run *run, FILE *out, bool full)
{
    dump_world(out, &run->world, full);
    for (size_t i = 0; full && i < run->published_count; i++)
        dump_outbox(out, run->published[i].commit, run->published[i].count,
                    run->published[i].digest);
}

void folding_start(struct folding_run *run)
{
    world_init(&run->world, &run->memory, &run->config->catalogues);
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
        world_set_partitions(&run->world, topic, 1);
    run->collector.world = &run->world;
    run->collector.source = run->config->source;
    run->collector.issuer = run->config->signer;
    run->world.crypto = crypto_for_rules(&run->config->keys);
    run->world.hooks = collect_hooks(&run->collector);
    run->judged = run->world.hooks.judged;
    run->world.hooks.judged = note_judged;
}

void folding_finish(struct folding_run *run, FILE *out, bool full)
{
    folding_commit(run);
    print_dump(run, out, full);
    for (size_t i = 0; i < run->held_count; i++)
        arena_finish(&run->held[i]);
    run->held = NULL;
    run->held_count = run->held_cap = 0;
    run->published = NULL;
    run->published_count = run->published_cap = 0;
    run->commits = 0;
    arena_reset(&run->memory);
}

void folding_free(struct folding_run *run)
{
    arena_finish(&run->records);
    arena_finish(&run->memory);
}
