/* R17.1 and R17.3 rest on interval sets: union, overlap, and the form in which they are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../handlers/intervals.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))

struct span {
    int64_t from, to;
};

static void assert_is_sorted_and_apart(const struct intervals *set)
{
    int64_t total = 0;

    for (size_t i = 0; i < set->count; i++) {
        assert_true(set->at[i].from < set->at[i].to);
        assert_true(i == 0 || set->at[i - 1].to < set->at[i].from);
        total += set->at[i].to - set->at[i].from;
    }
    assert_true(set->total == total);
}

static void r17_1_adding_gives_the_union(void **state)
{
    static const struct {
        const char *name;
        struct span add;
        int64_t gained;
        struct span expected[4];
    } rows[] = {
        {"into nothing", {10, 20}, 10, {{10, 20}}},
        {"again", {10, 20}, 0, {{10, 20}}},
        {"inside", {12, 18}, 0, {{10, 20}}},
        {"empty", {5, 5}, 0, {{10, 20}}},
        {"backwards", {30, 25}, 0, {{10, 20}}},
        {"behind, apart", {30, 40}, 10, {{10, 20}, {30, 40}}},
        {"before, apart", {0, 5}, 5, {{0, 5}, {10, 20}, {30, 40}}},
        {"touching behind", {40, 41}, 1, {{0, 5}, {10, 20}, {30, 41}}},
        {"touching before", {9, 10}, 1, {{0, 5}, {9, 20}, {30, 41}}},
        {"overlapping before", {7, 12}, 2, {{0, 5}, {7, 20}, {30, 41}}},
        {"overlapping behind", {18, 22}, 2, {{0, 5}, {7, 22}, {30, 41}}},
        {"closing a gap exactly", {5, 7}, 2, {{0, 22}, {30, 41}}},
        {"over all", {-10, 50}, 27, {{-10, 50}}},
    };
    struct arena arena = {0};
    struct intervals set = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t gained = intervals_add(&set, &arena, rows[i].add.from, rows[i].add.to);
        size_t count = 0;

        while (count < 4 && rows[i].expected[count].to)
            count++;
        if (gained != rows[i].gained || set.count != count)
            fail_msg("%s: gained %d, %d intervals", rows[i].name, (int)gained, (int)set.count);
        for (size_t j = 0; j < count; j++)
            if (set.at[j].from != rows[i].expected[j].from ||
                set.at[j].to != rows[i].expected[j].to)
                fail_msg("%s: interval %d", rows[i].name, (int)j);
        assert_is_sorted_and_apart(&set);
    }
    arena_finish(&arena);
}

#define CELLS 200

/* The next number of a fixed sequence, below `limit`. */
static int64_t next_random(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

static int64_t count_cells(const bool cells[CELLS], int64_t from, int64_t to)
{
    int64_t count = 0;

    for (int64_t i = from; i < to; i++)
        count += cells[i];
    return count;
}

/* Against the plainest model: a row of cells. */
static void r17_1_any_sequence_is_the_union(void **state)
{
    uint64_t seed = 17;

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct arena arena = {0};
        struct intervals set = {0};
        bool cells[CELLS] = {false};

        for (int i = 0; i < 40; i++) {
            int64_t from = next_random(&seed, CELLS), to = from + next_random(&seed, 20);

            if (to > CELLS)
                to = CELLS;
            int64_t before = count_cells(cells, 0, CELLS);
            assert_true(intervals_overlap(&set, from, to) == count_cells(cells, from, to));
            for (int64_t cell = from; cell < to; cell++)
                cells[cell] = true;
            assert_true(intervals_add(&set, &arena, from, to) ==
                        count_cells(cells, 0, CELLS) - before);
            assert_is_sorted_and_apart(&set);
            assert_true(set.total == count_cells(cells, 0, CELLS));
        }
        arena_finish(&arena);
    }
}

