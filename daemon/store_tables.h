/* Between the files that write a world: which tables there are, and the columns on their way. */
#ifndef XUESHI_STORE_TABLES_H
#define XUESHI_STORE_TABLES_H

#include "store_internal.h"

enum table {
    TABLE_PAYMENT_CODE,
    TABLE_ENROLLMENT,
    TABLE_BAR,
    TABLE_PROGRESS,
    TABLE_TAKEN_DAY,
    TABLE_ATTEMPT,
    TABLE_GRANT,
    TABLE_PAYMENT,
    TABLE_REFUND,
    TABLE_CREDIT,
    TABLE_YEAR,
    TABLE_CERTIFICATE,
    TABLE_VERSION,
    TABLE_ANOMALY,
    TABLE_CLAIM,
    TABLE_CLAIM_GONE,
    TABLE_IDENTITY,
    TABLE_HELD,
    TABLE_HELD_GONE,
    TABLE_DEAD_LETTER,
    TABLE_OUTBOX,
    TABLES
};

/* What writes one table: the types of its columns as pg_rows_init wants them, and the statement
 * that takes them as arrays. The rows are put column by column in the order of the statement. */
struct table_writer {
    const char *types, *sql;
};
extern const struct table_writer table_writers[TABLES];

/* One world on its way into the tables. */
struct writing {
    struct store *store;
    struct world *world;
    struct pg_rows rows[TABLES];
};

/* store_write_rows.c */

/* partition and record_offset. */
void put_place(struct pg_rows *rows, const struct place *place);
void put_hash(struct pg_rows *rows, const uint8_t hash[32]);
void put_bytes(struct pg_rows *rows, struct bytes bytes);

/* One row each. */
void write_enrollment(struct writing *w, const struct enrollment *e);
void write_bars(struct writing *w, const struct enrollment *e);
void write_course(struct writing *w, const struct enrollment *e, const struct progress *p);
void write_attempt(struct writing *w, const struct enrollment *e, const struct progress *p,
                   const struct attempt *a);
void write_grant(struct writing *w, const struct enrollment *e, const struct grant *g);
void write_day(struct writing *w, const struct enrollment *e, const struct taken_day *day);
/* Those that changed, with their new refunds. */
void write_payments(struct writing *w, const struct payments *payments);
void write_certificate(struct writing *w, const struct trainee *t, const struct certificate *c);
/* Those that changed. */
void write_versions(struct writing *w, const struct trainee *t, const struct certificate *c);
void write_credit(struct writing *w, const struct trainee *t, const struct credit *c);
void write_year(struct writing *w, const struct trainee *t, const struct year_record *y);
void write_anomaly(struct writing *w, const struct trainee *t, const struct anomaly *a);

#endif
