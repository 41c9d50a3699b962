/* Which facts explain a trainee: admission, money, what ended or barred, certificates. */
#include "explain.h"

#include <string.h>

#include "../handlers/fold.h"
#include "../handlers/text.h"
#include "explain_internal.h"

#define MISSING_BITS 5

void explain_add(struct explanation *out, const struct enrollment *enrollment, enum sentence_id id,
                 const struct fact_value *values, size_t count)
{
    struct fact *fact;

    out->facts = arena_grow(out->arena, out->facts, out->count, out->count + 1, &out->cap,
                            sizeof *fact);
    fact = &out->facts[out->count++];
    *fact = (struct fact){.sentence = &sentences[id], .value_count = count};
    if (enrollment) {
        fact->enrollment_id = enrollment->enrollment_id;
        fact->term = enrollment->term;
    }
    if (count)
        memcpy(fact->values, values, count * sizeof *values);
}

static const char *join(struct arena *arena, const struct strings *list, const char *between)
{
    struct text text;

    text_init(&text, arena);
    for (size_t i = 0; i < list->count; i++) {
        text_add(&text, i ? between : "");
        text_add(&text, list->at[i]);
    }
    return text_string(&text);
}

/* One of several transactions of a code: how it stands. */
static void explain_money(struct explanation *out, const struct enrollment *enrollment,
                          const struct payment *payment)
{
    const struct fact_value bank = TEXT("bank", payment->bank);
    const struct fact_value txn = TEXT("bank_txn_id", payment->bank_txn_id);
    const struct fact_value amount = MONEY("amount_fen", payment->amount_fen);

    if (!payment->settled)
        SAY(out, enrollment, SAY_ANNOUNCED, bank, txn);
    else if (payment->owed != OWED_NOTHING)
        SAY(out, enrollment, SAY_OWED, bank, txn, amount,
            WORD("reason", &owed_words[payment->owed]),
            MONEY("fee_fen", enrollment->term->programme->fee_fen),
            MONEY("refunded_fen", payment_refunded(payment)));
    else if (!payment->settles)
        SAY(out, enrollment, SAY_RETURNED, bank, txn, amount);
}

static void explain_payment(struct explanation *out, const struct enrollment *enrollment)
{
    const struct programme *programme = enrollment->term->programme;
    const struct payment *settlement = enrollment_settlement(enrollment);

    if (settlement) {
        SAY(out, enrollment, SAY_PAID, MONEY("amount_fen", settlement->amount_fen),
            TEXT("payment_code", enrollment->payment_code), TEXT("bank", settlement->bank),
            TEXT("bank_txn_id", settlement->bank_txn_id), INSTANT("at", settlement->settled_at));
        if (settlement->receipt_no)
            SAY(out, enrollment, SAY_RECEIPT, TEXT("receipt_no", settlement->receipt_no));
    } else if (enrollment->missing & MISSING_PAYMENT) {
        SAY(out, enrollment, SAY_PAY, MONEY("amount_fen", programme->fee_fen),
            TEXT("payment_code", enrollment->payment_code),
            INSTANT("pay_before", enrollment->term->training_to),
            TEXT("banks", join(out->arena, &programme->banks, ", ")));
    }
    for (size_t i = 0; i < enrollment->payments.count; i++)
        explain_money(out, enrollment, enrollment->payments.at[i]);
}

static void explain_end(struct explanation *out, const struct enrollment *enrollment)
{
    if (enrollment->state == STATE_REJECTED)
        SAY(out, enrollment, SAY_REJECTED, INSTANT("at", enrollment->rejected_at));
    else if (enrollment->state == STATE_WITHDRAWN)
        SAY(out, enrollment, SAY_WITHDRAWN, INSTANT("at", enrollment->withdrawn_at));
    else if (enrollment->state == STATE_REFUNDED)
        SAY(out, enrollment, SAY_REFUNDED,
            MONEY("refunded_fen", payment_refunded(enrollment_settlement(enrollment))));
}

