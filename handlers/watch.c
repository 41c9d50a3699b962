/* Watched time (R16, R17; fold.md section 5): never believed, always established here. */
#include <stdlib.h>

#include "rules.h"

#define CUT_REPORTS_ANOMALY 20
#define ROUNDING_S          2               /* allowed on top of rate x time */
#define ROUNDING_FROM_US    (10 * US_PER_S) /* in reports at least this long */

struct span {
    int64_t from, to; /* [from, to) */
};

static struct span clip(struct span span, int64_t from, int64_t to)
{
    if (span.from < from)
        span.from = from;
    if (span.to > to)
        span.to = to;
    return span;
}

static int64_t span_length(struct span span)
{
    return span.to > span.from ? span.to - span.from : 0;
}

/* The report's wall time inside [w0, w1): the training window from active_at on, and for a live
 * course its broadcast. */
static struct span clip_to_window(const struct folding *f, const struct course *course)
{
    const struct enrollment *enrollment = f->enrollment;
    struct span wall = {.from = f->ev->started_at, .to = f->ev->ended_at};

    wall = clip(wall, enrollment->term->training_from, enrollment->term->training_to);
    wall = clip(wall, enrollment->active_at, INT64_MAX);
    if (course->kind == COURSE_LIVE)
        wall = clip(wall, course->from, course->to);
    return wall;
}

/* Media in proportion to what is left of the wall time: a' rounded up, b' rounded down. The
 * catalogue's limits keep the products within 64 bits. */
static struct span clip_media(const struct event *ev, struct span wall)
{
    int64_t length = ev->ended_at - ev->started_at, media = ev->to_s - ev->from_s;
    int64_t before = (wall.from - ev->started_at) * media,
            until = (wall.to - ev->started_at) * media;

    return (struct span){
        .from = ev->from_s + (before + length - 1) / length,
        .to = ev->from_s + until / length,
    };
}

/* The civil day, as an index into the term's midnights, in which an instant of the training window
 * lies. */
