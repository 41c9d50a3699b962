/* R9, R23, R29: how a certificate is taken back, and given anew. */
#include "../../handlers/rules.h"
#include "fixture.h"

/* The first of its type; it must be there. */
static const struct effect *find_effect(const struct fixture *fx, enum effect_type type)
{
    size_t i = 0;

    while (i < fx->effect_count && fx->effects[i].type != type)
        i++;
    assert_true(i < fx->effect_count);
    return &fx->effects[i];
}

static void r9_r23_r29_revoked_with_the_reason(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct {
        struct event ev;
        const char *expected;
    } rows[] = {
        {rejection("07-10 09:00:00", "false papers"), "rejected false papers @07-10 09:00:00\n"},
        {rejection("07-10 09:00:00", NULL), "rejected - @07-10 09:00:00\n"},
        {withdrawal("07-10 09:00:00"), "withdrawn ill @07-10 09:00:00\n"},
        {refund("07-10 09:00:00", code, "x1", "r1", 20000), "refunded - @07-10 09:00:00\n"},
        {disqualification("07-10 09:00:00"), "disqualified shared answers @07-10 09:00:00\n"},
        /* Dated before the certificate: revoked when it was issued. */
        {refund("06-17 09:00:00", code, "x1", "r1", 1), "refunded - @07-02 08:00:00\n"},
        {disqualification("06-17 09:00:00"), "disqualified shared answers @07-02 08:00:00\n"},
    };
    static const char prefix[] = "certificate.revoked e1 v1 ";

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        complete(fx);
        said(fx);
        assert_folds(fx, rows[i].ev, "applied");
        assert_false(the_certificate(fx)->stands);
        const struct effect *revoked = find_effect(fx, EFFECT_CERTIFICATE_REVOKED);
        assert_true(revoked->u.revoked.revoked_at == revoked->time);
        assert_true(the_certificate(fx)->versions[0].revoked_at == revoked->time);
        assert_string_equal(revoked->subject, the_certificate(fx)->certificate_no);
        assert_string_equal(revoked->u.revoked.certificate_no, revoked->subject);
        assert_string_equal(strrchr(revoked->name, '\n') + 1, "revoked");
        const char *line = said_of(fx, "certificate");
        assert_memory_equal(line, prefix, sizeof prefix - 1);
        assert_string_equal(line + sizeof prefix - 1, rows[i].expected);
    }
}

static void r29_revocation_is_told_and_the_row_remains(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    said(fx);
    assert_folds(fx, withdrawal("07-10 09:00:00"), "applied");
    assert_says(fx, "refund.requested e1 BOC/x1 20000 enrollment_ended @07-10 09:00:00\n"
                    "enrollment.changed e1 #8 withdrawn paid approved hours=0 @07-10 09:00:00\n"
                    "year.changed 2023 #5 public=0 professional=0 @07-10 09:00:00\n"
                    "certificate.revoked e1 v1 withdrawn ill @07-10 09:00:00\n"
                    "notification.requested e1 revoked withdrawn v1 @07-10 09:00:00\n");
    assert_int_equal(the_certificate(fx)->version_count, 1);
    assert_true(the_certificate(fx)->versions[0].issued_at == civil("07-02 08:00:00"));
}

static void r23_reinstatement_issues_the_next_version_under_the_same_number(void **state)
{
    struct fixture *fx = *state;
    const char *number;

    complete(fx);
    number = the_certificate(fx)->certificate_no;
    assert_folds(fx, disqualification("07-10 09:00:00"), "applied");
    said(fx);
    assert_folds(fx, reinstatement("07-20 09:00:00"), "applied");
    assert_says(fx, "enrollment.changed e1 #9 completed paid approved survey active hours=6 "
                    "@07-20 09:00:00\n"
                    "year.changed 2023 #6 public=0 professional=6 @07-20 09:00:00\n"
                    "certificate.issued e1 v2 hours=6 c1 80, c2 90, l1 @07-20 09:00:00\n"
                    "notification.requested e1 certificate v2 @07-20 09:00:00\n");
    assert_string_equal(the_certificate(fx)->certificate_no, number);
    assert_true(the_certificate(fx)->versions[0].revoked_at == civil("07-10 09:00:00"));
    assert_true(the_certificate(fx)->versions[1].revoked_at == INSTANT_NONE);
}

