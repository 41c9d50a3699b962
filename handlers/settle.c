/* What follows for an enrollment from its facts (fold.md section 7): state, hours, evidence, due
 * date, and what is missing. */
#include <string.h>

#include "rules.h"

bool state_is_ended(enum state state)
{
    return state == STATE_REJECTED || state == STATE_WITHDRAWN || state == STATE_REFUNDED;
}

const struct payment *enrollment_settlement(const struct enrollment *enrollment)
{
    for (size_t i = 0; i < enrollment->payments.count; i++)
        if (enrollment->payments.at[i]->settles)
            return enrollment->payments.at[i];
    return NULL;
}

bool enrollment_is_refunded(const struct enrollment *enrollment)
{
    const struct payment *settlement = enrollment_settlement(enrollment);

    return settlement && settlement->refund_count;
}

bool enrollment_has_ended(const struct enrollment *enrollment)
{
    return state_is_ended(enrollment->state);
}

int64_t progress_credited_at(const struct progress *progress)
{
    const struct attempt *pass;

    if (progress->course->kind == COURSE_LIVE)
        return progress->learned_at;
    pass = progress_pass(progress);
    return pass ? pass->time : INSTANT_NONE;
}

/* Before in evidence order: (credited_at, course_id). */
static bool is_before(const struct progress *a, const struct progress *b)
{
    int64_t credited_a = progress_credited_at(a), credited_b = progress_credited_at(b);

    if (credited_a != credited_b)
        return credited_a < credited_b;
    return strcmp(a->course->id, b->course->id) < 0;
}

struct evidence enrollment_evidence(struct arena *arena, const struct enrollment *enrollment)
{
    struct evidence evidence = {.hours_at = INSTANT_NONE};
    const struct progress **sorted = arena_alloc(arena, enrollment->course_count *
                                                            sizeof(struct progress *));
    size_t count = 0;

