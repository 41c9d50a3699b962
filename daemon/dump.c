/* The canonical dump. */
#include "dump.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/fold.h"
#include "../handlers/instant.h"
#include "crypto.h"

static void put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new_nocheck(object, name, value) != 0)
        abort();
}

static void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        abort();
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string_nocheck(text) : json_null();
}

static json_t *instant_or_null(int64_t instant)
{
    char text[INSTANT_TEXT];

    return instant == INSTANT_NONE ? json_null()
                                   : json_string_nocheck(instant_format_full(instant, text));
}

static json_t *hex_of(const uint8_t digest[32])
{
    char hex[65];

    crypto_hex(digest, 32, hex);
    return json_string_nocheck(hex);
}

static void write_line(FILE *out, json_t *object)
{
    if (json_dumpf(object, out, JSON_COMPACT | JSON_SORT_KEYS) == 0)
        putc('\n', out); /* a failed stream keeps its error flag: the caller looks once */
    json_decref(object);
}

static json_t *bars_json(const struct enrollment *enrollment)
{
    json_t *bars = json_array();

    for (size_t i = 0; i < enrollment->bar_count; i++) {
        json_t *bar = json_array();

        append(bar, instant_or_null(enrollment->bars[i].from));
        append(bar, instant_or_null(enrollment->bars[i].to));
        append(bars, bar);
    }
    return bars;
}

static json_t *attempts_json(const struct progress *progress)
{
    json_t *attempts = json_array();

    for (size_t i = 0; i < progress->attempt_count; i++) {
        const struct attempt *attempt = progress->attempts[i];
        json_t *one = json_object();

        put(one, "attempt_id", json_string_nocheck(attempt->attempt_id));
        put(one, "passed", json_boolean(attempt->passed));
        put(one, "score", json_integer(attempt->score));
        put(one, "verdict", json_string_nocheck(verdict_name(attempt->verdict)));
        append(attempts, one);
    }
    return attempts;
}

static json_t *courses_json(const struct enrollment *enrollment)
{
    json_t *courses = json_array();

    for (size_t i = 0; i < enrollment->course_count; i++) {
        const struct progress *progress = enrollment->courses[i];
        int64_t watched_s = progress->course->kind == COURSE_LIVE ? progress->presence_us / US_PER_S
                                                                  : progress->covered_s;

        if (!watched_s && !progress->attempt_count && progress->learned_at == INSTANT_NONE)
            continue;
        json_t *one = json_object();
        put(one, "attempts", attempts_json(progress));
        put(one, "course_id", json_string_nocheck(progress->course->id));
        put(one, "credited_at", instant_or_null(progress_credited_at(progress)));
        put(one, "learned_at", instant_or_null(progress->learned_at));
        put(one, "watched_s", json_integer(watched_s));
        append(courses, one);
    }
    return courses;
}

static int compare_payments(const void *a, const void *b)
{
    const struct payment *const *left = a, *const *right = b;
    int order = strcmp((*left)->bank, (*right)->bank);

    return order ? order : strcmp((*left)->bank_txn_id, (*right)->bank_txn_id);
}

/* The payments by bank and transaction; freed by the caller. */
static struct payment **sorted_payments(const struct payments *payments)
{
    struct payment **sorted = calloc(payments->count + 1, sizeof(struct payment *));

    if (!sorted)
        abort();
    if (payments->count)
        memcpy(sorted, payments->at, payments->count * sizeof(struct payment *));
    qsort(sorted, payments->count, sizeof(struct payment *), compare_payments);
    return sorted;
}

static json_t *payment_json(const struct payment *payment)
{
    json_t *one = json_object();

    put(one, "amount_fen", json_integer(payment->amount_fen));
    put(one, "bank", json_string_nocheck(payment->bank));
    put(one, "bank_txn_id", json_string_nocheck(payment->bank_txn_id));
    put(one, "owed", text_or_null(owed_name(payment->owed)));
    put(one, "refunded_fen", json_integer(payment_refunded(payment)));
    return one;
}

static json_t *payments_json(const struct payments *payments)
{
    json_t *array = json_array();
    struct payment **sorted = sorted_payments(payments);

    for (size_t i = 0; i < payments->count; i++) {
        json_t *one = payment_json(sorted[i]);

        put(one, "settles", json_boolean(sorted[i]->settles));
        append(array, one);
    }
    free(sorted);
    return array;
}

static json_t *missing_json(unsigned missing)
{
    json_t *array = json_array();

    for (unsigned bit = MISSING_PAYMENT; bit <= MISSING_REINSTATEMENT; bit <<= 1)
        if (missing & bit)
            append(array, json_string_nocheck(missing_name((enum missing)bit)));
    return array;
}

static void dump_enrollment(FILE *out, const struct enrollment *enrollment, bool full)
{
    bool ended = state_is_ended(enrollment->state);
    json_t *line = json_object();

    put(line, "active_at", instant_or_null(ended ? INSTANT_NONE : enrollment->active_at));
    put(line, "approved", json_boolean(enrollment->approved));
    put(line, "bars", ended ? json_array() : bars_json(enrollment));
    put(line, "courses", ended ? json_array() : courses_json(enrollment));
    put(line, "due_at", instant_or_null(ended ? INSTANT_NONE : enrollment->due_at));
    put(line, "enrollment_id", json_string_nocheck(enrollment->enrollment_id));
    put(line, "hours", json_integer(enrollment->hours));
    put(line, "kind", json_string("enrollment"));
    put(line, "missing", missing_json(enrollment->missing));
    put(line, "paid", json_boolean(enrollment->paid));
    put(line, "payments", payments_json(&enrollment->payments));
    put(line, "state", json_string(state_name(enrollment->state)));
    put(line, "survey_at", instant_or_null(ended ? INSTANT_NONE : enrollment->survey_at));
    put(line, "term_id", json_string_nocheck(enrollment->term->id));
    put(line, "trainee_id", json_string_nocheck(enrollment->trainee->trainee_id));
    if (full)
        put(line, "revision", json_integer(enrollment->revision));
    write_line(out, line);
}

