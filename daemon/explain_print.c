/* Facts as sentences and as JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/text.h"
#include "explain_internal.h"

#define INDENT "  "

static void add_padded(struct text *out, int64_t number, int digits)
{
    int64_t limit = 10;

    for (int i = 1; i < digits; i++, limit *= 10)
        if (number < limit)
            text_add(out, "0");
    text_add_int(out, number);
}

/* The civil midnight that belongs to the instant: that of its day, or the nearest known one. */
static size_t midnight_index(const struct term *term, int64_t instant)
{
    size_t i = 0;

    while (i + 1 < term->midnight_count && term->midnights[i + 1] <= instant)
        i++;
    return i;
}

/* In the programme's zone: its offset from UTC is that of the civil midnight nearest before. */
static void add_civil(struct text *out, const struct term *term, int64_t instant)
{
    size_t i = midnight_index(term, instant);
    int64_t offset = (term->first_day + (int64_t)i) * US_PER_DAY - term->midnights[i];
    int64_t civil_s = (instant + offset) / US_PER_S, day = civil_s / 86400, rest = civil_s % 86400;
    int year, month, date;

    if (rest < 0) {
        rest += 86400;
        day--;
    }
    instant_date_from_days(day, &year, &month, &date);
    add_padded(out, year, 4);
    text_add(out, "-");
    add_padded(out, month, 2);
    text_add(out, "-");
    add_padded(out, date, 2);
    text_add(out, " ");
    add_padded(out, rest / 3600, 2);
    text_add(out, ":");
    add_padded(out, rest / 60 % 60, 2);
    text_add(out, ":");
    add_padded(out, rest % 60, 2);
}

static void add_instant(struct text *out, const struct term *term, int64_t instant)
{
    char text[INSTANT_TEXT];

    if (term && term->midnight_count)
        add_civil(out, term, instant);
    else
        text_add(out, instant_format(instant, text));
}

static void add_money(struct text *out, int64_t fen)
{
    text_add_int(out, fen / 100);
    text_add(out, ".");
    add_padded(out, fen % 100, 2);
}

static void add_seconds(struct text *out, int64_t seconds)
{
    text_add_int(out, seconds / 3600);
    text_add(out, ":");
    add_padded(out, seconds / 60 % 60, 2);
    text_add(out, ":");
    add_padded(out, seconds % 60, 2);
}

static void add_value(struct text *out, const struct fact *fact, const struct fact_value *value,
                      enum explain_lang lang)
{
    switch (value->kind) {
    case VALUE_TEXT:
        text_add(out, value->text);
        break;
    case VALUE_WORD:
        text_add(out, lang == EXPLAIN_ZH ? value->word->zh : value->word->en);
        break;
    case VALUE_NUMBER:
        text_add_int(out, value->number);
        break;
    case VALUE_MONEY:
        add_money(out, value->number);
        break;
    case VALUE_HOURS:
    case VALUE_SHARE: /* per mille in per cent: tenths as well */
        text_add_tenths(out, value->number);
        break;
    case VALUE_SECONDS:
        add_seconds(out, value->number);
        break;
    case VALUE_INSTANT:
        add_instant(out, fact->term, value->number);
        break;
    }
}

static const struct fact_value *find_value(const struct fact *fact, const char *name, size_t len)
{
    for (size_t i = 0; i < fact->value_count; i++)
        if (strlen(fact->values[i].name) == len && memcmp(fact->values[i].name, name, len) == 0)
            return &fact->values[i];
    return NULL;
}

const char *explain_sentence(struct arena *arena, const struct fact *fact, enum explain_lang lang)
{
    struct text out;
    const char *at = lang == EXPLAIN_ZH ? fact->sentence->zh : fact->sentence->en;

    text_init(&out, arena);
    while (*at) {
        size_t len = strcspn(at, "{");

        text_add_bytes(&out, at, len);
        at += len;
        if (!*at)
            break;
        len = strcspn(at, "}");
        const struct fact_value *value = find_value(fact, at + 1, len - 1);
        if (!value)
            abort(); /* a sentence that is said without its figures */
        add_value(&out, fact, value, lang);
        at += len + 1;
    }
    return text_string(&out);
}

const char *explain_code(const struct fact *fact)
{
    return fact->sentence->code;
}

/* Names and reasons come from outside: nothing in them may steer a terminal. */
static void print_line(FILE *out, const struct fact *fact, const char *sentence)
{
    for (int i = 0; i < fact->sentence->level; i++)
        fputs(INDENT, out);
    for (const char *at = sentence; *at; at++)
        putc((unsigned char)*at < 0x20 || *at == 0x7F ? ' ' : *at, out);
    putc('\n', out);
}

void explain_print(FILE *out, const struct explanation *explanation, unsigned langs)
{
    for (size_t i = 0; i < explanation->count; i++) {
        const struct fact *fact = &explanation->facts[i];

        if (langs & EXPLAIN_ZH)
            print_line(out, fact, explain_sentence(explanation->arena, fact, EXPLAIN_ZH));
        if (langs & EXPLAIN_EN)
            print_line(out, fact, explain_sentence(explanation->arena, fact, EXPLAIN_EN));
    }
}

static void put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        abort();
}

static json_t *value_json(const struct fact_value *value)
{
    char text[INSTANT_TEXT];

    switch (value->kind) {
    case VALUE_TEXT:
        return json_string(value->text);
    case VALUE_WORD:
        return json_string(value->word->word);
    case VALUE_HOURS:
    case VALUE_SHARE:
        return value->number % 10 ? json_real((double)value->number / 10)
                                  : json_integer(value->number / 10);
    case VALUE_INSTANT:
        return json_string(instant_format(value->number, text));
    default:
        return json_integer(value->number);
    }
}

static json_t *fact_json(struct arena *arena, const struct fact *fact)
{
    json_t *object = json_object();

    put(object, "code", json_string(fact->sentence->code));
    put(object, "enrollment_id",
        fact->enrollment_id ? json_string(fact->enrollment_id) : json_null());
    for (size_t i = 0; i < fact->value_count; i++)
        put(object, fact->values[i].name, value_json(&fact->values[i]));
    put(object, "zh", json_string(explain_sentence(arena, fact, EXPLAIN_ZH)));
    put(object, "en", json_string(explain_sentence(arena, fact, EXPLAIN_EN)));
    return object;
}

void explain_print_json(FILE *out, const struct explanation *explanation)
{
    json_t *object = json_object(), *facts = json_array();

    for (size_t i = 0; i < explanation->count; i++)
        if (json_array_append_new(facts, fact_json(explanation->arena, &explanation->facts[i])) !=
            0)
            abort();
    put(object, "trainee_id", json_string(explanation->trainee_id));
    put(object, "facts", facts);
    if (json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(12)) == 0)
        putc('\n', out); /* a failed stream keeps its error flag: the caller looks once */
    json_decref(object);
}
