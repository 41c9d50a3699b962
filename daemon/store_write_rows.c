/* Rows of what a trainee has, column by column in the order of store_tables.c. */
#include "store_tables.h"

void put_place(struct pg_rows *rows, const struct place *place)
{
    pg_put_int(rows, place->partition);
    pg_put_int(rows, place->offset);
}

void put_hash(struct pg_rows *rows, const uint8_t hash[32])
{
    pg_put_bytes(rows, hash, 32);
}

void put_bytes(struct pg_rows *rows, struct bytes bytes)
{
    pg_put_bytes(rows, bytes.at, bytes.len);
}

void write_enrollment(struct writing *w, const struct enrollment *e)
{
    struct pg_rows *rows = &w->rows[TABLE_ENROLLMENT];
    const struct keys *keys = &w->store->config->keys;
    struct arena *arena = w->world->arena;

    pg_put_text(rows, e->trainee->trainee_id);
    pg_put_text(rows, e->enrollment_id);
    pg_put_text(rows, e->term->id);
    pg_put_text(rows, e->payment_code);
    pg_put_text(rows, e->name);
    pg_put_text(rows, e->employer);
    pg_put_text(rows, e->prefecture);
    pg_put_text(rows, e->id_number_masked);
    put_bytes(rows, store_seal_personal(keys, arena, "id_number", e, e->id_number));
    put_bytes(rows, store_seal_personal(keys, arena, "mobile", e, e->mobile));
    pg_put_text(rows, e->title_level);
    pg_put_text(rows, e->base_id);
    pg_put_text(rows, e->employer_kind);
    pg_put_text(rows, e->photo_sha256);
    pg_put_text(rows, e->photo_uri);
    put_hash(rows, e->id_hash);
    put_hash(rows, e->content);
    pg_put_instant(rows, e->submitted_at);
    pg_put_instant(rows, e->approved_at);
    pg_put_instant(rows, e->rejected_at);
    pg_put_instant(rows, e->withdrawn_at);
    pg_put_instant(rows, e->survey_at);
    pg_put_int(rows, e->revision);
    pg_put_int(rows, e->state);
    pg_put_bool(rows, e->paid);
    pg_put_bool(rows, e->approved);
    pg_put_instant(rows, e->active_at);
    pg_put_int(rows, e->hours);
    pg_put_bool(rows, e->survey_done);
    pg_put_int(rows, e->missing);
    pg_put_instant(rows, e->due_at);
    pg_put_bool(rows, e->approved_said);
    pg_put_bool(rows, e->survey_due_said);
}

void write_bars(struct writing *w, const struct enrollment *e)
{
    struct pg_rows *rows = &w->rows[TABLE_BAR];

    for (size_t i = 0; i < e->bar_count; i++) {
        pg_put_text(rows, e->trainee->trainee_id);
        pg_put_text(rows, e->enrollment_id);
        pg_put_int(rows, (int64_t)i);
        pg_put_instant(rows, e->bars[i].from);
        pg_put_instant(rows, e->bars[i].to);
    }
}

void write_course(struct writing *w, const struct enrollment *e, const struct progress *p)
{
    struct pg_rows *rows = &w->rows[TABLE_PROGRESS];
    struct bytes covered = {"", 0};

    if (p->covered_loaded && p->covered_s)
        covered.at = intervals_pack(&p->covered, w->world->arena, &covered.len);
    pg_put_text(rows, e->trainee->trainee_id);
    pg_put_text(rows, e->enrollment_id);
    pg_put_text(rows, p->course->id);
    put_bytes(rows, covered);
    pg_put_int(rows, p->covered_s);
    pg_put_int(rows, p->presence_us);
    pg_put_instant(rows, p->learned_at);
    pg_put_int(rows, p->cut_reports);
    pg_put_bool(rows, p->credited_said);
}

void write_attempt(struct writing *w, const struct enrollment *e, const struct progress *p,
                   const struct attempt *a)
{
    struct pg_rows *rows = &w->rows[TABLE_ATTEMPT];

    pg_put_text(rows, e->trainee->trainee_id);
    pg_put_text(rows, e->enrollment_id);
    pg_put_text(rows, p->course->id);
    pg_put_text(rows, a->attempt_id);
    pg_put_text(rows, a->paper_id);
    put_place(rows, &a->place);
    pg_put_instant(rows, a->time);
    pg_put_instant(rows, a->started_at);
    pg_put_int(rows, a->score);
    pg_put_bool(rows, a->passed);
    put_hash(rows, a->content);
    pg_put_int(rows, a->verdict);
    pg_put_int(rows, a->attempts_left);
    pg_put_int(rows, a->said);
    pg_put_bool(rows, a->failed_said);
}

void write_grant(struct writing *w, const struct enrollment *e, const struct grant *g)
{
    struct pg_rows *rows = &w->rows[TABLE_GRANT];

    pg_put_text(rows, e->trainee->trainee_id);
    pg_put_text(rows, e->enrollment_id);
    pg_put_text(rows, g->grant_id);
    pg_put_text(rows, g->course_id);
    pg_put_text(rows, g->actor);
    pg_put_text(rows, g->reason);
    put_place(rows, &g->place);
    pg_put_instant(rows, g->time);
    pg_put_int(rows, g->extra);
    put_hash(rows, g->content);
}

