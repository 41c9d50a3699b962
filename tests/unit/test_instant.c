/* Instants (fold.md section 2): what is one, to the microsecond, and how they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../handlers/instant.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define LAST_US       INT64_C(253402300799999999) /* of the year 9999 */

static void instants_are_read_to_the_microsecond(void **state)
{
    static const struct {
        const char *text;
        int64_t expected;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01t00:00:01z", 1000000},
        {"1970-01-01T08:00:00+08:00", 0},
        {"1969-12-31T16:00:00-08:00", 0},
        {"1970-01-01T00:00:00-00:00", 0},
        {"2023-06-15T10:00:00+08:00", INT64_C(1686794400000000)},
        {"2023-08-15T19:30:00+08:00", INT64_C(1692099000000000)},
        {"2023-06-15T02:00:00.5Z", INT64_C(1686794400500000)},
        {"2023-06-15T02:00:00.1234567Z", INT64_C(1686794400123456)},
        {"2023-06-15T02:00:00.123456999Z", INT64_C(1686794400123456)},
        {"2023-06-15T02:00:00.9999999999999999999999Z", INT64_C(1686794400999999)},
        {"2023-06-15T02:00:00.0000009Z", INT64_C(1686794400000000)},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000)},
        {"2000-02-29T23:59:59Z", INT64_C(951868799000000)},
        {"2023-06-15T23:59:59+23:59", INT64_C(1686787259000000)},
        {"9999-12-31T23:59:59.999999Z", LAST_US},
        {"9999-12-31T23:59:59.999999+00:00", LAST_US},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t instant = -1;

        if (!instant_parse(rows[i].text, strlen(rows[i].text), &instant) ||
            instant != rows[i].expected)
            fail_msg("%s: %lld", rows[i].text, (long long)instant);
    }
}

static void other_texts_are_no_instants(void **state)
{
    static const char *const rows[] = {
        "",
        "2023",
        "2023-06-15",
        "2023-06-15T10:00:00",
        "2023-06-15T10:00:00+8:00",
        "2023-06-15T10:00:00+0800",
        "2023-06-15T10:00:00+08",
        "2023-06-15T10:00:00+24:00",
        "2023-06-15T10:00:00+08:60",
        "2023-06-15T10:00:00 +08:00",
        "2023-06-15 10:00:00Z",
        "2023-06-15T10:00Z",
        "2023-06-15T10:00:60Z",
        "2016-12-31T23:59:60Z",
        "2023-06-15T10:60:00Z",
        "2023-06-15T24:00:00Z",
        "2023-06-15T10:00:00.Z",
        "2023-06-15T10:00:00,5Z",
        "2023-06-15T10:00:00ZZ",
        "2023-06-15T10:00:00Z ",
        " 2023-06-15T10:00:00Z",
        "2023-6-15T10:00:00Z",
        "2023-06-31T10:00:00Z",
        "2023-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z",
        "2023-13-01T10:00:00Z",
        "2023-00-01T10:00:00Z",
        "2023-06-00T10:00:00Z",
        "+2023-06-15T10:00:00Z",
        "12023-06-15T10:00:00Z",
        "-023-06-15T10:00:00Z",
        "0000-06-15T10:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T07:59:59+08:00",
        "9999-12-31T23:59:59-00:01",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t instant = 42;

        if (instant_parse(rows[i], strlen(rows[i]), &instant) || instant != 42)
            fail_msg("\"%s\" was taken", rows[i]);
    }
}

static void nul_ends_no_instant(void **state)
{
    static const char text[] = "2023-06-15T10:00:00Z\0";
    int64_t instant;

    (void)state;
    assert_false(instant_parse(text, sizeof text - 1, &instant));
    assert_false(instant_parse("2023-06-15\0"
                               "10:00:00Z",
                               20, &instant));
    assert_true(instant_parse(text, 20, &instant));
}

static void instants_are_written_as_published(void **state)
{
    static const struct {
        int64_t instant;
        const char *published, *dumped;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001Z"},
        {INT64_C(1688176984500000), "2023-07-01T02:03:04.5Z", "2023-07-01T02:03:04.500000Z"},
        {INT64_C(1688176984000100), "2023-07-01T02:03:04.0001Z", "2023-07-01T02:03:04.000100Z"},
        {LAST_US, "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    };
    char text[INSTANT_TEXT];

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_string_equal(instant_format(rows[i].instant, text), rows[i].published);
        assert_string_equal(instant_format_full(rows[i].instant, text), rows[i].dumped);
    }
}

/* Every day from 1900 to 2400: the date and the count go to and fro, and follow each other. */
static void dates_and_days_are_each_others_reverse(void **state)
{
    int64_t first, last, again;
    int year, month, day, before = 0;

    (void)state;
    assert_true(instant_days_from_date(1900, 1, 1, &first));
    assert_true(instant_days_from_date(2400, 12, 31, &last));
    assert_int_equal(first, -25567);
    assert_int_equal(last - first + 1, 501 * 365 + 122); /* 122 leap years */
    for (int64_t days = first; days <= last; days++) {
        instant_date_from_days(days, &year, &month, &day);
        assert_true(instant_days_from_date(year, month, day, &again));
        assert_true(again == days);
        assert_true((year * 100 + month) * 100 + day > before);
        before = (year * 100 + month) * 100 + day;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read_to_the_microsecond),
        cmocka_unit_test(other_texts_are_no_instants),
        cmocka_unit_test(nul_ends_no_instant),
        cmocka_unit_test(instants_are_written_as_published),
        cmocka_unit_test(dates_and_days_are_each_others_reverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
