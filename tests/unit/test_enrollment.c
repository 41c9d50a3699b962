/* R9, R10, R23, R24: how an enrollment stands, what is said of it, and how it ends. */
#include "fixture.h"

static void r10_active_at_is_the_later_of_payment_and_approval(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event first[] = {approval("06-16 09:00:00"),
                                  settlement("06-16 09:30:00", code, "x1", 20000)};

    for (size_t i = 0; i < 2; i++) {
        fixture_index(fx);
        enroll(fx);
        assert_folds(fx, first[i], "applied");
        assert_int_equal(the_enrollment(fx)->state, STATE_PENDING);
        assert_true(the_enrollment(fx)->active_at == INSTANT_NONE);
        said(fx);
        assert_folds(fx, first[1 - i], "applied");
        assert_true(the_enrollment(fx)->active_at == civil("06-16 09:30:00"));
        const char *lines = said(fx);
        assert_non_null(strstr(lines,
                               "enrollment.changed e1 #3 active paid approved active hours=0 "
                               "missing=hours,survey @06-16 09:"));
        assert_non_null(strstr(lines, "notification.requested e1 approved 2 @06-16 09:"));
    }
    assert_folds(fx, approval("06-18 09:00:00"), "applied"); /* only the first sets approved_at */
    assert_true(the_enrollment(fx)->active_at == civil("06-16 09:30:00"));
    assert_says(fx, "");
}

/* Section 7: rejected before withdrawn before refunded, whatever came first; nothing comes back. */
static void r9_s18_ended_states_have_their_precedence(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event reject = rejection("06-20 09:00:00", NULL);
    const struct event withdraw = withdrawal("06-20 09:00:00");
    const struct event give_back = refund("06-20 09:00:00", code, "x1", "r1", 1);
    const struct event bar = disqualification("06-20 09:00:00");
    const struct event approve = approval("06-21 09:00:00");
    const struct {
        const struct event *ends[3];
        enum state expected;
    } rows[] = {
        {{&reject}, STATE_REJECTED},
        {{&withdraw}, STATE_WITHDRAWN},
        {{&give_back}, STATE_REFUNDED},
        {{&bar}, STATE_DISQUALIFIED},
        {{&withdraw, &reject}, STATE_REJECTED},
        {{&reject, &withdraw}, STATE_REJECTED},
        {{&give_back, &withdraw}, STATE_WITHDRAWN},
        {{&withdraw, &give_back}, STATE_WITHDRAWN},
        {{&give_back, &reject}, STATE_REJECTED},
        {{&bar, &withdraw}, STATE_WITHDRAWN},
        {{&withdraw, &bar}, STATE_WITHDRAWN},
        {{&give_back, &bar}, STATE_REFUNDED},
        {{&reject, &approve}, STATE_REJECTED},
        {{&withdraw, &approve}, STATE_WITHDRAWN},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate(fx);
        for (size_t j = 0; j < 3 && rows[i].ends[j]; j++)
            assert_folds(fx, *rows[i].ends[j], "applied");
        if (the_enrollment(fx)->state != rows[i].expected)
            fail_msg("row %d: %s", (int)i, state_name(the_enrollment(fx)->state));
    }
}

static void ended_enrollment_says_no_hours_no_survey_no_activity(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, survey("06-18 09:00:00"), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
    said(fx);
    assert_folds(fx, withdrawal("07-02 09:00:00"), "applied");
    assert_says(fx, "refund.requested e1 BOC/x1 20000 enrollment_ended @07-02 09:00:00\n"
                    "enrollment.changed e1 #6 withdrawn paid approved hours=0 @07-02 09:00:00\n"
                    "year.changed 2023 #3 public=0 professional=0 @07-02 09:00:00\n");
    assert_folds(fx, survey("07-03 09:00:00"), "applied");
    assert_folds(fx, withdrawal("07-03 09:00:00"), "applied");
    assert_says(fx, "");
}

