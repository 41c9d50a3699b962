/* The settings of a catalogue's terms, courses, papers and study groups. */
#include "catalogue_source.h"
#include "config_forms.h"

static const char *const course_kinds[] = {"recorded", "live", NULL};
static const char *const question_kinds[] = {"single", "multiple", "truefalse", NULL};

static const struct setting term_rows[] = {
    {.path = "id",
     .type = SETTING_STRING,
     .offset = offsetof(struct term_source, term.id),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "unique over all catalogues"},
    {.path = "registration_from",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct term_source, registration_from),
     .meaning = "registration begins, as civil time YYYY-MM-DDThh:mm in the programme's zone"},
    {.path = "registration_to",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct term_source, registration_to),
     .meaning = "and ends, exclusively; 24:00 is allowed"},
    {.path = "training_from",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct term_source, training_from),
     .meaning = "training begins"},
    {.path = "training_to",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct term_source, training_to),
     .meaning = "and ends, exclusively"},
};

const struct settings_table term_table = {
    .name = "terms",
    .rows = term_rows,
    .count = sizeof term_rows / sizeof *term_rows,
    .size = sizeof(struct term_source),
};

static const struct setting course_rows[] = {
    {.path = "id",
     .type = SETTING_STRING,
     .offset = offsetof(struct course_source, course.id),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "unique over all catalogues"},
    {.path = "title",
     .type = SETTING_STRING,
     .offset = offsetof(struct course_source, course.title),
     .min = 1,
     .max = 600,
     .meaning = "as trainees read it"},
    {.path = "kind",
     .type = SETTING_STRING,
     .offset = offsetof(struct course_source, kind),
     .words = course_kinds,
     .meaning = "recorded courses end with an exam, live ones with their broadcast"},
    {.path = "hours",
     .type = SETTING_HOURS,
     .offset = offsetof(struct course_source, course.hours),
     .min = 1,
     .max = 2000,
     .meaning = "credit hours"},
    {.path = "length_s",
     .type = SETTING_INT,
     .offset = offsetof(struct course_source, course.length_s),
     .optional = true,
     .min = 1,
     .max = 1000000,
     .meaning = "of a recorded course: its length"},
    {.path = "from",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct course_source, from),
     .optional = true,
     .meaning = "of a live course: when its broadcast begins"},
    {.path = "to",
     .type = SETTING_CIVIL,
     .offset = offsetof(struct course_source, to),
     .optional = true,
     .meaning = "and ends"},
};

const struct settings_table course_table = {
    .name = "courses",
    .rows = course_rows,
    .count = sizeof course_rows / sizeof *course_rows,
    .size = sizeof(struct course_source),
};

static const struct setting question_rows[] = {
    {.path = "id",
     .type = SETTING_STRING,
     .offset = offsetof(struct question_source, question.id),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "unique in its paper"},
    {.path = "kind",
     .type = SETTING_STRING,
     .offset = offsetof(struct question_source, kind),
     .words = question_kinds,
     .meaning = "how many letters are right"},
    {.path = "marks",
     .type = SETTING_INT,
     .offset = offsetof(struct question_source, question.marks),
     .min = 1,
     .max = 100,
     .meaning = "a paper has 100"},
    {.path = "key",
     .type = SETTING_STRING,
     .offset = offsetof(struct question_source, question.key),
     .min = 1,
     .max = 26,
     .check = check_key,
     .meaning = "the right letters, each once; T or F for truefalse"},
};

static const struct settings_table question_table = {
    .name = "papers.questions",
    .rows = question_rows,
    .count = sizeof question_rows / sizeof *question_rows,
    .size = sizeof(struct question_source),
};

static const struct setting paper_rows[] = {
    {.path = "id",
     .type = SETTING_STRING,
     .offset = offsetof(struct paper_source, id),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "unique over all catalogues"},
    {.path = "course",
     .type = SETTING_STRING,
     .offset = offsetof(struct paper_source, course),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "the recorded course that it examines"},
    {.path = "questions",
     .type = SETTING_GROUPS,
     .offset = offsetof(struct paper_source, questions),
     .min = 1,
     .max = 100,
     .items = &question_table,
     .meaning = "its questions"},
};

const struct settings_table paper_table = {
    .name = "papers",
    .rows = paper_rows,
    .count = sizeof paper_rows / sizeof *paper_rows,
    .size = sizeof(struct paper_source),
};

static const struct setting study_group_rows[] = {
    {.path = "id",
     .type = SETTING_STRING,
     .offset = offsetof(struct study_group_source, group.id),
     .min = 1,
     .max = 64,
     .check = check_identifier,
     .meaning = "as trainees are told it"},
    {.path = "prefectures",
     .type = SETTING_STRINGS,
     .offset = offsetof(struct study_group_source, group.prefectures),
     .min = 1,
     .max = 1000,
     .meaning = "who belongs to it"},
};

const struct settings_table study_group_table = {
    .name = "study_groups",
    .rows = study_group_rows,
    .count = sizeof study_group_rows / sizeof *study_group_rows,
    .size = sizeof(struct study_group_source),
};

const struct term_source *term_sources(const struct catalogue_source *source)
{
    return source->terms.at;
}

const struct course_source *course_sources(const struct catalogue_source *source)
{
    return source->courses.at;
}

const struct paper_source *paper_sources(const struct catalogue_source *source)
{
    return source->papers.at;
}

const struct study_group_source *study_group_sources(const struct catalogue_source *source)
{
    return source->study_groups.at;
}
