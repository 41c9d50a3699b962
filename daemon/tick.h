/* clock.ticked: time as an event (fold.md section 7). */
#ifndef XUESHI_TICK_H
#define XUESHI_TICK_H

#include "commit.h"
#include "kafka.h"

/* Hands one to the producer for this partition; its delivery is the caller's to wait for. With
 * timestamps = "create" the record is stamped as_of; else `now` is when it happens. */
enum status tick_produce(rd_kafka_t *producer, const struct config *config, enum topic topic,
                         int32_t partition, int64_t as_of, int64_t now, struct err *err)
    __attribute__((warn_unused_result));

/* Where the wall clock has passed a multiple of tick_every_s since *last_s: a tick for each of
 * these partitions, which are ours. Nothing without a producer. */
void tick_when_due(rd_kafka_t *producer, const struct config *config,
                   const struct commit_part *parts, size_t count, int64_t *last_s);

#endif
