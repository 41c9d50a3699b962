/* fold.md section 3: what is known, as a duplicate or in conflict. */
#include "fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(event_with_known_id_is_duplicate_or_conflict),
        FIXTURE_TEST(id_names_an_event_within_source_topic_and_subject),
        FIXTURE_TEST(natural_identity_is_duplicate_or_conflict),
        FIXTURE_TEST(natural_identity_is_bounded),
        FIXTURE_TEST(rejected_record_leaves_nothing_and_is_judged_anew),
        FIXTURE_TEST(reports_are_not_remembered_by_id),
        FIXTURE_TEST(enrollment_is_the_pair_of_trainee_and_enrollment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
