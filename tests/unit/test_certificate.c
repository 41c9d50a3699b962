/* R25, R26, R28: when a certificate is due, and what stands on it. */
#include "fixture.h"

static void r25_certificate_is_issued_when_all_parts_are_there(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    assert_null(the_certificate(fx));
    said(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
    assert_says(fx, "enrollment.changed e1 #7 completed paid approved survey active hours=6 "
                    "@07-02 08:00:00\n"
                    "certificate.issued e1 v1 hours=6 c1 80, c2 90, l1 @07-02 08:00:00\n"
                    "notification.requested e1 certificate v1 @07-02 08:00:00\n");
    assert_true(the_certificate(fx)->stands);
    assert_true(the_certificate(fx)->issued_at == civil("07-02 08:00:00"));
    assert_int_equal(the_certificate(fx)->version_count, 1);
}

/* S1: the story of `complete`, each condition taken away. */
static void s1_nothing_less_will_do(void **state)
{
    enum { APPROVAL, FEE, WATCHING, PASSING, SURVEY, NO_BAR, NOTHING };
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    for (int without = APPROVAL; without <= NOTHING; without++) {
        fixture_index(fx);
        enroll(fx);
        if (without != APPROVAL)
            assert_folds(fx, approval("06-16 09:00:00"), "applied");
        int64_t amount = without == FEE ? 19999 : 20000;
        assert_folds(fx, settlement("06-16 09:30:00", code, "x1", amount), "applied");
        if (without > FEE)
            watch(fx, "c1", "06-20 10:00:00");
        if (without > WATCHING)
            watch(fx, "c2", "06-21 10:00:00");
        assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 80), "applied");
        int64_t score = without == PASSING ? 59 : 90;
        assert_folds(fx, sitting("06-21 15:00:00", "c2", "a1", score), "applied");
        if (without > FEE)
            assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
        if (without == NO_BAR)
            assert_folds(fx, disqualification("07-01 18:00:00"), "applied");
        if (without != SURVEY)
            assert_folds(fx, survey("07-02 08:00:00"), "applied");
        if (!the_certificate(fx) != (without != NOTHING))
            fail_msg("without condition %d", without);
    }
}

static void r25_due_at_the_latest_of_its_parts(void **state)
{
    static const struct {
        const char *survey, *barred, *reinstated, *due_at;
    } rows[] = {
        {"06-17 08:00:00", NULL, NULL, "07-01 12:00:00"}, /* the hours */
        {"07-01 12:00:00.000001", NULL, NULL, "07-01 12:00:00.000001"},
        {"08-20 08:00:00", NULL, NULL, "08-20 08:00:00"}, /* R18: after the training */
        {"07-02 08:00:00", "07-05 08:00:00", "07-06 08:00:00", "07-06 08:00:00"},
        {"07-02 08:00:00", "06-25 08:00:00", "06-26 08:00:00", "07-02 08:00:00"},
        {"07-02 08:00:00", "07-05 08:00:00", "07-01 08:00:00", "07-05 08:00:00"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate(fx);
        study(fx);
        if (rows[i].barred) {
            assert_folds(fx, disqualification(rows[i].barred), "applied");
            assert_folds(fx, reinstatement(rows[i].reinstated), "applied");
        }
        assert_folds(fx, survey(rows[i].survey), "applied");
        assert_non_null(the_certificate(fx));
        assert_string_equal(civil_text(fx, the_certificate(fx)->issued_at), rows[i].due_at);
        assert_true(the_certificate(fx)->issued_at == the_enrollment(fx)->due_at);
    }
}

static void r25_required_hours_to_the_tenth(void **state)
{
    static const struct {
        int64_t required;
        bool due;
    } rows[] = {{59, true}, {60, true}, {61, false}};
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        fx->programmes[0].required_hours = rows[i].required;
        fixture_index(fx);
        complete(fx);
        assert_int_equal(the_certificate(fx) != NULL, rows[i].due);
        assert_int_equal(!!(the_enrollment(fx)->missing & MISSING_HOURS), !rows[i].due);
    }
}

