/* Metrics as Prometheus reads them: OpenMetrics 1.0, or the older text format 0.0.4. */
#ifndef XUESHI_EXPOSITION_H
#define XUESHI_EXPOSITION_H

#include "../handlers/text.h"
#include "metrics.h"

enum exposition_format { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS };

/* What an Accept header asks for; NULL: none was sent. */
enum exposition_format exposition_negotiate(const char *accept);
const char *exposition_content_type(enum exposition_format format);

struct exposition {
    struct text text;
    enum exposition_format format;
    int current; /* the metric whose samples are being written; -1: none */
};

void exposition_begin(struct exposition *out, struct arena *arena, enum exposition_format format);
/* One sample; all samples of a metric stand together. `values` are those of its labels, in order;
 * the number is in the metric's smallest unit. */
void exposition_add(struct exposition *out, enum metric metric, const char *const *values,
                    int64_t number);
/* All samples of a metric that is kept, zeros included. */
void exposition_add_kept(struct exposition *out, enum metric metric, const struct metrics *metrics);
/* The whole; valid as long as the arena. */
const char *exposition_end(struct exposition *out);

#endif
