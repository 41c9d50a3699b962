/* What a catalogue must not say (configuration.md): checks within one file. */
#include <stdbool.h>
#include <string.h>

#include "../handlers/text.h"
#include "catalogue_source.h"

#define CODE_DIGITS_MAX 19 /* behind the prefix: they are drawn from 64 bits */

/* The earlier items of a list that an item is compared with. */
struct listed {
    const char *what, *id;
    const struct settings_origin *origin;
};

static enum status refuse_twice(const struct listed *item, struct err *err)
{
    return err_set(err, STATUS_FATAL, settings_at(item->origin, "id"), "the ", item->what, " \"",
                   item->id, "\" is there twice", NULL);
}

enum status catalogue_check_ids(const struct catalogue_source *source, struct err *err)
{
    const struct term_source *terms = term_sources(source);
    const struct course_source *courses = course_sources(source);
    const struct paper_source *papers = paper_sources(source);

    for (size_t i = 0; i < source->terms.count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(terms[i].term.id, terms[j].term.id) == 0)
                return refuse_twice(&(struct listed){"term", terms[i].term.id, &terms[i].origin},
                                    err);
    for (size_t i = 0; i < source->courses.count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(courses[i].course.id, courses[j].course.id) == 0)
                return refuse_twice(
                    &(struct listed){"course", courses[i].course.id, &courses[i].origin}, err);
    for (size_t i = 0; i < source->papers.count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(papers[i].id, papers[j].id) == 0)
                return refuse_twice(&(struct listed){"paper", papers[i].id, &papers[i].origin},
                                    err);
    return STATUS_OK;
}

static enum status check_key(const struct question_source *source, enum question_kind kind,
                             struct err *err)
{
    const char *key = source->question.key, *wrong = NULL;

    if (kind == QUESTION_SINGLE && strlen(key) != 1)
        wrong = "a single-choice question has one right answer";
    else if (kind == QUESTION_TRUEFALSE && strcmp(key, "T") != 0 && strcmp(key, "F") != 0)
        wrong = "must be T or F";
    return wrong ? err_set(err, STATUS_FATAL, settings_at(&source->origin, "key"), wrong, NULL)
                 : STATUS_OK;
}

static enum status check_questions(const struct paper_source *source, const struct paper *paper,
                                   struct err *err)
{
    const struct question_source *questions = source->questions.at;
    enum status status = STATUS_OK;
    int64_t marks = 0;

    for (size_t i = 0; status == STATUS_OK && i < paper->question_count; i++) {
        for (size_t j = 0; j < i; j++)
            if (strcmp(paper->questions[i].id, paper->questions[j].id) == 0)
                return refuse_twice(
                    &(struct listed){"question", paper->questions[i].id, &questions[i].origin},
                    err);
        marks += paper->questions[i].marks;
        status = check_key(&questions[i], paper->questions[i].kind, err);
    }
    if (status == STATUS_OK && marks != 100)
        status = err_set(err, STATUS_FATAL, settings_at(&source->origin, "questions"),
                         "the marks of paper ", source->id, " add up to ",
                         text_from_int(source->origin.arena, marks), ", not to 100", NULL);
    return status;
}

static enum status check_papers(const struct catalogue_source *source,
                                const struct programme *programme, struct err *err)
{
    const struct paper_source *papers = paper_sources(source);
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < programme->paper_count; i++) {
        for (size_t j = 0; j < i; j++)
            if (programme->papers[i].course == programme->papers[j].course)
                return err_set(err, STATUS_FATAL, settings_at(&papers[i].origin, "course"),
                               "the course ", papers[i].course, " has two papers (R19)", NULL);
        status = check_questions(&papers[i], &programme->papers[i], err);
    }
    return status;
}

static bool has_paper(const struct programme *programme, const struct course *course)
{
    for (size_t i = 0; i < programme->paper_count; i++)
        if (programme->papers[i].course == course)
            return true;
    return false;
}

/* A broadcast that only begins or only ends in the training window would be half a course. */
static bool crosses_edge(const struct course *course, const struct term *term)
{
    return (course->from < term->training_from && term->training_from < course->to) ||
           (course->from < term->training_to && term->training_to < course->to);
}

