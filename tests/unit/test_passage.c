/* R18, R27 and fold.md section 7: time is an event. Ticks, watermark, reminders, the closing of
 * terms.
 *
 * Term 2023-1 ends on 08-15 19:30:00 and closes on 09-14 19:30:00; 2023-2, the last of its
 * programme, ends on 10-15 19:30:00 and closes on 11-14 19:30:00; other-1 is as 2023-1. */
#include "fixture.h"

#define CLOSE_1       "09-14 19:30:00"
#define AFTER_CLOSE_1 "09-14 19:30:00.000001"
#define CLOSE_2       "11-14 19:30:00"
#define AFTER_CLOSE_2 "11-14 19:30:00.000001"

static void watermark_is_the_least_over_all_partitions(void **state)
{
    struct fixture *fx = *state;

    fixture_partitions(fx, TOPIC_WATCH_TIME, 3);
    assert_true(world_watermark(&fx->world) == INSTANT_NONE);
    assert_folds(fx, tick(TOPIC_ENROLLMENT, "06-20 10:00:00"), "applied");
    assert_folds(fx, tick(TOPIC_PAYMENT, "06-20 11:00:00"), "applied");
    assert_folds(fx, tick(TOPIC_EXAM, "06-20 12:00:00"), "applied");
    for (int32_t i = 0; i < 3; i++) {
        assert_true(world_watermark(&fx->world) == INSTANT_NONE);
        assert_folds(fx, on_partition(tick(TOPIC_WATCH_TIME, "06-20 13:00:00"), i), "applied");
    }
    assert_true(world_watermark(&fx->world) == civil("06-20 10:00:00"));
    assert_folds(fx, tick(TOPIC_ENROLLMENT, "06-20 14:00:00"), "applied");
    assert_true(world_watermark(&fx->world) == civil("06-20 11:00:00"));
    assert_folds(fx, tick(TOPIC_PAYMENT, "06-20 14:00:00"), "applied");
    assert_true(world_watermark(&fx->world) == civil("06-20 12:00:00"));
}

static void tick_counts_by_its_stamp(void **state)
{
    struct fixture *fx = *state;
    struct event ev = stamped(tick(TOPIC_EXAM, "12-31 00:00:00"), "06-20 10:00:00");

    pass_time(fx, "06-20 12:00:00");
    assert_folds(fx, ev, "applied"); /* neither as_of nor time is judged, and no clock goes back */
    assert_true(world_watermark(&fx->world) == civil("06-20 12:00:00"));
    ev = tick(TOPIC_EXAM, "06-20 13:00:00");
    ev.key = "t1";
    assert_folds(fx, ev, "key_mismatch");
    ev.key = no_key;
    assert_folds(fx, ev, "key_mismatch");
    assert_true(fx->world.clocks[TOPIC_EXAM][0].tick_stamp == civil("06-20 12:00:00"));
}

static void records_are_stamped_no_earlier_than_the_tick_before_them(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, tick(TOPIC_EXAM, AFTER_CLOSE_1), "applied");
    assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 80), "never_released");
    assert_folds(fx, survey("06-20 15:00:00"), "applied"); /* another partition */
}

/* Reminders. */

static void r27_reminders_go_out_seven_three_and_one_days_before(void **state)
{
    static const struct {
        const char *watermark, *expected;
    } rows[] = {
        {"08-08 19:30:00", ""},
        {"08-08 19:30:00.000001", "notification.requested e1 reminder 7 @08-08 19:30:00\n"},
        {"08-10 00:00:00", ""},
        {"08-12 19:30:00", ""},
        {"08-13 00:00:00", "notification.requested e1 reminder 3 @08-12 19:30:00\n"},
        {"08-14 19:30:00", ""},
        {"08-15 19:30:00", "notification.requested e1 reminder 1 @08-14 19:30:00\n"},
        {"08-15 19:30:00.000001", ""},
        {"08-20 00:00:00", ""},
    };
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        pass_time(fx, rows[i].watermark);
        const char *lines = said(fx);
        if (strcmp(lines, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].watermark, lines);
    }
}

