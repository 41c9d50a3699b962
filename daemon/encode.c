/* Effects to CloudEvents: one writer of members for each type. */
#include "encode.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "../handlers/text.h"
#include "attest.h"
#include "crypto.h"

/* jansson answers NULL or -1 when memory is short; ours aborts then. */
static void must(int status)
{
    if (status != 0)
        abort();
}

static void put(json_t *object, const char *name, json_t *value)
{
    must(json_object_set_new_nocheck(object, name, value));
}

/* Texts came in as valid UTF-8; absent ones are left out. */
static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        put(object, name, json_string_nocheck(text));
}

static void put_int(json_t *object, const char *name, int64_t number)
{
    put(object, name, json_integer(number));
}

static void put_bool(json_t *object, const char *name, bool value)
{
    put(object, name, json_boolean(value));
}

static void put_instant(json_t *object, const char *name, int64_t instant)
{
    char text[INSTANT_TEXT];

    if (instant != INSTANT_NONE)
        put_text(object, name, instant_format(instant, text));
}

/* Tenths as a JSON number. A tenth is the double nearest to it, and jansson writes the shortest
 * text of 15 digits: 7.5, never 7.4999. */
static void put_hours(json_t *object, const char *name, int64_t tenths)
{
    put(object, name, tenths % 10 ? json_real((double)tenths / 10.0) : json_integer(tenths / 10));
}

static void put_hex(json_t *object, const char *name, const uint8_t digest[32])
{
    char hex[65];

    crypto_hex(digest, 32, hex);
    put_text(object, name, hex);
}

typedef void writer(json_t *data, const struct effect *effect);

static void write_payment(json_t *data, const struct effect *effect)
{
    const struct programme *programme = effect->u.payment.programme;
    json_t *banks = json_array();

    for (size_t i = 0; i < programme->banks.count; i++)
        must(json_array_append_new(banks, json_string_nocheck(programme->banks.at[i])));
    put_text(data, "payment_code", effect->u.payment.payment_code);
    put_int(data, "amount_fen", programme->fee_fen);
    put_text(data, "currency", programme->currency);
    put_text(data, "payer_name", effect->u.payment.payer_name);
    put(data, "banks", banks);
    put_instant(data, "pay_before", effect->u.payment.pay_before);
}

static void write_refund(json_t *data, const struct effect *effect)
{
    put_text(data, "payment_code", effect->u.refund.payment_code);
    put_text(data, "bank", effect->u.refund.bank);
    put_text(data, "bank_txn_id", effect->u.refund.bank_txn_id);
    put_int(data, "amount_fen", effect->u.refund.amount_fen);
    put_text(data, "currency", effect->u.refund.currency);
    put_text(data, "reason", owed_name(effect->u.refund.reason));
}

static void write_learned(json_t *data, const struct effect *effect)
{
    put_text(data, "course_id", effect->u.course.course->id);
    put_instant(data, "learned_at", effect->u.course.learned_at);
}

static void write_credited(json_t *data, const struct effect *effect)
{
    put_text(data, "course_id", effect->u.course.course->id);
    put_hours(data, "hours", effect->u.course.course->hours);
}

static void write_graded(json_t *data, const struct effect *effect)
{
    put_text(data, "course_id", effect->u.graded.course_id);
    put_text(data, "attempt_id", effect->u.graded.attempt_id);
    put_int(data, "score", effect->u.graded.score);
    put_bool(data, "passed", effect->u.graded.passed);
    put_text(data, "verdict", verdict_name(effect->u.graded.verdict));
    put_int(data, "attempts_left", effect->u.graded.attempts_left);
}

static void write_changed(json_t *data, const struct effect *effect)
{
    json_t *missing = json_array();

    for (unsigned bit = MISSING_PAYMENT; bit <= MISSING_REINSTATEMENT; bit <<= 1)
        if (effect->u.changed.missing & bit)
            must(json_array_append_new(missing,
                                       json_string_nocheck(missing_name((enum missing)bit))));
    put_int(data, "revision", effect->u.changed.revision);
    put_text(data, "state", state_name(effect->u.changed.state));
    put_bool(data, "paid", effect->u.changed.paid);
    put_bool(data, "approved", effect->u.changed.approved);
    put_instant(data, "active_at", effect->u.changed.active_at);
    put_hours(data, "hours", effect->u.changed.hours);
    put_hours(data, "required_hours", effect->u.changed.required_hours);
    put_bool(data, "survey_done", effect->u.changed.survey_done);
    put_text(data, "study_group", effect->u.changed.study_group);
    put(data, "missing", missing);
}

