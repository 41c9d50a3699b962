/* R1 to R7 and R12: who is let in, and what is asked of them. */
#include "fixture.h"

static void r1_only_what_the_programme_lists_is_eligible(void **state)
{
    struct fixture *fx = *state;
    struct event rows[] = {submission("06-10 09:00:00"), submission("06-10 09:00:00"),
                           submission("06-10 09:00:00"), submission("06-10 09:00:00")};

    rows[0].series = "party-school-doctors";
    rows[1].title_level = "assistant";
    rows[2].base_id = "base-sh";
    rows[3].employer_kind = "islamic-institute"; /* the contract's word, not this programme's */
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_folds(fx, rows[i], "not_eligible");
    assert_says(fx, "");
    assert_folds(fx, submission("06-10 09:00:00"), "applied");
}

static void r3_registration_is_whole_civil_days(void **state)
{
    static const struct {
        const char *term_id, *when, *expected;
    } rows[] = {
        {"2023-1", "05-31 23:59:59.999999", "outside_registration"},
        {"2023-1", "06-01 00:00:00", "applied"},
        {"2023-1", "06-30 23:59:59.999999", "applied"},
        {"2023-1", "07-01 00:00:00", "outside_registration"},
        {"2023-2", "08-31 23:59:59.999999", "outside_registration"},
        {"2023-2", "09-01 00:00:00", "applied"},
        {"2023-2", "09-30 23:59:59.999999", "applied"},
        {"2023-2", "10-01 00:00:00", "outside_registration"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = submission(rows[i].when);

        fixture_index(fx);
        ev.term_id = rows[i].term_id;
        if (strcmp(fold(fx, ev), rows[i].expected) != 0)
            fail_msg("%s: not %s", rows[i].when, rows[i].expected);
    }
}

/* Of the same trainee and ID number, to the second term, which here may be registered for early. */
static struct event second_submission(const char *when)
{
    struct event ev = submission(when);

    ev.enrollment_id = "e2";
    ev.term_id = "2023-2";
    return ev;
}

static void r5_second_enrollment_is_refused_while_the_first_is_alive(void **state)
{
    struct fixture *fx = *state;

    fx->terms[1].registration_from = civil("06-01 00:00:00");
    activate(fx);
    assert_folds(fx, second_submission("06-17 09:00:00"), "already_enrolled");
    assert_folds(fx, second_submission("08-15 19:29:59.999999"), "already_enrolled");
    assert_folds(fx, second_submission("08-15 19:30:00"), "applied");
}

static void r5_ended_enrollments_stand_in_the_way_or_not(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct {
        struct event end;
        const char *expected;
    } rows[] = {
        {rejection("06-17 09:00:00", NULL), "applied"},
        {withdrawal("06-17 09:00:00"), "applied"},
        {refund("06-17 09:00:00", code, "x1", "r1", 20000), "already_enrolled"},
        {disqualification("06-17 09:00:00"), "already_enrolled"},
        {survey("06-17 09:00:00"), "already_enrolled"},
    };

    fx->terms[1].registration_from = civil("06-01 00:00:00");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        fixture_index(fx);
        activate(fx);
        assert_folds(fx, rows[i].end, "applied");
        if (strcmp(fold(fx, second_submission("06-18 09:00:00")), rows[i].expected) != 0)
            fail_msg("row %d: not %s", (int)i, rows[i].expected);
    }
}

static void r5_one_alive_among_ended_ones_suffices(void **state)
{
    struct fixture *fx = *state;
    struct event third = second_submission("06-20 09:00:00");

    fx->terms[1].registration_from = civil("06-01 00:00:00");
    enroll(fx);
    assert_folds(fx, withdrawal("06-17 09:00:00"), "applied");
    assert_folds(fx, second_submission("06-18 09:00:00"), "applied");
    third.enrollment_id = "e3";
    assert_folds(fx, third, "already_enrolled");
}

static void r5_standing_certificate_stands_in_the_way(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_folds(fx, second_submission("09-02 09:00:00"), "already_enrolled");
    assert_folds(fx, disqualification("09-03 09:00:00"), "applied"); /* and none stands */
    assert_folds(fx, second_submission("09-04 09:00:00"), "applied");
}

