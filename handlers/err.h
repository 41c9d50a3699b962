/* The one error vocabulary: what the loop must do next, and one sentence that says why. */
#ifndef XUESHI_ERR_H
#define XUESHI_ERR_H

#include <stdbool.h>

enum status {
    STATUS_OK = 0,
    STATUS_REJECT, /* this record can never work: dead letter, reason in err.reason */
    STATUS_RETRY,  /* the world's fault: back off and do it again */
    STATUS_FATAL   /* ours, or a broken promise: stop and say so */
};

/* Why a record was refused (events.md, last table), in the order of the table. */
enum reason {
    REASON_NONE = 0,
    REASON_MALFORMED,
    REASON_BAD_ENVELOPE,
    REASON_UNKNOWN_TYPE,
    REASON_WRONG_TOPIC,
    REASON_BAD_SIGNATURE,
    REASON_INVALID_FIELD,
    REASON_KEY_MISMATCH,
    REASON_CLOCK_SKEW,
    REASON_UNKNOWN_TERM,
    REASON_UNKNOWN_COURSE,
    REASON_UNKNOWN_PAPER,
    REASON_UNKNOWN_BANK,
    REASON_UNKNOWN_CERTIFICATE,
    REASON_WRONG_PAPER,
    REASON_BAD_REPORT,
    REASON_CONFLICT,
    REASON_NOT_ELIGIBLE,
    REASON_OUTSIDE_REGISTRATION,
    REASON_ALREADY_ENROLLED,
    REASON_DUPLICATE_IDENTITY,
    REASON_NEVER_RELEASED,
    REASONS
};

struct err {
    enum reason reason;
    char message[256]; /* UTF-8, one sentence without a final stop; no personal data, ever */
};

/* The contract's word, for example "bad_envelope"; "" for REASON_NONE. */
const char *reason_name(enum reason reason);

/* Sets the reason and the message joined from the strings up to a NULL (cut if too long, at a
 * character's edge), and returns STATUS_REJECT. */
enum status err_reject(struct err *err, enum reason reason, const char *first, ...)
    __attribute__((sentinel, nonnull(1, 3)));
/* The same for a status of the caller's choice, without a reason. */
enum status err_set(struct err *err, enum status status, const char *first, ...)
    __attribute__((sentinel, nonnull(1, 3)));

#endif
