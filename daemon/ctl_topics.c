/* xueshictl topics: the ten topics, made and compared. */
#include "ctl.h"
#include "topics.h"

#define PARTITIONS_MAX  10000
#define REPLICATION_MAX 100

rd_kafka_t *ctl_kafka(const struct ctl *ctl, struct err *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(&ctl->config, err);

    return conf ? kafka_new(RD_KAFKA_PRODUCER, conf, err) : NULL;
}

static enum ctl_exit read_wanted(const struct ctl *ctl, struct topics_wanted *wanted)
{
    enum ctl_exit code = ctl_option_int(ctl, OPTION_PARTITIONS, 1, PARTITIONS_MAX,
                                        &wanted->partitions);

    if (code != CTL_OK)
        return code;
    return ctl_option_int(ctl, OPTION_REPLICATION, 1, REPLICATION_MAX, &wanted->replication);
}

static void print_differences(struct ctl *ctl, const struct topic_differences *differences)
{
    static const struct ctl_column columns[] = {{"topic", CELL_TEXT},
                                                {"setting", CELL_TEXT},
                                                {"is", CELL_TEXT},
                                                {"must_be", CELL_TEXT},
                                                {"why", CELL_TEXT}};
    struct ctl_table table;

    ctl_table_init(&table, &ctl->arena, columns, 5);
    for (size_t i = 0; i < differences->count; i++) {
        ctl_table_add(&table, differences->at[i].topic);
        ctl_table_add(&table, differences->at[i].what);
        ctl_table_add(&table, differences->at[i].is);
        ctl_table_add(&table, differences->at[i].must_be);
        ctl_table_add(&table, differences->at[i].why);
    }
    ctl_table_print(ctl, &table);
}

enum ctl_exit ctl_topics_check(struct ctl *ctl)
{
    struct topics_wanted wanted = {0};
    struct topic_differences differences;
    struct err err;
    enum ctl_exit code = read_wanted(ctl, &wanted);

    if (code != CTL_OK)
        return code;
    rd_kafka_t *client = ctl_kafka(ctl, &err);
    if (!client)
        return ctl_fail(STATUS_FATAL, &err);
    enum status status = topics_compare(client, &ctl->config, &wanted, &ctl->arena, &differences,
                                        &err);
    rd_kafka_destroy(client);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    print_differences(ctl, &differences);
    return differences.count ? CTL_DIFFERENCES : CTL_OK;
}

static void print_created(struct ctl *ctl, const bool created[ALL_TOPICS])
{
    static const struct ctl_column columns[] = {{"topic", CELL_TEXT}, {"state", CELL_TEXT}};
    char name[KAFKA_TOPIC_MAX];
    struct ctl_table table;

    ctl_table_init(&table, &ctl->arena, columns, 2);
    for (int topic = 0; topic < ALL_TOPICS; topic++) {
        ctl_table_add(&table, arena_strdup(&ctl->arena, topics_name(&ctl->config, topic, name)));
        ctl_table_add(&table, created[topic] ? "created" : "present");
    }
    ctl_table_print(ctl, &table);
}

/* One that was there already is left alone; where it is not as it must be, that is said. */
static enum ctl_exit say_differences(const struct topic_differences *differences)
{
    for (size_t i = 0; i < differences->count; i++) {
        const struct topic_difference *one = &differences->at[i];

        ctl_say(one->topic, ": ", one->what, " is ", one->is, ", must be ", one->must_be, " (",
                one->why, ")", NULL);
    }
    return differences->count ? CTL_DIFFERENCES : CTL_OK;
}

enum ctl_exit ctl_topics_create(struct ctl *ctl)
{
    struct topics_wanted wanted = {0};
    struct topic_differences differences = {0};
    bool created[ALL_TOPICS];
    struct err err;
    enum ctl_exit code = read_wanted(ctl, &wanted);

    if (code == CTL_OK && !wanted.partitions)
        code = ctl_usage("topics create needs --partitions N: it cannot be changed later", NULL);
    if (code != CTL_OK)
        return code;
    rd_kafka_t *client = ctl_kafka(ctl, &err);
    if (!client)
        return ctl_fail(STATUS_FATAL, &err);
    enum status status = topics_create(client, &ctl->config, &wanted, created, &err);
    if (status == STATUS_OK)
        status = topics_compare(client, &ctl->config, &wanted, &ctl->arena, &differences, &err);
    rd_kafka_destroy(client);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    print_created(ctl, created);
    return say_differences(&differences);
}
