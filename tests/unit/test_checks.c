/* fold.md section 2: checks in their order, before and after *held*. */
#include "fixture.h"

/* A valid event with every defect at once; each step mends the first that was named. */

static void checks_of_an_exam_come_in_order(void **state)
{
    struct fixture *fx = *state;
    struct answer answers[] = {{"q9", "B", true}, {"q2", "AA", false}, {"q2", "A", true}};
    struct event ev = stamped(sitting("06-20 15:00:00", "c9", "a1", -1), "06-20 14:00:00");

    ev.key = "t2";
    ev.paper_id = "p9";
    ev.answers = answers;
    ev.answer_count = 3;
    assert_folds(fx, ev, "key_mismatch");
    ev.key = NULL;
    assert_folds(fx, ev, "clock_skew");
    ev = stamped(ev, "06-20 15:00:00");
    assert_folds(fx, ev, "unknown_course");
    ev.course_id = "c1";
    assert_folds(fx, ev, "unknown_paper");
    ev.paper_id = "p2";
    assert_folds(fx, ev, "wrong_paper");
    ev.paper_id = "p1";
    assert_folds(fx, ev, "invalid_field"); /* a question that is not in the paper */
    answers[0].question = "q1";
    assert_folds(fx, ev, "invalid_field"); /* a choice twice */
    answers[1].choice_fits = true;
    assert_folds(fx, ev, "invalid_field"); /* a question twice */
    ev.answer_count = 2;
    answers[1].question = "q9";
    assert_folds(fx, ev, "invalid_field");
    answers[1].question = "q2";
    assert_folds(fx, ev, "held");
}

static void checks_of_a_report_come_in_order(void **state)
{
    struct fixture *fx = *state;
    struct event ev = played("c9", 600, 0, "06-20 10:00:00", "06-20 10:10:00");

    ev.key = no_key;
    ev = stamped(ev, "06-20 10:00:00");
    assert_folds(fx, ev, "key_mismatch");
    ev.key = NULL;
    assert_folds(fx, ev, "clock_skew");
    ev = stamped(ev, "06-20 10:10:00");
    assert_folds(fx, ev, "unknown_course");
    ev.course_id = "c1";
    assert_folds(fx, ev, "bad_report");
    ev.to_s = 1200;
    assert_folds(fx, ev, "held");
}

static void checks_of_a_payment_come_in_order(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event ev = stamped(settlement("06-16 09:00:00", code, "x1", 20000), "06-16 08:00:00");

    ev.key = "t1";
    ev.bank = "XYZ";
    assert_folds(fx, ev, "key_mismatch");
    ev.key = code;
    assert_folds(fx, ev, "clock_skew");
    ev = stamped(ev, "06-16 09:00:00");
    assert_folds(fx, ev, "unknown_bank");
    ev.bank = "XJRCU";
    assert_folds(fx, ev, "held");
}

static void checks_of_a_submission_come_in_order(void **state)
{
    struct fixture *fx = *state;
    struct event ev = stamped(submission("05-10 09:00:00"), "05-10 08:00:00");

    ev.key = "e1";
    ev.term_id = "2024-1";
    ev.series = "doctors";
    assert_folds(fx, ev, "key_mismatch");
    ev.key = "t1";
    assert_folds(fx, ev, "clock_skew");
    ev = stamped(ev, "05-10 09:00:00");
    assert_folds(fx, ev, "unknown_term");
    ev.term_id = "2023-1";
    assert_folds(fx, ev, "not_eligible");
    ev.series = "party-school-teachers";
    assert_folds(fx, ev, "outside_registration");
    ev = stamped(ev, "09-14 19:30:00.000001");
    assert_folds(fx, ev, "never_released");
}