static void r27_of_several_at_once_only_the_nearest(void **state)
{
    static const struct {
        const char *first, *second, *expected;
    } rows[] = {
        {"08-01 00:00:00", "08-13 00:00:00",
         "notification.requested e1 reminder 3 @08-12 19:30:00\n"},
        {"08-01 00:00:00", "08-15 00:00:00",
         "notification.requested e1 reminder 1 @08-14 19:30:00\n"},
        {"08-09 00:00:00", "08-15 00:00:00",
         "notification.requested e1 reminder 7 @08-08 19:30:00\n"
         "notification.requested e1 reminder 1 @08-14 19:30:00\n"},
        {"08-13 00:00:00", "08-13 12:00:00",
         "notification.requested e1 reminder 3 @08-12 19:30:00\n"},
        {"08-01 00:00:00", "08-15 19:30:00.000001", ""},
        {"08-01 00:00:00", "08-20 00:00:00", ""},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate(fx);
        said(fx);
        pass_time(fx, rows[i].first);
        pass_time(fx, rows[i].second);
        const char *lines = said(fx);
        if (strcmp(lines, rows[i].expected) != 0)
            fail_msg("row %d: %s", (int)i, lines);
    }
}

/* A submission by a person of one's own. */
static struct event other_person(struct fixture *fx, const char *trainee_id)
{
    struct event ev = whose(submission("06-10 09:00:00"), trainee_id, "e1");
    char *id_number = arena_strdup(&fx->arena, ev.id_number);

    memcpy(id_number, trainee_id, strlen(trainee_id));
    ev.id_number = id_number;
    return ev;
}

static void r27_whoever_is_active_then_in_order(void **state)
{
    struct fixture *fx = *state;

    for (const char *const *id = (const char *const[]){"t9", "t5", "t7", "t3", NULL}; *id; id++) {
        const char *code = code_of(fx, *id, "e1");

        assert_folds(fx, other_person(fx, *id), "applied");
        assert_folds(fx, whose(approval("06-16 09:00:00"), *id, "e1"), "applied");
        if (strcmp(*id, "t3") != 0) /* pending */
            assert_folds(fx, settlement("06-16 09:30:00", code, "x1", 20000), "applied");
    }
    assert_folds(fx, whose(withdrawal("06-18 09:00:00"), "t7", "e1"), "applied");
    complete(fx);
    said(fx);
    pass_time(fx, "08-09 00:00:00");
    assert_int_equal(fx->effect_count, 2);
    assert_string_equal(fx->effects[0].trainee_id, "t5");
    assert_string_equal(fx->effects[1].trainee_id, "t9");
    assert_true(fx->effects[0].u.notice.training_to == civil("08-15 19:30:00"));
}

static void r27_each_term_has_its_own(void **state)
{
    struct fixture *fx = *state;
    struct event ev = whose(submission("09-02 09:00:00"), "t1", "e2");

    activate(fx);
    ev.term_id = "2023-2";
    assert_folds(fx, ev, "applied");
    const char *code = enrollment_of(fx, "t1", "e2")->payment_code;
    assert_folds(fx, whose(approval("09-03 09:00:00"), "t1", "e2"), "applied");
    assert_folds(fx, settlement("09-03 09:30:00", code, "y1", 20000), "applied");
    said(fx);
    pass_time(fx, "08-09 00:00:00");
    assert_says(fx, "notification.requested e1 reminder 7 @08-08 19:30:00\n");
    pass_time(fx, "10-14 19:30:00.000001");
    assert_says(fx, "notification.requested e2 reminder 1 @10-14 19:30:00\n");
}

/* Closing. */

static void closing_releases_nothing_held_for_the_term(void **state)
{
    struct fixture *fx = *state;

    enroll(fx); /* never active */
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "held");
    assert_folds(fx, played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "held");
    said(fx);
    pass_time(fx, CLOSE_1);
    assert_string_equal(released(fx), "");
    pass_time(fx, AFTER_CLOSE_1);
    assert_string_equal(released(fx), "watch-time/0 never_released\nwatch-time/1 never_released\n");
    assert_says(fx, "");
    assert_folds(fx, stamped(played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), CLOSE_1),
                 "never_released");
    assert_int_equal(the_enrollment(fx)->course_count, 0);
}

