/* fold.md sections 1 to 3: checks in their order, identity, what is held and how it is released,
 * and that no interleaving of the topics changes the net state. */
#include "fixture.h"

#include <stdlib.h>

#define LENGTH(table) (sizeof(table) / sizeof *(table))

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

/* Identity. */

static void event_with_known_id_is_duplicate_or_conflict(void **state)
{
    struct fixture *fx = *state;
    struct event ev = rejection("06-16 09:00:00", "blurred photo");

    enroll(fx);
    ev.id = "review-1";
    assert_folds(fx, ev, "applied");
    said(fx);
    assert_folds(fx, ev, "duplicate");
    struct event other = ev;
    other.time++;
    assert_folds(fx, other, "conflict");
    other = ev;
    other.reason = "no photo";
    assert_folds(fx, other, "conflict");
    other = whose(approval("06-16 09:00:00"), "t1", "e1");
    other.id = "review-1";
    assert_folds(fx, other, "conflict");
    other = withdrawal("06-16 09:00:00"); /* the type is content, too */
    other.id = "review-1";
    assert_folds(fx, other, "conflict");
    assert_says(fx, "");
}

static void id_names_an_event_within_source_topic_and_subject(void **state)
{
    struct fixture *fx = *state;
    struct event ev = survey("06-16 09:00:00"), other;

    activate(fx);
    other = whose(submission("06-11 09:00:00"), "t2", "e2");
    other.id_number = "650102199001015678";
    assert_folds(fx, other, "applied");
    ev.id = "same";
    assert_folds(fx, ev, "applied");
    other = approval("06-16 09:00:00");
    other.id = "same";
    other.source = "/elsewhere";
    assert_folds(fx, other, "applied");
    other = sitting("06-16 12:00:00", "c1", "a1", 50); /* another topic */
    other.id = "same";
    assert_folds(fx, other, "applied");
    other = whose(survey("06-16 10:00:00"), "t2", "e2"); /* another enrollment */
    other.id = "same";
    assert_folds(fx, other, "applied");
    other = credit("06-16 10:00:00", 2023, 75, "n1"); /* the trainee is the subject */
    other.id = "same";
    assert_folds(fx, other, "applied");
    other = credit("06-16 10:00:00", 2023, 75, "n2");
    other.id = "same";
    assert_folds(fx, other, "conflict");
}

/* A fact that comes again under another event id, as it was and with one field altered. */
static void natural_identity_is_duplicate_or_conflict(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event known[] = {
        submission("06-10 09:00:00"),
        credit("06-16 10:00:00", 2023, 75, "n1"),
        settlement("06-16 09:30:00", code, "x1", 20000),
        refund("06-17 10:00:00", code, "x1", "r1", 100),
        sitting("06-17 15:00:00", "c1", "a1", 50),
        grant("06-17 16:00:00", "c1", "g1", 1),
    };
    struct event altered[LENGTH(known)];

    memcpy(altered, known, sizeof known);
    altered[0].mobile = "13900000000";
    altered[1].hours = 76;
    altered[2].channel = "counter";
    altered[3].amount_fen = 101;
    altered[4].score = 51;
    altered[5].course_id = "c2";
    for (size_t i = 0; i < LENGTH(known); i++) {
        struct event later = known[i];

        assert_folds(fx, known[i], "applied");
        said(fx);
        later.time += US_PER_S; /* takes part by ce_id only */
        assert_folds(fx, later, "duplicate");
        assert_folds(fx, altered[i], "conflict");
        assert_folds(fx, known[i], "duplicate"); /* the conflict left nothing */
        assert_says(fx, "");
    }
}

static void natural_identity_is_bounded(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event ev;

    activate(fx);
    assert_folds(fx, sitting("06-17 15:00:00", "c1", "a1", 50), "applied");
    assert_folds(fx, sitting("06-17 15:00:00", "c2", "a1", 40), "applied"); /* another course */
    ev = settlement("06-17 15:00:00", code, "x1", 100);
    ev.bank = "ABC"; /* another bank's transaction */
    assert_folds(fx, ev, "applied");
    assert_folds(fx, refund("06-18 15:00:00", code, "x1", "r1", 100), "applied");
    ev = refund("06-18 15:00:00", code, "x1", "r1", 90);
    ev.bank = "ABC"; /* of another settlement */
    assert_folds(fx, ev, "applied");
    assert_folds(fx, credit("06-18 10:00:00", 2023, 75, "n1"), "applied");
    ev = credit("06-18 10:00:00", 2023, 30, "n1");
    ev.provider = "another";
    assert_folds(fx, ev, "applied");
    assert_folds(fx, whose(credit("06-18 10:00:00", 2023, 30, "n1"), "t2", NULL), "applied");
}

