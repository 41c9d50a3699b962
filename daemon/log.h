/* The log: one line a fact on standard error, for journald or a terminal (style.md, "Logging"). */
#ifndef XUESHI_LOG_H
#define XUESHI_LOG_H

#include <stdbool.h>

/* Syslog's priorities, as journald reads them from the prefix "<N>". */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Sets level ("error", "warn", "info", "debug") and format ("auto", "text", "json"; auto: text with
 * priorities when standard error is the journal's, else text). A line of text begins with its
 * instant and level, one with a priority does not: journald knows both. Called once, before there
 * are threads; before it, everything from info on is written as text. A word that is none of these
 * leaves what was. */
void log_open(const char *level, const char *format);

/* One line: a fixed message and pairs of key and value up to a NULL, for example
 *     log_write(LOG_LEVEL_INFO, "partition taken over", "topic", name, "partition", number, NULL);
 * Pairs whose value is NULL are left out; what is not UTF-8 in a value is shown as U+FFFD. Never a
 * payload, personal data, a key or a connection string. Thread-safe. */
void log_write(enum log_level level, const char *message, ...) __attribute__((sentinel));

/* A number as text for log_write: the buffer is the caller's and must hold 24 bytes. */
#define LOG_NUMBER 24
const char *log_number(char buffer[LOG_NUMBER], long long number);

#endif
