/* What goes out (events.md, "Out"): typed, before it becomes JSON. */
#ifndef XUESHI_EFFECT_H
#define XUESHI_EFFECT_H

#include "catalogue.h"
#include "event.h"

/* In the order in which the effects of one record go out (fold.md section 8). */
enum effect_type {
    EFFECT_PAYMENT_REQUESTED,
    EFFECT_REFUND_REQUESTED,
    EFFECT_COURSE_LEARNED,
    EFFECT_EXAM_GRADED,
    EFFECT_COURSE_CREDITED,
    EFFECT_ENROLLMENT_CHANGED,
    EFFECT_YEAR_CHANGED,
    EFFECT_CERTIFICATE_REVOKED,
    EFFECT_CERTIFICATE_ISSUED,
    EFFECT_ANOMALY_RAISED,
    EFFECT_NOTIFICATION_REQUESTED,
    EFFECT_TYPES
};

enum state {
    STATE_PENDING,
    STATE_ACTIVE,
    STATE_COMPLETED,
    STATE_DISQUALIFIED,
    STATE_REJECTED,
    STATE_WITHDRAWN,
    STATE_REFUNDED
};
const char *state_name(enum state state);

enum verdict {
    VERDICT_OPEN,
    VERDICT_COUNTED,
    VERDICT_EXHAUSTED,
    VERDICT_BEFORE_LEARNING,
    VERDICT_OUTSIDE_TRAINING,
    VERDICT_BARRED,
    VERDICT_NEVER_LEARNED
};
const char *verdict_name(enum verdict verdict);

/* Conditions that are not met, in the order of `missing`. */
enum missing {
    MISSING_PAYMENT = 1,
    MISSING_APPROVAL = 2,
    MISSING_HOURS = 4,
    MISSING_SURVEY = 8,
    MISSING_REINSTATEMENT = 16
};
/* The word of one bit. */
const char *missing_name(enum missing bit);

/* Why a settlement is owed back. */
enum owed {
    OWED_NOTHING,
    OWED_WRONG_AMOUNT,
    OWED_ALREADY_SETTLED,
    OWED_ENROLLMENT_ENDED,
    OWED_UNKNOWN_CODE
};
/* NULL for OWED_NOTHING. */
const char *owed_name(enum owed owed);

enum revoked_reason {
    REVOKED_ORDERED,
    REVOKED_REJECTED,
    REVOKED_WITHDRAWN,
    REVOKED_REFUNDED,
    REVOKED_DISQUALIFIED
};
const char *revoked_reason_name(enum revoked_reason reason);

enum notice {
    NOTICE_PAYMENT_CODE,
    NOTICE_APPROVED,
    NOTICE_REJECTED,
    NOTICE_EXAM_FAILED,
    NOTICE_SURVEY_DUE,
    NOTICE_REMINDER,
    NOTICE_CERTIFICATE,
    NOTICE_REVOKED
};
const char *notice_name(enum notice notice);

struct evidence_course {
    const struct course *course;
    int64_t score; /* -1: none (live) */
};

/* The data of each type, beside the ids that all carry. What is absent is NULL or INSTANT_NONE. */
struct effect {
    enum effect_type type;
    int64_t time;        /* ce_time */
    const char *subject; /* ce_subject; NULL: none */
    const char *key;     /* of the Kafka record */
    const char *name;    /* ce_type and what follows it, joined by LF: hashed into ce_id */
    const char *enrollment_id, *trainee_id;
    union {
        struct {
            const char *payment_code, *payer_name;
            const struct programme *programme; /* amount, currency, banks */
            int64_t pay_before;
        } payment;
        struct {
            const char *payment_code, *bank, *bank_txn_id, *currency;
            int64_t amount_fen;
            enum owed reason;
        } refund;
        struct {
            const struct course *course;
            int64_t learned_at; /* EFFECT_COURSE_LEARNED */
        } course;
        struct {
            const char *course_id, *attempt_id;
            int64_t score, attempts_left;
            bool passed;
            enum verdict verdict;
        } graded;
        struct {
            int64_t revision;
            enum state state;
            bool paid, approved, survey_done;
            int64_t active_at;
            int64_t hours, required_hours;
            const char *study_group;
            unsigned missing; /* bits of enum missing */
        } changed;
        struct {
            int64_t revision, year, public_hours, professional_hours;
            bool complete;
        } year;
        struct {
            const char *certificate_no;
            int64_t version;
            const char *holder_name, *id_number_masked;
            const struct term *term; /* programme, year, series, category, training window */
            int64_t hours, issued_at;
            const struct evidence_course *courses;
            size_t course_count;
            const char *bank, *bank_txn_id;
            uint8_t digest[32];
            /* The version before, if it stood until now: since the later of the two issued_at it
             * does not. 0: none did. */
            int64_t replaced_version, replaced_at;
        } issued;
        struct {
            const char *certificate_no;
            int64_t version, revoked_at;
            enum revoked_reason reason;
            const char *detail;
        } revoked;
        struct {
            const char *kind, *subject, *detail;
        } anomaly;
        struct {
            enum notice template;
            const char *payment_code, *study_group, *reason, *course_id, *certificate_no;
            int64_t amount_fen, pay_before, score, attempts_left, days_left, training_to, version;
            enum revoked_reason revoked_reason;
        } notice;
    } u;
};

/* The contract's name of a type, and the topic it goes out on. */
const char *effect_type_name(enum effect_type type);
enum topic effect_topic(enum effect_type type);

#endif
