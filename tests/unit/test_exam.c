/* R14, R19 to R23: grading, and the verdict on each attempt as a function of the facts. */
#include "fixture.h"

#define ATTEMPTS_MAX 8

/* The attempts of c3 in log order: "a1=counted/2 a2=…". */
static const char *verdicts(struct fixture *fx)
{
    const struct progress *c3 = the_course(fx, "c3");
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < c3->attempt_count; i++) {
        text_add(&text, i ? " " : "");
        text_add(&text, c3->attempts[i]->attempt_id);
        text_add(&text, "=");
        text_add(&text, verdict_name(c3->attempts[i]->verdict));
        text_add(&text, "/");
        text_add_int(&text, c3->attempts[i]->attempts_left);
    }
    return text_string(&text);
}

/* c3 learned at 06-20 10:30:00. */
static void learn(struct fixture *fx)
{
    watch(fx, "c3", "06-20 10:00:00");
    assert_true(the_course(fx, "c3")->learned_at == civil("06-20 10:30:00"));
}

static void activate_and_learn(struct fixture *fx)
{
    activate(fx);
    learn(fx);
    said(fx);
}

/* p1: q1 single 40 "B", q2 multiple 40 "ACD", q3 true/false 20 "T". */
static void r19_r20_answers_are_graded_by_the_key(void **state)
{
    static const struct {
        const char *name;
        struct answer answers[3];
        size_t count;
        int64_t score;
    } rows[] = {
        {"all right", {{"q1", "B", true}, {"q2", "ACD", true}, {"q3", "T", true}}, 3, 100},
        {"any order of questions", {{"q3", "T", true}, {"q1", "B", true}}, 2, 60},
        {"choices are sets", {{"q2", "DCA", true}}, 1, 40},
        {"all or nothing: too few", {{"q2", "AC", true}}, 1, 0},
        {"all or nothing: too many", {{"q2", "ABCD", true}}, 1, 0},
        {"all or nothing: one wrong", {{"q2", "ABD", true}}, 1, 0},
        {"nothing chosen", {{"q1", "", true}, {"q2", "", true}}, 2, 0},
        {"two choices of a single", {{"q1", "AB", true}}, 1, 0},
        {"wrong", {{"q1", "A", true}, {"q3", "F", true}}, 2, 0},
        {"no answers", {{NULL, NULL, false}}, 0, 0},
        {"59 are impossible, 60 pass",
         {{"q1", "B", true}, {"q2", "A", true}, {"q3", "T", true}},
         3,
         60},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = sitting("06-20 15:00:00", "c1", "a1", -1);

        fixture_index(fx);
        activate(fx);
        ev.answers = rows[i].answers;
        ev.answer_count = rows[i].count;
        assert_folds(fx, ev, "applied");
        const struct attempt *attempt = the_course(fx, "c1")->attempts[0];
        if (attempt->score != rows[i].score || attempt->passed != (rows[i].score >= 60))
            fail_msg("%s: %d", rows[i].name, (int)attempt->score);
    }
}

static void r19_sixty_of_a_hundred_pass(void **state)
{
    static const struct {
        int64_t score;
        bool passed;
    } rows[] = {{0, false}, {59, false}, {60, true}, {100, true}};
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate_and_learn(fx);
        assert_folds(fx, sitting("06-20 15:00:00", "c3", "a1", rows[i].score), "applied");
        assert_int_equal(the_course(fx, "c3")->attempts[0]->passed, rows[i].passed);
        assert_int_equal(the_enrollment(fx)->hours, rows[i].passed ? 15 : 0);
    }
}

static void r14_hours_count_once_from_the_first_counted_pass(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    assert_folds(fx, sitting("06-20 15:00:00", "c3", "a1", 50), "applied");
    assert_true(progress_credited_at(the_course(fx, "c3")) == INSTANT_NONE);
    assert_folds(fx, sitting("06-20 16:00:00", "c3", "a2", 70), "applied");
    said(fx);
    assert_folds(fx, sitting("06-20 17:00:00", "c3", "a3", 90), "applied");
    assert_says(fx, "exam.graded e1 c3/a3 90 passed counted left=0 @06-20 17:00:00\n");
    assert_int_equal(the_enrollment(fx)->hours, 15);
    assert_true(progress_credited_at(the_course(fx, "c3")) == civil("06-20 16:00:00"));
    assert_string_equal(progress_pass(the_course(fx, "c3"))->attempt_id, "a2");
}

