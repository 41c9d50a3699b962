/* Reading test data; paths are relative to the top of the tree, where tests/run starts programs. */
#ifndef XUESHI_TEST_FILES_H
#define XUESHI_TEST_FILES_H

#include "../../daemon/record.h"
#include "../../handlers/arena.h"

/* The whole file, in the arena; fails the test when it cannot be read. */
struct bytes read_file(struct arena *arena, const char *path);
/* The sorted names of a folder's files that begin with the prefix. */
const char **list_files(struct arena *arena, const char *folder, const char *prefix, size_t *count);

#endif
