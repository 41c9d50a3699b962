/* fold.md sections 1, 4 and 8: what waits, the order of release, the order of effects. */
#include "fixture.h"

/* Held records. */

static void whatever_names_an_enrollment_waits_until_it_is_known(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event waiting[] = {
        approval("06-16 09:00:00"),
        disqualification("06-17 09:00:00"),
        reinstatement("06-18 09:00:00"),
        correction("06-18 09:00:00", "Gulnar"),
        survey("06-19 09:00:00"),
        sitting("06-19 15:00:00", "c1", "a1", 50),
        grant("06-19 16:00:00", "c1", "g1", 1),
        played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"),
        attended("l1", "07-01 10:00:00", "07-01 12:00:00"),
        receipt("06-16 10:00:00", code, "x1", "n1"),
        refund("06-16 11:00:00", code, "x2", "r1", 50),
        settlement("06-16 09:30:00", code, "x1", 20000),
        withdrawal("07-10 09:00:00"),
        rejection("07-11 09:00:00", "late find"),
    };

    for (size_t i = 0; i < LENGTH(waiting); i++)
        assert_folds(fx, waiting[i], "held");
    assert_says(fx, "");
    assert_int_equal(world_trainee(&fx->world, "t1")->trainee.enrollment_count, 0);
    enroll(fx);
    assert_string_equal(released(fx), "enrollment/0 applied\n"
                                      "enrollment/1 applied\n"
                                      "enrollment/2 applied\n"
                                      "enrollment/3 applied\n"
                                      "enrollment/4 applied\n"
                                      "enrollment/5 applied\n"
                                      "enrollment/6 applied\n"
                                      "payment/0 applied\n"
                                      "payment/1 applied\n"
                                      "payment/2 applied\n"
                                      "watch-time/0 applied\n"
                                      "watch-time/1 applied\n"
                                      "exam/0 applied\n"
                                      "exam/1 applied\n");
    assert_int_equal(the_enrollment(fx)->state, STATE_REJECTED);
}

static void only_the_trainee_or_nobody_waits_not(void **state)
{
    struct fixture *fx = *state;

    assert_folds(fx, credit("06-16 10:00:00", 2023, 75, "n1"), "applied");
    assert_folds(fx, revocation("06-16 10:00:00", "2023-DXGX-000000000000-0"),
                 "unknown_certificate");
    assert_folds(fx, tick(TOPIC_EXAM, "06-16 10:00:00"), "applied");
}

static void reports_wait_until_active_and_join_the_queue(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    assert_folds(fx, sitting("06-20 15:00:00", "c3", "a1", 80), "held");
    assert_folds(fx, played("c3", 0, 1200, "06-20 10:00:00", "06-20 10:10:00"), "held");
    assert_folds(fx, played("c3", 1000, 1800, "06-20 10:10:00", "06-20 10:20:00"), "held");
    assert_folds(fx, settlement("06-16 09:30:00", code, "x1", 20000), "held");
    enroll(fx);
    assert_string_equal(released(fx), "payment/0 applied\nexam/0 applied\n");
    assert_int_equal(the_course(fx, "c3")->attempts[0]->verdict, VERDICT_OPEN);
    assert_folds(fx, approval("06-16 09:00:00"), "applied");
    assert_string_equal(released(fx), "watch-time/0 applied\nwatch-time/1 applied\n");
    assert_int_equal(the_course(fx, "c3")->attempts[0]->verdict, VERDICT_COUNTED);
    assert_int_equal(the_enrollment(fx)->hours, 15);
}

/* The payment releases the reports, which come before the exam that was ready earlier. */
static void smallest_is_always_next(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    assert_folds(fx, sitting("06-20 15:00:00", "c3", "a1", 80), "held");
    assert_folds(fx, played("c3", 0, 1200, "06-20 10:00:00", "06-20 10:10:00"), "held");
    assert_folds(fx, played("c3", 1000, 1800, "06-20 10:10:00", "06-20 10:20:00"), "held");
    assert_folds(fx, settlement("06-16 09:30:00", code, "x1", 20000), "held");
    assert_folds(fx, approval("06-16 09:00:00"), "held");
    enroll(fx);
    assert_string_equal(released(fx), "enrollment/0 applied\npayment/0 applied\n"
                                      "watch-time/0 applied\nwatch-time/1 applied\n"
                                      "exam/0 applied\n");
    assert_string_equal(said_of(fx, "exam"),
                        "exam.graded e1 c3/a1 80 passed counted left=2 @06-20 15:00:00\n");
}

static void released_in_order_of_partition_and_offset(void **state)
{
    struct fixture *fx = *state;

    fixture_partitions(fx, TOPIC_EXAM, 2);
    assert_folds(fx, on_partition(sitting("06-20 15:00:00", "c1", "a1", 10), 1), "held");
    assert_folds(fx, on_partition(sitting("06-20 16:00:00", "c1", "a2", 20), 0), "held");
    assert_folds(fx, on_partition(sitting("06-20 17:00:00", "c1", "a1", 30), 0), "held");
    assert_folds(fx, on_partition(sitting("06-20 17:00:00", "c1", "a1", 30), 1), "held");
    enroll(fx);
    assert_string_equal(released(fx), "exam/1 applied\nexam/2 applied\nexam/0 conflict\n"
                                      "exam/3 duplicate\n");
}

