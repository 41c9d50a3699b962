/* All that the rules may look at while they fold: catalogues, what is kept, the clock of the log.
 *
 * The daemon makes a world for each batch and loads into it what the batch names; fold-log keeps
 * one for the whole log. Everything in it lives in its arena. */
#ifndef XUESHI_WORLD_H
#define XUESHI_WORLD_H

#include "catalogue.h"
#include "dossier.h"
#include "map.h"

/* Cryptography that is handed in: the rules link no library. */
enum secret { SECRET_PAYMENT_CODE, SECRET_CERTIFICATE_NO };
struct crypto {
    void *context;
    void (*sha256)(void *context, const void *bytes, size_t len, uint8_t out[32]);
    /* HMAC-SHA256 under the named key. */
    void (*hmac)(void *context, enum secret secret, const void *bytes, size_t len, uint8_t out[32]);
};

/* A record that waits for its precondition. */
struct held {
    const struct event *ev; /* with the stamp it had when it was read */
    bool released;          /* judged since it was loaded: its row goes */
    bool is_new;
    const void *original; /* the owner's: what is needed to write it, or its dead letter */
};

struct held_list {
    struct held **at; /* in queue order: topic, partition, offset */
    size_t count, cap;
};

/* A trainee and what waits for one of the trainee's enrollments. */
struct trainee_entry {
    struct trainee trainee;
    struct held_list held;
};

/* A payment code and what waits for it. */
struct code {
    const char *payment_code;
    const char *trainee_id, *enrollment_id; /* NULL: not known (yet) */
    struct payments payments;               /* booked after the last closing, without enrollment */
    struct held_list held;
    bool is_new; /* trainee_id and enrollment_id were set since it was loaded */
};

/* Who claims an ID number: enrollments with it that no review has rejected (R6). */
struct claim {
    const char *trainee_id, *enrollment_id;
    bool is_new, removed;
};
struct claims {
    uint8_t id_hash[32];
    struct claim *at;
    size_t count, cap;
};

/* An event that was applied, by its CloudEvents identity (fold.md section 3). */
struct identity {
    uint8_t key[16];     /* of topic, subject, source and id: identity_key */
    const char *subject; /* trainee_id or payment_code: where it is stored */
    uint8_t content[32];
    int64_t time;
    bool is_new;
};

struct partition_clock {
    int64_t tick_stamp; /* stamp of the last tick folded there; INSTANT_NONE: none yet */
};

enum outcome { OUTCOME_APPLIED, OUTCOME_DUPLICATE, OUTCOME_HELD, OUTCOME_REJECTED, OUTCOMES };
const char *outcome_name(enum outcome outcome);

struct err;

/* What the fold tells its owner, in order. */
struct world_hooks {
    void *context;
    /* A record was judged. `held` is NULL, or the entry it was, when it is released. For
     * OUTCOME_HELD, `held` is the new entry, whose original the owner may set. */
    void (*judged)(void *context, const struct event *ev, enum outcome outcome,
                   const struct err *err, struct held *held);
    /* Something goes out. The effect is valid during the call. */
    void (*emit)(void *context, const struct effect *effect);
};

struct world {
    struct arena *arena;
    const struct catalogues *catalogues;
    struct crypto crypto;
    struct world_hooks hooks;
    struct map trainees;   /* trainee_id -> struct trainee_entry */
    struct map codes;      /* payment_code -> struct code */
    struct map claims;     /* id_hash -> struct claims */
    struct map identities; /* key -> struct identity */
    struct partition_clock *clocks[TOPICS_IN];
    int32_t partition_count[TOPICS_IN];
    /* Which reminders and closings are done (struct passing): a term is closed when its close_at is
     * before it. INSTANT_NONE: none is. */
    int64_t passed;
    /* Everything new, in the order it came, for the store. */
    struct identity **new_identities;
    size_t new_identity_count, new_identity_cap;
};

/* An empty world whose memory is the arena's; catalogues, crypto and hooks are set by the caller.
 */
void world_init(struct world *world, struct arena *arena, const struct catalogues *catalogues);
/* Makes room for the clocks of a topic's partitions, none of which has seen a tick. */
void world_set_partitions(struct world *world, enum topic topic, int32_t count);

/* Each makes the entry, empty, if it is not there; strings are copied when it is made. A trainee is
 * full until the loader says that only a thin part was loaded. */
struct trainee_entry *world_trainee(struct world *world, const char *trainee_id);
struct code *world_code(struct world *world, const char *payment_code);
struct claims *world_claims(struct world *world, const uint8_t id_hash[32]);

/* NULL if it is not there. */
struct enrollment *trainee_find_enrollment(const struct trainee *trainee,
                                           const char *enrollment_id);
struct certificate *trainee_find_certificate(const struct trainee *trainee,
                                             const struct programme *programme);
struct year_record *trainee_find_year(const struct trainee *trainee, int64_t year);
struct progress *enrollment_find_course(const struct enrollment *enrollment, const char *course_id);
struct payment *payments_find(const struct payments *payments, const char *bank,
                              const char *bank_txn_id);

/* Inserts, zeroed but for its key and its instants (INSTANT_NONE), in its place in the order. For
 * the rules (which then mark it is_new) and for the loader. */
struct enrollment *trainee_add_enrollment(struct world *world, struct trainee *trainee,
                                          const char *enrollment_id);
struct certificate *trainee_add_certificate(struct world *world, struct trainee *trainee,
                                            const struct programme *programme);
struct certificate_version *certificate_add_version(struct world *world,
                                                    struct certificate *certificate);
struct credit *trainee_add_credit(struct world *world, struct trainee *trainee);
struct anomaly *trainee_add_anomaly(struct world *world, struct trainee *trainee);
struct year_record *trainee_add_year(struct world *world, struct trainee *trainee, int64_t year);
struct progress *enrollment_add_course(struct world *world, struct enrollment *enrollment,
                                       const struct course *course);
/* Finds or inserts the civil day. */
struct taken_day *enrollment_day(struct world *world, struct enrollment *enrollment, int64_t day);
struct bar *enrollment_add_bar(struct world *world, struct enrollment *enrollment);
struct grant *enrollment_add_grant(struct world *world, struct enrollment *enrollment,
                                   const struct place *place);
struct attempt *progress_add_attempt(struct world *world, struct progress *progress,
                                     const struct place *place);
struct payment *payments_add(struct world *world, struct payments *payments);
struct refund *payment_add_refund(struct world *world, struct payment *payment);
struct claim *claims_add(struct world *world, struct claims *claims);
struct held *held_list_add(struct world *world, struct held_list *list, const struct event *ev);
void held_list_insert(struct world *world, struct held_list *list, struct held *held);

/* The key under which an event is remembered. */
void identity_key(const struct world *world, const struct event *ev, uint8_t key[16]);
/* For the loader: what was remembered. */
struct identity *world_add_identity(struct world *world, const uint8_t key[16]);

/* Whether the books of a term are closed (fold.md section 7). */
bool world_is_closed(const struct world *world, int64_t close_at);
/* The least over all partitions; INSTANT_NONE while one has seen no tick. */
int64_t world_watermark(const struct world *world);

#endif
