/* The fold: judges one event, then whatever it releases, each alone and in queue order.
 *
 * Invariant: after each record, everything derived in the dossier is what follows from its facts
 * and has been said. */
#include "fold.h"

#include <string.h>

#include "rules.h"

static handler *const handlers[EVENT_TYPES] = {
    [EVENT_ENROLLMENT_SUBMITTED] = handle_enrollment_submitted,
    [EVENT_ENROLLMENT_REVIEWED] = handle_enrollment_reviewed,
    [EVENT_ENROLLMENT_WITHDRAWN] = handle_enrollment_withdrawn,
    [EVENT_ENROLLMENT_DISQUALIFIED] = handle_enrollment_disqualified,
    [EVENT_ENROLLMENT_REINSTATED] = handle_enrollment_reinstated,
    [EVENT_ENROLLMENT_CORRECTED] = handle_enrollment_corrected,
    [EVENT_SURVEY_SUBMITTED] = handle_survey_submitted,
    [EVENT_CREDIT_IMPORTED] = handle_credit_imported,
    [EVENT_REVOCATION_ORDERED] = handle_revocation_ordered,
    [EVENT_PAYMENT_SETTLED] = handle_payment_settled,
    [EVENT_PAYMENT_REFUNDED] = handle_payment_refunded,
    [EVENT_PAYMENT_RECEIPTED] = handle_payment_receipted,
    [EVENT_WATCH_PLAYED] = handle_watch_played,
    [EVENT_LIVE_ATTENDED] = handle_live_attended,
    [EVENT_EXAM_SUBMITTED] = handle_exam_submitted,
    [EVENT_ATTEMPTS_GRANTED] = handle_attempts_granted,
};

/* Types that are late when their stamp is past close_at (fold.md section 7). */
static const bool may_be_late[EVENT_TYPES] = {
    [EVENT_WATCH_PLAYED] = true,         [EVENT_LIVE_ATTENDED] = true,
    [EVENT_EXAM_SUBMITTED] = true,       [EVENT_ATTEMPTS_GRANTED] = true,
    [EVENT_ENROLLMENT_REVIEWED] = true,  [EVENT_SURVEY_SUBMITTED] = true,
    [EVENT_ENROLLMENT_SUBMITTED] = true,
};

static bool is_watch_time(const struct event *ev)
{
    return ev->type == EVENT_WATCH_PLAYED || ev->type == EVENT_LIVE_ATTENDED;
}

/* Names an enrollment that another event makes known. */
static bool needs_enrollment(const struct event *ev)
{
    return event_kinds[ev->type].subject == SUBJECT_ENROLLMENT &&
           ev->type != EVENT_ENROLLMENT_SUBMITTED;
}

enum outcome known_before(struct folding *f, const uint8_t content[32], const char *what)
{
    if (memcmp(content, f->ev->content, sizeof f->ev->content) == 0)
        return OUTCOME_DUPLICATE;
    return REJECT(f, REASON_CONFLICT, what, " is known with other content");
}

/* Whom the event is about; makes the entries, so that what is held has its place. */
static void find_subject(struct folding *f)
{
    struct world *world = f->world;
    const struct event *ev = f->ev;
    const char *trainee_id = ev->trainee_id, *enrollment_id = ev->enrollment_id;

    if (event_kinds[ev->type].subject == SUBJECT_CODE) {
        f->code = world_code(world, ev->payment_code);
        trainee_id = f->code->trainee_id;
        enrollment_id = f->code->enrollment_id;
    }
    if (!trainee_id)
        return;
    f->trainee = &world_trainee(world, trainee_id)->trainee;
    if (enrollment_id && ev->type != EVENT_ENROLLMENT_SUBMITTED)
        f->enrollment = trainee_find_enrollment(f->trainee, enrollment_id);
}

/* Whether the precondition is not here yet. */
static bool must_wait(const struct folding *f)
{
    const struct event *ev = f->ev;

    if (f->code)
        return !f->code->trainee_id;
    if (!needs_enrollment(ev))
        return false;
    if (!f->enrollment)
        return true;
    return is_watch_time(ev) && f->enrollment->active_at == INSTANT_NONE &&
           !enrollment_has_ended(f->enrollment);
}

