/* A folder of a test's own: files are written into it and go with it. */
#ifndef XUESHI_TESTS_TEMP_FOLDER_H
#define XUESHI_TESTS_TEMP_FOLDER_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_folder {
    char path[64];
};

static inline struct temp_folder temp_folder_new(void)
{
    struct temp_folder folder = {.path = "/tmp/xueshi-test-XXXXXX"};

    if (!mkdtemp(folder.path))
        abort();
    return folder;
}

static inline int temp_folder_unlink(const char *path, const struct stat *stat, int type,
                                     struct FTW *ftw)
{
    (void)stat, (void)type, (void)ftw;
    return remove(path);
}

static inline void temp_folder_remove(const struct temp_folder *folder)
{
    (void)nftw(folder->path, temp_folder_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the folder; to be freed. */
static inline char *temp_folder_path(const struct temp_folder *folder, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", folder->path, name) < 0)
        abort();
    return path;
}

static inline void temp_folder_write(const struct temp_folder *folder, const char *name,
                                     const void *bytes, size_t len, mode_t mode)
{
    char *path = temp_folder_path(folder, name);

    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || fchmod(fd, mode) != 0 || close(fd) != 0)
        abort();
    free(path);
}

static inline void temp_folder_write_text(const struct temp_folder *folder, const char *name,
                                          const char *text)
{
    temp_folder_write(folder, name, text, strlen(text), 0600);
}

/* The text of a file of this repository: tests are started at its top. To be freed. */
static inline char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = fopen(path, "re");

    if (!in) {
        perror(path);
        abort();
    }
    if (getdelim(&text, &size, '\0', in) < 0)
        abort();
    fclose(in);
    return text;
}

/* `text` with the first `from` replaced by `to`; to be freed. Aborts if there is none: a test that
 * changes nothing proves nothing. */
static inline char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    if (!at) {
        fprintf(stderr, "nothing to replace: %s\n", from);
        abort();
    }
    size_t size = strlen(text) + strlen(to) + 1;
    char *out = malloc(size);
    if (!out)
        abort();
    snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

/* The line on which `part` begins, from 1. */
static inline int line_of(const char *text, const char *part)
{
    const char *end = strstr(text, part);
    int line = 1;

    if (!end) {
        fprintf(stderr, "not there: %s\n", part);
        abort();
    }
    for (; text < end; text++)
        line += *text == '\n';
    return line;
}

#endif
