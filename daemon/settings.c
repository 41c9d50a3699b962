/* Reading a text into a struct along a table: the only user of libconfig. */
#include "settings.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/forms.h"
#include "setting_forms.h"

struct reader {
    struct arena *arena;
    const char *file;
    struct err *err;
};

static const char *full_path(struct arena *arena, const struct settings_table *table,
                             const char *path)
{
    struct text text;

    if (!*table->name)
        return path;
    text_init(&text, arena);
    text_add(&text, table->name);
    text_add(&text, ".");
    text_add(&text, path);
    return text_string(&text);
}

static const char *at_line(struct arena *arena, const char *file, unsigned line)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, file);
    text_add(&text, ":");
    text_add_int(&text, line ? line : 1); /* libconfig's root has no line */
    text_add(&text, ": ");
    return text_string(&text);
}

const char *settings_at(const struct settings_origin *origin, const char *path)
{
    struct text text;
    unsigned line = origin->line;

    for (size_t i = 0; path && i < origin->table->count; i++)
        if (strcmp(origin->table->rows[i].path, path) == 0 && origin->lines[i])
            line = origin->lines[i];
    text_init(&text, origin->arena);
    text_add(&text, at_line(origin->arena, origin->file, line));
    if (path) {
        text_add(&text, full_path(origin->arena, origin->table, path));
        text_add(&text, ": ");
    }
    return text_string(&text);
}

/* A message about one setting. */
static enum status refuse(const struct reader *reader, const struct settings_table *table,
                          const struct setting *row, const config_setting_t *setting,
                          const char *what)
{
    return err_set(reader->err, STATUS_FATAL, at_line(reader->arena, reader->file, setting->line),
                   full_path(reader->arena, table, row->path), ": ", what, NULL);
}

static const struct setting *find_row(const struct settings_table *table, const char *path)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].path, path) == 0)
            return &table->rows[i];
    return NULL;
}

/* Whether some row lies in the group of this path. */
static bool is_group(const struct settings_table *table, const char *path)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < table->count; i++)
        if (strncmp(table->rows[i].path, path, len) == 0 && table->rows[i].path[len] == '.')
            return true;
    return false;
}

/* All paths of the table and of its groups: what could have been meant. */
static const char *nearest_path(const struct reader *reader, const struct settings_table *table,
                                const char *path)
{
    const char **known = arena_alloc(reader->arena, 2 * table->count * sizeof *known);
    size_t count = 0;

    for (size_t i = 0; i < table->count; i++) {
        const char *row = table->rows[i].path, *point = strchr(row, '.');

        known[count++] = row;
        if (point)
            known[count++] = arena_strndup(reader->arena, row, (size_t)(point - row));
    }
    return full_path(reader->arena, table, nearest_word(path, known, count));
}

static const char *member_path(struct arena *arena, const char *prefix, const char *name)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, prefix);
    if (*prefix)
        text_add(&text, ".");
    text_add(&text, name);
    return text_string(&text);
}

static enum status check_keys(const struct reader *reader, const struct settings_table *table,
                              const config_setting_t *group, const char *prefix)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        const char *path = member_path(reader->arena, prefix, member->name);
        const char *line = at_line(reader->arena, reader->file, member->line);
        enum status status;

        if (find_row(table, path))
            continue;
        if (!is_group(table, path))
            return err_set(reader->err, STATUS_FATAL, line, "unknown setting \"",
                           full_path(reader->arena, table, path), "\"; the nearest known is \"",
                           nearest_path(reader, table, path), "\"", NULL);
        if (!config_setting_is_group(member))
            return err_set(reader->err, STATUS_FATAL, line, path, ": must be a group { … }", NULL);
        if ((status = check_keys(reader, table, member, path)) != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static config_setting_t *find_setting(config_setting_t *group, const char *path)
{
    for (const char *point; group && (point = strchr(path, '.')); path = point + 1) {
        char name[64] = "";

        if ((size_t)(point - path) >= sizeof name)
            return NULL;
        memcpy(name, path, (size_t)(point - path));
        group = config_setting_get_member(group, name);
    }
    return group ? config_setting_get_member(group, path) : NULL;
}

/* The scalar's text, as setting_parse takes it; NULL: of another type. */
static const char *scalar_text(struct arena *arena, enum setting_type type,
                               const config_setting_t *setting)
{
    bool is_int = setting->type == CONFIG_TYPE_INT || setting->type == CONFIG_TYPE_INT64;

    switch (type) {
    case SETTING_BOOL:
        if (setting->type != CONFIG_TYPE_BOOL)
            return NULL;
        return config_setting_get_bool(setting) ? "true" : "false";
    case SETTING_INT:
        return is_int ? text_from_int(arena, config_setting_get_int64(setting)) : NULL;
    case SETTING_HOURS:
        if (is_int)
            return text_from_int(arena, config_setting_get_int64(setting));
        if (setting->type == CONFIG_TYPE_FLOAT)
            return hours_text(arena, config_setting_get_float(setting));
        return config_setting_get_string(setting);
    default:
        return config_setting_get_string(setting);
    }
}

static enum status read_scalar(const struct reader *reader, const struct settings_table *table,
                               const struct setting *row, const config_setting_t *setting,
                               void *out)
{
    static const char *const must_be[SETTING_TYPES] = {
        [SETTING_STRING] = "must be a string",
        [SETTING_PATH] = "must be a string",
        [SETTING_INT] = "must be an integer",
        [SETTING_BOOL] = "must be true or false",
        [SETTING_HOURS] = "must be hours, a decimal with at most one digit",
        [SETTING_CIVIL] = "must be a string",
        [SETTING_INSTANT] = "must be a string",
        [SETTING_STRINGS] = "must be an array of strings",
        [SETTING_PATHS] = "must be an array of strings",
    };
    const char *text = scalar_text(reader->arena, row->type, setting), *wrong;

    if (!text)
        return refuse(reader, table, row, setting, must_be[row->type]);
    wrong = setting_parse(reader->arena, row, reader->file, text, out);
    return wrong ? refuse(reader, table, row, setting, wrong) : STATUS_OK;
}

static enum status check_count(const struct reader *reader, const struct settings_table *table,
                               const struct setting *row, const config_setting_t *setting)
{
    int count = config_setting_length(setting);

    if (count >= row->min && count <= row->max)
        return STATUS_OK;
    return err_set(reader->err, STATUS_FATAL, at_line(reader->arena, reader->file, setting->line),
                   full_path(reader->arena, table, row->path), ": must be ",
                   text_from_int(reader->arena, row->min), " to ",
                   text_from_int(reader->arena, row->max), " of them", NULL);
}

static enum status read_strings(const struct reader *reader, const struct settings_table *table,
                                const struct setting *row, const config_setting_t *setting,
                                struct strings *out)
{
    enum status status;

    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return refuse(reader, table, row, setting, "must be an array of strings");
    if ((status = check_count(reader, table, row, setting)) != STATUS_OK)
        return status;
    out->at = arena_alloc(reader->arena, (size_t)config_setting_length(setting) * sizeof *out->at);
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *item = config_setting_get_elem(setting, (unsigned)i);
        const char *text = NULL;

        status = read_scalar(reader, table, row, item, &text);
        if (status != STATUS_OK)
            return status;
        if (strings_contain(out, text))
            return refuse(reader, table, row, item,
                          setting_quote(reader->arena, row, text, "is there twice"));
        out->at[out->count++] = text;
    }
    return STATUS_OK;
}

