/* Exams (R19 to R23; fold.md section 6): attempts, grants, and the verdicts, which are a function
 * of the facts and are said again whenever they change. */
#include <string.h>

#include "rules.h"

/* All or nothing per question; the choices are compared as sets. */
static bool same_letters(const char *choice, const char *key)
{
    return strlen(choice) == strlen(key) && strspn(choice, key) == strlen(choice);
}

static int64_t grade(const struct paper *paper, const struct event *ev)
{
    int64_t score = 0;

    for (size_t i = 0; i < ev->answer_count; i++) {
        const struct question *question = paper_find_question(paper, ev->answers[i].question);

        if (same_letters(ev->answers[i].choice, question->key))
            score += question->marks;
    }
    return score;
}

static const struct attempt *find_attempt(const struct progress *progress, const char *attempt_id)
{
    for (size_t i = 0; progress && i < progress->attempt_count; i++)
        if (strcmp(progress->attempts[i]->attempt_id, attempt_id) == 0)
            return progress->attempts[i];
    return NULL;
}

static void raise_fast_exam(struct folding *f)
{
    struct text subject;

    text_init(&subject, f->world->arena);
    text_add(&subject, f->ev->course_id);
    text_add(&subject, "/");
    text_add(&subject, f->ev->attempt_id);
    folding_anomaly(f, "fast_exam", text_string(&subject), "handed in sooner than min_exam_time_s");
}

enum outcome handle_exam_submitted(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct course *course = catalogues_find_course(f->world->catalogues, ev->course_id);
    struct progress *progress = enrollment_find_course(f->enrollment, ev->course_id);
    const struct attempt *known = find_attempt(progress, ev->attempt_id);

    if (known)
        return known_before(f, known->content, "attempt_id");
    if (!progress) {
        progress = enrollment_add_course(f->world, f->enrollment, course);
        progress->is_new = progress->dirty = progress->covered_loaded = true;
    }
    struct attempt *attempt = progress_add_attempt(f->world, progress, &ev->place);
    const struct paper *paper = catalogues_find_paper(f->world->catalogues, ev->paper_id);
    attempt->attempt_id = arena_strdup(f->world->arena, ev->attempt_id);
    attempt->paper_id = paper->id;
    attempt->time = ev->time;
    attempt->started_at = ev->started_at;
    attempt->score = ev->score >= 0 ? ev->score : grade(paper, ev);
    attempt->passed = attempt->score >= course->programme->pass_score;
    memcpy(attempt->content, ev->content, sizeof attempt->content);
    attempt->is_new = attempt->dirty = f->settles = true;
    if (ev->time - ev->started_at < course->programme->min_exam_time_s * US_PER_S)
        raise_fast_exam(f);
    return OUTCOME_APPLIED;
}

static const struct grant *find_grant(const struct enrollment *enrollment, const char *grant_id)
{
    for (size_t i = 0; i < enrollment->grant_count; i++)
        if (strcmp(enrollment->grants[i]->grant_id, grant_id) == 0)
            return enrollment->grants[i];
    return NULL;
}

enum outcome handle_attempts_granted(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct grant *known = find_grant(f->enrollment, ev->grant_id);

    if (known)
        return known_before(f, known->content, "grant_id");
    struct grant *grant = enrollment_add_grant(f->world, f->enrollment, &ev->place);
    grant->grant_id = arena_strdup(f->world->arena, ev->grant_id);
    grant->course_id = arena_strdup(f->world->arena, ev->course_id);
    grant->actor = arena_strdup(f->world->arena, ev->actor);
    grant->reason = arena_strdup(f->world->arena, ev->reason);
    grant->time = ev->time;
    grant->extra = ev->extra;
    memcpy(grant->content, ev->content, sizeof grant->content);
    grant->is_new = f->settles = true;
    return OUTCOME_APPLIED;
}

const struct attempt *progress_pass(const struct progress *progress)
{
    for (size_t i = 0; i < progress->attempt_count; i++)
        if (progress->attempts[i]->passed && progress->attempts[i]->verdict == VERDICT_COUNTED)
            return progress->attempts[i];
    return NULL;
}

static bool is_in_bar(const struct enrollment *enrollment, int64_t time)
{
    for (size_t i = 0; i < enrollment->bar_count; i++) {
        const struct bar *bar = &enrollment->bars[i];

        if (time >= bar->from && (bar->to == INSTANT_NONE || time < bar->to))
            return true;
    }
    return false;
}

