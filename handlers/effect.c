/* The words of what goes out. */
#include "effect.h"

static const struct {
    const char *name;
    enum topic topic;
} types[EFFECT_TYPES] = {
    [EFFECT_PAYMENT_REQUESTED] = {"xueshi.payment.requested.v1", TOPIC_PAYMENT_REQUEST},
    [EFFECT_REFUND_REQUESTED] = {"xueshi.refund.requested.v1", TOPIC_PAYMENT_REQUEST},
    [EFFECT_COURSE_LEARNED] = {"xueshi.course.learned.v1", TOPIC_PROGRESS},
    [EFFECT_EXAM_GRADED] = {"xueshi.exam.graded.v1", TOPIC_PROGRESS},
    [EFFECT_COURSE_CREDITED] = {"xueshi.course.credited.v1", TOPIC_PROGRESS},
    [EFFECT_ENROLLMENT_CHANGED] = {"xueshi.enrollment.changed.v1", TOPIC_PROGRESS},
    [EFFECT_YEAR_CHANGED] = {"xueshi.year.changed.v1", TOPIC_PROGRESS},
    [EFFECT_CERTIFICATE_REVOKED] = {"xueshi.certificate.revoked.v1", TOPIC_CERTIFICATE},
    [EFFECT_CERTIFICATE_ISSUED] = {"xueshi.certificate.issued.v1", TOPIC_CERTIFICATE},
    [EFFECT_ANOMALY_RAISED] = {"xueshi.anomaly.raised.v1", TOPIC_PROGRESS},
    [EFFECT_NOTIFICATION_REQUESTED] = {"xueshi.notification.requested.v1", TOPIC_NOTIFICATION},
};

static const char *const states[] = {
    [STATE_PENDING] = "pending",     [STATE_ACTIVE] = "active",
    [STATE_COMPLETED] = "completed", [STATE_DISQUALIFIED] = "disqualified",
    [STATE_REJECTED] = "rejected",   [STATE_WITHDRAWN] = "withdrawn",
    [STATE_REFUNDED] = "refunded",
};

static const char *const verdicts[] = {
    [VERDICT_OPEN] = "open",
    [VERDICT_COUNTED] = "counted",
    [VERDICT_EXHAUSTED] = "exhausted",
    [VERDICT_BEFORE_LEARNING] = "before_learning",
    [VERDICT_OUTSIDE_TRAINING] = "outside_training",
    [VERDICT_BARRED] = "barred",
    [VERDICT_NEVER_LEARNED] = "never_learned",
};

static const char *const owed_reasons[] = {
    [OWED_NOTHING] = NULL,
    [OWED_WRONG_AMOUNT] = "wrong_amount",
    [OWED_ALREADY_SETTLED] = "already_settled",
    [OWED_ENROLLMENT_ENDED] = "enrollment_ended",
    [OWED_UNKNOWN_CODE] = "unknown_code",
};

static const char *const revoked_reasons[] = {
    [REVOKED_ORDERED] = "ordered",           [REVOKED_REJECTED] = "rejected",
    [REVOKED_WITHDRAWN] = "withdrawn",       [REVOKED_REFUNDED] = "refunded",
    [REVOKED_DISQUALIFIED] = "disqualified",
};

static const char *const notices[] = {
    [NOTICE_PAYMENT_CODE] = "payment-code", [NOTICE_APPROVED] = "approved",
    [NOTICE_REJECTED] = "rejected",         [NOTICE_EXAM_FAILED] = "exam-failed",
    [NOTICE_SURVEY_DUE] = "survey-due",     [NOTICE_REMINDER] = "reminder",
    [NOTICE_CERTIFICATE] = "certificate",   [NOTICE_REVOKED] = "revoked",
};

static const struct {
    enum missing bit;
    const char *name;
} missing_words[] = {
    {MISSING_PAYMENT, "payment"},
    {MISSING_APPROVAL, "approval"},
    {MISSING_HOURS, "hours"},
    {MISSING_SURVEY, "survey"},
    {MISSING_REINSTATEMENT, "reinstatement"},
};

const char *effect_type_name(enum effect_type type)
{
    return types[type].name;
}

enum topic effect_topic(enum effect_type type)
{
    return types[type].topic;
}

const char *state_name(enum state state)
{
    return states[state];
}

const char *verdict_name(enum verdict verdict)
{
    return verdicts[verdict];
}

const char *owed_name(enum owed owed)
{
    return owed_reasons[owed];
}

const char *revoked_reason_name(enum revoked_reason reason)
{
    return revoked_reasons[reason];
}

const char *notice_name(enum notice notice)
{
    return notices[notice];
}

const char *missing_name(enum missing bit)
{
    for (size_t i = 0; i < sizeof missing_words / sizeof *missing_words; i++)
        if (missing_words[i].bit == bit)
            return missing_words[i].name;
    return "";
}