static json_t *versions_json(const struct certificate *certificate)
{
    json_t *array = json_array();

    for (size_t i = 0; i < certificate->version_count; i++) {
        const struct certificate_version *version = &certificate->versions[i];
        json_t *one = json_object();

        put(one, "digest", hex_of(version->digest));
        put(one, "issued_at", instant_or_null(version->issued_at));
        put(one, "revoked_at", instant_or_null(version->revoked_at));
        put(one, "version", json_integer(version->version));
        append(array, one);
    }
    return array;
}

static void dump_certificate(FILE *out, const struct trainee *trainee,
                             const struct certificate *certificate, bool full)
{
    bool stands = certificate->stands;

    if (!stands && !certificate->ordered && !full)
        return;
    json_t *line = json_object();
    put(line, "certificate_no", json_string_nocheck(certificate->certificate_no));
    put(line, "digest", stands ? hex_of(certificate->digest) : json_null());
    put(line, "enrollment_id", text_or_null(stands ? certificate->enrollment_id : NULL));
    put(line, "issued_at", instant_or_null(stands ? certificate->issued_at : INSTANT_NONE));
    put(line, "kind", json_string("certificate"));
    put(line, "ordered", json_boolean(certificate->ordered));
    put(line, "trainee_id", json_string_nocheck(trainee->trainee_id));
    if (full)
        put(line, "versions", versions_json(certificate));
    write_line(out, line);
}

static void dump_year(FILE *out, const struct trainee *trainee, const struct year_record *year,
                      bool full)
{
    json_t *line = json_object();

    put(line, "complete", json_boolean(year->complete));
    put(line, "kind", json_string("year"));
    put(line, "professional_hours", json_integer(year->professional_hours));
    put(line, "public_hours", json_integer(year->public_hours));
    put(line, "trainee_id", json_string_nocheck(trainee->trainee_id));
    put(line, "year", json_integer(year->year));
    if (full)
        put(line, "revision", json_integer(year->revision));
    write_line(out, line);
}

static int compare_certificates(const void *a, const void *b)
{
    const struct certificate *const *left = a, *const *right = b;

    return strcmp((*left)->certificate_no, (*right)->certificate_no);
}

/* By number, which is the line's id; the dossier has them by programme. */
static void dump_certificates(FILE *out, const struct trainee *trainee, bool full)
{
    size_t count = trainee->certificate_count;
    const struct certificate **sorted = calloc(count + 1, sizeof(struct certificate *));

    if (!sorted)
        abort();
    for (size_t i = 0; i < count; i++)
        sorted[i] = trainee->certificates[i];
    qsort(sorted, count, sizeof(struct certificate *), compare_certificates);
    for (size_t i = 0; i < count; i++)
        dump_certificate(out, trainee, sorted[i], full);
    free(sorted);
}

void dump_trainee(FILE *out, enum dump_kind kind, const struct trainee *trainee, bool full)
{
    if (kind == DUMP_CERTIFICATE)
        dump_certificates(out, trainee, full);
    for (size_t i = 0; kind == DUMP_ENROLLMENT && i < trainee->enrollment_count; i++)
        dump_enrollment(out, trainee->enrollments[i], full);
    for (size_t i = 0; kind == DUMP_YEAR && i < trainee->year_count; i++)
        dump_year(out, trainee, trainee->years[i], full);
}

void dump_code(FILE *out, const struct code *code)
{
    struct payment **sorted = sorted_payments(&code->payments);

    for (size_t i = 0; i < code->payments.count; i++) {
        json_t *line = payment_json(sorted[i]);

        put(line, "kind", json_string("payment"));
        put(line, "payment_code", json_string_nocheck(code->payment_code));
        write_line(out, line);
    }
    free(sorted);
}

void dump_outbox(FILE *out, int64_t commit, int64_t count, const uint8_t digest[32])
{
    json_t *line = json_object();

    put(line, "commit", json_integer(commit));
    put(line, "count", json_integer(count));
    put(line, "digest", hex_of(digest));
    put(line, "kind", json_string("outbox"));
    write_line(out, line);
}

static int compare_slots(const void *a, const void *b)
{
    return strcmp(((const struct map_slot *)a)->key, ((const struct map_slot *)b)->key);
}

/* The map's entries in byte order of their keys (C strings); freed by the caller. */
static struct map_slot *sorted_slots(const struct map *map)
{
    struct map_slot *sorted = calloc(map->count + 1, sizeof *sorted);
    size_t count = 0;

    if (!sorted)
        abort();
    for (size_t i = 0; i < map->cap; i++)
        if (map->slots[i].key)
            sorted[count++] = map->slots[i];
    qsort(sorted, count, sizeof *sorted, compare_slots);
    return sorted;
}

void dump_world(FILE *out, const struct world *world, bool full)
{
    struct map_slot *trainees = sorted_slots(&world->trainees),
                    *codes = sorted_slots(&world->codes);

    for (int kind = 0; kind < DUMP_KINDS; kind++) {
        for (size_t i = 0; kind == DUMP_PAYMENT && i < world->codes.count; i++)
            dump_code(out, codes[i].value);
        for (size_t i = 0; kind != DUMP_PAYMENT && i < world->trainees.count; i++)
            dump_trainee(out, (enum dump_kind)kind,
                         &((struct trainee_entry *)trainees[i].value)->trainee, full);
    }
    free(trainees);
    free(codes);
}