static void overlap_is_half_open(void **state)
{
    static const struct {
        struct span span;
        int64_t expected;
    } rows[] = {
        {{0, 10}, 0},   {{0, 11}, 1},   {{19, 30}, 1}, {{20, 30}, 0}, {{12, 14}, 2},
        {{0, 100}, 20}, {{15, 35}, 10}, {{20, 30}, 0}, {{15, 15}, 0}, {{40, 90}, 0},
    };
    struct arena arena = {0};
    struct intervals set = {0};

    (void)state;
    intervals_add(&set, &arena, 10, 20);
    intervals_add(&set, &arena, 30, 40);
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(intervals_overlap(&set, rows[i].span.from, rows[i].span.to),
                         rows[i].expected);
    arena_finish(&arena);
}

static void packed_set_is_the_same_set(void **state)
{
    static const struct {
        struct span spans[4];
        size_t count;
    } rows[] = {
        {{{0, 0}}, 0},
        {{{0, 1}}, 1},
        {{{-5, 5}}, 1},
        {{{0, 600}, {601, 1201}, {5000, 5400}}, 3},
        {{{INT64_C(1687228800000000), INT64_C(1687229400000000)},
          {INT64_C(1687229400000001), INT64_C(1687229400000002)}},
         2},
        {{{INT64_MIN, INT64_MIN + 1}, {INT64_MAX - 1, INT64_MAX}}, 2},
        {{{INT64_MIN + 1, -1}}, 1},
        {{{-1, INT64_MAX - 1}}, 1},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct intervals set = {0}, again;
        size_t len;

        for (size_t j = 0; j < rows[i].count; j++) {
            set.at = arena_grow(&arena, set.at, set.count, set.count + 1, &set.cap, sizeof *set.at);
            set.at[set.count++] = (struct interval){rows[i].spans[j].from, rows[i].spans[j].to};
        }
        const uint8_t *bytes = intervals_pack(&set, &arena, &len);
        assert_true(intervals_unpack(&again, &arena, bytes, len));
        assert_int_equal(again.count, rows[i].count);
        for (size_t j = 0; j < again.count; j++) {
            assert_true(again.at[j].from == rows[i].spans[j].from);
            assert_true(again.at[j].to == rows[i].spans[j].to);
        }
    }
    arena_finish(&arena);
}

static void packed_set_is_small(void **state)
{
    struct arena arena = {0};
    struct intervals set = {0};
    size_t len;

    (void)state;
    intervals_add(&set, &arena, 0, 600);
    intervals_add(&set, &arena, 601, 1201);
    const uint8_t *bytes = intervals_pack(&set, &arena, &len);
    static const uint8_t expected[] = {0, 0xD8, 0x04, 1, 0xD8, 0x04};
    assert_int_equal(len, sizeof expected);
    assert_memory_equal(bytes, expected, len);
    arena_finish(&arena);
}

static void other_bytes_are_refused(void **state)
{
    static const struct {
        const char *name;
        uint8_t bytes[24];
        size_t len;
    } rows[] = {
        {"half an interval", {0}, 1},
        {"an empty one", {0, 0}, 2},
        {"an unfinished number", {0, 0x80}, 2},
        {"two that touch", {0, 5, 0, 5}, 4},
        {"a third half", {0, 5, 1, 5, 1}, 5},
        {"a number beyond 64 bits",
         {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 1},
         12},
        {"a length beyond 63 bits",
         {0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
         11},
        {"an end beyond 63 bits", {2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, 10},
        {"a total beyond 63 bits",
         {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0xFF,
          0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 2,    2},
         21},
        {"a gap that wraps",
         {0, 5, 0xFA, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 1},
         13},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct intervals set = {.count = 7};

        if (intervals_unpack(&set, &arena, rows[i].bytes, rows[i].len) || set.count || set.total)
            fail_msg("%s was taken", rows[i].name);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r17_1_adding_gives_the_union),
        cmocka_unit_test(r17_1_any_sequence_is_the_union),
        cmocka_unit_test(overlap_is_half_open),
        cmocka_unit_test(packed_set_is_the_same_set),
        cmocka_unit_test(packed_set_is_small),
        cmocka_unit_test(other_bytes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
