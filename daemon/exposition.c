/* Metrics as text. Numbers are written from integers: exact, and the same in every locale. */
#include "exposition.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const type_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
    [METRIC_INFO] = "info",
};

/* What a sample's name has behind the metric's. */
static const char *const suffixes[] = {
    [METRIC_COUNTER] = "_total",
    [METRIC_GAUGE] = "",
    [METRIC_HISTOGRAM] = "",
    [METRIC_INFO] = "_info",
};

const char *exposition_content_type(enum exposition_format format)
{
    return format == EXPOSITION_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

void exposition_begin(struct exposition *out, struct arena *arena, enum exposition_format format)
{
    text_init(&out->text, arena);
    out->format = format;
    out->current = -1;
}

/* "# HELP name text" and its like; text format 0.0.4 names what the samples are called. */
static void add_comment(struct exposition *out, const char *what, const struct metric_kind *kind,
                        const char *said)
{
    text_add(&out->text, "# ");
    text_add(&out->text, what);
    text_add(&out->text, " ");
    text_add(&out->text, kind->name);
    if (out->format == EXPOSITION_TEXT)
        text_add(&out->text, suffixes[kind->type]);
    text_add(&out->text, " ");
    text_add(&out->text, said);
    text_add(&out->text, "\n");
}

static void begin_metric(struct exposition *out, enum metric metric)
{
    const struct metric_kind *kind = &metric_table[metric];
    bool is_new = out->format == EXPOSITION_OPENMETRICS;

    if (out->current == (int)metric)
        return;
    out->current = (int)metric;
    add_comment(out, "HELP", kind, kind->help);
    add_comment(out, "TYPE", kind,
                kind->type == METRIC_INFO && !is_new ? "gauge" : type_names[kind->type]);
    if (is_new && kind->unit)
        add_comment(out, "UNIT", kind, kind->unit);
}

static void add_label(struct text *text, bool *any, const char *name, const char *value)
{
    text_add(text, *any ? "," : "{");
    *any = true;
    text_add(text, name);
    text_add(text, "=\"");
    for (const char *at = value; *at; at++) {
        if (*at == '\n') {
            text_add(text, "\\n");
            continue;
        }
        if (*at == '\\' || *at == '"')
            text_add(text, "\\");
        text_add_bytes(text, at, 1);
    }
    text_add(text, "\"");
}

/* A bound has a point in any case, so that it is the same text in both formats. */
static void add_number(struct text *text, int64_t number, int64_t per_unit, bool has_point)
{
    char digits[32];
    size_t len;
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
    uint64_t unit = per_unit ? (uint64_t)per_unit : 1;

    text_add(text, number < 0 ? "-" : "");
    text_add_int(text, (int64_t)(size / unit));
    if (size % unit == 0) {
        text_add(text, has_point ? ".0" : "");
        return;
    }
    /* A one and the decimals behind it: the unit is a power of ten. */
    len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, unit + size % unit);
    while (digits[len - 1] == '0')
        len--;
    digits[0] = '.';
    text_add_bytes(text, digits, len);
}

/* Name, labels, number. `bound` is NULL but for buckets. */
static void add_sample(struct exposition *out, const struct metric_kind *kind, const char *suffix,
                       const char *const *values, const char *bound, int64_t number,
                       int64_t per_unit)
{
    struct text *text = &out->text;
    bool any = false;

    text_add(text, kind->name);
    text_add(text, suffix);
    for (size_t i = 0; i < METRIC_LABELS && kind->labels[i]; i++)
        add_label(text, &any, kind->labels[i], values[i]);
    if (bound)
        add_label(text, &any, "le", bound);
    text_add(text, any ? "} " : " ");
    add_number(text, number, per_unit, false);
    text_add(text, "\n");
}

void exposition_add(struct exposition *out, enum metric metric, const char *const *values,
                    int64_t number)
{
    const struct metric_kind *kind = &metric_table[metric];

    begin_metric(out, metric);
    add_sample(out, kind, suffixes[kind->type], values, NULL, number, kind->per_unit);
}

static void add_histogram(struct exposition *out, enum metric metric, const char *const *values,
                          const struct metrics *metrics, size_t first)
{
    const struct metric_kind *kind = &metric_table[metric];
    int64_t buckets[METRIC_BUCKETS_MAX], total = 0;
    int64_t sum = metrics_histogram(metrics, metric, first, buckets);
    size_t count = metric_buckets(metric);

    begin_metric(out, metric);
    for (size_t i = 0; i < count; i++) {
        struct text bound;

        text_init(&bound, out->text.arena);
        if (i == count - 1)
            text_add(&bound, "+Inf");
        else
            add_number(&bound, kind->bounds[i], kind->per_unit, true);
        total += buckets[i];
        add_sample(out, kind, "_bucket", values, text_string(&bound), total, 1);
    }
    add_sample(out, kind, "_sum", values, NULL, sum, kind->per_unit);
    add_sample(out, kind, "_count", values, NULL, total, 1);
}

void exposition_add_kept(struct exposition *out, enum metric metric, const struct metrics *metrics)
{
    const struct metric_kind *kind = &metric_table[metric];
    size_t firsts = kind->values[0] ? kind->values[0]->count : 1;
    size_t seconds = kind->values[1] ? kind->values[1]->count : 1;

    for (size_t i = 0; i < firsts; i++)
        for (size_t k = 0; k < seconds; k++) {
            const char *const values[METRIC_LABELS] = {
                kind->values[0] ? kind->values[0]->name(i) : "",
                kind->values[1] ? kind->values[1]->name(k) : "",
                "",
            };

            if (kind->type == METRIC_HISTOGRAM)
                add_histogram(out, metric, values, metrics, i);
            else
                exposition_add(out, metric, values, metrics_count(metrics, metric, i, k));
        }
}

const char *exposition_end(struct exposition *out)
{
    if (out->format == EXPOSITION_OPENMETRICS)
        text_add(&out->text, "# EOF\n");
    return text_string(&out->text);
}
