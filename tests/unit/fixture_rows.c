/* What the store would write: after each event, every row that differs from what was kept must be
 * marked (dirty, is_new, removed). The marks are then taken off, as by a commit. */
#include "fixture.h"

/* A row under construction: its name and its columns as one text. */
struct row {
    struct fixture *fx;
    const char *name;
    struct text columns;
};

static struct row row_begin(struct fixture *fx, const char *table, const char *a, const char *b,
                            const char *c)
{
    struct row row = {.fx = fx, .name = text_join(&fx->arena, table, a, b, c, NULL)};

    text_init(&row.columns, &fx->arena);
    return row;
}

static void put_text(struct row *row, const char *text)
{
    text_add(&row->columns, text ? text : "NULL");
    text_add(&row->columns, "|");
}

static void put_int(struct row *row, int64_t number)
{
    text_add_int(&row->columns, number);
    text_add(&row->columns, "|");
}

static void put_hash(struct row *row, const uint8_t hash[32])
{
    for (int i = 0; i < 8; i++)
        text_add_int(&row->columns, hash[i]);
    text_add(&row->columns, "|");
}

static void put_intervals(struct row *row, const struct intervals *set)
{
    for (size_t i = 0; i < set->count; i++) {
        put_int(row, set->at[i].from);
        put_int(row, set->at[i].to);
    }
}

static void row_end(const struct row *row, bool marked)
{
    const char *columns = text_string(&row->columns);
    const char *kept = map_get_string(&row->fx->rows, row->name);

    if (kept && strcmp(kept, columns) == 0)
        return;
    if (!marked)
        fail_msg("not marked: %s\nwas %s\nis  %s", row->name, kept ? kept : "not there", columns);
    map_put_string(&row->fx->rows, row->name, arena_strdup(&row->fx->arena, columns));
}

static void check_attempt(struct fixture *fx, const struct enrollment *e, const char *course_id,
                          struct attempt *a)
{
    struct row row = row_begin(fx, "attempt", e->trainee->trainee_id, e->enrollment_id,
                               text_join(&fx->arena, course_id, a->attempt_id, NULL));

    assert_non_null(a->paper_id);
    put_text(&row, a->paper_id);
    put_int(&row, a->place.offset);
    assert_in_range(a->started_at, 0, a->time);
    put_int(&row, a->time);
    put_int(&row, a->started_at);
    put_int(&row, a->score);
    put_int(&row, a->passed);
    put_hash(&row, a->content);
    put_int(&row, a->verdict);
    put_int(&row, a->attempts_left);
    put_int(&row, a->said);
    put_int(&row, a->failed_said);
    row_end(&row, a->dirty);
    a->dirty = a->is_new = false;
}

static void check_course(struct fixture *fx, const struct enrollment *e, struct progress *p)
{
    struct row row = row_begin(fx, "progress", e->trainee->trainee_id, e->enrollment_id,
                               p->course->id);

    put_intervals(&row, &p->covered);
    put_int(&row, p->covered_s);
    put_int(&row, p->presence_us);
    put_int(&row, p->learned_at);
    put_int(&row, p->cut_reports);
    put_int(&row, p->credited_said);
    row_end(&row, p->dirty);
    assert_true(p->covered_loaded);
    p->dirty = p->is_new = false;
    for (size_t i = 0; i < p->attempt_count; i++)
        check_attempt(fx, e, p->course->id, p->attempts[i]);
}

static void check_payment(struct fixture *fx, struct payment *p)
{
    struct row row = row_begin(fx, "payment", p->payment_code, p->bank, p->bank_txn_id);

    put_int(&row, p->settled);
    put_int(&row, p->place.offset);
    put_int(&row, p->settled_at);
    put_int(&row, p->amount_fen);
    put_hash(&row, p->content);
    put_int(&row, p->late);
    put_text(&row, p->currency);
    put_int(&row, p->settles);
    put_text(&row, p->receipt_no);
    put_int(&row, p->owed);
    put_int(&row, p->refund_requested);
    put_int(&row, p->over_refund_said);
    row_end(&row, p->dirty);
    for (size_t i = 0; i < p->refund_count; i++) {
        struct refund *refund = &p->refunds[i];

        row = row_begin(fx, text_join(&fx->arena, "refund", refund->refund_txn_id, NULL),
                        p->payment_code, p->bank, p->bank_txn_id);
        put_int(&row, refund->amount_fen);
        put_int(&row, refund->time);
        put_hash(&row, refund->content);
        row_end(&row, refund->is_new && p->dirty); /* written with its payment */
        refund->is_new = false;
    }
    p->dirty = p->is_new = false;
}