static void r20_score_goes_back_at_once(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    assert_folds(fx, sitting("06-20 09:00:00", "c3", "a1", 70), "applied");
    assert_says(fx, "exam.graded e1 c3/a1 70 passed open left=3 @06-20 09:00:00\n");
    const struct attempt *attempt = the_course(fx, "c3")->attempts[0];
    assert_int_equal(attempt->said, 1);
    learn(fx);
    assert_says(fx, "course.learned e1 c3 @06-20 10:30:00\n"
                    "exam.graded e1 c3/a1 70 passed before_learning left=3 @06-20 10:30:00\n");
    assert_int_equal(attempt->said, 2);
}

static void r20_counted_fail_is_told_once(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    assert_folds(fx, sitting("06-20 12:00:00", "c3", "a1", 50), "applied");
    assert_string_equal(said_of(fx, "notification"), ""); /* open */
    learn(fx);
    assert_string_equal(said_of(fx, "notification"),
                        "notification.requested e1 exam-failed c3 50 left=2 @06-20 10:30:00\n");
    assert_folds(fx, grant("06-20 11:00:00", "c3", "g1", 1), "applied");
    assert_folds(fx, disqualification("06-20 11:30:00"), "applied"); /* barred */
    assert_folds(fx, reinstatement("06-20 11:40:00"), "applied");    /* counted again */
    assert_string_equal(said_of(fx, "notification"), "");
}

/* R21 to R23 with one attempt each a row: its time, its score, what it becomes. */
static void r16_r18_r22_r23_verdict_follows_the_time(void **state)
{
    static const struct {
        const char *when, *verdict;
    } rows[] = {
        {"06-15 09:59:59.999999", "outside_training"}, {"06-15 10:00:00", "before_learning"},
        {"06-20 10:29:59.999999", "before_learning"},  {"06-20 10:30:00", "counted"},
        {"06-24 23:59:59.999999", "counted"},          {"06-25 00:00:00", "barred"},
        {"06-25 23:59:59.999999", "barred"},           {"06-26 00:00:00", "counted"},
        {"08-15 19:29:59.999999", "counted"},          {"08-15 19:30:00", "outside_training"},
        {"08-31 12:00:00", "outside_training"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate_and_learn(fx);
        assert_folds(fx, disqualification("06-25 00:00:00"), "applied");
        assert_folds(fx, reinstatement("06-26 00:00:00"), "applied");
        assert_folds(fx, sitting(rows[i].when, "c3", "a1", 80), "applied");
        const struct attempt *attempt = the_course(fx, "c3")->attempts[0];
        bool counted = attempt->verdict == VERDICT_COUNTED;
        if (strcmp(verdict_name(attempt->verdict), rows[i].verdict) != 0 ||
            attempt->attempts_left != (counted ? 2 : 3) ||
            the_enrollment(fx)->hours != (counted ? 15 : 0))
            fail_msg("%s: %s", rows[i].when, verdict_name(attempt->verdict));
    }
}

static void verdict_before_learning_ranks_behind_window_and_bar(void **state)
{
    struct fixture *fx = *state;

    activate(fx); /* nothing learned */
    assert_folds(fx, disqualification("06-25 00:00:00"), "applied");
    assert_folds(fx, sitting("06-15 09:00:00", "c3", "a1", 80), "applied");
    assert_folds(fx, sitting("06-25 09:00:00", "c3", "a2", 80), "applied");
    assert_folds(fx, sitting("06-24 09:00:00", "c3", "a3", 80), "applied");
    assert_folds(fx, sitting("08-15 19:30:00", "c3", "a4", 80), "applied"); /* barred, too */
    assert_string_equal(verdicts(fx), "a1=outside_training/3 a2=barred/3 a3=open/3 "
                                      "a4=outside_training/3");
}

static void sit_hourly(struct fixture *fx, const int64_t *scores, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event ev = sitting("06-20 12:00:00", "c3", "a1", scores[i]);

        ev.attempt_id = text_join(&fx->arena, text_from_int(&fx->arena, (int64_t)i + 1), NULL);
        ev.time += (int64_t)i * 3600 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
}

static void r21_three_attempts(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){10, 20, 30, 90, 95}, 5);
    assert_string_equal(verdicts(fx), "1=counted/2 2=counted/1 3=counted/0 4=exhausted/0 "
                                      "5=exhausted/0");
    assert_int_equal(the_enrollment(fx)->hours, 0);
}

static void r21_fail_after_a_pass_changes_nothing(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){90, 20}, 2);
    assert_string_equal(verdicts(fx), "1=counted/2 2=counted/1");
    assert_int_equal(the_enrollment(fx)->hours, 15);
}

