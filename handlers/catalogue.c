/* Looking things up in the programmes. */
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

static int compare_terms(const void *a, const void *b)
{
    const struct term *const *left = a, *const *right = b;

    return strcmp((*left)->id, (*right)->id);
}

static int compare_courses(const void *a, const void *b)
{
    const struct course *const *left = a, *const *right = b;

    return strcmp((*left)->id, (*right)->id);
}

static int compare_papers(const void *a, const void *b)
{
    const struct paper *const *left = a, *const *right = b;

    return strcmp((*left)->id, (*right)->id);
}

static void add_programme(struct catalogues *catalogues, const struct programme *programme)
{
    int64_t max_skew_us = programme->max_skew_s * US_PER_S;
    int64_t close_at = programme_last_close_at(programme);

    if (max_skew_us > catalogues->max_skew_us)
        catalogues->max_skew_us = max_skew_us;
    if (close_at > catalogues->last_close_at)
        catalogues->last_close_at = close_at;
    for (size_t i = 0; i < programme->term_count; i++)
        catalogues->terms[catalogues->term_count++] = &programme->terms[i];
    for (size_t i = 0; i < programme->course_count; i++)
        catalogues->courses[catalogues->course_count++] = &programme->courses[i];
    for (size_t i = 0; i < programme->paper_count; i++)
        catalogues->papers[catalogues->paper_count++] = &programme->papers[i];
}

void catalogues_index(struct catalogues *catalogues, struct arena *arena)
{
    size_t terms = 0, courses = 0, papers = 0;

    for (size_t i = 0; i < catalogues->count; i++) {
        terms += catalogues->programmes[i]->term_count;
        courses += catalogues->programmes[i]->course_count;
        papers += catalogues->programmes[i]->paper_count;
    }
    *catalogues = (struct catalogues){
        .programmes = catalogues->programmes,
        .count = catalogues->count,
        .last_close_at = INSTANT_NONE,
        .terms = arena_alloc(arena, terms * sizeof *catalogues->terms),
        .courses = arena_alloc(arena, courses * sizeof *catalogues->courses),
        .papers = arena_alloc(arena, papers * sizeof *catalogues->papers),
    };
    for (size_t i = 0; i < catalogues->count; i++)
        add_programme(catalogues, catalogues->programmes[i]);
    qsort(catalogues->terms, terms, sizeof *catalogues->terms, compare_terms);
    qsort(catalogues->courses, courses, sizeof *catalogues->courses, compare_courses);
    qsort(catalogues->papers, papers, sizeof *catalogues->papers, compare_papers);
}

const struct term *catalogues_find_term(const struct catalogues *catalogues, const char *id)
{
    const struct term *key = &(struct term){.id = id};
    const struct term *const *found = bsearch(&key, catalogues->terms, catalogues->term_count,
                                              sizeof *catalogues->terms, compare_terms);

    return found ? *found : NULL;
}

const struct course *catalogues_find_course(const struct catalogues *catalogues, const char *id)
{
    const struct course *key = &(struct course){.id = id};
    const struct course *const *found = bsearch(&key, catalogues->courses, catalogues->course_count,
                                                sizeof *catalogues->courses, compare_courses);

    return found ? *found : NULL;
}

const struct paper *catalogues_find_paper(const struct catalogues *catalogues, const char *id)
{
    const struct paper *key = &(struct paper){.id = id};
    const struct paper *const *found = bsearch(&key, catalogues->papers, catalogues->paper_count,
                                               sizeof *catalogues->papers, compare_papers);

    return found ? *found : NULL;
}

const struct programme *catalogues_find_programme(const struct catalogues *catalogues,
                                                  const char *id)
{
    for (size_t i = 0; i < catalogues->count; i++)
        if (strcmp(catalogues->programmes[i]->id, id) == 0)
            return catalogues->programmes[i];
    return NULL;
}

const struct programme *catalogues_find_code(const struct catalogues *catalogues,
                                             const char *payment_code)
{
    size_t len = strlen(payment_code);

    if (strspn(payment_code, "0123456789") != len)
        return NULL;
    for (size_t i = 0; i < catalogues->count; i++) {
        const struct programme *programme = catalogues->programmes[i];

        if (len == (size_t)programme->code_length &&
            strncmp(payment_code, programme->code_prefix, strlen(programme->code_prefix)) == 0)
            return programme;
    }
    return NULL;
}

int64_t programme_last_close_at(const struct programme *programme)
{
    int64_t last = INSTANT_NONE;

    for (size_t i = 0; i < programme->term_count; i++)
        if (programme->terms[i].close_at > last)
            last = programme->terms[i].close_at;
    return last;
}

bool catalogues_know_bank(const struct catalogues *catalogues, const char *bank)
{
    for (size_t i = 0; i < catalogues->count; i++)
        if (strings_contain(&catalogues->programmes[i]->banks, bank))
            return true;
    return false;
}

bool strings_contain(const struct strings *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], word) == 0)
            return true;
    return false;
}

const char *programme_study_group(const struct programme *programme, const char *prefecture)
{
    for (size_t i = 0; i < programme->study_group_count; i++)
        if (strings_contain(&programme->study_groups[i].prefectures, prefecture))
            return programme->study_groups[i].id;
    return NULL;
}

const struct question *paper_find_question(const struct paper *paper, const char *id)
{
    for (size_t i = 0; i < paper->question_count; i++)
        if (strcmp(paper->questions[i].id, id) == 0)
            return &paper->questions[i];
    return NULL;
}

bool term_offers(const struct term *term, const struct course *course)
{
    if (course->programme != term->programme)
        return false;
    return course->kind == COURSE_RECORDED ||
           (course->from >= term->training_from && course->to <= term->training_to);
}
