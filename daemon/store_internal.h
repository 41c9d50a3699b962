/* Between the files of the store. Not for anybody else. */
#ifndef XUESHI_STORE_INTERNAL_H
#define XUESHI_STORE_INTERNAL_H

#include "../handlers/text.h"
#include "collect.h"
#include "pg.h"
#include "store.h"

struct store {
    const struct config *config;
    struct decoder decoder; /* of held records, whose signatures were verified when they came */
    struct pg *pg;
    int64_t number;  /* of the open transaction's journal entry */
    int64_t refused; /* store_refused */
};

/* store_seal.c: whole records, sealed, as held and dead_letter keep them. */

/* `table` and the place are authenticated. */
struct bytes store_seal_record(const struct keys *keys, struct arena *arena, const char *table,
                               const struct record *record);
/* NULL: the key is another, or the bytes were altered or moved. */
struct record *store_open_record(const struct keys *keys, struct arena *arena, const char *table,
                                 const struct place *place, struct bytes sealed);
/* One column of an enrollment's row; absent (NULL) gives no bytes, which the row's own then
 * outlives.
 */
struct bytes store_seal_personal(const struct keys *keys, struct arena *arena, const char *column,
                                 const struct enrollment *enrollment, const char *plain);
/* Headers as the outbox keeps them. */
struct bytes store_pack_headers(struct arena *arena, const struct record *record);

/* store.c */

/* The two statements that begin every transaction: BEGIN (in this mode; "" for the default) and the
 * settings that hold inside it. */
#define STORE_BEGIN 2
void store_begin(const struct store *store, struct arena *arena, const char *begin,
                 struct pg_query queries[STORE_BEGIN]);

/* Runs the writes with a COMMIT behind them. */
struct writes;
enum status store_finish(struct store *store, struct writes *writes, struct arena *arena,
                         struct err *err);

/* store_names.c: what a batch names, as rows of keys. */
enum key_set {
    KEYS_CODES,      /* payment_code */
    KEYS_TRAINEES,   /* trainee_id: all that are named */
    KEYS_HASHES,     /* id_hash of submissions */
    KEYS_REJECTING,  /* trainee_id of those with a rejecting review */
    KEYS_COURSES,    /* trainee_id, enrollment_id, course_id of reports */
    KEYS_DAYS,       /* trainee_id, enrollment_id, day of reports */
    KEYS_IDENTITIES, /* subject, key */
    KEYS_FULL,       /* trainee_id of those to be loaded in full */
    KEYS_SUBJECTS,   /* of held records: full trainees and codes */
    KEY_SETS
};
struct names {
    struct world *world;
    struct pg_rows keys[KEY_SETS];
    struct map seen[KEY_SETS];
    struct map
        claimed; /* trainee, enrollment and course of reports -> int64_t: sum of their claims */
};
void names_init(struct names *names, struct world *world);
/* One event of the batch, or a held one that may be released. */
void names_add_event(struct names *names, const struct event *ev);
/* A trainee to be loaded in full, and what is held for the trainee. */
void names_add_full(struct names *names, const char *trainee_id);
/* Full trainees, too: those whose reports might complete a course, now that progress is loaded. */
void names_add_learners(struct names *names);
/* What batches lock is locked in this order. */
void names_sort(struct names *names, enum key_set set);

/* store_rows.c: rows into the world. */

typedef enum status reader(struct store *store, struct world *world, const struct pg_result *result,
                           struct err *err);
reader read_codes, read_enrollments, read_progress, read_days, read_bars, read_payments,
    read_refunds, read_grants, read_attempts, read_certificates, read_versions, read_credits,
    read_years, read_anomalies, read_held, read_identities, read_claims, read_clock, read_number,
    read_ticks;

/* store_load.c */

/* Each is one round trip inside the transaction. */

/* Takes the locks of what is named, draws the journal number, and loads what watched time needs:
 * codes, enrollments, and the courses and days that reports name. */
enum status load_locked(struct store *store, struct names *names, struct err *err);
/* The same without locks and journal number. */
enum status load_known(struct store *store, struct names *names, struct err *err);
/* All else of KEYS_FULL, and what is held for KEYS_SUBJECTS. */
enum status load_full(struct store *store, struct names *names, struct err *err);
/* What the held records that are loaded now name in turn; nothing if there are none. */
enum status load_held(struct store *store, struct names *names, struct err *err);
/* Clock and ticks. */
enum status load_clock(struct store *store, struct world *world, struct err *err);

/* store_write.c */

/* Statements that write a world and a batch: filled by write_world, run by the caller. */
#define WRITES_MAX 40
struct writes {
    struct pg_query queries[WRITES_MAX];
    size_t count;
};
/* Everything dirty or new, held records, dead letters, and the outbox from rank `*seq` on. */
void write_world(struct store *store, struct world *world, const struct batch *batch, int32_t *seq,
                 struct writes *writes);
struct pg_query *writes_add(struct writes *writes, struct arena *arena, const char *sql);
/* The journal entry; `events` and `digest` of what it published. */
void write_journal(struct store *store, struct writes *writes, struct arena *arena,
                   const struct batch *batch, int64_t events, const uint8_t digest[32]);

#endif