static void rejected_record_leaves_nothing_and_is_judged_anew(void **state)
{
    struct fixture *fx = *state;
    struct event ev = submission("06-12 09:00:00");

    ev.enrollment_id = "e2";
    ev.id = "second";
    enroll(fx);
    said(fx);
    assert_folds(fx, ev, "already_enrolled");
    assert_folds(fx, ev, "already_enrolled");
    assert_null(enrollment_of(fx, "t1", "e2"));
    assert_says(fx, "");
    assert_folds(fx, withdrawal("06-11 09:00:00"), "applied");
    assert_folds(fx, ev, "applied");
    assert_folds(fx, ev, "duplicate");
}

static void reports_are_not_remembered_by_id(void **state)
{
    struct fixture *fx = *state;
    struct event ev = played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00");

    activate(fx);
    ev.id = "r1";
    assert_folds(fx, ev, "applied");
    ev = played("c1", 600, 1200, "06-20 10:10:00", "06-20 10:20:00");
    ev.id = "r1";
    assert_folds(fx, ev, "applied");
    assert_int_equal(the_course(fx, "c1")->covered_s, 1200);
    assert_folds(fx, played("c1", 0, 600, "06-15 10:00:00", "06-15 10:10:00"), "applied");
    assert_folds(fx, played("c1", 0, 600, "06-15 10:00:00", "06-15 10:10:00"), "applied");
}

static void enrollment_is_the_pair_of_trainee_and_enrollment(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, whose(survey("06-20 09:00:00"), "t2", "e1"), "held");
    assert_folds(fx, survey("06-20 09:00:00"), "applied");
    struct event other = whose(submission("06-12 09:00:00"), "t2", "e1");
    other.id_number = "650102199001015678";
    assert_folds(fx, other, "applied");
    assert_string_equal(released(fx), "enrollment/2 applied\n");
}

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

/* Section 1: a story in four topics, in any interleaving. */

#define STORY_MAX 40

struct story {
    struct event topics[TOPICS_IN][STORY_MAX];
    size_t counts[TOPICS_IN];
};

static void add(struct story *story, enum topic topic, struct event ev)
{
    assert_true(story->counts[topic] < STORY_MAX);
    story->topics[topic][story->counts[topic]++] = ev;
}

static void add_watching(struct story *story, const char *course_id, const char *from,
                         int64_t length)
{
    for (int64_t at = 0; at < length; at += 600) {
        struct event ev = played(course_id, at, at + 600, from, from);

        ev.started_at += at * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        add(story, TOPIC_WATCH_TIME, ev);
    }
}

