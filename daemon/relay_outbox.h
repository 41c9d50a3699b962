/* What the relay asks of PostgreSQL: its lease, the outbox, the journal.
 *
 * Each call is one transaction. When a call finds that the lease is another's, `epoch` becomes 0
 * and it returns STATUS_RETRY. STATUS_FATAL: a broken promise, or SQL that the database does not
 * know. */
#ifndef XUESHI_RELAY_OUTBOX_H
#define XUESHI_RELAY_OUTBOX_H

#include "config.h"
#include "pg.h"

/* Who does not renew its lease for so long may be replaced. */
#define RELAY_LEASE_S 10

struct relay_outbox {
    struct pg *pg;
    const char *schema, *instance;
    int64_t epoch;        /* of our lease; 0: we have none */
    int64_t transactions; /* Kafka transactions whose rows are deleted, under our epoch */
};

void relay_outbox_init(struct relay_outbox *outbox, const struct config *config);
void relay_outbox_finish(struct relay_outbox *outbox);

/* Takes the lease if it has expired, is still ours by the epoch, or (restarted) has our name on it;
 * then sets epoch, which is new, and transactions. */
enum status relay_outbox_take(struct relay_outbox *outbox, struct arena *arena, bool restarted,
                              struct err *err) __attribute__((warn_unused_result));
enum status relay_outbox_renew(struct relay_outbox *outbox, struct arena *arena, struct err *err)
    __attribute__((warn_unused_result));
/* Lets another take it at once. */
enum status relay_outbox_give_back(struct relay_outbox *outbox, struct arena *arena,
                                   struct err *err) __attribute__((warn_unused_result));

/* Columns of a page. */
enum relay_column {
    RELAY_NUMBER,
    RELAY_SEQ,
    RELAY_TOPIC,
    RELAY_KEY,
    RELAY_HEADERS,
    RELAY_VALUE,
    RELAY_CONTINUES, /* in the last row: whether its entry has more rows than the page shows */
    RELAY_COLUMNS
};

/* A page: the first rows, as many as the limits of records and bytes let in, at least one. */
enum status relay_outbox_read(struct relay_outbox *outbox, struct arena *arena,
                              struct pg_result **page, struct err *err)
    __attribute__((warn_unused_result));
/* The same, of one entry behind a row. */
enum status relay_outbox_read_entry(struct relay_outbox *outbox, struct arena *arena,
                                    int64_t number, int64_t after_seq, struct pg_result **page,
                                    struct err *err) __attribute__((warn_unused_result));

/* The stamps of a marker (relay_marker.h) for these entries. STATUS_FATAL: the journal lacks one.
 */
enum status relay_outbox_stamp(struct relay_outbox *outbox, struct arena *arena,
                               const int64_t *numbers, size_t count, uint8_t stamps[32],
                               struct err *err) __attribute__((warn_unused_result));

/* Deletes the entries' rows, which Kafka transaction `transaction` published: the one after
 * outbox->transactions, which it then is; may be repeated. Renews the lease. */
enum status relay_outbox_delete(struct relay_outbox *outbox, struct arena *arena,
                                const int64_t *numbers, size_t count, int64_t transaction,
                                struct err *err) __attribute__((warn_unused_result));

#endif
