/* Rows of PostgreSQL into the world. Each reader's columns stand in the order of its statement in
 * store_load.c. Rows of what is not loaded are passed over. */
#include <string.h>

#include "store_internal.h"

/* The cell that is read next. */
struct cell {
    const struct pg_result *result;
    size_t row, column;
    struct arena *arena;
};

static struct cell cells_of(const struct world *world, const struct pg_result *result, size_t row)
{
    return (struct cell){result, row, 0, world->arena};
}

static const char *next_text(struct cell *cell)
{
    return arena_strdup(cell->arena, pg_text(cell->result, cell->row, cell->column++));
}

/* Valid as long as the result. */
static const char *next_name(struct cell *cell)
{
    return pg_text(cell->result, cell->row, cell->column++);
}

static int64_t next_int(struct cell *cell)
{
    return pg_int(cell->result, cell->row, cell->column++);
}

static bool next_bool(struct cell *cell)
{
    return pg_bool(cell->result, cell->row, cell->column++);
}

static int64_t next_instant(struct cell *cell)
{
    return pg_instant(cell->result, cell->row, cell->column++);
}

/* A hash of the given length, or zeros where there is none. */
static void next_hash(struct cell *cell, uint8_t *out, size_t len)
{
    struct bytes bytes = pg_bytes(cell->result, cell->row, cell->column++);

    memset(out, 0, len);
    if (bytes.len == len)
        memcpy(out, bytes.at, len);
}

static struct place next_place(struct cell *cell, enum topic topic)
{
    struct place place = {.topic = topic};

    if (pg_is_null(cell->result, cell->row, cell->column)) {
        cell->column += 2;
        return place;
    }
    place.partition = (int32_t)next_int(cell);
    place.offset = next_int(cell);
    return place;
}

static enum status unknown_name(struct err *err, const char *what, const char *id)
{
    return err_set(err, STATUS_FATAL, "PostgreSQL names the ", what, " ", id,
                   ", which is in no catalogue any more: restore it, or accept a change with "
                   "`xueshictl catalogue accept`",
                   NULL);
}

static struct trainee *next_trainee(struct world *world, struct cell *cell)
{
    return &world_trainee(world, next_name(cell))->trainee;
}

static struct enrollment *next_enrollment(struct world *world, struct cell *cell)
{
    struct trainee *trainee = next_trainee(world, cell);

    return trainee_find_enrollment(trainee, next_name(cell));
}

/* trainee_id, enrollment_id, course_id; *status is set when the catalogue lacks the course. NULL:
 * passed over. */
static struct progress *next_progress(struct world *world, struct cell *cell, enum status *status,
                                      struct err *err)
{
    struct enrollment *enrollment = next_enrollment(world, cell);
    const char *course_id = next_name(cell);

    if (!enrollment)
        return NULL;
    struct progress *progress = enrollment_find_course(enrollment, course_id);
    if (progress)
        return progress;
    const struct course *course = catalogues_find_course(world->catalogues, course_id);
    if (!course) {
        *status = unknown_name(err, "course", course_id);
        return NULL;
    }
    return enrollment_add_course(world, enrollment, course);
}

enum status read_clock(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store;
    if (pg_count(result) != 1)
        return err_set(err, STATUS_FATAL, "table clock has no row", NULL);
    world->passed = pg_instant(result, 0, 0);
    return STATUS_OK;
}

enum status read_number(struct store *store, struct world *world, const struct pg_result *result,
                        struct err *err)
{
    (void)world, (void)err;
    store->number = pg_int(result, 0, 0);
    return STATUS_OK;
}

enum status read_ticks(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        enum topic topic = (enum topic)next_int(&cell);
        int32_t partition = (int32_t)next_int(&cell);

        if (!world->clocks[topic]) /* the highest partition comes first */
            world_set_partitions(world, topic, partition + 1);
        world->clocks[topic][partition].tick_stamp = next_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_codes(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct code *code = world_code(world, next_name(&cell));

        code->trainee_id = next_text(&cell);
        code->enrollment_id = next_text(&cell);
    }
    return STATUS_OK;
}