static enum status check_courses(const struct catalogue_source *source,
                                 const struct programme *programme, struct err *err)
{
    for (size_t i = 0; i < programme->course_count; i++) {
        const struct course *course = &programme->courses[i];
        const struct settings_origin *origin = &course_sources(source)[i].origin;

        if (course->kind == COURSE_RECORDED && !has_paper(programme, course))
            return err_set(err, STATUS_FATAL, settings_at(origin, NULL), "the recorded course ",
                           course->id, " has no paper (R19)", NULL);
        for (size_t t = 0; course->kind == COURSE_LIVE && t < programme->term_count; t++)
            if (crosses_edge(course, &programme->terms[t]))
                return err_set(err, STATUS_FATAL, settings_at(origin, "from"), "the broadcast of ",
                               course->id, " crosses the edge of the training window of term ",
                               programme->terms[t].id, NULL);
    }
    return STATUS_OK;
}

static enum status check_reach(const struct catalogue_source *source,
                               const struct programme *programme, struct err *err)
{
    for (size_t t = 0; t < programme->term_count; t++) {
        const struct settings_origin *origin = &term_sources(source)[t].origin;
        struct text hours;
        int64_t offered = 0;

        for (size_t i = 0; i < programme->course_count; i++)
            if (term_offers(&programme->terms[t], &programme->courses[i]))
                offered += programme->courses[i].hours;
        if (offered >= programme->required_hours)
            continue;
        text_init(&hours, origin->arena);
        text_add_tenths(&hours, offered);
        text_add(&hours, " hours of the required ");
        text_add_tenths(&hours, programme->required_hours);
        return err_set(err, STATUS_FATAL, settings_at(origin, NULL), "term ",
                       programme->terms[t].id, " offers only ", text_string(&hours), NULL);
    }
    return STATUS_OK;
}

static enum status check_study_groups(const struct catalogue_source *source,
                                      const struct programme *programme, struct err *err)
{
    for (size_t i = 0; i < programme->study_group_count; i++) {
        const struct study_group *group = &programme->study_groups[i];
        const struct settings_origin *origin = &study_group_sources(source)[i].origin;

        for (size_t j = 0; j < i; j++) {
            if (strcmp(group->id, programme->study_groups[j].id) == 0)
                return refuse_twice(&(struct listed){"study group", group->id, origin}, err);
            for (size_t p = 0; p < group->prefectures.count; p++)
                if (strings_contain(&programme->study_groups[j].prefectures,
                                    group->prefectures.at[p]))
                    return err_set(err, STATUS_FATAL, settings_at(origin, "prefectures"), "\"",
                                   group->prefectures.at[p], "\" is in two study groups (R12)",
                                   NULL);
        }
    }
    return STATUS_OK;
}

/* Codes travel in keys and texts, where what looks like a mobile or ID number is masked. */
static enum status check_code(const struct catalogue_source *source,
                              const struct programme *programme, struct err *err)
{
    int digits = programme->code_length - (int)strlen(programme->code_prefix);
    const char *wrong = NULL;

    if (digits < 1 || digits > CODE_DIGITS_MAX)
        wrong = "must leave 1 to 19 digits behind fee.code_prefix";
    else if (programme->code_length == 18)
        wrong = "18 digits would look like ID numbers";
    else if (programme->code_length == 11 && programme->code_prefix[0] == '1')
        wrong = "11 digits that begin with 1 would look like mobile numbers";
    return wrong ? err_set(err, STATUS_FATAL, settings_at(&source->origin, "fee.code_length"),
                           wrong, NULL)
                 : STATUS_OK;
}

enum status catalogue_check(const struct catalogue_source *source,
                            const struct programme *programme, struct err *err)
{
    static enum status (*const checks[])(const struct catalogue_source *, const struct programme *,
                                         struct err *) = {check_code, check_papers, check_courses,
                                                          check_reach, check_study_groups};
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof checks / sizeof *checks; i++)
        status = checks[i](source, programme, err);
    return status;
}
