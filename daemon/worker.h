/* A worker: its own consumer, its own connection; batches from Kafka into PostgreSQL. */
#ifndef XUESHI_WORKER_H
#define XUESHI_WORKER_H

#include "config.h"
#include "decode.h"
#include "relay.h"

/* What all workers of the process share; outlives them. */
struct worker_context {
    const struct config *config;
    struct decoder decoder;
    int32_t partition_counts[TOPICS_IN];
    struct relay *relay; /* to be woken after a commit */
    void *tick_producer; /* rd_kafka_t; NULL: no ticks */
    const bool *stop;    /* atomically read; set: end soon */
};

/* Works until *stop is set: in a thread of its own. STATUS_OK: stopped, with what was read so far
 * committed or left to be read again. STATUS_FATAL: err says why. What heals is waited for. */
enum status worker_run(const struct worker_context *context, int index, struct err *err)
    __attribute__((warn_unused_result));

#endif
