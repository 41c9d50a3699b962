/* xueshictl held and rejected: records that wait, and records that were refused. The originals are
 * sealed and stay so. */
#include <errno.h>
#include <stdlib.h>

#include "ctl.h"

/* Runs the query; CTL_OK: *result is the caller's. */
static enum ctl_exit fetch(struct ctl *ctl, const struct pg_query *query, struct pg_result **result)
{
    struct pg *pg = ctl_connection(ctl);
    struct err err;
    enum status status = ctl_query(ctl, pg, query, result, &err);

    pg_free(pg);
    return status == STATUS_OK ? CTL_OK : ctl_fail(status, &err);
}

static void add_place(struct ctl *ctl, struct ctl_table *table, const struct pg_result *result,
                      size_t row)
{
    char name[KAFKA_TOPIC_MAX];
    enum topic topic = (enum topic)pg_int(result, row, 0);

    ctl_table_add(table,
                  arena_strdup(&ctl->arena, kafka_topic(&ctl->config, topic_name(topic), name)));
    ctl_table_add_int(table, pg_int(result, row, 1));
    ctl_table_add_int(table, pg_int(result, row, 2));
}

enum ctl_exit ctl_held_list(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {{"topic", CELL_TEXT},
                                                {"partition", CELL_INT},
                                                {"offset", CELL_INT},
                                                {"stamp", CELL_TEXT},
                                                {"subject", CELL_TEXT}};
    struct ctl_table table;
    struct pg_query query;
    struct pg_result *result = NULL;

    pg_query_init(&query, &ctl->arena,
                  "SELECT topic, partition, record_offset, stamp, subject FROM held"
                  " ORDER BY topic, partition, record_offset");
    enum ctl_exit code = fetch(ctl, &query, &result);
    if (code != CTL_OK)
        return code;
    ctl_table_init(&table, &ctl->arena, columns, sizeof columns / sizeof *columns);
    for (size_t row = 0; row < pg_count(result); row++) {
        add_place(ctl, &table, result, row);
        ctl_table_add_instant(&table, pg_instant(result, row, 3));
        ctl_table_add(&table, pg_text(result, row, 4));
    }
    ctl_table_print(ctl, &table);
    pg_result_free(&result);
    return CTL_OK;
}

static const struct ctl_column rejected_columns[] = {
    {"topic", CELL_TEXT},        {"partition", CELL_INT},   {"offset", CELL_INT},
    {"reason", CELL_TEXT},       {"event_type", CELL_TEXT}, {"trainee_id", CELL_TEXT},
    {"payment_code", CELL_TEXT}, {"message", CELL_TEXT},    {"rejected_at", CELL_TEXT},
};
#define REJECTED_COLUMNS (sizeof rejected_columns / sizeof *rejected_columns)

static void add_rejected(struct ctl *ctl, struct ctl_table *table, const struct pg_result *result,
                         size_t row)
{
    add_place(ctl, table, result, row);
    for (size_t column = 3; column < 8; column++)
        ctl_table_add(table, pg_text(result, row, column));
    ctl_table_add_instant(table,
                          pg_is_null(result, row, 8) ? INSTANT_NONE : pg_instant(result, row, 8));
}

enum ctl_exit ctl_rejected_list(struct ctl *ctl)
{
    struct ctl_table table;
    struct pg_query query;
    struct pg_result *result = NULL;

    pg_query_init(&query, &ctl->arena,
                  "SELECT d.topic, d.partition, d.record_offset, d.reason, d.event_type,"
                  " d.trainee_id, d.payment_code, d.message, j.committed_at"
                  " FROM dead_letter d LEFT JOIN journal j USING (number)"
                  " ORDER BY d.number, d.topic, d.partition, d.record_offset");
    enum ctl_exit code = fetch(ctl, &query, &result);
    if (code != CTL_OK)
        return code;
    ctl_table_init(&table, &ctl->arena, rejected_columns, REJECTED_COLUMNS);
    for (size_t row = 0; row < pg_count(result); row++)
        add_rejected(ctl, &table, result, row);
    ctl_table_print(ctl, &table);
    pg_result_free(&result);
    return CTL_OK;
}

/* With or without the prefix. */
static enum topic find_topic(const struct ctl *ctl, const char *name)
{
    enum topic topic = kafka_topic_from(&ctl->config, name);

    if (topic == TOPICS)
        topic = topic_from_name(name);
    return topic < TOPICS_IN ? topic : TOPICS;
}

enum ctl_exit ctl_rejected_show(struct ctl *ctl)
{
    enum topic topic = find_topic(ctl, ctl->args[0]);
    struct ctl_table table;
    struct pg_query query;
    struct pg_result *result = NULL;
    int64_t partition, offset;

    if (topic == TOPICS)
        return ctl_usage(ctl->args[0], " is no input topic", NULL);
    if (!ctl_read_number(ctl->args[1], &partition) || !ctl_read_number(ctl->args[2], &offset))
        return ctl_usage("partition and offset must be numbers", NULL);
    pg_query_init(&query, &ctl->arena,
                  "SELECT d.topic, d.partition, d.record_offset, d.reason, d.event_type,"
                  " d.trainee_id, d.payment_code, d.message, j.committed_at"
                  " FROM dead_letter d LEFT JOIN journal j USING (number)"
                  " WHERE d.topic = $1 AND d.partition = $2 AND d.record_offset = $3");
    pg_bind_int(&query, topic);
    pg_bind_int(&query, partition);
    pg_bind_int(&query, offset);
    enum ctl_exit code = fetch(ctl, &query, &result);
    if (code != CTL_OK)
        return code;
    if (!pg_count(result)) {
        ctl_say("no record was rejected at ", ctl->args[0], " ", ctl->args[1], " ", ctl->args[2],
                NULL);
        pg_result_free(&result);
        return CTL_FAILED;
    }
    ctl_table_init(&table, &ctl->arena, rejected_columns, REJECTED_COLUMNS);
    add_rejected(ctl, &table, result, 0);
    ctl_table_print_record(ctl, &table);
    pg_result_free(&result);
    return CTL_OK;
}
