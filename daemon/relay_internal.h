/* What the relay's loop (relay.c) and its work (relay_publish.c) share. */
#ifndef XUESHI_RELAY_INTERNAL_H
#define XUESHI_RELAY_INTERNAL_H

#include <pthread.h>

#include "relay.h"
#include "relay_outbox.h"
#include "relay_producer.h"

struct relay {
    const struct config *config;
    struct relay_outbox outbox;
    struct relay_producer *producer; /* NULL unless we lead, or are about to */
    struct arena arena;              /* of one transaction */
    bool restarted;                  /* a lease in our name is that of our former life */
    int64_t renewed_ms, back_off_ms;
    bool failing;

    pthread_mutex_t mutex; /* of all that follows */
    pthread_cond_t changed;
    bool stopping, woken;
    struct relay_figures figures;
};

/* What one transaction carries. */
struct relay_batch {
    int64_t *numbers; /* of journal entries, ascending; in the arena */
    size_t count, cap;
    int64_t records;
};

int64_t relay_now_ms(void);
bool relay_is_stopping(struct relay *relay);
/* Keeps it for the figures, and logs it unless it follows on another. */
void relay_note_failure(struct relay *relay, const struct err *err);
/* Renews the lease when it is time. */
enum status relay_keep_lease(struct relay *relay, struct err *err)
    __attribute__((warn_unused_result));
/* Closes the producer: what it left undone, the next takeover settles. */
void relay_let_go(struct relay *relay);

/* Makes the producer, fences the others, deletes what the last marker says was published. */
enum status relay_take_over(struct relay *relay, struct err *err)
    __attribute__((warn_unused_result));
/* Publishes what is at the outbox's front, if anything, and deletes it. On failure the producer is
 * closed unless its transaction could be aborted. */
enum status relay_publish(struct relay *relay, struct relay_batch *batch, struct err *err)
    __attribute__((warn_unused_result));

#endif
