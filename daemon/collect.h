/* What the fold tells, gathered into a batch: messages, dead letters, counts. */
#ifndef XUESHI_COLLECT_H
#define XUESHI_COLLECT_H

#include "../handlers/text.h"
#include "batch.h"

/* The context of the hooks: borrowed, one per folding. */
struct collector {
    struct batch *batch;
    struct world *world;
    const char *source;            /* ce_source */
    const struct issuer *issuer;   /* NULL: certificates are not signed */
    const struct batch_item *item; /* the record that is folded now */
};

/* Hooks that gather into the collector's batch, in the world's arena. */
struct world_hooks collect_hooks(struct collector *collector);

/* Folds all items of the batch in their order: the decoder's refusals become dead letters, all else
 * goes through the rules; positions' counts are raised by each record's own outcome. */
void collect_batch(struct collector *collector);

/* A dead letter of a record. `ev` may be NULL. */
void collect_refusal(struct collector *collector, const struct record *record,
                     const struct event *ev, const struct err *err);

/* Adds ce_id LF topic LF of the batch's messages, in order; topics without prefix. The SHA-256 of
 * all that a commit published is its digest (fold.md section 9). */
void collect_published(const struct batch *batch, struct text *text);
/* The digest of a commit that is one batch. */
void collect_digest(const struct batch *batch, uint8_t digest[32]);

#endif
