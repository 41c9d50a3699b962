/* xueshictl config and catalogue: what the files say. */
#include <stdio.h>
#include <string.h>

#include "catalogue_file.h"
#include "crypto.h"
#include "ctl.h"

/* The file and all that it names were read before any command runs. */
enum ctl_exit ctl_config_check(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {{"file", CELL_TEXT}, {"programmes", CELL_INT}};
    struct ctl_table table;

    ctl_table_init(&table, &ctl->arena, columns, 2);
    ctl_table_add(&table, ctl->config.path);
    ctl_table_add_int(&table, (int64_t)ctl->config.catalogues.count);
    ctl_table_print_record(ctl, &table);
    return CTL_OK;
}

enum ctl_exit ctl_config_show(struct ctl *ctl)
{
    config_show(stdout, &ctl->config, ctl_has(ctl, OPTION_JSON));
    return CTL_OK;
}

static void print_programme(struct ctl *ctl, const struct programme *programme)
{
    static const struct ctl_column columns[] = {{"programme", CELL_TEXT}, {"year", CELL_INT},
                                                {"terms", CELL_INT},      {"courses", CELL_INT},
                                                {"papers", CELL_INT},     {"digest", CELL_TEXT}};
    char digest[65];
    struct ctl_table table;

    crypto_hex(programme->digest, sizeof programme->digest, digest);
    ctl_table_init(&table, &ctl->arena, columns, sizeof columns / sizeof *columns);
    ctl_table_add(&table, programme->id);
    ctl_table_add_int(&table, programme->year);
    ctl_table_add_int(&table, (int64_t)programme->term_count);
    ctl_table_add_int(&table, (int64_t)programme->course_count);
    ctl_table_add_int(&table, (int64_t)programme->paper_count);
    ctl_table_add(&table, digest);
    ctl_table_print_record(ctl, &table);
}

/* Alone: a new catalogue may replace one of the configuration, whose ids it then shares. */
enum ctl_exit ctl_catalogue_check(struct ctl *ctl)
{
    struct catalogue_file file;
    struct err err;

    if (catalogue_file_read(&file, &ctl->arena, ctl->args[0], &err) != STATUS_OK) {
        ctl_say(err.message, NULL);
        return CTL_CONFIG;
    }
    print_programme(ctl, file.programme);
    return CTL_OK;
}