static void check_payments(struct fixture *fx, const struct payments *payments)
{
    for (size_t i = 0; i < payments->count; i++)
        check_payment(fx, payments->at[i]);
}

static void put_submission(struct row *row, const struct enrollment *e)
{
    const char *const texts[] = {
        e->term->id,    e->payment_code,  e->name,         e->employer,  e->prefecture,
        e->title_level, e->base_id,       e->photo_sha256, e->photo_uri, e->id_number_masked,
        e->id_number,   e->employer_kind, e->mobile,
    };

    for (size_t i = 0; i < LENGTH(texts); i++) {
        assert_non_null(texts[i]);
        put_text(row, texts[i]);
    }
    put_hash(row, e->id_hash);
    put_hash(row, e->content);
    assert_true(e->submitted_at >= 0);
    put_int(row, e->submitted_at);
}

static void check_enrollment(struct fixture *fx, struct enrollment *e)
{
    struct row row = row_begin(fx, "enrollment", e->trainee->trainee_id, e->enrollment_id, "");
    const int64_t facts[] = {e->approved_at, e->rejected_at, e->withdrawn_at, e->survey_at};
    const int64_t derived[] = {e->revision,      e->state,           e->paid,        e->approved,
                               e->active_at,     e->hours,           e->survey_done, e->missing,
                               e->approved_said, e->survey_due_said, e->due_at};

    put_submission(&row, e);
    for (size_t i = 0; i < LENGTH(facts); i++)
        put_int(&row, facts[i]);
    for (size_t i = 0; i < LENGTH(derived); i++)
        put_int(&row, derived[i]);
    for (size_t i = 0; i < e->bar_count; i++) {
        put_int(&row, e->bars[i].from);
        put_int(&row, e->bars[i].to);
    }
    row_end(&row, e->dirty);
    e->dirty = e->is_new = false;
    for (size_t i = 0; i < e->course_count; i++)
        check_course(fx, e, e->courses[i]);
    check_payments(fx, &e->payments);
}

static void check_days_and_grants(struct fixture *fx, const struct enrollment *e)
{
    for (size_t i = 0; i < e->day_count; i++) {
        struct taken_day *day = e->days[i];
        struct row row = row_begin(fx, "day", e->trainee->trainee_id, e->enrollment_id,
                                   text_from_int(&fx->arena, day->day));

        put_intervals(&row, &day->taken);
        row_end(&row, day->dirty);
        day->dirty = day->is_new = false;
    }
    for (size_t i = 0; i < e->grant_count; i++) {
        struct grant *grant = e->grants[i];
        struct row row = row_begin(fx, "grant", e->trainee->trainee_id, e->enrollment_id,
                                   grant->grant_id);

        assert_non_null(grant->actor);
        assert_non_null(grant->reason);
        assert_true(grant->time >= 0);
        put_text(&row, grant->course_id);
        put_text(&row, grant->actor);
        put_text(&row, grant->reason);
        put_int(&row, grant->place.offset);
        put_int(&row, grant->time);
        put_int(&row, grant->extra);
        put_hash(&row, grant->content);
        row_end(&row, grant->is_new);
        grant->is_new = false;
    }
}

