/* What the tool says: sentences on standard error, tables and JSON on standard output. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../handlers/text.h"
#include "ctl.h"

static void say(const char *first, va_list rest)
{
    fputs("xueshictl: ", stderr);
    for (const char *part = first; part; part = va_arg(rest, const char *))
        fputs(part, stderr);
    fputc('\n', stderr);
}

void ctl_say(const char *first, ...)
{
    va_list rest;

    va_start(rest, first);
    say(first, rest);
    va_end(rest);
}

enum ctl_exit ctl_usage(const char *first, ...)
{
    va_list rest;

    va_start(rest, first);
    say(first, rest);
    va_end(rest);
    return CTL_USAGE;
}

enum ctl_exit ctl_fail(enum status status, const struct err *err)
{
    ctl_say(err->message, NULL);
    return status == STATUS_RETRY ? CTL_UNREACHABLE : CTL_FAILED;
}

void ctl_table_init(struct ctl_table *table, struct arena *arena, const struct ctl_column *columns,
                    size_t width)
{
    *table = (struct ctl_table){.arena = arena, .columns = columns, .width = width};
}

void ctl_table_add(struct ctl_table *table, const char *cell)
{
    table->cells = arena_grow(table->arena, table->cells, table->cell_count, table->cell_count + 1,
                              &table->cap, sizeof *table->cells);
    table->cells[table->cell_count++] = cell;
}

void ctl_table_add_int(struct ctl_table *table, int64_t number)
{
    ctl_table_add(table, text_from_int(table->arena, number));
}

void ctl_table_add_bool(struct ctl_table *table, bool value)
{
    ctl_table_add(table, value ? "true" : "false");
}

void ctl_table_add_instant(struct ctl_table *table, int64_t instant)
{
    char text[INSTANT_TEXT];

    ctl_table_add(table, instant == INSTANT_NONE
                             ? NULL
                             : arena_strdup(table->arena, instant_format(instant, text)));
}

static json_t *cell_json(const char *cell, enum ctl_cell kind)
{
    if (!cell)
        return json_null();
    switch (kind) {
    case CELL_INT:
        return json_integer(strtoll(cell, NULL, 10));
    case CELL_BOOL:
        return json_boolean(*cell == 't');
    default:
        return json_string(cell);
    }
}

static json_t *row_json(const struct ctl_table *table, size_t row)
{
    json_t *object = json_object();

    for (size_t i = 0; i < table->width; i++)
        if (json_object_set_new(object, table->columns[i].name,
                                cell_json(table->cells[row + i], table->columns[i].kind)) != 0)
            abort();
    return object;
}

static void print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(value);
}

static json_t *rows_json(const struct ctl_table *table)
{
    json_t *rows = json_array();

    for (size_t row = 0; row < table->cell_count; row += table->width)
        if (json_array_append_new(rows, row_json(table, row)) != 0)
            abort();
    return rows;
}

/* How many columns of a terminal: those of the programme's language are two wide. */
static size_t shown_width(const char *text)
{
    size_t width = 0;

    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if ((*at & 0xC0) != 0x80)
            width += *at >= 0xE3 ? 2 : 1;
    return width;
}

/* Control characters would break rows, or worse: do something to the terminal. */
static void print_cell(const char *cell)
{
    for (const char *at = cell; *at; at++)
        putchar((unsigned char)*at < 0x20 || *at == 0x7F ? ' ' : *at);
}

static void print_padded(const char *cell, size_t width, bool is_last)
{
    print_cell(cell);
    for (size_t shown = shown_width(cell); !is_last && shown < width + 2; shown++)
        putchar(' ');
}

static const char *shown(const struct ctl_table *table, size_t at)
{
    return table->cells[at] ? table->cells[at] : "-";
}

static void print_aligned(const struct ctl_table *table)
{
    const char *no_color = getenv("NO_COLOR");
    bool bold = !no_color || !*no_color;
    size_t *widths = arena_alloc(table->arena, table->width * sizeof *widths);

    for (size_t i = 0; i < table->width; i++)
        widths[i] = shown_width(table->columns[i].name);
    for (size_t row = 0; row < table->cell_count; row += table->width)
        for (size_t i = 0; i < table->width; i++) {
            size_t width = shown_width(shown(table, row + i));

            if (width > widths[i])
                widths[i] = width;
        }
    fputs(bold ? "\033[1m" : "", stdout);
    for (size_t i = 0; i < table->width; i++)
        print_padded(table->columns[i].name, widths[i], i + 1 == table->width);
    puts(bold ? "\033[0m" : "");
    for (size_t row = 0; row < table->cell_count; row += table->width) {
        for (size_t i = 0; i < table->width; i++)
            print_padded(shown(table, row + i), widths[i], i + 1 == table->width);
        putchar('\n');
    }
}

static void print_tabbed(const struct ctl_table *table)
{
    for (size_t at = 0; at < table->cell_count; at++) {
        print_cell(table->cells[at] ? table->cells[at] : "");
        putchar((at + 1) % table->width ? '\t' : '\n');
    }
}

void ctl_table_print(const struct ctl *ctl, const struct ctl_table *table)
{
    if (ctl_has(ctl, OPTION_JSON))
        print_json(rows_json(table));
    else if (isatty(STDOUT_FILENO))
        print_aligned(table);
    else
        print_tabbed(table);
}

void ctl_table_print_record(const struct ctl *ctl, const struct ctl_table *table)
{
    size_t widest = 0;

    if (ctl_has(ctl, OPTION_JSON)) {
        print_json(row_json(table, 0));
        return;
    }
    for (size_t i = 0; i < table->width; i++)
        if (strlen(table->columns[i].name) > widest)
            widest = strlen(table->columns[i].name);
    for (size_t i = 0; i < table->width; i++) {
        if (isatty(STDOUT_FILENO)) {
            print_padded(table->columns[i].name, widest, false);
            print_cell(shown(table, i));
        } else {
            printf("%s\t", table->columns[i].name);
            print_cell(table->cells[i] ? table->cells[i] : "");
        }
        putchar('\n');
    }
}