static void write_year(json_t *data, const struct effect *effect)
{
    put_int(data, "revision", effect->u.year.revision);
    put_int(data, "year", effect->u.year.year);
    put_hours(data, "public_hours", effect->u.year.public_hours);
    put_hours(data, "professional_hours", effect->u.year.professional_hours);
    put_bool(data, "complete", effect->u.year.complete);
}

static json_t *evidence_json(const struct effect *effect)
{
    json_t *evidence = json_object(), *courses = json_array(), *payment = json_object();

    for (size_t i = 0; i < effect->u.issued.course_count; i++) {
        const struct evidence_course *one = &effect->u.issued.courses[i];
        json_t *course = json_object();

        put_text(course, "course_id", one->course->id);
        put_text(course, "kind", one->course->kind == COURSE_LIVE ? "live" : "recorded");
        put_hours(course, "hours", one->course->hours);
        if (one->score >= 0)
            put_int(course, "score", one->score);
        must(json_array_append_new(courses, course));
    }
    put_text(payment, "bank", effect->u.issued.bank);
    put_text(payment, "bank_txn_id", effect->u.issued.bank_txn_id);
    put(evidence, "courses", courses);
    put(evidence, "payment", payment);
    put_hex(evidence, "digest", effect->u.issued.digest);
    return evidence;
}

static void write_issued(json_t *data, const struct effect *effect)
{
    const struct term *term = effect->u.issued.term;
    json_t *holder = json_object();

    put_text(holder, "name", effect->u.issued.holder_name);
    put_text(holder, "id_number_masked", effect->u.issued.id_number_masked);
    put_text(data, "certificate_no", effect->u.issued.certificate_no);
    put_int(data, "version", effect->u.issued.version);
    put(data, "holder", holder);
    put_text(data, "programme_id", term->programme->id);
    put_int(data, "year", term->programme->year);
    put_text(data, "series", term->programme->series_id);
    put_text(data, "category", term->programme->category);
    put_hours(data, "hours", effect->u.issued.hours);
    put_text(data, "term_id", term->id);
    put_instant(data, "training_from", term->training_from);
    put_instant(data, "training_to", term->training_to);
    put_instant(data, "issued_at", effect->u.issued.issued_at);
    put(data, "evidence", evidence_json(effect));
}

static void write_revoked(json_t *data, const struct effect *effect)
{
    put_text(data, "certificate_no", effect->u.revoked.certificate_no);
    put_int(data, "version", effect->u.revoked.version);
    put_instant(data, "revoked_at", effect->u.revoked.revoked_at);
    put_text(data, "reason", revoked_reason_name(effect->u.revoked.reason));
    put_text(data, "detail", effect->u.revoked.detail);
}

static void write_anomaly(json_t *data, const struct effect *effect)
{
    put_text(data, "kind", effect->u.anomaly.kind);
    put_text(data, "subject", effect->u.anomaly.subject);
    put_text(data, "detail", effect->u.anomaly.detail);
}

/* The params of each template (fold.md section 8). */
static void write_params(json_t *params, const struct effect *effect)
{
    switch (effect->u.notice.template) {
    case NOTICE_PAYMENT_CODE:
        put_text(params, "payment_code", effect->u.notice.payment_code);
        put_int(params, "amount_fen", effect->u.notice.amount_fen);
        put_instant(params, "pay_before", effect->u.notice.pay_before);
        break;
    case NOTICE_APPROVED:
        put_text(params, "study_group", effect->u.notice.study_group);
        break;
    case NOTICE_REJECTED:
        put_text(params, "reason", effect->u.notice.reason);
        break;
    case NOTICE_EXAM_FAILED:
        put_text(params, "course_id", effect->u.notice.course_id);
        put_int(params, "score", effect->u.notice.score);
        put_int(params, "attempts_left", effect->u.notice.attempts_left);
        break;
    case NOTICE_SURVEY_DUE:
        break;
    case NOTICE_REMINDER:
        put_int(params, "days_left", effect->u.notice.days_left);
        put_instant(params, "training_to", effect->u.notice.training_to);
        break;
    case NOTICE_CERTIFICATE:
        put_text(params, "certificate_no", effect->u.notice.certificate_no);
        put_int(params, "version", effect->u.notice.version);
        break;
    case NOTICE_REVOKED:
        put_text(params, "certificate_no", effect->u.notice.certificate_no);
        put_int(params, "version", effect->u.notice.version);
        put_text(params, "reason", revoked_reason_name(effect->u.notice.revoked_reason));
        break;
    }
}

