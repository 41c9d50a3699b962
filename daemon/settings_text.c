/* The text of a settings file before libconfig sees it.
 *
 * libconfig 1.5 gives an integer beyond 32 bits modulo 2^32, a string with \x00 cut off, and takes
 * a comment without an end: this finds them, with the tokens of its scanner. */
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/forms.h"

#define TEXT_MAX ((size_t)8 * 1024 * 1024)

static const char name_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-*";
static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789ABCDEFabcdef";

struct scanner {
    const struct settings_text *text;
    struct arena *arena;
    struct err *err;
    const char *at;
    int64_t line;
};

static enum status refuse(const struct scanner *scanner, int64_t line, const char *what)
{
    return err_set(scanner->err, STATUS_FATAL, scanner->text->path, ":",
                   text_from_int(scanner->arena, line), ": ", what, NULL);
}

/* Goes on to `end`, which is behind the present place. */
static void skip_to(struct scanner *scanner, const char *end)
{
    for (; scanner->at < end; scanner->at++)
        scanner->line += *scanner->at == '\n';
}

static enum status skip_comment(struct scanner *scanner)
{
    const char *end = strstr(scanner->at + 2, "*/");

    if (!end)
        return refuse(scanner, scanner->line, "this comment has no end");
    skip_to(scanner, end + 2);
    return STATUS_OK;
}

static enum status skip_string(struct scanner *scanner)
{
    int64_t begin = scanner->line;
    const char *end = scanner->at + 1;

    for (; *end != '"'; end++) {
        if (*end == '\0')
            return refuse(scanner, begin, "this string has no end");
        if (*end != '\\')
            continue;
        if (strncasecmp(end, "\\x00", 4) == 0)
            return refuse(scanner, begin, "a string cannot hold \\x00");
        if (*++end == '\0')
            return refuse(scanner, begin, "this string has no end");
    }
    skip_to(scanner, end + 1);
    return STATUS_OK;
}

static bool fits(const char *number, bool hex, bool is_long)
{
    errno = 0;
    if (hex) {
        unsigned long long value = strtoull(number, NULL, 16);

        return errno == 0 && value <= (is_long ? INT64_MAX : INT32_MAX);
    }
    long long value = strtoll(number, NULL, 10);
    return errno == 0 && (is_long || (value >= INT32_MIN && value <= INT32_MAX));
}

/* The end of a floating-point number's rest behind its integer part; NULL: it is an integer. */
static const char *fraction_end(const char *at)
{
    const char *end = at;

    if (*end == '.')
        end += 1 + strspn(end + 1, digits);
    if (*end == 'e' || *end == 'E') {
        const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');

        if (strspn(exponent, digits))
            end = exponent + strspn(exponent, digits);
    }
    return end == at ? NULL : end;
}

static enum status check_number(struct scanner *scanner)
{
    const char *begin = scanner->at;
    const char *first = begin + (*begin == '+' || *begin == '-');
    bool hex = begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X');
    const char *end = hex ? begin + 2 + strspn(begin + 2, hex_digits)
                          : first + strspn(first, digits);
    const char *fraction = hex ? NULL : fraction_end(end);
    size_t longs = strspn(end, "L");

    if (fraction || end == begin) {
        scanner->at = fraction ? fraction : begin + 1;
        return STATUS_OK;
    }
    scanner->at = end + longs;
    if (fits(begin, hex, longs > 0))
        return STATUS_OK;
    const char *literal = arena_strndup(scanner->arena, begin, (size_t)(end - begin));
    return err_set(scanner->err, STATUS_FATAL, scanner->text->path, ":",
                   text_from_int(scanner->arena, scanner->line), ": the integer ", literal,
                   longs ? " does not fit into 64 bits" : " does not fit into 32 bits", NULL);
}

static enum status scan_token(struct scanner *scanner)
{
    char c = *scanner->at;

    if (c == '#' || strncmp(scanner->at, "//", 2) == 0)
        scanner->at += strcspn(scanner->at, "\n");
    else if (strncmp(scanner->at, "/*", 2) == 0)
        return skip_comment(scanner);
    else if (c == '"')
        return skip_string(scanner);
    else if (strchr("+-.0123456789", c))
        return check_number(scanner);
    else if (strchr(name_characters, c))
        scanner->at += strspn(scanner->at, name_characters);
    else if (c == '@')
        return refuse(scanner, scanner->line, "@include is not supported: one file says it all");
    else
        skip_to(scanner, scanner->at + 1);
    return STATUS_OK;
}

static int64_t line_of(const struct settings_text *text, const char *place)
{
    int64_t line = 1;

    for (const char *at = text->at; at < place; at++)
        line += *at == '\n';
    return line;
}

/* The line with the first character that is no UTF-8: the text up to there is. */
static int64_t line_of_bad_utf8(const struct settings_text *text)
{
    const char *begin = text->at, *end = text->at + text->len;

    for (const char *newline; (newline = memchr(begin, '\n', (size_t)(end - begin)));
         begin = newline + 1)
        if (!form_is_utf8(begin, (size_t)(newline - begin)))
            break;
    return line_of(text, begin);
}

enum status settings_text_check(const struct settings_text *text, struct arena *arena,
                                struct err *err)
{
    struct scanner scanner = {.text = text, .arena = arena, .err = err, .at = text->at, .line = 1};
    const char *nul = memchr(text->at, '\0', text->len);
    enum status status = STATUS_OK;

    if (nul)
        return refuse(&scanner, line_of(text, nul), "a NUL byte: this is no text");
    if (!form_is_utf8(text->at, text->len))
        return refuse(&scanner, line_of_bad_utf8(text), "this is not UTF-8");
    while (status == STATUS_OK && *scanner.at)
        status = scan_token(&scanner);
    return status;
}

static enum status read_stream(struct settings_text *out, struct arena *arena, FILE *in,
                               struct err *err)
{
    char *bytes = NULL;
    size_t len = 0, cap = 0, got;

    do {
        bytes = arena_grow(arena, bytes, len, len + BUFSIZ, &cap, 1);
        got = fread(bytes + len, 1, cap - len - 1, in);
        len += got;
    } while (got && len <= TEXT_MAX);
    if (ferror(in))
        return err_set(err, STATUS_FATAL, out->path, ":1: cannot be read: ", strerror(errno), NULL);
    if (len > TEXT_MAX)
        return err_set(err, STATUS_FATAL, out->path, ":1: is larger than 8 MiB", NULL);
    bytes[len] = '\0';
    out->at = bytes;
    out->len = len;
    return STATUS_OK;
}

enum status settings_text_read(struct settings_text *out, struct arena *arena, const char *path,
                               struct err *err)
{
    *out = (struct settings_text){.path = arena_strdup(arena, path)};

    FILE *in = fopen(path, "re");
    if (!in)
        return err_set(err, STATUS_FATAL, path, ":1: cannot be opened: ", strerror(errno), NULL);
    enum status status = read_stream(out, arena, in, err);
    fclose(in);
    return status == STATUS_OK ? settings_text_check(out, arena, err) : status;
}
