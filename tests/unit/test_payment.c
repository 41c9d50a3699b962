/* R7 to R9 and R13: what settles, what is owed back and asked for, refunds and receipts. */
#include "fixture.h"

#define EVENTS_MAX 5

/* All payments of e1, "x1 settles" or "x2 wrong_amount" a line. */
static const char *money_of(struct fixture *fx)
{
    const struct payments *payments = &the_enrollment(fx)->payments;
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < payments->count; i++) {
        const struct payment *payment = payments->at[i];

        text_add(&text, i ? ", " : "");
        text_add(&text, payment->bank_txn_id);
        text_add(&text, payment->settles ? " settles" : "");
        text_add(&text, payment->owed == OWED_NOTHING ? "" : " ");
        text_add(&text, payment->owed == OWED_NOTHING ? "" : owed_name(payment->owed));
    }
    return text_string(&text);
}

/* A list of events into an accepted and approved enrollment, and what it comes to. */
struct story {
    const char *name;
    struct event events[EVENTS_MAX];
    const char *money, *refunds; /* refunds: the transactions of the refund requests */
    enum state state;
};

static const char *requested(struct fixture *fx)
{
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < fx->effect_count; i++) {
        if (fx->effects[i].type != EFFECT_REFUND_REQUESTED)
            continue;
        text_add(&text, text.len ? " " : "");
        text_add(&text, fx->effects[i].u.refund.bank_txn_id);
    }
    return text_string(&text);
}

static void check_stories(struct fixture *fx, const struct story *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fixture_index(fx);
        enroll(fx);
        assert_folds(fx, approval("06-16 09:00:00"), "applied");
        said(fx);
        for (size_t j = 0; j < EVENTS_MAX && rows[i].events[j].time; j++)
            assert_folds(fx, rows[i].events[j], "applied");
        if (strcmp(money_of(fx), rows[i].money) != 0)
            fail_msg("%s: %s", rows[i].name, money_of(fx));
        if (strcmp(requested(fx), rows[i].refunds) != 0)
            fail_msg("%s: refunds of %s", rows[i].name, requested(fx));
        if (the_enrollment(fx)->state != rows[i].state)
            fail_msg("%s: %s", rows[i].name, state_name(the_enrollment(fx)->state));
    }
}

static void r9_only_the_exact_amount_settles_once(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event exact = settlement("06-16 10:00:00", code, "x1", 20000);
    const struct event again = settlement("06-16 11:00:00", code, "x2", 20000);
    const struct event under = settlement("06-16 09:00:00", code, "u", 19999);
    const struct event over = settlement("06-16 12:00:00", code, "o", 20001);
    const struct story rows[] = {
        {"exact", {exact}, "x1 settles", "", STATE_ACTIVE},
        {"one fen less", {under}, "u wrong_amount", "u", STATE_PENDING},
        {"one fen more", {over}, "o wrong_amount", "o", STATE_PENDING},
        {"one fen",
         {settlement("06-16 10:00:00", code, "f", 1)},
         "f wrong_amount",
         "f",
         STATE_PENDING},
        {"the most",
         {settlement("06-16 10:00:00", code, "m", INT64_C(1000000000000))},
         "m wrong_amount",
         "m",
         STATE_PENDING},
        {"twice", {exact, again}, "x1 settles, x2 already_settled", "x2", STATE_ACTIVE},
        {"the later first", {again, exact}, "x2 settles, x1 already_settled", "x1", STATE_ACTIVE},
        {"after a wrong one", {under, exact}, "u wrong_amount, x1 settles", "u", STATE_ACTIVE},
        {"before a wrong one", {exact, over}, "x1 settles, o wrong_amount", "o", STATE_ACTIVE},
        {"two halves",
         {settlement("06-16 10:00:00", code, "h1", 10000),
          settlement("06-16 10:00:00", code, "h2", 10000)},
         "h1 wrong_amount, h2 wrong_amount",
         "h1 h2",
         STATE_PENDING},
    };

    check_stories(fx, rows, LENGTH(rows));
}

static void r9_money_of_an_ended_enrollment_is_owed_back(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event exact = settlement("06-16 10:00:00", code, "x1", 20000);
    const struct event again = settlement("06-20 11:00:00", code, "x2", 20000);
    const struct event reject = rejection("06-18 09:00:00", NULL);
    const struct event withdraw = withdrawal("06-18 09:00:00");
    const struct story rows[] = {
        {"paid, rejected", {exact, reject}, "x1 settles enrollment_ended", "x1", STATE_REJECTED},
        {"paid, withdrawn",
         {exact, withdraw},
         "x1 settles enrollment_ended",
         "x1",
         STATE_WITHDRAWN},
        {"withdrawn, paid",
         {withdraw, exact},
         "x1 settles enrollment_ended",
         "x1",
         STATE_WITHDRAWN},
        {"withdrawn, paid twice",
         {withdraw, exact, again},
         "x1 settles enrollment_ended, x2 already_settled",
         "x1 x2",
         STATE_WITHDRAWN},
        {"paid twice, withdrawn",
         {exact, again, withdraw},
         "x1 settles enrollment_ended, x2 already_settled",
         "x2 x1",
         STATE_WITHDRAWN},
        {"ended twice, asked for once",
         {exact, withdraw, reject},
         "x1 settles enrollment_ended",
         "x1",
         STATE_REJECTED},
    };

    check_stories(fx, rows, LENGTH(rows));
}

