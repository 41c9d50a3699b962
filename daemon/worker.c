/* The loop of one worker: reads a batch, commits it, and again.
 *
 * Invariant: `parts` are the partitions that PostgreSQL gave us, each with the offset after the
 * last committed record; the batch holds what was read from there on, without holes but those of
 * the log. Whatever casts doubt on that drops the batch and takes the partitions over anew. */
#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "commit.h"
#include "consumer.h"
#include "log.h"
#include "tick.h"

struct worker {
    const struct worker_context *context;
    const struct config *config;
    struct consumer *consumer;
    struct committer *committer;
    struct arena records; /* of the batch that is being read */
    struct batch_item *items;
    void **handles; /* of the items */
    size_t count, cap;
    struct commit_part *parts;
    size_t part_count;
    bool *at_end; /* of each part: its log ended at `ends` */
    int64_t *ends;
    int64_t first_ms; /* when the batch's first record came */
    int64_t last_tick_s;
    bool owed; /* time passed that is not folded yet */
    struct err *err;
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_stopping(const struct worker *w)
{
    return __atomic_load_n(w->context->stop, __ATOMIC_RELAXED);
}

static void drop_batch(struct worker *w)
{
    for (size_t i = 0; i < w->count; i++)
        consumer_release(w->handles[i]);
    w->count = w->cap = 0;
    w->items = NULL;
    w->handles = NULL;
    arena_reset(&w->records);
}

static struct commit_part *find_part(const struct worker *w, enum topic topic, int32_t partition)
{
    for (size_t i = 0; i < w->part_count; i++)
        if (w->parts[i].topic == topic && w->parts[i].partition == partition)
            return &w->parts[i];
    return NULL;
}

static void forget_parts(struct worker *w)
{
    drop_batch(w);
    free(w->parts);
    free(w->at_end);
    free(w->ends);
    w->parts = NULL;
    w->at_end = NULL;
    w->ends = NULL;
    w->part_count = 0;
}

/* Waits while the world heals; what is wrong is logged when its words change. True: the assignment
 * changed meanwhile. */
static bool wait_to_heal(struct worker *w, struct backoff *backoff)
{
    backoff_note(backoff, w->err->message);
    return consumer_wait(w->consumer, backoff_next_ms(backoff));
}

static enum status take_over(struct worker *w, const struct assigned *assigned, size_t count,
                             struct assigned *from)
{
    for (size_t i = 0; i < count; i++) {
        struct position position;
        enum status status = committer_assign(w->committer, assigned[i].topic,
                                              assigned[i].partition, &position, w->err);

        if (status != STATUS_OK)
            return status;
        w->parts[i] = (struct commit_part){
            .topic = assigned[i].topic,
            .partition = assigned[i].partition,
            .epoch = position.epoch,
            .next = position.next_offset,
            .tick_stamp = position.tick_stamp,
        };
        from[i] = assigned[i];
        from[i].next_offset = position.next_offset;
    }
    return STATUS_OK;
}

/* Takes what is assigned over in PostgreSQL and begins to read; again and again until it is done or
 * the assignment changes. */
static enum status take_partitions(struct worker *w)
{
    struct backoff backoff = {0};
    bool changed = false;

    forget_parts(w);
    while (!changed && !is_stopping(w)) {
        size_t count;
        const struct assigned *assigned = consumer_assignment(w->consumer, &count);
        struct assigned *from = calloc(count + 1, sizeof *from);

        forget_parts(w);
        w->parts = calloc(count + 1, sizeof *w->parts);
        w->at_end = calloc(count + 1, sizeof *w->at_end);
        w->ends = calloc(count + 1, sizeof *w->ends);
        if (!from || !w->parts || !w->at_end || !w->ends)
            abort();
        enum status status = take_over(w, assigned, count, from);
        w->part_count = status == STATUS_OK ? count : 0;
        if (status == STATUS_OK && count)
            status = consumer_start(w->consumer, from, count, w->err);
        free(from);
        if (status == STATUS_OK) {
            backoff_over(&backoff);
            w->owed = count != 0; /* perhaps the last owner did not come to it */
            return STATUS_OK;
        }
        if (status == STATUS_FATAL)
            return status;
        changed = wait_to_heal(w, &backoff);
    }
    return STATUS_OK;
}

static enum status rejoin(struct worker *w)
{
    forget_parts(w);
    log_write(LOG_LEVEL_WARN, "another owner moved our positions: joining the group anew", NULL);
    if (consumer_rejoin(w->consumer, w->err) != STATUS_OK)
        log_write(LOG_LEVEL_WARN, "kafka", "error", w->err->message, NULL);
    return STATUS_OK;
}

/* Commits some of the batch, however long that takes; halves it around what PostgreSQL refuses. */
static enum status commit_items(struct worker *w, struct batch_item *items, size_t count,
                                enum commit_end *end)
{
    struct backoff backoff = {0};