/* The shortest prefix by (credited_at, course_id) with the required hours. */
static void r26_hours_above_are_kept_and_not_certified(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    watch(fx, "c3", "07-03 10:00:00");
    assert_folds(fx, sitting("07-03 15:00:00", "c3", "a1", 100), "applied");
    said(fx);
    assert_folds(fx, survey("07-04 08:00:00"), "applied");
    assert_int_equal(the_enrollment(fx)->hours, 75);
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.issued e1 v1 hours=6 c1 80, c2 90, l1 @07-04 08:00:00\n");
}

static void evidence_is_ordered_by_time_then_course(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    watch(fx, "c1", "06-20 10:00:00");
    watch(fx, "c2", "06-21 10:00:00");
    watch(fx, "c3", "06-22 10:00:00");
    assert_folds(fx, sitting("07-01 12:00:00", "c3", "a1", 70), "applied");
    assert_folds(fx, sitting("07-01 12:00:00", "c2", "a1", 80), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
    assert_folds(fx, sitting("06-30 12:00:00", "c1", "a1", 90), "applied");
    said(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.issued e1 v1 hours=7.5 c1 90, c2 80, c3 70, l1 "
                        "@07-02 08:00:00\n");
}

static void earlier_dated_fact_makes_the_next_version(void **state)
{
    struct fixture *fx = *state;
    const char *number;

    complete(fx);
    number = the_certificate(fx)->certificate_no;
    watch(fx, "c3", "06-19 10:00:00");
    said(fx);
    assert_folds(fx, sitting("06-19 15:00:00", "c3", "a1", 100), "applied");
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.issued e1 v2 hours=7.5 c3 100, c1 80, c2 90, l1 "
                        "@07-02 08:00:00\n");
    assert_string_equal(the_certificate(fx)->certificate_no, number);
    assert_int_equal(the_certificate(fx)->version_count, 2);
    /* A replaced version is not revoked by an event of its own. */
    assert_true(the_certificate(fx)->versions[0].revoked_at == INSTANT_NONE);
}

static void another_name_is_another_version(void **state)
{
    struct fixture *fx = *state;
    struct event employer = correction("07-05 08:00:00", NULL);

    complete(fx);
    said(fx);
    employer.employer = "Another school"; /* stands on no certificate */
    assert_folds(fx, employer, "applied");
    assert_folds(fx, correction("07-05 08:00:00", "Guli"), "applied"); /* the same name */
    assert_says(fx, "");
    assert_folds(fx, correction("07-05 08:00:00", "Gulnar"), "applied");
    assert_string_equal(fx->effects[0].u.issued.holder_name, "Gulnar");
    assert_says(fx, "certificate.issued e1 v2 hours=6 c1 80, c2 90, l1 @07-02 08:00:00\n"
                    "notification.requested e1 certificate v2 @07-05 08:00:00\n");
}

/* The version that is said last, and the standing one of which it takes the place: who publishes it
 * must say that the other does not stand any more (R29). */
static void assert_replaces(const struct fixture *fx, int64_t version, int64_t replaced,
                            const char *replaced_at)
{
    const struct effect *issued = NULL;

    for (size_t i = 0; i < fx->effect_count; i++)
        if (fx->effects[i].type == EFFECT_CERTIFICATE_ISSUED)
            issued = &fx->effects[i];
    if (!issued) {
        fail_msg("nothing was issued");
        return;
    }
    assert_int_equal(issued->u.issued.version, version);
    assert_int_equal(issued->u.issued.replaced_version, replaced);
    if (replaced)
        assert_true(issued->u.issued.replaced_at == civil(replaced_at));
}

static void r29_a_version_replaces_one_that_stands(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_replaces(fx, 1, 0, NULL);
    assert_folds(fx, correction("07-05 08:00:00", "Gulnar"), "applied");
    assert_replaces(fx, 2, 1, "07-02 08:00:00");
    assert_folds(fx, disqualification("07-10 09:00:00"), "applied");
    assert_folds(fx, reinstatement("07-20 09:00:00"), "applied");
    assert_replaces(fx, 3, 0, NULL); /* the second was revoked by an event of its own */
}