static void explain_admission(struct explanation *out, const struct enrollment *enrollment)
{
    const struct term *term = enrollment->term;

    if (enrollment->approved_at != INSTANT_NONE)
        SAY(out, enrollment, SAY_APPROVED, INSTANT("at", enrollment->approved_at));
    else
        explain_add(out, enrollment, SAY_REVIEW_MISSING, NULL, 0);
    if (enrollment->active_at != INSTANT_NONE)
        SAY(out, enrollment, SAY_ACTIVE, INSTANT("at", enrollment->active_at),
            INSTANT("training_from", term->training_from),
            INSTANT("training_to", term->training_to));
    else
        explain_add(out, enrollment, SAY_NOT_ACTIVE, NULL, 0);
}

static void explain_bars(struct explanation *out, const struct enrollment *enrollment)
{
    for (size_t i = 0; i < enrollment->bar_count; i++) {
        const struct bar *bar = &enrollment->bars[i];

        if (bar->to == INSTANT_NONE)
            SAY(out, enrollment, SAY_BARRED, INSTANT("from", bar->from));
        else
            SAY(out, enrollment, SAY_REINSTATED, INSTANT("from", bar->from),
                INSTANT("to", bar->to));
    }
}

static void explain_survey(struct explanation *out, const struct enrollment *enrollment)
{
    const char *survey = enrollment->term->programme->survey;

    if (enrollment->survey_at != INSTANT_NONE)
        SAY(out, enrollment, SAY_SURVEY_DONE, INSTANT("at", enrollment->survey_at));
    else if (survey)
        SAY(out, enrollment, SAY_SURVEY_MISSING, TEXT("survey", survey));
}

/* The words of all bits in one, in each language. */
static const struct explain_word *missing_word(struct arena *arena, unsigned missing)
{
    struct text word, zh, en;
    struct explain_word *joined = arena_alloc(arena, sizeof *joined);

    text_init(&word, arena);
    text_init(&zh, arena);
    text_init(&en, arena);
    for (unsigned i = 0; i < MISSING_BITS; i++) {
        if (!(missing & 1u << i))
            continue;
        text_add(&word, word.len ? " " : "");
        text_add(&word, missing_words[i].word);
        text_add(&zh, zh.len ? "、" : "");
        text_add(&zh, missing_words[i].zh);
        text_add(&en, en.len ? ", " : "");
        text_add(&en, missing_words[i].en);
    }
    *joined = (struct explain_word){text_string(&word), text_string(&zh), text_string(&en)};
    return joined;
}

static void explain_versions(struct explanation *out, const struct enrollment *enrollment,
                             const struct certificate *certificate)
{
    for (size_t i = 0; i < certificate->version_count; i++)
        if (certificate->versions[i].revoked_at != INSTANT_NONE)
            SAY(out, enrollment, SAY_CERTIFICATE_REVOKED,
                TEXT("certificate_no", certificate->certificate_no),
                NUMBER("version", certificate->versions[i].version),
                INSTANT("revoked_at", certificate->versions[i].revoked_at));
}

static void explain_standing(struct explanation *out, const struct enrollment *enrollment,
                             const struct certificate *certificate)
{
    const struct fact_value number = TEXT("certificate_no", certificate->certificate_no);

    if (strcmp(certificate->enrollment_id, enrollment->enrollment_id) != 0)
        SAY(out, enrollment, SAY_CERTIFICATE_OTHER, number,
            TEXT("of_enrollment_id", certificate->enrollment_id));
    else
        SAY(out, enrollment, SAY_CERTIFICATE, number,
            NUMBER("version", (int64_t)certificate->version_count),
            INSTANT("issued_at", certificate->issued_at));
}

static void explain_certificate(struct explanation *out, const struct trainee *trainee,
                                const struct enrollment *enrollment)
{
    const struct certificate *certificate = trainee_find_certificate(trainee,
                                                                     enrollment->term->programme);

    if (certificate)
        explain_versions(out, enrollment, certificate);
    if (certificate && certificate->ordered)
        SAY(out, enrollment, SAY_CERTIFICATE_ORDERED,
            TEXT("certificate_no", certificate->certificate_no));
    else if (certificate && certificate->stands)
        explain_standing(out, enrollment, certificate);
    else if (!state_is_ended(enrollment->state) && enrollment->missing)
        SAY(out, enrollment, SAY_CERTIFICATE_NONE,
            WORD("missing", missing_word(out->arena, enrollment->missing)));
}