/* After *held*: unknown_course, late, identity, the rule's own reasons. */
static void checks_after_held_come_in_order(void **state)
{
    struct fixture *fx = *state;
    struct event ev = sitting("06-20 15:00:00", "oc1", "a1", 80);

    activate(fx);
    assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 70), "applied");
    ev = stamped(ev, "09-14 19:30:00.000001");
    assert_folds(fx, ev, "unknown_course");
    ev.course_id = "c1";
    ev.paper_id = "p1";
    assert_folds(fx, ev, "never_released");
    ev = stamped(ev, "09-14 19:30:00");
    assert_folds(fx, ev, "conflict");
    ev.attempt_id = "a2";
    assert_folds(fx, ev, "applied");

    struct event again = submission("08-10 09:00:00"); /* outside registration, yet known */
    assert_folds(fx, again, "duplicate");
    again.employer = "Another";
    assert_folds(fx, again, "conflict");
}

static void live_course_must_lie_inside_the_training_window(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, attended("l2", "09-13 10:00:00", "09-13 11:00:00"), "unknown_course");
    assert_folds(fx, grant("06-20 10:00:00", "l2", "g1", 1), "unknown_course");
    assert_folds(fx, grant("06-20 10:00:00", "oc1", "g1", 1), "unknown_course");
    assert_folds(fx, grant("06-20 10:00:00", "c1", "g1", 1), "applied");
}

static void r17_4_skew_is_judged_by_the_largest_max_skew(void **state)
{
    static const struct {
        const char *stamp, *expected;
    } rows[] = {
        {"06-20 10:10:00", "applied"},
        {"06-20 10:05:00", "applied"},
        {"06-20 10:04:59.999999", "clock_skew"},
        {"06-20 00:00:00", "clock_skew"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00");

        ev.time = civil("06-20 00:00:00"); /* the end of the report is what is ahead */
        fixture_index(fx);
        activate(fx);
        if (strcmp(fold(fx, stamped(ev, rows[i].stamp)), rows[i].expected) != 0)
            fail_msg("stamped %s: not %s", rows[i].stamp, rows[i].expected);
    }
    assert_folds(fx, stamped(survey("06-20 10:05:00"), "06-20 10:00:00"), "applied");
    assert_folds(fx, stamped(survey("06-20 10:05:00.000001"), "06-20 10:00:00"), "clock_skew");

    fx->programmes[1].max_skew_s = 3600; /* of another programme */
    fixture_index(fx);
    activate(fx);
    assert_folds(fx, stamped(survey("06-20 11:00:00"), "06-20 10:00:00"), "applied");
    assert_folds(fx, stamped(survey("06-20 11:00:00.000001"), "06-20 10:00:00"), "clock_skew");
}

static void clock_skew_passes_when_the_partition_has_ticked(void **state)
{
    struct fixture *fx = *state;
    struct event ev = stamped(survey("06-20 11:00:00"), "06-20 10:00:00");

    activate(fx);
    assert_folds(fx, ev, "clock_skew");
    assert_folds(fx, tick(TOPIC_EXAM, "06-20 11:00:00"), "applied");
    assert_folds(fx, ev, "clock_skew"); /* another partition's clock */
    assert_folds(fx, tick(TOPIC_ENROLLMENT, "06-20 10:54:59.999999"), "applied");
    assert_folds(fx, ev, "clock_skew");
    assert_folds(fx, tick(TOPIC_ENROLLMENT, "06-20 10:55:00"), "applied");
    assert_folds(fx, ev, "applied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(checks_of_an_exam_come_in_order),
        FIXTURE_TEST(checks_of_a_report_come_in_order),
        FIXTURE_TEST(checks_of_a_payment_come_in_order),
        FIXTURE_TEST(checks_of_a_submission_come_in_order),
        FIXTURE_TEST(checks_after_held_come_in_order),
        FIXTURE_TEST(live_course_must_lie_inside_the_training_window),
        FIXTURE_TEST(r17_4_skew_is_judged_by_the_largest_max_skew),
        FIXTURE_TEST(clock_skew_passes_when_the_partition_has_ticked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