static size_t day_index(const struct term *term, int64_t instant)
{
    size_t low = 0, high = term->midnight_count - 1;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (term->midnights[middle] <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static const char *date_text(struct arena *arena, int64_t day)
{
    int year, month, date;
    char *text = arena_alloc(arena, sizeof "YYYY-MM-DD");

    instant_date_from_days(day, &year, &month, &date);
    text[0] = (char)('0' + year / 1000 % 10);
    text[1] = (char)('0' + year / 100 % 10);
    text[2] = (char)('0' + year / 10 % 10);
    text[3] = (char)('0' + year % 10);
    text[4] = text[7] = '-';
    text[5] = (char)('0' + month / 10);
    text[6] = (char)('0' + month % 10);
    text[8] = (char)('0' + date / 10);
    text[9] = (char)('0' + date % 10);
    return text;
}

/* Takes one civil day's part of the wall time; returns how much of it was free. The total only
 * grows, so it passes max_day once. */
static int64_t take_day(struct folding *f, size_t index, struct span part)
{
    const struct term *term = f->enrollment->term;
    int64_t max_us = term->programme->max_day_s * US_PER_S;
    struct taken_day *day = enrollment_day(f->world, f->enrollment,
                                           term->first_day + (int64_t)index);
    int64_t before = day->taken.total;
    int64_t free = intervals_add(&day->taken, f->world->arena, part.from, part.to);

    if (!free)
        return 0;
    if (!before)
        day->is_new = true;
    day->dirty = true;
    if (before <= max_us && day->taken.total > max_us)
        folding_anomaly(f, "long_day", date_text(f->world->arena, day->day),
                        "more watched time in a day than max_day_s");
    return free;
}

/* Takes the wall time (R17.3); returns F, the part of it that was free. */
static int64_t take_wall(struct folding *f, struct span wall)
{
    const struct term *term = f->enrollment->term;
    int64_t free = 0;

    for (size_t i = day_index(term, wall.from); wall.from < wall.to; i++) {
        struct span part = wall;

        if (i + 1 < term->midnight_count - 1 && part.to > term->midnights[i + 1])
            part.to = term->midnights[i + 1];
        free += take_day(f, i, part);
        wall.from = part.to;
    }
    return free;
}

static struct progress *course_progress(struct folding *f, const struct course *course)
{
    struct progress *progress = enrollment_find_course(f->enrollment, course->id);

    if (!progress) {
        progress = enrollment_add_course(f->world, f->enrollment, course);
        progress->is_new = progress->covered_loaded = true;
    }
    progress->dirty = true;
    return progress;
}

/* Media seconds that F of free time is worth, in a report of that length as it came (R17.2). */
static int64_t worth(const struct programme *programme, int64_t free_us, int64_t report_us)
{
    int64_t seconds = free_us * programme->max_rate / 1000 / US_PER_S;

    if (report_us >= ROUNDING_FROM_US && 2 * free_us >= report_us)
        seconds += ROUNDING_S;
    return seconds;
}

static bool is_learned(const struct course *course, int64_t covered_s, int64_t presence_us)
{
    const struct programme *programme = course->programme;

    if (course->kind == COURSE_LIVE)
        return presence_us * 1000 >= (course->to - course->from) * programme->live_share;
    return covered_s * 1000 >= course->length_s * programme->required_share;
}

bool fold_may_learn(const struct course *course, int64_t learned_at, int64_t covered_s,
                    int64_t presence_us, int64_t more_us)
{
    int64_t more_s = more_us / US_PER_S + 1;

    return learned_at == INSTANT_NONE &&
           is_learned(course, covered_s + more_s, presence_us + more_us);
}

static void learn(struct folding *f, struct progress *progress, int64_t learned_at)
{
    if (!f->trainee->full)
        abort(); /* the loader's promise: see fold_may_learn */
    progress->learned_at = learned_at;
    f->settles = true;
    if (progress->course->kind == COURSE_LIVE)
        return; /* said of recorded courses only */
    struct effect *effect = folding_effect(f, EFFECT_COURSE_LEARNED);
    effect->time = learned_at;
    effect->u.course.course = progress->course;
    effect->u.course.learned_at = learned_at;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, progress->course->id);
}

static void learn_if_enough(struct folding *f, struct progress *progress, int64_t at)
{
    if (progress->learned_at == INSTANT_NONE &&
        is_learned(progress->course, progress->covered_s, progress->presence_us))
        learn(f, progress, at);
}

/* A report of which a part was cut off by the free time or the rate. */
static void count_cut(struct folding *f, struct progress *progress)
{
    if (++progress->cut_reports == CUT_REPORTS_ANOMALY)
        folding_anomaly(f, "cut_reports", progress->course->id,
                        "many reports claim more than their time is worth");
}

enum outcome handle_watch_played(struct folding *f)
{
    const struct course *course = catalogues_find_course(f->world->catalogues, f->ev->course_id);

    if (enrollment_has_ended(f->enrollment))
        return OUTCOME_APPLIED;
    struct span wall = clip_to_window(f, course);
    if (!span_length(wall))
        return OUTCOME_APPLIED;
    int64_t free = take_wall(f, wall);
    if (!free)
        return OUTCOME_DUPLICATE;

    struct span media = clip_media(f->ev, wall);
    int64_t report_us = f->ev->ended_at - f->ev->started_at;
    int64_t until = media.from + worth(course->programme, free, report_us);
    struct progress *progress = course_progress(f, course);
    if (until < media.to)
        count_cut(f, progress);
    else
        until = media.to;
    intervals_add(&progress->covered, f->world->arena, media.from, until);
    progress->covered_s = progress->covered.total;
    learn_if_enough(f, progress, wall.to);
    return OUTCOME_APPLIED;
}

enum outcome handle_live_attended(struct folding *f)
{
    const struct course *course = catalogues_find_course(f->world->catalogues, f->ev->course_id);

    if (enrollment_has_ended(f->enrollment))
        return OUTCOME_APPLIED;
    struct span wall = clip_to_window(f, course);
    if (!span_length(wall))
        return OUTCOME_APPLIED;
    int64_t free = take_wall(f, wall);
    if (!free)
        return OUTCOME_DUPLICATE;
    /* Free time was taken by nothing before: presence never overlaps itself. */
    struct progress *progress = course_progress(f, course);
    progress->presence_us += free;
    learn_if_enough(f, progress, wall.to);
    return OUTCOME_APPLIED;
}