static void r21_attempts_are_per_course(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    watch(fx, "c2", "06-21 10:00:00");
    sit_hourly(fx, (const int64_t[]){10, 20, 30}, 3);
    assert_folds(fx, sitting("06-22 12:00:00", "c2", "a1", 80), "applied");
    assert_int_equal(the_course(fx, "c2")->attempts[0]->verdict, VERDICT_COUNTED);
}

static void r22_attempts_that_do_not_count_use_none(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, sitting("06-15 09:00:00", "c3", "o", 10), "applied");
    assert_folds(fx, sitting("06-20 09:00:00", "c3", "b1", 10), "applied");
    assert_folds(fx, sitting("06-20 09:30:00", "c3", "b2", 10), "applied");
    learn(fx);
    sit_hourly(fx, (const int64_t[]){10, 20, 70}, 3);
    assert_string_equal(verdicts(fx), "o=outside_training/3 b1=before_learning/3 "
                                      "b2=before_learning/3 1=counted/2 2=counted/1 3=counted/0");
    assert_int_equal(the_enrollment(fx)->hours, 15);
}

static void r21_granted_attempts_count_from_their_place_on(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){10, 20, 30, 40}, 4);
    said(fx);
    assert_folds(fx, grant("06-20 11:00:00", "c3", "g1", 2), "applied"); /* by place, not by time */
    assert_says(fx, "");
    assert_folds(fx, grant("06-20 11:00:00", "c1", "g2", 3), "applied"); /* another course's */
    assert_folds(fx, grant("06-20 11:00:00", "c1", "g2", 3), "duplicate");
    assert_folds(fx, sitting("06-21 12:00:00", "c3", "g", 50), "applied");
    assert_folds(fx, sitting("06-21 13:00:00", "c3", "h", 90), "applied");
    assert_folds(fx, sitting("06-21 14:00:00", "c3", "i", 90), "applied");
    assert_string_equal(verdicts(fx), "1=counted/2 2=counted/1 3=counted/0 4=exhausted/0 "
                                      "g=counted/1 h=counted/0 i=exhausted/0");
    assert_int_equal(the_enrollment(fx)->hours, 15);
}

static void r23_exams_in_a_bar_do_not_count_and_use_no_attempt(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){10, 80, 30, 90}, 4); /* 12, 13, 14, 15 o'clock */
    assert_string_equal(verdicts(fx), "1=counted/2 2=counted/1 3=counted/0 4=exhausted/0");
    said(fx);
    /* The bar comes to light later: 13:00:00 on. */
    assert_folds(fx, disqualification("06-20 13:00:00"), "applied");
    assert_string_equal(verdicts(fx), "1=counted/2 2=barred/2 3=barred/2 4=barred/2");
    assert_int_equal(the_enrollment(fx)->hours, 0);
    said(fx);
    assert_folds(fx, reinstatement("06-20 15:00:00"), "applied");
    assert_string_equal(verdicts(fx), "1=counted/2 2=barred/2 3=barred/2 4=counted/1");
    assert_string_equal(said_of(fx, "exam"),
                        "exam.graded e1 c3/4 90 passed counted left=1 @06-20 15:00:00\n");
    assert_true(progress_credited_at(the_course(fx, "c3")) == civil("06-20 15:00:00"));
}

static void r21_grants_add_up(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){10, 20, 30}, 3);
    assert_folds(fx, grant("06-20 16:00:00", "c3", "g1", 1), "applied");
    assert_folds(fx, grant("06-20 16:00:00", "c3", "g2", 1), "applied");
    assert_folds(fx, sitting("06-21 12:00:00", "c3", "g", 50), "applied");
    assert_folds(fx, sitting("06-21 13:00:00", "c3", "h", 50), "applied");
    assert_string_equal(verdicts(fx),
                        "1=counted/2 2=counted/1 3=counted/0 g=counted/1 h=counted/0");
}

static void r23_every_bar_counts(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    assert_folds(fx, disqualification("06-20 11:00:00"), "applied");
    assert_folds(fx, reinstatement("06-20 11:30:00"), "applied");
    assert_folds(fx, disqualification("06-20 13:00:00"), "applied");
    assert_folds(fx, reinstatement("06-20 13:30:00"), "applied");
    sit_hourly(fx, (const int64_t[]){10, 20, 30}, 3); /* 12, 13 and 14 o'clock */
    assert_string_equal(verdicts(fx), "1=counted/2 2=barred/2 3=counted/1");
}

static void r14_credited_is_said_once_though_it_moves(void **state)
{
    struct fixture *fx = *state;

    activate_and_learn(fx);
    sit_hourly(fx, (const int64_t[]){80, 90}, 2);
    assert_string_equal(said_of(fx, "course"), "course.credited e1 c3 @06-20 12:00:00\n");
    assert_folds(fx, disqualification("06-20 12:00:00"), "applied");
    assert_folds(fx, reinstatement("06-20 12:30:00"), "applied");
    assert_true(progress_credited_at(the_course(fx, "c3")) == civil("06-20 13:00:00"));
    assert_string_equal(said_of(fx, "course"), "");
}

