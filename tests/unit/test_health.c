/* The judgement of health, and the board that it looks at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../daemon/clock.h"
#include "../../daemon/health.h"

#define NOW 1000000

/* All is well: one worker with one partition. */
struct scene {
    struct board_worker worker;
    struct board_partition partition;
    struct board_view view;
    struct sighting sighting;
    struct health_facts facts;
    char reason[HEALTH_REASON];
};

static int begin(void **state)
{
    static struct scene scene;

    scene = (struct scene){
        .worker = {.state = WORKER_AT_WORK, .beat_ms = NOW - 100},
        .partition = {.topic = TOPIC_EXAM, .partition = 3, .next = 7},
        .sighting = {.looked_ms = NOW - 2000},
    };
    scene.view = (struct board_view){&scene.worker, 1, &scene.partition, 1};
    scene.facts = (struct health_facts){
        .view = &scene.view, .sighting = &scene.sighting, .now_ms = NOW};
    *state = &scene;
    return 0;
}

static void say(char out[256], const char *text)
{
    (void)snprintf(out, 256, "%s", text);
}

static void assert_health(struct scene *scene, enum health health, const char *reason)
{
    assert_int_equal(health_judge(&scene->facts, scene->reason), health);
    assert_string_equal(scene->reason, reason);
}

static void all_is_well(void **state)
{
    assert_health(*state, HEALTH_READY, "");
}

static void a_standby_is_ready(void **state)
{
    struct scene *scene = *state;

    scene->partition.owner = -1;
    scene->partition.lag = 5;
    assert_health(scene, HEALTH_READY, "");
}

static void the_start_waits_in_words(void **state)
{
    struct scene *scene = *state;

    scene->facts.waits_for = "";
    assert_health(scene, HEALTH_STARTING, "Kafka and PostgreSQL are being checked");
    scene->facts.waits_for = "there is no topic xueshi.exam";
    assert_health(scene, HEALTH_WAITING, "there is no topic xueshi.exam");
    scene->facts.stopping = true;
    assert_health(scene, HEALTH_STARTING, "the daemon is stopping");
}

static void what_is_away_is_named(void **state)
{
    struct scene *scene = *state;

    say(scene->sighting.kafka, "Kafka does not answer");
    assert_health(scene, HEALTH_WAITING, "Kafka does not answer");
    say(scene->sighting.postgresql, "PostgreSQL is away");
    assert_health(scene, HEALTH_WAITING, "PostgreSQL is away");
}

static void a_blind_observer_is_no_good_sign(void **state)
{
    struct scene *scene = *state;

    scene->sighting.looked_ms = NOW - 30001;
    assert_health(scene, HEALTH_STUCK, "the observer does not come back");
    scene->sighting.looked_ms = 0;
    assert_health(scene, HEALTH_STARTING, "Kafka and PostgreSQL are being looked at");
}

static void workers_come_to_their_place(void **state)
{
    struct scene *scene = *state;

    scene->worker.state = WORKER_STARTING;
    assert_health(scene, HEALTH_STARTING, "worker 0 waits for its place in the group");
    scene->worker.state = WORKER_TAKING_OVER;
    assert_health(scene, HEALTH_STARTING, "worker 0 takes its partitions over");
    say(scene->worker.why, "PostgreSQL answers 55P03");
    assert_health(scene, HEALTH_WAITING,
                  "worker 0 takes its partitions over: PostgreSQL answers 55P03");
}

static void a_worker_that_does_not_move_is_stuck(void **state)
{
    struct scene *scene = *state;

    scene->worker.beat_ms = NOW - 90000;
    assert_health(scene, HEALTH_READY, "");
    scene->worker.beat_ms = NOW - 90001;
    assert_health(scene, HEALTH_STUCK, "worker 0 does not move");
    scene->worker.state = WORKER_PASSING_TIME; /* a closing takes its time */
    assert_health(scene, HEALTH_READY, "");
}

static void a_partition_that_stands_is_stuck(void **state)
{
    struct scene *scene = *state;

    scene->partition.stalled_ms = 30000;
    assert_health(scene, HEALTH_READY, "");
    scene->partition.stalled_ms = 30001;
    assert_health(scene, HEALTH_STUCK,
                  "xueshi.exam partition 3 stands at offset 7 since 30 s, with records behind it");
    say(scene->worker.why, "PostgreSQL answers 53100");
    assert_health(scene, HEALTH_WAITING,
                  "xueshi.exam partition 3 stands at offset 7 since 30 s, with records behind it: "
                  "PostgreSQL answers 53100");
    scene->worker.why[0] = '\0';
    scene->worker.state = WORKER_PASSING_TIME;
    assert_health(scene, HEALTH_WAITING,
                  "xueshi.exam partition 3 stands at offset 7 since 30 s, with records behind it: "
                  "a closing or reminder run is under way");
}

