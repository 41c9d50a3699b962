/* Civil times against hand-worked instants and against the C library's own reading of the zones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../daemon/zone.h"
#include "../../daemon/zone_rule.h"
#include "../../handlers/instant.h"

static int64_t minutes(int year, int month, int day, int hour, int minute)
{
    int64_t days;

    assert_true(instant_days_from_date(year, month, day, &days));
    return days * 1440 + hour * 60 + minute;
}

static const struct zone *load(struct arena *arena, const char *name)
{
    struct zone *zone;
    struct err err;

    if (zone_load(&zone, arena, name, &err) != STATUS_OK)
        fail_msg("%s: %s", name, err.message);
    return zone;
}

static void civil_times_become_instants(void **state)
{
    static const struct {
        const char *zone;
        int year, month, day, hour, minute;
        enum zone_answer answer;
        const char *instant;
    } rows[] = {
        {"Asia/Shanghai", 2023, 6, 15, 10, 0, ZONE_ONE, "2023-06-15T02:00:00Z"},
        {"Asia/Shanghai", 2023, 8, 15, 19, 30, ZONE_ONE, "2023-08-15T11:30:00Z"},
        {"Asia/Shanghai", 2100, 1, 1, 0, 0, ZONE_ONE, "2099-12-31T16:00:00Z"},
        {"Asia/Urumqi", 2023, 6, 15, 10, 0, ZONE_ONE, "2023-06-15T04:00:00Z"},
        {"America/New_York", 2023, 3, 12, 1, 59, ZONE_ONE, "2023-03-12T06:59:00Z"},
        {"America/New_York", 2023, 3, 12, 2, 0, ZONE_NEVER, NULL},
        {"America/New_York", 2023, 3, 12, 2, 59, ZONE_NEVER, NULL},
        {"America/New_York", 2023, 3, 12, 3, 0, ZONE_ONE, "2023-03-12T07:00:00Z"},
        {"America/New_York", 2023, 11, 5, 0, 59, ZONE_ONE, "2023-11-05T04:59:00Z"},
        {"America/New_York", 2023, 11, 5, 1, 0, ZONE_TWICE, NULL},
        {"America/New_York", 2023, 11, 5, 1, 59, ZONE_TWICE, NULL},
        {"America/New_York", 2023, 11, 5, 2, 0, ZONE_ONE, "2023-11-05T07:00:00Z"},
        /* Beyond the file's table: its rule holds. */
        {"America/New_York", 2150, 7, 1, 12, 0, ZONE_ONE, "2150-07-01T16:00:00Z"},
        {"America/New_York", 2150, 1, 1, 12, 0, ZONE_ONE, "2150-01-01T17:00:00Z"},
        {"America/New_York", 2150, 3, 8, 2, 30, ZONE_NEVER, NULL},
        {"Pacific/Auckland", 2150, 1, 1, 12, 0, ZONE_ONE, "2149-12-31T23:00:00Z"},
        {"Australia/Lord_Howe", 2023, 10, 1, 2, 15, ZONE_NEVER, NULL},
        {"Europe/Dublin", 2023, 7, 1, 12, 0, ZONE_ONE, "2023-07-01T11:00:00Z"},
        {"Asia/Kathmandu", 2023, 7, 1, 12, 0, ZONE_ONE, "2023-07-01T06:15:00Z"},
        {"UTC", 2023, 7, 1, 12, 0, ZONE_ONE, "2023-07-01T12:00:00Z"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[INSTANT_TEXT];
        int64_t instant = -1;
        enum zone_answer answer = zone_instant(
            load(&arena, rows[i].zone),
            minutes(rows[i].year, rows[i].month, rows[i].day, rows[i].hour, rows[i].minute),
            &instant);

        if (answer != rows[i].answer)
            fail_msg("row %zu, %s: answer %d", i, rows[i].zone, (int)answer);
        if (rows[i].instant)
            assert_string_equal(instant_format(instant, text), rows[i].instant);
        else
            assert_int_equal(instant, -1);
    }
    arena_finish(&arena);
}