/* When what waits is given up. */
static int64_t waits_until(const struct world *world, const struct event *ev,
                           const struct enrollment *enrollment)
{
    if (event_kinds[ev->type].subject == SUBJECT_CODE)
        return programme_last_close_at(catalogues_find_code(world->catalogues, ev->payment_code));
    return enrollment ? enrollment->term->close_at : world->catalogues->last_close_at;
}

static enum outcome hold(struct folding *f, struct held **held)
{
    const struct event *ev = f->ev;
    struct held_list *list = f->code ? &f->code->held
                                     : &world_trainee(f->world, ev->trainee_id)->held;

    *held = held_list_add(f->world, list, ev);
    (*held)->is_new = true;
    return OUTCOME_HELD;
}

static enum outcome refuse_late(struct folding *f)
{
    return REJECT(f, REASON_NEVER_RELEASED,
                  "its precondition did not come before the books of the term closed");
}

/* The course belongs to the enrollment's programme and its term offers it. */
static bool course_fits(const struct folding *f)
{
    if (!f->ev->course_id || !f->enrollment)
        return true;
    const struct term *term = f->enrollment->term;
    const struct course *course = catalogues_find_course(f->world->catalogues, f->ev->course_id);
    return course->programme == term->programme && term_offers(term, course);
}

static bool is_late(const struct folding *f)
{
    const struct term *term = f->enrollment ? f->enrollment->term : NULL;

    if (!may_be_late[f->ev->type])
        return false;
    if (f->ev->term_id)
        term = catalogues_find_term(f->world->catalogues, f->ev->term_id);
    return term && f->ev->stamp > term->close_at;
}

static bool is_remembered(const struct event *ev)
{
    return !is_watch_time(ev);
}

/* Known by source and id, within its subject. */
static enum outcome check_identity(struct folding *f, uint8_t key[16])
{
    identity_key(f->world, f->ev, key);
    const struct identity *known = map_get(&f->world->identities, key, 16);
    if (!known)
        return OUTCOME_APPLIED;
    if (known->time != f->ev->time)
        return REJECT(f, REASON_CONFLICT, "source and id are known with another time");
    return known_before(f, known->content, "source and id");
}

static void remember(struct folding *f, const uint8_t key[16])
{
    struct world *world = f->world;
    struct identity *identity = world_add_identity(world, key);

    identity->subject = f->code ? f->code->payment_code : f->trainee->trainee_id;
    memcpy(identity->content, f->ev->content, sizeof identity->content);
    identity->time = f->ev->time;
    identity->is_new = true;
    world->new_identities = arena_grow(world->arena, world->new_identities,
                                       world->new_identity_count, world->new_identity_count + 1,
                                       &world->new_identity_cap, sizeof *world->new_identities);
    world->new_identities[world->new_identity_count++] = identity;
}

/* Says what follows from the changed facts, in an order in which each step sees the one before. */
static void settle(struct folding *f)
{
    struct enrollment *enrollment = f->enrollment;

    if (!f->trainee) {
        settle_payments(f, NULL, &f->code->payments, false);
        return;
    }
    if (enrollment) {
        settle_exams(f, enrollment);
        settle_enrollment(f, enrollment);
        settle_payments(f, enrollment, &enrollment->payments, state_is_ended(enrollment->state));
        settle_certificate(f, f->trainee, enrollment->term->programme);
    }
    settle_years(f, f->trainee);
}

/* The checks after *held*, then the handler. */
static enum outcome apply(struct folding *f)
{
    uint8_t key[16];
    enum outcome outcome = OUTCOME_APPLIED;

    if (!course_fits(f))
        return REJECT(f, REASON_UNKNOWN_COURSE,
                      "course_id is not offered to the enrollment's term");
    if (is_late(f))
        return REJECT(f, REASON_NEVER_RELEASED,
                      "the record came after the books of the term closed");
    if (is_remembered(f->ev))
        outcome = check_identity(f, key);
    if (outcome == OUTCOME_APPLIED)
        outcome = handlers[f->ev->type](f);
    if (outcome != OUTCOME_APPLIED)
        return outcome;
    if (is_remembered(f->ev))
        remember(f, key);
    if (f->settles)
        settle(f);
    return outcome;
}

static enum outcome fold_tick(struct folding *f)
{
    const struct place *place = &f->ev->place;

