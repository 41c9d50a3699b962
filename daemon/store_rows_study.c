/* Rows of PostgreSQL into the world: enrollments, watched time, exams. Columns stand in the order
 * of the statements in store_load.c; rows of what is not loaded are passed over. */
#include "store_cells.h"

/* trainee_id, enrollment_id, course_id; *status is set when the catalogue lacks the course. NULL:
 * passed over. */
static struct progress *next_progress(struct world *world, struct cell *cell, enum status *status,
                                      struct err *err)
{
    struct enrollment *enrollment = cell_enrollment(world, cell);
    const char *course_id = cell_name(cell);

    if (!enrollment)
        return NULL;
    struct progress *progress = enrollment_find_course(enrollment, course_id);
    if (progress)
        return progress;
    const struct course *course = catalogues_find_course(world->catalogues, course_id);
    if (!course) {
        *status = cell_unknown(err, "course", course_id);
        return NULL;
    }
    return enrollment_add_course(world, enrollment, course);
}

static void read_submission(struct cell *cell, struct enrollment *enrollment)
{
    enrollment->payment_code = cell_text(cell);
    enrollment->name = cell_text(cell);
    enrollment->employer = cell_text(cell);
    enrollment->prefecture = cell_text(cell);
    enrollment->id_number_masked = cell_text(cell);
    enrollment->title_level = cell_text(cell);
    enrollment->base_id = cell_text(cell);
    enrollment->employer_kind = cell_text(cell);
    enrollment->photo_sha256 = cell_text(cell);
    enrollment->photo_uri = cell_text(cell);
    cell_hash(cell, enrollment->id_hash, sizeof enrollment->id_hash);
    cell_hash(cell, enrollment->content, sizeof enrollment->content);
    enrollment->submitted_at = cell_instant(cell);
}

static void read_facts(struct cell *cell, struct enrollment *enrollment)
{
    enrollment->approved_at = cell_instant(cell);
    enrollment->rejected_at = cell_instant(cell);
    enrollment->withdrawn_at = cell_instant(cell);
    enrollment->survey_at = cell_instant(cell);
    enrollment->revision = cell_int(cell);
    enrollment->state = (enum state)cell_int(cell);
    enrollment->paid = cell_bool(cell);
    enrollment->approved = cell_bool(cell);
    enrollment->active_at = cell_instant(cell);
    enrollment->hours = cell_int(cell);
    enrollment->survey_done = cell_bool(cell);
    enrollment->missing = (unsigned)cell_int(cell);
    enrollment->due_at = cell_instant(cell);
    enrollment->approved_said = cell_bool(cell);
    enrollment->survey_due_said = cell_bool(cell);
}

enum status read_enrollments(struct store *store, struct world *world,
                             const struct pg_result *result, struct err *err)
{
    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct trainee *trainee = cell_trainee(world, &cell);
        const char *enrollment_id = cell_name(&cell), *term_id = cell_name(&cell);

        if (trainee_find_enrollment(trainee, enrollment_id))
            continue;
        const struct term *term = catalogues_find_term(world->catalogues, term_id);
        if (!term)
            return cell_unknown(err, "term", term_id);
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
        struct cell cell = cell_first(world, result, row);
        struct progress *progress = next_progress(world, &cell, &status, err);
        struct bytes covered = pg_bytes(result, row, cell.column++);

        if (!progress)
            continue;
        progress->covered_s = cell_int(&cell);
        progress->presence_us = cell_int(&cell);
        progress->learned_at = cell_instant(&cell);
        progress->cut_reports = cell_int(&cell);
        progress->credited_said = cell_bool(&cell);
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
        struct cell cell = cell_first(world, result, row);
        struct enrollment *enrollment = cell_enrollment(world, &cell);
        int64_t day = cell_int(&cell);
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
        struct cell cell = cell_first(world, result, row);
        struct enrollment *enrollment = cell_enrollment(world, &cell);

        if (!enrollment)
            continue;
        struct bar *bar = enrollment_add_bar(world, enrollment);
        bar->from = cell_instant(&cell);
        bar->to = cell_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_grants(struct store *store, struct world *world, const struct pg_result *result,
                        struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct enrollment *enrollment = cell_enrollment(world, &cell);
        struct place place = cell_place(&cell, TOPIC_EXAM);

        if (!enrollment)
            continue;
        struct grant *grant = enrollment_add_grant(world, enrollment, &place);
        grant->grant_id = cell_text(&cell);
        grant->course_id = cell_text(&cell);
        grant->actor = cell_text(&cell);
        grant->reason = cell_text(&cell);
        grant->time = cell_instant(&cell);
        grant->extra = cell_int(&cell);
        cell_hash(&cell, grant->content, sizeof grant->content);
    }
    return STATUS_OK;
}

enum status read_attempts(struct store *store, struct world *world, const struct pg_result *result,
                          struct err *err)
{
    enum status status = STATUS_OK;

    (void)store;
    for (size_t row = 0; row < pg_count(result) && status == STATUS_OK; row++) {
        struct cell cell = cell_first(world, result, row);
        struct progress *progress = next_progress(world, &cell, &status, err);
        struct place place = cell_place(&cell, TOPIC_EXAM);

        if (!progress)
            continue;
        struct attempt *attempt = progress_add_attempt(world, progress, &place);
        attempt->attempt_id = cell_text(&cell);
        attempt->paper_id = cell_text(&cell);
        attempt->time = cell_instant(&cell);
        attempt->started_at = cell_instant(&cell);
        attempt->score = cell_int(&cell);
        attempt->passed = cell_bool(&cell);
        cell_hash(&cell, attempt->content, sizeof attempt->content);
        attempt->verdict = (enum verdict)cell_int(&cell);
        attempt->attempts_left = cell_int(&cell);
        attempt->said = cell_int(&cell);
        attempt->failed_said = cell_bool(&cell);
    }
    return status;
}