static void check_certificate(struct fixture *fx, const struct trainee *t, struct certificate *c)
{
    struct row row = row_begin(fx, "certificate", t->trainee_id, c->programme->id, "");

    put_text(&row, c->certificate_no);
    put_int(&row, c->ordered);
    put_int(&row, c->stands);
    put_text(&row, c->enrollment_id);
    put_int(&row, c->issued_at);
    put_hash(&row, c->digest);
    put_hash(&row, c->content);
    row_end(&row, c->dirty);
    c->dirty = c->is_new = false;
    for (size_t i = 0; i < c->version_count; i++) {
        struct certificate_version *version = &c->versions[i];

        row = row_begin(fx, "version", t->trainee_id, c->programme->id,
                        text_from_int(&fx->arena, version->version));
        put_hash(&row, version->digest);
        put_int(&row, version->issued_at);
        put_int(&row, version->revoked_at);
        row_end(&row, version->dirty);
        if (version->version == (int64_t)c->version_count && c->stands)
            assert_memory_equal(version->digest, c->digest, sizeof c->digest);
        version->dirty = version->is_new = false;
    }
}

static void check_credits_and_years(struct fixture *fx, const struct trainee *t)
{
    for (size_t i = 0; i < t->credit_count; i++) {
        struct credit *credit = &t->credits[i];
        struct row row = row_begin(fx, "credit", t->trainee_id, credit->provider,
                                   credit->evidence_no);

        assert_true(credit->time >= 0);
        put_int(&row, credit->year);
        put_int(&row, credit->hours);
        put_int(&row, credit->time);
        put_hash(&row, credit->content);
        row_end(&row, credit->is_new);
        credit->is_new = false;
    }
    for (size_t i = 0; i < t->year_count; i++) {
        struct year_record *year = t->years[i];
        struct row row = row_begin(fx, "year", t->trainee_id, text_from_int(&fx->arena, year->year),
                                   "");

        put_int(&row, year->revision);
        put_int(&row, year->public_hours);
        put_int(&row, year->professional_hours);
        put_int(&row, year->complete);
        row_end(&row, year->dirty);
        year->dirty = year->is_new = false;
    }
}

static void check_trainee(struct fixture *fx, const struct trainee *t)
{
    for (size_t i = 0; i < t->enrollment_count; i++) {
        check_enrollment(fx, t->enrollments[i]);
        check_days_and_grants(fx, t->enrollments[i]);
    }
    for (size_t i = 0; i < t->certificate_count; i++)
        check_certificate(fx, t, t->certificates[i]);
    check_credits_and_years(fx, t);
    for (size_t i = 0; i < t->anomaly_count; i++) {
        struct anomaly *anomaly = &t->anomalies[i];
        struct row row = row_begin(fx, text_join(&fx->arena, "anomaly", t->trainee_id, NULL),
                                   anomaly->enrollment_id, anomaly->kind, anomaly->subject);

        assert_non_null(anomaly->detail);
        put_text(&row, anomaly->detail);
        put_int(&row, anomaly->time);
        row_end(&row, anomaly->is_new);
        anomaly->is_new = false;
    }
}

/* An ID number's claims: made and given up, at most once each between two commits. */
static void check_claims(struct fixture *fx, struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        struct claim *claim = &claims->at[i];
        struct row row = row_begin(fx, "claim", claim->trainee_id, claim->enrollment_id, "");

        put_hash(&row, claims->id_hash);
        put_int(&row, claim->removed);
        row_end(&row, claim->is_new || claim->removed);
        claim->is_new = false;
    }
}

static void check_code(struct fixture *fx, struct code *code)
{
    struct row row = row_begin(fx, "code", code->payment_code, "", "");

    if (code->trainee_id) {
        put_text(&row, code->trainee_id);
        put_text(&row, code->enrollment_id);
        row_end(&row, code->is_new);
        code->is_new = false;
    }
    check_payments(fx, &code->payments);
}

void fixture_check_rows(struct fixture *fx)
{
    struct world *world = &fx->world;

    for (size_t i = 0; i < world->trainees.cap; i++)
        if (world->trainees.slots[i].key)
            check_trainee(fx, &((struct trainee_entry *)world->trainees.slots[i].value)->trainee);
    for (size_t i = 0; i < world->codes.cap; i++)
        if (world->codes.slots[i].key)
            check_code(fx, world->codes.slots[i].value);
    for (size_t i = 0; i < world->claims.cap; i++)
        if (world->claims.slots[i].key)
            check_claims(fx, world->claims.slots[i].value);
    for (size_t i = 0; i < world->new_identity_count; i++) {
        assert_true(world->new_identities[i]->is_new);
        assert_non_null(world->new_identities[i]->subject);
    }
}