static void r5_other_programmes_do_not_count(void **state)
{
    struct fixture *fx = *state;
    struct event other = submission("06-17 09:00:00");

    other.enrollment_id = "e2";
    other.term_id = "other-1";
    complete(fx);
    assert_folds(fx, other, "applied");
}

static struct event claim_by(const char *trainee_id, const char *enrollment_id, const char *when)
{
    return whose(submission(when), trainee_id, enrollment_id);
}

static void r6_one_id_number_stands_behind_one_trainee(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    assert_folds(fx, claim_by("t2", "e1", "06-11 09:00:00"), "duplicate_identity");
    assert_folds(fx, withdrawal("06-12 09:00:00"), "applied"); /* no review: the claim stays */
    assert_folds(fx, claim_by("t2", "e1", "06-13 09:00:00"), "duplicate_identity");
    assert_folds(fx, claim_by("t1", "e2", "06-13 09:00:00"), "applied"); /* the trainee's own */
    assert_folds(fx, rejection("06-14 09:00:00", NULL), "applied");
    const struct claims *claims = world_claims(&fx->world, the_enrollment(fx)->id_hash);
    assert_int_equal(claims->count, 2);
    assert_true(claims->at[0].removed);
    assert_false(claims->at[1].removed);
    assert_folds(fx, claim_by("t2", "e1", "06-15 09:00:00"), "duplicate_identity"); /* by e2 */
    assert_folds(fx, whose(rejection("06-16 09:00:00", NULL), "t1", "e2"), "applied");
    assert_folds(fx, claim_by("t2", "e1", "06-17 09:00:00"), "applied");
    assert_folds(fx, claim_by("t1", "e3", "06-18 09:00:00"), "duplicate_identity");
}

static void r6_other_id_numbers_do_not_meet(void **state)
{
    struct fixture *fx = *state;
    struct event other = claim_by("t2", "e1", "06-11 09:00:00");

    enroll(fx);
    other.id_number = "650102199001015678";
    assert_folds(fx, other, "applied");
}

/* Keyed hashes that a test can foresee. */
struct known_hash {
    uint8_t bytes[8];
    char name[128];
};

static void known_hmac(void *context, enum secret secret, const void *bytes, size_t len,
                       uint8_t out[32])
{
    struct known_hash *known = context;

    assert_int_equal(secret, SECRET_PAYMENT_CODE);
    assert_in_range(len, 1, sizeof known->name - 1);
    memset(out, 0xEE, 32);
    memcpy(out, known->bytes, sizeof known->bytes);
    memcpy(known->name, bytes, len);
    known->name[len] = '\0';
}

static void r7_payment_code_is_prefix_and_digits_of_a_keyed_hash(void **state)
{
    static const struct {
        uint8_t bytes[8];
        const char *expected;
    } rows[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0}, "65010000000000000000"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "65010000000000000001"},
        {{1, 2, 3, 4, 5, 6, 7, 8}, "65012623859790382856"},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, "65016744073709551615"},
        {{0, 0x23, 0x86, 0xF2, 0x6F, 0xC0, 0xFF, 0xFF}, "65019999999999999999"},
        {{0, 0x23, 0x86, 0xF2, 0x6F, 0xC1, 0x00, 0x00}, "65010000000000000000"},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct known_hash known = {.name = ""};

        memcpy(known.bytes, rows[i].bytes, sizeof known.bytes);
        fx->world.crypto.context = &known;
        fx->world.crypto.hmac = known_hmac;
        assert_string_equal(code_of(fx, "t1", "e1"), rows[i].expected);
        assert_string_equal(known.name, "payment-code\ndemo-2023\nt1\ne1");
    }
}

static void no_hash(void *context, const void *bytes, size_t len, uint8_t out[32])
{
    uint64_t sum = 0;

    (void)context;
    for (size_t i = 0; i < len; i++)
        sum = sum * 31 + ((const unsigned char *)bytes)[i];
    memset(out, 0, 32);
    memcpy(out, &sum, sizeof sum);
}

