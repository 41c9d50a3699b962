/* The documentation of settings. */
#include <string.h>

#include "settings.h"

static const char *const type_names[SETTING_TYPES] = {
    [SETTING_STRING] = "string",      [SETTING_PATH] = "file",       [SETTING_INT] = "integer",
    [SETTING_BOOL] = "true or false", [SETTING_HOURS] = "hours",     [SETTING_CIVIL] = "civil time",
    [SETTING_INSTANT] = "instant",    [SETTING_STRINGS] = "strings", [SETTING_PATHS] = "files",
    [SETTING_GROUPS] = "groups",
};

static void write_default(FILE *out, const struct setting *row)
{
    bool quoted = row->type == SETTING_STRING || row->type == SETTING_PATH;
    bool list = row->type == SETTING_STRINGS || row->type == SETTING_PATHS;

    if (row->type == SETTING_GROUPS && row->optional)
        fputs("none", out);
    else if (!row->initial)
        fputs(row->optional ? "not set" : "**required**", out);
    else if (list)
        fprintf(out, *row->initial ? "`[ \"%s\" ]`" : "`[]`%s", row->initial);
    else
        fprintf(out, quoted ? "`\"%s\"`" : "`%s`", row->initial);
}

static void write_tenths(FILE *out, int64_t tenths)
{
    fprintf(out, "%lld", (long long)(tenths / 10));
    if (tenths % 10)
        fprintf(out, ".%lld", (long long)(tenths % 10));
}

static void write_range(FILE *out, const struct setting *row)
{
    for (size_t i = 0; row->words && row->words[i]; i++)
        fprintf(out, "%s`%s`", i ? ", " : "", row->words[i]);
    if (row->words || row->max == 0)
        return;
    if (row->type == SETTING_HOURS) {
        write_tenths(out, row->min);
        fputs(" to ", out);
        write_tenths(out, row->max);
        return;
    }
    fprintf(out, "%lld to %lld", (long long)row->min, (long long)row->max);
    if (row->type == SETTING_STRING || row->type == SETTING_PATH)
        fputs(" bytes", out);
    else if (row->type != SETTING_INT)
        fputs(" of them", out);
}

static void write_rows(FILE *out, const struct settings_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];

        fprintf(out, "| `%s%s%s` | %s | ", table->name, *table->name ? "[]." : "", row->path,
                type_names[row->type]);
        write_default(out, row);
        fputs(" | ", out);
        write_range(out, row);
        fprintf(out, " | %s%s |\n", row->meaning, row->mask ? "; shown without passwords" : "");
        if (row->items)
            write_rows(out, row->items);
    }
}

void settings_describe(FILE *out, const struct settings_table *table)
{
    fputs("| setting | type | default | range | meaning |\n|---|---|---|---|---|\n", out);
    write_rows(out, table);
}
