/* Loads what a batch names: constant statements, arrays in, one round trip a step. */
#include <string.h>

#include "store_internal.h"

#define KEYS_NONE     KEY_SETS
#define LOAD_KEYS_MAX 2

/* One statement: its key sets in the order of its parameters, and who reads its rows. */
struct load {
    const char *sql;
    enum key_set keys[LOAD_KEYS_MAX];
    reader *read; /* NULL: no rows of interest */
};

/* What is named is locked in sorted order, existing or not: a row that is not there yet cannot be
 * locked, so it is made. */
static const struct load locks[] = {
    {"INSERT INTO payment_code (payment_code) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
     {KEYS_CODES, KEYS_NONE},
     NULL},
    {"SELECT FROM payment_code WHERE payment_code = ANY ($1::text[])"
     " ORDER BY payment_code FOR UPDATE",
     {KEYS_CODES, KEYS_NONE},
     NULL},
    {"INSERT INTO trainee (trainee_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
     {KEYS_TRAINEES, KEYS_NONE},
     NULL},
    {"SELECT FROM trainee WHERE trainee_id IN (SELECT unnest($1::text[]) UNION"
     " SELECT trainee_id FROM payment_code WHERE payment_code = ANY ($2::text[]))"
     " ORDER BY trainee_id FOR UPDATE",
     {KEYS_TRAINEES, KEYS_CODES},
     NULL},
    {"INSERT INTO id_hash (id_hash) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING",
     {KEYS_HASHES, KEYS_NONE},
     NULL},
    {"SELECT FROM id_hash WHERE id_hash IN (SELECT unnest($1::bytea[]) UNION"
     " SELECT id_hash FROM enrollment WHERE trainee_id = ANY ($2::text[]))"
     " ORDER BY id_hash FOR UPDATE",
     {KEYS_HASHES, KEYS_REJECTING},
     NULL},
    {"SELECT nextval('journal_number')", {KEYS_NONE, KEYS_NONE}, read_number},
};

static const struct load lock_clock = {
    "SELECT passed FROM clock FOR SHARE", {KEYS_NONE, KEYS_NONE}, read_clock};

#define PROGRESS_COLUMNS " p.covered_s, p.presence_us, p.learned_at, p.cut_reports, p.credited_said"

static const struct load reports[] = {
    {"SELECT p.trainee_id, p.enrollment_id, p.course_id, p.covered," PROGRESS_COLUMNS
     " FROM unnest($1::text[], $2::text[], $3::text[]) AS k (trainee_id, enrollment_id, course_id)"
     " JOIN progress p USING (trainee_id, enrollment_id, course_id)",
     {KEYS_COURSES, KEYS_NONE},
     read_progress},
    {"SELECT d.trainee_id, d.enrollment_id, d.day, d.taken"
     " FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k (trainee_id, enrollment_id, day)"
     " JOIN taken_day d USING (trainee_id, enrollment_id, day)",
     {KEYS_DAYS, KEYS_NONE},
     read_days},
};

static const struct load known[] = {
    {"SELECT payment_code, trainee_id, enrollment_id FROM payment_code"
     " WHERE payment_code = ANY ($1::text[])",
     {KEYS_CODES, KEYS_NONE},
     read_codes},
    {"SELECT trainee_id, enrollment_id, term_id, payment_code, name, employer, prefecture,"
     " id_number_masked, title_level, base_id, employer_kind, photo_sha256, photo_uri, id_hash,"
     " content, submitted_at, approved_at, rejected_at, withdrawn_at, survey_at, revision, state,"
     " paid, approved, active_at, hours, survey_done, missing, due_at, approved_said,"
     " survey_due_said FROM enrollment WHERE trainee_id IN (SELECT unnest($1::text[]) UNION"
     " SELECT trainee_id FROM payment_code WHERE payment_code = ANY ($2::text[]))",
     {KEYS_TRAINEES, KEYS_CODES},
     read_enrollments},
};

#define OF_TRAINEES " WHERE trainee_id = ANY ($1::text[])"
#define OF_CODES                                                                                   \
    " WHERE payment_code IN (SELECT payment_code FROM enrollment" OF_TRAINEES                      \
    " UNION SELECT unnest($2::text[]))"