/* The bar comes to light later and takes an exam with it: reinstated, yet not due. */
static void r23_exam_in_the_bar_is_lost_for_good(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_folds(fx, disqualification("06-21 09:00:00"), "applied");
    assert_folds(fx, reinstatement("06-22 09:00:00"), "applied");
    assert_int_equal(the_enrollment(fx)->state, STATE_ACTIVE);
    assert_int_equal(the_enrollment(fx)->hours, 40);
    assert_false(the_certificate(fx)->stands);
    assert_folds(fx, sitting("07-05 15:00:00", "c2", "a2", 100), "applied");
    assert_true(the_certificate(fx)->stands);
    assert_true(the_certificate(fx)->issued_at == civil("07-05 15:00:00"));
    assert_int_equal(the_certificate(fx)->version_count, 2);
}

/* Revocation orders. */

static void order_revokes_for_good(void **state)
{
    struct fixture *fx = *state;
    const char *number;

    complete(fx);
    number = the_certificate(fx)->certificate_no;
    said(fx);
    assert_folds(fx, revocation("07-10 09:00:00", number), "applied");
    assert_says(fx, "certificate.revoked e1 v1 ordered forged papers @07-10 09:00:00\n"
                    "notification.requested e1 revoked ordered v1 @07-10 09:00:00\n");
    assert_int_equal(the_enrollment(fx)->state, STATE_COMPLETED);
    assert_folds(fx, revocation("07-11 09:00:00", number), "applied");
    assert_folds(fx, disqualification("07-12 09:00:00"), "applied");
    assert_folds(fx, reinstatement("07-13 09:00:00"), "applied");
    assert_folds(fx, correction("07-14 09:00:00", "Gulnar"), "applied");
    assert_string_equal(said_of(fx, "certificate"), "");
    assert_int_equal(the_certificate(fx)->version_count, 1);
}

static void order_may_come_first(void **state)
{
    struct fixture *fx = *state;
    const char *number;

    complete(fx);
    number = arena_strdup(&fx->arena, the_certificate(fx)->certificate_no);
    fixture_index(fx);
    assert_folds(fx, revocation("06-01 09:00:00", number), "applied");
    said(fx);
    complete(fx);
    assert_string_equal(said_of(fx, "certificate"), "");
    assert_true(the_certificate(fx)->ordered);
    assert_int_equal(the_certificate(fx)->version_count, 0);
}

static void order_names_a_number_of_its_trainee(void **state)
{
    struct fixture *fx = *state;
    const char *number;

    complete(fx);
    number = the_certificate(fx)->certificate_no;
    char *wrong = arena_strdup(&fx->arena, number);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
    assert_folds(fx, revocation("07-10 09:00:00", wrong), "unknown_certificate");
    assert_folds(fx, revocation("07-10 09:00:00", "nonsense"), "unknown_certificate");
    assert_folds(fx, whose(revocation("07-10 09:00:00", number), "t2", NULL),
                 "unknown_certificate");
    assert_true(the_certificate(fx)->stands);
    assert_int_equal(world_trainee(&fx->world, "t2")->trainee.certificate_count, 0);
    /* A number of the other programme, in which the trainee never was. */
    fx->programmes[1].series_code = "OTHR";
    const char *other = certificate_number(&fx->world, &fx->programmes[1], "t1");
    assert_folds(fx, revocation("07-10 09:00:00", other), "applied");
    assert_true(the_certificate(fx)->stands);
    assert_int_equal(world_trainee(&fx->world, "t1")->trainee.certificate_count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r9_r23_r29_revoked_with_the_reason),
        FIXTURE_TEST(r29_revocation_is_told_and_the_row_remains),
        FIXTURE_TEST(r23_reinstatement_issues_the_next_version_under_the_same_number),
        FIXTURE_TEST(r23_exam_in_the_bar_is_lost_for_good),
        FIXTURE_TEST(order_revokes_for_good),
        FIXTURE_TEST(order_may_come_first),
        FIXTURE_TEST(order_names_a_number_of_its_trainee),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
