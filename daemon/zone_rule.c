/* POSIX TZ strings. */
#include "zone_rule.h"

#include <string.h>

#include "../handlers/instant.h"

#define HOUR           INT64_C(3600)
#define DAY            (24 * HOUR)
#define TURN_HOURS_MAX 167 /* RFC 8536, version 3 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool read_number(const char **at, int max, int *out)
{
    if (!is_digit(**at))
        return false;
    for (*out = 0; is_digit(**at) && *out <= max; (*at)++)
        *out = *out * 10 + (**at - '0');
    return *out <= max;
}

/* Three letters or more, or anything between < and >. */
static bool skip_name(const char **at)
{
    const char *begin = *at;

    if (**at == '<') {
        const char *end = strchr(*at, '>');

        *at = end ? end + 1 : *at;
        return end;
    }
    while (is_letter(**at))
        (*at)++;
    return *at - begin >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int64_t *seconds)
{
    int parts[3] = {0}, sign = **at == '-' ? -1 : 1;

    if (**at == '-' || **at == '+')
        (*at)++;
    if (!read_number(at, TURN_HOURS_MAX, &parts[0]))
        return false;
    for (int i = 1; i < 3 && **at == ':'; i++) {
        (*at)++;
        if (!read_number(at, 59, &parts[i]))
            return false;
    }
    *seconds = sign * (parts[0] * HOUR + parts[1] * 60 + parts[2]);
    return true;
}

static bool read_point(const char **at)
{
    return *(*at)++ == '.';
}

static bool read_turn(const char **at, struct zone_turn *turn)
{
    *turn = (struct zone_turn){.kind = '0', .second = 2 * HOUR};
    if (*(*at)++ != ',')
        return false;
    if (**at == 'M' || **at == 'J')
        turn->kind = *(*at)++;
    if (turn->kind == 'M') {
        if (!read_number(at, 12, &turn->month) || !read_point(at) ||
            !read_number(at, 5, &turn->week) || !read_point(at) ||
            !read_number(at, 6, &turn->day) || turn->month < 1 || turn->week < 1)
            return false;
    } else if (!read_number(at, 365, &turn->day)) {
        return false;
    }
    if (**at != '/')
        return true;
    (*at)++;
    return read_time(at, &turn->second);
}

bool zone_rule_parse(struct zone_rule *rule, const char *text)
{
    const char *at = text;
    int64_t west;

    *rule = (struct zone_rule){0};
    if (!skip_name(&at) || !read_time(&at, &west))
        return false;
    rule->standard = rule->summer = -west;
    if (*at == '\0')
        return true;
    if (!skip_name(&at))
        return false;
    rule->has_summer = true;
    rule->summer = rule->standard + HOUR;
    if (*at != ',') {
        if (!read_time(&at, &west))
            return false;
        rule->summer = -west;
    }
    return read_turn(&at, &rule->begin) && read_turn(&at, &rule->end) && *at == '\0';
}

static int64_t days_of(int year, int month, int day)
{
    int64_t days = 0;

    (void)instant_days_from_date(year, month, day, &days); /* the callers' dates exist */
    return days;
}

/* The n-th of a weekday in a month; the fifth is the last. */
static int64_t weekday_of_month(int year, const struct zone_turn *turn)
{
    int64_t first = days_of(year, turn->month, 1);
    int64_t next = turn->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, turn->month + 1, 1);
    int64_t weekday = (first % 7 + 7 + 4) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = first + (turn->day - weekday + 7) % 7 + 7 * (turn->week - 1);

    return day < next ? day : day - 7;
}

/* The turn's local second, counted from 1970-01-01T00:00. */
static int64_t turn_second(int year, const struct zone_turn *turn)
{
    int64_t first = days_of(year, 1, 1), day;

    switch (turn->kind) {
    case 'M':
        day = weekday_of_month(year, turn);
        break;
    case 'J': /* day 60 is 1 March in every year */
        day = first + turn->day - 1;
        if (turn->day >= 60 && days_of(year, 3, 1) - first == 60)
            day++;
        break;
    default:
        day = first + turn->day;
        break;
    }
    return day * DAY + turn->second;
}

static int64_t floor_days(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY : -((-seconds + DAY - 1) / DAY);
}

int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at)
{
    int year, month, day;

    if (!rule->has_summer)
        return rule->standard;
    instant_date_from_days(floor_days(at + rule->standard), &year, &month, &day);
    int64_t begin = turn_second(year, &rule->begin) - rule->standard;
    int64_t end = turn_second(year, &rule->end) - rule->summer;
    bool summer = begin < end ? at >= begin && at < end : at >= begin || at < end;
    return summer ? rule->summer : rule->standard;
}
