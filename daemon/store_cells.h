/* Between the files that read rows into the world. Not for anybody else. */
#ifndef XUESHI_STORE_CELLS_H
#define XUESHI_STORE_CELLS_H

#include "store_internal.h"

/* The cell that is read next: cells are read in the order of the statement's columns. */
struct cell {
    const struct pg_result *result;
    size_t row, column;
    struct arena *arena;
};
struct cell cell_first(const struct world *world, const struct pg_result *result, size_t row);

/* In the arena; NULL for null. */
const char *cell_text(struct cell *cell);
/* Valid as long as the result. */
const char *cell_name(struct cell *cell);
int64_t cell_int(struct cell *cell);
bool cell_bool(struct cell *cell);
int64_t cell_instant(struct cell *cell);
struct bytes cell_bytes(struct cell *cell);
/* A hash of the given length, or zeros where there is none. */
void cell_hash(struct cell *cell, uint8_t *out, size_t len);
/* partition and record_offset; zeros where there are none. */
struct place cell_place(struct cell *cell, enum topic topic);

/* trainee_id; made if it is not there. */
struct trainee *cell_trainee(struct world *world, struct cell *cell);
/* trainee_id and enrollment_id; NULL: not loaded. */
struct enrollment *cell_enrollment(struct world *world, struct cell *cell);
/* STATUS_FATAL: what PostgreSQL names is in no catalogue. */
enum status cell_unknown(struct err *err, const char *what, const char *id);

#endif
