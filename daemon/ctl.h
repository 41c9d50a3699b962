/* What the commands of xueshictl share: the command line, output, failure.
 *
 * Data go to standard output, everything else to standard error. A command returns the exit status
 * (configuration.md, "The tool"). */
#ifndef XUESHI_CTL_H
#define XUESHI_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "config.h"
#include "kafka.h"
#include "pg.h"

enum ctl_exit {
    CTL_OK = 0,
    CTL_FAILED = 1,
    CTL_USAGE = 2,
    CTL_DIFFERENCES = 3,
    CTL_UNREACHABLE = 4,
    CTL_CONFIG = 78
};

enum ctl_option {
    OPTION_CONFIG,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_SCHEMAS,
    OPTION_VERIFY,
    OPTION_PARTITIONS,
    OPTION_REPLICATION,
    OPTION_AS_OF,
    OPTION_WATCH,
    OPTION_WAIT_IDLE,
    OPTION_LANG,
    OPTION_FULL,
    OPTIONS
};
/* Those that every command takes. */
#define CTL_COMMON                                                                                 \
    (1u << OPTION_CONFIG | 1u << OPTION_JSON | 1u << OPTION_HELP | 1u << OPTION_VERSION)

struct ctl;

/* A row of the table of commands. */
struct ctl_command {
    const char *words; /* "db migrate" */
    const char *args;  /* for the help: "TRAINEE [ENROLLMENT]"; NULL: none */
    size_t min_args, max_args;
    unsigned options;    /* 1u << OPTION_… besides CTL_COMMON */
    bool without_config; /* reads no configuration: ctl->config is empty */
    unsigned needs;      /* of enum config_needs */
    enum ctl_exit (*run)(struct ctl *ctl);
    const char *help; /* one line */
};

struct ctl {
    struct arena arena;
    struct config config;
    const struct ctl_command *command;
    const char *options[OPTIONS]; /* the value, "" for one without; NULL: not given */
    const char *const *args;      /* behind the command's words */
    size_t arg_count;
};

/* ctl_args.c */

/* Reads the command line. CTL_OK: options, command and arguments are set; else what is wrong has
 * been said. With --help or --version the command may be NULL. */
enum ctl_exit ctl_read_args(struct ctl *ctl, const struct ctl_command *commands, size_t count,
                            int argc, char **argv);
/* Prints the help of one command, or of all when `command` is NULL. */
void ctl_print_help(const struct ctl_command *commands, size_t count,
                    const struct ctl_command *command);
bool ctl_has(const struct ctl *ctl, enum ctl_option option);
/* An option's value as an integer in min..max; CTL_USAGE, said, if it is none. Without the option
 * *out stays as it is. */
enum ctl_exit ctl_option_int(const struct ctl *ctl, enum ctl_option option, int64_t min,
                             int64_t max, int64_t *out);

/* A number from 0 on, in decimal digits. */
bool ctl_read_number(const char *text, int64_t *out);

/* ctl_out.c */

/* One sentence on standard error. */
void ctl_say(const char *first, ...) __attribute__((sentinel));
/* Says what is wrong with the command line and returns CTL_USAGE. */
enum ctl_exit ctl_usage(const char *first, ...) __attribute__((sentinel));
/* Says err and returns the exit status: CTL_UNREACHABLE for STATUS_RETRY, else CTL_FAILED. */
enum ctl_exit ctl_fail(enum status status, const struct err *err);

enum ctl_cell { CELL_TEXT, CELL_INT, CELL_BOOL };
struct ctl_column {
    const char *name;
    enum ctl_cell kind;
};
/* Rows of cells: aligned under their names to a terminal, else separated by tabs without names;
 * with --json an array of objects. */
struct ctl_table {
    struct arena *arena;
    const struct ctl_column *columns;
    size_t width, cell_count, cap;
    const char **cells; /* row by row; NULL: absent */
};
void ctl_table_init(struct ctl_table *table, struct arena *arena, const struct ctl_column *columns,
                    size_t width);
/* The next cell, borrowed; NULL: absent. Booleans are "true" and "false". */
void ctl_table_add(struct ctl_table *table, const char *cell);
void ctl_table_add_int(struct ctl_table *table, int64_t number);
void ctl_table_add_bool(struct ctl_table *table, bool value);
/* As we publish instants; INSTANT_NONE: absent. */
void ctl_table_add_instant(struct ctl_table *table, int64_t instant);
void ctl_table_print(const struct ctl *ctl, const struct ctl_table *table);
/* One row as lines of name and value; with --json one object. */
void ctl_table_print_record(const struct ctl *ctl, const struct ctl_table *table);

/* ctl_run.c */

/* A connection to the schema's database, not yet made; freed by pg_free. */
struct pg *ctl_connection(const struct ctl *ctl);
/* Runs one statement in a transaction of its own with the schema as its search path, read only.
 * *result is the caller's. */
enum status ctl_query(struct ctl *ctl, struct pg *pg, const struct pg_query *query,
                      struct pg_result **result, struct err *err)
    __attribute__((warn_unused_result));

/* ctl_topics.c: a client for the Admin API and queries; NULL and err on failure. */
rd_kafka_t *ctl_kafka(const struct ctl *ctl, struct err *err);

/* The commands, by file. */
enum ctl_exit ctl_db_migrate(struct ctl *ctl), ctl_db_status(struct ctl *ctl);
enum ctl_exit ctl_topics_check(struct ctl *ctl), ctl_topics_create(struct ctl *ctl);
enum ctl_exit ctl_tick(struct ctl *ctl);
enum ctl_exit ctl_config_check(struct ctl *ctl), ctl_config_show(struct ctl *ctl);
enum ctl_exit ctl_catalogue_check(struct ctl *ctl);
enum ctl_exit ctl_position_show(struct ctl *ctl), ctl_lag(struct ctl *ctl);
enum ctl_exit ctl_status(struct ctl *ctl);
enum ctl_exit ctl_held_list(struct ctl *ctl);
enum ctl_exit ctl_rejected_list(struct ctl *ctl), ctl_rejected_show(struct ctl *ctl);
enum ctl_exit ctl_certificate_list(struct ctl *ctl), ctl_certificate_show(struct ctl *ctl);
enum ctl_exit ctl_did(struct ctl *ctl), ctl_status_list_show(struct ctl *ctl);
enum ctl_exit ctl_explain(struct ctl *ctl), ctl_dump(struct ctl *ctl);

#endif
