/* The relay: publishes the outbox in Kafka transactions, each event once, and keeps the outbox
 * small.
 *
 * One relay works at a time; the others of the same schema stand by. Its owner holds a lease row
 * with an epoch (table relay). A Kafka transaction carries the events of whole journal entries in
 * the order (number, seq), dead letters included, and one record on xueshi.relay (key "outbox")
 * that names the entries and counts the transactions; their rows are deleted, fenced by the epoch,
 * once it has committed, before the next one begins. Taking over: init_transactions (fences the
 * other), read the last marker with read_committed, delete the rows it names, go on. A marker that
 * is further than the database's count, or names entries which the journal lacks or has otherwise,
 * means that the database is older than what was published: STATUS_FATAL.
 *
 * A lease alone protects nothing, since its owner may be stopped and wake up late: what keeps
 * events single is that who publishes has called init_transactions, and after that has seen the
 * marker and found the lease its own. */
#ifndef XUESHI_RELAY_H
#define XUESHI_RELAY_H

#include "config.h"

struct relay;

/* What it did since it was made. */
struct relay_figures {
    int64_t published, transactions; /* events; Kafka transactions that carried them */
    int64_t takeovers, failures;
    bool leads;           /* else it stands by, or cannot work */
    char last_error[256]; /* "": none yet */
};

/* Does not connect yet; the configuration outlives the relay. */
struct relay *relay_new(const struct config *config);
/* Not while relay_run runs. */
void relay_free(struct relay *relay);

/* Works until relay_stop: in a thread of its own. STATUS_OK: stopped, after what was in flight was
 * done (or, when Kafka does not answer, left for the next takeover to settle) and the lease given
 * back. STATUS_FATAL: err says why. Everything that heals is retried inside, with jittered
 * back-off, and logged once. */
enum status relay_run(struct relay *relay, struct err *err) __attribute__((warn_unused_result));
/* From any thread: relay_run ends soon. */
void relay_stop(struct relay *relay);
/* From any thread: something was committed to the outbox. Without it, the relay polls. */
void relay_wake(struct relay *relay);
/* From any thread. */
void relay_read_figures(struct relay *relay, struct relay_figures *out);

#endif