/* Two enrollments in one programme. */

/* e2 in term 2023-2: c1, c2 and l2, hours since 09-20 12:00:00. */
static void complete_second_term(struct fixture *fx)
{
    struct event ev = whose(submission("09-02 09:00:00"), "t1", "e2");

    ev.term_id = "2023-2";
    assert_folds(fx, ev, "applied");
    const char *code = enrollment_of(fx, "t1", "e2")->payment_code;
    assert_folds(fx, whose(approval("09-03 09:00:00"), "t1", "e2"), "applied");
    assert_folds(fx, settlement("09-03 09:30:00", code, "y1", 20000), "applied");
    const struct course *courses[] = {&fx->courses[0], &fx->courses[1]};
    for (size_t i = 0; i < 2; i++) {
        for (int64_t at = 0; at < courses[i]->length_s; at += 600) {
            ev = whose(played(courses[i]->id, at, at + 600, "09-16 10:00:00", "09-16 10:00:00"),
                       "t1", "e2");
            ev.started_at += (int64_t)i * 7200 * US_PER_S + at * US_PER_S;
            ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
            assert_folds(fx, ev, "applied");
        }
        ev = whose(sitting("09-17 10:00:00", courses[i]->id, "a1", 70), "t1", "e2");
        assert_folds(fx, ev, "applied");
    }
    ev = whose(attended("l2", "09-20 10:00:00", "09-20 12:00:00"), "t1", "e2");
    assert_folds(fx, ev, "applied");
    assert_folds(fx, whose(survey("09-21 08:00:00"), "t1", "e2"), "applied");
}

static void r25_one_certificate_of_the_enrollment_due_first(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    complete_second_term(fx);
    assert_string_equal(the_certificate(fx)->enrollment_id, "e2");
    assert_true(the_certificate(fx)->issued_at == civil("09-21 08:00:00"));
    said(fx);
    /* The first term's survey, read late: it was due earlier. */
    assert_folds(fx, stamped(survey("08-20 08:00:00"), "09-14 19:00:00"), "applied");
    assert_replaces(fx, 2, 1, "09-21 08:00:00");
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.issued e1 v2 hours=6 c1 80, c2 90, l1 @08-20 08:00:00\n");
    assert_int_equal(world_trainee(&fx->world, "t1")->trainee.certificate_count, 1);
    /* And when that ends, the other stands again. */
    assert_folds(fx, withdrawal("09-25 08:00:00"), "applied");
    assert_replaces(fx, 3, 2, "09-21 08:00:00");
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.issued e2 v3 hours=6 c1 70, c2 70, l2 @09-21 08:00:00\n");
    assert_folds(fx, whose(withdrawal("09-26 08:00:00"), "t1", "e2"), "applied");
    assert_string_equal(said_of(fx, "certificate"),
                        "certificate.revoked e2 v3 withdrawn ill @09-26 08:00:00\n");
}

/* What it says. */