static void explain_anomalies(struct explanation *out, const struct trainee *trainee,
                              const struct enrollment *enrollment)
{
    for (size_t i = 0; i < trainee->anomaly_count; i++) {
        const struct anomaly *anomaly = &trainee->anomalies[i];

        if (strcmp(anomaly->enrollment_id, enrollment->enrollment_id) == 0)
            SAY(out, enrollment, SAY_ANOMALY, TEXT("kind", anomaly->kind),
                TEXT("subject", *anomaly->subject ? anomaly->subject : "-"),
                TEXT("detail", anomaly->detail));
    }
}

static void explain_enrollment(struct explanation *out, const struct trainee *trainee,
                               const struct enrollment *enrollment)
{
    SAY(out, enrollment, SAY_ENROLLMENT, TEXT("enrollment_id", enrollment->enrollment_id),
        TEXT("name", enrollment->name), TEXT("term_id", enrollment->term->id),
        TEXT("programme", enrollment->term->programme->title),
        WORD("state", &state_words[enrollment->state]));
    explain_end(out, enrollment);
    explain_payment(out, enrollment);
    if (!state_is_ended(enrollment->state)) {
        explain_admission(out, enrollment);
        explain_bars(out, enrollment);
        explain_hours(out, enrollment);
        explain_survey(out, enrollment);
    }
    if (enrollment->state == STATE_COMPLETED)
        SAY(out, enrollment, SAY_COMPLETED, INSTANT("at", enrollment->due_at));
    explain_certificate(out, trainee, enrollment);
    explain_anomalies(out, trainee, enrollment);
}

static void explain_held(struct explanation *out, const struct trainee *trainee,
                         const struct event *ev)
{
    const struct enrollment *enrollment = ev->enrollment_id
                                              ? trainee_find_enrollment(trainee, ev->enrollment_id)
                                              : NULL;

    SAY(out, enrollment, SAY_HELD, TEXT("type", event_kinds[ev->type].name),
        INSTANT("at", ev->time), TEXT("topic", topic_name(ev->place.topic)),
        NUMBER("partition", ev->place.partition), NUMBER("offset", ev->place.offset),
        WORD("waits_for", &wait_words[enrollment ? WAIT_ACTIVE : WAIT_SUBMISSION]));
    /* An enrollment that is not known has no dossier to name it. */
    out->facts[out->count - 1].enrollment_id = ev->enrollment_id;
}

static void explain_years(struct explanation *out, const struct trainee *trainee)
{
    for (size_t i = 0; i < trainee->year_count; i++) {
        const struct year_record *year = trainee->years[i];

        SAY(out, NULL, SAY_YEAR, NUMBER("year", year->year),
            HOURS("public_hours", year->public_hours),
            HOURS("professional_hours", year->professional_hours),
            WORD("complete", &complete_words[year->complete]));
    }
}

void explain_refused(struct explanation *out, const struct explain_refused *refused)
{
    SAY(out, NULL, SAY_REFUSED, TEXT("type", refused->event_type ? refused->event_type : "?"),
        TEXT("topic", topic_name(refused->place.topic)),
        NUMBER("partition", refused->place.partition), NUMBER("offset", refused->place.offset),
        WORD("reason", &reason_words[refused->reason]), TEXT("message", refused->message));
}

void explain_trainee(struct explanation *out, struct arena *arena, const char *trainee_id,
                     const struct trainee_entry *entry, const char *enrollment_id)
{
    *out = (struct explanation){.arena = arena, .trainee_id = trainee_id};
    if (!entry)
        return;
    const struct trainee *trainee = &entry->trainee;
    for (size_t i = 0; i < trainee->enrollment_count; i++) {
        const struct enrollment *enrollment = trainee->enrollments[i];

        if (!enrollment_id || strcmp(enrollment_id, enrollment->enrollment_id) == 0)
            explain_enrollment(out, trainee, enrollment);
    }
    for (size_t i = 0; i < entry->held.count; i++) {
        const struct event *ev = entry->held.at[i]->ev;

        if (!enrollment_id || (ev->enrollment_id && strcmp(enrollment_id, ev->enrollment_id) == 0))
            explain_held(out, trainee, ev);
    }
    if (!enrollment_id)
        explain_years(out, trainee);
}
