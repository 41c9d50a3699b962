/* What a batch names: the keys to be locked and loaded. */
#include <stdlib.h>
#include <string.h>

#include "store_internal.h"

static const char *const key_types[KEY_SETS] = {
    [KEYS_CODES] = "t",       [KEYS_TRAINEES] = "t",  [KEYS_HASHES] = "b",
    [KEYS_REJECTING] = "t",   [KEYS_COURSES] = "ttt", [KEYS_DAYS] = "tti",
    [KEYS_IDENTITIES] = "tb", [KEYS_FULL] = "t",      [KEYS_SUBJECTS] = "t",
};

void names_init(struct names *names, struct world *world)
{
    names->world = world;
    for (int set = 0; set < KEY_SETS; set++) {
        pg_rows_init(&names->keys[set], world->arena, key_types[set]);
        map_init(&names->seen[set], world->arena);
    }
    map_init(&names->claimed, world->arena);
}

/* True the first time; the key is copied. */
static bool is_new(struct names *names, enum key_set set, const void *key, size_t len)
{
    if (map_get(&names->seen[set], key, len))
        return false;
    map_put(&names->seen[set], arena_copy(names->world->arena, key, len), len, names);
    return true;
}

static void add_text(struct names *names, enum key_set set, const char *key)
{
    if (is_new(names, set, key, strlen(key)))
        pg_put_text(&names->keys[set], key);
}

void names_add_full(struct names *names, const char *trainee_id)
{
    add_text(names, KEYS_FULL, trainee_id);
    add_text(names, KEYS_SUBJECTS, trainee_id);
}

static void add_code(struct names *names, const char *payment_code)
{
    add_text(names, KEYS_CODES, payment_code);
    add_text(names, KEYS_SUBJECTS, payment_code);
}

static void add_day(struct names *names, const struct event *ev, int64_t day)
{
    struct pg_rows *rows = &names->keys[KEYS_DAYS];
    const char *key = text_join(names->world->arena, ev->trainee_id, ev->enrollment_id,
                                text_from_int(names->world->arena, day), NULL);

    if (!is_new(names, KEYS_DAYS, key, strlen(key)))
        return;
    pg_put_text(rows, ev->trainee_id);
    pg_put_text(rows, ev->enrollment_id);
    pg_put_int(rows, day);
}

/* The civil days of a term's training window that the report touches. */
static void add_days(struct names *names, const struct event *ev, const struct term *term)
{
    for (size_t i = 0; i + 1 < term->midnight_count; i++)
        if (ev->started_at < term->midnights[i + 1] && ev->ended_at > term->midnights[i])
            add_day(names, ev, term->first_day + (int64_t)i);
}

/* Media time that a report claims, or wall time for a live course, in microseconds. */
static int64_t claim_of(const struct event *ev, const struct course *course)
{
    if (course->kind == COURSE_LIVE)
        return ev->ended_at - ev->started_at;
    return (ev->to_s - ev->from_s) * US_PER_S;
}

static void add_course(struct names *names, const struct event *ev, const struct course *course)
{
    struct arena *arena = names->world->arena;
    struct pg_rows *rows = &names->keys[KEYS_COURSES];
    const char *key = text_join(arena, ev->trainee_id, ev->enrollment_id, ev->course_id, NULL);
    int64_t *claimed = map_get_string(&names->claimed, key);

    if (!claimed) {
        claimed = arena_alloc(arena, sizeof *claimed);
        map_put_string(&names->claimed, key, claimed);
        pg_put_text(rows, ev->trainee_id);
        pg_put_text(rows, ev->enrollment_id);
        pg_put_text(rows, ev->course_id);
    }
    int64_t claim = claim_of(ev, course);
    if (claim > 0)
        *claimed += claim;
}

static void add_report(struct names *names, const struct event *ev)
{
    const struct course *course = catalogues_find_course(names->world->catalogues, ev->course_id);

    if (!course || ev->ended_at <= ev->started_at)
        return; /* will be refused */
    add_course(names, ev, course);
    for (size_t i = 0; i < course->programme->term_count; i++) {
        const struct term *term = &course->programme->terms[i];

        if (ev->started_at < term->training_to && ev->ended_at > term->training_from)
            add_days(names, ev, term);
    }
}

static bool is_report(const struct event *ev)
{
    return ev->type == EVENT_WATCH_PLAYED || ev->type == EVENT_LIVE_ATTENDED;
}