static void read_submission(struct cell *cell, struct enrollment *enrollment)
{
    enrollment->payment_code = next_text(cell);
    enrollment->name = next_text(cell);
    enrollment->employer = next_text(cell);
    enrollment->prefecture = next_text(cell);
    enrollment->id_number_masked = next_text(cell);
    enrollment->title_level = next_text(cell);
    enrollment->base_id = next_text(cell);
    enrollment->employer_kind = next_text(cell);
    enrollment->photo_sha256 = next_text(cell);
    enrollment->photo_uri = next_text(cell);
    next_hash(cell, enrollment->id_hash, sizeof enrollment->id_hash);
    next_hash(cell, enrollment->content, sizeof enrollment->content);
    enrollment->submitted_at = next_instant(cell);
}

static void read_facts(struct cell *cell, struct enrollment *enrollment)
{
    enrollment->approved_at = next_instant(cell);
    enrollment->rejected_at = next_instant(cell);
    enrollment->withdrawn_at = next_instant(cell);
    enrollment->survey_at = next_instant(cell);
    enrollment->revision = next_int(cell);
    enrollment->state = (enum state)next_int(cell);
    enrollment->paid = next_bool(cell);
    enrollment->approved = next_bool(cell);
    enrollment->active_at = next_instant(cell);
    enrollment->hours = next_int(cell);
    enrollment->survey_done = next_bool(cell);
    enrollment->missing = (unsigned)next_int(cell);
    enrollment->due_at = next_instant(cell);
    enrollment->approved_said = next_bool(cell);
    enrollment->survey_due_said = next_bool(cell);
}

enum status read_enrollments(struct store *store, struct world *world,
                             const struct pg_result *result, struct err *err)
{
    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct trainee *trainee = next_trainee(world, &cell);
        const char *enrollment_id = next_name(&cell), *term_id = next_name(&cell);

        if (trainee_find_enrollment(trainee, enrollment_id))
            continue;
        const struct term *term = catalogues_find_term(world->catalogues, term_id);
        if (!term)
            return unknown_name(err, "term", term_id);
        struct enrollment *enrollment = trainee_add_enrollment(world, trainee, enrollment_id);
        enrollment->term = term;
        read_submission(&cell, enrollment);
        struct code *code = world_code(world, enrollment->payment_code);
        code->trainee_id = trainee->trainee_id;
        code->enrollment_id = enrollment->enrollment_id;
        read_facts(&cell, enrollment);
    }
    return STATUS_OK;
}

enum status read_progress(struct store *store, struct world *world, const struct pg_result *result,
                          struct err *err)
{
    enum status status = STATUS_OK;

    (void)store;
    for (size_t row = 0; row < pg_count(result) && status == STATUS_OK; row++) {
        struct cell cell = cells_of(world, result, row);
        struct progress *progress = next_progress(world, &cell, &status, err);
        struct bytes covered = pg_bytes(result, row, cell.column++);

        if (!progress)
            continue;
        progress->covered_s = next_int(&cell);
        progress->presence_us = next_int(&cell);
        progress->learned_at = next_instant(&cell);
        progress->cut_reports = next_int(&cell);
        progress->credited_said = next_bool(&cell);
        if (!covered.at) /* not asked for */
            continue;
        progress->covered_loaded = true;
        if (!intervals_unpack(&progress->covered, world->arena, covered.at, covered.len))
            status = err_set(err, STATUS_FATAL, "progress.covered of a row is damaged", NULL);
    }
    return status;
}

enum status read_days(struct store *store, struct world *world, const struct pg_result *result,
                      struct err *err)
{
    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct enrollment *enrollment = next_enrollment(world, &cell);
        int64_t day = next_int(&cell);
        struct bytes taken = pg_bytes(result, row, cell.column);

        if (!enrollment)
            continue;
        struct taken_day *into = enrollment_day(world, enrollment, day);
        if (!intervals_unpack(&into->taken, world->arena, taken.at, taken.len))
            return err_set(err, STATUS_FATAL, "taken_day.taken of a row is damaged", NULL);
    }
    return STATUS_OK;
}

enum status read_bars(struct store *store, struct world *world, const struct pg_result *result,
                      struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct enrollment *enrollment = next_enrollment(world, &cell);

        if (!enrollment)
            continue;
        struct bar *bar = enrollment_add_bar(world, enrollment);
        bar->from = next_instant(&cell);
        bar->to = next_instant(&cell);
    }
    return STATUS_OK;
}

