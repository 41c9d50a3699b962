/* Whole files into an arena. */
#ifndef XUESHI_FILES_H
#define XUESHI_FILES_H

#include <stdbool.h>

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "record.h"

/* The file's bytes with a NUL behind them. False: err names the file and says why. */
bool file_read(struct arena *arena, const char *path, struct bytes *out, struct err *err);

#endif