static void closing_of_one_term_leaves_the_next_alone(void **state)
{
    struct fixture *fx = *state;
    struct event ev = whose(submission("09-02 09:00:00"), "t1", "e2");

    ev.term_id = "2023-2";
    assert_folds(fx, ev, "applied");
    ev = whose(attended("l2", "09-20 10:00:00", "09-20 12:00:00"), "t1", "e2");
    assert_folds(fx, ev, "held");
    ev = whose(sitting("09-20 15:00:00", "c3", "a", 80), "t1", "e2");
    assert_folds(fx, ev, "applied");
    said(fx);
    pass_time(fx, AFTER_CLOSE_1);
    assert_string_equal(released(fx), "");
    assert_says(fx, "");
    pass_time(fx, AFTER_CLOSE_2);
    assert_string_equal(released(fx), "watch-time/0 never_released\n");
    assert_says(fx, "exam.graded e2 c3/a 80 passed never_learned left=3 @11-14 19:30:00\n");
}

/* With 54 days of holding, 2023-1 closes seven days before 2023-2 ends. */
static void closing_and_reminder_of_one_instant_both_come(void **state)
{
    struct fixture *fx = *state;
    static const struct {
        enum passage what;
        const char *term_id;
    } expected[] = {
        {PASSAGE_CLOSING, "2023-1"}, {PASSAGE_REMINDER, "2023-2"}, {PASSAGE_CLOSING, "other-1"}};
    int64_t passed = INSTANT_NONE;

    fx->terms[0].close_at = fx->terms[2].close_at = civil("10-08 19:30:00");
    fixture_index(fx);
    for (size_t i = 0; i < LENGTH(expected); i++) {
        struct passing next = fold_next_passing(&fx->catalogues, passed,
                                                civil("10-08 19:30:00.000001"));

        assert_int_equal(next.what, expected[i].what);
        assert_string_equal(next.term->id, expected[i].term_id);
        passed = next.passed;
    }
    assert_int_equal(
        fold_next_passing(&fx->catalogues, passed, civil("10-08 19:30:00.000001")).what,
        PASSAGE_NONE);
}

static void records_of_unknown_enrollments_go_with_the_last_term(void **state)
{
    struct fixture *fx = *state;

    assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 80), "held");
    assert_folds(fx, survey("06-20 15:00:00"), "held");
    pass_time(fx, AFTER_CLOSE_1);
    assert_string_equal(released(fx), "");
    assert_folds(fx, whose(approval("06-20 15:00:00"), "t0", "e1"), "held");
    pass_time(fx, CLOSE_2);
    assert_string_equal(released(fx), "");
    pass_time(fx, AFTER_CLOSE_2);
    assert_string_equal(released(fx), "enrollment/0 never_released\nenrollment/2 never_released\n"
                                      "exam/0 never_released\n");
    assert_folds(fx, withdrawal("06-20 15:00:00"), "never_released"); /* at once from now on */
    assert_folds(fx, credit("06-20 15:00:00", 2023, 75, "n1"), "applied");
}

static void s9_open_verdicts_become_never_learned(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    watch(fx, "c2", "06-21 10:00:00");
    assert_folds(fx, sitting("06-22 15:00:00", "c3", "b", 80), "applied");
    assert_folds(fx, sitting("06-22 16:00:00", "c3", "a", 50), "applied");
    assert_folds(fx, sitting("06-22 15:00:00", "c1", "z", 80), "applied");
    assert_folds(fx, sitting("06-22 17:00:00", "c2", "c", 80), "applied");
    assert_folds(fx, sitting("08-16 17:00:00", "c3", "o", 80), "applied");
    said(fx);
    pass_time(fx, AFTER_CLOSE_1);
    assert_says(fx, "exam.graded e1 c1/z 80 passed never_learned left=3 @09-14 19:30:00\n"
                    "exam.graded e1 c3/a 50 failed never_learned left=3 @09-14 19:30:00\n"
                    "exam.graded e1 c3/b 80 passed never_learned left=3 @09-14 19:30:00\n");
    /* A closed term's verdicts still follow its bars. */
    assert_folds(fx, disqualification("06-22 15:30:00"), "applied");
    assert_string_equal(said_of(fx, "exam"),
                        "exam.graded e1 c2/c 80 passed barred left=3 @06-22 15:30:00\n"
                        "exam.graded e1 c3/a 50 failed barred left=3 @06-22 15:30:00\n");
    assert_folds(fx, reinstatement("06-22 16:30:00"), "applied");
    assert_string_equal(said_of(fx, "exam"),
                        "exam.graded e1 c2/c 80 passed counted left=2 @06-22 16:30:00\n");
    assert_folds(fx, disqualification("06-22 15:30:00"), "applied");
    assert_folds(fx, reinstatement("06-22 15:30:00"), "applied");
    assert_int_equal(the_course(fx, "c3")->attempts[0]->verdict, VERDICT_NEVER_LEARNED);
}