/* Where the code's money is kept: with its enrollment, or with the code while that is unknown. */
static struct payments *payments_of(struct world *world, struct cell *cell, const char **code_text)
{
    struct code *code = world_code(world, next_name(cell));

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
        struct cell cell = cells_of(world, result, row);
        const char *code;
        struct payments *payments = payments_of(world, &cell, &code);
        struct payment *payment = payments_add(world, payments);

        payment->payment_code = code;
        payment->bank = next_text(&cell);
        payment->bank_txn_id = next_text(&cell);
        payment->settled = next_bool(&cell);
        payment->place = next_place(&cell, TOPIC_PAYMENT);
        payment->settled_at = next_instant(&cell);
        payment->amount_fen = next_int(&cell);
        next_hash(&cell, payment->content, sizeof payment->content);
        payment->late = next_bool(&cell);
        payment->currency = next_text(&cell);
        payment->settles = next_bool(&cell);
        payment->receipt_no = next_text(&cell);
        payment->owed = (enum owed)next_int(&cell);
        payment->refund_requested = next_bool(&cell);
        payment->over_refund_said = next_bool(&cell);
    }
    return STATUS_OK;
}

enum status read_refunds(struct store *store, struct world *world, const struct pg_result *result,
                         struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        const char *code;
        struct payments *payments = payments_of(world, &cell, &code);
        const char *bank = next_name(&cell), *bank_txn_id = next_name(&cell);
        struct payment *payment = payments_find(payments, bank, bank_txn_id);

        if (!payment)
            continue;
        struct refund *refund = payment_add_refund(world, payment);
        refund->refund_txn_id = next_text(&cell);
        refund->amount_fen = next_int(&cell);
        refund->time = next_instant(&cell);
        next_hash(&cell, refund->content, sizeof refund->content);
    }
    return STATUS_OK;
}

enum status read_grants(struct store *store, struct world *world, const struct pg_result *result,
                        struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct enrollment *enrollment = next_enrollment(world, &cell);
        struct place place = next_place(&cell, TOPIC_EXAM);

        if (!enrollment)
            continue;
        struct grant *grant = enrollment_add_grant(world, enrollment, &place);
        grant->grant_id = next_text(&cell);
        grant->course_id = next_text(&cell);
        grant->actor = next_text(&cell);
        grant->reason = next_text(&cell);
        grant->time = next_instant(&cell);
        grant->extra = next_int(&cell);
        next_hash(&cell, grant->content, sizeof grant->content);
    }
    return STATUS_OK;
}

enum status read_attempts(struct store *store, struct world *world, const struct pg_result *result,
                          struct err *err)
{
    enum status status = STATUS_OK;

    (void)store;
    for (size_t row = 0; row < pg_count(result) && status == STATUS_OK; row++) {
        struct cell cell = cells_of(world, result, row);
        struct progress *progress = next_progress(world, &cell, &status, err);
        struct place place = next_place(&cell, TOPIC_EXAM);

        if (!progress)
            continue;
        struct attempt *attempt = progress_add_attempt(world, progress, &place);
        attempt->attempt_id = next_text(&cell);
        attempt->paper_id = next_text(&cell);
        attempt->time = next_instant(&cell);
        attempt->started_at = next_instant(&cell);
        attempt->score = next_int(&cell);
        attempt->passed = next_bool(&cell);
        next_hash(&cell, attempt->content, sizeof attempt->content);
        attempt->verdict = (enum verdict)next_int(&cell);
        attempt->attempts_left = next_int(&cell);
        attempt->said = next_int(&cell);
        attempt->failed_said = next_bool(&cell);
    }
    return status;
}

/* trainee_id, programme_id; NULL and *status when the catalogue lacks it. */
static const struct programme *next_programme(struct world *world, struct cell *cell,
                                              struct trainee **trainee, enum status *status,
                                              struct err *err)
{
    *trainee = next_trainee(world, cell);
    const char *id = next_name(cell);
    const struct programme *programme = catalogues_find_programme(world->catalogues, id);
    if (!programme)
        *status = unknown_name(err, "programme", id);
    return programme;
}

