/* R6, R28 and events.md "Envelope": the forms of strings, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../handlers/forms.h"
#include "../../handlers/instant.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define TEXT(literal) literal, sizeof(literal) - 1

struct row {
    const char *text;
    size_t len;
    bool expected;
};

static void check_rows(bool form(const char *, size_t), const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (form(rows[i].text, rows[i].len) != rows[i].expected)
            fail_msg("row %d, \"%s\": not %d", (int)i, rows[i].text, rows[i].expected);
}

/* RFC 3629's borders. */
static void utf8_is_strict(void **state)
{
    static const struct row rows[] = {
        {TEXT(""), true},
        {TEXT("a\0b"), true},
        {TEXT("\x7F"), true},
        {TEXT("\x80"), false},
        {TEXT("\xBF"), false},
        {TEXT("\xC0\x80"), false},
        {TEXT("\xC1\xBF"), false},
        {TEXT("\xC2\x80"), true},
        {TEXT("\xC2"), false},
        {TEXT("\xC2\x41"), false},
        {TEXT("\xDF\xBF"), true},
        {TEXT("\xE0\x9F\xBF"), false},
        {TEXT("\xE0\xA0\x80"), true},
        {TEXT("\xE4\xBD\xA0\xE5\xA5\xBD"), true},
        {TEXT("\xE4\xBD"), false},
        {TEXT("\xED\x9F\xBF"), true},
        {TEXT("\xED\xA0\x80"), false},
        {TEXT("\xED\xBF\xBF"), false},
        {TEXT("\xEE\x80\x80"), true},
        {TEXT("\xEF\xBF\xBF"), true},
        {TEXT("\xF0\x8F\xBF\xBF"), false},
        {TEXT("\xF0\x90\x80\x80"), true},
        {TEXT("\xF4\x8F\xBF\xBF"), true},
        {TEXT("\xF4\x90\x80\x80"), false},
        {TEXT("\xF5\x80\x80\x80"), false},
        {TEXT("\xF0\x90\x80"), false},
        {TEXT("\xFE"), false},
        {TEXT("\xFF"), false},
        {TEXT("ok\xE2\x82\xACok\xE2\x82"), false},
    };

    (void)state;
    check_rows(form_is_utf8, rows, LENGTH(rows));
}

static void code_points_are_counted(void **state)
{
    (void)state;
    assert_int_equal(form_code_points(TEXT("")), 0);
    assert_int_equal(form_code_points(TEXT("abc")), 3);
    assert_int_equal(form_code_points(TEXT("\xE5\x8F\xA4\xE4\xB8\xBD")), 2);
    assert_int_equal(form_code_points(TEXT("\xF0\x9F\x98\x80z")), 2);
}

static void control_characters_are_found(void **state)
{
    static const struct row rows[] = {
        {TEXT(""), false},
        {TEXT("Guli"), false},
        {TEXT("\xE5\x8F\xA4 \xE2\x80\x8F'\""), false}, /* right-to-left mark, quotes */
        {TEXT("a\tb"), true},
        {TEXT("a\n"), true},
        {TEXT("\0"), true},
        {TEXT("\x1F"), true},
        {TEXT(" "), false},
        {TEXT("~"), false},
        {TEXT("\x7F"), true},
        {TEXT("\xC2\x80"), true},
        {TEXT("\xC2\x9F"), true},
        {TEXT("\xC2\xA0"), false},
        {TEXT("\xC3\x85"), false},
    };

    (void)state;
    check_rows(form_has_control, rows, LENGTH(rows));
}

#define SIXTY_FOUR "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void identifiers_have_64_of_their_characters(void **state)
{
    static const struct row rows[] = {
        {TEXT(""), false},
        {TEXT("a"), true},
        {TEXT("AZaz09._:-"), true},
        {TEXT(SIXTY_FOUR), true},
        {TEXT(SIXTY_FOUR "a"), false},
        {TEXT("a b"), false},
        {TEXT("a/b"), false},
        {TEXT("a@b"), false},
        {TEXT("a[b"), false},
        {TEXT("a`b"), false},
        {TEXT("a{b"), false},
        {TEXT("a\0b"), false},
        {TEXT("\xE4\xBD\xA0"), false},
        {TEXT("a\n"), false},
        {TEXT("a,b"), false},
        {TEXT("a;b"), false},
    };

    (void)state;
    check_rows(form_is_identifier, rows, LENGTH(rows));
}

