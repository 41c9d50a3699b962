/* The observer: a thread that looks every few seconds at Kafka's log and at PostgreSQL, on a
 * connection of its own, so that lag and health are known whatever the workers are doing. It fails
 * softly: what it could not see is not known. */
#ifndef XUESHI_OBSERVER_H
#define XUESHI_OBSERVER_H

#include "../handlers/dossier.h"
#include "board.h"

struct observer;

#define OWED_REASONS (OWED_UNKNOWN_CODE + 1)

/* What was seen last. Instants are clock_now_ms, 0: never; a figure that is not known, or not
 * lately, is UNKNOWN. */
struct sighting {
    int64_t looked_ms;              /* a look ended, well or not */
    char kafka[256];                /* "": Kafka answered the last time; else why not */
    char postgresql[256];           /* likewise */
    int64_t outbox, held;           /* rows */
    int64_t outbox_age_us;          /* of the oldest row; 0 if there is none */
    int64_t certificates;           /* that stand */
    int64_t owed_fen[OWED_REASONS]; /* by enum owed */
};

/* Configuration, client (a producer, which has no long polls to wait behind) and board outlive
 * it. */
struct observer *observer_new(const struct config *config, rd_kafka_t *client, struct board *board);
/* After observer_stop and the end of its thread. */
void observer_free(struct observer *observer);

/* Until observer_stop: in a thread of its own. */
void observer_run(struct observer *observer);
/* From any thread. */
void observer_stop(struct observer *observer);
void observer_read(struct observer *observer, struct sighting *out);

#endif
