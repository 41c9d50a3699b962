/* Which changes of a catalogue leave it the same programme (configuration.md). */
#include <string.h>

#include "catalogue_source.h"

static enum status refuse(const struct settings_origin *origin, const char *path, const char *what,
                          struct err *err)
{
    return err_set(err, STATUS_FATAL, settings_at(origin, path), what,
                   ": it would be another programme", NULL);
}

/* The one-valued settings and the lists that must stay. */
static enum status check_settings(const struct catalogue_source *before,
                                  const struct catalogue_source *after, struct err *err)
{
    for (size_t i = 0; i < catalogue_table.count; i++) {
        const struct setting *row = &catalogue_table.rows[i];

        if (row->changeable || row->items == &term_table)
            continue;
        if (!setting_equal(row, before, after, after->origin.arena))
            return refuse(&after->origin, row->path, "may not change", err);
    }
    return STATUS_OK;
}

static enum status check_term(const struct term *before, const struct term *after,
                              const struct term_source *source, struct err *err)
{
    const struct {
        const char *path;
        bool narrower;
    } edges[] = {
        {"registration_from", after->registration_from > before->registration_from},
        {"registration_to", after->registration_to < before->registration_to},
        {"training_from", after->training_from > before->training_from},
        {"training_to", after->training_to < before->training_to},
    };

    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        if (edges[i].narrower)
            return refuse(&source->origin, edges[i].path, "a window may only be extended", err);
    return STATUS_OK;
}

/* The same terms in the same order. */
static enum status check_terms(const struct catalogue_file *before,
                               const struct catalogue_file *after, struct err *err)
{
    size_t count = before->programme->term_count;
    enum status status = STATUS_OK;

    if (after->programme->term_count != count)
        return refuse(&after->source->origin, "terms", "none may be added or taken away", err);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        const struct term *term = &after->programme->terms[i];
        const struct term_source *source = &term_sources(after->source)[i];

        if (strcmp(term->id, before->programme->terms[i].id) != 0)
            return refuse(&source->origin, "id", "may not change", err);
        status = check_term(&before->programme->terms[i], term, source, err);
    }
    return status;
}

static enum status refuse_missing(const struct catalogue_file *after, const char *list,
                                  const char *id, struct err *err)
{
    return err_set(err, STATUS_FATAL, settings_at(&after->source->origin, list), "\"", id,
                   "\" may not be taken away: it would be another programme", NULL);
}

/* What trainees have watched of a recorded course is nothing that a live one could count, and the
 * other way round. */
static enum status check_courses(const struct catalogue_file *before,
                                 const struct catalogue_file *after, struct err *err)
{
    for (size_t i = 0; i < before->programme->course_count; i++) {
        const struct course *course = &before->programme->courses[i];
        size_t j = 0;

        while (j < after->programme->course_count &&
               strcmp(after->programme->courses[j].id, course->id) != 0)
            j++;
        if (j == after->programme->course_count)
            return refuse_missing(after, "courses", course->id, err);
        if (after->programme->courses[j].kind != course->kind)
            return refuse(&course_sources(after->source)[j].origin, "kind", "may not change", err);
    }
    return STATUS_OK;
}

static enum status check_papers(const struct catalogue_file *before,
                                const struct catalogue_file *after, struct err *err)
{
    for (size_t i = 0; i < before->programme->paper_count; i++) {
        const struct paper *paper = &before->programme->papers[i];
        size_t j = 0;

        while (j < after->programme->paper_count &&
               strcmp(after->programme->papers[j].id, paper->id) != 0)
            j++;
        if (j == after->programme->paper_count)
            return refuse_missing(after, "papers", paper->id, err);
        if (strcmp(after->programme->papers[j].course->id, paper->course->id) != 0)
            return refuse(&paper_sources(after->source)[j].origin, "course", "may not change", err);
    }
    return STATUS_OK;
}

enum status catalogue_change_allowed(const struct catalogue_file *before,
                                     const struct catalogue_file *after, struct err *err)
{
    enum status status = check_settings(before->source, after->source, err);

    if (status == STATUS_OK)
        status = check_terms(before, after, err);
    if (status == STATUS_OK)
        status = check_courses(before, after, err);
    if (status == STATUS_OK)
        status = check_papers(before, after, err);
    return status;
}
