/* R2: the year and its public hours. */
#include "fixture.h"

/* R2: the year. */

static void r2_year_is_complete_with_certificate_and_public_hours(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    said(fx);
    assert_folds(fx, credit("07-03 09:00:00", 2023, 299, "n1"), "applied");
    assert_says(fx, "year.changed 2023 #5 public=29.9 professional=6 @07-03 09:00:00\n");
    assert_folds(fx, credit("07-03 10:00:00", 2023, 1, "n2"), "applied");
    assert_says(fx, "year.changed 2023 #6 public=30 professional=6 complete @07-03 10:00:00\n");
    assert_folds(fx, disqualification("07-10 09:00:00"), "applied");
    assert_string_equal(said_of(fx, "year"),
                        "year.changed 2023 #7 public=30 professional=2 @07-10 09:00:00\n");
    assert_folds(fx, reinstatement("07-11 09:00:00"), "applied");
    assert_string_equal(said_of(fx, "year"),
                        "year.changed 2023 #8 public=30 professional=6 complete "
                        "@07-11 09:00:00\n");
}

static void r2_years_are_those_of_credits_and_enrollments(void **state)
{
    struct fixture *fx = *state;

    assert_folds(fx, credit("01-03 09:00:00", 2022, 75, "n1"), "applied");
    assert_null(fx->effects[0].enrollment_id);
    assert_null(fx->effects[0].subject);
    assert_says(fx, "year.changed 2022 #1 public=7.5 professional=0 @01-03 09:00:00\n");
    assert_folds(fx, credit("01-03 09:00:00", 2023, 300, "n2"), "applied");
    assert_says(fx, "year.changed 2023 #1 public=30 professional=0 @01-03 09:00:00\n");
    enroll(fx);
    assert_string_equal(said_of(fx, "year"), "");
    assert_folds(fx, credit("01-03 09:00:00", 2023, 300, "n2"), "duplicate");
    assert_folds(fx, credit("01-04 09:00:00", 2022, 5, "n3"), "applied");
    assert_says(fx, "year.changed 2022 #2 public=8 professional=0 @01-04 09:00:00\n");
}

static void r2_professional_hours_are_the_best_of_the_years_enrollments(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    struct event other = whose(submission("06-17 09:00:00"), "t1", "e9");
    other.term_id = "other-1";
    assert_folds(fx, other, "applied");
    const char *code = enrollment_of(fx, "t1", "e9")->payment_code;
    assert_folds(fx, whose(approval("06-17 10:00:00"), "t1", "e9"), "applied");
    assert_folds(fx, settlement("06-17 10:00:00", code, "y1", 20000), "applied");
    other = played("oc1", 0, 600, "06-22 10:00:00", "06-22 10:10:00");
    assert_folds(fx, whose(other, "t1", "e9"), "applied");
    said(fx);
    other = sitting("06-22 15:00:00", "oc1", "a1", 80);
    assert_folds(fx, whose(other, "t1", "e9"), "applied"); /* 2 hours, and 6 of the other */
    assert_string_equal(said_of(fx, "year"), "");
    assert_folds(fx, withdrawal("07-10 09:00:00"), "applied");
    assert_string_equal(said_of(fx, "year"),
                        "year.changed 2023 #5 public=0 professional=2 @07-10 09:00:00\n");
    assert_int_equal(world_trainee(&fx->world, "t1")->trainee.year_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r2_year_is_complete_with_certificate_and_public_hours),
        FIXTURE_TEST(r2_years_are_those_of_credits_and_enrollments),
        FIXTURE_TEST(r2_professional_hours_are_the_best_of_the_years_enrollments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
