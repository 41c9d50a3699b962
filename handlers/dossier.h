/* What is kept of one trainee: facts as they were applied, and what was last said of them.
 *
 * The daemon fills dossiers from PostgreSQL before a batch and writes back what is marked dirty;
 * the in-memory fold keeps them for ever. Strings and arrays are borrowed from the world's arena.
 * Instants are INSTANT_NONE when the fact is not there. */
#ifndef XUESHI_DOSSIER_H
#define XUESHI_DOSSIER_H

#include "catalogue.h"
#include "effect.h"
#include "event.h"
#include "intervals.h"

/* One sitting of an exam (fold.md section 6), in the exam log's order within its course. */
struct attempt {
    const char *attempt_id, *paper_id;
    struct place place;
    int64_t time, started_at;
    int64_t score;
    bool passed;
    uint8_t content[32];
    /* As last said by exam.graded. */
    enum verdict verdict;
    int64_t attempts_left;
    int64_t said;     /* how often; 0: not yet */
    bool failed_said; /* exam-failed went out */
    bool dirty, is_new;
};

/* Extra attempts (R21). */
struct grant {
    const char *grant_id, *course_id, *actor, *reason;
    struct place place;
    int64_t time, extra;
    uint8_t content[32];
    bool is_new;
};

/* One course of one enrollment: watched time and exams. */
struct progress {
    const struct course *course;
    struct intervals covered; /* media seconds; recorded only. Not loaded: see covered_loaded */
    int64_t covered_s;        /* its total, always valid */
    bool covered_loaded;
    int64_t presence_us; /* live only */
    int64_t learned_at;
    int64_t cut_reports;       /* reports with worth cut */
    bool credited_said;        /* course.credited went out (course.learned: with learned_at) */
    struct attempt **attempts; /* by place */
    size_t attempt_count, attempt_cap;
    bool dirty, is_new;
};

/* Wall-clock time taken on one civil day (R17.3). */
struct taken_day {
    int64_t day; /* days from 1970-01-01 of the civil date in the programme's zone */
    struct intervals taken;
    bool dirty, is_new;
};

struct refund {
    const char *refund_txn_id;
    int64_t amount_fen, time;
    uint8_t content[32];
    bool is_new;
};

/* The money of one (payment code, bank, bank transaction); R9. */
struct payment {
    const char *payment_code, *bank, *bank_txn_id;
    bool settled;       /* the settlement itself has come; else the four below are not valid */
    struct place place; /* of the settlement */
    int64_t settled_at; /* its time */
    int64_t amount_fen; /* 0 until settled */
    uint8_t content[32];
    bool late;            /* came when the term's books were closed */
    const char *currency; /* NULL until settled */
    bool settles;
    const char *receipt_no;
    struct refund *refunds;
    size_t refund_count, refund_cap;
    enum owed owed; /* why it is owed back; OWED_NOTHING when refunds reach the amount, too */
    bool refund_requested; /* refund.requested went out */
    bool over_refund_said;
    bool dirty, is_new;
};

struct payments {
    struct payment **at; /* in the order in which they came into being */
    size_t count, cap;
};

struct bar {
    int64_t from, to; /* [from, to); to is INSTANT_NONE while it is open */
};

/* One trainee in one term. */
struct enrollment {
    const char *enrollment_id;
    struct trainee *trainee;
    const struct term *term;
    const char *payment_code;

    /* As submitted; name and employer as last corrected. */
    const char *name, *employer, *prefecture, *id_number_masked;
    const char *title_level, *base_id, *employer_kind, *photo_sha256, *photo_uri;
    const char *id_number, *mobile; /* only when this batch brings them; the store encrypts them */
    uint8_t id_hash[32], content[32];
    int64_t submitted_at;

    /* Facts. */
    int64_t approved_at, rejected_at, withdrawn_at, survey_at;
    struct bar *bars; /* in log order */
    size_t bar_count, bar_cap;
    struct payments payments;
    struct grant **grants; /* by place */
    size_t grant_count, grant_cap;
    struct progress **courses; /* by course_id; see trainee.full for which are there */
    size_t course_count, course_cap;
    struct taken_day **days; /* by day; only those that were loaded */
    size_t day_count, day_cap;

    /* Derived; as last said by enrollment.changed. */
    int64_t revision; /* 0: nothing said yet */
    enum state state;
    bool paid, approved;
    int64_t active_at; /* max(approved_at, settled_at), kept even when the enrollment has ended */
    int64_t hours;     /* tenths; 0 when ended */
    bool survey_done;
    unsigned missing;
    int64_t due_at; /* INSTANT_NONE unless completed */
    bool approved_said, survey_due_said;
    bool dirty, is_new;
};

/* A state that does not come back (fold.md section 7). */
bool state_is_ended(enum state state);

struct certificate_version {
    int64_t version;
    uint8_t digest[32];
    int64_t issued_at;
    int64_t revoked_at; /* INSTANT_NONE: stands, or replaced by the next */
    bool dirty, is_new;
};

/* The certificate of (trainee, programme): a row once one was issued or ordered away. */
struct certificate {
    const struct programme *programme;
    const char *certificate_no;
    bool ordered; /* a revocation order is there: none stands any more */
    bool stands;  /* else the four below are not valid */
    const char *enrollment_id;
    int64_t issued_at;
    uint8_t digest[32];  /* of the evidence */
    uint8_t content[32]; /* SHA-256 of all that certificate.issued says, version aside */
    struct certificate_version *versions; /* by version, from 1 */
    size_t version_count, version_cap;
    bool dirty, is_new;
};

/* Imported public hours (R2). */
struct credit {
    const char *provider, *evidence_no;
    int64_t year, hours, time;
    uint8_t content[32];
    bool is_new;
};

/* A trainee's year (R2), as last said by year.changed. */
struct year_record {
    int64_t year, revision;
    int64_t public_hours, professional_hours;
    bool complete;
    bool dirty, is_new;
};

/* Anomalies that were raised, so that each is raised once (fold.md section 7). */
struct anomaly {
    const char *enrollment_id, *kind, *subject, *detail;
    int64_t time;
    bool is_new;
};

/* One trainee. */
struct trainee {
    const char *trainee_id;
    /* True: all of it is loaded, and courses not there have no progress. False ("thin", for watch
     * reports that change nothing but watched time): the enrollments without payments, bars,
     * grants and attempts, and the courses and days that the batch names. */
    bool full;
    struct enrollment **enrollments; /* by enrollment_id */
    size_t enrollment_count, enrollment_cap;
    struct certificate **certificates; /* by programme id */
    size_t certificate_count, certificate_cap;
    struct credit *credits;
    size_t credit_count, credit_cap;
    struct year_record **years; /* by year */
    size_t year_count, year_cap;
    struct anomaly *anomalies;
    size_t anomaly_count, anomaly_cap;
};

#endif