    for (;;) {
        enum status status = committer_commit(w->committer, w->parts, w->part_count, items, count,
                                              end, w->err);

        if (status == STATUS_OK) {
            backoff_over(&backoff);
            return status;
        }
        if (status == STATUS_REJECT && count > 1) {
            status = commit_items(w, items, count / 2, end);
            if (status != STATUS_OK || *end != COMMIT_DONE)
                return status;
            return commit_items(w, items + count / 2, count - count / 2, end);
        }
        if (status == STATUS_REJECT && count == 1 && items->ev) {
            items->ev = NULL; /* err says why: the dead letter carries it */
            (void)err_reject(&items->err, REASON_INVALID_FIELD, w->err->message, NULL);
            continue;
        }
        if (status != STATUS_RETRY)
            return status;
        if (wait_to_heal(w, &backoff) || is_stopping(w)) {
            *end = COMMIT_DROPPED;
            return STATUS_OK;
        }
    }
}

static int compare_items(const void *a, const void *b)
{
    const struct batch_item *left = a, *right = b;

    return place_compare(&left->record->place, &right->record->place);
}

static enum status flush(struct worker *w)
{
    enum commit_end end = COMMIT_DONE;
    enum status status;

    if (!w->count)
        return STATUS_OK;
    qsort(w->items, w->count, sizeof *w->items, compare_items);
    status = commit_items(w, w->items, w->count, &end);
    for (size_t i = 0; i < w->count; i++)
        w->owed |= w->items[i].ev && w->items[i].ev->type == EVENT_CLOCK_TICKED;
    drop_batch(w);
    if (status != STATUS_OK)
        return status;
    if (end == COMMIT_FENCED)
        return rejoin(w);
    relay_wake(w->context->relay);
    return STATUS_OK;
}

/* Moves positions over what is no record at the log's end: control records of transactions. */
static enum status flush_ends(struct worker *w)
{
    enum commit_end end = COMMIT_DONE;
    bool any = false;

    for (size_t i = 0; i < w->part_count; i++) {
        w->parts[i].end = w->at_end[i] ? w->ends[i] : 0;
        any |= w->parts[i].end > w->parts[i].next;
        w->at_end[i] = false;
    }
    if (!any)
        return STATUS_OK;
    enum status status = commit_items(w, NULL, 0, &end);
    for (size_t i = 0; i < w->part_count; i++)
        w->parts[i].end = 0;
    return status == STATUS_OK && end == COMMIT_FENCED ? rejoin(w) : status;
}

/* Closings and reminders that the watermark has passed. */
static enum status pass_time(struct worker *w)
{
    struct backoff backoff = {0};
    bool changed = false;

