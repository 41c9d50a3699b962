/* From a catalogue's settings to the programme that the rules read. */
#include <string.h>

#include "catalogue_source.h"
#include "zone.h"

#define DAY_MINUTES 1440

struct builder {
    struct arena *arena;
    const struct zone *zone;
    struct err *err;
};

/* Sets *out to the instant of a civil time, unless an earlier one has failed. */
static void convert(const struct builder *builder, const struct settings_origin *origin,
                    const char *path, int64_t civil, int64_t *out, enum status *status)
{
    if (*status != STATUS_OK)
        return;
    if (civil % DAY_MINUTES == 0) {
        *out = zone_midnight(builder->zone, civil / DAY_MINUTES);
        return;
    }
    enum zone_answer answer = zone_instant(builder->zone, civil, out);
    if (answer != ZONE_ONE)
        *status = err_set(builder->err, STATUS_FATAL, settings_at(origin, path),
                          answer == ZONE_NEVER
                              ? "clocks are put forward over this time: it does not exist"
                              : "clocks are put back over this time: it exists twice",
                          NULL);
}

static void list_midnights(const struct builder *builder, const struct term_source *from,
                           struct term *term)
{
    int64_t first = from->training_from / DAY_MINUTES;
    int64_t last = (from->training_to + DAY_MINUTES - 1) / DAY_MINUTES;
    size_t count = last > first ? (size_t)(last - first) + 1 : 1;
    int64_t *midnights = arena_alloc(builder->arena, count * sizeof *midnights);

    for (size_t i = 0; i < count; i++)
        midnights[i] = zone_midnight(builder->zone, first + (int64_t)i);
    term->midnights = midnights;
    term->midnight_count = count;
    term->first_day = first;
}

static enum status check_window(const struct builder *builder, const struct term_source *from,
                                const char *path, int64_t begin, int64_t end)
{
    if (begin < end)
        return STATUS_OK;
    return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, path),
                   "must be later than the beginning", NULL);
}

static enum status build_term(const struct builder *builder, const struct term_source *from,
                              const struct programme *programme, struct term *out)
{
    enum status status = STATUS_OK;

    *out = from->term;
    out->programme = programme;
    convert(builder, &from->origin, "registration_from", from->registration_from,
            &out->registration_from, &status);
    convert(builder, &from->origin, "registration_to", from->registration_to, &out->registration_to,
            &status);
    convert(builder, &from->origin, "training_from", from->training_from, &out->training_from,
            &status);
    convert(builder, &from->origin, "training_to", from->training_to, &out->training_to, &status);
    if (status == STATUS_OK)
        status = check_window(builder, from, "registration_to", out->registration_from,
                              out->registration_to);
    if (status == STATUS_OK)
        status = check_window(builder, from, "training_to", out->training_from, out->training_to);
    if (status != STATUS_OK)
        return status;
    out->close_at = out->training_to + programme->hold_days * US_PER_DAY;
    list_midnights(builder, from, out);
    return STATUS_OK;
}

static enum status build_live(const struct builder *builder, const struct course_source *from,
                              struct course *out)
{
    enum status status = STATUS_OK;

    if (from->course.length_s)
        return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, "length_s"),
                       "a live course has a broadcast instead", NULL);
    if (from->from == INSTANT_NONE || from->to == INSTANT_NONE)
        return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, NULL),
                       "the live course ", from->course.id, " needs from and to", NULL);
    convert(builder, &from->origin, "from", from->from, &out->from, &status);
    convert(builder, &from->origin, "to", from->to, &out->to, &status);
    if (status == STATUS_OK && out->from >= out->to)
        status = err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, "to"),
                         "must be later than the beginning", NULL);
    return status;
}

static enum status build_recorded(const struct builder *builder, const struct course_source *from)
{
    if (from->from != INSTANT_NONE || from->to != INSTANT_NONE)
        return err_set(builder->err, STATUS_FATAL,
                       settings_at(&from->origin, from->from != INSTANT_NONE ? "from" : "to"),
                       "a recorded course has no broadcast", NULL);
    if (!from->course.length_s)
        return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, NULL),
                       "the recorded course ", from->course.id, " needs length_s", NULL);
    return STATUS_OK;
}

