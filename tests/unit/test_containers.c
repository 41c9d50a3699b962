/* What the rules are written with: arena, map, growing text, the error's words, topics and places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../handlers/arena.h"
#include "../../handlers/effect.h"
#include "../../handlers/err.h"
#include "../../handlers/event.h"
#include "../../handlers/map.h"
#include "../../handlers/text.h"
#include "../../handlers/world.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))

static void arena_gives_zeroed_aligned_memory_of_any_size(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 16, 1000, 16 * 1024, 100000, 5 * 1024 * 1024, 3};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LENGTH(sizes); i++) {
            unsigned char *at = arena_alloc(&arena, sizes[i]);

            assert_non_null(at);
            assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(at[j], 0);
            memset(at, 0xA5, sizes[i]);
        }
        arena_reset(&arena);
        assert_int_equal(arena.total, 0);
    }
    arena_finish(&arena);
    arena_reset(&arena); /* an empty one, too */
    arena_finish(&arena);
}

static void arena_copies_what_it_is_given(void **state)
{
    struct arena arena = {0};

    (void)state;
    assert_string_equal(arena_strdup(&arena, "abc"), "abc");
    assert_null(arena_strdup(&arena, NULL));
    assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&arena, "abcdef", 0), "");
    assert_memory_equal(arena_copy(&arena, "a\0c", 4), "a\0c", 4);
    arena_finish(&arena);
}

static void arena_grows_arrays_and_keeps_their_items(void **state)
{
    struct arena arena = {0};
    int64_t *items = NULL;
    size_t cap = 0;

    (void)state;
    for (size_t i = 0; i < 5000; i++) {
        items = arena_grow(&arena, items, i, i + 1, &cap, sizeof *items);
        assert_true(cap > i);
        assert_int_equal(items[i], 0);
        items[i] = (int64_t)i * 3;
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(items[i], i * 3);
    arena_finish(&arena);
}

static void map_finds_what_was_put(void **state)
{
    struct arena arena = {0};
    struct map map;
    int values[3000];

    (void)state;
    map_init(&map, &arena);
    assert_null(map_get_string(&map, "0"));
    for (int i = 0; i < 3000; i++)
        map_put_string(&map, text_from_int(&arena, i), &values[i]);
    assert_int_equal(map.count, 3000);
    for (int i = 0; i < 3000; i++)
        assert_ptr_equal(map_get_string(&map, text_from_int(&arena, i)), &values[i]);
    assert_null(map_get_string(&map, "3000"));
    map_put_string(&map, "7", &values[0]);
    assert_ptr_equal(map_get_string(&map, "7"), &values[0]);
    assert_int_equal(map.count, 3000);
    arena_finish(&arena);
}

static void map_keys_are_bytes_of_their_length(void **state)
{
    struct arena arena = {0};
    struct map map;
    int first, second, third;

    (void)state;
    map_init(&map, &arena);
    map_put(&map, "a\0b", 3, &first);
    map_put(&map, "a\0c", 3, &second);
    map_put(&map, "a", 1, &third);
    assert_ptr_equal(map_get(&map, "a\0b", 3), &first);
    assert_ptr_equal(map_get(&map, "a\0c", 3), &second);
    assert_ptr_equal(map_get(&map, "a\0", 1), &third);
    assert_null(map_get(&map, "a\0", 2));
    arena_finish(&arena);
}

static void text_grows_by_parts(void **state)
{
    static const struct {
        int64_t tenths;
        const char *expected;
    } rows[] = {{0, "0"}, {1, "0.1"}, {10, "1"}, {75, "7.5"}, {600, "60"}, {1999, "199.9"}};
    struct arena arena = {0};
    struct text text;

    (void)state;
    text_init(&text, &arena);
    assert_string_equal(text_string(&text), "");
    text_add(&text, "a");
    text_add_bytes(&text, "\0b", 2);
    text_add_int(&text, -7);
    assert_int_equal(text.len, 5);
    assert_memory_equal(text.at, "a\0b-7", 6);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        text_init(&text, &arena);
        text_add_tenths(&text, rows[i].tenths);
        assert_string_equal(text_string(&text), rows[i].expected);
    }
    assert_string_equal(text_from_int(&arena, INT64_MIN), "-9223372036854775808");
    assert_string_equal(text_from_int(&arena, INT64_MAX), "9223372036854775807");
    assert_string_equal(text_join(&arena, "a", NULL), "a");
    assert_string_equal(text_join(&arena, "a", "", "b", NULL), "a\n\nb");
    arena_finish(&arena);
}

