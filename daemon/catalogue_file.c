/* Catalogue files: reading one, and what must hold between several. */
#include "catalogue_file.h"

#include <string.h>

#include "catalogue_source.h"
#include "crypto.h"

static void digest(const struct catalogue_source *source, struct arena *arena, uint8_t out[32])
{
    struct text canonical;

    text_init(&canonical, arena);
    settings_canonical(&catalogue_table, source, &canonical);
    crypto_sha256(canonical.at, canonical.len, out);
}

/* Terms before `count` of the other file: itself compares each pair once. */
static enum status check_windows(const struct catalogue_file *file, size_t term,
                                 const struct catalogue_file *other, size_t count, struct err *err)
{
    const struct term *mine = &file->programme->terms[term];

    if (strcmp(file->programme->series_id, other->programme->series_id) != 0)
        return STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        const struct term *theirs = &other->programme->terms[i];

        if (mine->training_from < theirs->training_to && theirs->training_from < mine->training_to)
            return err_set(err, STATUS_FATAL,
                           settings_at(&term_sources(file->source)[term].origin, "training_from"),
                           "the training windows of terms ", mine->id, " and ", theirs->id,
                           " overlap", NULL);
    }
    return STATUS_OK;
}

static enum status check_all_windows(const struct catalogue_file *file,
                                     const struct catalogue_file *other, struct err *err)
{
    enum status status = STATUS_OK;

    for (size_t t = 0; status == STATUS_OK && t < file->programme->term_count; t++)
        status = check_windows(file, t, other, file == other ? t : other->programme->term_count,
                               err);
    return status;
}

static enum status load(struct catalogue_file *out, struct arena *arena,
                        const struct settings_text *text, struct err *err)
{
    struct catalogue_source *source = arena_alloc(arena, sizeof *source);
    struct programme *programme = arena_alloc(arena, sizeof *programme);
    enum status status = settings_read(text, arena, &catalogue_table, source, err);

    if (status != STATUS_OK)
        return status;
    if (source->programme.survey && !*source->programme.survey)
        source->programme.survey = NULL;
    status = catalogue_check_ids(source, err);
    if (status == STATUS_OK)
        status = catalogue_build(programme, source, arena, err);
    if (status == STATUS_OK)
        status = catalogue_check(source, programme, err);
    if (status != STATUS_OK)
        return status;
    programme->text = text->at;
    digest(source, arena, programme->digest);
    *out = (struct catalogue_file){.programme = programme, .source = source};
    return check_all_windows(out, out, err);
}

enum status catalogue_file_read(struct catalogue_file *out, struct arena *arena, const char *path,
                                struct err *err)
{
    struct settings_text text;
    enum status status = settings_text_read(&text, arena, path, err);

    return status == STATUS_OK ? load(out, arena, &text, err) : status;
}

enum status catalogue_file_parse(struct catalogue_file *out, struct arena *arena, const char *name,
                                 const char *text, size_t len, struct err *err)
{
    struct settings_text own = {
        .path = arena_strdup(arena, name),
        .at = arena_strndup(arena, text, len),
        .len = len,
    };
    enum status status = settings_text_check(&own, arena, err);

    return status == STATUS_OK ? load(out, arena, &own, err) : status;
}

static enum status refuse_shared(const struct settings_origin *origin, const char *path,
                                 const char *what, const char *id,
                                 const struct catalogue_file *other, struct err *err)
{
    return err_set(err, STATUS_FATAL, settings_at(origin, path), "the ", what, " \"", id,
                   "\" is in ", other->source->origin.file, " too", NULL);
}

static enum status check_shared_ids(const struct catalogue_file *file,
                                    const struct catalogue_file *other, struct err *err)
{
    const struct catalogue_source *source = file->source, *theirs = other->source;

    if (strcmp(file->programme->id, other->programme->id) == 0)
        return refuse_shared(&source->origin, "programme.id", "programme", file->programme->id,
                             other, err);
    for (size_t i = 0; i < source->terms.count; i++)
        for (size_t j = 0; j < theirs->terms.count; j++)
            if (strcmp(term_sources(source)[i].term.id, term_sources(theirs)[j].term.id) == 0)
                return refuse_shared(&term_sources(source)[i].origin, "id", "term",
                                     term_sources(source)[i].term.id, other, err);
    for (size_t i = 0; i < source->courses.count; i++)
        for (size_t j = 0; j < theirs->courses.count; j++)
            if (strcmp(course_sources(source)[i].course.id, course_sources(theirs)[j].course.id) ==
                0)
                return refuse_shared(&course_sources(source)[i].origin, "id", "course",
                                     course_sources(source)[i].course.id, other, err);
    for (size_t i = 0; i < source->papers.count; i++)
        for (size_t j = 0; j < theirs->papers.count; j++)
            if (strcmp(paper_sources(source)[i].id, paper_sources(theirs)[j].id) == 0)
                return refuse_shared(&paper_sources(source)[i].origin, "id", "paper",
                                     paper_sources(source)[i].id, other, err);
    return STATUS_OK;
}

/* A prefix that another one begins with is no prefix of its own: the codes could be the same. */
static enum status check_codes(const struct catalogue_file *file,
                               const struct catalogue_file *other, struct err *err)
{
    const char *ours = file->programme->code_prefix, *theirs = other->programme->code_prefix;
    size_t our_len = strlen(ours), their_len = strlen(theirs);

    if (strncmp(ours, theirs, our_len < their_len ? our_len : their_len) != 0)
        return STATUS_OK;
    if (our_len != their_len && file->programme->code_length != other->programme->code_length)
        return STATUS_OK;
    return err_set(err, STATUS_FATAL, settings_at(&file->source->origin, "fee.code_prefix"), "\"",
                   ours, "\" cannot be told from \"", theirs, "\" in ", other->source->origin.file,
                   NULL);
}

enum status catalogue_files_check(const struct catalogue_file *files, size_t count, struct err *err)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        for (size_t j = 0; status == STATUS_OK && j < i; j++) {
            status = check_shared_ids(&files[i], &files[j], err);
            if (status == STATUS_OK)
                status = check_codes(&files[i], &files[j], err);
            if (status == STATUS_OK)
                status = check_all_windows(&files[i], &files[j], err);
        }
    return status;
}
