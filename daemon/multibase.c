/* base58btc and base64url. */
#include "multibase.h"

#include <stdlib.h>

#define BASE58 "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

void multibase_add_base58(struct text *out, const uint8_t *bytes, size_t len)
{
    uint8_t digits[MULTIBASE_MAX * 3 / 2]; /* least first; log 256 / log 58 is below 1.37 */
    size_t count = 0, zeros = 0;

    if (len > MULTIBASE_MAX)
        abort();
    while (zeros < len && bytes[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < len; i++) {
        unsigned carry = bytes[i];

        for (size_t k = 0; k < count; k++) {
            carry += digits[k] * 256u;
            digits[k] = (uint8_t)(carry % 58);
            carry /= 58;
        }
        for (; carry; carry /= 58)
            digits[count++] = (uint8_t)(carry % 58);
    }
    text_add(out, "z");
    for (size_t i = 0; i < zeros; i++)
        text_add(out, "1");
    while (count)
        text_add_bytes(out, &BASE58[digits[--count]], 1);
}

void multibase_add_base64url(struct text *out, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)at[i] << 16;

        if (left > 1)
            group |= (uint32_t)at[i + 1] << 8;
        if (left > 2)
            group |= at[i + 2];
        for (size_t k = 0; k <= left; k++)
            text_add_bytes(out, &BASE64[group >> (18 - 6 * k) & 63], 1);
    }
}