static void rejection_is_told_once_with_its_reason(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    said(fx);
    assert_folds(fx, rejection("06-16 09:00:00", "blurred photo"), "applied");
    assert_says(fx, "enrollment.changed e1 #2 rejected hours=0 @06-16 09:00:00\n"
                    "notification.requested e1 rejected blurred photo @06-16 09:00:00\n");
    assert_folds(fx, rejection("06-17 09:00:00", "again"), "applied");
    assert_says(fx, "");
    /* "approved: approved_at is known, whatever came after" */
    assert_folds(fx, approval("06-18 09:00:00"), "applied");
    assert_says(fx, "enrollment.changed e1 #3 rejected approved hours=0 @06-18 09:00:00\n");
}

static void approved_is_told_the_first_time_only(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    assert_folds(fx, approval("06-16 09:00:00"), "applied");
    assert_folds(fx, disqualification("06-16 10:00:00"), "applied");
    assert_folds(fx, settlement("06-16 11:00:00", code_of(fx, "t1", "e1"), "x1", 20000), "applied");
    assert_string_equal(said_of(fx, "notification"),
                        "notification.requested e1 payment-code 20000 @06-10 09:00:00\n");
    assert_folds(fx, reinstatement("06-17 10:00:00"), "applied");
    assert_string_equal(said_of(fx, "notification"),
                        "notification.requested e1 approved 2 @06-17 10:00:00\n");
    assert_folds(fx, disqualification("06-18 10:00:00"), "applied");
    assert_folds(fx, reinstatement("06-19 10:00:00"), "applied");
    assert_string_equal(said_of(fx, "notification"), "");
}

/* R23: bars are intervals [D,R); all but one of these leave things as they are. */
static void r23_bars_open_and_close(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, reinstatement("06-17 09:00:00"), "applied"); /* none is open */
    assert_int_equal(the_enrollment(fx)->bar_count, 0);
    assert_folds(fx, disqualification("06-18 09:00:00"), "applied");
    assert_folds(fx, disqualification("06-18 12:00:00"), "applied"); /* one is open */
    assert_int_equal(the_enrollment(fx)->bar_count, 1);
    assert_true(the_enrollment(fx)->bars[0].from == civil("06-18 09:00:00"));
    assert_true(enrollment_is_barred(the_enrollment(fx)));
    assert_folds(fx, reinstatement("06-19 09:00:00"), "applied");
    assert_folds(fx, reinstatement("06-19 10:00:00"), "applied");
    assert_true(the_enrollment(fx)->bars[0].to == civil("06-19 09:00:00"));
    assert_folds(fx, disqualification("06-21 09:00:00"), "applied");
    assert_folds(fx, reinstatement("06-20 09:00:00"), "applied"); /* before it: [D,D) */
    assert_int_equal(the_enrollment(fx)->bar_count, 2);
    assert_true(the_enrollment(fx)->bars[1].to == civil("06-21 09:00:00"));
    assert_false(enrollment_is_barred(the_enrollment(fx)));
}

static void r23_open_bar_strikes_hours_earned_by_exam(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    said(fx);
    assert_folds(fx, disqualification("07-03 09:00:00"), "applied");
    assert_says(fx, "enrollment.changed e1 #7 disqualified paid approved active hours=2 "
                    "missing=hours,survey,reinstatement @07-03 09:00:00\n"
                    "year.changed 2023 #5 public=0 professional=2 @07-03 09:00:00\n");
    assert_folds(fx, reinstatement("07-04 09:00:00"), "applied");
    assert_says(fx, "enrollment.changed e1 #8 active paid approved active hours=6 missing=survey "
                    "@07-04 09:00:00\n"
                    "year.changed 2023 #6 public=0 professional=6 @07-04 09:00:00\n");
}

static void r24_survey_is_asked_for_when_hours_first_suffice(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    assert_string_equal(said_of(fx, "notification"),
                        "notification.requested e1 payment-code 20000 @06-10 09:00:00\n"
                        "notification.requested e1 approved 2 @06-16 09:30:00\n"
                        "notification.requested e1 survey-due @07-01 12:00:00\n");
    assert_folds(fx, disqualification("07-03 09:00:00"), "applied");
    assert_folds(fx, reinstatement("07-04 09:00:00"), "applied"); /* suffice again: not first */
    assert_string_equal(said_of(fx, "notification"), "");
}

