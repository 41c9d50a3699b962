/* The log: each line is composed in memory and written at once, so that threads do not mix. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../handlers/forms.h"
#include "../handlers/instant.h"
#include "../handlers/text.h"

enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_TEXT, LOG_FORMAT_JSON, LOG_FORMAT_JOURNAL };

static const struct {
    const char *name;
    enum log_level level;
} levels[] = {
    {"error", LOG_LEVEL_ERROR},
    {"warn", LOG_LEVEL_WARN},
    {"info", LOG_LEVEL_INFO},
    {"debug", LOG_LEVEL_DEBUG},
};
#define LEVELS (sizeof levels / sizeof *levels)

static const char *const formats[] = {
    [LOG_FORMAT_AUTO] = "auto", [LOG_FORMAT_TEXT] = "text", [LOG_FORMAT_JSON] = "json"};
#define FORMATS (sizeof formats / sizeof *formats)

/* The one thing that is process-wide: standard error is, too. Constant once there are threads. */
static struct {
    enum log_level level;
    enum log_format format;
} settings = {LOG_LEVEL_INFO, LOG_FORMAT_TEXT};

/* systemd names device and inode of the stream that it reads; after a redirection it is another. */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    char own[2 * LOG_NUMBER];

    if (!stream || fstat(STDERR_FILENO, &status) != 0)
        return false;
    (void)snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, own) == 0;
}

void log_open(const char *level, const char *format)
{
    for (size_t i = 0; i < LEVELS; i++)
        if (strcmp(levels[i].name, level) == 0)
            settings.level = levels[i].level;
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i], format) == 0)
            settings.format = (enum log_format)i;
    if (settings.format == LOG_FORMAT_AUTO)
        settings.format = is_journal() ? LOG_FORMAT_JOURNAL : LOG_FORMAT_TEXT;
}

static const char *level_name(enum log_level level)
{
    size_t i = 0;

    while (i < LEVELS - 1 && levels[i].level != level)
        i++;
    return levels[i].name;
}

/* How many bytes at `at` are one character of UTF-8, 0 if they are none. */
static size_t character_length(const char *at, size_t len)
{
    for (size_t step = 1; step <= 4 && step <= len; step++)
        if (form_is_utf8(at, step))
            return step;
    return 0;
}

/* Quoted as JSON wants it: no value can end the line or pass for another pair. */
static void add_quoted(struct text *line, const char *value)
{
    size_t len = strlen(value), step;
    char escaped[8];

    text_add(line, "\"");
    for (size_t i = 0; i < len; i += step ? step : 1) {
        step = character_length(value + i, len - i);
        if (step == 0) {
            text_add(line, "\xEF\xBF\xBD");
        } else if (value[i] == '"' || value[i] == '\\') {
            text_add(line, "\\");
            text_add_bytes(line, value + i, 1);
        } else if (step == 1 && ((unsigned char)value[i] < ' ' || value[i] == 0x7F)) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)value[i]);
            text_add(line, escaped);
        } else {
            text_add_bytes(line, value + i, step);
        }
    }
    text_add(line, "\"");
}

/* Bare where it can be read without doubt. */
static void add_value(struct text *line, const char *value)
{
    const char *bare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-/+,@#[]";

    if (*value && value[strspn(value, bare)] == '\0')
        text_add(line, value);
    else
        add_quoted(line, value);
}

static const char *now(char out[INSTANT_TEXT])
{
    struct timespec time;

    (void)clock_gettime(CLOCK_REALTIME, &time);
    return instant_format_full(time.tv_sec * US_PER_S + time.tv_nsec / 1000, out);
}

static void add_begin(struct text *line, enum log_level level, const char *message)
{
    char instant[INSTANT_TEXT], number[LOG_NUMBER];

    if (settings.format == LOG_FORMAT_JSON) {
        text_add(line, "{\"time\":\"");
        text_add(line, now(instant));
        text_add(line, "\",\"level\":\"");
        text_add(line, level_name(level));
        text_add(line, "\",\"message\":");
        add_quoted(line, message);
        return;
    }
    if (settings.format == LOG_FORMAT_JOURNAL) {
        text_add(line, "<");
        text_add(line, log_number(number, level));
        text_add(line, ">");
    } else {
        text_add(line, now(instant));
        text_add(line, " ");
        text_add(line, level_name(level));
        text_add(line, " ");
    }
    text_add(line, message);
}

static void add_pair(struct text *line, const char *key, const char *value)
{
    if (settings.format == LOG_FORMAT_JSON) {
        text_add(line, ",");
        add_quoted(line, key);
        text_add(line, ":");
        add_quoted(line, value);
        return;
    }
    text_add(line, " ");
    text_add(line, key);
    text_add(line, "=");
    add_value(line, value);
}

/* Nobody can be told when standard error fails. */
static void write_all(const char *bytes, size_t len)
{
    while (len) {
        ssize_t written = write(STDERR_FILENO, bytes, len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return;
        bytes += written;
        len -= (size_t)written;
    }
}

void log_write(enum log_level level, const char *message, ...)
{
    struct arena arena;
    struct text line;
    va_list pairs;
    int saved = errno;

    if (level > settings.level)
        return;
    arena_init(&arena);
    text_init(&line, &arena);
    add_begin(&line, level, message);
    va_start(pairs, message);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);

        if (value)
            add_pair(&line, key, value);
    }
    va_end(pairs);
    text_add(&line, settings.format == LOG_FORMAT_JSON ? "}\n" : "\n");
    write_all(line.at, line.len);
    arena_finish(&arena);
    errno = saved;
}

const char *log_number(char buffer[LOG_NUMBER], long long number)
{
    (void)snprintf(buffer, LOG_NUMBER, "%lld", number);
    return buffer;
}
