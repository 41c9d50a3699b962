/* Settings as rows of const tables: the parser, `config show`, the digest of a catalogue and the
 * documentation read the same rows, so none of them knows a setting that the others do not.
 *
 * A file is read into a struct whose first member is a settings_origin and whose other members the
 * rows name by their offset. Everything read is the arena's; libconfig stays in settings.c. */
#ifndef XUESHI_SETTINGS_H
#define XUESHI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"
#include "../handlers/text.h"

enum setting_type {
    SETTING_STRING,  /* const char * */
    SETTING_PATH,    /* const char *; a file, relative to the file that names it */
    SETTING_INT,     /* int64_t */
    SETTING_BOOL,    /* bool */
    SETTING_HOURS,   /* int64_t, tenths */
    SETTING_CIVIL,   /* int64_t, minutes of civil time since 1970-01-01T00:00 */
    SETTING_INSTANT, /* int64_t, microseconds */
    SETTING_STRINGS, /* struct strings */
    SETTING_PATHS,   /* struct strings of files */
    SETTING_GROUPS,  /* struct settings_list */
    SETTING_TYPES
};

struct settings_table;

struct setting {
    const char *path; /* "kafka.group_id", from the table's own group */
    size_t offset;
    enum setting_type type;
    bool optional;       /* may be absent without a default: then NULL, 0 or INSTANT_NONE */
    bool changeable;     /* another value is still the same programme */
    const char *initial; /* the default, as text; "" is an empty string or list */
    /* Of an integer its value, of hours tenths, of a string its bytes, of a list how many. */
    int64_t min, max;
    const char *const *words; /* the only strings there may be, up to a NULL */
    /* NULL, or what is wrong with the string: it follows the quoted string in the message. */
    const char *(*check)(const char *text);
    /* What of a secret may be shown; NULL: all of it. */
    const char *(*mask)(struct arena *arena, const char *text);
    const struct settings_table *items; /* of SETTING_GROUPS */
    const char *meaning;
};

struct settings_table {
    const char *name; /* of a list's items: the list; "" for a file */
    const struct setting *rows;
    size_t count;
    size_t size; /* of the struct */
};

/* Where a struct's values stand; to be read with settings_at only. */
struct settings_origin {
    struct arena *arena;
    const struct settings_table *table;
    const char *file;
    unsigned line;
    const unsigned *lines; /* one a row; 0: not in the file */
};

/* What SETTING_GROUPS fills in: `count` structs of items->size. */
struct settings_list {
    void *at;
    size_t count;
};

/* A file's text: checked UTF-8 without NUL, and free of what libconfig would misread. */
struct settings_text {
    const char *path, *at;
    size_t len;
};

/* Reads the file. STATUS_FATAL: unreadable, no text, an integer literal that does not fit into its
 * 32 bits (libconfig 1.5 wraps it silently) or 64 with the suffix L, @include, \x00, a comment or
 * string without an end. */
enum status settings_text_read(struct settings_text *out, struct arena *arena, const char *path,
                               struct err *err) __attribute__((warn_unused_result));
/* The same checks on a text that is no file; `path` names it in messages. */
enum status settings_text_check(const struct settings_text *text, struct arena *arena,
                                struct err *err) __attribute__((warn_unused_result));

/* Reads all settings of the table from the text. STATUS_FATAL, "FILE:LINE: what is wrong": syntax,
 * unknown key (with the nearest known), wrong type, out of range, missing. */
enum status settings_read(const struct settings_text *text, struct arena *arena,
                          const struct settings_table *table, void *out, struct err *err)
    __attribute__((warn_unused_result));

/* "FILE:LINE: PATH: ", or without PATH if that is NULL: begins a message about a value. */
const char *settings_at(const struct settings_origin *origin, const char *path);

/* The value of a row in the struct that the table describes. */
const void *setting_value(const struct setting *row, const void *values);

/* The value as a file would say it; secrets are masked. */
void setting_write(const struct setting *row, const void *values, struct text *out);
/* One line a setting, "path = value"; of a list's items "path[0].member = value". Secrets never. */
void settings_show(FILE *out, const struct settings_table *table, const void *values);
/* The same as one JSON object, nested as the file is. */
void settings_show_json(FILE *out, const struct settings_table *table, const void *values);
/* A Markdown table of the settings: path, type, default, range, meaning. */
void settings_describe(FILE *out, const struct settings_table *table);

/* The values in canonical order: a line "PATH=LENGTH:VALUE" LF for each setting that has a value
 * (an optional number that is 0 has none), sorted by path; LENGTH counts VALUE's bytes. A list of
 * strings or of groups is "PATH=#COUNT" LF and its items in their order as PATH[0], PATH[1].member
 * and so on. Numbers are decimal (hours in tenths, civil times in minutes since 1970-01-01T00:00 of
 * their zone), truths 0 or 1. */
void settings_canonical(const struct settings_table *table, const void *values, struct text *out);
/* Whether two structs have the same value there. */
bool setting_equal(const struct setting *row, const void *left, const void *right,
                   struct arena *arena);

/* The known word that takes the fewest edits to reach from `word`; NULL if there are none. */
const char *nearest_word(const char *word, const char *const *known, size_t count);

#endif