/* The board. */

static struct board *new_board(void)
{
    static const int32_t counts[TOPICS_IN] = {2, 1, 1, 1};
    struct board *board = board_new(2);

    board_set_partitions(board, counts);
    return board;
}

static struct board_partition look_at(struct board *board, struct arena *arena, size_t index)
{
    struct board_view view;

    board_read(board, arena, &view);
    assert_int_equal(view.worker_count, 2);
    assert_int_equal(view.partition_count, 5);
    return view.partitions[index];
}

static void note(struct board *board, int64_t end, bool has_row, int64_t next)
{
    struct observed_partition seen = {.topic = TOPIC_ENROLLMENT,
                                      .partition = 1,
                                      .end = end,
                                      .has_row = has_row,
                                      .next_offset = next};
    const struct observation observation = {.partitions = &seen, .count = 1};

    board_note(board, &observation);
}

static void lag_is_unknown_or_not_negative(void **state)
{
    struct board *board = new_board();
    struct arena arena = {0};

    (void)state;
    assert_int_equal(look_at(board, &arena, 1).lag, UNKNOWN);
    note(board, 10, false, 0);
    assert_int_equal(look_at(board, &arena, 1).lag, UNKNOWN);
    note(board, UNKNOWN, true, 4);
    assert_int_equal(look_at(board, &arena, 1).lag, 6);
    assert_int_equal(look_at(board, &arena, 1).owner, -1);
    note(board, 10, true, 12); /* the position was read later */
    assert_int_equal(look_at(board, &arena, 1).lag, 0);
    assert_int_equal(look_at(board, &arena, 0).lag, UNKNOWN);
    arena_finish(&arena);
    board_free(board);
}

static void the_owner_knows_better(void **state)
{
    struct board *board = new_board();
    struct arena arena = {0};
    struct commit_part part = {.topic = TOPIC_ENROLLMENT, .partition = 1, .next = 8};

    (void)state;
    board_at(board, 1, &part, 1);
    note(board, 10, true, 4);
    assert_int_equal(look_at(board, &arena, 1).lag, 2);
    assert_int_equal(look_at(board, &arena, 1).next, 8);
    assert_int_equal(look_at(board, &arena, 1).owner, 1);
    board_lost(board, 0, WORKER_STARTING); /* another worker */
    assert_int_equal(look_at(board, &arena, 1).owner, 1);
    board_lost(board, 1, WORKER_STARTING);
    assert_int_equal(look_at(board, &arena, 1).owner, -1);
    note(board, 10, true, 9);
    assert_int_equal(look_at(board, &arena, 1).lag, 1);
    arena_finish(&arena);
    board_free(board);
}

/* The clock runs only while records wait, from the last progress on. */
static void a_partition_stalls_since_it_moved_last(void **state)
{
    struct board *board = new_board();
    struct arena arena = {0};
    struct commit_part part = {.topic = TOPIC_ENROLLMENT, .partition = 1, .next = 10};
    int64_t begun_ms;

    (void)state;
    note(board, 10, true, 10);
    board_at(board, 0, &part, 1);
    assert_int_equal(look_at(board, &arena, 1).stalled_ms, 0);
    note(board, 12, true, 10);
    for (begun_ms = clock_now_ms(); clock_now_ms() - begun_ms < 5;)
        continue;
    assert_true(look_at(board, &arena, 1).stalled_ms >= 5);
    board_at(board, 0, &part, 1); /* a beat is no progress */
    assert_true(look_at(board, &arena, 1).stalled_ms >= 5);
    part.next = 12;
    board_at(board, 0, &part, 1);
    assert_int_equal(look_at(board, &arena, 1).stalled_ms, 0);
    arena_finish(&arena);
    board_free(board);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_is_well),
        TEST(a_standby_is_ready),
        TEST(the_start_waits_in_words),
        TEST(what_is_away_is_named),
        TEST(a_blind_observer_is_no_good_sign),
        TEST(workers_come_to_their_place),
        TEST(a_worker_that_does_not_move_is_stuck),
        TEST(a_partition_that_stands_is_stuck),
        cmocka_unit_test(lag_is_unknown_or_not_negative),
        cmocka_unit_test(the_owner_knows_better),
        cmocka_unit_test(a_partition_stalls_since_it_moved_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