static const struct load full[] = {
    {"SELECT trainee_id, enrollment_id, barred_at, reinstated_at FROM bar" OF_TRAINEES
     " ORDER BY trainee_id, enrollment_id, rank",
     {KEYS_FULL, KEYS_NONE},
     read_bars},
    {"SELECT payment_code, bank, bank_txn_id, settled, partition, record_offset, settled_at,"
     " amount_fen, content, late, currency, settles, receipt_no, owed, refund_requested,"
     " over_refund_said FROM payment" OF_CODES " ORDER BY payment_code, arrival",
     {KEYS_FULL, KEYS_CODES},
     read_payments},
    {"SELECT payment_code, bank, bank_txn_id, refund_txn_id, amount_fen, refunded_at, content"
     " FROM refund" OF_CODES " ORDER BY payment_code, bank, bank_txn_id, refund_txn_id",
     {KEYS_FULL, KEYS_CODES},
     read_refunds},
    {"SELECT trainee_id, enrollment_id, partition, record_offset, grant_id, course_id, actor,"
     " reason, granted_at, extra, content FROM exam_grant" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_grants},
    {"SELECT p.trainee_id, p.enrollment_id, p.course_id, NULL::bytea," PROGRESS_COLUMNS
     " FROM progress p" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_progress},
    {"SELECT trainee_id, enrollment_id, course_id, partition, record_offset, attempt_id, paper_id,"
     " attempted_at, started_at, score, passed, content, verdict, attempts_left, said, failed_said"
     " FROM attempt" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_attempts},
    {"SELECT trainee_id, programme_id, certificate_no, ordered, stands, enrollment_id, issued_at,"
     " digest, content FROM certificate" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_certificates},
    {"SELECT trainee_id, programme_id, version, digest, issued_at, revoked_at"
     " FROM certificate_version" OF_TRAINEES " ORDER BY trainee_id, programme_id, version",
     {KEYS_FULL, KEYS_NONE},
     read_versions},
    {"SELECT trainee_id, provider, evidence_no, year, hours, credited_at, content"
     " FROM credit" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_credits},
    {"SELECT trainee_id, year, revision, public_hours, professional_hours, complete"
     " FROM year_record" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_years},
    {"SELECT trainee_id, enrollment_id, kind, subject, detail, raised_at"
     " FROM anomaly" OF_TRAINEES,
     {KEYS_FULL, KEYS_NONE},
     read_anomalies},
    {"SELECT id_hash, trainee_id, enrollment_id FROM id_claim WHERE id_hash IN"
     " (SELECT unnest($1::bytea[]) UNION"
     " SELECT id_hash FROM enrollment WHERE trainee_id = ANY ($2::text[]))",
     {KEYS_HASHES, KEYS_REJECTING},
     read_claims},
    {"SELECT topic, partition, record_offset, stamp, original FROM held"
     " WHERE subject = ANY ($1::text[]) ORDER BY topic, partition, record_offset",
     {KEYS_SUBJECTS, KEYS_NONE},
     read_held},
};

static const struct load identities = {"SELECT i.key, i.content, i.event_time"
                                       " FROM unnest($1::text[], $2::bytea[]) AS k (subject, key) "
                                       "JOIN identity i USING (subject, key)",
                                       {KEYS_IDENTITIES, KEYS_NONE},
                                       read_identities};

static const struct load clock_loads[] = {
    {"SELECT passed FROM clock", {KEYS_NONE, KEYS_NONE}, read_clock},
    {"SELECT topic, partition, tick_stamp FROM position ORDER BY topic, partition DESC",
     {KEYS_NONE, KEYS_NONE},
     read_ticks},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define STEP_MAX     24

/* The statements of one round trip. */
struct step {
    struct pg_query queries[STEP_MAX];
    const struct load *loads[STEP_MAX]; /* NULL: of store_begin */
    size_t count;
};

static void step_add(struct step *step, struct names *names, const struct load *loads, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pg_query *query = &step->queries[step->count];

        pg_query_init(query, names->world->arena, loads[i].sql);
        for (size_t k = 0; k < LOAD_KEYS_MAX && loads[i].keys[k] != KEYS_NONE; k++)
            pg_bind_rows(query, &names->keys[loads[i].keys[k]]);
        step->loads[step->count++] = &loads[i];
    }
}

static enum status step_run(struct step *step, struct store *store, struct world *world,
                            struct err *err)
{
    struct pg_result *results[STEP_MAX];
    enum status status = pg_run(store->pg, step->queries, step->count, results, err);

    for (size_t i = 0; i < step->count && status == STATUS_OK; i++)
        if (step->loads[i] && step->loads[i]->read)
            status = step->loads[i]->read(store, world, results[i], err);
    pg_results_free(results, step->count);
    return status;
}

