/* Showing settings: to people, to programs, and in canonical form. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "settings.h"

#define DAY_MINUTES 1440

const void *setting_value(const struct setting *row, const void *values)
{
    return (const char *)values + row->offset;
}

static const char *string_at(const void *value)
{
    const char *string;

    memcpy(&string, value, sizeof string);
    return string;
}

static int64_t int_at(const void *value)
{
    int64_t number;

    memcpy(&number, value, sizeof number);
    return number;
}

static bool bool_at(const void *value)
{
    bool truth;

    memcpy(&truth, value, sizeof truth);
    return truth;
}

static struct settings_list list_at(const void *value)
{
    struct settings_list list;

    memcpy(&list, value, sizeof list);
    return list;
}

static const void *item_at(const struct setting *row, const struct settings_list *list, size_t i)
{
    return (const char *)list->at + i * row->items->size;
}

/* What of a string may be shown. */
static const char *shown(const struct setting *row, struct arena *arena, const char *string)
{
    return string && row->mask ? row->mask(arena, string) : string;
}

static void add_two_digits(struct text *out, int64_t number)
{
    if (number < 10)
        text_add(out, "0");
    text_add_int(out, number);
}

static void add_civil(struct text *out, int64_t minutes)
{
    int year, month, day;

    instant_date_from_days(minutes / DAY_MINUTES, &year, &month, &day);
    text_add_int(out, year);
    text_add(out, "-");
    add_two_digits(out, month);
    text_add(out, "-");
    add_two_digits(out, day);
    text_add(out, "T");
    add_two_digits(out, minutes % DAY_MINUTES / 60);
    text_add(out, ":");
    add_two_digits(out, minutes % 60);
}

/* The scalar as text; NULL: it has no value. */
static const char *scalar_text(const struct setting *row, const void *value, struct arena *arena)
{
    struct text text;
    char instant[INSTANT_TEXT];

    text_init(&text, arena);
    switch (row->type) {
    case SETTING_INT:
        text_add_int(&text, int_at(value));
        break;
    case SETTING_BOOL:
        text_add(&text, bool_at(value) ? "true" : "false");
        break;
    case SETTING_HOURS:
        text_add_tenths(&text, int_at(value));
        break;
    case SETTING_CIVIL:
        if (int_at(value) == INSTANT_NONE)
            return NULL;
        add_civil(&text, int_at(value));
        break;
    case SETTING_INSTANT:
        if (int_at(value) == INSTANT_NONE)
            return NULL;
        text_add(&text, instant_format(int_at(value), instant));
        break;
    default:
        return shown(row, arena, string_at(value));
    }
    return text_string(&text);
}

static bool is_strings(const struct setting *row)
{
    return row->type == SETTING_STRINGS || row->type == SETTING_PATHS;
}

/* A string as libconfig takes it. */
static void add_quoted(struct text *out, const char *string)
{
    text_add(out, "\"");
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            text_add(out, "\\");
        if (*string == '\n')
            text_add(out, "\\n");
        else
            text_add_bytes(out, string, 1);
    }
    text_add(out, "\"");
}

static void add_strings(const struct setting *row, const void *value, struct text *out)
{
    struct strings list;

    memcpy(&list, value, sizeof list);
    text_add(out, "[");
    for (size_t i = 0; i < list.count; i++) {
        text_add(out, i ? ", " : " ");
        add_quoted(out, shown(row, out->arena, list.at[i]));
    }
    text_add(out, list.count ? " ]" : "]");
}

void setting_write(const struct setting *row, const void *values, struct text *out)
{
    const void *value = setting_value(row, values);

    if (is_strings(row)) {
        add_strings(row, value, out);
        return;
    }
    const char *text = scalar_text(row, value, out->arena);
    if (!text)
        text_add(out, "(not set)");
    else if (row->type == SETTING_INT || row->type == SETTING_BOOL)
        text_add(out, text);
    else
        add_quoted(out, text);
}

