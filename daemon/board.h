/* Where workers and partitions are: told by the workers and by the observer, read by whoever judges
 * or shows it. Any thread. Instants are clock_now_ms. */
#ifndef XUESHI_BOARD_H
#define XUESHI_BOARD_H

#include "commit.h"
#include "observe.h"

struct board;

enum worker_state {
    WORKER_STARTING,    /* has not been told yet what is its own */
    WORKER_TAKING_OVER, /* its partitions, in PostgreSQL */
    WORKER_AT_WORK,     /* or standing by, if none is its own */
    WORKER_PASSING_TIME /* a closing or reminder run: may take minutes */
};

struct board_worker {
    enum worker_state state;
    int64_t beat_ms; /* it moved last */
    char why[256];   /* it tries again: why; "": it does not */
};

struct board_partition {
    enum topic topic;
    int32_t partition;
    int owner;          /* a worker of ours; -1: none */
    int64_t next;       /* not folded yet; UNKNOWN */
    int64_t lag;        /* never negative; UNKNOWN: one side is not known, or not lately */
    int64_t stalled_ms; /* own: so long do records wait without a commit; 0: none waits */
};

/* A copy. */
struct board_view {
    struct board_worker *workers;
    size_t worker_count;
    struct board_partition *partitions; /* by topic, partition; none before they are known */
    size_t partition_count;
};

struct board *board_new(size_t workers);
void board_free(struct board *board);
/* Once, before the workers. */
void board_set_partitions(struct board *board, const int32_t counts[TOPICS_IN]);

/* By worker `index`. Each is a beat, too. */
void board_beat(struct board *board, size_t index);
void board_retries(struct board *board, size_t index, const char *why);
void board_enters(struct board *board, size_t index, enum worker_state state);
/* What was its own is not any more. */
void board_lost(struct board *board, size_t index, enum worker_state state);
/* At work with these; or they have moved. */
void board_at(struct board *board, size_t index, const struct commit_part *parts, size_t count);

/* By the observer: ends of the log; positions. What is not known there is left as it was. */
void board_note(struct board *board, const struct observation *observation);

void board_read(struct board *board, struct arena *arena, struct board_view *out);

#endif
