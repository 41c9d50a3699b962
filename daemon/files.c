/* Whole files into an arena. */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool file_read(struct arena *arena, const char *path, struct bytes *out, struct err *err)
{
    FILE *in = fopen(path, "re");
    char *text = NULL;
    size_t len = 0, cap = 0, got = 1;

    if (!in) {
        err_set(err, STATUS_FATAL, path, " cannot be read: ", strerror(errno), NULL);
        return false;
    }
    while (got) {
        text = arena_grow(arena, text, len, len + 4096, &cap, 1);
        got = fread(text + len, 1, cap - len - 1, in);
        len += got;
    }
    if (ferror(in)) {
        err_set(err, STATUS_FATAL, path, " cannot be read: ", strerror(errno), NULL);
        fclose(in);
        return false;
    }
    fclose(in);
    text[len] = '\0';
    *out = (struct bytes){text, len};
    return true;
}