static void r9_refunds(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    const struct event exact = settlement("06-16 10:00:00", code, "x1", 20000);
    const struct event again = settlement("06-16 11:00:00", code, "x2", 20000);
    const struct event whole = refund("06-20 10:00:00", code, "x1", "r1", 20000);
    const struct event part = refund("06-20 10:00:00", code, "x1", "r2", 5000);
    const struct event rest = refund("06-21 10:00:00", code, "x1", "r3", 15000);
    const struct event withdraw = withdrawal("06-18 09:00:00");
    const struct story rows[] = {
        {"the settling one in full", {exact, whole}, "x1 settles", "", STATE_REFUNDED},
        {"in part: the rest is owed",
         {exact, part},
         "x1 settles enrollment_ended",
         "x1",
         STATE_REFUNDED},
        {"in parts", {exact, part, rest}, "x1 settles", "x1", STATE_REFUNDED},
        {"the refund before the settlement", {whole, exact}, "x1 settles", "", STATE_REFUNDED},
        {"the part before the settlement",
         {part, exact},
         "x1 settles enrollment_ended",
         "x1",
         STATE_REFUNDED},
        {"only a refund", {whole}, "x1", "", STATE_PENDING},
        {"of the double one",
         {exact, again, refund("06-20 10:00:00", code, "x2", "r1", 20000)},
         "x1 settles, x2",
         "x2",
         STATE_ACTIVE},
        {"of the double one in part",
         {exact, again, refund("06-20 10:00:00", code, "x2", "r1", 19999)},
         "x1 settles, x2 already_settled",
         "x2",
         STATE_ACTIVE},
        {"of a wrong amount",
         {settlement("06-16 10:00:00", code, "w", 7), refund("06-20 10:00:00", code, "w", "r1", 7),
          exact},
         "w, x1 settles",
         "w",
         STATE_ACTIVE},
        {"withdrawn and refunded", {exact, withdraw, whole}, "x1 settles", "x1", STATE_WITHDRAWN},
        {"refunded and paid anew",
         {exact, whole, again},
         "x1 settles, x2 already_settled",
         "x2",
         STATE_REFUNDED},
    };

    check_stories(fx, rows, LENGTH(rows));
}

/* Section 7: a late exact settlement does not settle. */
static void r9_late_money_is_owed_back(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1"), *late = "09-14 19:30:00.000001";
    const struct event exact = settlement("06-16 10:00:00", code, "x1", 20000);
    const struct event again = settlement("06-16 11:00:00", code, "x2", 20000);
    const struct event wrong = settlement("06-16 11:00:00", code, "w", 20001);
    const struct story rows[] = {
        {"in time", {stamped(exact, "09-14 19:30:00")}, "x1 settles", "", STATE_ACTIVE},
        {"late", {stamped(exact, late)}, "x1 enrollment_ended", "x1", STATE_PENDING},
        {"late, wrong", {stamped(wrong, late)}, "w wrong_amount", "w", STATE_PENDING},
        {"late, settled before",
         {exact, stamped(again, late)},
         "x1 settles, x2 already_settled",
         "x2",
         STATE_ACTIVE},
        {"late refund",
         {exact, stamped(refund("06-20 10:00:00", code, "x1", "r1", 20000), late)},
         "x1 settles",
         "",
         STATE_REFUNDED},
    };

    check_stories(fx, rows, LENGTH(rows));
}

static void r9_refund_request_says_whom_and_how_much(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    enroll(fx);
    assert_folds(fx, refund("06-16 09:00:00", code, "x1", "r1", 100), "applied");
    said(fx);
    assert_folds(fx, settlement("06-16 10:00:00", code, "x1", 19999), "applied");
    assert_string_equal(fx->effects[0].key, code);
    assert_string_equal(fx->effects[0].subject, "e1");
    assert_string_equal(fx->effects[0].u.refund.payment_code, code);
    assert_string_equal(fx->effects[0].u.refund.currency, "CNY");
    /* The whole: the bank nets what it has refunded. */
    assert_says(fx, "refund.requested e1 BOC/x1 19999 wrong_amount @06-16 10:00:00\n");
}

static void r9_paid_until_refunded(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    enroll(fx);
    said(fx);
    assert_folds(fx, settlement("06-16 10:00:00", code, "x1", 20000), "applied");
    assert_says(fx, "enrollment.changed e1 #2 pending paid hours=0 "
                    "missing=approval,hours,survey @06-16 10:00:00\n");
    assert_folds(fx, refund("06-17 10:00:00", code, "x1", "r1", 20000), "applied");
    assert_says(fx, "enrollment.changed e1 #3 refunded hours=0 @06-17 10:00:00\n");
}