static void closing_goes_trainee_by_trainee(void **state)
{
    struct fixture *fx = *state;

    for (const char *const *id = (const char *const[]){"t9", "t5", NULL}; *id; id++) {
        assert_folds(fx, other_person(fx, *id), "applied");
        assert_folds(fx, whose(sitting("06-22 15:00:00", "c3", "a", 80), *id, "e1"), "applied");
        assert_folds(fx, whose(sitting("06-22 15:00:00", "c1", "a", 80), *id, "e1"), "applied");
    }
    said(fx);
    pass_time(fx, AFTER_CLOSE_1);
    assert_int_equal(fx->effect_count, 4);
    assert_string_equal(fx->effects[0].trainee_id, "t5");
    assert_string_equal(fx->effects[0].u.graded.course_id, "c1");
    assert_string_equal(fx->effects[1].trainee_id, "t5");
    assert_string_equal(fx->effects[2].trainee_id, "t9");
    assert_string_equal(fx->effects[3].u.graded.course_id, "c3");
}

/* The order of all that time brings: by its instant, each once. */
static void passages_come_in_the_order_of_their_instants(void **state)
{
    struct fixture *fx = *state;
    static const struct {
        enum passage what;
        const char *term_id, *at;
    } expected[] = {
        {PASSAGE_REMINDER, "2023-1", "08-14 19:30:00"},
        {PASSAGE_REMINDER, "other-1", "08-14 19:30:00"},
    };
    static const struct {
        const char *term_id, *at;
    } closings[] = {{"2023-1", CLOSE_1}, {"other-1", CLOSE_1}, {"2023-2", CLOSE_2}};
    int64_t passed = INSTANT_NONE;

    for (size_t i = 0; i < LENGTH(expected); i++) {
        struct passing next = fold_next_passing(&fx->catalogues, passed, civil("08-15 12:00:00"));

        assert_int_equal(next.what, expected[i].what);
        assert_string_equal(next.term->id, expected[i].term_id);
        assert_string_equal(civil_text(fx, next.at), expected[i].at);
        assert_true(passed == INSTANT_NONE || next.passed > passed);
        passed = next.passed;
    }
    assert_int_equal(fold_next_passing(&fx->catalogues, passed, civil("08-15 12:00:00")).what,
                     PASSAGE_NONE);
    for (size_t i = 0; i < LENGTH(closings); i++) {
        struct passing next = fold_next_passing(&fx->catalogues, passed, civil("12-31 00:00:00"));

        assert_int_equal(next.what, PASSAGE_CLOSING);
        assert_string_equal(next.term->id, closings[i].term_id);
        assert_string_equal(civil_text(fx, next.at), closings[i].at);
        fx->world.passed = passed = next.passed;
        assert_true(world_is_closed(&fx->world, next.term->close_at));
        assert_int_equal(world_is_closed(&fx->world, civil(CLOSE_2)), i == 2);
    }
    assert_int_equal(fold_next_passing(&fx->catalogues, passed, civil("12-31 00:00:00")).what,
                     PASSAGE_NONE);
    assert_int_equal(fold_next_passing(&fx->catalogues, INSTANT_NONE, INSTANT_NONE).what,
                     PASSAGE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(watermark_is_the_least_over_all_partitions),
        FIXTURE_TEST(tick_counts_by_its_stamp),
        FIXTURE_TEST(records_are_stamped_no_earlier_than_the_tick_before_them),
        FIXTURE_TEST(r27_reminders_go_out_seven_three_and_one_days_before),
        FIXTURE_TEST(r27_of_several_at_once_only_the_nearest),
        FIXTURE_TEST(r27_whoever_is_active_then_in_order),
        FIXTURE_TEST(r27_each_term_has_its_own),
        FIXTURE_TEST(closing_releases_nothing_held_for_the_term),
        FIXTURE_TEST(closing_of_one_term_leaves_the_next_alone),
        FIXTURE_TEST(closing_and_reminder_of_one_instant_both_come),
        FIXTURE_TEST(records_of_unknown_enrollments_go_with_the_last_term),
        FIXTURE_TEST(s9_open_verdicts_become_never_learned),
        FIXTURE_TEST(closing_goes_trainee_by_trainee),
        FIXTURE_TEST(passages_come_in_the_order_of_their_instants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
