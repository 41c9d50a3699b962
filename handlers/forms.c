/* The forms of strings on the wire. */
#include "forms.h"

#include <string.h>

#include "instant.h"

/* Length of the valid sequence at the front, 0 if there is none. */
static size_t utf8_sequence(const unsigned char *at, size_t len)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte; of the second */
        size_t len;
    } forms[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (at[0] < forms[i].first || at[0] > forms[i].last)
            continue;
        if (len < forms[i].len)
            return 0;
        for (size_t j = 1; j < forms[i].len; j++) {
            unsigned char low = j == 1 ? forms[i].low : 0x80, high = j == 1 ? forms[i].high : 0xBF;

            if (at[j] < low || at[j] > high)
                return 0;
        }
        return forms[i].len;
    }
    return 0;
}

bool form_is_utf8(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + len;

    while (at < end) {
        size_t step = *at < 0x80 ? 1 : utf8_sequence(at, (size_t)(end - at));

        if (!step)
            return false;
        at += step;
    }
    return true;
}

size_t form_code_points(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            count++;
    return count;
}

bool form_has_control(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte < 0x20 || byte == 0x7F)
            return true;
        if (byte == 0xC2 && i + 1 < len && (unsigned char)text[i + 1] < 0xA0) /* U+0080..U+009F */
            return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

bool form_is_identifier(const char *text, size_t len)
{
    if (len < 1 || len > 64)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (!is_digit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '.' &&
            c != '_' && c != ':' && c != '-')
            return false;
    }
    return true;
}

bool form_is_mobile(const char *text, size_t len)
{
    if (len == 11 && all_digits(text, len))
        return true;
    return len >= 8 && len <= 16 && text[0] == '+' && text[1] >= '1' && text[1] <= '9' &&
           all_digits(text + 2, len - 2);
}

static int digits_value(const char *text, size_t len)
{
    int value = 0;

    for (size_t i = 0; i < len; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

#define ID_NUMBER_LEN 18

static bool id_check_digit_fits(const char *text)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < ID_NUMBER_LEN - 1; i++)
        sum += (text[i] - '0') * weights[i];
    char last = text[ID_NUMBER_LEN - 1];
    return "10X98765432"[sum % 11] == (last == 'x' ? 'X' : last);
}

bool form_is_id_number(const char *text, size_t len, int64_t last_day)
{
    int64_t day;

    if (len != ID_NUMBER_LEN || !all_digits(text, len - 1))
        return false;
    if (!is_digit(text[len - 1]) && text[len - 1] != 'X' && text[len - 1] != 'x')
        return false;
    int year = digits_value(text + 6, 4);
    return year >= 1900 &&
           instant_days_from_date(year, digits_value(text + 10, 2), digits_value(text + 12, 2),
                                  &day) &&
           day <= last_day && id_check_digit_fits(text);
}

bool form_is_digest(const char *text, size_t len)
{
    if (len != 64)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_digit(text[i]) && !((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'f'))
            return false;
    return true;
}

bool form_is_secret_id(const char *text, size_t len)
{
    if (len == 11 && text[0] == '1' && all_digits(text, len))
        return true;
    return form_is_id_number(text, len, INT64_MAX);
}

bool form_is_secret(const char *text, size_t len)
{
    if (len >= 8 && len <= 16 && text[0] == '+' && all_digits(text + 1, len - 1))
        return true;
    return form_is_secret_id(text, len);
}

#define HOURS_MAX_TENTHS 2000

/* A JSON number as digits times a power of ten, trailing zeros folded into the power. */
struct decimal {
    bool negative;
    uint64_t digits;
    int64_t power;
};

static bool add_digit(struct decimal *decimal, char c)
{
    if (decimal->digits > (UINT64_MAX - 9) / 10)
        return c == '0' && ++decimal->power; /* beyond 19 digits only zeros keep it exact */
    decimal->digits = decimal->digits * 10 + (uint64_t)(c - '0');
    return true;
}

static bool read_power(const char *at, const char *end, struct decimal *decimal)
{
    bool negative = at < end && *at == '-';
    int64_t power = 0;

    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end; at++)
        if (power < 1000000)
            power = power * 10 + (*at - '0');
    decimal->power += negative ? -power : power;
    return true;
}

static bool read_decimal(const char *text, size_t len, struct decimal *decimal)
{
    const char *at = text, *end = text + len;
    bool behind_point = false;

    *decimal = (struct decimal){.negative = len && *at == '-'};
    for (at += decimal->negative; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        if (!add_digit(decimal, *at))
            return false;
        if (behind_point)
            decimal->power--;
    }
    return at == end || read_power(at + 1, end, decimal);
}

bool form_parse_hours(const char *text, size_t len, int64_t *tenths)
{
    struct decimal decimal;

    if (!read_decimal(text, len, &decimal) || decimal.negative || !decimal.digits)
        return false;
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.power++;
    }
    if (decimal.power < -1 || decimal.power > 3 || decimal.digits > HOURS_MAX_TENTHS)
        return false;
    for (; decimal.power > -1; decimal.power--)
        decimal.digits *= 10;
    if (decimal.digits > HOURS_MAX_TENTHS)
        return false;
    *tenths = (int64_t)decimal.digits;
    return true;
}
