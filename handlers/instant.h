/* Instants: microseconds since 1970-01-01T00:00:00Z, leap seconds ignored. */
#ifndef XUESHI_INSTANT_H
#define XUESHI_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INSTANT_NONE INT64_MIN
#define US_PER_S     INT64_C(1000000)
#define US_PER_DAY   (INT64_C(86400) * US_PER_S)

/* Room for the longest text and its NUL. */
#define INSTANT_TEXT 32

/* RFC 3339 with offset, `len` bytes; lower-case t and z allowed, :60 refused, years 1970..9999 in
 * UTC, digits beyond the microsecond cut off. False: not such a text; *out is untouched. */
bool instant_parse(const char *text, size_t len, int64_t *out);

/* As we publish it: UTC with Z, no fraction when it is 0, no trailing zeros. Returns `out`. */
char *instant_format(int64_t instant, char out[INSTANT_TEXT]);
/* As the canonical dump writes it: always six digits. Returns `out`. */
char *instant_format_full(int64_t instant, char out[INSTANT_TEXT]);

/* Days since 1970-01-01 of a proleptic Gregorian date; false if there is no such date. */
bool instant_days_from_date(int year, int month, int day, int64_t *days);
/* The date of a day counted from 1970-01-01. */
void instant_date_from_days(int64_t days, int *year, int *month, int *day);

#endif
