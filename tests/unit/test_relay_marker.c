/* The relay's marker: ranges without gaps out, the same numbers in, and nothing else taken for one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/relay_marker.h"

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){.at = text, .len = strlen(text)};
}

static void numbers_become_ranges_without_gaps(void **state)
{
    int64_t numbers[] = {3, 4, 5, 7, 9, 10, INT64_MAX - 1, INT64_MAX};
    struct relay_marker marker = {.transaction = 12, .epoch = 3, .numbers = numbers, .count = 8};
    struct relay_marker read;
    struct arena arena;
    struct bytes value;
    struct err err;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof marker.stamps; i++)
        marker.stamps[i] = (uint8_t)i;
    value = relay_marker_encode(&arena, &marker);
    assert_string_equal(value.at,
                        "{\"transaction\":12,\"epoch\":3,\"entries\":[{\"from\":3,\"to\":5},"
                        "{\"from\":7,\"to\":7},{\"from\":9,\"to\":10},"
                        "{\"from\":9223372036854775806,\"to\":9223372036854775807}],"
                        "\"stamps\":\"" HEX "\"}");
    assert_int_equal(value.len, strlen(value.at));
    assert_int_equal(relay_marker_decode(&arena, value, &read, &err), STATUS_OK);
    assert_int_equal(read.transaction, 12);
    assert_int_equal(read.epoch, 3);
    assert_int_equal(read.count, 8);
    assert_memory_equal(read.numbers, numbers, sizeof numbers);
    assert_memory_equal(read.stamps, marker.stamps, sizeof read.stamps);
    arena_finish(&arena);
}

static void what_is_no_marker_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"transaction\":0,\"epoch\":1,\"entries\":[{\"from\":1,\"to\":1}],\"stamps\":\"" HEX
        "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[],\"stamps\":\"" HEX "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":{},\"stamps\":\"" HEX "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":2,\"to\":1}],\"stamps\":\"" HEX
        "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":1}],\"stamps\":\"" HEX "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":1,\"to\":1}],\"stamps\":\"00\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":1,\"to\":1}]}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":2,\"to\":3},{\"from\":3,\"to\":4}],"
        "\"stamps\":\"" HEX "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":1,\"to\":9223372036854775807}],"
        "\"stamps\":\"" HEX "\"}",
        "{\"transaction\":1,\"epoch\":1,\"entries\":[{\"from\":1,\"to\":1}],\"stamps\":\"" HEX
        "\",\"more\":1}",
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct relay_marker marker;
        struct err err = {0};

        assert_int_equal(relay_marker_decode(&arena, bytes_of(texts[i]), &marker, &err),
                         STATUS_FATAL);
        assert_non_null(strstr(err.message, "xueshi.relay"));
    }
    arena_finish(&arena);
}

static void the_null_value_is_no_marker(void **state)
{
    struct relay_marker marker;
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena);
    assert_int_equal(relay_marker_decode(&arena, (struct bytes){0}, &marker, &err), STATUS_FATAL);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_become_ranges_without_gaps),
        cmocka_unit_test(what_is_no_marker_is_refused),
        cmocka_unit_test(the_null_value_is_no_marker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
