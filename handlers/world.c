/* Containers of what the rules look at; the order that each list promises is kept here. */
#include "world.h"

#include <string.h>

static const char *const outcomes[OUTCOMES] = {
    [OUTCOME_APPLIED] = "applied",
    [OUTCOME_DUPLICATE] = "duplicate",
    [OUTCOME_HELD] = "held",
    [OUTCOME_REJECTED] = "rejected",
};

const char *outcome_name(enum outcome outcome)
{
    return outcomes[outcome];
}

void world_init(struct world *world, struct arena *arena, const struct catalogues *catalogues)
{
    *world = (struct world){.arena = arena, .catalogues = catalogues, .passed = INSTANT_NONE};
    map_init(&world->trainees, arena);
    map_init(&world->codes, arena);
    map_init(&world->claims, arena);
    map_init(&world->identities, arena);
}

void world_set_partitions(struct world *world, enum topic topic, int32_t count)
{
    struct partition_clock *clocks = arena_alloc(world->arena, (size_t)count * sizeof *clocks);

    for (int32_t i = 0; i < count; i++)
        clocks[i].tick_stamp = INSTANT_NONE;
    world->clocks[topic] = clocks;
    world->partition_count[topic] = count;
}

struct trainee_entry *world_trainee(struct world *world, const char *trainee_id)
{
    struct trainee_entry *entry = map_get_string(&world->trainees, trainee_id);

    if (entry)
        return entry;
    entry = arena_alloc(world->arena, sizeof *entry);
    entry->trainee.trainee_id = arena_strdup(world->arena, trainee_id);
    entry->trainee.full = true; /* nothing is kept of it but what comes now */
    map_put_string(&world->trainees, entry->trainee.trainee_id, entry);
    return entry;
}

struct code *world_code(struct world *world, const char *payment_code)
{
    struct code *code = map_get_string(&world->codes, payment_code);

    if (code)
        return code;
    code = arena_alloc(world->arena, sizeof *code);
    code->payment_code = arena_strdup(world->arena, payment_code);
    map_put_string(&world->codes, code->payment_code, code);
    return code;
}

struct claims *world_claims(struct world *world, const uint8_t id_hash[32])
{
    struct claims *claims = map_get(&world->claims, id_hash, sizeof claims->id_hash);

    if (claims)
        return claims;
    claims = arena_alloc(world->arena, sizeof *claims);
    memcpy(claims->id_hash, id_hash, sizeof claims->id_hash);
    map_put(&world->claims, claims->id_hash, sizeof claims->id_hash, claims);
    return claims;
}

/* Room for one more item before `at` in an array of pointers; returns the array. */
static void *open_gap(struct arena *arena, void *items, size_t *count, size_t *cap, size_t at)
{
    void **grown = arena_grow(arena, items, *count, *count + 1, cap, sizeof *grown);

    memmove(grown + at + 1, grown + at, (*count - at) * sizeof *grown);
    ++*count;
    return grown;
}

struct enrollment *trainee_find_enrollment(const struct trainee *trainee, const char *enrollment_id)
{
    for (size_t i = 0; i < trainee->enrollment_count; i++)
        if (strcmp(trainee->enrollments[i]->enrollment_id, enrollment_id) == 0)
            return trainee->enrollments[i];
    return NULL;
}

struct certificate *trainee_find_certificate(const struct trainee *trainee,
                                             const struct programme *programme)
{
    for (size_t i = 0; i < trainee->certificate_count; i++)
        if (trainee->certificates[i]->programme == programme)
            return trainee->certificates[i];
    return NULL;
}

struct year_record *trainee_find_year(const struct trainee *trainee, int64_t year)
{
    for (size_t i = 0; i < trainee->year_count; i++)
        if (trainee->years[i]->year == year)
            return trainee->years[i];
    return NULL;
}

