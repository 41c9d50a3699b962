/* Time that passes (fold.md section 7): reminders and the closing of terms. */
#include <stdlib.h>
#include <string.h>

#include "rules.h"

static const int64_t reminder_days[] = {7, 3, 1}; /* R27 */
#define REMINDERS (sizeof reminder_days / sizeof *reminder_days)

/* Two programmes may share an instant. Instants are whole minutes, so the microseconds behind one
 * rank those who share it: what is done is one number. */
static int64_t done_mark(int64_t at, size_t term_index, enum passage what)
{
    return at + (int64_t)(2 * term_index) + (what == PASSAGE_CLOSING);
}

struct candidates {
    const struct catalogues *catalogues;
    int64_t passed, watermark;
    struct passing first;
};

static void consider(struct candidates *candidates, size_t term_index, enum passage what,
                     int64_t at, int64_t days_left)
{
    int64_t mark = done_mark(at, term_index, what);
    bool done = candidates->passed != INSTANT_NONE && mark < candidates->passed;

    if (done || at >= candidates->watermark)
        return;
    if (candidates->first.what != PASSAGE_NONE && candidates->first.passed <= mark)
        return;
    candidates->first = (struct passing){
        .what = what,
        .term = candidates->catalogues->terms[term_index],
        .at = at,
        .days_left = days_left,
        .passed = mark + 1,
    };
}

/* The nearest reminder that is passed now, unless the end is passed, too. */
static void consider_reminder(struct candidates *candidates, size_t term_index)
{
    const struct term *term = candidates->catalogues->terms[term_index];

    if (term->training_to < candidates->watermark)
        return;
    for (size_t i = REMINDERS; i-- > 0;) {
        int64_t at = term->training_to - reminder_days[i] * US_PER_DAY;

        if (at < candidates->watermark) {
            consider(candidates, term_index, PASSAGE_REMINDER, at, reminder_days[i]);
            return;
        }
    }
}

struct passing fold_next_passing(const struct catalogues *catalogues, int64_t passed,
                                 int64_t watermark)
{
    struct candidates candidates = {catalogues, passed, watermark, {.what = PASSAGE_NONE}};

    if (watermark == INSTANT_NONE)
        return candidates.first;
    for (size_t i = 0; i < catalogues->term_count; i++) {
        consider_reminder(&candidates, i);
        consider(&candidates, i, PASSAGE_CLOSING, catalogues->terms[i]->close_at, 0);
    }
    return candidates.first;
}

void fold_close_verdicts(struct world *world, struct trainee *trainee,
                         const struct passing *passing)
{
    struct folding f = {.world = world, .time = passing->at, .trainee = trainee};

    for (size_t i = 0; i < trainee->enrollment_count; i++) {
        if (trainee->enrollments[i]->term != passing->term)
            continue;
        f.enrollment = trainee->enrollments[i];
        settle_exams(&f, f.enrollment);
    }
    folding_emit(&f);
}

void fold_remind(struct world *world, struct trainee *trainee, const struct passing *passing)
{
    struct folding f = {.world = world, .time = passing->at, .trainee = trainee};

    for (size_t i = 0; i < trainee->enrollment_count; i++) {
        f.enrollment = trainee->enrollments[i];
        if (f.enrollment->term != passing->term || f.enrollment->state != STATE_ACTIVE)
            continue;
        struct effect *effect = folding_notice(&f, NOTICE_REMINDER,
                                               text_from_int(world->arena, passing->days_left));
        effect->u.notice.days_left = passing->days_left;
        effect->u.notice.training_to = passing->term->training_to;
    }
    folding_emit(&f);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct map_slot *)a)->key, ((const struct map_slot *)b)->key);
}

/* All entries of a map in the order of their keys. */
static struct map_slot *sorted_slots(struct arena *arena, const struct map *map)
{
    struct map_slot *sorted = arena_alloc(arena, (map->count + 1) * sizeof *sorted);
    size_t count = 0;

    for (size_t i = 0; i < map->cap; i++)
        if (map->slots[i].key)
            sorted[count++] = map->slots[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    return sorted;
}

/* Moves what goes with the term from a list into the queue. */
static void collect_closing(struct world *world, struct held_list *list, const struct term *term,
                            struct held_list *queue)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (fold_goes_with(world, list->at[i]->ev, term))
            held_list_insert(world, queue, list->at[i]);
        else
            list->at[kept++] = list->at[i];
    }
    list->count = kept;
}

static void close_held(struct world *world, const struct term *term)
{
    struct held_list queue = {0};

    for (size_t i = 0; i < world->trainees.cap; i++)
        if (world->trainees.slots[i].key)
            collect_closing(world, &((struct trainee_entry *)world->trainees.slots[i].value)->held,
                            term, &queue);
    for (size_t i = 0; i < world->codes.cap; i++)
        if (world->codes.slots[i].key)
            collect_closing(world, &((struct code *)world->codes.slots[i].value)->held, term,
                            &queue);
    for (size_t i = 0; i < queue.count; i++)
        fold_refuse_held(world, queue.at[i]);
}

void fold_pass(struct world *world, const struct passing *passing)
{
    struct map_slot *trainees = sorted_slots(world->arena, &world->trainees);

    world->passed = passing->passed;
    if (passing->what == PASSAGE_CLOSING)
        close_held(world, passing->term);
    for (size_t i = 0; i < world->trainees.count; i++) {
        struct trainee *trainee = &((struct trainee_entry *)trainees[i].value)->trainee;

        if (passing->what == PASSAGE_CLOSING)
            fold_close_verdicts(world, trainee, passing);
        else
            fold_remind(world, trainee, passing);
    }
}
