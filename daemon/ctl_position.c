/* xueshictl position and lag: how far each input partition is folded. */
#include "ctl.h"
#include "observe.h"

#define ANSWER_MS 10000

static void add_place(struct ctl *ctl, struct ctl_table *table,
                      const struct observed_partition *one)
{
    char name[KAFKA_TOPIC_MAX];

    ctl_table_add(
        table, arena_strdup(&ctl->arena, kafka_topic(&ctl->config, topic_name(one->topic), name)));
    ctl_table_add_int(table, one->partition);
}

enum ctl_exit ctl_position_show(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {
        {"topic", CELL_TEXT},      {"partition", CELL_INT}, {"next_offset", CELL_INT},
        {"applied", CELL_INT},     {"duplicate", CELL_INT}, {"held", CELL_INT},
        {"rejected", CELL_INT},    {"gaps", CELL_INT},      {"epoch", CELL_INT},
        {"tick_stamp", CELL_TEXT}, {"owner", CELL_TEXT},
    };
    struct observation observation = {0};
    struct ctl_table table;
    struct err err;
    struct pg *pg = ctl_connection(ctl);
    enum status status = observe_store(&observation, &ctl->arena, pg, &ctl->config, &err);

    pg_free(pg);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    ctl_table_init(&table, &ctl->arena, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < observation.count; i++) {
        const struct observed_partition *one = &observation.partitions[i];

        add_place(ctl, &table, one);
        ctl_table_add_int(&table, one->next_offset);
        for (size_t outcome = 0; outcome < OUTCOMES; outcome++)
            ctl_table_add_int(&table, one->counts[outcome]);
        ctl_table_add_int(&table, one->gaps);
        ctl_table_add_int(&table, one->epoch);
        ctl_table_add_instant(&table, one->tick_stamp);
        ctl_table_add(&table, one->owner);
    }
    ctl_table_print(ctl, &table);
    return CTL_OK;
}

static enum status observe(struct ctl *ctl, struct observation *observation, struct err *err)
{
    rd_kafka_t *client = ctl_kafka(ctl, err);

    if (!client)
        return STATUS_FATAL;
    enum status status = observe_log(observation, &ctl->arena, client, &ctl->config, ANSWER_MS,
                                     err);
    rd_kafka_destroy(client);
    if (status != STATUS_OK)
        return status;
    struct pg *pg = ctl_connection(ctl);
    status = observe_store(observation, &ctl->arena, pg, &ctl->config, err);
    pg_free(pg);
    return status;
}

/* What is not known is absent, never 0 or -1. */
static void add_known(struct ctl_table *table, int64_t number, bool is_known)
{
    if (is_known)
        ctl_table_add_int(table, number);
    else
        ctl_table_add(table, NULL);
}

enum ctl_exit ctl_lag(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {{"topic", CELL_TEXT},
                                                {"partition", CELL_INT},
                                                {"next_offset", CELL_INT},
                                                {"end", CELL_INT},
                                                {"lag", CELL_INT}};
    struct observation observation = {0};
    struct ctl_table table;
    struct err err;
    enum status status = observe(ctl, &observation, &err);

    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    ctl_table_init(&table, &ctl->arena, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < observation.count; i++) {
        const struct observed_partition *one = &observation.partitions[i];
        int64_t lag = observed_lag(one);

        add_place(ctl, &table, one);
        add_known(&table, one->next_offset, one->has_row);
        add_known(&table, one->end, one->end != UNKNOWN);
        add_known(&table, lag, lag != UNKNOWN);
    }
    ctl_table_print(ctl, &table);
    return CTL_OK;
}