static void r8_each_bank_has_its_own_transactions(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event other = settlement("06-16 11:00:00", code, "x1", 20000);

    enroll(fx);
    other.bank = "ABC";
    assert_folds(fx, settlement("06-16 10:00:00", code, "x1", 20000), "applied");
    assert_folds(fx, other, "applied");
    assert_string_equal(money_of(fx), "x1 settles, x1 already_settled");
}

/* Payments that waited for the code: the first in the code's log settles. */
static void r8_payments_before_the_code_is_known_keep_their_order(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    assert_folds(fx, refund("06-09 12:00:00", code, "x2", "r1", 20000), "held");
    assert_folds(fx, settlement("06-09 11:00:00", code, "x2", 20000), "held");
    assert_folds(fx, settlement("06-09 10:00:00", code, "x1", 20000), "held");
    enroll(fx);
    assert_string_equal(released(fx), "payment/0 applied\npayment/1 applied\npayment/2 applied\n");
    assert_string_equal(money_of(fx), "x2 settles, x1 already_settled");
    assert_int_equal(the_enrollment(fx)->state, STATE_REFUNDED);
}

static void s5_more_refunded_than_paid_is_raised_once(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");

    activate(fx);
    assert_folds(fx, settlement("06-16 10:00:00", code, "x2", 20000), "applied");
    assert_folds(fx, refund("06-17 10:00:00", code, "x2", "r1", 20000), "applied");
    assert_string_equal(said_of(fx, "anomaly"), "");
    assert_folds(fx, refund("06-18 10:00:00", code, "x2", "r2", 1), "applied");
    assert_string_equal(said_of(fx, "anomaly"),
                        "anomaly.raised e1 over_refund BOC/x2 @06-18 10:00:00\n");
    assert_folds(fx, refund("06-19 10:00:00", code, "x2", "r3", 1), "applied");
    assert_string_equal(said_of(fx, "anomaly"), "");
    assert_int_equal(the_enrollment(fx)->state, STATE_ACTIVE);
    /* Once the settlement is known, not before. */
    assert_folds(fx, refund("06-20 10:00:00", code, "x3", "r1", 30000), "applied");
    assert_string_equal(said_of(fx, "anomaly"), "");
    assert_folds(fx, settlement("06-20 11:00:00", code, "x3", 20000), "applied");
    assert_string_equal(said_of(fx, "anomaly"),
                        "anomaly.raised e1 over_refund BOC/x3 @06-20 11:00:00\n");
}

static const char *receipt_of(struct fixture *fx, const char *txn)
{
    return payments_find(&the_enrollment(fx)->payments, "BOC", txn)->receipt_no;
}

static void r13_receipt_number_is_kept(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event with_receipt = settlement("06-16 10:00:00", code, "x1", 20000);

    with_receipt.receipt_no = "n1";
    enroll(fx);
    assert_folds(fx, with_receipt, "applied");
    assert_string_equal(receipt_of(fx, "x1"), "n1");
    said(fx);
    assert_folds(fx, receipt("06-17 10:00:00", code, "x1", "n1"), "duplicate");
    assert_folds(fx, receipt("06-17 10:00:00", code, "x1", "n2"), "conflict");
    assert_string_equal(receipt_of(fx, "x1"), "n1");
    with_receipt.receipt_no = "n3"; /* no part of the content */
    assert_folds(fx, with_receipt, "duplicate");
    with_receipt.receipt_no = NULL;
    assert_folds(fx, with_receipt, "duplicate");
    assert_says(fx, "");
}

static void r13_receipt_may_come_before_its_settlement(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event later = settlement("06-16 10:00:00", code, "x1", 20000);

    enroll(fx);
    said(fx);
    assert_folds(fx, receipt("06-16 11:00:00", code, "x1", "n1"), "applied");
    assert_string_equal(money_of(fx), "x1"); /* amount 0: nothing is owed */
    assert_says(fx, "");
    later.receipt_no = "n2"; /* counts only if none is known, and never conflicts */
    assert_folds(fx, later, "applied");
    assert_string_equal(receipt_of(fx, "x1"), "n1");
    assert_string_equal(money_of(fx), "x1 settles");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r9_only_the_exact_amount_settles_once),
        FIXTURE_TEST(r9_money_of_an_ended_enrollment_is_owed_back),
        FIXTURE_TEST(r9_refunds),
        FIXTURE_TEST(r9_late_money_is_owed_back),
        FIXTURE_TEST(r9_refund_request_says_whom_and_how_much),
        FIXTURE_TEST(r9_paid_until_refunded),
        FIXTURE_TEST(r8_each_bank_has_its_own_transactions),
        FIXTURE_TEST(r8_payments_before_the_code_is_known_keep_their_order),
        FIXTURE_TEST(s5_more_refunded_than_paid_is_raised_once),
        FIXTURE_TEST(r13_receipt_number_is_kept),
        FIXTURE_TEST(r13_receipt_may_come_before_its_settlement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
