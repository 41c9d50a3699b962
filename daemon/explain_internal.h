/* Between explain's files: the sentences there are, and how facts are added. */
#ifndef XUESHI_EXPLAIN_INTERNAL_H
#define XUESHI_EXPLAIN_INTERNAL_H

#include "explain.h"

enum sentence_id {
    SAY_ENROLLMENT,
    SAY_REJECTED,
    SAY_WITHDRAWN,
    SAY_REFUNDED,
    SAY_PAY,
    SAY_PAID,
    SAY_RECEIPT,
    SAY_OWED,
    SAY_RETURNED,
    SAY_ANNOUNCED,
    SAY_REVIEW_MISSING,
    SAY_APPROVED,
    SAY_NOT_ACTIVE,
    SAY_ACTIVE,
    SAY_HOURS_MISSING,
    SAY_HOURS_DONE,
    SAY_COURSE_CREDITED,
    SAY_COURSE_STRUCK,
    SAY_COURSE_UNWATCHED,
    SAY_COURSE_UNATTENDED,
    SAY_REPORTS_CUT,
    SAY_EXAM_NOT_TAKEN,
    SAY_EXAM_NOT_PASSED,
    SAY_EXAM_EXHAUSTED,
    SAY_ATTEMPT_VAIN,
    SAY_SURVEY_MISSING,
    SAY_SURVEY_DONE,
    SAY_BARRED,
    SAY_REINSTATED,
    SAY_COMPLETED,
    SAY_CERTIFICATE,
    SAY_CERTIFICATE_OTHER,
    SAY_CERTIFICATE_ORDERED,
    SAY_CERTIFICATE_REVOKED,
    SAY_CERTIFICATE_NONE,
    SAY_YEAR,
    SAY_ANOMALY,
    SAY_HELD,
    SAY_REFUSED,
    SENTENCES
};

struct sentence {
    const char *code;
    int level; /* of indentation */
    const char *zh, *en;
};

extern const struct sentence sentences[SENTENCES];

extern const struct explain_word state_words[], verdict_words[], owed_words[], missing_words[],
    wait_words[], complete_words[], reason_words[];
/* Indexes of wait_words. */
enum wait { WAIT_SUBMISSION, WAIT_ACTIVE };

/* Values of a fact. */
#define TEXT(n, v)    ((struct fact_value){.name = (n), .kind = VALUE_TEXT, .text = (v)})
#define WORD(n, v)    ((struct fact_value){.name = (n), .kind = VALUE_WORD, .word = (v)})
#define NUMBER(n, v)  ((struct fact_value){.name = (n), .kind = VALUE_NUMBER, .number = (v)})
#define MONEY(n, v)   ((struct fact_value){.name = (n), .kind = VALUE_MONEY, .number = (v)})
#define HOURS(n, v)   ((struct fact_value){.name = (n), .kind = VALUE_HOURS, .number = (v)})
#define SECONDS(n, v) ((struct fact_value){.name = (n), .kind = VALUE_SECONDS, .number = (v)})
#define SHARE(n, v)   ((struct fact_value){.name = (n), .kind = VALUE_SHARE, .number = (v)})
#define INSTANT(n, v) ((struct fact_value){.name = (n), .kind = VALUE_INSTANT, .number = (v)})

/* Adds a fact of the enrollment (NULL: of the trainee). */
void explain_add(struct explanation *out, const struct enrollment *enrollment, enum sentence_id id,
                 const struct fact_value *values, size_t count);
#define SAY(out, enrollment, id, ...)                                                              \
    explain_add((out), (enrollment), (id), (const struct fact_value[]){__VA_ARGS__},               \
                sizeof((const struct fact_value[]){__VA_ARGS__}) / sizeof(struct fact_value))

/* explain_study.c: hours, course by course. */
void explain_hours(struct explanation *out, const struct enrollment *enrollment);

#endif
