/* A programme as its catalogue file says it (configuration.md): const after loading.
 *
 * Instants are microseconds UTC, hours tenths, rates and shares per mille, lengths seconds. Lists
 * stand in the file's order. The loader (daemon/catalogue_file.c) fills this in and refuses what
 * configuration.md refuses; the rules only read it. */
#ifndef XUESHI_CATALOGUE_H
#define XUESHI_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "instant.h"

struct strings {
    const char **at;
    size_t count;
};

struct programme;

struct term {
    const char *id;
    const struct programme *programme;
    int64_t registration_from, registration_to; /* [from, to) */
    int64_t training_from, training_to;         /* [from, to) */
    int64_t close_at;                           /* training_to + hold_days */
    /* Civil midnights of the programme's zone: day i is [midnights[i], midnights[i + 1]); the first
     * is at or before training_from, the last at or after training_to. */
    const int64_t *midnights;
    size_t midnight_count;
    int64_t first_day; /* days from 1970-01-01 of the civil date that begins at midnights[0] */
};

enum course_kind { COURSE_RECORDED, COURSE_LIVE };

struct course {
    const char *id, *title;
    const struct programme *programme;
    enum course_kind kind;
    int64_t hours;    /* tenths */
    int64_t length_s; /* recorded only */
    int64_t from, to; /* the broadcast; live only */
};

enum question_kind { QUESTION_SINGLE, QUESTION_MULTIPLE, QUESTION_TRUEFALSE };

struct question {
    const char *id;
    enum question_kind kind;
    int64_t marks;
    const char *key; /* letters A..Z, each once */
};

struct paper {
    const char *id;
    const struct course *course;
    const struct question *questions;
    size_t question_count;
};

struct study_group {
    const char *id;
    struct strings prefectures;
};

struct programme {
    const char *id, *title, *description, *criteria;
    int year;
    const char *category; /* "professional" */
    const char *zone;     /* IANA name */
    int64_t required_hours, required_public_hours;
    const char *survey; /* NULL: not asked for */
    const char *series_id, *series_code;
    struct strings title_levels, bases, employer_kinds;
    int64_t fee_fen;
    const char *currency, *code_prefix;
    int code_length;
    struct strings banks;
    int64_t max_rate, required_share, live_share; /* per mille */
    int64_t max_report_s, max_skew_s, max_day_s;
    int64_t pass_score, max_attempts, min_exam_time_s;
    int64_t hold_days;
    const struct term *terms;
    size_t term_count;
    const struct course *courses;
    size_t course_count;
    const struct paper *papers;
    size_t paper_count;
    const struct study_group *study_groups;
    size_t study_group_count;
    uint8_t digest[32]; /* SHA-256 of the parsed settings in canonical order */
    const char *text;   /* the file as it was read */
};

struct catalogues {
    const struct programme *const *programmes;
    size_t count;
    int64_t max_skew_us; /* the largest of all */
    int64_t last_close_at;
    /* Indexes over all programmes, sorted by id for binary search; made by catalogues_index. */
    const struct term **terms;
    size_t term_count;
    const struct course **courses;
    size_t course_count;
    const struct paper **papers;
    size_t paper_count;
};

struct arena;

/* Fills in what follows from `programmes` and `count`: the indexes and the extremes. */
void catalogues_index(struct catalogues *catalogues, struct arena *arena);

/* NULL if there is none. */
const struct term *catalogues_find_term(const struct catalogues *catalogues, const char *id);
const struct course *catalogues_find_course(const struct catalogues *catalogues, const char *id);
const struct paper *catalogues_find_paper(const struct catalogues *catalogues, const char *id);
const struct programme *catalogues_find_programme(const struct catalogues *catalogues,
                                                  const char *id);
/* The programme whose prefix and length the payment code has (R7). */
const struct programme *catalogues_find_code(const struct catalogues *catalogues,
                                             const char *payment_code);
/* The close_at after which nothing for this code can come any more: that of its programme's last
 * term. INSTANT_NONE if it has no term. */
int64_t programme_last_close_at(const struct programme *programme);
bool catalogues_know_bank(const struct catalogues *catalogues, const char *bank);

bool strings_contain(const struct strings *list, const char *word);
/* The study group's id of a prefecture (R12), NULL if it is in none. */
const char *programme_study_group(const struct programme *programme, const char *prefecture);
const struct question *paper_find_question(const struct paper *paper, const char *id);
/* Whether the term lets its trainees take the course: of its programme's courses recorded ones
 * always, live ones when the broadcast lies wholly inside the training window. */
bool term_offers(const struct term *term, const struct course *course);

#endif
