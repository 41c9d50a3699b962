/* What is kept, in PostgreSQL: one transaction per batch.
 *
 * A store is one connection, used by one thread. STATUS_RETRY: the transaction is lost or rolled
 * back, begin again with store_load (the connection is made again when it is needed).
 * STATUS_REJECT: the batch's data was refused (SQLSTATE class 22 or 23), halve it. STATUS_FATAL:
 * stop and say so. */
#ifndef XUESHI_STORE_H
#define XUESHI_STORE_H

#include "batch.h"
#include "config.h"
#include "decode.h"

struct store;

/* Does not connect yet. The configuration and decoder (for held records) outlive the store. */
struct store *store_new(const struct config *config, const struct decoder *decoder);
void store_free(struct store *store);
/* SQLSTATE of the last failure; "": the connection was lost. */
const char *store_sqlstate(const struct store *store);

/* Connects and checks what the start demands: the schema is there, not a replica,
 * synchronous_commit on, catalogue digests, partition counts (stored at the first start;
 * `partition_counts` by input topic). STATUS_FATAL says in one sentence what is wrong and what to
 * do. */
enum status store_check(struct store *store, const int32_t partition_counts[TOPICS_IN],
                        struct err *err) __attribute__((warn_unused_result));

struct position {
    int64_t epoch, next_offset;
    int64_t tick_stamp; /* INSTANT_NONE: no tick yet */
};
/* Takes a partition over: raises its epoch, names us its owner and says where to go on. */
enum status store_assign(struct store *store, enum topic topic, int32_t partition,
                         struct position *out, struct err *err) __attribute__((warn_unused_result));

/* Begins the batch's transaction, takes its locks (the clock's row shared, codes, trainees, ID
 * hashes; each kind in sorted order, existing or not), draws the journal number and loads into the
 * world what the batch's events name, with the held records of what may be released. Sets
 * world->passed. */
enum status store_load(struct store *store, struct world *world, const struct batch *batch,
                       struct err *err) __attribute__((warn_unused_result));

/* Writes everything dirty or new in the world, the batch's messages and dead letters, the journal
 * entry and the positions (compare-and-set on epoch and from), and commits. After STATUS_RETRY the
 * COMMIT may have happened all the same: store_resolve says. */
enum status store_commit(struct store *store, struct world *world, struct batch *batch,
                         struct err *err) __attribute__((warn_unused_result));

/* What the own position rows say of a batch whose commit returned STATUS_RETRY. */
enum fate { FATE_NOT_COMMITTED, FATE_COMMITTED, FATE_FENCED };
/* STATUS_OK: *fate is certain; FATE_FENCED: a partition is another owner's by now, give them up. */
enum status store_resolve(struct store *store, const struct batch *batch, enum fate *fate,
                          struct err *err) __attribute__((warn_unused_result));

/* Ends a transaction that store_load began and that will not be committed. */
void store_abandon(struct store *store);

/* One reminder or closing if the watermark has passed any, in a transaction of its own with the
 * clock's row locked exclusively: loads in chunks, folds with the rules, writes, commits. *ran says
 * whether there was one: call again until it is false. After STATUS_RETRY call again, too: what was
 * done is not done twice. */
enum status store_pass_time(struct store *store, bool *ran, struct err *err)
    __attribute__((warn_unused_result));
/* How many held records the last run refused (REASON_NEVER_RELEASED). */
int64_t store_refused(const struct store *store);

#endif
