/* One batch: the records that one PostgreSQL transaction folds, and what comes of them. */
#ifndef XUESHI_BATCH_H
#define XUESHI_BATCH_H

#include "../handlers/err.h"
#include "../handlers/fold.h"
#include "encode.h"
#include "record.h"

/* A record of the batch, in the order topic, partition, offset. */
struct batch_item {
    const struct record *record;
    struct event *ev; /* NULL: refused by the decoder, err says why */
    struct err err;
};

/* A partition of which the batch moves the position. */
struct batch_partition {
    enum topic topic;
    int32_t partition;
    int64_t epoch;            /* ours, from store_assign */
    int64_t from, next;       /* [from, next) is what the batch passes */
    int64_t counts[OUTCOMES]; /* by the outcome when passed */
    int64_t gaps;             /* offsets without a record */
    int64_t tick_stamp;       /* after the batch; INSTANT_NONE: none yet */
};

/* A dead letter: what goes to Kafka, and the original for replay. */
struct dead_letter {
    const struct record *original;
    enum reason reason;
    const char *message;
    const char *trainee_id, *payment_code; /* NULL: not known */
    const char *event_type;                /* NULL: not known */
    struct message *out;
};

/* What a journal entry stands for. */
enum journal_kind {
    JOURNAL_BATCH,
    JOURNAL_REMINDER,
    JOURNAL_CLOSING,
    JOURNAL_CATALOGUE,
    JOURNAL_GAP
};

struct batch {
    struct arena *arena; /* of what comes of it; the same as world->arena */
    enum journal_kind kind;
    const struct batch_item *items;
    size_t item_count;
    struct batch_partition *partitions;
    size_t partition_count;
    struct passing passing; /* JOURNAL_REMINDER, JOURNAL_CLOSING */

    /* Results, in order. */
    struct message **messages; /* published events, dead letters left out */
    size_t message_count, message_cap;
    struct dead_letter *dead_letters;
    size_t dead_letter_count, dead_letter_cap;
    int64_t outcomes[EVENT_TYPES + 1][OUTCOMES]; /* of items; the last type: not decoded */
    struct held **held;                          /* new ones, and released ones that were loaded */
    size_t held_count, held_cap;
};

#endif
