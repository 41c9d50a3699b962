/* Writes what a batch changed: one walk over the world fills the columns of all tables, then one
 * constant statement for each table that has rows. */
#include <string.h>

#include "store_internal.h"

enum table {
    TABLE_PAYMENT_CODE,
    TABLE_ENROLLMENT,
    TABLE_BAR,
    TABLE_PROGRESS,
    TABLE_TAKEN_DAY,
    TABLE_ATTEMPT,
    TABLE_GRANT,
    TABLE_PAYMENT,
    TABLE_REFUND,
    TABLE_CREDIT,
    TABLE_YEAR,
    TABLE_CERTIFICATE,
    TABLE_VERSION,
    TABLE_ANOMALY,
    TABLE_CLAIM,
    TABLE_CLAIM_GONE,
    TABLE_IDENTITY,
    TABLE_HELD,
    TABLE_HELD_GONE,
    TABLE_DEAD_LETTER,
    TABLE_OUTBOX,
    TABLES
};

/* Columns in the order of the put calls below. An empty byte string stands for "not brought by this
 * batch": the row's own outlives it. */
static const struct {
    const char *types, *sql;
} tables[TABLES] = {
    [TABLE_PAYMENT_CODE] =
        {"ttt", "UPDATE payment_code c SET trainee_id = n.trainee_id, enrollment_id ="
                " n.enrollment_id FROM unnest($1, $2, $3) AS n (payment_code, trainee_id,"
                " enrollment_id) WHERE c.payment_code = n.payment_code"},
    [TABLE_ENROLLMENT] =
        {"ttttttttbbtttttbbzzzzzisoozioszoo",
         "INSERT INTO enrollment AS e (trainee_id, enrollment_id, term_id, payment_code, name,"
         " employer, prefecture, id_number_masked, id_number, mobile, title_level, base_id,"
         " employer_kind, photo_sha256, photo_uri, id_hash, content, submitted_at, approved_at,"
         " rejected_at, withdrawn_at, survey_at, revision, state, paid, approved, active_at, hours,"
         " survey_done, missing, due_at, approved_said, survey_due_said) SELECT * FROM unnest($1,"
         " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,"
         " $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"
         " ON CONFLICT (trainee_id, enrollment_id) DO UPDATE SET name = excluded.name,"
         " employer = excluded.employer, mobile = CASE WHEN length(excluded.mobile) = 0"
         " THEN e.mobile ELSE excluded.mobile END, approved_at = excluded.approved_at,"
         " rejected_at = excluded.rejected_at, withdrawn_at = excluded.withdrawn_at,"
         " survey_at = excluded.survey_at, revision = excluded.revision, state = excluded.state,"
         " paid = excluded.paid, approved = excluded.approved, active_at = excluded.active_at,"
         " hours = excluded.hours, survey_done = excluded.survey_done,"
         " missing = excluded.missing, due_at = excluded.due_at,"
         " approved_said = excluded.approved_said, survey_due_said = excluded.survey_due_said"},
    [TABLE_BAR] = {"ttnzz",
                   "INSERT INTO bar (trainee_id, enrollment_id, rank, barred_at, reinstated_at)"
                   " SELECT * FROM unnest($1, $2, $3, $4, $5)"
                   " ON CONFLICT (trainee_id, enrollment_id, rank) DO UPDATE SET"
                   " reinstated_at = excluded.reinstated_at"},
    [TABLE_PROGRESS] =
        {"tttbiizio",
         "INSERT INTO progress AS p (trainee_id, enrollment_id, course_id, covered, covered_s,"
         " presence_us, learned_at, cut_reports, credited_said)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
         " ON CONFLICT (trainee_id, enrollment_id, course_id) DO UPDATE SET"
         " covered = CASE WHEN length(excluded.covered) = 0 THEN p.covered"
         " ELSE excluded.covered END, covered_s = excluded.covered_s,"
         " presence_us = excluded.presence_us, learned_at = excluded.learned_at,"
         " cut_reports = excluded.cut_reports, credited_said = excluded.credited_said"},
    [TABLE_TAKEN_DAY] = {"ttib", "INSERT INTO taken_day (trainee_id, enrollment_id, day, taken)"
                                 " SELECT * FROM unnest($1, $2, $3, $4)"
                                 " ON CONFLICT (trainee_id, enrollment_id, day) DO UPDATE SET"
                                 " taken = excluded.taken"},
    [TABLE_ATTEMPT] =
        {"tttttnizziobsiio",
         "INSERT INTO attempt (trainee_id, enrollment_id, course_id, attempt_id, paper_id,"
         " partition, record_offset, attempted_at, started_at, score, passed, content, verdict,"
         " attempts_left, said, failed_said) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8,"
         " $9, $10, $11, $12, $13, $14, $15, $16)"
         " ON CONFLICT (trainee_id, enrollment_id, course_id, attempt_id) DO UPDATE SET"
         " verdict = excluded.verdict, attempts_left = excluded.attempts_left,"
         " said = excluded.said, failed_said = excluded.failed_said"},
    [TABLE_GRANT] = {"ttttttnizib",
                     "INSERT INTO exam_grant (trainee_id, enrollment_id, grant_id, course_id,"
                     " actor, reason, partition, record_offset, granted_at, extra, content)"
                     " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"},
    [TABLE_PAYMENT] =
        {"tttionizibototsoo",
         "INSERT INTO payment (payment_code, bank, bank_txn_id, arrival, settled, partition,"
         " record_offset, settled_at, amount_fen, content, late, currency, settles, receipt_no,"
         " owed, refund_requested, over_refund_said) SELECT * FROM unnest($1, $2, $3, $4, $5, $6,"
         " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
         " ON CONFLICT (payment_code, bank, bank_txn_id) DO UPDATE SET settled = excluded.settled,"
         " partition = excluded.partition, record_offset = excluded.record_offset,"
         " settled_at = excluded.settled_at, amount_fen = excluded.amount_fen,"
         " content = excluded.content, late = excluded.late, currency = excluded.currency,"
         " settles = excluded.settles, receipt_no = excluded.receipt_no, owed = excluded.owed,"
         " refund_requested = excluded.refund_requested,"
         " over_refund_said = excluded.over_refund_said"},
    [TABLE_REFUND] = {"ttttizb",
                      "INSERT INTO refund (payment_code, bank, bank_txn_id, refund_txn_id,"
                      " amount_fen, refunded_at, content)"
                      " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)"},
    [TABLE_CREDIT] = {"tttiizb",
                      "INSERT INTO credit (trainee_id, provider, evidence_no, year, hours,"
                      " credited_at, content) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)"},
    [TABLE_YEAR] = {"tiiiio",
                    "INSERT INTO year_record (trainee_id, year, revision, public_hours,"
                    " professional_hours, complete) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"
                    " ON CONFLICT (trainee_id, year) DO UPDATE SET revision = excluded.revision,"
                    " public_hours = excluded.public_hours,"
                    " professional_hours = excluded.professional_hours,"
                    " complete = excluded.complete"},
    [TABLE_CERTIFICATE] =
        {"tttootzbb",
         "INSERT INTO certificate (trainee_id, programme_id, certificate_no, ordered, stands,"
         " enrollment_id, issued_at, digest, content)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
         " ON CONFLICT (trainee_id, programme_id) DO UPDATE SET ordered = excluded.ordered,"
         " stands = excluded.stands, enrollment_id = excluded.enrollment_id,"
         " issued_at = excluded.issued_at, digest = excluded.digest, content = excluded.content"},
    [TABLE_VERSION] = {"ttibzz",
                       "INSERT INTO certificate_version (trainee_id, programme_id, version, digest,"
                       " issued_at, revoked_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"
                       " ON CONFLICT (trainee_id, programme_id, version) DO UPDATE SET"
                       " revoked_at = excluded.revoked_at"},
    [TABLE_ANOMALY] = {"tttttz",
                       "INSERT INTO anomaly (trainee_id, enrollment_id, kind, subject, detail,"
                       " raised_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
    [TABLE_CLAIM] = {"btt", "INSERT INTO id_claim (id_hash, trainee_id, enrollment_id)"
                            " SELECT * FROM unnest($1, $2, $3)"},
    [TABLE_CLAIM_GONE] = {"btt",
                          "DELETE FROM id_claim c USING unnest($1, $2, $3)"
                          " AS g (id_hash, trainee_id, enrollment_id) WHERE c.id_hash = g.id_hash"
                          " AND c.trainee_id = g.trainee_id AND c.enrollment_id = g.enrollment_id"},
    [TABLE_IDENTITY] = {"tbbz", "INSERT INTO identity (subject, key, content, event_time)"
                                " SELECT * FROM unnest($1, $2, $3, $4)"},
    [TABLE_HELD] = {"tsnizb",
                    "INSERT INTO held (subject, topic, partition, record_offset, stamp, original)"
                    " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
    [TABLE_HELD_GONE] = {"tsni",
                         "DELETE FROM held h USING unnest($1, $2, $3, $4)"
                         " AS g (subject, topic, partition, record_offset)"
                         " WHERE h.subject = g.subject AND h.topic = g.topic"
                         " AND h.partition = g.partition AND h.record_offset = g.record_offset"},
    [TABLE_DEAD_LETTER] =
        {"sniitttttb",
         "INSERT INTO dead_letter (topic, partition, record_offset, number, reason, message,"
         " event_type, trainee_id, payment_code, original)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"},
    [TABLE_OUTBOX] = {"insbbb", "INSERT INTO outbox (number, seq, topic, key, headers, value)"
                                " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
};

struct writing {
    struct store *store;
    struct world *world;
    struct pg_rows rows[TABLES];
};

static void put_place(struct pg_rows *rows, const struct place *place)
{
    pg_put_int(rows, place->partition);
    pg_put_int(rows, place->offset);
}

static void put_hash(struct pg_rows *rows, const uint8_t hash[32])
{
    pg_put_bytes(rows, hash, 32);
}

static void put_bytes(struct pg_rows *rows, struct bytes bytes)
{
    pg_put_bytes(rows, bytes.at, bytes.len);
}

static void write_enrollment(struct writing *w, const struct enrollment *e)
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

static void write_bars(struct writing *w, const struct enrollment *e)
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

static void write_course(struct writing *w, const struct enrollment *e, const struct progress *p)
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

static void write_attempt(struct writing *w, const struct enrollment *e, const struct progress *p,
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

static void write_grant(struct writing *w, const struct enrollment *e, const struct grant *g)
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

static void write_day(struct writing *w, const struct enrollment *e, const struct taken_day *day)
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

static void write_payments(struct writing *w, const struct payments *payments)
{
    for (size_t i = 0; i < payments->count; i++)
        if (payments->at[i]->dirty)
            write_payment(w, payments->at[i], i);
}

static void walk_course(struct writing *w, const struct enrollment *e, const struct progress *p)
{
    if (p->dirty)
        write_course(w, e, p);
    for (size_t i = 0; i < p->attempt_count; i++)
        if (p->attempts[i]->dirty)
            write_attempt(w, e, p, p->attempts[i]);
}

static void walk_enrollment(struct writing *w, const struct enrollment *e)
{
    if (e->dirty) {
        write_enrollment(w, e);
        write_bars(w, e);
    }
    for (size_t i = 0; i < e->course_count; i++)
        walk_course(w, e, e->courses[i]);
    for (size_t i = 0; i < e->day_count; i++)
        if (e->days[i]->dirty)
            write_day(w, e, e->days[i]);
    for (size_t i = 0; i < e->grant_count; i++)
        if (e->grants[i]->is_new)
            write_grant(w, e, e->grants[i]);
    write_payments(w, &e->payments);
}

static void write_certificate(struct writing *w, const struct trainee *t,
                              const struct certificate *c)
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

static void write_versions(struct writing *w, const struct trainee *t, const struct certificate *c)
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

static void write_credit(struct writing *w, const struct trainee *t, const struct credit *c)
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

static void write_year(struct writing *w, const struct trainee *t, const struct year_record *y)
{
    struct pg_rows *rows = &w->rows[TABLE_YEAR];

    pg_put_text(rows, t->trainee_id);
    pg_put_int(rows, y->year);
    pg_put_int(rows, y->revision);
    pg_put_int(rows, y->public_hours);
    pg_put_int(rows, y->professional_hours);
    pg_put_bool(rows, y->complete);
}

static void write_anomaly(struct writing *w, const struct trainee *t, const struct anomaly *a)
{
    struct pg_rows *rows = &w->rows[TABLE_ANOMALY];

    pg_put_text(rows, t->trainee_id);
    pg_put_text(rows, a->enrollment_id);
    pg_put_text(rows, a->kind);
    pg_put_text(rows, a->subject);
    pg_put_text(rows, a->detail);
    pg_put_instant(rows, a->time);
}

static void walk_trainee(struct writing *w, const struct trainee *t)
{
    for (size_t i = 0; i < t->enrollment_count; i++)
        walk_enrollment(w, t->enrollments[i]);
    for (size_t i = 0; i < t->certificate_count; i++) {
        if (t->certificates[i]->dirty)
            write_certificate(w, t, t->certificates[i]);
        write_versions(w, t, t->certificates[i]);
    }
    for (size_t i = 0; i < t->credit_count; i++)
        if (t->credits[i].is_new)
            write_credit(w, t, &t->credits[i]);
    for (size_t i = 0; i < t->year_count; i++)
        if (t->years[i]->dirty)
            write_year(w, t, t->years[i]);
    for (size_t i = 0; i < t->anomaly_count; i++)
        if (t->anomalies[i].is_new)
            write_anomaly(w, t, &t->anomalies[i]);
}

static void walk_code(struct writing *w, const struct code *code)
{
    struct pg_rows *rows = &w->rows[TABLE_PAYMENT_CODE];

    if (code->is_new) {
        pg_put_text(rows, code->payment_code);
        pg_put_text(rows, code->trainee_id);
        pg_put_text(rows, code->enrollment_id);
    }
    write_payments(w, &code->payments);
}

static void walk_claims(struct writing *w, const struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->at[i];

        if (claim->is_new == claim->removed) /* as it was, or come and gone */
            continue;
        struct pg_rows *rows = &w->rows[claim->is_new ? TABLE_CLAIM : TABLE_CLAIM_GONE];
        put_hash(rows, claims->id_hash);
        pg_put_text(rows, claim->trainee_id);
        pg_put_text(rows, claim->enrollment_id);
    }
}

static void walk_world(struct writing *w)
{
    const struct world *world = w->world;

    for (size_t i = 0; i < world->trainees.cap; i++)
        if (world->trainees.slots[i].key)
            walk_trainee(w, &((struct trainee_entry *)world->trainees.slots[i].value)->trainee);
    for (size_t i = 0; i < world->codes.cap; i++)
        if (world->codes.slots[i].key)
            walk_code(w, world->codes.slots[i].value);
    for (size_t i = 0; i < world->claims.cap; i++)
        if (world->claims.slots[i].key)
            walk_claims(w, world->claims.slots[i].value);
    for (size_t i = 0; i < world->new_identity_count; i++) {
        const struct identity *identity = world->new_identities[i];
        struct pg_rows *rows = &w->rows[TABLE_IDENTITY];

        pg_put_text(rows, identity->subject);
        pg_put_bytes(rows, identity->key, sizeof identity->key);
        put_hash(rows, identity->content);
        pg_put_instant(rows, identity->time);
    }
}

static void write_held(struct writing *w, const struct held *held)
{
    const struct event *ev = held->ev;
    struct pg_rows *rows = &w->rows[held->released ? TABLE_HELD_GONE : TABLE_HELD];

    if (held->released && held->is_new)
        return;
    pg_put_text(rows, ev->payment_code ? ev->payment_code : ev->trainee_id);
    pg_put_int(rows, ev->place.topic);
    put_place(rows, &ev->place);
    if (held->released)
        return;
    pg_put_instant(rows, ev->stamp);
    put_bytes(rows,
              store_seal_record(&w->store->config->keys, w->world->arena, "held", held->original));
}

static void write_dead_letter(struct writing *w, const struct dead_letter *letter)
{
    struct pg_rows *rows = &w->rows[TABLE_DEAD_LETTER];

    pg_put_int(rows, letter->original->place.topic);
    put_place(rows, &letter->original->place);
    pg_put_int(rows, w->store->number);
    pg_put_text(rows, reason_name(letter->reason));
    pg_put_text(rows, letter->message);
    pg_put_text(rows, letter->event_type);
    pg_put_text(rows, letter->trainee_id);
    pg_put_text(rows, letter->payment_code);
    put_bytes(rows, store_seal_record(&w->store->config->keys, w->world->arena, "dead_letter",
                                      letter->original));
}

static void write_message(struct writing *w, const struct message *message, int32_t *seq)
{
    struct pg_rows *rows = &w->rows[TABLE_OUTBOX];

    pg_put_int(rows, w->store->number);
    pg_put_int(rows, (*seq)++);
    pg_put_int(rows, message->record.place.topic);
    put_bytes(rows, message->record.key);
    put_bytes(rows, store_pack_headers(w->world->arena, &message->record));
    put_bytes(rows, message->record.value);
}

static void write_batch(struct writing *w, const struct batch *batch, int32_t *seq)
{
    for (size_t i = 0; i < batch->held_count; i++)
        write_held(w, batch->held[i]);
    for (size_t i = 0; i < batch->message_count; i++)
        write_message(w, batch->messages[i], seq);
    for (size_t i = 0; i < batch->dead_letter_count; i++) {
        write_dead_letter(w, &batch->dead_letters[i]);
        write_message(w, batch->dead_letters[i].out, seq);
    }
}

struct pg_query *writes_add(struct writes *writes, struct arena *arena, const char *sql)
{
    struct pg_query *query = &writes->queries[writes->count++];

    pg_query_init(query, arena, sql);
    return query;
}

void write_world(struct store *store, struct world *world, const struct batch *batch, int32_t *seq,
                 struct writes *writes)
{
    struct writing *w = arena_alloc(world->arena, sizeof *w);

    w->store = store;
    w->world = world;
    for (int table = 0; table < TABLES; table++)
        pg_rows_init(&w->rows[table], world->arena, tables[table].types);
    walk_world(w);
    write_batch(w, batch, seq);
    for (int table = 0; table < TABLES; table++)
        if (w->rows[table].count)
            pg_bind_rows(writes_add(writes, world->arena, tables[table].sql), &w->rows[table]);
}

static const char *const journal_kinds[] = {
    [JOURNAL_BATCH] = "batch",     [JOURNAL_REMINDER] = "reminder",
    [JOURNAL_CLOSING] = "closing", [JOURNAL_CATALOGUE] = "catalogue",
    [JOURNAL_GAP] = "gap",
};

void write_journal(struct store *store, struct writes *writes, struct arena *arena,
                   const struct batch *batch, int64_t events, const uint8_t digest[32])
{
    const struct passing *passing = &batch->passing;
    bool passes = passing->what != PASSAGE_NONE;
    struct pg_query *query = writes_add(
        writes, arena,
        "INSERT INTO journal (number, kind, term_id, passed, days_left, events, digest)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)");

    pg_bind_int(query, store->number);
    pg_bind_text(query, journal_kinds[batch->kind]);
    pg_bind_text(query, passes ? passing->term->id : NULL);
    pg_bind_instant(query, passes ? passing->passed : INSTANT_NONE);
    pg_bind_int(query, passes ? passing->days_left : 0);
    pg_bind_int(query, events);
    pg_bind_bytes(query, events ? arena_copy(arena, digest, 32) : NULL, 32);
}
