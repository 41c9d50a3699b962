/* Reading test data. */
#include "files.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bytes read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len = 0, cap = 0;
    char *at = NULL;

    if (!file) {
        fail_msg("%s: cannot be opened from here", path);
        return (struct bytes){.at = NULL};
    }
    for (size_t got = 1; got; len += got) {
        at = arena_grow(arena, at, len, len + 4096, &cap, 1);
        got = fread(at + len, 1, 4096, file);
    }
    assert_int_equal(fclose(file), 0);
    return (struct bytes){at, len};
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

const char **list_files(struct arena *arena, const char *folder, const char *prefix, size_t *count)
{
    DIR *dir = opendir(folder);
    const char **names = NULL;
    size_t cap = 0;

    *count = 0;
    if (!dir) {
        fail_msg("%s: cannot be opened from here", folder);
        return NULL;
    }
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        names = arena_grow(arena, names, *count, *count + 1, &cap, sizeof *names);
        names[(*count)++] = arena_strdup(arena, entry->d_name);
    }
    closedir(dir);
    if (*count)
        qsort(names, *count, sizeof *names, compare_names);
    return names;
}