/* The first course not before the id. */
static size_t course_position(const struct enrollment *enrollment, const char *course_id)
{
    size_t low = 0, high = enrollment->course_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(enrollment->courses[middle]->course->id, course_id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct progress *enrollment_find_course(const struct enrollment *enrollment, const char *course_id)
{
    size_t at = course_position(enrollment, course_id);

    if (at < enrollment->course_count &&
        strcmp(enrollment->courses[at]->course->id, course_id) == 0)
        return enrollment->courses[at];
    return NULL;
}

struct payment *payments_find(const struct payments *payments, const char *bank,
                              const char *bank_txn_id)
{
    for (size_t i = 0; i < payments->count; i++) {
        struct payment *payment = payments->at[i];

        if (strcmp(payment->bank, bank) == 0 && strcmp(payment->bank_txn_id, bank_txn_id) == 0)
            return payment;
    }
    return NULL;
}

struct enrollment *trainee_add_enrollment(struct world *world, struct trainee *trainee,
                                          const char *enrollment_id)
{
    struct enrollment *enrollment = arena_alloc(world->arena, sizeof *enrollment);
    size_t at = 0;

    while (at < trainee->enrollment_count &&
           strcmp(trainee->enrollments[at]->enrollment_id, enrollment_id) < 0)
        at++;
    trainee->enrollments = open_gap(world->arena, trainee->enrollments, &trainee->enrollment_count,
                                    &trainee->enrollment_cap, at);
    trainee->enrollments[at] = enrollment;
    enrollment->enrollment_id = arena_strdup(world->arena, enrollment_id);
    enrollment->trainee = trainee;
    enrollment->submitted_at = INSTANT_NONE;
    enrollment->approved_at = INSTANT_NONE;
    enrollment->rejected_at = INSTANT_NONE;
    enrollment->withdrawn_at = INSTANT_NONE;
    enrollment->survey_at = INSTANT_NONE;
    enrollment->active_at = INSTANT_NONE;
    enrollment->due_at = INSTANT_NONE;
    return enrollment;
}

struct certificate *trainee_add_certificate(struct world *world, struct trainee *trainee,
                                            const struct programme *programme)
{
    struct certificate *certificate = arena_alloc(world->arena, sizeof *certificate);
    size_t at = 0;

    while (at < trainee->certificate_count &&
           strcmp(trainee->certificates[at]->programme->id, programme->id) < 0)
        at++;
    trainee->certificates = open_gap(world->arena, trainee->certificates,
                                     &trainee->certificate_count, &trainee->certificate_cap, at);
    trainee->certificates[at] = certificate;
    certificate->programme = programme;
    certificate->issued_at = INSTANT_NONE;
    return certificate;
}

struct certificate_version *certificate_add_version(struct world *world,
                                                    struct certificate *certificate)
{
    certificate->versions = arena_grow(world->arena, certificate->versions,
                                       certificate->version_count, certificate->version_count + 1,
                                       &certificate->version_cap, sizeof *certificate->versions);
    struct certificate_version *version = &certificate->versions[certificate->version_count++];
    *version = (struct certificate_version){
        .version = (int64_t)certificate->version_count,
        .issued_at = INSTANT_NONE,
        .revoked_at = INSTANT_NONE,
    };
    return version;
}

struct credit *trainee_add_credit(struct world *world, struct trainee *trainee)
{
    trainee->credits = arena_grow(world->arena, trainee->credits, trainee->credit_count,
                                  trainee->credit_count + 1, &trainee->credit_cap,
                                  sizeof *trainee->credits);
    struct credit *credit = &trainee->credits[trainee->credit_count++];
    *credit = (struct credit){.time = INSTANT_NONE};
    return credit;
}

struct anomaly *trainee_add_anomaly(struct world *world, struct trainee *trainee)
{
    trainee->anomalies = arena_grow(world->arena, trainee->anomalies, trainee->anomaly_count,
                                    trainee->anomaly_count + 1, &trainee->anomaly_cap,
                                    sizeof *trainee->anomalies);
    struct anomaly *anomaly = &trainee->anomalies[trainee->anomaly_count++];
    *anomaly = (struct anomaly){.time = INSTANT_NONE};
    return anomaly;
}

struct year_record *trainee_add_year(struct world *world, struct trainee *trainee, int64_t year)
{
    struct year_record *record = arena_alloc(world->arena, sizeof *record);
    size_t at = 0;

    while (at < trainee->year_count && trainee->years[at]->year < year)
        at++;
    trainee->years = open_gap(world->arena, trainee->years, &trainee->year_count,
                              &trainee->year_cap, at);
    trainee->years[at] = record;
    record->year = year;
    return record;
}

struct progress *enrollment_add_course(struct world *world, struct enrollment *enrollment,
                                       const struct course *course)
{
    struct progress *progress = arena_alloc(world->arena, sizeof *progress);
    size_t at = course_position(enrollment, course->id);

    enrollment->courses = open_gap(world->arena, enrollment->courses, &enrollment->course_count,
                                   &enrollment->course_cap, at);
    enrollment->courses[at] = progress;
    progress->course = course;
    progress->learned_at = INSTANT_NONE;
    return progress;
}

struct taken_day *enrollment_day(struct world *world, struct enrollment *enrollment, int64_t day)
{
    size_t at = enrollment->day_count; /* mostly the last one */

    while (at > 0 && enrollment->days[at - 1]->day >= day)
        at--;
    if (at < enrollment->day_count && enrollment->days[at]->day == day)
        return enrollment->days[at];
    struct taken_day *taken = arena_alloc(world->arena, sizeof *taken);
    enrollment->days = open_gap(world->arena, enrollment->days, &enrollment->day_count,
                                &enrollment->day_cap, at);
    enrollment->days[at] = taken;
    taken->day = day;
    return taken;
}

struct bar *enrollment_add_bar(struct world *world, struct enrollment *enrollment)
{
    enrollment->bars = arena_grow(world->arena, enrollment->bars, enrollment->bar_count,
                                  enrollment->bar_count + 1, &enrollment->bar_cap,
                                  sizeof *enrollment->bars);
    struct bar *bar = &enrollment->bars[enrollment->bar_count++];
    *bar = (struct bar){.from = INSTANT_NONE, .to = INSTANT_NONE};
    return bar;
}

struct grant *enrollment_add_grant(struct world *world, struct enrollment *enrollment,
                                   const struct place *place)
{
    struct grant *grant = arena_alloc(world->arena, sizeof *grant);
    size_t at = enrollment->grant_count;

    while (at > 0 && place_compare(&enrollment->grants[at - 1]->place, place) > 0)
        at--;
    enrollment->grants = open_gap(world->arena, enrollment->grants, &enrollment->grant_count,
                                  &enrollment->grant_cap, at);
    enrollment->grants[at] = grant;
    grant->place = *place;
    grant->time = INSTANT_NONE;
    return grant;
}

struct attempt *progress_add_attempt(struct world *world, struct progress *progress,
                                     const struct place *place)
{
    struct attempt *attempt = arena_alloc(world->arena, sizeof *attempt);
    size_t at = progress->attempt_count;

    while (at > 0 && place_compare(&progress->attempts[at - 1]->place, place) > 0)
        at--;
    progress->attempts = open_gap(world->arena, progress->attempts, &progress->attempt_count,
                                  &progress->attempt_cap, at);
    progress->attempts[at] = attempt;
    attempt->place = *place;
    attempt->time = INSTANT_NONE;
    attempt->started_at = INSTANT_NONE;
    return attempt;
}

struct payment *payments_add(struct world *world, struct payments *payments)
{
    struct payment *payment = arena_alloc(world->arena, sizeof *payment);

    payments->at = open_gap(world->arena, payments->at, &payments->count, &payments->cap,
                            payments->count);
    payments->at[payments->count - 1] = payment;
    payment->settled_at = INSTANT_NONE;
    return payment;
}

struct refund *payment_add_refund(struct world *world, struct payment *payment)
{
    payment->refunds = arena_grow(world->arena, payment->refunds, payment->refund_count,
                                  payment->refund_count + 1, &payment->refund_cap,
                                  sizeof *payment->refunds);
    struct refund *refund = &payment->refunds[payment->refund_count++];
    *refund = (struct refund){.time = INSTANT_NONE};
    return refund;
}

struct claim *claims_add(struct world *world, struct claims *claims)
{
    claims->at = arena_grow(world->arena, claims->at, claims->count, claims->count + 1,
                            &claims->cap, sizeof *claims->at);
    struct claim *claim = &claims->at[claims->count++];
    *claim = (struct claim){0};
    return claim;
}

void held_list_insert(struct world *world, struct held_list *list, struct held *held)
{
    size_t at = list->count;

    while (at > 0 && place_compare(&list->at[at - 1]->ev->place, &held->ev->place) > 0)
        at--;
    list->at = open_gap(world->arena, list->at, &list->count, &list->cap, at);
    list->at[at] = held;
}

struct held *held_list_add(struct world *world, struct held_list *list, const struct event *ev)
{
    struct held *held = arena_alloc(world->arena, sizeof *held);

    held->ev = ev;
    held_list_insert(world, list, held);
    return held;
}

/* Topic, subject, source and id, each ended by a NUL, which none of them contains. */
void identity_key(const struct world *world, const struct event *ev, uint8_t key[16])
{
    const struct event_kind *kind = &event_kinds[ev->type];
    const char *parts[5] = {topic_name(ev->place.topic)};
    size_t count = 1;
    char buffer[1024];
    size_t len = 0;
    uint8_t digest[32];

    parts[count++] = kind->subject == SUBJECT_CODE ? ev->payment_code : ev->trainee_id;
    parts[count++] = kind->subject == SUBJECT_ENROLLMENT ? ev->enrollment_id : "";
    parts[count++] = ev->source;
    parts[count++] = ev->id;
    for (size_t i = 0; i < count; i++) { /* at most 32 + 64 + 64 + 128 + 128 bytes and the NULs */
        size_t part = strlen(parts[i]) + 1;

        memcpy(buffer + len, parts[i], part);
        len += part;
    }
    world->crypto.sha256(world->crypto.context, buffer, len, digest);
    memcpy(key, digest, 16);
}

struct identity *world_add_identity(struct world *world, const uint8_t key[16])
{
    struct identity *identity = arena_alloc(world->arena, sizeof *identity);

    memcpy(identity->key, key, sizeof identity->key);
    map_put(&world->identities, identity->key, sizeof identity->key, identity);
    return identity;
}

bool world_is_closed(const struct world *world, int64_t close_at)
{
    return world->passed != INSTANT_NONE && close_at < world->passed;
}

int64_t world_watermark(const struct world *world)
{
    int64_t least = INT64_MAX;

    for (int topic = 0; topic < TOPICS_IN; topic++)
        for (int32_t i = 0; i < world->partition_count[topic]; i++)
            if (world->clocks[topic][i].tick_stamp < least)
                least = world->clocks[topic][i].tick_stamp;
    return least == INT64_MAX ? INSTANT_NONE : least;
}