static void r7_code_of_another_enrollment_is_a_conflict(void **state)
{
    struct fixture *fx = *state;
    struct known_hash known = {.bytes = {1, 2, 3, 4, 5, 6, 7, 8}};
    struct event other = claim_by("t2", "e1", "06-11 09:00:00");

    fx->world.crypto = (struct crypto){&known, no_hash, known_hmac};
    other.id_number = "650102199001015678";
    enroll(fx);
    assert_folds(fx, other, "conflict");
    assert_null(enrollment_of(fx, "t2", "e1"));
    /* It leaves no claim either. */
    known.bytes[0] = 9;
    assert_folds(fx, whose(other, "t3", "e1"), "applied");
}

static void r7_submission_asks_for_the_payment_and_sends_the_code(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    const struct effect *request = &fx->effects[0], *notice = &fx->effects[fx->effect_count - 1];
    assert_int_equal(request->type, EFFECT_PAYMENT_REQUESTED);
    assert_string_equal(request->key, code_of(fx, "t1", "e1"));
    assert_string_equal(request->u.payment.payment_code, code_of(fx, "t1", "e1"));
    assert_int_equal(request->u.payment.programme->fee_fen, 20000);
    assert_true(request->u.payment.pay_before == civil("08-15 19:30:00"));
    assert_string_equal(request->subject, "e1");
    assert_string_equal(notice->u.notice.payment_code, code_of(fx, "t1", "e1"));
    assert_true(notice->u.notice.pay_before == civil("08-15 19:30:00"));
    assert_string_equal(notice->key, "t1");
    assert_says(fx, "payment.requested e1 Guli @06-10 09:00:00\n"
                    "enrollment.changed e1 #1 pending hours=0 "
                    "missing=payment,approval,hours,survey @06-10 09:00:00\n"
                    "year.changed 2023 #1 public=0 professional=0 @06-10 09:00:00\n"
                    "notification.requested e1 payment-code 20000 @06-10 09:00:00\n");
}

static void r12_study_group_follows_the_prefecture(void **state)
{
    static const struct {
        const char *prefecture, *group;
    } rows[] = {
        {"aksu", "1"},       {"kashgar", "1"}, {"hotan", "1"},    {"kizilsu", "1"},
        {"urumqi", "2"},     {"changji", "2"}, {"hami", "2"},     {"turpan", "2"},
        {"bayingolin", "2"}, {"ili", "3"},     {"tacheng", "3"},  {"altay", "3"},
        {"karamay", "3"},    {"Urumqi", NULL}, {"beijing", NULL},
    };
    struct fixture *fx = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct event ev = submission("06-10 09:00:00");

        fixture_index(fx);
        ev.prefecture = rows[i].prefecture;
        assert_folds(fx, ev, "applied");
        const struct effect *changed = &fx->effects[1];
        assert_int_equal(changed->type, EFFECT_ENROLLMENT_CHANGED);
        if (rows[i].group)
            assert_string_equal(changed->u.changed.study_group, rows[i].group);
        else
            assert_null(changed->u.changed.study_group);
        assert_string_equal(said_of(fx, "anomaly"), rows[i].group
                                                        ? ""
                                                        : "anomaly.raised e1 unknown_prefecture  "
                                                          "@06-10 09:00:00\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r1_only_what_the_programme_lists_is_eligible),
        FIXTURE_TEST(r3_registration_is_whole_civil_days),
        FIXTURE_TEST(r5_second_enrollment_is_refused_while_the_first_is_alive),
        FIXTURE_TEST(r5_ended_enrollments_stand_in_the_way_or_not),
        FIXTURE_TEST(r5_one_alive_among_ended_ones_suffices),
        FIXTURE_TEST(r5_standing_certificate_stands_in_the_way),
        FIXTURE_TEST(r5_other_programmes_do_not_count),
        FIXTURE_TEST(r6_one_id_number_stands_behind_one_trainee),
        FIXTURE_TEST(r6_other_id_numbers_do_not_meet),
        FIXTURE_TEST(r7_payment_code_is_prefix_and_digits_of_a_keyed_hash),
        FIXTURE_TEST(r7_code_of_another_enrollment_is_a_conflict),
        FIXTURE_TEST(r7_submission_asks_for_the_payment_and_sends_the_code),
        FIXTURE_TEST(r12_study_group_follows_the_prefecture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
