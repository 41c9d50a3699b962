/* The relay's transactional producer: one Kafka client, from making it to closing it.
 *
 * Calls that may have to wait return after a second at most, with *pending set: call again. Any
 * failure of init or commit leaves unknown what Kafka did: close the producer, and let the next
 * one's init settle it. */
#ifndef XUESHI_RELAY_PRODUCER_H
#define XUESHI_RELAY_PRODUCER_H

#include "config.h"
#include "record.h"

struct relay_producer;

/* Makes the client. NULL: librdkafka refuses the configuration (err says why). */
struct relay_producer *relay_producer_new(const struct config *config, struct err *err);
/* Closes without waiting for anything in flight. */
void relay_producer_free(struct relay_producer *producer);

/* Fences every other one, after its transaction was committed or aborted, and checks that our
 * topics are there. */
enum status relay_producer_init(struct relay_producer *producer, bool *pending, struct err *err)
    __attribute__((warn_unused_result));

enum status relay_producer_begin(struct relay_producer *producer, struct err *err)
    __attribute__((warn_unused_result));
/* One event, copied. `headers` as in the outbox. *pending: the queue is full. STATUS_FATAL: the row
 * is none. */
enum status relay_producer_add(struct relay_producer *producer, int64_t topic, struct bytes key,
                               struct bytes headers, struct bytes value, bool *pending,
                               struct err *err) __attribute__((warn_unused_result));
enum status relay_producer_add_marker(struct relay_producer *producer, struct bytes marker,
                                      bool *pending, struct err *err)
    __attribute__((warn_unused_result));
enum status relay_producer_commit(struct relay_producer *producer, bool *pending, struct err *err)
    __attribute__((warn_unused_result));
/* After a failure before commit. STATUS_OK: another transaction may begin. */
enum status relay_producer_abort(struct relay_producer *producer, bool *pending, struct err *err)
    __attribute__((warn_unused_result));

/* Serves delivery reports and the log; waits for them up to the time. */
void relay_producer_serve(struct relay_producer *producer, int timeout_ms);

#endif
