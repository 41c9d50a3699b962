/* How far the daemon is: PostgreSQL's positions against the ends of the log, and what is still
 * owed.
 *
 * The ends are asked first, then all of PostgreSQL in one snapshot: what is said to be consumed is.
 */
#ifndef XUESHI_OBSERVE_H
#define XUESHI_OBSERVE_H

#include "../handlers/fold.h"
#include "kafka.h"
#include "pg.h"

#define UNKNOWN (-1)

struct observed_partition {
    enum topic topic;
    int32_t partition;
    int64_t
        end; /* of the log, read committed; UNKNOWN: not asked, or Kafka has no such partition */
    bool has_row;      /* PostgreSQL knows it; else what follows is not valid */
    const char *owner; /* NULL: none */
    int64_t epoch, next_offset, counts[OUTCOMES], gaps, tick_stamp;
};

struct observation {
    struct observed_partition *partitions; /* by topic, partition */
    size_t count, cap;
    int64_t outbox, held;   /* rows */
    int64_t watermark;      /* INSTANT_NONE: a partition has seen no tick */
    struct passing passing; /* owed next */
};

/* Fills in the partitions that Kafka has, and their ends. `timeout_ms` for each answer. */
enum status observe_log(struct observation *out, struct arena *arena, rd_kafka_t *client,
                        const struct config *config, int timeout_ms, struct err *err)
    __attribute__((warn_unused_result));
/* Adds what PostgreSQL has. */
enum status observe_store(struct observation *out, struct arena *arena, struct pg *pg,
                          const struct config *config, struct err *err)
    __attribute__((warn_unused_result));

/* How many records of the partition are not folded yet, never negative; UNKNOWN if one side is. */
int64_t observed_lag(const struct observed_partition *partition);
/* Everything consumed, relayed and closed. Else *why says what is not. */
bool observed_idle(const struct observation *observation, const char **why);

#endif