enum status load_locked(struct store *store, struct names *names, struct err *err)
{
    struct step step = {.count = STORE_BEGIN};

    names_sort(names, KEYS_CODES);
    names_sort(names, KEYS_TRAINEES);
    names_sort(names, KEYS_HASHES);
    store_begin(store, names->world->arena, "BEGIN ISOLATION LEVEL READ COMMITTED", step.queries);
    step_add(&step, names, &lock_clock, 1);
    step_add(&step, names, locks, COUNT(locks));
    step_add(&step, names, known, COUNT(known));
    step_add(&step, names, reports, COUNT(reports));
    return step_run(&step, store, names->world, err);
}

enum status load_known(struct store *store, struct names *names, struct err *err)
{
    struct step step = {.count = 0};

    step_add(&step, names, known, COUNT(known));
    return step_run(&step, store, names->world, err);
}

/* Of all that is loaded by now only the thin part is there (world_trainee). */
static void mark_thin(struct world *world)
{
    for (size_t i = 0; i < world->trainees.cap; i++)
        if (world->trainees.slots[i].key)
            ((struct trainee_entry *)world->trainees.slots[i].value)->trainee.full = false;
}

static void mark_full(struct names *names)
{
    const struct map *seen = &names->seen[KEYS_FULL];

    for (size_t i = 0; i < seen->cap; i++)
        if (seen->slots[i].key)
            world_trainee(names->world, arena_strndup(names->world->arena, seen->slots[i].key,
                                                      seen->slots[i].len))
                ->trainee.full = true;
}

enum status load_full(struct store *store, struct names *names, struct err *err)
{
    struct step step = {.count = 0};

    mark_full(names);
    step_add(&step, names, full, COUNT(full));
    step_add(&step, names, &identities, 1);
    return step_run(&step, store, names->world, err);
}

static bool name_held(struct names *names, const struct held_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        names_add_event(names, list->at[i]->ev);
    return list->count != 0;
}

enum status load_held(struct store *store, struct names *names, struct err *err)
{
    struct world *world = names->world;
    struct step step = {.count = 0};
    struct names waiting;
    bool any = false;

    names_init(&waiting, world);
    /* Identities that are there already must not be loaded again. */
    waiting.seen[KEYS_IDENTITIES] = names->seen[KEYS_IDENTITIES];
    for (size_t i = 0; i < world->trainees.cap; i++)
        if (world->trainees.slots[i].key)
            any |= name_held(&waiting,
                             &((struct trainee_entry *)world->trainees.slots[i].value)->held);
    for (size_t i = 0; i < world->codes.cap; i++)
        if (world->codes.slots[i].key)
            any |= name_held(&waiting, &((struct code *)world->codes.slots[i].value)->held);
    if (!any)
        return STATUS_OK;
    step_add(&step, &waiting, reports, COUNT(reports));
    step_add(&step, &waiting, &identities, 1);
    return step_run(&step, store, world, err);
}

enum status load_clock(struct store *store, struct world *world, struct err *err)
{
    struct names none;
    struct step step = {.count = 0};

    names_init(&none, world);
    step_add(&step, &none, clock_loads, COUNT(clock_loads));
    return step_run(&step, store, world, err);
}

/* Whose codes are named: their owners are loaded in full. */
static void name_owners(struct names *names)
{
    struct world *world = names->world;
    const struct map *seen = &names->seen[KEYS_CODES];

    for (size_t i = 0; i < seen->cap; i++) {
        if (!seen->slots[i].key)
            continue;
        const struct code *code = map_get(&world->codes, seen->slots[i].key, seen->slots[i].len);
        if (code && code->trainee_id)
            names_add_full(names, code->trainee_id);
    }
}

static void name_batch(struct names *names, const struct batch *batch)
{
    names_init(names, names->world);
    for (size_t i = 0; i < batch->item_count; i++)
        if (batch->items[i].ev)
            names_add_event(names, batch->items[i].ev);
}

enum status store_load(struct store *store, struct world *world, const struct batch *batch,
                       struct err *err)
{
    struct names names = {.world = world};
    enum status status;

    name_batch(&names, batch);
    status = load_locked(store, &names, err);
    if (status != STATUS_OK)
        return status;
    name_owners(&names);
    names_add_learners(&names);
    mark_thin(world);
    if (!names.keys[KEYS_SUBJECTS].count)
        return STATUS_OK;
    status = load_full(store, &names, err);
    return status == STATUS_OK ? load_held(store, &names, err) : status;
}