static void err_cuts_a_long_message_between_characters(void **state)
{
    char first[sizeof((struct err *)0)->message];
    struct err err;

    (void)state;
    assert_int_equal(err_reject(&err, REASON_CONFLICT, "a ", "b", NULL), STATUS_REJECT);
    assert_string_equal(err.message, "a b");
    assert_string_equal(reason_name(err.reason), "conflict");
    assert_int_equal(err_set(&err, STATUS_RETRY, "it: ", err.message, NULL), STATUS_RETRY);
    assert_string_equal(err.message, "it: a b");
    assert_int_equal(err.reason, REASON_NONE);
    for (size_t len = sizeof first - 5; len < sizeof first; len++) {
        memset(first, 'x', len);
        first[len] = '\0';
        assert_int_equal(err_set(&err, STATUS_FATAL, first, "\xE4\xBD\xA0", NULL), STATUS_FATAL);
        bool fits = len + 3 < sizeof err.message;
        assert_int_equal(strlen(err.message), fits ? len + 3 : len);
    }
}

static void names_are_the_contracts(void **state)
{
    (void)state;
    assert_int_equal(topic_from_name("xueshi.watch-time"), TOPIC_WATCH_TIME);
    assert_int_equal(topic_from_name("xueshi.watch"), TOPICS);
    assert_string_equal(topic_name(TOPIC_DEAD_LETTER), "xueshi.dead-letter");
    assert_int_equal(event_type_from_name("xueshi.clock.ticked.v1"), EVENT_CLOCK_TICKED);
    assert_int_equal(event_type_from_name("xueshi.clock.ticked.v2"), EVENT_TYPES);
    assert_int_equal(event_type_from_name("xueshi.certificate.issued.v1"), EVENT_TYPES);
    for (int type = 0; type < EVENT_TYPES; type++)
        assert_int_equal(event_type_from_name(event_kinds[type].name), type);
    assert_string_equal(outcome_name(OUTCOME_DUPLICATE), "duplicate");
    assert_null(owed_name(OWED_NOTHING));
    assert_string_equal(missing_name(MISSING_REINSTATEMENT), "reinstatement");
}

static void places_are_in_topic_partition_offset_order(void **state)
{
    static const struct place rows[] = {
        {TOPIC_ENROLLMENT, 0, 5},   {TOPIC_ENROLLMENT, 1, 0}, {TOPIC_PAYMENT, 0, 0},
        {TOPIC_WATCH_TIME, 0, 7},   {TOPIC_WATCH_TIME, 0, 8}, {TOPIC_EXAM, 0, 0},
        {TOPIC_EXAM, 0, INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        for (size_t j = 0; j < LENGTH(rows); j++) {
            int order = place_compare(&rows[i], &rows[j]);

            assert_int_equal(order > 0, i > j);
            assert_int_equal(order < 0, i < j);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory_of_any_size),
        cmocka_unit_test(arena_copies_what_it_is_given),
        cmocka_unit_test(arena_grows_arrays_and_keeps_their_items),
        cmocka_unit_test(map_finds_what_was_put),
        cmocka_unit_test(map_keys_are_bytes_of_their_length),
        cmocka_unit_test(text_grows_by_parts),
        cmocka_unit_test(err_cuts_a_long_message_between_characters),
        cmocka_unit_test(names_are_the_contracts),
        cmocka_unit_test(places_are_in_topic_partition_offset_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
