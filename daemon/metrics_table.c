/* The table of metrics (names as OpenMetrics wants them: base units, no label a person). */
#include "metrics.h"

#include <string.h>

#define US       INT64_C(1000000)
#define MINUTE_S 60
#define HOUR_S   3600
#define DAY_S    86400

static const char *type_value(size_t index)
{
    return index < EVENT_TYPES ? event_kinds[index].name : "unreadable";
}

static const char *outcome_value(size_t index)
{
    return outcome_name((enum outcome)index);
}

/* REASON_NONE is no reason: the first value stands for the reason after it. */
static const char *reason_value(size_t index)
{
    return reason_name((enum reason)(index + 1));
}

static const char *stage_value(size_t index)
{
    static const char *const names[STAGES] = {
        [STAGE_LOAD] = "load", [STAGE_FOLD] = "fold", [STAGE_COMMIT] = "commit"};

    return names[index];
}

/* Those after which something is tried again; the last two catch the rest. */
static const char *const sqlstate_classes[] = {"08", "25", "40",         "53",   "55",
                                               "57", "XU", "connection", "other"};
#define SQLSTATE_CLASSES (sizeof sqlstate_classes / sizeof *sqlstate_classes)
#define CLASS_CONNECTION (SQLSTATE_CLASSES - 2)
#define CLASS_OTHER      (SQLSTATE_CLASSES - 1)

static const char *class_value(size_t index)
{
    return sqlstate_classes[index];
}

void metrics_add_retry(struct metrics *metrics, const char *sqlstate)
{
    size_t index = 0;

    while (index < CLASS_CONNECTION && strncmp(sqlstate_classes[index], sqlstate, 2) != 0)
        index++;
    if (*sqlstate && index == CLASS_CONNECTION)
        index = CLASS_OTHER;
    metrics_add(metrics, METRIC_RETRIES, index, 0, 1);
}

static const struct metric_values types = {EVENT_TYPES + 1, type_value};
static const struct metric_values outcomes = {OUTCOMES, outcome_value};
static const struct metric_values reasons = {REASONS - 1, reason_value};
static const struct metric_values stages = {STAGES, stage_value};
static const struct metric_values classes = {SQLSTATE_CLASSES, class_value};

