/* The counters of this process. */
#include "metrics.h"

#include <stdlib.h>

struct metrics {
    int64_t *cells[METRICS]; /* counters: [first][second]; histograms: [first][buckets, sum] */
};

static size_t value_count(enum metric metric, size_t label)
{
    const struct metric_values *values = metric_table[metric].values[label];

    return values ? values->count : 1;
}

size_t metric_buckets(enum metric metric)
{
    size_t count = 0;

    while (count < METRIC_BUCKETS_MAX - 1 && metric_table[metric].bounds[count])
        count++;
    return count + 1;
}

/* Cells for one value of the first label. */
static size_t stride(enum metric metric)
{
    return metric_table[metric].type == METRIC_HISTOGRAM ? metric_buckets(metric) + 1
                                                         : value_count(metric, 1);
}

struct metrics *metrics_new(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);

    if (!metrics)
        abort();
    for (int i = 0; i < METRICS; i++) {
        enum metric metric = (enum metric)i;

        if (!metric_table[i].kept)
            continue;
        metrics->cells[i] = calloc(value_count(metric, 0) * stride(metric), sizeof(int64_t));
        if (!metrics->cells[i])
            abort();
    }
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (!metrics)
        return;
    for (int i = 0; i < METRICS; i++)
        free(metrics->cells[i]);
    free(metrics);
}

static int64_t *cell(const struct metrics *metrics, enum metric metric, size_t first, size_t second)
{
    if (first >= value_count(metric, 0) || second >= stride(metric))
        abort();
    return &metrics->cells[metric][first * stride(metric) + second];
}

void metrics_add(struct metrics *metrics, enum metric metric, size_t first, size_t second,
                 int64_t count)
{
    if (metrics && count)
        __atomic_fetch_add(cell(metrics, metric, first, second), count, __ATOMIC_RELAXED);
}

void metrics_observe(struct metrics *metrics, enum metric metric, size_t first, int64_t value)
{
    size_t bucket = 0, buckets = metric_buckets(metric);

    while (bucket < buckets - 1 && value > metric_table[metric].bounds[bucket])
        bucket++;
    metrics_add(metrics, metric, first, bucket, 1);
    metrics_add(metrics, metric, first, buckets, value);
}

int64_t metrics_count(const struct metrics *metrics, enum metric metric, size_t first,
                      size_t second)
{
    return __atomic_load_n(cell(metrics, metric, first, second), __ATOMIC_RELAXED);
}

int64_t metrics_histogram(const struct metrics *metrics, enum metric metric, size_t first,
                          int64_t buckets[METRIC_BUCKETS_MAX])
{
    size_t count = metric_buckets(metric);

    for (size_t i = 0; i < count; i++)
        buckets[i] = metrics_count(metrics, metric, first, i);
    return metrics_count(metrics, metric, first, count);
}
