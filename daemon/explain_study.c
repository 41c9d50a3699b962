/* Hours: course by course what is there and what is needed (R14 to R23). */
#include <string.h>

#include "../handlers/fold.h"
#include "explain_internal.h"

/* What one course shows of itself in all its sentences. */
struct course_values {
    struct fact_value title, course_id, hours;
};

static struct course_values course_values(const struct course *course)
{
    return (struct course_values){
        .title = TEXT("title", course->title),
        .course_id = TEXT("course_id", course->id),
        .hours = HOURS("hours", course->hours),
    };
}

/* The least whole number of seconds that is the share of a length. */
static int64_t share_of(int64_t length_s, int64_t per_mille)
{
    return (length_s * per_mille + 999) / 1000;
}

static int64_t at_least_0(int64_t number)
{
    return number > 0 ? number : 0;
}

static void explain_watching(struct explanation *out, const struct enrollment *enrollment,
                             const struct course *course, const struct progress *progress)
{
    struct course_values values = course_values(course);
    int64_t watched_s = progress ? progress->covered_s : 0;
    int64_t share = course->programme->required_share;

    SAY(out, enrollment, SAY_COURSE_UNWATCHED, values.title, values.course_id, values.hours,
        SECONDS("watched_s", watched_s), SECONDS("length_s", course->length_s),
        SHARE("share", share),
        SECONDS("lack_s", at_least_0(share_of(course->length_s, share) - watched_s)));
    if (progress && progress->cut_reports)
        SAY(out, enrollment, SAY_REPORTS_CUT, NUMBER("count", progress->cut_reports));
}

static void explain_attending(struct explanation *out, const struct enrollment *enrollment,
                              const struct course *course, const struct progress *progress)
{
    struct course_values values = course_values(course);
    int64_t watched_s = progress ? progress->presence_us / US_PER_S : 0;
    int64_t share = course->programme->live_share;
    int64_t needed_s = share_of((course->to - course->from) / US_PER_S, share);

    SAY(out, enrollment, SAY_COURSE_UNATTENDED, values.title, values.course_id, values.hours,
        INSTANT("from", course->from), INSTANT("to", course->to), SECONDS("watched_s", watched_s),
        SHARE("share", share), SECONDS("lack_s", at_least_0(needed_s - watched_s)));
}

struct exams {
    int64_t counted, best_score, left;
};

static struct exams sum_exams(const struct enrollment *enrollment, const struct progress *progress)
{
    const struct course *course = progress->course;
    struct exams exams = {.left = course->programme->max_attempts};

    for (size_t i = 0; i < enrollment->grant_count; i++)
        if (strcmp(enrollment->grants[i]->course_id, course->id) == 0)
            exams.left += enrollment->grants[i]->extra;
    for (size_t i = 0; i < progress->attempt_count; i++) {
        const struct attempt *attempt = progress->attempts[i];

        if (attempt->verdict != VERDICT_COUNTED)
            continue;
        exams.counted++;
        if (attempt->score > exams.best_score)
            exams.best_score = attempt->score;
    }
    exams.left = at_least_0(exams.left - exams.counted);
    return exams;
}

static void explain_vain_attempts(struct explanation *out, const struct enrollment *enrollment,
                                  const struct progress *progress)
{
    for (size_t i = 0; progress && i < progress->attempt_count; i++) {
        const struct attempt *attempt = progress->attempts[i];

        if (attempt->verdict != VERDICT_COUNTED)
            SAY(out, enrollment, SAY_ATTEMPT_VAIN, TEXT("attempt_id", attempt->attempt_id),
                INSTANT("at", attempt->time), NUMBER("score", attempt->score),
                WORD("verdict", &verdict_words[attempt->verdict]));
    }
}

/* The course has been watched, but no exam has been passed. */
static void explain_exams(struct explanation *out, const struct enrollment *enrollment,
                          const struct progress *progress)
{
    struct course_values values = course_values(progress->course);
    struct exams exams = sum_exams(enrollment, progress);
    const struct fact_value pass = NUMBER("pass_score", progress->course->programme->pass_score);

    if (!exams.counted)
        SAY(out, enrollment, SAY_EXAM_NOT_TAKEN, values.title, values.course_id, values.hours,
            INSTANT("learned_at", progress->learned_at), NUMBER("attempts_left", exams.left), pass);
    else
        SAY(out, enrollment, exams.left ? SAY_EXAM_NOT_PASSED : SAY_EXAM_EXHAUSTED, values.title,
            values.course_id, values.hours, NUMBER("attempts", exams.counted),
            NUMBER("best_score", exams.best_score), pass, NUMBER("attempts_left", exams.left));
}

static void explain_credited(struct explanation *out, const struct enrollment *enrollment,
                             const struct progress *progress)
{
    struct course_values values = course_values(progress->course);
    bool is_struck = enrollment_is_barred(enrollment) && progress->course->kind == COURSE_RECORDED;

    if (is_struck)
        SAY(out, enrollment, SAY_COURSE_STRUCK, values.title, values.course_id, values.hours);
    else
        SAY(out, enrollment, SAY_COURSE_CREDITED, values.title, values.course_id, values.hours,
            INSTANT("at", progress_credited_at(progress)));
}

static void explain_course(struct explanation *out, const struct enrollment *enrollment,
                           const struct course *course)
{
    const struct progress *progress = enrollment_find_course(enrollment, course->id);

    if (progress && progress_credited_at(progress) != INSTANT_NONE)
        explain_credited(out, enrollment, progress);
    else if (course->kind == COURSE_LIVE)
        explain_attending(out, enrollment, course, progress);
    else if (!progress || progress->learned_at == INSTANT_NONE)
        explain_watching(out, enrollment, course, progress);
    else
        explain_exams(out, enrollment, progress);
    if (!progress || progress_credited_at(progress) == INSTANT_NONE)
        explain_vain_attempts(out, enrollment, progress);
}

void explain_hours(struct explanation *out, const struct enrollment *enrollment)
{
    const struct programme *programme = enrollment->term->programme;
    const struct fact_value have = HOURS("have", enrollment->hours);
    const struct fact_value need = HOURS("need", programme->required_hours);

    if (!(enrollment->missing & MISSING_HOURS)) {
        SAY(out, enrollment, SAY_HOURS_DONE, have, need);
        return;
    }
    SAY(out, enrollment, SAY_HOURS_MISSING, have, need,
        HOURS("lack", programme->required_hours - enrollment->hours));
    for (size_t i = 0; i < programme->course_count; i++)
        if (term_offers(enrollment->term, &programme->courses[i]))
            explain_course(out, enrollment, &programme->courses[i]);
}
