/* A catalogue's settings as its file says them: filled in along catalogue_table, for the files
 * catalogue_*.c. The embedded structs of handlers/catalogue.h hold what needs no conversion. */
#ifndef XUESHI_CATALOGUE_SOURCE_H
#define XUESHI_CATALOGUE_SOURCE_H

#include "catalogue_file.h"
#include "settings.h"

struct term_source {
    struct settings_origin origin;
    struct term term;                                                       /* id */
    int64_t registration_from, registration_to, training_from, training_to; /* civil minutes */
};

struct course_source {
    struct settings_origin origin;
    struct course course; /* id, title, hours, length_s */
    const char *kind;
    int64_t from, to; /* civil minutes, or INSTANT_NONE */
};

struct question_source {
    struct settings_origin origin;
    struct question question; /* all but kind */
    const char *kind;
};

struct paper_source {
    struct settings_origin origin;
    const char *id, *course;
    struct settings_list questions; /* of question_source */
};

struct study_group_source {
    struct settings_origin origin;
    struct study_group group;
};

struct catalogue_source {
    struct settings_origin origin;
    struct programme programme; /* what no list below says */
    int64_t year, code_length;
    struct settings_list terms, courses, papers, study_groups; /* of …_source */
};

extern const struct settings_table catalogue_table;
extern const struct settings_table term_table, course_table, paper_table, study_group_table;

/* The items of the lists. */
const struct term_source *term_sources(const struct catalogue_source *source);
const struct course_source *course_sources(const struct catalogue_source *source);
const struct paper_source *paper_sources(const struct catalogue_source *source);
const struct study_group_source *study_group_sources(const struct catalogue_source *source);

/* That no id of a term, course or paper is there twice. */
enum status catalogue_check_ids(const struct catalogue_source *source, struct err *err)
    __attribute__((warn_unused_result));
/* Turns the settings into a programme: civil times into instants, words into enumerators. Then
 * every part but the text is filled in. */
enum status catalogue_build(struct programme *out, const struct catalogue_source *source,
                            struct arena *arena, struct err *err)
    __attribute__((warn_unused_result));
/* The other rules of configuration.md that concern one file. */
enum status catalogue_check(const struct catalogue_source *source,
                            const struct programme *programme, struct err *err)
    __attribute__((warn_unused_result));

#endif
