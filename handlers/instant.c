/* Instants and their texts, without the C library's clocks and zones. */
#include "instant.h"

#include <string.h>

#define YEAR_MIN 1970
#define YEAR_MAX 9999

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days in the years before the given one, counted from the year 1. */
static int64_t days_before_year(int64_t year)
{
    int64_t past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

bool instant_days_from_date(int year, int month, int day, int64_t *days)
{
    if (year < 1 || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return false;
    *days = days_before_year(year) - days_before_year(YEAR_MIN) + day - 1;
    for (int m = 1; m < month; m++)
        *days += days_in_month(year, m);
    return true;
}

void instant_date_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t since = days + days_before_year(YEAR_MIN); /* from 0001-01-01 */
    int y = (int)(since * 400 / 146097) + 1;

    while (days_before_year(y) > since)
        y--;
    while (days_before_year(y + 1) <= since)
        y++;
    int rest = (int)(since - days_before_year(y)), m = 1;
    while (rest >= days_in_month(y, m))
        rest -= days_in_month(y, m++);
    *year = y;
    *month = m;
    *day = rest + 1;
}

/* A text that is read from its front. */
struct cursor {
    const char *at, *end;
};

/* Exactly `count` digits. */
static bool read_digits(struct cursor *cursor, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++, cursor->at++) {
        if (cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9')
            return false;
        *out = *out * 10 + (*cursor->at - '0');
    }
    return true;
}

static bool read_one_of(struct cursor *cursor, const char *set)
{
    if (cursor->at == cursor->end || *cursor->at == '\0' || !strchr(set, *cursor->at))
        return false;
    cursor->at++;
    return true;
}

static bool read_date(struct cursor *cursor, int64_t *days)
{
    int year, month, day;

    return read_digits(cursor, 4, &year) && read_one_of(cursor, "-") &&
           read_digits(cursor, 2, &month) && read_one_of(cursor, "-") &&
           read_digits(cursor, 2, &day) && instant_days_from_date(year, month, day, days);
}

/* Any number of digits behind a point, cut off at the microsecond. */
static bool read_fraction(struct cursor *cursor, int64_t *us)
{
    int64_t unit = US_PER_S / 10;
    const char *first = cursor->at;

    *us = 0;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
        *us += (*cursor->at - '0') * unit;
        unit /= 10;
    }
    return cursor->at > first;
}

static bool read_time(struct cursor *cursor, int64_t *us)
{
    int hour, minute, second;
    int64_t fraction = 0;

    if (!read_digits(cursor, 2, &hour) || !read_one_of(cursor, ":") ||
        !read_digits(cursor, 2, &minute) || !read_one_of(cursor, ":") ||
        !read_digits(cursor, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    if (read_one_of(cursor, ".") && !read_fraction(cursor, &fraction))
        return false;
    *us = ((int64_t)hour * 3600 + minute * 60 + second) * US_PER_S + fraction;
    return true;
}

static bool read_offset(struct cursor *cursor, int64_t *us)
{
    int hour, minute;

    *us = 0;
    if (read_one_of(cursor, "Zz"))
        return true;
    int64_t sign = cursor->at < cursor->end && *cursor->at == '-' ? -1 : 1;
    if (!read_one_of(cursor, "+-") || !read_digits(cursor, 2, &hour) || !read_one_of(cursor, ":") ||
        !read_digits(cursor, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *us = sign * ((int64_t)hour * 3600 + minute * 60) * US_PER_S;
    return true;
}

bool instant_parse(const char *text, size_t len, int64_t *out)
{
    struct cursor cursor = {.at = text, .end = text + len};
    int64_t days, time, offset, last;

    if (!read_date(&cursor, &days) || !read_one_of(&cursor, "Tt") || !read_time(&cursor, &time) ||
        !read_offset(&cursor, &offset) || cursor.at != cursor.end)
        return false;
    int64_t instant = days * US_PER_DAY + time - offset;
    if (!instant_days_from_date(YEAR_MAX, 12, 31, &last) || instant < 0 ||
        instant >= (last + 1) * US_PER_DAY)
        return false;
    *out = instant;
    return true;
}

static char *write_digits(char *at, int64_t number, int count)
{
    for (int i = count; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + count;
}

/* YYYY-MM-DDThh:mm:ss; returns its end. */
static char *write_seconds(char *at, int64_t instant)
{
    int64_t days = instant / US_PER_DAY, second = instant % US_PER_DAY / US_PER_S;
    int year, month, day;

    instant_date_from_days(days, &year, &month, &day);
    at = write_digits(at, year, 4);
    *at++ = '-';
    at = write_digits(at, month, 2);
    *at++ = '-';
    at = write_digits(at, day, 2);
    *at++ = 'T';
    at = write_digits(at, second / 3600, 2);
    *at++ = ':';
    at = write_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    return write_digits(at, second % 60, 2);
}

char *instant_format_full(int64_t instant, char out[INSTANT_TEXT])
{
    char *at = write_seconds(out, instant);

    *at++ = '.';
    at = write_digits(at, instant % US_PER_S, 6);
    *at++ = 'Z';
    *at = '\0';
    return out;
}

char *instant_format(int64_t instant, char out[INSTANT_TEXT])
{
    char *at = write_seconds(out, instant);

    if (instant % US_PER_S) {
        *at++ = '.';
        at = write_digits(at, instant % US_PER_S, 6);
        while (at[-1] == '0')
            at--;
    }
    *at++ = 'Z';
    *at = '\0';
    return out;
}
