/* The canonical form of settings (settings.h): what digests and comparisons are made of. */
#include <stdlib.h>
#include <string.h>

#include "settings.h"

static void add_line(struct text *out, const char *path, const char *bytes, size_t len)
{
    text_add(out, path);
    text_add(out, "=");
    text_add_int(out, (int64_t)len);
    text_add(out, ":");
    text_add_bytes(out, bytes, len);
    text_add(out, "\n");
}

static void add_count(struct text *out, const char *path, size_t count)
{
    text_add(out, path);
    text_add(out, "=#");
    text_add_int(out, (int64_t)count);
    text_add(out, "\n");
}

static const char *item_path(struct arena *arena, const char *path, size_t i, const char *behind)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, path);
    text_add(&text, "[");
    text_add_int(&text, (int64_t)i);
    text_add(&text, "]");
    text_add(&text, behind);
    return text_string(&text);
}

static void add_int(struct text *out, const char *path, int64_t number)
{
    const char *text = text_from_int(out->arena, number);

    add_line(out, path, text, strlen(text));
}

static void add_table(struct text *out, const struct settings_table *table, const char *prefix,
                      const void *values);

static void add_strings(struct text *out, const char *path, const void *value)
{
    struct strings list;

    memcpy(&list, value, sizeof list);
    add_count(out, path, list.count);
    for (size_t i = 0; i < list.count; i++)
        add_line(out, item_path(out->arena, path, i, ""), list.at[i], strlen(list.at[i]));
}

static void add_groups(struct text *out, const struct setting *row, const char *path,
                       const void *value)
{
    struct settings_list list;

    memcpy(&list, value, sizeof list);
    add_count(out, path, list.count);
    for (size_t i = 0; i < list.count; i++)
        add_table(out, row->items, item_path(out->arena, path, i, "."),
                  (const char *)list.at + i * row->items->size);
}

static void add_row(struct text *out, const struct setting *row, const char *path,
                    const void *values)
{
    const void *value = setting_value(row, values);
    const char *string;
    int64_t number;
    bool truth;

    switch (row->type) {
    case SETTING_STRINGS:
    case SETTING_PATHS:
        add_strings(out, path, value);
        break;
    case SETTING_GROUPS:
        add_groups(out, row, path, value);
        break;
    case SETTING_STRING:
    case SETTING_PATH:
        memcpy(&string, value, sizeof string);
        if (string)
            add_line(out, path, string, strlen(string));
        break;
    case SETTING_BOOL:
        memcpy(&truth, value, sizeof truth);
        add_int(out, path, truth);
        break;
    default:
        memcpy(&number, value, sizeof number);
        if (number != INSTANT_NONE && (number || !row->optional))
            add_int(out, path, number);
        break;
    }
}

static int compare_rows(const void *a, const void *b)
{
    const struct setting *const *left = a, *const *right = b;

    return strcmp((*left)->path, (*right)->path);
}

static void add_table(struct text *out, const struct settings_table *table, const char *prefix,
                      const void *values)
{
    const struct setting **rows = arena_alloc(out->arena,
                                              table->count * sizeof(const struct setting *));

    for (size_t i = 0; i < table->count; i++)
        rows[i] = &table->rows[i];
    qsort(rows, table->count, sizeof(const struct setting *), compare_rows);
    for (size_t i = 0; i < table->count; i++) {
        struct text path;

        text_init(&path, out->arena);
        text_add(&path, prefix);
        text_add(&path, rows[i]->path);
        add_row(out, rows[i], text_string(&path), values);
    }
}

void settings_canonical(const struct settings_table *table, const void *values, struct text *out)
{
    add_table(out, table, "", values);
}

bool setting_equal(const struct setting *row, const void *left, const void *right,
                   struct arena *arena)
{
    struct text a, b;

    text_init(&a, arena);
    text_init(&b, arena);
    add_row(&a, row, "", left);
    add_row(&b, row, "", right);
    return strcmp(text_string(&a), text_string(&b)) == 0;
}
