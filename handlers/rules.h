/* Inside handlers/: one record on its way through the rules. Not for anybody else. */
#ifndef XUESHI_RULES_H
#define XUESHI_RULES_H

#include "fold.h"
#include "text.h"

/* What one record (or one trainee's part of a closing) changes, while it is folded. */
struct folding {
    struct world *world;
    const struct event *ev;  /* NULL in a closing or a reminder run */
    int64_t time;            /* ce_time of effects without an instant of their own */
    struct trainee *trainee; /* NULL: money of an unknown code */
    struct enrollment *enrollment;
    struct code *code; /* payment events */
    struct err *err;
    bool settles; /* facts changed from which something is derived: settle when applied */
    struct effect *effects;
    size_t effect_count, effect_cap;
};

/* A handler applies one event that passed all common checks: it decides (natural identity, then the
 * rule's own reasons, in f->err), changes the dossier and adds effects. */
typedef enum outcome handler(struct folding *f);

handler handle_enrollment_submitted, handle_enrollment_reviewed, handle_enrollment_withdrawn,
    handle_enrollment_disqualified, handle_enrollment_reinstated, handle_enrollment_corrected;
handler handle_survey_submitted, handle_credit_imported, handle_revocation_ordered;
handler handle_payment_settled, handle_payment_refunded, handle_payment_receipted;
handler handle_watch_played, handle_live_attended;
handler handle_exam_submitted, handle_attempts_granted;

/* For the handlers' refusals. */
#define REJECT(f, reason, ...) (err_reject((f)->err, (reason), __VA_ARGS__, NULL), OUTCOME_REJECTED)
/* Known identity: the same content is a duplicate, other content a conflict that names `what`. */
enum outcome known_before(struct folding *f, const uint8_t content[32], const char *what);

/* checks.c: the checks between decoding and holding, in their order; STATUS_OK or STATUS_REJECT. */
enum status check_event(const struct world *world, const struct event *ev, struct err *err);

/* effects.c */

/* A new effect of the record, zeroed, with ids, subject, key and ce_time as most have them; its
 * instants in the union are 0, to be set by the caller. Valid until the next call. */
struct effect *folding_effect(struct folding *f, enum effect_type type);
/* Sets what is hashed into ce_id: the type's name and the parts up to a NULL. */
#define effect_set_name(f, effect, ...)                                                            \
    ((effect)->name = text_join((f)->world->arena, effect_type_name((effect)->type), __VA_ARGS__,  \
                                NULL))
/* A notification of this template and subject (part of its name; "" if it has none). */
struct effect *folding_notice(struct folding *f, enum notice template, const char *subject);
/* Raises an anomaly and notes it in the dossier; the caller sees to "once". */
void folding_anomaly(struct folding *f, const char *kind, const char *subject, const char *detail);
/* Sends the effects out in their order. */
void folding_emit(struct folding *f);

/* exam.c: verdicts anew, exam.graded and exam-failed where they changed. */
void settle_exams(struct folding *f, struct enrollment *enrollment);
/* payment.c: what is owed back, refund requests, over-refunds. */
void settle_payments(struct folding *f, struct enrollment *enrollment, struct payments *payments,
                     bool ended);
/* enrollment.c: whether state, hours and the rest follow from other facts now; says so. */
void settle_enrollment(struct folding *f, struct enrollment *enrollment);
/* certificate.c */
void settle_certificate(struct folding *f, struct trainee *trainee,
                        const struct programme *programme);
/* year.c: all years of the trainee. */
void settle_years(struct folding *f, struct trainee *trainee);

/* The state that follows from the facts, due_at aside. */
bool enrollment_is_refunded(const struct enrollment *enrollment);
bool enrollment_has_ended(const struct enrollment *enrollment);

/* The courses that the certificate stands on (fold.md section 7), in evidence order. */
struct evidence {
    const struct progress **courses;
    size_t count;
    int64_t hours;    /* their sum */
    int64_t hours_at; /* credited_at of the last; INSTANT_NONE: not enough hours */
};
struct evidence enrollment_evidence(struct arena *arena, const struct enrollment *enrollment);

const char *certificate_number(const struct world *world, const struct programme *programme,
                               const char *trainee_id);

#endif
