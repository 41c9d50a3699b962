/* Cells of a row, one after another. */
#include "store_cells.h"

#include <string.h>

struct cell cell_first(const struct world *world, const struct pg_result *result, size_t row)
{
    return (struct cell){result, row, 0, world->arena};
}

const char *cell_text(struct cell *cell)
{
    return arena_strdup(cell->arena, pg_text(cell->result, cell->row, cell->column++));
}

const char *cell_name(struct cell *cell)
{
    return pg_text(cell->result, cell->row, cell->column++);
}

int64_t cell_int(struct cell *cell)
{
    return pg_int(cell->result, cell->row, cell->column++);
}

bool cell_bool(struct cell *cell)
{
    return pg_bool(cell->result, cell->row, cell->column++);
}

int64_t cell_instant(struct cell *cell)
{
    return pg_instant(cell->result, cell->row, cell->column++);
}

struct bytes cell_bytes(struct cell *cell)
{
    return pg_bytes(cell->result, cell->row, cell->column++);
}

void cell_hash(struct cell *cell, uint8_t *out, size_t len)
{
    struct bytes bytes = cell_bytes(cell);

    memset(out, 0, len);
    if (bytes.len == len)
        memcpy(out, bytes.at, len);
}

struct place cell_place(struct cell *cell, enum topic topic)
{
    struct place place = {.topic = topic};

    if (pg_is_null(cell->result, cell->row, cell->column)) {
        cell->column += 2;
        return place;
    }
    place.partition = (int32_t)cell_int(cell);
    place.offset = cell_int(cell);
    return place;
}

enum status cell_unknown(struct err *err, const char *what, const char *id)
{
    return err_set(err, STATUS_FATAL, "PostgreSQL names the ", what, " ", id,
                   ", which is in no catalogue any more: restore it, or accept a change with "
                   "`xueshictl catalogue accept`",
                   NULL);
}

struct trainee *cell_trainee(struct world *world, struct cell *cell)
{
    return &world_trainee(world, cell_name(cell))->trainee;
}

struct enrollment *cell_enrollment(struct world *world, struct cell *cell)
{
    struct trainee *trainee = cell_trainee(world, cell);

    return trainee_find_enrollment(trainee, cell_name(cell));
}