static void held_records_are_known_to_nobody(void **state)
{
    struct fixture *fx = *state;
    struct event ev = approval("06-16 09:00:00");

    ev.id = "same";
    assert_folds(fx, ev, "held");
    assert_folds(fx, ev, "held");
    ev.reviewer = "another";
    assert_folds(fx, ev, "held");
    enroll(fx);
    assert_string_equal(released(fx),
                        "enrollment/0 applied\nenrollment/1 duplicate\nenrollment/2 conflict\n");
}

static void checks_before_held_are_made_at_once_those_after_it_at_the_release(void **state)
{
    struct fixture *fx = *state;

    assert_folds(fx, played("c1", 600, 0, "06-20 10:00:00", "06-20 10:10:00"), "bad_report");
    assert_folds(fx, sitting("06-20 15:00:00", "oc1", "a1", 80), "held");
    assert_folds(fx, attended("l2", "09-20 10:00:00", "09-20 11:00:00"), "held");
    assert_folds(fx, stamped(survey("06-20 10:00:00"), "09-14 19:30:00.000001"), "held");
    enroll(fx);
    assert_string_equal(released(fx), "enrollment/0 never_released\nexam/0 unknown_course\n");
    assert_folds(fx, withdrawal("06-18 09:00:00"), "applied");
    assert_string_equal(released(fx), "watch-time/1 unknown_course\n");
}

static void reports_are_released_by_an_end_and_have_no_effect(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    assert_folds(fx, played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "held");
    assert_folds(fx, rejection("06-18 09:00:00", NULL), "applied");
    assert_string_equal(released(fx), "watch-time/0 applied\n");
    assert_int_equal(the_enrollment(fx)->course_count, 0);
    assert_folds(fx, played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "applied");
}

static void what_one_enrollment_releases_leaves_others_waiting(void **state)
{
    struct fixture *fx = *state;
    struct event second = submission("09-02 09:00:00");

    assert_folds(fx, survey("06-20 10:00:00"), "held");
    assert_folds(fx, whose(survey("09-20 10:00:00"), "t1", "e2"), "held");
    enroll(fx);
    assert_string_equal(released(fx), "enrollment/0 applied\n");
    second.enrollment_id = "e2";
    second.term_id = "2023-2";
    assert_folds(fx, second, "applied");
    assert_string_equal(released(fx), "enrollment/1 applied\n");
}

/* fold.md section 8: effects by type, then by the name in ce_id. */
static void effects_of_one_record_go_out_in_order(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, sitting("06-19 10:00:00", "c3", "b", 50), "applied");
    assert_folds(fx, sitting("06-20 15:00:00", "c3", "a", 40), "applied");
    assert_folds(fx, sitting("06-20 16:00:00", "c3", "c", 70), "applied");
    assert_folds(fx, played("c3", 0, 1200, "06-20 10:00:00", "06-20 10:10:00"), "applied");
    said(fx);
    assert_folds(fx, played("c3", 1000, 1800, "06-20 10:10:00", "06-20 10:20:00"), "applied");
    assert_says(fx, "course.learned e1 c3 @06-20 10:20:00\n"
                    "exam.graded e1 c3/a 40 failed counted left=2 @06-20 10:20:00\n"
                    "exam.graded e1 c3/b 50 failed before_learning left=3 @06-20 10:20:00\n"
                    "exam.graded e1 c3/c 70 passed counted left=1 @06-20 10:20:00\n"
                    "course.credited e1 c3 @06-20 16:00:00\n"
                    "enrollment.changed e1 #4 active paid approved active hours=1.5 "
                    "missing=hours,survey @06-20 10:20:00\n"
                    "year.changed 2023 #2 public=0 professional=1.5 @06-20 10:20:00\n"
                    "notification.requested e1 exam-failed c3 40 left=2 @06-20 10:20:00\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(whatever_names_an_enrollment_waits_until_it_is_known),
        FIXTURE_TEST(only_the_trainee_or_nobody_waits_not),
        FIXTURE_TEST(reports_wait_until_active_and_join_the_queue),
        FIXTURE_TEST(smallest_is_always_next),
        FIXTURE_TEST(released_in_order_of_partition_and_offset),
        FIXTURE_TEST(held_records_are_known_to_nobody),
        FIXTURE_TEST(checks_before_held_are_made_at_once_those_after_it_at_the_release),
        FIXTURE_TEST(reports_are_released_by_an_end_and_have_no_effect),
        FIXTURE_TEST(what_one_enrollment_releases_leaves_others_waiting),
        FIXTURE_TEST(effects_of_one_record_go_out_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
