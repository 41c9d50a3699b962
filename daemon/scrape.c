/* All metrics in the table's order; what is not known is left out. */
#include "scrape.h"

#include "../handlers/effect.h"
#include "kafka.h"
#include "process.h"

static void add(struct exposition *out, enum metric metric, int64_t number)
{
    if (number != UNKNOWN)
        exposition_add(out, metric, NULL, number);
}

static void add_build(struct exposition *out, const struct scrape *scrape)
{
    const char *const values[] = {XUESHI_VERSION, rd_kafka_version_str(), scrape->config->instance};

    exposition_add(out, METRIC_BUILD, values, 1);
    add(out, METRIC_READY, scrape->ready);
}

static void add_kept(struct exposition *out, const struct scrape *scrape)
{
    for (int i = 0; i < METRICS; i++)
        if (metric_table[i].kept)
            exposition_add_kept(out, (enum metric)i, scrape->metrics);
}

static int64_t figure_of(const struct board_partition *one, enum metric metric)
{
    switch (metric) {
    case METRIC_LAG:
        return one->lag;
    case METRIC_NEXT_OFFSET:
        return one->next;
    case METRIC_OWNED:
        return one->owner >= 0;
    default:
        return one->owner >= 0 ? one->stalled_ms : UNKNOWN;
    }
}

static void add_partitions(struct exposition *out, const struct scrape *scrape)
{
    static const enum metric shown[] = {METRIC_LAG, METRIC_NEXT_OFFSET, METRIC_OWNED,
                                        METRIC_STALLED};

    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        for (size_t i = 0; i < scrape->view->partition_count; i++) {
            const struct board_partition *one = &scrape->view->partitions[i];
            const char *const values[] = {topic_name(one->topic),
                                          text_from_int(out->text.arena, one->partition)};
            int64_t figure = figure_of(one, shown[k]);

            if (figure != UNKNOWN)
                exposition_add(out, shown[k], values, figure);
        }
}

static void add_sighting(struct exposition *out, const struct sighting *sighting)
{
    add(out, METRIC_OUTBOX, sighting->outbox);
    add(out, METRIC_OUTBOX_AGE, sighting->outbox_age_us);
    add(out, METRIC_HELD, sighting->held);
    add(out, METRIC_CERTIFICATES, sighting->certificates);
    for (int i = OWED_NOTHING + 1; i < OWED_REASONS; i++) {
        const char *const values[] = {owed_name((enum owed)i)};

        if (sighting->owed_fen[i] != UNKNOWN)
            exposition_add(out, METRIC_OWED_BACK, values, sighting->owed_fen[i]);
    }
}

static void add_relay(struct exposition *out, struct relay *relay)
{
    struct relay_figures figures;

    relay_read_figures(relay, &figures);
    add(out, METRIC_RELAY_LEADS, figures.leads);
    add(out, METRIC_RELAY_EVENTS, figures.published);
    add(out, METRIC_RELAY_TRANSACTIONS, figures.transactions);
    add(out, METRIC_RELAY_TAKEOVERS, figures.takeovers);
    add(out, METRIC_RELAY_FAILURES, figures.failures);
}

static void add_process(struct exposition *out, const struct scrape *scrape)
{
    struct process_figures figures;

    process_read(&figures);
    add(out, METRIC_PROCESS_CPU, figures.cpu_us);
    add(out, METRIC_PROCESS_RESIDENT, figures.resident_bytes);
    add(out, METRIC_PROCESS_VIRTUAL, figures.virtual_bytes);
    add(out, METRIC_PROCESS_FDS, figures.open_fds);
    add(out, METRIC_PROCESS_MAX_FDS, figures.max_fds);
    add(out, METRIC_PROCESS_THREADS, figures.threads);
    add(out, METRIC_PROCESS_START, scrape->started_us);
}

const char *scrape_all(const struct scrape *scrape, struct arena *arena,
                       enum exposition_format format)
{
    struct exposition out;

    exposition_begin(&out, arena, format);
    add_build(&out, scrape);
    add_kept(&out, scrape);
    add_partitions(&out, scrape);
    add_sighting(&out, scrape->sighting);
    add_relay(&out, scrape->relay);
    add_process(&out, scrape);
    return exposition_end(&out);
}
