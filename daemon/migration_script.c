/* Deploy and verify scripts, as psql would read them: variables and the transaction around. */
#include <ctype.h>
#include <string.h>

#include "../handlers/text.h"
#include "migration.h"

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Behind the end of what opened at `from`, or NULL if it does not end. */
static const char *skip_quoted(const char *from, char quote, bool escapes)
{
    for (const char *at = from + 1; *at; at++) {
        if (escapes && *at == '\\' && at[1])
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return NULL;
}

static const char *skip_block_comment(const char *from)
{
    int depth = 0;

    for (const char *at = from; *at; at++) {
        if (at[0] == '/' && at[1] == '*') {
            depth++;
            at++;
        } else if (at[0] == '*' && at[1] == '/') {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return NULL;
}

/* $tag$ … $tag$; `from` itself if it is no dollar quote. */
static const char *skip_dollars(const char *from)
{
    size_t len = 1;
    const char *end;

    while (is_name_char(from[len]))
        len++;
    if (from[len] != '$' || isdigit((unsigned char)from[1]))
        return from;
    len++;
    for (end = strchr(from + len, '$'); end; end = strchr(end + 1, '$'))
        if (strncmp(end, from, len) == 0)
            return end + len;
    return NULL;
}

/* Behind the quoted text or comment that begins here; `at` itself if none does, NULL if it has no
 * end. `start` is the script's. */
static const char *skip_opaque(const char *start, const char *at)
{
    bool in_name = at > start && is_name_char(at[-1]);

    if (*at == '\'')
        return skip_quoted(at, '\'', in_name && (at[-1] == 'E' || at[-1] == 'e'));
    if (*at == '"')
        return skip_quoted(at, '"', false);
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*')
        return skip_block_comment(at);
    if (*at == '$' && !in_name)
        return skip_dollars(at);
    return at;
}

static void add_quoted(struct text *out, const char *value, char quote)
{
    text_add_bytes(out, &quote, 1);
    for (const char *at = value; *at; at++) {
        if (*at == quote)
            text_add_bytes(out, &quote, 1);
        text_add_bytes(out, at, 1);
    }
    text_add_bytes(out, &quote, 1);
}

/* A colon: moves *at behind what begins with it. */
static enum status take_colon(struct text *out, const struct migration_variable *variable,
                              const char **at, struct err *err)
{
    const char *from = *at, *end;
    size_t len = strlen(variable->name);

    if (from[1] == ':' || from[1] == '=') {
        text_add_bytes(out, from, 2);
        *at = from + 2;
        return STATUS_OK;
    }
    if (from[1] != '"' && from[1] != '\'' && !is_name_char(from[1])) {
        text_add_bytes(out, from, 1);
        *at = from + 1;
        return STATUS_OK;
    }
    end = is_name_char(from[1]) ? NULL : strchr(from + 2, from[1]);
    if (!end || (size_t)(end - from - 2) != len || memcmp(from + 2, variable->name, len) != 0)
        return err_set(err, STATUS_FATAL, "a psql variable other than :\"", variable->name,
                       "\" and :'", variable->name, "' is used", NULL);
    add_quoted(out, variable->value, from[1]);
    *at = end + 1;
    return STATUS_OK;
}

enum status migration_substitute(const char *script, const struct migration_variable *variable,
                                 struct arena *arena, const char **out, struct err *err)
{
    struct text text;
    const char *at = script;

    text_init(&text, arena);
    while (*at) {
        const char *end = skip_opaque(script, at);

        if (!end)
            return err_set(err, STATUS_FATAL, "a quote or comment has no end", NULL);
        if (end == at && *at == ':') {
            enum status status = take_colon(&text, variable, &at, err);

            if (status != STATUS_OK)
                return status;
            continue;
        }
        if (end == at)
            end++;
        text_add_bytes(&text, at, (size_t)(end - at));
        at = end;
    }
    *out = text_string(&text);
    return STATUS_OK;
}

static bool line_is(const char *line, size_t len, const char *word)
{
    while (len && strchr(" \t\r", line[len - 1]))
        len--;
    return len == strlen(word) && memcmp(line, word, len) == 0;
}

static bool line_says_something(const char *line, size_t len)
{
    size_t blanks = strspn(line, " \t\r");

    return blanks < len && strncmp(line + blanks, "--", 2) != 0;
}

enum status migration_strip_transaction(const char *script, struct arena *arena, const char **out,
                                        struct err *err)
{
    char *copy = arena_strdup(arena, script), *first = NULL, *last = NULL;
    size_t first_len = 0, last_len = 0;

    for (char *at = copy; *at; at += strspn(at, "\n")) {
        size_t len = strcspn(at, "\n");

        if (line_says_something(at, len)) {
            if (!first) {
                first = at;
                first_len = len;
            }
            last = at;
            last_len = len;
        }
        at += len;
    }
    if (!first || !line_is(first, first_len, "BEGIN;") || !line_is(last, last_len, "COMMIT;"))
        return err_set(err, STATUS_FATAL, "it must begin with BEGIN; and end with COMMIT;", NULL);
    memset(first, ' ', first_len);
    memset(last, ' ', last_len);
    *out = copy;
    return STATUS_OK;
}
