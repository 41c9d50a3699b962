/* Writes what a batch changed: one walk over the world fills the columns of all tables, then one
 * constant statement for each table that has rows. */
#include "store_tables.h"

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
        pg_rows_init(&w->rows[table], world->arena, table_writers[table].types);
    walk_world(w);
    write_batch(w, batch, seq);
    for (int table = 0; table < TABLES; table++)
        if (w->rows[table].count)
            pg_bind_rows(writes_add(writes, world->arena, table_writers[table].sql),
                         &w->rows[table]);
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