    while (w->owed && !changed && !is_stopping(w)) {
        bool ran;
        enum status status = committer_pass_time(w->committer, &ran, w->err);

        if (status == STATUS_FATAL || status == STATUS_REJECT)
            return STATUS_FATAL;
        if (status == STATUS_RETRY) {
            changed = wait_to_heal(w, &backoff);
            continue;
        }
        backoff_over(&backoff);
        if (ran)
            relay_wake(w->context->relay);
        w->owed = ran;
    }
    return STATUS_OK;
}

static void add_record(struct worker *w, const struct consumed *consumed)
{
    struct arena *arena = &w->records;
    struct record *record = arena_copy(arena, &consumed->record, sizeof consumed->record);
    size_t handle_cap = w->cap;

    if (!find_part(w, record->place.topic, record->place.partition)) {
        consumer_release(consumed->handle);
        return;
    }
    w->handles = arena_grow(arena, w->handles, w->count, w->count + 1, &handle_cap,
                            sizeof *w->handles);
    w->items = arena_grow(arena, w->items, w->count, w->count + 1, &w->cap, sizeof *w->items);
    w->handles[w->count] = consumed->handle;
    struct batch_item *item = &w->items[w->count];
    *item = (struct batch_item){.record = record};
    if (decode_record(&w->context->decoder, arena, record, &item->ev, &item->err) != STATUS_OK)
        item->ev = NULL;
    if (!w->count++)
        w->first_ms = clock_ms(CLOCK_MONOTONIC);
}

static void note_end(struct worker *w, const struct consumed *consumed)
{
    const struct commit_part *part = find_part(w, consumed->topic, consumed->partition);

    if (!part)
        return;
    w->at_end[part - w->parts] = true;
    w->ends[part - w->parts] = consumed->offset;
}

/* The owner of a partition says when wall time passes a multiple of tick_every_s. */
static void tick(struct worker *w)
{
    int64_t every_s = w->config->tick_every_s, now_ms = clock_ms(CLOCK_REALTIME);
    int64_t due_s = every_s ? now_ms / 1000 / every_s * every_s : 0;
    struct err err;

    if (!w->context->tick_producer || due_s == w->last_tick_s)
        return;
    for (size_t i = 0; w->last_tick_s && i < w->part_count; i++)
        if (tick_produce(w->context->tick_producer, w->config, w->parts[i].topic,
                         w->parts[i].partition, due_s * US_PER_S, now_ms * 1000, &err) != STATUS_OK)
            log_write(LOG_LEVEL_WARN, "a tick was not published", "error", err.message, NULL);
    w->last_tick_s = due_s;
}

#define IDLE_MS 200

/* Whether the batch is to be closed when no record is ready; else *wait_ms is how long to wait for
 * one. */
static bool is_due(const struct worker *w, int *wait_ms)
{
    int64_t left = IDLE_MS;

    if (w->count)
        left = w->first_ms + w->config->batch.wait_ms - clock_ms(CLOCK_MONOTONIC);
    *wait_ms = left > 0 ? (int)left : 0;
    return left <= 0;
}

/* What is ready is taken without a look at the clock: in a backlog batches are full, and without
 * one nothing is ready when the batch's time is over. */
static void poll_record(struct worker *w, struct consumed *consumed)
{
    int wait_ms;

    consumer_poll(w->consumer, 0, &w->records, consumed, w->err);
    if (consumed->kind == CONSUMED_NOTHING && !is_due(w, &wait_ms))
        consumer_poll(w->consumer, wait_ms, &w->records, consumed, w->err);
}

/* Either of the two that close a batch. */
static bool is_complete(const struct worker *w, const struct consumed *consumed)
{
    int wait_ms;

    if (w->count >= (size_t)w->config->batch.records)
        return true;
    return consumed->kind != CONSUMED_RECORD && w->count && is_due(w, &wait_ms);
}

static enum status step(struct worker *w)
{
    struct consumed consumed;
    enum status status = STATUS_OK;

    poll_record(w, &consumed);
    switch (consumed.kind) {
    case CONSUMED_RECORD:
        add_record(w, &consumed);
        break;
    case CONSUMED_END:
        note_end(w, &consumed);
        break;
    case CONSUMED_CHANGE:
        return take_partitions(w);
    case CONSUMED_FATAL:
        return STATUS_FATAL;
    case CONSUMED_NOTHING:
        break;
    }
    if (is_complete(w, &consumed))
        status = flush(w);
    if (status == STATUS_OK && !w->count)
        status = flush_ends(w);
    if (status == STATUS_OK && w->owed && !w->count)
        status = pass_time(w);
    if (!w->count)
        tick(w);
    return status;
}

enum status worker_run(const struct worker_context *context, int index, struct err *err)
{
    struct worker w = {.context = context, .config = context->config, .err = err};
    enum status status = STATUS_OK;

    w.consumer = consumer_new(context->config, index, err);
    if (!w.consumer)
        return STATUS_FATAL;
    w.committer = committer_new(context->config, &context->decoder, context->partition_counts);
    while (status == STATUS_OK && !is_stopping(&w))
        status = step(&w);
    if (status == STATUS_OK)
        status = flush(&w);
    forget_parts(&w);
    committer_free(w.committer);
    consumer_free(w.consumer);
    arena_finish(&w.records);
    return status;
}