    for (size_t i = 0; i < enrollment->course_count; i++) {
        const struct progress *progress = enrollment->courses[i];
        size_t at = count;

        if (progress_credited_at(progress) == INSTANT_NONE)
            continue;
        for (; at > 0 && is_before(progress, sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = progress;
        count++;
    }
    evidence.courses = sorted;
    while (evidence.count < count && evidence.hours_at == INSTANT_NONE) {
        const struct progress *progress = sorted[evidence.count++];

        evidence.hours += progress->course->hours;
        if (evidence.hours >= enrollment->term->programme->required_hours)
            evidence.hours_at = progress_credited_at(progress);
    }
    return evidence;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The derived part of an enrollment, compared as a whole with what was last said. */
struct view {
    enum state state;
    bool paid, approved, survey_done;
    int64_t active_at, hours, due_at;
    unsigned missing;
};

static int64_t derive_active_at(const struct enrollment *enrollment)
{
    const struct payment *settlement = enrollment_settlement(enrollment);

    if (!settlement || enrollment->approved_at == INSTANT_NONE)
        return INSTANT_NONE;
    return later(enrollment->approved_at, settlement->settled_at);
}

/* R23: while a bar is open, hours earned by exam are struck. */
static int64_t derive_hours(const struct enrollment *enrollment)
{
    bool is_barred = enrollment_is_barred(enrollment);
    int64_t hours = 0;

    for (size_t i = 0; i < enrollment->course_count; i++) {
        const struct progress *progress = enrollment->courses[i];

        if (progress_credited_at(progress) == INSTANT_NONE)
            continue;
        if (!is_barred || progress->course->kind == COURSE_LIVE)
            hours += progress->course->hours;
    }
    return hours;
}

static int64_t derive_due_at(struct arena *arena, const struct enrollment *enrollment,
                             int64_t active_at)
{
    bool asks_survey = enrollment->term->programme->survey != NULL;
    int64_t due_at = active_at;

    if (active_at == INSTANT_NONE || enrollment_is_barred(enrollment) ||
        (asks_survey && enrollment->survey_at == INSTANT_NONE))
        return INSTANT_NONE;
    struct evidence evidence = enrollment_evidence(arena, enrollment);
    if (evidence.hours_at == INSTANT_NONE)
        return INSTANT_NONE;
    due_at = later(due_at, evidence.hours_at);
    if (asks_survey)
        due_at = later(due_at, enrollment->survey_at);
    for (size_t i = 0; i < enrollment->bar_count; i++)
        due_at = later(due_at, enrollment->bars[i].to);
    return due_at;
}

static enum state derive_state(const struct enrollment *enrollment, const struct view *view)
{
    if (enrollment->rejected_at != INSTANT_NONE)
        return STATE_REJECTED;
    if (enrollment->withdrawn_at != INSTANT_NONE)
        return STATE_WITHDRAWN;
    if (enrollment_is_refunded(enrollment))
        return STATE_REFUNDED;
    if (enrollment_is_barred(enrollment))
        return STATE_DISQUALIFIED;
    if (view->due_at != INSTANT_NONE)
        return STATE_COMPLETED;
    return view->active_at != INSTANT_NONE ? STATE_ACTIVE : STATE_PENDING;
}

static unsigned derive_missing(const struct enrollment *enrollment, const struct view *view)
{
    const struct programme *programme = enrollment->term->programme;
    unsigned missing = 0;

    if (!view->paid)
        missing |= MISSING_PAYMENT;
    if (!view->approved)
        missing |= MISSING_APPROVAL;
    if (view->hours < programme->required_hours)
        missing |= MISSING_HOURS;
    if (programme->survey && !view->survey_done)
        missing |= MISSING_SURVEY;
    if (enrollment_is_barred(enrollment))
        missing |= MISSING_REINSTATEMENT;
    return missing;
}

static struct view derive_view(struct arena *arena, const struct enrollment *enrollment)
{
    struct view view = {
        .paid = enrollment_settlement(enrollment) && !enrollment_is_refunded(enrollment),
        .approved = enrollment->approved_at != INSTANT_NONE,
        .active_at = derive_active_at(enrollment),
        .due_at = INSTANT_NONE,
    };

    view.state = derive_state(enrollment, &view);
    if (state_is_ended(view.state))
        return view;
    view.hours = derive_hours(enrollment);
    view.survey_done = enrollment->survey_at != INSTANT_NONE;
    view.due_at = derive_due_at(arena, enrollment, view.active_at);
    view.state = derive_state(enrollment, &view);
    view.missing = derive_missing(enrollment, &view);
    return view;
}

static bool same_view(const struct enrollment *said, const struct view *view)
{
    /* Ended: active_at stays with the facts, but is not said. */
    return said->revision && said->state == view->state && said->paid == view->paid &&
           said->approved == view->approved && said->survey_done == view->survey_done &&
           said->hours == view->hours && said->missing == view->missing &&
           (state_is_ended(view->state) || said->active_at == view->active_at);
}

static void keep_view(struct enrollment *enrollment, const struct view *view)
{
    enrollment->state = view->state;
    enrollment->paid = view->paid;
    enrollment->approved = view->approved;
    enrollment->survey_done = view->survey_done;
    enrollment->active_at = view->active_at;
    enrollment->hours = view->hours;
    enrollment->due_at = view->due_at;
    enrollment->missing = view->missing;
    enrollment->dirty = true;
}

static void say_changed(struct folding *f, struct enrollment *enrollment)
{
    const struct programme *programme = enrollment->term->programme;
    struct effect *effect = folding_effect(f, EFFECT_ENROLLMENT_CHANGED);

    enrollment->revision++;
    effect->u.changed.revision = enrollment->revision;
    effect->u.changed.state = enrollment->state;
    effect->u.changed.paid = enrollment->paid;
    effect->u.changed.approved = enrollment->approved;
    effect->u.changed.survey_done = enrollment->survey_done;
    effect->u.changed.active_at = state_is_ended(enrollment->state) ? INSTANT_NONE
                                                                    : enrollment->active_at;
    effect->u.changed.hours = enrollment->hours;
    effect->u.changed.required_hours = programme->required_hours;
    effect->u.changed.study_group = programme_study_group(programme, enrollment->prefecture);
    effect->u.changed.missing = enrollment->missing;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id,
                    text_from_int(f->world->arena, enrollment->revision));
}

/* What the trainee is told once: approved, and that the survey is due. */
static void notify_once(struct folding *f, struct enrollment *enrollment)
{
    const struct programme *programme = enrollment->term->programme;

    if (!enrollment->approved_said &&
        (enrollment->state == STATE_ACTIVE || enrollment->state == STATE_COMPLETED)) {
        enrollment->approved_said = true;
        folding_notice(f, NOTICE_APPROVED, "")->u.notice.study_group = programme_study_group(
            programme, enrollment->prefecture);
    }
    if (!enrollment->survey_due_said && !state_is_ended(enrollment->state) &&
        !(enrollment->missing & MISSING_HOURS)) {
        enrollment->survey_due_said = true;
        if (enrollment->missing & MISSING_SURVEY)
            folding_notice(f, NOTICE_SURVEY_DUE, "");
    }
}

void settle_enrollment(struct folding *f, struct enrollment *enrollment)
{
    struct view view = derive_view(f->world->arena, enrollment);
    bool same = same_view(enrollment, &view);

    if (!same || enrollment->due_at != view.due_at)
        keep_view(enrollment, &view);
    if (same)
        return;
    say_changed(f, enrollment);
    notify_once(f, enrollment);
}
