/* Lines of log files and of what folding them gives (tests/LOG-FORMAT.md). */
#ifndef XUESHI_LOG_LINES_H
#define XUESHI_LOG_LINES_H

#include <jansson.h>
#include <stdio.h>

#include "../../daemon/encode.h"
#include "../../handlers/arena.h"
#include "../../handlers/err.h"
#include "../../handlers/world.h"

/* The record that `line` is, in the arena; a topic that is none becomes TOPICS. */
struct record *log_read_record(struct arena *arena, const json_t *line);

/* Each writes one line to `out`, nothing if it is NULL; failure stays in the stream (ferror). */
void log_write_outcome(FILE *out, const struct place *place, enum outcome outcome,
                       enum reason reason, bool released);
/* `commit` is the journal entry's rank. */
void log_write_event(FILE *out, const struct message *message, int64_t commit);

#endif