static enum status build_course(const struct builder *builder, const struct course_source *from,
                                const struct programme *programme, struct course *out)
{
    *out = from->course;
    out->programme = programme;
    out->kind = strcmp(from->kind, "live") == 0 ? COURSE_LIVE : COURSE_RECORDED;
    return out->kind == COURSE_LIVE ? build_live(builder, from, out)
                                    : build_recorded(builder, from);
}

static enum question_kind question_kind(const char *word)
{
    if (strcmp(word, "single") == 0)
        return QUESTION_SINGLE;
    return strcmp(word, "multiple") == 0 ? QUESTION_MULTIPLE : QUESTION_TRUEFALSE;
}

static const struct question *build_questions(const struct builder *builder,
                                              const struct settings_list *list)
{
    const struct question_source *from = list->at;
    struct question *questions = arena_alloc(builder->arena, list->count * sizeof *questions);

    for (size_t i = 0; i < list->count; i++) {
        questions[i] = from[i].question;
        questions[i].kind = question_kind(from[i].kind);
    }
    return questions;
}

static enum status build_paper(const struct builder *builder, const struct paper_source *from,
                               const struct programme *programme, struct paper *out)
{
    *out = (struct paper){
        .id = from->id,
        .questions = build_questions(builder, &from->questions),
        .question_count = from->questions.count,
    };
    for (size_t i = 0; i < programme->course_count; i++)
        if (strcmp(programme->courses[i].id, from->course) == 0)
            out->course = &programme->courses[i];
    if (!out->course)
        return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, "course"), "\"",
                       from->course, "\" is no course of this programme", NULL);
    if (out->course->kind == COURSE_LIVE)
        return err_set(builder->err, STATUS_FATAL, settings_at(&from->origin, "course"),
                       "the live course ", from->course, " has no exam (R15)", NULL);
    return STATUS_OK;
}

static enum status build_lists(const struct builder *builder, const struct catalogue_source *source,
                               struct programme *out)
{
    struct term *terms = arena_alloc(builder->arena, source->terms.count * sizeof *terms);
    struct course *courses = arena_alloc(builder->arena, source->courses.count * sizeof *courses);
    struct paper *papers = arena_alloc(builder->arena, source->papers.count * sizeof *papers);
    enum status status = STATUS_OK;

    out->terms = terms;
    out->courses = courses;
    out->papers = papers;
    for (; status == STATUS_OK && out->term_count < source->terms.count; out->term_count++)
        status = build_term(builder, &term_sources(source)[out->term_count], out,
                            &terms[out->term_count]);
    for (; status == STATUS_OK && out->course_count < source->courses.count; out->course_count++)
        status = build_course(builder, &course_sources(source)[out->course_count], out,
                              &courses[out->course_count]);
    for (; status == STATUS_OK && out->paper_count < source->papers.count; out->paper_count++)
        status = build_paper(builder, &paper_sources(source)[out->paper_count], out,
                             &papers[out->paper_count]);
    return status;
}

static void build_study_groups(const struct builder *builder, const struct catalogue_source *source,
                               struct programme *out)
{
    size_t count = source->study_groups.count;
    struct study_group *groups = arena_alloc(builder->arena, count * sizeof *groups);

    for (size_t i = 0; i < count; i++)
        groups[i] = study_group_sources(source)[i].group;
    out->study_groups = groups;
    out->study_group_count = count;
}

enum status catalogue_build(struct programme *out, const struct catalogue_source *source,
                            struct arena *arena, struct err *err)
{
    struct zone *zone;

    *out = source->programme;
    out->year = (int)source->year;
    out->code_length = (int)source->code_length;
    if (zone_load(&zone, arena, out->zone, err) != STATUS_OK)
        return err_set(err, STATUS_FATAL, settings_at(&source->origin, "programme.zone"),
                       err->message, NULL);

    struct builder builder = {.arena = arena, .zone = zone, .err = err};
    build_study_groups(&builder, source, out);
    return build_lists(&builder, source, out);
}
