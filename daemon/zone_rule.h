/* A POSIX TZ string such as "EST5EDT,M3.2.0,M11.1.0", as TZif files end with: for zone.c. */
#ifndef XUESHI_ZONE_RULE_H
#define XUESHI_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* A day of the year and a local second of that day (which may lie outside of it). */
struct zone_turn {
    char kind; /* 'M': month.week.day; 'J': 1..365 without 29 February; '0': 0..365 */
    int month, week, day;
    int64_t second;
};

struct zone_rule {
    int64_t standard, summer; /* seconds east of UTC; the same without summer time */
    bool has_summer;
    struct zone_turn begin, end; /* of summer time */
};

/* False: no such string. */
bool zone_rule_parse(struct zone_rule *rule, const char *text);
/* Seconds east of UTC at an instant in seconds. */
int64_t zone_rule_offset(const struct zone_rule *rule, int64_t at);

#endif