/* max_attempts and what was granted for the course before the place in the exam log. */
static int64_t allowed_attempts(const struct enrollment *enrollment, const struct course *course,
                                const struct place *place)
{
    int64_t allowed = course->programme->max_attempts;

    for (size_t i = 0; i < enrollment->grant_count; i++) {
        const struct grant *grant = enrollment->grants[i];

        if (strcmp(grant->course_id, course->id) == 0 && place_compare(&grant->place, place) < 0)
            allowed += grant->extra;
    }
    return allowed;
}

static enum verdict judge_attempt(const struct world *world, const struct enrollment *enrollment,
                                  const struct progress *progress, const struct attempt *attempt,
                                  int64_t left)
{
    const struct term *term = enrollment->term;

    if (attempt->time < term->training_from || attempt->time >= term->training_to)
        return VERDICT_OUTSIDE_TRAINING;
    if (is_in_bar(enrollment, attempt->time))
        return VERDICT_BARRED;
    if (progress->learned_at == INSTANT_NONE)
        return world_is_closed(world, term->close_at) ? VERDICT_NEVER_LEARNED : VERDICT_OPEN;
    if (attempt->time < progress->learned_at)
        return VERDICT_BEFORE_LEARNING;
    return left <= 0 ? VERDICT_EXHAUSTED : VERDICT_COUNTED;
}

static void say_graded(struct folding *f, const struct progress *progress, struct attempt *attempt)
{
    struct effect *effect = folding_effect(f, EFFECT_EXAM_GRADED);

    attempt->said++;
    effect->u.graded.course_id = progress->course->id;
    effect->u.graded.attempt_id = attempt->attempt_id;
    effect->u.graded.score = attempt->score;
    effect->u.graded.passed = attempt->passed;
    effect->u.graded.verdict = attempt->verdict;
    effect->u.graded.attempts_left = attempt->attempts_left;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, progress->course->id,
                    attempt->attempt_id, text_from_int(f->world->arena, attempt->said));
}

/* R20: the trainee is told of a counted fail, once. */
static void say_failed(struct folding *f, const struct progress *progress, struct attempt *attempt)
{
    struct text subject;

    if (attempt->passed || attempt->failed_said || attempt->verdict != VERDICT_COUNTED)
        return;
    attempt->failed_said = true;
    text_init(&subject, f->world->arena);
    text_add(&subject, progress->course->id);
    text_add(&subject, "/");
    text_add(&subject, attempt->attempt_id);
    struct effect *effect = folding_notice(f, NOTICE_EXAM_FAILED, text_string(&subject));
    effect->u.notice.course_id = progress->course->id;
    effect->u.notice.score = attempt->score;
    effect->u.notice.attempts_left = attempt->attempts_left;
}

static void settle_course(struct folding *f, struct enrollment *enrollment,
                          struct progress *progress)
{
    int64_t counted = 0;

    for (size_t i = 0; i < progress->attempt_count; i++) {
        struct attempt *attempt = progress->attempts[i];
        int64_t allowed = allowed_attempts(enrollment, progress->course, &attempt->place);
        enum verdict verdict = judge_attempt(f->world, enrollment, progress, attempt,
                                             allowed - counted);

        if (verdict == VERDICT_COUNTED)
            counted++;
        int64_t left = allowed > counted ? allowed - counted : 0;
        if (attempt->said && attempt->verdict == verdict && attempt->attempts_left == left)
            continue;
        attempt->verdict = verdict;
        attempt->attempts_left = left;
        attempt->dirty = true;
        say_graded(f, progress, attempt);
        say_failed(f, progress, attempt);
    }
}

static void say_credited(struct folding *f, struct progress *progress)
{
    int64_t credited_at = progress_credited_at(progress);

    if (progress->credited_said || credited_at == INSTANT_NONE)
        return;
    progress->credited_said = progress->dirty = true;
    struct effect *effect = folding_effect(f, EFFECT_COURSE_CREDITED);
    effect->time = credited_at;
    effect->u.course.course = progress->course;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, progress->course->id);
}

void settle_exams(struct folding *f, struct enrollment *enrollment)
{
    for (size_t i = 0; i < enrollment->course_count; i++) {
        settle_course(f, enrollment, enrollment->courses[i]);
        say_credited(f, enrollment->courses[i]);
    }
}