static void r25_of_two_due_at_once_the_first_id(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    study(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
    assert_folds(fx, disqualification("09-01 08:00:00"), "applied");
    complete_second_term(fx);
    assert_string_equal(the_certificate(fx)->enrollment_id, "e2");
    said(fx);
    assert_folds(fx, reinstatement("09-21 08:00:00"),
                 "applied"); /* the instant at which e2 is due */
    assert_true(the_enrollment(fx)->due_at == the_certificate(fx)->issued_at);
    assert_string_equal(the_certificate(fx)->enrollment_id, "e1");
}

static void known_hmac(void *context, enum secret secret, const void *bytes, size_t len,
                       uint8_t out[32])
{
    memset(out, 0xEE, 32);
    memcpy(out, context, 8);
    if (secret != SECRET_CERTIFICATE_NO)
        return;
    assert_int_equal(len, strlen("certificate-no\ndemo-2023\nt1"));
    assert_memory_equal(bytes, "certificate-no\ndemo-2023\nt1", len);
}

/* Check characters by an independent reading of ISO 7064 MOD 37,36, which gives the published
 * A12425GABC1234002M, too. */
static void certificate_number_is_derived_with_a_check_character(void **state)
{
    static const struct {
        uint8_t bytes[8];
        const char *expected;
    } rows[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0}, "2023-DXGX-000000000000-S"},
        {{0, 0, 0, 0, 0, 0, 0, 0x0F}, "2023-DXGX-000000000000-S"}, /* the last four bits */
        {{0, 0, 0, 0, 0, 0, 0, 0x1F}, "2023-DXGX-000000000001-Q"},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, "2023-DXGX-ZZZZZZZZZZZZ-4"},
        {{1, 2, 3, 4, 5, 6, 7, 8}, "2023-DXGX-041061050R3G-8"},
        {{0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xBA, 0xBE}, "2023-DXGX-VTPVXVYAZTXB-X"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t bytes[8];

        memcpy(bytes, rows[i].bytes, sizeof bytes);
        fixture_index(fx);
        fx->world.crypto.context = bytes;
        fx->world.crypto.hmac = known_hmac;
        complete(fx);
        assert_string_equal(the_certificate(fx)->certificate_no, rows[i].expected);
    }
}

static void r28_certificate_shows_what_it_may(void **state)
{
    struct fixture *fx = *state;
    static const char evidence[] =
        "{\"courses\":[{\"course_id\":\"c1\",\"hours\":2,\"kind\":\"recorded\",\"score\":80},"
        "{\"course_id\":\"c2\",\"hours\":2,\"kind\":\"recorded\",\"score\":90},"
        "{\"course_id\":\"l1\",\"hours\":2,\"kind\":\"live\"}],"
        "\"payment\":{\"bank\":\"BOC\",\"bank_txn_id\":\"x1\"}}";
    uint8_t digest[32];

    activate(fx);
    study(fx);
    said(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
    const struct effect *issued = &fx->effects[1], *notice = &fx->effects[2];
    assert_string_equal(notice->u.notice.certificate_no, the_certificate(fx)->certificate_no);
    assert_int_equal(issued->type, EFFECT_CERTIFICATE_ISSUED);
    assert_string_equal(issued->subject, the_certificate(fx)->certificate_no);
    assert_string_equal(issued->key, "t1");
    assert_string_equal(issued->u.issued.certificate_no, the_certificate(fx)->certificate_no);
    assert_string_equal(issued->u.issued.holder_name, "Guli");
    assert_string_equal(issued->u.issued.id_number_masked, "650***********1234");
    assert_ptr_equal(issued->u.issued.term, &fx->terms[0]);
    assert_string_equal(issued->u.issued.bank, "BOC");
    assert_string_equal(issued->u.issued.bank_txn_id, "x1");
    assert_true(issued->u.issued.issued_at == civil("07-02 08:00:00"));
    fx->world.crypto.sha256(fx->world.crypto.context, evidence, sizeof evidence - 1, digest);
    assert_memory_equal(issued->u.issued.digest, digest, sizeof digest);
    assert_memory_equal(the_certificate(fx)->digest, digest, sizeof digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r25_certificate_is_issued_when_all_parts_are_there),
        FIXTURE_TEST(s1_nothing_less_will_do),
        FIXTURE_TEST(r25_due_at_the_latest_of_its_parts),
        FIXTURE_TEST(r25_required_hours_to_the_tenth),
        FIXTURE_TEST(r26_hours_above_are_kept_and_not_certified),
        FIXTURE_TEST(evidence_is_ordered_by_time_then_course),
        FIXTURE_TEST(earlier_dated_fact_makes_the_next_version),
        FIXTURE_TEST(another_name_is_another_version),
        FIXTURE_TEST(r29_a_version_replaces_one_that_stands),
        FIXTURE_TEST(r25_one_certificate_of_the_enrollment_due_first),
        FIXTURE_TEST(r25_of_two_due_at_once_the_first_id),
        FIXTURE_TEST(certificate_number_is_derived_with_a_check_character),
        FIXTURE_TEST(r28_certificate_shows_what_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
