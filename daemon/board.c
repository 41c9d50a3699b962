/* Where workers and partitions are. */
#include "board.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

/* What was seen longer ago is not known any more. */
#define FRESH_MS 30000

struct partition {
    int owner;             /* -1: none of ours */
    int64_t next, next_ms; /* seen then */
    int64_t end, end_ms;   /* of the log */
    int64_t moved_ms;      /* progress was made, or none was to be made */
};

struct board {
    pthread_mutex_t mutex; /* of all that follows */
    struct board_worker *workers;
    size_t worker_count;
    struct partition *partitions[TOPICS_IN];
    int32_t counts[TOPICS_IN];
};

static void *allocate(size_t count, size_t size)
{
    void *out = calloc(count + 1, size);

    if (!out)
        abort();
    return out;
}

struct board *board_new(size_t workers)
{
    struct board *board = allocate(1, sizeof *board);

    (void)pthread_mutex_init(&board->mutex, NULL);
    board->workers = allocate(workers, sizeof *board->workers);
    board->worker_count = workers;
    for (size_t i = 0; i < workers; i++)
        board->workers[i].beat_ms = clock_now_ms();
    return board;
}

void board_free(struct board *board)
{
    if (!board)
        return;
    for (int topic = 0; topic < TOPICS_IN; topic++)
        free(board->partitions[topic]);
    free(board->workers);
    (void)pthread_mutex_destroy(&board->mutex);
    free(board);
}

void board_set_partitions(struct board *board, const int32_t counts[TOPICS_IN])
{
    (void)pthread_mutex_lock(&board->mutex);
    for (int topic = 0; topic < TOPICS_IN; topic++) {
        board->partitions[topic] = allocate((size_t)counts[topic], sizeof(struct partition));
        board->counts[topic] = counts[topic];
        for (int32_t i = 0; i < counts[topic]; i++)
            board->partitions[topic][i] = (struct partition){
                .owner = -1, .next = UNKNOWN, .end = UNKNOWN};
    }
    (void)pthread_mutex_unlock(&board->mutex);
}

static struct partition *find(struct board *board, enum topic topic, int32_t partition)
{
    return partition < board->counts[topic] ? &board->partitions[topic][partition] : NULL;
}

/* Locks; the caller unlocks. */
static struct board_worker *begin(struct board *board, size_t index, const char *why)
{
    struct board_worker *worker = &board->workers[index];

    (void)pthread_mutex_lock(&board->mutex);
    worker->beat_ms = clock_now_ms();
    if (why)
        (void)snprintf(worker->why, sizeof worker->why, "%s", why);
    return worker;
}

void board_beat(struct board *board, size_t index)
{
    (void)begin(board, index, NULL);
    (void)pthread_mutex_unlock(&board->mutex);
}

void board_retries(struct board *board, size_t index, const char *why)
{
    (void)begin(board, index, why);
    (void)pthread_mutex_unlock(&board->mutex);
}

void board_enters(struct board *board, size_t index, enum worker_state state)
{
    begin(board, index, "")->state = state;
    (void)pthread_mutex_unlock(&board->mutex);
}

void board_lost(struct board *board, size_t index, enum worker_state state)
{
    begin(board, index, "")->state = state;
    for (int topic = 0; topic < TOPICS_IN; topic++)
        for (int32_t i = 0; i < board->counts[topic]; i++)
            if (board->partitions[topic][i].owner == (int)index)
                board->partitions[topic][i].owner = -1;
    (void)pthread_mutex_unlock(&board->mutex);
}

/* Where nothing waits, none is late. */
static void set_next(struct partition *partition, int64_t next, int64_t now_ms)
{
    if (partition->next != next || next >= partition->end)
        partition->moved_ms = now_ms;
    partition->next = next;
    partition->next_ms = now_ms;
}

void board_at(struct board *board, size_t index, const struct commit_part *parts, size_t count)
{
    int64_t now_ms = clock_now_ms();

    begin(board, index, "")->state = WORKER_AT_WORK;
    for (size_t i = 0; i < count; i++) {
        struct partition *partition = find(board, parts[i].topic, parts[i].partition);

        if (!partition)
            continue;
        if (partition->owner != (int)index)
            partition->moved_ms = now_ms;
        partition->owner = (int)index;
        set_next(partition, parts[i].next, now_ms);
    }
    (void)pthread_mutex_unlock(&board->mutex);
}

void board_note(struct board *board, const struct observation *observation)
{
    int64_t now_ms = clock_now_ms();

    (void)pthread_mutex_lock(&board->mutex);
    for (size_t i = 0; i < observation->count; i++) {
        const struct observed_partition *seen = &observation->partitions[i];
        struct partition *partition = find(board, seen->topic, seen->partition);

        if (!partition)
            continue;
        if (seen->end != UNKNOWN) {
            partition->end = seen->end;
            partition->end_ms = now_ms;
        }
        if (partition->owner >= 0) /* the worker knows better, and moves nobody else's */
            set_next(partition, partition->next, now_ms);
        else if (seen->has_row)
            set_next(partition, seen->next_offset, now_ms);
    }
    (void)pthread_mutex_unlock(&board->mutex);
}

static void read_partition(const struct partition *partition, int64_t now_ms,
                           struct board_partition *out)
{
    bool own = partition->owner >= 0;
    bool next_known = partition->next != UNKNOWN && (own || now_ms - partition->next_ms < FRESH_MS);
    bool end_known = partition->end != UNKNOWN && now_ms - partition->end_ms < FRESH_MS;

    out->owner = partition->owner;
    out->next = next_known ? partition->next : UNKNOWN;
    out->lag = UNKNOWN;
    if (next_known && end_known)
        out->lag = partition->end > partition->next ? partition->end - partition->next : 0;
    if (own && partition->end > partition->next)
        out->stalled_ms = now_ms - partition->moved_ms;
}

void board_read(struct board *board, struct arena *arena, struct board_view *out)
{
    int64_t now_ms = clock_now_ms();
    size_t total = 0;

    (void)pthread_mutex_lock(&board->mutex);
    out->worker_count = board->worker_count;
    out->workers = arena_copy(arena, board->workers, board->worker_count * sizeof *board->workers);
    for (int topic = 0; topic < TOPICS_IN; topic++)
        total += (size_t)board->counts[topic];
    out->partitions = arena_alloc(arena, total * sizeof *out->partitions);
    out->partition_count = 0;
    for (int topic = 0; topic < TOPICS_IN; topic++)
        for (int32_t i = 0; i < board->counts[topic]; i++) {
            struct board_partition *one = &out->partitions[out->partition_count++];

            one->topic = (enum topic)topic;
            one->partition = i;
            read_partition(&board->partitions[topic][i], now_ms, one);
        }
    (void)pthread_mutex_unlock(&board->mutex);
}
