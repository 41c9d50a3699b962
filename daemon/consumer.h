/* The consumer of one worker: librdkafka's group membership, assignment and records.
 *
 * Positions are PostgreSQL's, never Kafka's: an assignment is only announced, and reading begins
 * when the worker says from where. Used by one thread. */
#ifndef XUESHI_CONSUMER_H
#define XUESHI_CONSUMER_H

#include "config.h"
#include "record.h"

struct consumer;

/* Joins the group with the identity of this instance and worker. NULL: err says why. */
struct consumer *consumer_new(const struct config *config, int worker, struct err *err);
/* Leaves the group, quietly: a restart within the session timeout moves no partition. */
void consumer_free(struct consumer *consumer);

enum consumed_kind {
    CONSUMED_NOTHING, /* in time */
    CONSUMED_RECORD,
    CONSUMED_END,    /* the log's end: nothing between what was read and `offset` is a record */
    CONSUMED_CHANGE, /* the assignment changed: what was read since the last commit is void */
    CONSUMED_FATAL   /* the position is lost, or the stamps are of the other kind: err says it */
};

struct consumed {
    enum consumed_kind kind;
    struct record record; /* CONSUMED_RECORD; borrows from the handle, headers from the arena */
    void *handle;         /* CONSUMED_RECORD: to be given to consumer_release */
    enum topic topic;     /* CONSUMED_END */
    int32_t partition;
    int64_t offset;
};

/* The next thing that happens, within the time. */
void consumer_poll(struct consumer *consumer, int timeout_ms, struct arena *arena,
                   struct consumed *out, struct err *err);
void consumer_release(void *handle);

struct assigned {
    enum topic topic;
    int32_t partition;
    int64_t next_offset; /* for consumer_start */
};
/* What is assigned now; valid until the next call of consumer_poll or consumer_wait. */
const struct assigned *consumer_assignment(const struct consumer *consumer, size_t *count);
/* Begins to read what is assigned, each from its next_offset. */
enum status consumer_start(struct consumer *consumer, const struct assigned *from, size_t count,
                           struct err *err) __attribute__((warn_unused_result));

/* Waits while the world heals, reading nothing, but staying a member of the group. True: the
 * assignment changed meanwhile. */
bool consumer_wait(struct consumer *consumer, int timeout_ms);
/* Gives everything up and joins the group anew: another owner moved our positions. */
enum status consumer_rejoin(struct consumer *consumer, struct err *err)
    __attribute__((warn_unused_result));

#endif
