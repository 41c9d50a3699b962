/* Reading what is kept, for the tool: dossiers as the rules see them, in one snapshot. */
#ifndef XUESHI_STORE_READ_H
#define XUESHI_STORE_READ_H

#include "store.h"

/* Begins a REPEATABLE READ, READ ONLY transaction: all that is read until store_read_end is one
 * snapshot. */
enum status store_read_begin(struct store *store, struct err *err)
    __attribute__((warn_unused_result));
void store_read_end(struct store *store);

/* Loads clock and ticks: world->passed and the tick stamps, for world_watermark and
 * fold_next_passing. Makes room for the partitions that PostgreSQL knows. */
enum status store_read_clock(struct store *store, struct world *world, struct err *err)
    __attribute__((warn_unused_result));

/* Loads one trainee in full (courses without `covered`, only covered_s; no taken days) and what is
 * held for the trainee. *out is NULL when nothing is known of the trainee. */
enum status store_read_trainee(struct store *store, struct world *world, const char *trainee_id,
                               struct trainee_entry **out, struct err *err)
    __attribute__((warn_unused_result));

/* The next trainees in byte order after `after` ("" at first), at most `max`, loaded likewise;
 * *count is 0 at the end. The array is the world's arena's. */
enum status store_read_trainees(struct store *store, struct world *world, const char *after,
                                size_t max, struct trainee_entry ***out, size_t *count,
                                struct err *err) __attribute__((warn_unused_result));

/* The next payment codes, in byte order after `after`, that hold money without an enrollment. */
enum status store_read_codes(struct store *store, struct world *world, const char *after,
                             size_t max, struct code ***out, size_t *count, struct err *err)
    __attribute__((warn_unused_result));

/* One journal entry that published. */
struct published {
    int64_t commit; /* the entry's rank in the journal, from 1 */
    int64_t count;
    uint8_t digest[32];
};
/* The next ones after that rank. */
enum status store_read_published(struct store *store, struct world *world, int64_t after,
                                 size_t max, struct published **out, size_t *count, struct err *err)
    __attribute__((warn_unused_result));

#endif