static void tell_story(struct fixture *fx, struct story *story)
{
    const char *code = code_of(fx, "t1", "e1");

    add(story, TOPIC_ENROLLMENT, submission("06-10 09:00:00"));
    add(story, TOPIC_ENROLLMENT, approval("06-16 09:00:00"));
    add(story, TOPIC_ENROLLMENT, disqualification("06-20 14:00:00"));
    add(story, TOPIC_ENROLLMENT, reinstatement("06-20 16:00:00"));
    add(story, TOPIC_ENROLLMENT, survey("07-02 08:00:00"));
    add(story, TOPIC_ENROLLMENT, correction("07-03 08:00:00", "Gulnar"));
    add(story, TOPIC_ENROLLMENT, credit("07-03 09:00:00", 2023, 300, "n1"));
    add(story, TOPIC_PAYMENT, refund("06-16 09:20:00", code, "x0", "r1", 10000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:10:00", code, "x0", 10000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:30:00", code, "x1", 20000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:40:00", code, "x2", 20000));
    add(story, TOPIC_PAYMENT, receipt("06-17 09:40:00", code, "x1", "n9"));
    add_watching(story, "c1", "06-20 10:00:00", 5400);
    add_watching(story, "c2", "06-21 10:00:00", 3600);
    add(story, TOPIC_WATCH_TIME, played("c2", 0, 600, "06-20 10:05:00", "06-20 10:15:00"));
    add(story, TOPIC_WATCH_TIME, attended("l1", "07-01 10:00:00", "07-01 12:00:00"));
    add(story, TOPIC_EXAM, sitting("06-20 11:00:00", "c1", "a1", 80)); /* before learning */
    add(story, TOPIC_EXAM, sitting("06-20 15:00:00", "c1", "a2", 80)); /* barred */
    add(story, TOPIC_EXAM, sitting("06-20 17:00:00", "c1", "a3", 50));
    add(story, TOPIC_EXAM, sitting("06-20 18:00:00", "c1", "a4", 40));
    add(story, TOPIC_EXAM, sitting("06-20 19:00:00", "c1", "a5", 30));
    add(story, TOPIC_EXAM, sitting("06-20 20:00:00", "c1", "a6", 90)); /* exhausted */
    add(story, TOPIC_EXAM, grant("06-20 21:00:00", "c1", "g1", 1));
    add(story, TOPIC_EXAM, sitting("06-20 22:00:00", "c1", "a7", 90));
    add(story, TOPIC_EXAM, sitting("06-21 15:00:00", "c2", "a1", 70));
}

static void tell_attempts(struct text *text, const struct progress *progress)
{
    for (size_t i = 0; i < progress->attempt_count; i++) {
        text_add(text, " ");
        text_add(text, progress->attempts[i]->attempt_id);
        text_add(text, "=");
        text_add(text, verdict_name(progress->attempts[i]->verdict));
        text_add(text, "/");
        text_add_int(text, progress->attempts[i]->attempts_left);
    }
}

/* The net state (fold.md section 9) as one text. */
static const char *net_state(struct fixture *fx)
{
    const struct enrollment *enrollment = the_enrollment(fx);
    const struct certificate *certificate = the_certificate(fx);
    const struct trainee *trainee = enrollment->trainee;
    struct text text;

    text_init(&text, &fx->arena);
    text_add(&text, state_name(enrollment->state));
    text_add(&text, " hours ");
    text_add_tenths(&text, enrollment->hours);
    text_add(&text, " missing ");
    text_add_int(&text, enrollment->missing);
    text_add(&text, " active ");
    text_add(&text, civil_text(fx, enrollment->active_at));
    text_add(&text, " due ");
    text_add(&text, civil_text(fx, enrollment->due_at));
    for (size_t i = 0; i < enrollment->course_count; i++) {
        const struct progress *progress = enrollment->courses[i];

        text_add(&text, "\n");
        text_add(&text, progress->course->id);
        text_add(&text, " ");
        text_add_int(&text, progress->covered_s + progress->presence_us / US_PER_S);
        text_add(&text, " learned ");
        text_add(&text, civil_text(fx, progress->learned_at));
        text_add(&text, " credited ");
        text_add(&text, civil_text(fx, progress_credited_at(progress)));
        tell_attempts(&text, progress);
    }
    for (size_t i = 0; i < enrollment->payments.count; i++) {
        const struct payment *payment = enrollment->payments.at[i];

        text_add(&text, "\n");
        text_add(&text, payment->bank_txn_id);
        text_add(&text, payment->settles ? " settles " : " ");
        text_add(&text, owed_name(payment->owed) ? owed_name(payment->owed) : "nothing");
    }
    text_add(&text, "\ncertificate ");
    text_add(&text, certificate && certificate->stands ? "stands, " : "none, ");
    text_add_int(&text, certificate ? certificate->issued_at : 0);
    text_add(&text, trainee->years[0]->complete ? ", year complete" : ", year open");
    return text_string(&text);
}

/* One interleaving, drawn by the seed; seed 0 is topic after topic. */
static const char *fold_story(struct fixture *fx, const struct story *story, uint64_t seed)
{
    size_t next[TOPICS_IN] = {0}, left = 0;

    for (int topic = 0; topic < TOPICS_IN; topic++)
        left += story->counts[topic];
    for (int topic = 0; left; topic = (topic + 1) % TOPICS_IN) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t rest = story->counts[topic] - next[topic];
        size_t burst = seed == UINT64_C(1442695040888963407) ? rest : (seed >> 33) % 4;

        for (; burst && next[topic] < story->counts[topic]; burst--, left--)
            fold(fx, story->topics[topic][next[topic]++]);
    }
    return net_state(fx);
}

static void no_interleaving_changes_the_net_state(void **state)
{
    struct fixture *fx = *state;
    struct story story = {.counts = {0}};

    tell_story(fx, &story);
    const char *expected = fold_story(fx, &story, 0);
    assert_string_equal(expected,
                        "completed hours 6 missing 0 active 06-16 09:30:00 due 07-02 08:00:00\n"
                        "c1 5400 learned 06-20 11:30:00 credited 06-20 22:00:00"
                        " a1=before_learning/3 a2=barred/3 a3=counted/2 a4=counted/1 a5=counted/0"
                        " a6=exhausted/0 a7=counted/0\n"
                        "c2 3600 learned 06-21 11:00:00 credited 06-21 15:00:00 a1=counted/2\n"
                        "l1 7200 learned 07-01 12:00:00 credited 07-01 12:00:00\n"
                        "x0 nothing\nx1 settles nothing\nx2 already_settled\n"
                        "certificate stands, 1688256000000000, year complete");
    for (uint64_t seed = 1; seed <= 500; seed++) {
        void *world;

        fixture_setup(&world);
        const char *net = fold_story(world, &story, seed);
        if (strcmp(net, expected) != 0)
            fail_msg("interleaving %d:\n%s", (int)seed, net);
        fixture_teardown(&world);
    }
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
        FIXTURE_TEST(event_with_known_id_is_duplicate_or_conflict),
        FIXTURE_TEST(id_names_an_event_within_source_topic_and_subject),
        FIXTURE_TEST(natural_identity_is_duplicate_or_conflict),
        FIXTURE_TEST(natural_identity_is_bounded),
        FIXTURE_TEST(rejected_record_leaves_nothing_and_is_judged_anew),
        FIXTURE_TEST(reports_are_not_remembered_by_id),
        FIXTURE_TEST(enrollment_is_the_pair_of_trainee_and_enrollment),
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
        FIXTURE_TEST(no_interleaving_changes_the_net_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