static void add_identity(struct names *names, const struct event *ev)
{
    struct pg_rows *rows = &names->keys[KEYS_IDENTITIES];
    uint8_t key[16];

    identity_key(names->world, ev, key);
    if (!is_new(names, KEYS_IDENTITIES, key, sizeof key))
        return;
    pg_put_text(rows,
                event_kinds[ev->type].subject == SUBJECT_CODE ? ev->payment_code : ev->trainee_id);
    pg_put_bytes(rows, key, sizeof key);
}

/* Types that are about more than their own trainee. */
static void add_wider(struct names *names, const struct event *ev)
{
    if (ev->type == EVENT_ENROLLMENT_SUBMITTED) {
        const char *code = fold_derived_code(names->world, ev);

        if (code)
            add_code(names, code);
        if (is_new(names, KEYS_HASHES, ev->id_hash, sizeof ev->id_hash))
            pg_put_bytes(&names->keys[KEYS_HASHES], ev->id_hash, sizeof ev->id_hash);
    }
    if (ev->type == EVENT_ENROLLMENT_REVIEWED && ev->decision == DECISION_REJECTED)
        add_text(names, KEYS_REJECTING, ev->trainee_id);
}

void names_add_event(struct names *names, const struct event *ev)
{
    if (ev->payment_code) {
        add_code(names, ev->payment_code);
        add_identity(names, ev);
    }
    if (!ev->trainee_id)
        return; /* a payment, or a tick, which names nobody */
    add_text(names, KEYS_TRAINEES, ev->trainee_id);
    if (is_report(ev)) {
        add_report(names, ev);
        return;
    }
    names_add_full(names, ev->trainee_id);
    add_identity(names, ev);
    add_wider(names, ev);
}

/* The progress that a key of `claimed` names; NULL: there is none yet. */
static const struct progress *claimed_progress(const struct trainee *trainee,
                                               const char *enrollment_id, size_t len,
                                               const char *course_id)
{
    for (size_t i = 0; i < trainee->enrollment_count; i++) {
        const struct enrollment *enrollment = trainee->enrollments[i];

        if (strlen(enrollment->enrollment_id) == len &&
            memcmp(enrollment->enrollment_id, enrollment_id, len) == 0)
            return enrollment_find_course(enrollment, course_id);
    }
    return NULL;
}

void names_add_learners(struct names *names)
{
    struct world *world = names->world;

    for (size_t i = 0; i < names->claimed.cap; i++) {
        const char *key = names->claimed.slots[i].key; /* trainee LF enrollment LF course */

        if (!key)
            continue;
        const char *enrollment_id = strchr(key, '\n') + 1;
        const char *course_id = strchr(enrollment_id, '\n') + 1;
        const char *trainee_id = arena_strndup(world->arena, key,
                                               (size_t)(enrollment_id - key) - 1);
        const struct course *course = catalogues_find_course(world->catalogues, course_id);
        const struct progress *progress = claimed_progress(
            &world_trainee(world, trainee_id)->trainee, enrollment_id,
            (size_t)(course_id - enrollment_id) - 1, course_id);
        const int64_t *claimed = names->claimed.slots[i].value;

        if (fold_may_learn(course, progress ? progress->learned_at : INSTANT_NONE,
                           progress ? progress->covered_s : 0, progress ? progress->presence_us : 0,
                           *claimed))
            names_add_full(names, trainee_id);
    }
}

static int compare_keys(const void *a, const void *b)
{
    const struct map_slot *left = a, *right = b;
    size_t shorter = left->len < right->len ? left->len : right->len;
    int order = memcmp(left->key, right->key, shorter);

    return order ? order : (left->len > right->len) - (left->len < right->len);
}

void names_sort(struct names *names, enum key_set set)
{
    struct arena *arena = names->world->arena;
    const struct map *seen = &names->seen[set];
    struct map_slot *sorted = arena_alloc(arena, (seen->count + 1) * sizeof *sorted);
    size_t count = 0;

    for (size_t i = 0; i < seen->cap; i++)
        if (seen->slots[i].key)
            sorted[count++] = seen->slots[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    pg_rows_init(&names->keys[set], arena, key_types[set]);
    for (size_t i = 0; i < count; i++) {
        if (*key_types[set] == 'b')
            pg_put_bytes(&names->keys[set], sorted[i].key, sorted[i].len);
        else
            pg_put_text(&names->keys[set], arena_strndup(arena, sorted[i].key, sorted[i].len));
    }
}
