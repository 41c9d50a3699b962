/* What can be measured, as one table, and the counters of it that this process keeps.
 *
 * Counters and histograms are fields of fixed size, raised atomically from any thread. What is read
 * from elsewhere when somebody asks (lag, outbox, process) has only its row here. */
#ifndef XUESHI_METRICS_H
#define XUESHI_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "../handlers/err.h"
#include "../handlers/world.h"

enum metric {
    METRIC_BUILD,
    METRIC_READY,
    METRIC_EVENTS,
    METRIC_REJECTIONS,
    METRIC_BATCH_STAGE,
    METRIC_BATCH_RECORDS,
    METRIC_EVENT_AGE,
    METRIC_REBALANCES,
    METRIC_RETRIES,
    METRIC_LAG,
    METRIC_NEXT_OFFSET,
    METRIC_OWNED,
    METRIC_STALLED,
    METRIC_OUTBOX,
    METRIC_OUTBOX_AGE,
    METRIC_HELD,
    METRIC_CERTIFICATES,
    METRIC_OWED_BACK,
    METRIC_RELAY_LEADS,
    METRIC_RELAY_EVENTS,
    METRIC_RELAY_TRANSACTIONS,
    METRIC_RELAY_TAKEOVERS,
    METRIC_RELAY_FAILURES,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_RESIDENT,
    METRIC_PROCESS_VIRTUAL,
    METRIC_PROCESS_FDS,
    METRIC_PROCESS_MAX_FDS,
    METRIC_PROCESS_THREADS,
    METRIC_PROCESS_START,
    METRICS
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO };

/* The values that a label of a kept metric takes: dense, by index. */
struct metric_values {
    size_t count;
    const char *(*name)(size_t index);
};

#define METRIC_LABELS      3
#define METRIC_BUCKETS_MAX 20

/* A row. Numbers are integers of the smallest unit of interest, `per_unit` of which make one of the
 * unit that is shown: microseconds of 1,000,000 to the second. */
struct metric_kind {
    const char *name; /* without _total, _info, _bucket, ... */
    const char *unit; /* ends the name; NULL: none */
    const char *help;
    enum metric_type type;
    int64_t per_unit;
    const char *labels[METRIC_LABELS];                 /* NULL after the last */
    const struct metric_values *values[METRIC_LABELS]; /* kept ones: of the labels */
    bool kept;
    int64_t bounds[METRIC_BUCKETS_MAX]; /* histograms: ascending, 0 after the last; +Inf follows */
};

extern const struct metric_kind metric_table[METRICS];

/* Indices of labels. Where an event's type is not known, EVENT_TYPES stands for it. */
enum batch_stage { STAGE_LOAD, STAGE_FOLD, STAGE_COMMIT, STAGES };

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* All take NULL for metrics: then nothing is kept. `first` and `second` are the labels' indices, 0
 * where there is no such label. */
void metrics_add(struct metrics *metrics, enum metric metric, size_t first, size_t second,
                 int64_t count);
void metrics_observe(struct metrics *metrics, enum metric metric, size_t first, int64_t value);
/* A retry after a failure with this SQLSTATE; "": the connection was lost. */
void metrics_add_retry(struct metrics *metrics, const char *sqlstate);

int64_t metrics_count(const struct metrics *metrics, enum metric metric, size_t first,
                      size_t second);
/* How many buckets a histogram has, the last of which is +Inf. */
size_t metric_buckets(enum metric metric);
/* Not cumulated; returns the sum of the values. */
int64_t metrics_histogram(const struct metrics *metrics, enum metric metric, size_t first,
                          int64_t buckets[METRIC_BUCKETS_MAX]);

#endif
