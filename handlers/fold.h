/* The fold: one event after another becomes state and effects (fold.md). */
#ifndef XUESHI_FOLD_H
#define XUESHI_FOLD_H

#include "err.h"
#include "world.h"

/* Judges one decoded event and, in queue order, whatever it releases; each is reported to the
 * hooks (judged, then its effects). ev->stamp is set here. The world must hold what the event
 * names: the trainee in full, or thin for watch-time events that cannot complete a course
 * (fold_may_learn), the code, the claims, the identity. */
void fold_event(struct world *world, struct event *ev);

/* The names that an event makes known to the loader before it is folded: the payment code that a
 * submission derives (NULL for other types, or when the term is in no catalogue). */
const char *fold_derived_code(struct world *world, const struct event *ev);

/* What time brings next (fold.md section 7): what the watermark has passed and is not done yet. */
enum passage { PASSAGE_NONE, PASSAGE_REMINDER, PASSAGE_CLOSING };
struct passing {
    enum passage what;
    const struct term *term;
    int64_t at;        /* the instant that is passed; the effects' ce_time */
    int64_t days_left; /* PASSAGE_REMINDER */
    int64_t passed;    /* what world->passed is once it is done */
};
/* The next one; PASSAGE_NONE when all is done. */
struct passing fold_next_passing(const struct catalogues *catalogues, int64_t passed,
                                 int64_t watermark);

/* A closing, in three steps: world->passed is set to passing->passed first, then every held entry
 * that goes with the term (fold_goes_with) is refused or booked in queue order, then each trainee's
 * open verdicts are closed in order of trainee_id. */
bool fold_goes_with(const struct world *world, const struct event *held, const struct term *term);
void fold_refuse_held(struct world *world, struct held *held);
void fold_close_verdicts(struct world *world, struct trainee *trainee,
                         const struct passing *passing);
/* A reminder run: each trainee in order of trainee_id. */
void fold_remind(struct world *world, struct trainee *trainee, const struct passing *passing);

/* All of a closing or a reminder run at once, for a world that holds everything; sets
 * world->passed. */
void fold_pass(struct world *world, const struct passing *passing);

/* For the loader: whether the reports' seconds could complete the course, so that the trainee must
 * be loaded in full. `covered_s` and `presence_us` are what is there, `more_us` the sum of what the
 * batch's reports of this course claim: media time (played) or wall time (attended). */
bool fold_may_learn(const struct course *course, int64_t learned_at, int64_t covered_s,
                    int64_t presence_us, int64_t more_us);

/* Derived facts that are not stored, for the dump and explain. */

/* When the course's hours began to count; INSTANT_NONE: they do not. */
int64_t progress_credited_at(const struct progress *progress);
/* The first counted pass in the exam log; NULL: none. */
const struct attempt *progress_pass(const struct progress *progress);
/* The settling payment; NULL: none. */
const struct payment *enrollment_settlement(const struct enrollment *enrollment);
/* The sum of a payment's refunds in fen. */
int64_t payment_refunded(const struct payment *payment);
/* Whether the last bar is open. */
bool enrollment_is_barred(const struct enrollment *enrollment);

#endif
