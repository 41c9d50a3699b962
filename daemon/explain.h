/* Why a trainee has no certificate yet, or has one: every condition with its figures, in sentences
 * that a clerk understands, Chinese and English.
 *
 * Pure rendering: what is said follows from the dossier alone. Of the person only the name is shown
 * (R28). Instants are shown as civil time of the programme's zone. */
#ifndef XUESHI_EXPLAIN_H
#define XUESHI_EXPLAIN_H

#include <stdio.h>

#include "../handlers/err.h"
#include "../handlers/world.h"

enum explain_lang { EXPLAIN_ZH = 1, EXPLAIN_EN = 2 };

/* A word of the contract and how a clerk says it. */
struct explain_word {
    const char *word, *zh, *en;
};

enum fact_value_kind {
    VALUE_TEXT,
    VALUE_WORD,
    VALUE_NUMBER,
    VALUE_MONEY,   /* fen, shown in yuan */
    VALUE_HOURS,   /* tenths */
    VALUE_SECONDS, /* shown as h:mm:ss */
    VALUE_SHARE,   /* per mille, shown in per cent */
    VALUE_INSTANT
};
struct fact_value {
    const char *name; /* of the JSON member, and in the sentence's braces */
    enum fact_value_kind kind;
    const char *text; /* VALUE_TEXT */
    const struct explain_word *word;
    int64_t number; /* the other kinds */
};

#define FACT_VALUES_MAX 8
struct sentence;
struct fact {
    const struct sentence *sentence;
    const char *enrollment_id; /* NULL: of the trainee */
    const struct term *term;   /* for civil time; NULL: UTC */
    struct fact_value values[FACT_VALUES_MAX];
    size_t value_count;
};

struct explanation {
    struct arena *arena;
    const char *trainee_id;
    struct fact *facts; /* in the order in which they are said */
    size_t count, cap;
};

/* All that is to be said about the trainee; with an enrollment_id, of that enrollment and its
 * programme only. Borrows from the entry, which is NULL when nothing is kept of the trainee. */
void explain_trainee(struct explanation *out, struct arena *arena, const char *trainee_id,
                     const struct trainee_entry *entry, const char *enrollment_id);

/* A record of the trainee that was refused. */
struct explain_refused {
    const char *event_type; /* NULL: not known */
    struct place place;
    enum reason reason;
    const char *message;
};
/* Adds it at the end; borrows. */
void explain_refused(struct explanation *out, const struct explain_refused *refused);

/* As indented lines; `langs` of enum explain_lang, both together: Chinese, then English below. */
void explain_print(FILE *out, const struct explanation *explanation, unsigned langs);
/* One JSON object: {"facts": [{"code", "enrollment_id", its figures, "zh", "en"}], "trainee_id"}.
 */
void explain_print_json(FILE *out, const struct explanation *explanation);
/* One fact as a sentence of one language. */
const char *explain_sentence(struct arena *arena, const struct fact *fact, enum explain_lang lang);
/* Its code, for example "hours_missing". */
const char *explain_code(const struct fact *fact);

#endif
