/* Rows of PostgreSQL into the world: what ties to Kafka, certificates and the rest of a trainee.
 * Columns stand in the order of the statements in store_load.c; rows of what is not loaded are
 * passed over. */
#include "store_cells.h"

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
        struct cell cell = cell_first(world, result, row);
        enum topic topic = (enum topic)cell_int(&cell);
        int32_t partition = (int32_t)cell_int(&cell);

        if (!world->clocks[topic]) /* the highest partition comes first */
            world_set_partitions(world, topic, partition + 1);
        world->clocks[topic][partition].tick_stamp = cell_instant(&cell);
    }
    return STATUS_OK;
}

/* trainee_id, programme_id; NULL and *status when the catalogue lacks it. */
static const struct programme *next_programme(struct world *world, struct cell *cell,
                                              struct trainee **trainee, enum status *status,
                                              struct err *err)
{
    *trainee = cell_trainee(world, cell);
    const char *id = cell_name(cell);
    const struct programme *programme = catalogues_find_programme(world->catalogues, id);
    if (!programme)
        *status = cell_unknown(err, "programme", id);
    return programme;
}

enum status read_certificates(struct store *store, struct world *world,
                              const struct pg_result *result, struct err *err)
{
    enum status status = STATUS_OK;
    struct trainee *trainee;

    (void)store;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        const struct programme *programme = next_programme(world, &cell, &trainee, &status, err);

        if (!programme)
            return status;
        struct certificate *certificate = trainee_add_certificate(world, trainee, programme);
        certificate->certificate_no = cell_text(&cell);
        certificate->ordered = cell_bool(&cell);
        certificate->stands = cell_bool(&cell);
        certificate->enrollment_id = cell_text(&cell);
        certificate->issued_at = cell_instant(&cell);
        cell_hash(&cell, certificate->digest, sizeof certificate->digest);
        cell_hash(&cell, certificate->content, sizeof certificate->content);
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
        struct cell cell = cell_first(world, result, row);
        const struct programme *programme = next_programme(world, &cell, &trainee, &status, err);

        if (!programme)
            return status;
        struct certificate *certificate = trainee_find_certificate(trainee, programme);
        if (!certificate)
            continue;
        struct certificate_version *version = certificate_add_version(world, certificate);
        version->version = cell_int(&cell);
        cell_hash(&cell, version->digest, sizeof version->digest);
        version->issued_at = cell_instant(&cell);
        version->revoked_at = cell_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_credits(struct store *store, struct world *world, const struct pg_result *result,
                         struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct credit *credit = trainee_add_credit(world, cell_trainee(world, &cell));

        credit->provider = cell_text(&cell);
        credit->evidence_no = cell_text(&cell);
        credit->year = cell_int(&cell);
        credit->hours = cell_int(&cell);
        credit->time = cell_instant(&cell);
        cell_hash(&cell, credit->content, sizeof credit->content);
    }
    return STATUS_OK;
}

enum status read_years(struct store *store, struct world *world, const struct pg_result *result,
                       struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct trainee *trainee = cell_trainee(world, &cell);
        struct year_record *year = trainee_add_year(world, trainee, cell_int(&cell));

        year->revision = cell_int(&cell);
        year->public_hours = cell_int(&cell);
        year->professional_hours = cell_int(&cell);
        year->complete = cell_bool(&cell);
    }
    return STATUS_OK;
}

enum status read_anomalies(struct store *store, struct world *world, const struct pg_result *result,
                           struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        struct anomaly *anomaly = trainee_add_anomaly(world, cell_trainee(world, &cell));

        anomaly->enrollment_id = cell_text(&cell);
        anomaly->kind = cell_text(&cell);
        anomaly->subject = cell_text(&cell);
        anomaly->detail = cell_text(&cell);
        anomaly->time = cell_instant(&cell);
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
        struct cell cell = cell_first(world, result, row);
        enum topic topic = (enum topic)cell_int(&cell);
        struct place place = cell_place(&cell, topic);
        int64_t stamp = cell_instant(&cell);
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
        struct cell cell = cell_first(world, result, row);
        uint8_t key[16];

        cell_hash(&cell, key, sizeof key);
        struct identity *identity = world_add_identity(world, key);
        cell_hash(&cell, identity->content, sizeof identity->content);
        identity->time = cell_instant(&cell);
    }
    return STATUS_OK;
}

enum status read_claims(struct store *store, struct world *world, const struct pg_result *result,
                        struct err *err)
{
    (void)store, (void)err;
    for (size_t row = 0; row < pg_count(result); row++) {
        struct cell cell = cell_first(world, result, row);
        uint8_t id_hash[32];

        cell_hash(&cell, id_hash, sizeof id_hash);
        struct claim *claim = claims_add(world, world_claims(world, id_hash));
        claim->trainee_id = cell_text(&cell);
        claim->enrollment_id = cell_text(&cell);
    }
    return STATUS_OK;
}