enum status read_certificates(struct store *store, struct world *world,
                              const struct pg_result *result, struct err *err)
{
    enum status status = STATUS_OK;
    struct trainee *trainee;

    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        const struct programme *programme = next_programme(world, &cell, &trainee, &status, err);

        if (!programme)
            return status;
        struct certificate *certificate = trainee_add_certificate(world, trainee, programme);
        certificate->certificate_no = next_text(&cell);
        certificate->ordered = next_bool(&cell);
        certificate->stands = next_bool(&cell);
        certificate->enrollment_id = next_text(&cell);
        certificate->issued_at = next_instant(&cell);
        next_hash(&cell, certificate->digest, sizeof certificate->digest);
        next_hash(&cell, certificate->content, sizeof certificate->content);
    }
    return STATUS_OK;
}

enum status read_versions(struct store *store, struct world *world, const struct pg_result *result,
                          struct err *err)
{
    enum status status = STATUS_OK;
    struct trainee *trainee;

    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        const struct programme *programme = next_programme(world, &cell, &trainee, &status, err);

        if (!programme)
            return status;
        struct certificate *certificate = trainee_find_certificate(trainee, programme);
        if (!certificate)
            continue;
        struct certificate_version *version = certificate_add_version(world, certificate);
        version->version = next_int(&cell);
        next_hash(&cell, version->digest, sizeof version->digest);
        version->issued_at = next_instant(&cell);
        version->revoked_at = next_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_credits(struct store *store, struct world *world, const struct pg_result *result,
                         struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct credit *credit = trainee_add_credit(world, next_trainee(world, &cell));

        credit->provider = next_text(&cell);
        credit->evidence_no = next_text(&cell);
        credit->year = next_int(&cell);
        credit->hours = next_int(&cell);
        credit->time = next_instant(&cell);
        next_hash(&cell, credit->content, sizeof credit->content);
    }
    return STATUS_OK;
}

enum status read_years(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct trainee *trainee = next_trainee(world, &cell);
        struct year_record *year = trainee_add_year(world, trainee, next_int(&cell));

        year->revision = next_int(&cell);
        year->public_hours = next_int(&cell);
        year->professional_hours = next_int(&cell);
        year->complete = next_bool(&cell);
    }
    return STATUS_OK;
}

enum status read_anomalies(struct store *store, struct world *world, const struct pg_result *result,
                           struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        struct anomaly *anomaly = trainee_add_anomaly(world, next_trainee(world, &cell));

        anomaly->enrollment_id = next_text(&cell);
        anomaly->kind = next_text(&cell);
        anomaly->subject = next_text(&cell);
        anomaly->detail = next_text(&cell);
        anomaly->time = next_instant(&cell);
    }
    return STATUS_OK;
}

static enum status damaged_record(struct err *err)
{
    return err_set(err, STATUS_FATAL,
                   "a held record cannot be opened: the person key is another one than it was "
                   "sealed with, or the row was altered",
                   NULL);
}

/* topic, partition, record_offset, stamp, original. */
enum status read_held(struct store *store, struct world *world, const struct pg_result *result,
                      struct err *err)
{
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        enum topic topic = (enum topic)next_int(&cell);
        struct place place = next_place(&cell, topic);
        int64_t stamp = next_instant(&cell);
        struct record *record = store_open_record(&store->config->keys, world->arena, "held",
                                                  &place, pg_bytes(result, row, cell.column));
        struct event *ev;

        if (!record)
            return damaged_record(err);
        if (decode_record(&store->decoder, world->arena, record, &ev, err) != STATUS_OK)
            return err_set(
                err, STATUS_FATAL,
                "a held record is not taken any more: a catalogue that it needs is missing", NULL);
        ev->stamp = stamp;
        struct held_list *list = ev->payment_code ? &world_code(world, ev->payment_code)->held
                                                  : &world_trainee(world, ev->trainee_id)->held;
        held_list_add(world, list, ev)->original = record;
    }
    return STATUS_OK;
}

enum status read_identities(struct store *store, struct world *world,
                            const struct pg_result *result, struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        uint8_t key[16];

        next_hash(&cell, key, sizeof key);
        struct identity *identity = world_add_identity(world, key);
        next_hash(&cell, identity->content, sizeof identity->content);
        identity->time = next_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_claims(struct store *store, struct world *world, const struct pg_result *result,
                        struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cells_of(world, result, row);
        uint8_t id_hash[32];

        next_hash(&cell, id_hash, sizeof id_hash);
        struct claim *claim = claims_add(world, world_claims(world, id_hash));
        claim->trainee_id = next_text(&cell);
        claim->enrollment_id = next_text(&cell);
    }
    return STATUS_OK;
}
