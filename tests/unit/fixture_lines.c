/* What the fold says as lines: the type without xueshi. and .v1, whose it is, what it says, and @
 * its ce_time. */
#include "fixture.h"

/* One line an effect: its type without xueshi. and .v1, whose it is, what it says, and @ its
 * ce_time. */

static void add_word(struct text *text, const char *word)
{
    text_add(text, " ");
    text_add(text, word ? word : "-");
}

static void add_number(struct text *text, const char *name, int64_t number)
{
    add_word(text, name);
    text_add_int(text, number);
}

static void add_tenths(struct text *text, const char *name, int64_t tenths)
{
    add_word(text, name);
    text_add_tenths(text, tenths);
}

static void describe_changed(struct text *text, const struct effect *effect)
{
    const char *separator = " missing=";

    add_number(text, "#", effect->u.changed.revision);
    add_word(text, state_name(effect->u.changed.state));
    if (effect->u.changed.paid)
        add_word(text, "paid");
    if (effect->u.changed.approved)
        add_word(text, "approved");
    if (effect->u.changed.survey_done)
        add_word(text, "survey");
    if (effect->u.changed.active_at != INSTANT_NONE)
        add_word(text, "active");
    add_tenths(text, "hours=", effect->u.changed.hours);
    for (unsigned bit = MISSING_PAYMENT; bit <= MISSING_REINSTATEMENT; bit <<= 1) {
        if (!(effect->u.changed.missing & bit))
            continue;
        text_add(text, separator);
        text_add(text, missing_name((enum missing)bit));
        separator = ",";
    }
}

static void describe_graded(struct text *text, const struct effect *effect)
{
    add_word(text, effect->u.graded.course_id);
    text_add(text, "/");
    text_add(text, effect->u.graded.attempt_id);
    add_number(text, "", effect->u.graded.score);
    add_word(text, effect->u.graded.passed ? "passed" : "failed");
    add_word(text, verdict_name(effect->u.graded.verdict));
    add_number(text, "left=", effect->u.graded.attempts_left);
}

static void describe_year(struct text *text, const struct effect *effect)
{
    add_number(text, "", effect->u.year.year);
    add_number(text, "#", effect->u.year.revision);
    add_tenths(text, "public=", effect->u.year.public_hours);
    add_tenths(text, "professional=", effect->u.year.professional_hours);
    if (effect->u.year.complete)
        add_word(text, "complete");
}

static void describe_issued(struct text *text, const struct effect *effect)
{
    const char *separator = " ";

    add_number(text, "v", effect->u.issued.version);
    add_tenths(text, "hours=", effect->u.issued.hours);
    for (size_t i = 0; i < effect->u.issued.course_count; i++) {
        text_add(text, separator);
        text_add(text, effect->u.issued.courses[i].course->id);
        if (effect->u.issued.courses[i].score >= 0)
            add_number(text, "", effect->u.issued.courses[i].score);
        separator = ", ";
    }
}

static void describe_notice(struct text *text, const struct effect *effect)
{
    add_word(text, notice_name(effect->u.notice.template));
    switch (effect->u.notice.template) {
    case NOTICE_PAYMENT_CODE:
        add_number(text, "", effect->u.notice.amount_fen);
        break;
    case NOTICE_APPROVED:
        add_word(text, effect->u.notice.study_group);
        break;
    case NOTICE_REJECTED:
        add_word(text, effect->u.notice.reason);
        break;
    case NOTICE_EXAM_FAILED:
        add_word(text, effect->u.notice.course_id);
        add_number(text, "", effect->u.notice.score);
        add_number(text, "left=", effect->u.notice.attempts_left);
        break;
    case NOTICE_SURVEY_DUE:
        break;
    case NOTICE_REMINDER:
        add_number(text, "", effect->u.notice.days_left);
        break;
    case NOTICE_REVOKED:
        add_word(text, revoked_reason_name(effect->u.notice.revoked_reason));
        add_number(text, "v", effect->u.notice.version);
        break;
    case NOTICE_CERTIFICATE:
        add_number(text, "v", effect->u.notice.version);
        break;
    }
}

static void describe_data(struct text *text, const struct effect *effect)
{
    switch (effect->type) {
    case EFFECT_PAYMENT_REQUESTED:
        add_word(text, effect->u.payment.payer_name);
        break;
    case EFFECT_REFUND_REQUESTED:
        add_word(text, effect->u.refund.bank);
        text_add(text, "/");
        text_add(text, effect->u.refund.bank_txn_id);
        add_number(text, "", effect->u.refund.amount_fen);
        add_word(text, owed_name(effect->u.refund.reason));
        break;
    case EFFECT_COURSE_LEARNED:
    case EFFECT_COURSE_CREDITED:
        add_word(text, effect->u.course.course->id);
        break;
    case EFFECT_EXAM_GRADED:
        describe_graded(text, effect);
        break;
    case EFFECT_ENROLLMENT_CHANGED:
        describe_changed(text, effect);
        break;
    case EFFECT_YEAR_CHANGED:
        describe_year(text, effect);
        break;
    case EFFECT_CERTIFICATE_REVOKED:
        add_number(text, "v", effect->u.revoked.version);
        add_word(text, revoked_reason_name(effect->u.revoked.reason));
        add_word(text, effect->u.revoked.detail);
        break;
    case EFFECT_CERTIFICATE_ISSUED:
        describe_issued(text, effect);
        break;
    case EFFECT_ANOMALY_RAISED:
        add_word(text, effect->u.anomaly.kind);
        add_word(text, effect->u.anomaly.subject);
        break;
    case EFFECT_NOTIFICATION_REQUESTED:
        describe_notice(text, effect);
        break;
    case EFFECT_TYPES:
        break;
    }
}

static void describe(struct fixture *fx, struct text *text, const struct effect *effect)
{
    const char *type = effect_type_name(effect->type) + strlen("xueshi.");

    text_add_bytes(text, type, strlen(type) - strlen(".v1"));
    if (effect->enrollment_id)
        add_word(text, effect->enrollment_id);
    describe_data(text, effect);
    text_add(text, " @");
    text_add(text, civil_text(fx, effect->time));
    text_add(text, "\n");
}

const char *said(struct fixture *fx)
{
    return said_of(fx, "");
}

const char *said_of(struct fixture *fx, const char *word)
{
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < fx->effect_count; i++)
        if (strncmp(effect_type_name(fx->effects[i].type) + strlen("xueshi."), word,
                    strlen(word)) == 0)
            describe(fx, &text, &fx->effects[i]);
    fx->effect_count = 0;
    return text_string(&text);
}
