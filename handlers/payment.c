/* Money (R7 to R9, R13): settlements, refunds, receipts, and what is owed back. */
#include <string.h>

#include "rules.h"

/* The enrollment's payments, or those of a code that stayed unknown. */
static struct payments *payments_of(const struct folding *f)
{
    return f->enrollment ? &f->enrollment->payments : &f->code->payments;
}

/* The row of (code, bank, transaction): it comes into being with the first record that names it. */
static struct payment *find_or_add(struct folding *f)
{
    const struct event *ev = f->ev;
    struct payment *payment = payments_find(payments_of(f), ev->bank, ev->bank_txn_id);

    if (payment)
        return payment;
    payment = payments_add(f->world, payments_of(f));
    payment->payment_code = f->code->payment_code;
    payment->bank = arena_strdup(f->world->arena, ev->bank);
    payment->bank_txn_id = arena_strdup(f->world->arena, ev->bank_txn_id);
    payment->is_new = payment->dirty = true;
    return payment;
}

static bool is_exact(const struct folding *f)
{
    return f->enrollment && f->ev->amount_fen == f->enrollment->term->programme->fee_fen;
}

static bool settles_the_fee(const struct folding *f, bool late)
{
    return is_exact(f) && !late && !enrollment_settlement(f->enrollment);
}

enum outcome handle_payment_settled(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct payment *known = payments_find(payments_of(f), ev->bank, ev->bank_txn_id);

    if (known && known->settled)
        return known_before(f, known->content, "bank_txn_id");
    bool late = f->enrollment && ev->stamp > f->enrollment->term->close_at;
    bool settles = settles_the_fee(f, late);
    struct payment *payment = find_or_add(f);
    payment->settled = true;
    payment->place = ev->place;
    payment->settled_at = ev->time;
    payment->amount_fen = ev->amount_fen;
    payment->currency = arena_strdup(f->world->arena, ev->currency);
    payment->late = late;
    payment->settles = settles;
    memcpy(payment->content, ev->content, sizeof payment->content);
    if (!payment->receipt_no)
        payment->receipt_no = arena_strdup(f->world->arena, ev->receipt_no);
    payment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

static const struct refund *find_refund(const struct payment *payment, const char *refund_txn_id)
{
    for (size_t i = 0; payment && i < payment->refund_count; i++)
        if (strcmp(payment->refunds[i].refund_txn_id, refund_txn_id) == 0)
            return &payment->refunds[i];
    return NULL;
}

enum outcome handle_payment_refunded(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct refund *known = find_refund(
        payments_find(payments_of(f), ev->bank, ev->bank_txn_id), ev->refund_txn_id);

    if (known)
        return known_before(f, known->content, "refund_txn_id");
    struct payment *payment = find_or_add(f);
    struct refund *refund = payment_add_refund(f->world, payment);
    refund->refund_txn_id = arena_strdup(f->world->arena, ev->refund_txn_id);
    refund->amount_fen = ev->amount_fen;
    refund->time = ev->time;
    memcpy(refund->content, ev->content, sizeof refund->content);
    refund->is_new = payment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

enum outcome handle_payment_receipted(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct payment *known = payments_find(payments_of(f), ev->bank, ev->bank_txn_id);

    if (known && known->receipt_no) {
        if (strcmp(known->receipt_no, ev->receipt_no) == 0)
            return OUTCOME_DUPLICATE;
        return REJECT(f, REASON_CONFLICT, "another receipt_no is known for the payment");
    }
    struct payment *payment = find_or_add(f);
    payment->receipt_no = arena_strdup(f->world->arena, ev->receipt_no);
    payment->dirty = true;
    return OUTCOME_APPLIED;
}

int64_t payment_refunded(const struct payment *payment)
{
    int64_t sum = 0;

    for (size_t i = 0; i < payment->refund_count; i++)
        sum += payment->refunds[i].amount_fen;
    return sum;
}

/* An exact settlement came before this one in the code's log, and settled. */
static bool settled_before(const struct payments *payments, const struct payment *payment)
{
    for (size_t i = 0; i < payments->count; i++)
        if (payments->at[i]->settles && place_compare(&payments->at[i]->place, &payment->place) < 0)
            return true;
    return false;
}

static enum owed owed_reason(const struct enrollment *enrollment, const struct payments *payments,
                             const struct payment *payment, bool ended)
{
    if (!payment->settled)
        return OWED_NOTHING;
    if (!enrollment)
        return OWED_UNKNOWN_CODE;
    if (payment->settles)
        return ended ? OWED_ENROLLMENT_ENDED : OWED_NOTHING;
    if (payment->amount_fen != enrollment->term->programme->fee_fen)
        return OWED_WRONG_AMOUNT;
    return settled_before(payments, payment) ? OWED_ALREADY_SETTLED : OWED_ENROLLMENT_ENDED;
}

static void request_refund(struct folding *f, struct payment *payment)
{
    struct effect *effect = folding_effect(f, EFFECT_REFUND_REQUESTED);

    payment->refund_requested = true;
    effect->key = payment->payment_code;
    effect->u.refund.payment_code = payment->payment_code;
    effect->u.refund.bank = payment->bank;
    effect->u.refund.bank_txn_id = payment->bank_txn_id;
    effect->u.refund.amount_fen = payment->amount_fen;
    effect->u.refund.currency = payment->currency;
    effect->u.refund.reason = payment->owed;
    effect_set_name(f, effect, payment->payment_code, payment->bank, payment->bank_txn_id);
}

static void raise_over_refund(struct folding *f, struct payment *payment)
{
    struct text subject;

    text_init(&subject, f->world->arena);
    text_add(&subject, payment->bank);
    text_add(&subject, "/");
    text_add(&subject, payment->bank_txn_id);
    payment->over_refund_said = true;
    folding_anomaly(f, "over_refund", text_string(&subject), "refunds exceed the amount paid");
}

void settle_payments(struct folding *f, struct enrollment *enrollment, struct payments *payments,
                     bool ended)
{
    for (size_t i = 0; i < payments->count; i++) {
        struct payment *payment = payments->at[i];
        int64_t refunded = payment_refunded(payment);
        enum owed owed = owed_reason(enrollment, payments, payment, ended);

        if (refunded >= payment->amount_fen)
            owed = OWED_NOTHING;
        if (owed != payment->owed) {
            payment->owed = owed;
            payment->dirty = true;
        }
        if (owed != OWED_NOTHING && !payment->refund_requested) {
            request_refund(f, payment);
            payment->dirty = true;
        }
        if (enrollment && payment->settled && refunded > payment->amount_fen &&
            !payment->over_refund_said) {
            raise_over_refund(f, payment);
            payment->dirty = true;
        }
    }
}