static void r17_6_fast_exam_is_raised(void **state)
{
    static const struct {
        const char *started, *expected;
    } rows[] = {
        {"06-20 14:59:00", ""},
        {"06-20 14:59:00.000001", "anomaly.raised e1 fast_exam c3/a1 @06-20 15:00:00\n"},
        {"06-20 15:00:00", "anomaly.raised e1 fast_exam c3/a1 @06-20 15:00:00\n"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = sitting("06-20 15:00:00", "c3", "a1", 80);

        fixture_index(fx);
        activate_and_learn(fx);
        ev.started_at = civil(rows[i].started);
        assert_folds(fx, ev, "applied");
        assert_string_equal(said_of(fx, "anomaly"), rows[i].expected);
        assert_int_equal(the_enrollment(fx)->hours, 15); /* it blocks nothing */
    }
}

static void r18_late_exams_and_grants_are_refused(void **state)
{
    struct fixture *fx = *state;
    const char *late = "09-14 19:30:00.000001", *in_time = "09-14 19:30:00";

    activate_and_learn(fx);
    assert_folds(fx, stamped(sitting("06-20 15:00:00", "c3", "a1", 80), late), "never_released");
    assert_folds(fx, stamped(grant("06-20 15:00:00", "c3", "g1", 1), late), "never_released");
    assert_folds(fx, stamped(sitting("06-20 15:00:00", "c3", "a1", 80), in_time), "applied");
    assert_folds(fx, stamped(grant("06-20 15:00:00", "c3", "g1", 1), in_time), "applied");
}

/* S9 in a story of every kind, and attempts_left never below 0. */
static void s9_counted_attempts_are_bounded(void **state)
{
    struct fixture *fx = *state;
    uint64_t seed = 23;

    activate_and_learn(fx);
    for (int i = 0; i < 60; i++) {
        struct event ev = sitting("06-20 00:00:00", "c3", "a", 40);

        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ev.attempt_id = text_from_int(&fx->arena, i);
        ev.time += (int64_t)((seed >> 33) % 172800) * US_PER_S;
        ev.started_at = ev.time - 600 * US_PER_S;
        assert_folds(fx, ev, "applied");
        if (i % 20 == 10)
            assert_folds(fx, grant("06-21 12:00:00", "c3", text_from_int(&fx->arena, i), 1),
                         "applied");
        if (i == 30)
            assert_folds(fx, disqualification("06-21 00:00:00"), "applied");
        if (i == 40)
            assert_folds(fx, reinstatement("06-21 06:00:00"), "applied");
        int64_t counted = 0;
        for (size_t j = 0; j < the_course(fx, "c3")->attempt_count; j++) {
            const struct attempt *attempt = the_course(fx, "c3")->attempts[j];

            counted += attempt->verdict == VERDICT_COUNTED;
            assert_true(attempt->attempts_left >= 0);
        }
        assert_in_range(counted, 0, 3 + the_enrollment(fx)->grant_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r19_r20_answers_are_graded_by_the_key),
        FIXTURE_TEST(r19_sixty_of_a_hundred_pass),
        FIXTURE_TEST(r14_hours_count_once_from_the_first_counted_pass),
        FIXTURE_TEST(r20_score_goes_back_at_once),
        FIXTURE_TEST(r20_counted_fail_is_told_once),
        FIXTURE_TEST(r16_r18_r22_r23_verdict_follows_the_time),
        FIXTURE_TEST(verdict_before_learning_ranks_behind_window_and_bar),
        FIXTURE_TEST(r21_three_attempts),
        FIXTURE_TEST(r21_fail_after_a_pass_changes_nothing),
        FIXTURE_TEST(r21_attempts_are_per_course),
        FIXTURE_TEST(r22_attempts_that_do_not_count_use_none),
        FIXTURE_TEST(r21_granted_attempts_count_from_their_place_on),
        FIXTURE_TEST(r23_exams_in_a_bar_do_not_count_and_use_no_attempt),
        FIXTURE_TEST(r21_grants_add_up),
        FIXTURE_TEST(r23_every_bar_counts),
        FIXTURE_TEST(r14_credited_is_said_once_though_it_moves),
        FIXTURE_TEST(r17_6_fast_exam_is_raised),
        FIXTURE_TEST(r18_late_exams_and_grants_are_refused),
        FIXTURE_TEST(s9_counted_attempts_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
