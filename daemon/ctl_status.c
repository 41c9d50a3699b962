/* xueshictl status: whether the daemon has done all that there is to do. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../handlers/text.h"
#include "ctl.h"
#include "observe.h"

#define ANSWER_MS    10000
#define POLL_MS      100
#define WATCH_MS     1000
#define WAIT_S_MAX   (7 * 86400)
#define CLEAR_SCREEN "\033[H\033[2J"

struct watching {
    struct ctl *ctl;
    rd_kafka_t *client;
    struct pg *pg;
    struct arena arena; /* of one look */
    struct observation observation;
    const char *why; /* not idle; NULL: idle */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int64_t ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

static enum status look(struct watching *watching, int64_t timeout_ms, struct err *err)
{
    const struct config *config = &watching->ctl->config;

    arena_reset(&watching->arena);
    enum status status = observe_log(&watching->observation, &watching->arena, watching->client,
                                     config, (int)timeout_ms, err);
    if (status == STATUS_OK)
        status = observe_store(&watching->observation, &watching->arena, watching->pg, config, err);
    if (status == STATUS_OK)
        observed_idle(&watching->observation, &watching->why);
    return status;
}

/* The sum, absent when it is not known of every partition. */
static void add_total_lag(struct ctl_table *table, const struct observation *observation)
{
    int64_t total = 0;

    for (size_t i = 0; i < observation->count; i++) {
        int64_t lag = observed_lag(&observation->partitions[i]);

        if (lag == UNKNOWN) {
            ctl_table_add(table, NULL);
            return;
        }
        total += lag;
    }
    ctl_table_add_int(table, total);
}

/* "closing 2023-1"; NULL: nothing is owed. */
static const char *owed(struct arena *arena, const struct passing *passing)
{
    struct text text;

    if (passing->what == PASSAGE_NONE)
        return NULL;
    text_init(&text, arena);
    text_add(&text, passing->what == PASSAGE_CLOSING ? "closing " : "reminder ");
    text_add(&text, passing->term->id);
    return text_string(&text);
}

static void print_look(struct watching *watching)
{
    static const struct ctl_column columns[] = {
        {"idle", CELL_BOOL},      {"lag", CELL_INT},   {"outbox", CELL_INT}, {"held", CELL_INT},
        {"watermark", CELL_TEXT}, {"owed", CELL_TEXT}, {"why", CELL_TEXT},
    };
    const struct observation *observation = &watching->observation;
    struct ctl_table table;

    ctl_table_init(&table, &watching->arena, columns, sizeof columns / sizeof *columns);
    ctl_table_add_bool(&table, !watching->why);
    add_total_lag(&table, observation);
    ctl_table_add_int(&table, observation->outbox);
    ctl_table_add_int(&table, observation->held);
    ctl_table_add_instant(&table, observation->watermark);
    ctl_table_add(&table, owed(&watching->arena, &observation->passing));
    ctl_table_add(&table, watching->why);
    ctl_table_print_record(watching->ctl, &table);
}

static enum ctl_exit show_once(struct watching *watching)
{
    struct err err;
    enum status status = look(watching, ANSWER_MS, &err);

    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    print_look(watching);
    return CTL_OK;
}

/* Until interrupted, or until the output is closed. */
static enum ctl_exit watch(struct watching *watching)
{
    while (!ferror(stdout)) {
        struct err err;
        enum status status = look(watching, ANSWER_MS, &err);

        if (status == STATUS_FATAL)
            return ctl_fail(status, &err);
        if (isatty(STDOUT_FILENO))
            fputs(CLEAR_SCREEN, stdout);
        if (status == STATUS_OK)
            print_look(watching);
        else
            ctl_say(err.message, NULL);
        fflush(stdout);
        pause_ms(WATCH_MS);
    }
    return CTL_OK;
}

/* What is away may come back until the time is over: then the last look decides. */
static enum ctl_exit wait_idle(struct watching *watching, int64_t seconds)
{
    int64_t deadline = now_ms() + seconds * 1000;

    for (;;) {
        struct err err;
        int64_t left = deadline - now_ms();
        int64_t timeout = left < POLL_MS ? POLL_MS : left < ANSWER_MS ? left : ANSWER_MS;
        enum status status = look(watching, timeout, &err);

        if (status == STATUS_FATAL)
            return ctl_fail(status, &err);
        left = deadline - now_ms();
        if (status != STATUS_OK && left <= 0)
            return ctl_fail(status, &err);
        if (status == STATUS_OK && (!watching->why || left <= 0)) {
            print_look(watching);
            if (watching->why)
                ctl_say("not idle in time: ", watching->why, NULL);
            return watching->why ? CTL_FAILED : CTL_OK;
        }
        pause_ms(left < POLL_MS ? left : POLL_MS);
    }
}

static enum ctl_exit run(struct watching *watching, int64_t wait_s)
{
    if (ctl_has(watching->ctl, OPTION_WATCH))
        return watch(watching);
    if (ctl_has(watching->ctl, OPTION_WAIT_IDLE))
        return wait_idle(watching, wait_s);
    return show_once(watching);
}

enum ctl_exit ctl_status(struct ctl *ctl)
{
    struct watching watching = {.ctl = ctl};
    struct err err;
    int64_t wait_s = 0;
    enum ctl_exit code = ctl_option_int(ctl, OPTION_WAIT_IDLE, 0, WAIT_S_MAX, &wait_s);

    if (code != CTL_OK)
        return code;
    if (ctl_has(ctl, OPTION_WATCH) && ctl_has(ctl, OPTION_WAIT_IDLE))
        return ctl_usage("--watch and --wait-idle do not go together", NULL);
    watching.client = ctl_kafka(ctl, &err);
    if (!watching.client)
        return ctl_fail(STATUS_FATAL, &err);
    watching.pg = ctl_connection(ctl);
    code = run(&watching, wait_s);
    pg_free(watching.pg);
    rd_kafka_destroy(watching.client);
    arena_finish(&watching.arena);
    return code;
}