    if (!f->ev->key || strcmp(f->ev->key, "tick") != 0)
        return REJECT(f, REASON_KEY_MISMATCH, "the record key of a tick is not \"tick\"");
    f->world->clocks[place->topic][place->partition].tick_stamp = f->ev->stamp;
    return OUTCOME_APPLIED;
}

static enum outcome judge(struct folding *f, struct held **held)
{
    if (f->ev->type == EVENT_CLOCK_TICKED)
        return fold_tick(f);
    if (check_event(f->world, f->ev, f->err) != STATUS_OK)
        return OUTCOME_REJECTED;
    find_subject(f);
    if (!must_wait(f))
        return apply(f);
    if (!world_is_closed(f->world, waits_until(f->world, f->ev, f->enrollment)))
        return hold(f, held);
    return f->code ? apply(f) : refuse_late(f); /* money always has a row */
}

/* Adds to the queue, in order, what no longer waits. */
static void collect_ready(struct world *world, struct held_list *list, struct held_list *queue)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct held *held = list->at[i];
        struct folding probe = {.world = world, .ev = held->ev};

        find_subject(&probe);
        if (must_wait(&probe)) {
            list->at[kept++] = held;
            continue;
        }
        held_list_insert(world, queue, held);
    }
    list->count = kept;
}

static void collect_released(const struct folding *f, struct held_list *queue)
{
    if (!f->trainee || is_watch_time(f->ev)) /* watching makes nothing known */
        return;
    struct trainee_entry *entry = world_trainee(f->world, f->trainee->trainee_id);
    if (entry->held.count)
        collect_ready(f->world, &entry->held, queue);
    if (!f->enrollment || f->ev->type != EVENT_ENROLLMENT_SUBMITTED)
        return;
    struct code *code = world_code(f->world, f->enrollment->payment_code);
    if (code->held.count)
        collect_ready(f->world, &code->held, queue);
}

/* One record alone: judged, told, its effects sent; what it releases joins the queue. */
static void fold_one(struct world *world, const struct event *ev, struct held *held,
                     struct held_list *queue)
{
    struct err err = {.reason = REASON_NONE};
    struct folding f = {.world = world, .ev = ev, .time = ev->time, .err = &err};
    struct held *entry = held;
    enum outcome outcome;

    if (held) {
        held->released = true;
        find_subject(&f);
        outcome = apply(&f);
    } else {
        outcome = judge(&f, &entry);
    }
    world->hooks.judged(world->hooks.context, ev, outcome, &err, entry);
    folding_emit(&f);
    if (outcome == OUTCOME_APPLIED)
        collect_released(&f, queue);
}

void fold_event(struct world *world, struct event *ev)
{
    struct held_list queue = {0};
    int64_t tick = world->clocks[ev->place.topic][ev->place.partition].tick_stamp;

    ev->stamp = ev->kafka_time > tick ? ev->kafka_time : tick;
    fold_one(world, ev, NULL, &queue);
    while (queue.count) {
        struct held *next = queue.at[0];

        memmove(queue.at, queue.at + 1, --queue.count * sizeof *queue.at);
        fold_one(world, next->ev, next, &queue);
    }
}

bool fold_goes_with(const struct world *world, const struct event *held, const struct term *term)
{
    const struct enrollment *enrollment = NULL;

    if (event_kinds[held->type].subject == SUBJECT_ENROLLMENT) {
        const struct trainee_entry *entry = map_get_string(&world->trainees, held->trainee_id);

        if (entry)
            enrollment = trainee_find_enrollment(&entry->trainee, held->enrollment_id);
    }
    return enrollment ? enrollment->term == term : waits_until(world, held, NULL) == term->close_at;
}

void fold_refuse_held(struct world *world, struct held *held)
{
    struct err err = {.reason = REASON_NONE};
    struct folding f = {.world = world, .ev = held->ev, .err = &err};
    enum outcome outcome;

    held->released = true;
    find_subject(&f);
    f.time = waits_until(world, held->ev, f.enrollment); /* the closing's own instant */
    outcome = f.code ? apply(&f) : refuse_late(&f);
    world->hooks.judged(world->hooks.context, held->ev, outcome, &err, held);
    folding_emit(&f);
}