static enum status read_table(const struct reader *reader, const struct settings_table *table,
                              config_setting_t *group, void *out);

static enum status read_groups(const struct reader *reader, const struct settings_table *table,
                               const struct setting *row, const config_setting_t *setting,
                               void *out)
{
    struct settings_list list = {.count = (size_t)config_setting_length(setting)};
    enum status status;

    if (!config_setting_is_list(setting))
        return refuse(reader, table, row, setting, "must be a list of groups ( { … }, { … } )");
    if ((status = check_count(reader, table, row, setting)) != STATUS_OK)
        return status;
    list.at = arena_alloc(reader->arena, list.count * row->items->size);
    for (size_t i = 0; i < list.count; i++) {
        config_setting_t *item = config_setting_get_elem(setting, (unsigned)i);

        if (!config_setting_is_group(item))
            return refuse(reader, table, row, item, "must hold nothing but groups { … }");
        status = read_table(reader, row->items, item, (char *)list.at + i * row->items->size);
        if (status != STATUS_OK)
            return status;
    }
    memcpy(out, &list, sizeof list);
    return STATUS_OK;
}

static enum status read_row(const struct reader *reader, const struct settings_table *table,
                            const struct setting *row, const config_setting_t *setting, void *out)
{
    switch (row->type) {
    case SETTING_STRINGS:
    case SETTING_PATHS:
        return read_strings(reader, table, row, setting, out);
    case SETTING_GROUPS:
        return read_groups(reader, table, row, setting, out);
    default:
        return read_scalar(reader, table, row, setting, out);
    }
}

/* Of a group inside the table's that is there, else of the table's own. */
static unsigned line_of_group(config_setting_t *group, const char *path)
{
    const char *point = strchr(path, '.');
    char name[64] = "";

    if (!point || (size_t)(point - path) >= sizeof name)
        return group->line;
    memcpy(name, path, (size_t)(point - path));
    config_setting_t *inner = config_setting_get_member(group, name);
    return inner ? inner->line : group->line;
}

static enum status read_table(const struct reader *reader, const struct settings_table *table,
                              config_setting_t *group, void *out)
{
    unsigned *lines = arena_alloc(reader->arena, table->count * sizeof *lines);
    enum status status = check_keys(reader, table, group, "");
    struct settings_origin origin = {reader->arena, table, reader->file, group->line, lines};

    memset(out, 0, table->size);
    memcpy(out, &origin, sizeof origin);
    for (size_t i = 0; status == STATUS_OK && i < table->count; i++) {
        const struct setting *row = &table->rows[i];
        const config_setting_t *setting = find_setting(group, row->path);
        void *value = (char *)out + row->offset;

        if (setting) {
            lines[i] = setting->line;
            status = read_row(reader, table, row, setting, value);
        } else if (row->initial || row->optional) {
            setting_initial(reader->arena, row, reader->file, value);
        } else {
            const char *line = at_line(reader->arena, reader->file,
                                       line_of_group(group, row->path));

            status = err_set(reader->err, STATUS_FATAL, line,
                             full_path(reader->arena, table, row->path), " is missing", NULL);
        }
    }
    return status;
}

enum status settings_read(const struct settings_text *text, struct arena *arena,
                          const struct settings_table *table, void *out, struct err *err)
{
    struct reader reader = {.arena = arena, .file = text->path, .err = err};
    enum status status;
    config_t parsed;

    config_init(&parsed);
    if (config_read_string(&parsed, text->at) == CONFIG_TRUE)
        status = read_table(&reader, table, config_root_setting(&parsed), out);
    else
        status = err_set(err, STATUS_FATAL,
                         at_line(arena, text->path, (unsigned)config_error_line(&parsed)),
                         config_error_text(&parsed), NULL);
    config_destroy(&parsed);
    return status;
}
