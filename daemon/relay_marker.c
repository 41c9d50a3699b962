/* The marker as JSON. */
#include "relay_marker.h"

#include <jansson.h>
#include <string.h>

#include "../handlers/text.h"
#include "crypto.h"

/* Far more than one transaction carries: a limit for what others may have written. */
#define NUMBERS_MAX 1000000

#define STAMPS_HEX 64

static void add_range(struct text *text, int64_t from, int64_t to)
{
    text_add(text, text->at[text->len - 1] == '[' ? "{\"from\":" : ",{\"from\":");
    text_add_int(text, from);
    text_add(text, ",\"to\":");
    text_add_int(text, to);
    text_add(text, "}");
}

struct bytes relay_marker_encode(struct arena *arena, const struct relay_marker *marker)
{
    struct text text;
    char stamps[STAMPS_HEX + 1];
    size_t first = 0;

    text_init(&text, arena);
    text_add(&text, "{\"transaction\":");
    text_add_int(&text, marker->transaction);
    text_add(&text, ",\"epoch\":");
    text_add_int(&text, marker->epoch);
    text_add(&text, ",\"entries\":[");
    for (size_t i = 1; i <= marker->count; i++) {
        if (i < marker->count && marker->numbers[i] == marker->numbers[i - 1] + 1)
            continue;
        add_range(&text, marker->numbers[first], marker->numbers[i - 1]);
        first = i;
    }
    text_add(&text, "],\"stamps\":\"");
    crypto_hex(marker->stamps, sizeof marker->stamps, stamps);
    text_add(&text, stamps);
    text_add(&text, "\"}");
    return (struct bytes){.at = text.at, .len = text.len};
}

/* The ranges' numbers, which must ascend. */
static bool read_numbers(struct arena *arena, json_t *entries, struct relay_marker *out)
{
    json_int_t from, to, last = INT64_MIN;
    size_t index, cap = 0;
    json_t *range;

    json_array_foreach (entries, index, range) {
        if (json_unpack(range, "{sIsI!}", "from", &from, "to", &to) != 0)
            return false;
        if (from <= last || to < from || (uint64_t)to - (uint64_t)from >= NUMBERS_MAX - out->count)
            return false;
        out->numbers = arena_grow(arena, out->numbers, out->count,
                                  out->count + (size_t)(to - from) + 1, &cap, sizeof *out->numbers);
        for (json_int_t i = 0; i <= to - from; i++)
            out->numbers[out->count++] = from + i;
        last = to;
    }
    return out->count > 0;
}

static bool read_stamps(const char *hex, uint8_t out[32])
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(hex) != STAMPS_HEX || strspn(hex, digits) != STAMPS_HEX)
        return false;
    for (size_t i = 0; i < STAMPS_HEX / 2; i++)
        out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) * 16 +
                           (strchr(digits, hex[2 * i + 1]) - digits));
    return true;
}

static bool read_members(struct arena *arena, json_t *object, struct relay_marker *out)
{
    json_int_t transaction, epoch;
    json_t *entries;
    const char *stamps;

    if (json_unpack(object, "{sIsIsoss!}", "transaction", &transaction, "epoch", &epoch, "entries",
                    &entries, "stamps", &stamps) != 0)
        return false;
    out->transaction = transaction;
    out->epoch = epoch;
    return transaction > 0 && json_is_array(entries) && read_numbers(arena, entries, out) &&
           read_stamps(stamps, out->stamps);
}

enum status relay_marker_decode(struct arena *arena, struct bytes value, struct relay_marker *out,
                                struct err *err)
{
    json_t *object = json_loadb(value.at ? value.at : "", value.len, JSON_REJECT_DUPLICATES, NULL);
    bool valid;

    *out = (struct relay_marker){0};
    valid = object && read_members(arena, object, out);
    json_decref(object);
    if (valid)
        return STATUS_OK;
    return err_set(err, STATUS_FATAL,
                   "the last record on xueshi.relay is not the relay's: find out who writes there",
                   NULL);
}
