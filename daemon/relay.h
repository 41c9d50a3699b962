/* The relay: publishes the outbox in Kafka transactions, each event once, and keeps the outbox
 * small.
 *
 * One relay works at a time; the others of the same schema stand by. Its owner holds a lease row
 * with an epoch (table relay). A Kafka transaction carries the events of whole journal entries in
 * the order (number, seq), dead letters included, and one record on xueshi.relay (key "outbox")
 * that names the entries; their rows are deleted, fenced by the epoch, once it has committed.
 * Taking over: init_transactions (fences the other), read the last marker with read_committed,
 * delete the rows it names, go on. A marker that names entries which the journal lacks means that
 * the database is older than what was published: STATUS_FATAL. */
#ifndef XUESHI_RELAY_H
#define XUESHI_RELAY_H

#include "config.h"

struct relay;

/* Does not connect yet; the configuration outlives the relay. */
struct relay *relay_new(const struct config *config);
void relay_free(struct relay *relay);

/* Works until relay_stop: in a thread of its own. STATUS_OK: stopped, after what was in flight was
 * done and the lease given back. STATUS_FATAL: err says why. Everything that heals is retried
 * inside, with jittered back-off, and logged once. */
enum status relay_run(struct relay *relay, struct err *err) __attribute__((warn_unused_result));
/* From any thread or a signal-handling one: relay_run ends soon. */
void relay_stop(struct relay *relay);
/* From any thread: something was committed to the outbox. Without it, the relay polls. */
void relay_wake(struct relay *relay);

#endif