static const char *join_path(struct arena *arena, const char *prefix, const char *path)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, prefix);
    text_add(&text, path);
    return text_string(&text);
}

static const char *item_prefix(struct arena *arena, const char *path, size_t i)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, path);
    text_add(&text, "[");
    text_add_int(&text, (int64_t)i);
    text_add(&text, "]");
    return text_string(&text);
}

static void show_rows(struct text *out, const struct settings_table *table, const char *prefix,
                      const void *values)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        const char *path = join_path(out->arena, prefix, row->path);

        if (row->type != SETTING_GROUPS) {
            text_add(out, path);
            text_add(out, " = ");
            setting_write(row, values, out);
            text_add(out, "\n");
            continue;
        }
        struct settings_list list = list_at(setting_value(row, values));
        for (size_t item = 0; item < list.count; item++)
            show_rows(out, row->items,
                      join_path(out->arena, item_prefix(out->arena, path, item), "."),
                      item_at(row, &list, item));
    }
}

void settings_show(FILE *out, const struct settings_table *table, const void *values)
{
    struct arena arena;
    struct text text;

    arena_init(&arena);
    text_init(&text, &arena);
    show_rows(&text, table, "", values);
    fputs(text_string(&text), out);
    arena_finish(&arena);
}

static json_t *checked(json_t *json)
{
    if (!json)
        abort(); /* out of memory, or not UTF-8, which the reader has refused */
    return json;
}

static json_t *scalar_json(const struct setting *row, const void *value, struct arena *arena)
{
    const char *text;

    if (row->type == SETTING_INT)
        return checked(json_integer(int_at(value)));
    if (row->type == SETTING_BOOL)
        return checked(json_boolean(bool_at(value)));
    text = scalar_text(row, value, arena);
    return checked(text ? json_string(text) : json_null());
}

static json_t *strings_json(const struct setting *row, const void *value, struct arena *arena)
{
    json_t *array = checked(json_array());
    struct strings list;

    memcpy(&list, value, sizeof list);
    for (size_t i = 0; i < list.count; i++)
        if (json_array_append_new(array, checked(json_string(shown(row, arena, list.at[i])))) != 0)
            abort();
    return array;
}

static void put(json_t *object, struct arena *arena, const char *path, json_t *value)
{
    const char *point = strchr(path, '.');

    if (!point) {
        if (json_object_set_new(object, path, value) != 0)
            abort();
        return;
    }
    const char *name = arena_strndup(arena, path, (size_t)(point - path));
    json_t *inner = json_object_get(object, name);
    if (!inner) {
        inner = checked(json_object());
        if (json_object_set_new(object, name, inner) != 0)
            abort();
    }
    put(inner, arena, point + 1, value);
}

static json_t *table_json(const struct settings_table *table, const void *values,
                          struct arena *arena)
{
    json_t *object = checked(json_object());

    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        const void *value = setting_value(row, values);

        if (is_strings(row)) {
            put(object, arena, row->path, strings_json(row, value, arena));
        } else if (row->type == SETTING_GROUPS) {
            struct settings_list list = list_at(value);
            json_t *array = checked(json_array());

            for (size_t item = 0; item < list.count; item++)
                if (json_array_append_new(
                        array, table_json(row->items, item_at(row, &list, item), arena)) != 0)
                    abort();
            put(object, arena, row->path, array);
        } else {
            put(object, arena, row->path, scalar_json(row, value, arena));
        }
    }
    return object;
}

void settings_show_json(FILE *out, const struct settings_table *table, const void *values)
{
    struct arena arena;

    arena_init(&arena);
    json_t *object = table_json(table, values, &arena);
    if (json_dumpf(object, out, JSON_COMPACT) == 0)
        fputc('\n', out); /* a failed stream keeps its error flag: the caller looks once */
    json_decref(object);
    arena_finish(&arena);
}
