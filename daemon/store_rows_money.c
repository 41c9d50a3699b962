/* Rows of PostgreSQL into the world: payment codes and money. Columns stand in the order of the
 * statements in store_load.c; rows of what is not loaded are passed over. */
#include "store_cells.h"

enum status read_codes(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct code *code = world_code(world, cell_name(&cell));

        code->trainee_id = cell_text(&cell);
        code->enrollment_id = cell_text(&cell);
    }
    return STATUS_OK;
}

/* Where the code's money is kept: with its enrollment, or with the code while that is unknown. */
static struct payments *payments_of(struct world *world, struct cell *cell, const char **code_text)
{
    struct code *code = world_code(world, cell_name(cell));

    *code_text = code->payment_code;
    if (!code->trainee_id)
        return &code->payments;
    struct enrollment *enrollment = trainee_find_enrollment(
        &world_trainee(world, code->trainee_id)->trainee, code->enrollment_id);
    return enrollment ? &enrollment->payments : &code->payments;
}

enum status read_payments(struct store *store, struct world *world, const struct pg_result *result,
                          struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        const char *code;
        struct payments *payments = payments_of(world, &cell, &code);
        struct payment *payment = payments_add(world, payments);

        payment->payment_code = code;
        payment->bank = cell_text(&cell);
        payment->bank_txn_id = cell_text(&cell);
        payment->settled = cell_bool(&cell);
        payment->place = cell_place(&cell, TOPIC_PAYMENT);
        payment->settled_at = cell_instant(&cell);
        payment->amount_fen = cell_int(&cell);
        cell_hash(&cell, payment->content, sizeof payment->content);
        payment->late = cell_bool(&cell);
        payment->currency = cell_text(&cell);
        payment->settles = cell_bool(&cell);
        payment->receipt_no = cell_text(&cell);
        payment->owed = (enum owed)cell_int(&cell);
        payment->refund_requested = cell_bool(&cell);
        payment->over_refund_said = cell_bool(&cell);
    }
    return STATUS_OK;
}

enum status read_refunds(struct store *store, struct world *world, const struct pg_result *result,
                         struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        const char *code;
        struct payments *payments = payments_of(world, &cell, &code);
        const char *bank = cell_name(&cell), *bank_txn_id = cell_name(&cell);
        struct payment *payment = payments_find(payments, bank, bank_txn_id);

        if (!payment)
            continue;
        struct refund *refund = payment_add_refund(world, payment);
        refund->refund_txn_id = cell_text(&cell);
        refund->amount_fen = cell_int(&cell);
        refund->time = cell_instant(&cell);
        cell_hash(&cell, refund->content, sizeof refund->content);
    }
    return STATUS_OK;
}
