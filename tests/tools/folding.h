/* One log, folded in memory with a journal of its commits; many one after the other. */
#ifndef XUESHI_FOLDING_H
#define XUESHI_FOLDING_H

#include <stdio.h>

#include "../../daemon/collect.h"
#include "../../daemon/config.h"

/* One journal entry that published. */
struct published {
    int64_t commit, count;
    uint8_t digest[32];
};

struct folding_run {
    const struct config *config; /* borrowed, like the streams; these may be NULL */
    FILE *outcomes, *events;

    struct arena memory;  /* the world's */
    struct arena records; /* of the commit that is being gathered */
    struct arena *held;   /* those of commits with records that were held */
    size_t held_count, held_cap;
    struct world world;
    struct collector collector;
    struct batch_item *items; /* of the commit that is being gathered */
    size_t item_count, item_cap;
    size_t outcome_count; /* items whose outcome has been written */
    struct published *published;
    size_t published_count, published_cap;
    int64_t commits;
    bool holds_records;
    void (*judged)(void *context, const struct event *ev, enum outcome outcome,
                   const struct err *err, struct held *held);
};

/* An empty world; each topic has one partition until world_set_partitions says otherwise. The
 * first time, `run` is zeroed but for configuration and streams. */
void folding_start(struct folding_run *run);
/* Adds a record to the commit; it and its event are borrowed until the log ends, from
 * run->records or from longer-lived memory. */
void folding_add(struct folding_run *run, const struct batch_item *item);
/* Folds what was added, journals it, and lets time pass. Nothing added: no commit. */
void folding_commit(struct folding_run *run);
/* Commits the rest and prints the canonical dump; the run is ready for folding_start. */
void folding_finish(struct folding_run *run, FILE *out, bool full);
/* Frees everything. */
void folding_free(struct folding_run *run);

#endif