static void write_notice(json_t *data, const struct effect *effect)
{
    json_t *params = json_object();

    write_params(params, effect);
    put_text(data, "template", notice_name(effect->u.notice.template));
    put_text(data, "channel", "sms");
    put(data, "params", params);
}

static writer *const writers[EFFECT_TYPES] = {
    [EFFECT_PAYMENT_REQUESTED] = write_payment,
    [EFFECT_REFUND_REQUESTED] = write_refund,
    [EFFECT_COURSE_LEARNED] = write_learned,
    [EFFECT_EXAM_GRADED] = write_graded,
    [EFFECT_COURSE_CREDITED] = write_credited,
    [EFFECT_ENROLLMENT_CHANGED] = write_changed,
    [EFFECT_YEAR_CHANGED] = write_year,
    [EFFECT_CERTIFICATE_REVOKED] = write_revoked,
    [EFFECT_CERTIFICATE_ISSUED] = write_issued,
    [EFFECT_ANOMALY_RAISED] = write_anomaly,
    [EFFECT_NOTIFICATION_REQUESTED] = write_notice,
};

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, strlen(text)};
}

/* The object in `text` with what the issuer adds as its last members. */
static struct bytes attested(struct arena *arena, const char *text, const struct issuer *issuer,
                             const struct effect *effect)
{
    struct text data;

    text_init(&data, arena);
    text_add_bytes(&data, text, strlen(text) - 1);
    attest_effect(&data, issuer, effect);
    text_add(&data, "}");
    return (struct bytes){data.at, data.len};
}

static bool is_certificate(enum effect_type type)
{
    return type == EFFECT_CERTIFICATE_ISSUED || type == EFFECT_CERTIFICATE_REVOKED;
}

static struct bytes encode_data(struct arena *arena, const struct issuer *issuer,
                                const struct effect *effect)
{
    json_t *data = json_object();
    struct bytes copy;

    put_text(data, "enrollment_id", effect->enrollment_id);
    put_text(data, "trainee_id", effect->trainee_id);
    writers[effect->type](data, effect);
    char *text = json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (!text)
        abort();
    if (issuer && is_certificate(effect->type))
        copy = attested(arena, text, issuer, effect);
    else
        copy = bytes_of(arena_strdup(arena, text));
    free(text);
    json_decref(data);
    return copy;
}

struct message *encode_effect(struct arena *arena, const char *source, const struct issuer *issuer,
                              const struct effect *effect)
{
    struct message *message = arena_alloc(arena, sizeof *message);
    char time[INSTANT_TEXT];
    struct header headers[7];
    size_t count = 0;

    crypto_event_id(effect->name, message->ce_id);
    headers[count++] = (struct header){"ce_specversion", bytes_of("1.0")};
    headers[count++] = (struct header){"ce_id", bytes_of(message->ce_id)};
    headers[count++] = (struct header){"ce_source", bytes_of(source)};
    headers[count++] = (struct header){"ce_type", bytes_of(effect_type_name(effect->type))};
    headers[count++] = (struct header){
        "ce_time", bytes_of(arena_strdup(arena, instant_format(effect->time, time)))};
    if (effect->subject)
        headers[count++] = (struct header){"ce_subject",
                                           bytes_of(arena_strdup(arena, effect->subject))};
    headers[count++] = (struct header){"content-type", bytes_of("application/json")};

    message->record.place.topic = effect_topic(effect->type);
    message->record.key = bytes_of(arena_strdup(arena, effect->key));
    message->record.value = encode_data(arena, issuer, effect);
    message->record.headers = arena_copy(arena, headers, count * sizeof *headers);
    message->record.header_count = count;
    return message;
}