/* A civil date begins once, whatever the clocks do at 00:00. */
static void civil_dates_begin_once(void **state)
{
    static const struct {
        const char *zone;
        int year, month, day;
        const char *instant;
    } rows[] = {
        {"Asia/Shanghai", 2023, 7, 1, "2023-06-30T16:00:00Z"},
        {"America/Sao_Paulo", 2018, 11, 4, "2018-11-04T03:00:00Z"}, /* 00:00 is skipped */
        {"Atlantic/Azores", 2023, 10, 29, "2023-10-29T00:00:00Z"},  /* 00:00 comes twice */
        {"America/Havana", 2023, 3, 12, "2023-03-12T05:00:00Z"},    /* 00:00 is skipped */
        {"Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z"},     /* the whole day is skipped */
        {"Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[INSTANT_TEXT];
        int64_t day = minutes(rows[i].year, rows[i].month, rows[i].day, 0, 0) / 1440;

        assert_string_equal(instant_format(zone_midnight(load(&arena, rows[i].zone), day), text),
                            rows[i].instant);
    }
    arena_finish(&arena);
}

static int64_t civil_of(const struct tm *local)
{
    return minutes(local->tm_year + 1900, local->tm_mon + 1, local->tm_mday, local->tm_hour,
                   local->tm_min);
}

/* Every half hour of twenty years, and of ten behind the end of the tables, by localtime. */
static void zones_agree_with_the_c_library(void **state)
{
    static const char *const names[] = {"Asia/Shanghai",    "America/New_York", "Europe/Berlin",
                                        "Europe/Dublin",    "Pacific/Auckland", "America/Sao_Paulo",
                                        "Africa/Casablanca"};
    static const struct {
        time_t from, to;
    } spans[] = {{1230768000, 1861920000}, {2556144000, 2871763200}};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct zone *zone = load(&arena, names[i]);

        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        for (size_t s = 0; s < 2; s++)
            for (time_t at = spans[s].from; at < spans[s].to; at += 1800) {
                struct tm local;
                int64_t instant = 0;

                assert_non_null(localtime_r(&at, &local));
                enum zone_answer answer = zone_instant(zone, civil_of(&local), &instant);
                if (answer == ZONE_NEVER || (answer == ZONE_ONE && instant != at * US_PER_S))
                    fail_msg("%s at %lld: answer %d", names[i], (long long)at, (int)answer);
            }
    }
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
    arena_finish(&arena);
}

static void what_is_no_zone_is_refused(void **state)
{
    static const char *const names[] = {
        "",     "Asia/Shanghia", "/etc/localtime", "../zoneinfo/UTC",
        "Asia", "tzdata.zi",     "zone.tab",       "right/UTC"};
    struct arena arena;
    struct zone *zone;
    struct err err;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (zone_load(&zone, &arena, names[i], &err) != STATUS_FATAL)
            fail_msg("\"%s\" was taken", names[i]);
    arena_finish(&arena);
}

static void rules_are_read_strictly(void **state)
{
    static const char *const good[] = {"CST-8",
                                       "EST5EDT,M3.2.0,M11.1.0",
                                       "<+0330>-3:30",
                                       "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                       "IST-1GMT0,M10.5.0,M3.5.0/1",
                                       "AAA3BBB,J60,J300/3:15:30",
                                       "AAA3BBB,59,299"};
    static const char *const bad[] = {"",
                                      "C-8",
                                      "CST",
                                      "CST-8x",
                                      "EST5EDT",
                                      "EST5EDT,M3.2.0",
                                      "EST5EDT,M13.2.0,M11.1.0",
                                      "EST5EDT,M3.6.0,M11.1.0",
                                      "EST5EDT,M3.2.7,M11.1.0",
                                      "EST5EDT,M3.2.0,M11.1.0,",
                                      "<+03-3"};
    struct zone_rule rule;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!zone_rule_parse(&rule, good[i]))
            fail_msg("%s was refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zone_rule_parse(&rule, bad[i]))
            fail_msg("%s was taken", bad[i]);
}

/* J60 is 1 March in every year; 59 counts 29 February. */
static void days_of_the_year_count_leap_days_or_not(void **state)
{
    struct zone_rule julian, counted;
    int64_t march = minutes(2024, 3, 1, 0, 0) * 60 + 5 * 3600; /* 02:00 at -3 */

    (void)state;
    assert_true(zone_rule_parse(&julian, "AAA3BBB,J60,J300"));
    assert_true(zone_rule_parse(&counted, "AAA3BBB,59,299"));
    assert_int_equal(zone_rule_offset(&julian, march - 1), -3 * 3600);
    assert_int_equal(zone_rule_offset(&julian, march), -2 * 3600);
    assert_int_equal(zone_rule_offset(&counted, march - 86400 - 1), -3 * 3600);
    assert_int_equal(zone_rule_offset(&counted, march - 86400), -2 * 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_times_become_instants),
        cmocka_unit_test(civil_dates_begin_once),
        cmocka_unit_test(zones_agree_with_the_c_library),
        cmocka_unit_test(what_is_no_zone_is_refused),
        cmocka_unit_test(rules_are_read_strictly),
        cmocka_unit_test(days_of_the_year_count_leap_days_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