static void r24_survey_that_came_first_is_not_asked_for(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, survey("06-17 08:00:00"), "applied");
    assert_folds(fx, survey("06-18 08:00:00"), "applied"); /* the first sets survey_at */
    assert_true(the_enrollment(fx)->survey_at == civil("06-17 08:00:00"));
    said(fx);
    study(fx);
    assert_string_equal(said_of(fx, "notification"),
                        "notification.requested e1 certificate v1 @07-01 12:00:00\n");
}

static void programme_without_survey_asks_for_none(void **state)
{
    struct fixture *fx = *state;

    fx->programmes[0].survey = NULL;
    enroll(fx);
    assert_string_equal(said_of(fx, "enrollment"),
                        "enrollment.changed e1 #1 pending hours=0 missing=payment,approval,hours "
                        "@06-10 09:00:00\n");
    assert_folds(fx, approval("06-16 09:00:00"), "applied");
    assert_folds(fx, settlement("06-16 09:30:00", code_of(fx, "t1", "e1"), "x1", 20000), "applied");
    study(fx);
    assert_int_equal(the_enrollment(fx)->state, STATE_COMPLETED);
    assert_true(the_enrollment(fx)->due_at == civil("07-01 12:00:00"));
}

static void corrections_replace_what_they_give_in_log_order(void **state)
{
    struct fixture *fx = *state;
    struct event ev = correction("06-20 09:00:00", "Gulnar");

    enroll(fx);
    said(fx);
    assert_folds(fx, ev, "applied");
    ev = correction("06-11 09:00:00", NULL); /* earlier in time, later in the log */
    ev.employer = "Cadre school";
    ev.mobile = "+8613900000000";
    assert_folds(fx, ev, "applied");
    assert_string_equal(the_enrollment(fx)->name, "Gulnar");
    assert_string_equal(the_enrollment(fx)->employer, "Cadre school");
    assert_string_equal(the_enrollment(fx)->mobile, "+8613900000000");
    assert_folds(fx, correction("06-11 09:00:00", "Guli"), "applied");
    assert_string_equal(the_enrollment(fx)->name, "Guli");
    assert_says(fx, "");
}

static void late_are_review_survey_and_submission_nothing_else(void **state)
{
    struct fixture *fx = *state;
    const char *late = "09-14 19:30:00.000001", *in_time = "09-14 19:30:00";
    const struct {
        struct event ev;
        const char *expected;
    } rows[] = {
        {approval("06-16 09:00:00"), "never_released"},
        {rejection("06-16 09:00:00", NULL), "never_released"},
        {survey("06-16 09:00:00"), "never_released"},
        {submission("06-16 09:00:00"), "never_released"},
        {correction("06-16 09:00:00", "Gulnar"), "applied"},
        {disqualification("06-16 09:00:00"), "applied"},
        {reinstatement("06-16 09:00:00"), "applied"},
        {credit("06-16 09:00:00", 2023, 75, "n1"), "applied"},
        {withdrawal("06-16 09:00:00"), "applied"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = rows[i].ev;

        fixture_index(fx);
        if (ev.type != EVENT_ENROLLMENT_SUBMITTED)
            enroll(fx);
        if (strcmp(fold(fx, stamped(ev, late)), rows[i].expected) != 0)
            fail_msg("row %d: not %s", (int)i, rows[i].expected);
        fixture_index(fx);
        if (ev.type != EVENT_ENROLLMENT_SUBMITTED)
            enroll(fx);
        assert_folds(fx, stamped(ev, in_time), "applied");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r10_active_at_is_the_later_of_payment_and_approval),
        FIXTURE_TEST(r9_s18_ended_states_have_their_precedence),
        FIXTURE_TEST(ended_enrollment_says_no_hours_no_survey_no_activity),
        FIXTURE_TEST(rejection_is_told_once_with_its_reason),
        FIXTURE_TEST(approved_is_told_the_first_time_only),
        FIXTURE_TEST(r23_bars_open_and_close),
        FIXTURE_TEST(r23_open_bar_strikes_hours_earned_by_exam),
        FIXTURE_TEST(r24_survey_is_asked_for_when_hours_first_suffice),
        FIXTURE_TEST(r24_survey_that_came_first_is_not_asked_for),
        FIXTURE_TEST(programme_without_survey_asks_for_none),
        FIXTURE_TEST(corrections_replace_what_they_give_in_log_order),
        FIXTURE_TEST(late_are_review_survey_and_submission_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