void write_day(struct writing *w, const struct enrollment *e, const struct taken_day *day)
{
    struct pg_rows *rows = &w->rows[TABLE_TAKEN_DAY];
    size_t len;
    const uint8_t *taken = intervals_pack(&day->taken, w->world->arena, &len);

    pg_put_text(rows, e->trainee->trainee_id);
    pg_put_text(rows, e->enrollment_id);
    pg_put_int(rows, day->day);
    pg_put_bytes(rows, taken, len);
}

static void write_refunds(struct writing *w, const struct payment *p)
{
    struct pg_rows *rows = &w->rows[TABLE_REFUND];

    for (size_t i = 0; i < p->refund_count; i++) {
        const struct refund *refund = &p->refunds[i];

        if (!refund->is_new)
            continue;
        pg_put_text(rows, p->payment_code);
        pg_put_text(rows, p->bank);
        pg_put_text(rows, p->bank_txn_id);
        pg_put_text(rows, refund->refund_txn_id);
        pg_put_int(rows, refund->amount_fen);
        pg_put_instant(rows, refund->time);
        put_hash(rows, refund->content);
    }
}

static void write_payment(struct writing *w, const struct payment *p, size_t arrival)
{
    struct pg_rows *rows = &w->rows[TABLE_PAYMENT];

    pg_put_text(rows, p->payment_code);
    pg_put_text(rows, p->bank);
    pg_put_text(rows, p->bank_txn_id);
    pg_put_int(rows, (int64_t)arrival);
    pg_put_bool(rows, p->settled);
    put_place(rows, &p->place);
    pg_put_instant(rows, p->settled_at);
    pg_put_int(rows, p->amount_fen);
    pg_put_bytes(rows, p->settled ? p->content : NULL, 32);
    pg_put_bool(rows, p->late);
    pg_put_text(rows, p->currency);
    pg_put_bool(rows, p->settles);
    pg_put_text(rows, p->receipt_no);
    pg_put_int(rows, p->owed);
    pg_put_bool(rows, p->refund_requested);
    pg_put_bool(rows, p->over_refund_said);
    write_refunds(w, p);
}

void write_payments(struct writing *w, const struct payments *payments)
{
    for (size_t i = 0; i < payments->count; i++)
        if (payments->at[i]->dirty)
            write_payment(w, payments->at[i], i);
}

void write_certificate(struct writing *w, const struct trainee *t, const struct certificate *c)
{
    struct pg_rows *rows = &w->rows[TABLE_CERTIFICATE];

    pg_put_text(rows, t->trainee_id);
    pg_put_text(rows, c->programme->id);
    pg_put_text(rows, c->certificate_no);
    pg_put_bool(rows, c->ordered);
    pg_put_bool(rows, c->stands);
    pg_put_text(rows, c->enrollment_id);
    pg_put_instant(rows, c->issued_at);
    pg_put_bytes(rows, c->stands ? c->digest : NULL, 32);
    pg_put_bytes(rows, c->stands ? c->content : NULL, 32);
}

void write_versions(struct writing *w, const struct trainee *t, const struct certificate *c)
{
    struct pg_rows *rows = &w->rows[TABLE_VERSION];

    for (size_t i = 0; i < c->version_count; i++) {
        const struct certificate_version *version = &c->versions[i];

        if (!version->dirty)
            continue;
        pg_put_text(rows, t->trainee_id);
        pg_put_text(rows, c->programme->id);
        pg_put_int(rows, version->version);
        put_hash(rows, version->digest);
        pg_put_instant(rows, version->issued_at);
        pg_put_instant(rows, version->revoked_at);
    }
}

void write_credit(struct writing *w, const struct trainee *t, const struct credit *c)
{
    struct pg_rows *rows = &w->rows[TABLE_CREDIT];

    pg_put_text(rows, t->trainee_id);
    pg_put_text(rows, c->provider);
    pg_put_text(rows, c->evidence_no);
    pg_put_int(rows, c->year);
    pg_put_int(rows, c->hours);
    pg_put_instant(rows, c->time);
    put_hash(rows, c->content);
}

void write_year(struct writing *w, const struct trainee *t, const struct year_record *y)
{
    struct pg_rows *rows = &w->rows[TABLE_YEAR];

    pg_put_text(rows, t->trainee_id);
    pg_put_int(rows, y->year);
    pg_put_int(rows, y->revision);
    pg_put_int(rows, y->public_hours);
    pg_put_int(rows, y->professional_hours);
    pg_put_bool(rows, y->complete);
}

void write_anomaly(struct writing *w, const struct trainee *t, const struct anomaly *a)
{
    struct pg_rows *rows = &w->rows[TABLE_ANOMALY];

    pg_put_text(rows, t->trainee_id);
    pg_put_text(rows, a->enrollment_id);
    pg_put_text(rows, a->kind);
    pg_put_text(rows, a->subject);
    pg_put_text(rows, a->detail);
    pg_put_instant(rows, a->time);
}
