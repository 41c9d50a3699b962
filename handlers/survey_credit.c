/* Surveys, imported public credit, and the year's record (R2, R24). */
#include <string.h>

#include "rules.h"

enum outcome handle_survey_submitted(struct folding *f)
{
    if (f->enrollment->survey_at != INSTANT_NONE)
        return OUTCOME_APPLIED;
    f->enrollment->survey_at = f->ev->time;
    f->enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

static const struct credit *find_credit(const struct trainee *trainee, const struct event *ev)
{
    for (size_t i = 0; i < trainee->credit_count; i++) {
        const struct credit *credit = &trainee->credits[i];

        if (strcmp(credit->provider, ev->provider) == 0 &&
            strcmp(credit->evidence_no, ev->evidence_no) == 0)
            return credit;
    }
    return NULL;
}

enum outcome handle_credit_imported(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct credit *known = find_credit(f->trainee, ev);

    if (known)
        return known_before(f, known->content, "evidence_no of the provider");
    struct credit *credit = trainee_add_credit(f->world, f->trainee);
    credit->provider = arena_strdup(f->world->arena, ev->provider);
    credit->evidence_no = arena_strdup(f->world->arena, ev->evidence_no);
    credit->year = ev->year;
    credit->hours = ev->hours;
    credit->time = ev->time;
    memcpy(credit->content, ev->content, sizeof credit->content);
    credit->is_new = f->settles = true;
    return OUTCOME_APPLIED;
}

static int64_t public_hours(const struct trainee *trainee, int64_t year)
{
    int64_t hours = 0;

    for (size_t i = 0; i < trainee->credit_count; i++)
        if (trainee->credits[i].year == year)
            hours += trainee->credits[i].hours;
    return hours;
}

/* The best of the year's enrollments; an ended one has 0. */
static int64_t professional_hours(const struct trainee *trainee, int64_t year)
{
    int64_t best = 0;

    for (size_t i = 0; i < trainee->enrollment_count; i++) {
        const struct enrollment *enrollment = trainee->enrollments[i];

        if (enrollment->term->programme->year == year && enrollment->hours > best)
            best = enrollment->hours;
    }
    return best;
}

static bool is_complete(const struct trainee *trainee, int64_t year, int64_t hours)
{
    for (size_t i = 0; i < trainee->certificate_count; i++) {
        const struct certificate *certificate = trainee->certificates[i];

        if (certificate->stands && certificate->programme->year == year &&
            hours >= certificate->programme->required_public_hours)
            return true;
    }
    return false;
}

static void settle_year(struct folding *f, struct trainee *trainee, int64_t year)
{
    struct year_record *record = trainee_find_year(trainee, year);
    struct year_record now = {
        .public_hours = public_hours(trainee, year),
        .professional_hours = professional_hours(trainee, year),
    };

    now.complete = is_complete(trainee, year, now.public_hours);
    if (!record) {
        record = trainee_add_year(f->world, trainee, year);
        record->is_new = true;
    } else if (record->public_hours == now.public_hours && record->complete == now.complete &&
               record->professional_hours == now.professional_hours) {
        return;
    }
    record->public_hours = now.public_hours;
    record->professional_hours = now.professional_hours;
    record->complete = now.complete;
    record->revision++;
    record->dirty = true;

    struct effect *effect = folding_effect(f, EFFECT_YEAR_CHANGED);
    effect->enrollment_id = effect->subject = NULL; /* the trainee's, no enrollment's */
    effect->u.year.revision = record->revision;
    effect->u.year.year = year;
    effect->u.year.public_hours = record->public_hours;
    effect->u.year.professional_hours = record->professional_hours;
    effect->u.year.complete = record->complete;
    effect_set_name(f, effect, effect->trainee_id, text_from_int(f->world->arena, year),
                    text_from_int(f->world->arena, record->revision));
}

void settle_years(struct folding *f, struct trainee *trainee)
{
    for (size_t i = 0; i < trainee->enrollment_count; i++)
        settle_year(f, trainee, trainee->enrollments[i]->term->programme->year);
    for (size_t i = 0; i < trainee->credit_count; i++)
        settle_year(f, trainee, trainee->credits[i].year);
}