const struct metric_kind metric_table[METRICS] = {
    [METRIC_BUILD] = {.name = "xueshi_build",
                      .type = METRIC_INFO,
                      .labels = {"version", "librdkafka", "name"},
                      .help = "Version of the daemon and of librdkafka, and the name of this "
                              "process in the configuration"},
    [METRIC_READY] = {.name = "xueshi_ready",
                      .type = METRIC_GAUGE,
                      .help = "1 if /readyz says so, else 0"},
    [METRIC_EVENTS] = {.name = "xueshi_events",
                       .type = METRIC_COUNTER,
                       .kept = true,
                       .labels = {"type", "outcome"},
                       .values = {&types, &outcomes},
                       .help = "Records committed by this process, by event type and by their "
                               "outcome when passed"},
    [METRIC_REJECTIONS] = {.name = "xueshi_rejections",
                           .type = METRIC_COUNTER,
                           .kept = true,
                           .labels = {"reason"},
                           .values = {&reasons},
                           .help = "Dead letters committed by this process, held records that were "
                                   "refused later included"},
    [METRIC_BATCH_STAGE] = {.name = "xueshi_batch_stage_duration_seconds",
                            .unit = "seconds",
                            .type = METRIC_HISTOGRAM,
                            .per_unit = US,
                            .kept = true,
                            .labels = {"stage"},
                            .values = {&stages},
                            .bounds = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
                                       500000, US, 5 * US / 2, 5 * US, 10 * US, 30 * US},
                            .help = "Time that the batches took to be loaded, folded and "
                                    "committed"},
    [METRIC_BATCH_RECORDS] = {.name = "xueshi_batch_records",
                              .type = METRIC_HISTOGRAM,
                              .per_unit = 1,
                              .kept = true,
                              .bounds = {1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 100000},
                              .help = "Records in a committed batch"},
    [METRIC_EVENT_AGE] = {.name = "xueshi_event_age_seconds",
                          .unit = "seconds",
                          .type = METRIC_HISTOGRAM,
                          .per_unit = US,
                          .kept = true,
                          .bounds = {US / 100, US / 40, US / 20, US / 10, US / 4, US / 2, US,
                                     5 * US / 2, 5 * US, 10 * US, 30 * US, MINUTE_S *US,
                                     5 * MINUTE_S *US, 30 * MINUTE_S *US, 2 * HOUR_S *US,
                                     6 * HOUR_S *US, DAY_S *US, 7 * DAY_S *US},
                          .help = "Age of a record, by its stamp in Kafka, when it was committed"},
    [METRIC_REBALANCES] = {.name = "xueshi_rebalances",
                           .type = METRIC_COUNTER,
                           .kept = true,
                           .help = "Changes of the partitions that are assigned to a worker"},
    [METRIC_RETRIES] = {.name = "xueshi_postgresql_retries",
                        .type = METRIC_COUNTER,
                        .kept = true,
                        .labels = {"class"},
                        .values = {&classes},
                        .help = "Transactions that failed and are tried again, by class of "
                                "SQLSTATE"},
    [METRIC_LAG] = {.name = "xueshi_partition_lag_records",
                    .type = METRIC_GAUGE,
                    .labels = {"topic", "partition"},
                    .help = "Offsets between the position in PostgreSQL and the end of the log; "
                            "absent while either is not known"},
    [METRIC_NEXT_OFFSET] = {.name = "xueshi_partition_next_offset",
                            .type = METRIC_GAUGE,
                            .labels = {"topic", "partition"},
                            .help = "The first offset that is not folded yet"},
    [METRIC_OWNED] = {.name = "xueshi_partition_owned",
                      .type = METRIC_GAUGE,
                      .labels = {"topic", "partition"},
                      .help = "1 if this process owns the partition, else 0"},
    [METRIC_STALLED] = {.name = "xueshi_partition_stalled_seconds",
                        .unit = "seconds",
                        .type = METRIC_GAUGE,
                        .per_unit = 1000,
                        .labels = {"topic", "partition"},
                        .help = "How long records of an own partition wait without a commit; 0 if "
                                "none waits"},
    [METRIC_OUTBOX] = {.name = "xueshi_outbox_events",
                       .type = METRIC_GAUGE,
                       .help = "Events that are committed and not published yet"},
    [METRIC_OUTBOX_AGE] = {.name = "xueshi_outbox_age_seconds",
                           .unit = "seconds",
                           .type = METRIC_GAUGE,
                           .per_unit = US,
                           .help = "Age of the oldest of them; 0 if there is none"},
    [METRIC_HELD] = {.name = "xueshi_held_records",
                     .type = METRIC_GAUGE,
                     .help = "Records that wait for their precondition"},
    [METRIC_CERTIFICATES] = {.name = "xueshi_certificates",
                             .type = METRIC_GAUGE,
                             .help = "Certificates that stand"},
    [METRIC_OWED_BACK] = {.name = "xueshi_owed_back_fen",
                          .type = METRIC_GAUGE,
                          .labels = {"reason"},
                          .help = "Money that is to be refunded and is not yet, in fen"},
    [METRIC_RELAY_LEADS] = {.name = "xueshi_relay_leads",
                            .type = METRIC_GAUGE,
                            .help = "1 if the relay of this process publishes, 0 if it stands by "
                                    "or cannot work"},
    [METRIC_RELAY_EVENTS] = {.name = "xueshi_relay_events",
                             .type = METRIC_COUNTER,
                             .help = "Events published by this process, dead letters included"},
    [METRIC_RELAY_TRANSACTIONS] = {.name = "xueshi_relay_transactions",
                                   .type = METRIC_COUNTER,
                                   .help = "Kafka transactions that carried them"},
    [METRIC_RELAY_TAKEOVERS] = {.name = "xueshi_relay_takeovers",
                                .type = METRIC_COUNTER,
                                .help = "Times that the relay of this process took over"},
    [METRIC_RELAY_FAILURES] = {.name = "xueshi_relay_failures",
                               .type = METRIC_COUNTER,
                               .help = "Times that the relay of this process could not go on and "
                                       "tried again"},
    [METRIC_PROCESS_CPU] = {.name = "process_cpu_seconds",
                            .unit = "seconds",
                            .type = METRIC_COUNTER,
                            .per_unit = US,
                            .help = "User and system time that the process used"},
    [METRIC_PROCESS_RESIDENT] = {.name = "process_resident_memory_bytes",
                                 .unit = "bytes",
                                 .type = METRIC_GAUGE,
                                 .help = "Memory of the process that is in RAM"},
    [METRIC_PROCESS_VIRTUAL] = {.name = "process_virtual_memory_bytes",
                                .unit = "bytes",
                                .type = METRIC_GAUGE,
                                .help = "Address space of the process"},
    [METRIC_PROCESS_FDS] = {.name = "process_open_fds",
                            .type = METRIC_GAUGE,
                            .help = "Open file descriptors"},
    [METRIC_PROCESS_MAX_FDS] = {.name = "process_max_fds",
                                .type = METRIC_GAUGE,
                                .help = "How many may be open"},
    [METRIC_PROCESS_THREADS] = {.name = "process_threads",
                                .type = METRIC_GAUGE,
                                .help = "Threads of the process"},
    [METRIC_PROCESS_START] = {.name = "process_start_time_seconds",
                              .unit = "seconds",
                              .type = METRIC_GAUGE,
                              .per_unit = US,
                              .help = "When the process started, since 1970"},
};
