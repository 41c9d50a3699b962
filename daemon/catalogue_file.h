/* Catalogue files: a programme, and where its parts stand in the file (configuration.md). */
#ifndef XUESHI_CATALOGUE_FILE_H
#define XUESHI_CATALOGUE_FILE_H

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"

struct catalogue_source; /* the settings as they were read; catalogue_source.h */

struct catalogue_file {
    const struct programme *programme;
    const struct catalogue_source *source;
};

/* Reads and checks one file by itself; everything is the arena's. STATUS_FATAL with
 * "FILE:LINE: what is wrong".
 *
 * Civil times at 00:00 or 24:00 mean the beginning of that civil date, which always exists and is
 * one instant (zone_midnight). Any other civil time that clocks skip, or show twice, is refused. */
enum status catalogue_file_read(struct catalogue_file *out, struct arena *arena, const char *path,
                                struct err *err) __attribute__((warn_unused_result));
/* The same for a text from elsewhere, which `name` names in messages. */
enum status catalogue_file_parse(struct catalogue_file *out, struct arena *arena, const char *name,
                                 const char *text, size_t len, struct err *err)
    __attribute__((warn_unused_result));

/* What must hold between files: no id of a programme, term, course or paper twice, no payment code
 * that could be two programmes', no overlapping training windows of one series. */
enum status catalogue_files_check(const struct catalogue_file *files, size_t count, struct err *err)
    __attribute__((warn_unused_result));

/* Whether `after` is still the programme that `before` was: windows may be extended; courses,
 * papers and texts (title, description, criteria) added or changed. Anything else: STATUS_FATAL,
 * with what and where in the later file. */
enum status catalogue_change_allowed(const struct catalogue_file *before,
                                     const struct catalogue_file *after, struct err *err)
    __attribute__((warn_unused_result));

#endif