static void r6_mobile_is_e164_or_eleven_digits(void **state)
{
    static const struct row rows[] = {
        {TEXT("13812345678"), true},
        {TEXT("00000000000"), true},
        {TEXT("1381234567"), false},
        {TEXT("138123456789"), false},
        {TEXT("1381234567a"), false},
        {TEXT("+8613812345678"), true},
        {TEXT("+1234567"), true},
        {TEXT("+123456"), false},
        {TEXT("+123456789012345"), true},
        {TEXT("+1234567890123456"), false},
        {TEXT("+0123456789"), false},
        {TEXT("+86 13812345678"), false},
        {TEXT("++8613812345678"), false},
        {TEXT("+"), false},
        {TEXT(""), false},
        {TEXT("\xEF\xBC\x91\x33\x38\x31\x32\x33\x34\x35\x36"), false}, /* full-width 1 */
        {TEXT("1381234567\0"), false},
    };

    (void)state;
    check_rows(form_is_mobile, rows, LENGTH(rows));
}

/* Check digits by GB 11643's own example (11010519491231002X) and by Python. */
static void r6_id_number_has_a_date_and_a_check_digit(void **state)
{
    static const struct row rows[] = {
        {TEXT("11010519491231002X"), true},
        {TEXT("11010519491231002x"), true},
        {TEXT("110105194912310021"), false},
        {TEXT("440524188001010014"), false}, /* the check digit holds, the year does not */
        {TEXT("650102199001011239"), true},
        {TEXT("650102199001011238"), false},
        {TEXT("65010219900101123"), false},
        {TEXT("6501021990010112399"), false},
        {TEXT("650102900101123"), false}, /* 15 digits */
        {TEXT("650102199002301230"), false},
        {TEXT("650102199013011230"), false},
        {TEXT("650102199000011230"), false},
        {TEXT("X50102199001011239"), false},
        {TEXT("650102199001011\0"
              "39"),
         false},
        {TEXT(""), false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (form_is_id_number(rows[i].text, rows[i].len, INT64_MAX) != rows[i].expected)
            fail_msg("row %d, \"%s\": not %d", (int)i, rows[i].text, rows[i].expected);
}

/* The check digit of the first 17, by the standard's weights as powers of two modulo 11. */
static char check_digit(const char *digits)
{
    int sum = 0;

    for (int i = 0; i < 17; i++) {
        int weight = 1;

        for (int power = 0; power < 17 - i; power++)
            weight = weight * 2 % 11;
        sum += (digits[i] - '0') * weight;
    }
    int rest = (12 - sum % 11) % 11;
    return (char)(rest == 10 ? 'X' : '0' + rest);
}

static void r6_exactly_one_check_digit_fits(void **state)
{
    (void)state;
    for (int n = 0; n < 1000; n++) {
        char text[19] = "650102199001010000";

        text[14] = (char)('0' + n / 100);
        text[15] = (char)('0' + n / 10 % 10);
        text[16] = (char)('0' + n % 10);
        for (const char *last = "0123456789X"; *last; last++) {
            text[17] = *last;
            assert_int_equal(form_is_id_number(text, 18, INT64_MAX), *last == check_digit(text));
        }
    }
}

static void r6_id_number_dates_from_1900_to_the_day(void **state)
{
    static const struct {
        const char *date;
        bool expected;
    } rows[] = {
        {"18991231", false}, {"19000101", true},  {"19000229", false}, {"20000229", true},
        {"20230610", true},  {"20230611", false}, {"20240101", false}, {"19900431", false},
    };
    int64_t day;

    (void)state;
    assert_true(instant_days_from_date(2023, 6, 10, &day));
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[19] = "650102199001010010";

        memcpy(text + 6, rows[i].date, 8);
        text[17] = check_digit(text);
        if (form_is_id_number(text, 18, day) != rows[i].expected)
            fail_msg("%s: not %d", text, rows[i].expected);
    }
}

static void r6_photo_digest_is_64_hexadecimal_digits(void **state)
{
    static const struct row rows[] = {
        {TEXT(SIXTY_FOUR), true},
        {TEXT(SIXTY_FOUR "0"), false},
        {TEXT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"), false},
        {TEXT("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"), true},
        {TEXT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde@"), false},
        {TEXT("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\x11"), false},
        {TEXT("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), false},
    };

    (void)state;
    check_rows(form_is_digest, rows, LENGTH(rows));
}

static void r28_what_must_not_travel(void **state)
{
    static const struct row rows[] = {
        {TEXT("11010519491231002X"), true},    {TEXT("11010519491231002x"), true},
        {TEXT("110105194912310021"), false},   {TEXT("13812345678"), true},
        {TEXT("19999999999"), true},           {TEXT("23812345678"), false},
        {TEXT("1381234567"), false},           {TEXT("138123456789"), false},
        {TEXT("1381234567a"), false},          {TEXT("t-13812345678"), false},
        {TEXT("65010000000000000001"), false}, /* a payment code */
    };
    static const struct row with_plus[] = {
        {TEXT("+8613812345678"), true},   {TEXT("+1234567"), true},
        {TEXT("+0234567"), true},         {TEXT("+123456"), false},
        {TEXT("+123456789012345"), true}, {TEXT("+1234567890123456"), false},
        {TEXT("+86138123456a8"), false},
    };

    (void)state;
    check_rows(form_is_secret, rows, LENGTH(rows));
    check_rows(form_is_secret_id, rows, LENGTH(rows));
    check_rows(form_is_secret, with_plus, LENGTH(with_plus));
}

static void r2_hours_are_tenths_exactly(void **state)
{
    static const struct {
        const char *text;
        int64_t tenths; /* -1: refused */
    } rows[] = {
        {"60", 600},
        {"7.5", 75},
        {"7.50", 75},
        {"7.500000", 75},
        {"0.1", 1},
        {"0.10", 1},
        {"0.05", -1},
        {"0.15", -1},
        {"200", 2000},
        {"200.0", 2000},
        {"200.1", -1},
        {"201", -1},
        {"0", -1},
        {"0.0", -1},
        {"-1", -1},
        {"-0.5", -1},
        {"1e0", 10},
        {"1e1", 100},
        {"1E2", 1000},
        {"2e2", 2000},
        {"2.1e2", -1},
        {"75e-1", 75},
        {"750e-2", 75},
        {"755e-2", -1},
        {"0.00075e4", 75},
        {"1e-1", 1},
        {"1e-2", -1},
        {"1e3", -1},
        {"1e400", -1},
        {"1e-400", -1},
        {"0e5", -1},
        {"7.4999999999999999999", -1},
        {"20000000000000000000000e-20", 2000},
        {"7.50000000000000000000000000000001", -1},
        {"1e99999999999999999999", -1},
        {"1e+1", 100},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t tenths = -1;
        bool taken = form_parse_hours(rows[i].text, strlen(rows[i].text), &tenths);

        if (taken != (rows[i].tenths >= 0) || tenths != rows[i].tenths)
            fail_msg("%s: %d, %d", rows[i].text, taken, (int)tenths);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(code_points_are_counted),
        cmocka_unit_test(control_characters_are_found),
        cmocka_unit_test(identifiers_have_64_of_their_characters),
        cmocka_unit_test(r6_mobile_is_e164_or_eleven_digits),
        cmocka_unit_test(r6_id_number_has_a_date_and_a_check_digit),
        cmocka_unit_test(r6_exactly_one_check_digit_fits),
        cmocka_unit_test(r6_id_number_dates_from_1900_to_the_day),
        cmocka_unit_test(r6_photo_digest_is_64_hexadecimal_digits),
        cmocka_unit_test(r28_what_must_not_travel),
        cmocka_unit_test(r2_hours_are_tenths_exactly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
