/* Between pg.c and pg_result.c. Not for anybody else. */
#ifndef XUESHI_PG_INTERNAL_H
#define XUESHI_PG_INTERNAL_H

#include <libpq-fe.h>

#include "pg.h"

/* Takes libpq's result over; NULL gives NULL. */
struct pg_result *pg_result_wrap(PGresult *result);

/* PostgreSQL counts microseconds from 2000, we from 1970. */
#define PG_EPOCH_US INT64_C(946684800000000)

#endif
