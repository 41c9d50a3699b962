/* One batch through the rules into PostgreSQL: load, fold, write, commit, and what became of it. */
#ifndef XUESHI_COMMIT_H
#define XUESHI_COMMIT_H

#include "store.h"

struct committer;

/* A partition that is ours. */
struct commit_part {
    enum topic topic;
    int32_t partition;
    int64_t epoch;
    int64_t next;       /* after the last committed record */
    int64_t tick_stamp; /* as committed */
    int64_t end;        /* the log's end, when a batch without records is to move there; else 0 */
};

enum commit_end {
    COMMIT_DONE,   /* committed; the parts have moved on */
    COMMIT_FENCED, /* another owner moved a position: give the partitions up */
    COMMIT_DROPPED /* for the caller: not committed, and not to be tried again */
};

/* Configuration and decoder outlive it. */
struct committer *committer_new(const struct config *config, const struct decoder *decoder,
                                const int32_t partition_counts[TOPICS_IN]);
void committer_free(struct committer *committer);

/* store_assign. */
enum status committer_assign(struct committer *committer, enum topic topic, int32_t partition,
                             struct position *out, struct err *err)
    __attribute__((warn_unused_result));

/* Commits the items, which stand in the order topic, partition, offset, begin where their parts
 * stand, and are all there is up to the last of each. STATUS_RETRY: call again with the same items
 * after a while; a COMMIT in doubt is resolved then. STATUS_REJECT: PostgreSQL refuses the data.
 * STATUS_OK: *end says what came of it. */
enum status committer_commit(struct committer *committer, struct commit_part *parts,
                             size_t part_count, const struct batch_item *items, size_t item_count,
                             enum commit_end *end, struct err *err)
    __attribute__((warn_unused_result));

/* store_pass_time. */
enum status committer_pass_time(struct committer *committer, bool *ran, struct err *err)
    __attribute__((warn_unused_result));

#endif
