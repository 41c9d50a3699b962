/* R9: money always has a row, even that of a code which nobody ever submitted. Demo-2023's last
 * term closes on 11-14 19:30:00, that of other-2023 on 09-14. */
#include "fixture.h"

#define CLOSE_1       "09-14 19:30:00"
#define AFTER_CLOSE_1 "09-14 19:30:00.000001"
#define CLOSE_2       "11-14 19:30:00"
#define AFTER_CLOSE_2 "11-14 19:30:00.000001"

/* Money of codes that stayed unknown. */

static const char *booked(struct fixture *fx, const char *code_text)
{
    const struct code *code = world_code(&fx->world, code_text);
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < code->payments.count; i++) {
        text_add(&text, i ? ", " : "");
        text_add(&text, code->payments.at[i]->bank_txn_id);
        text_add(&text, " ");
        text_add_int(&text, code->payments.at[i]->amount_fen);
        text_add(&text, " ");
        text_add(&text, code->payments.at[i]->owed ? owed_name(code->payments.at[i]->owed) : "-");
    }
    return text_string(&text);
}

static void r9_money_of_unknown_codes_is_booked_and_owed_back(void **state)
{
    struct fixture *fx = *state;
    const char *code = "65019999999999999999";

    assert_folds(fx, settlement("06-20 10:00:00", code, "x1", 20000), "held");
    assert_folds(fx, settlement("06-20 11:00:00", code, "x2", 7), "held");
    assert_folds(fx, refund("06-21 11:00:00", code, "x2", "r1", 7), "held");
    assert_folds(fx, settlement("06-20 10:00:00", code, "x1", 20000), "held");
    pass_time(fx, AFTER_CLOSE_1);
    assert_string_equal(released(fx), "");
    pass_time(fx, AFTER_CLOSE_2);
    assert_string_equal(released(fx), "payment/0 applied\npayment/1 applied\npayment/2 applied\n"
                                      "payment/3 duplicate\n");
    /* A closing's own time. */
    assert_null(fx->effects[0].trainee_id);
    assert_null(fx->effects[0].subject);
    assert_string_equal(fx->effects[0].key, code);
    assert_says(fx, "refund.requested BOC/x1 20000 unknown_code @" CLOSE_2 "\n"
                    "refund.requested BOC/x2 7 unknown_code @" CLOSE_2 "\n");
    assert_string_equal(booked(fx, code), "x1 20000 unknown_code, x2 7 -");
}

static void r9_money_after_the_last_closing_is_booked_at_once(void **state)
{
    struct fixture *fx = *state;
    const char *code = "65019999999999999999";

    pass_time(fx, AFTER_CLOSE_2);
    assert_folds(fx, settlement("11-20 10:00:00", code, "x1", 20000), "applied");
    assert_says(fx, "refund.requested BOC/x1 20000 unknown_code @11-20 10:00:00\n");
    assert_folds(fx, settlement("11-20 10:00:00", code, "x1", 20000), "duplicate");
    assert_folds(fx, settlement("11-20 10:00:00", code, "x1", 20001), "conflict");
    assert_folds(fx, receipt("11-20 12:00:00", code, "x1", "n1"), "applied");
    assert_folds(fx, refund("11-21 10:00:00", code, "x1", "r1", 19999), "applied");
    assert_string_equal(booked(fx, code), "x1 20000 unknown_code");
    assert_folds(fx, refund("11-22 10:00:00", code, "x1", "r2", 2), "applied");
    assert_string_equal(booked(fx, code), "x1 20000 -");
    assert_says(fx, "");
}

static void codes_of_another_programme_go_with_its_last_term(void **state)
{
    struct fixture *fx = *state;
    const char *other = "77029999999999999999", *demo = "65019999999999999999";

    assert_folds(fx, settlement("06-20 10:00:00", demo, "x1", 20000), "held");
    assert_folds(fx, settlement("06-20 10:00:00", other, "x1", 20000), "held");
    pass_time(fx, CLOSE_1);
    assert_string_equal(released(fx), "");
    pass_time(fx, AFTER_CLOSE_1);
    assert_string_equal(released(fx), "payment/1 applied\n");
    assert_string_equal(booked(fx, other), "x1 20000 unknown_code");
    assert_string_equal(booked(fx, demo), "");
}

static void known_codes_are_never_booked(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    enroll(fx);
    pass_time(fx, AFTER_CLOSE_2);
    said(fx);
    assert_folds(fx, settlement("06-20 10:00:00", code, "x1", 20000), "applied"); /* late */
    assert_says(fx, "refund.requested e1 BOC/x1 20000 enrollment_ended @06-20 10:00:00\n");
    assert_string_equal(booked(fx, code), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r9_money_of_unknown_codes_is_booked_and_owed_back),
        FIXTURE_TEST(r9_money_after_the_last_closing_is_booked_at_once),
        FIXTURE_TEST(codes_of_another_programme_go_with_its_last_term),
        FIXTURE_TEST(known_codes_are_never_booked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
