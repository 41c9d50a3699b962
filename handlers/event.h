/* The events that come in (events.md): their types, their fields and the typed record that the
 * rules fold. */
#ifndef XUESHI_EVENT_H
#define XUESHI_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "instant.h"

/* In the order in which one commit folds them (fold.md section 1). */
enum topic {
    TOPIC_ENROLLMENT,
    TOPIC_PAYMENT,
    TOPIC_WATCH_TIME,
    TOPIC_EXAM,
    TOPICS_IN,
    TOPIC_PAYMENT_REQUEST = TOPICS_IN,
    TOPIC_NOTIFICATION,
    TOPIC_PROGRESS,
    TOPIC_CERTIFICATE,
    TOPIC_DEAD_LETTER,
    TOPICS
};

/* The contract's name without prefix, for example "xueshi.watch-time". */
const char *topic_name(enum topic topic);
/* TOPICS if there is no such topic. */
enum topic topic_from_name(const char *name);

enum event_type {
    EVENT_ENROLLMENT_SUBMITTED,
    EVENT_ENROLLMENT_REVIEWED,
    EVENT_ENROLLMENT_WITHDRAWN,
    EVENT_ENROLLMENT_DISQUALIFIED,
    EVENT_ENROLLMENT_REINSTATED,
    EVENT_ENROLLMENT_CORRECTED,
    EVENT_SURVEY_SUBMITTED,
    EVENT_CREDIT_IMPORTED,
    EVENT_REVOCATION_ORDERED,
    EVENT_PAYMENT_SETTLED,
    EVENT_PAYMENT_REFUNDED,
    EVENT_PAYMENT_RECEIPTED,
    EVENT_WATCH_PLAYED,
    EVENT_LIVE_ATTENDED,
    EVENT_EXAM_SUBMITTED,
    EVENT_ATTEMPTS_GRANTED,
    EVENT_CLOCK_TICKED,
    EVENT_TYPES
};

/* Where a record stands. Order: topic, partition, offset. */
struct place {
    enum topic topic;
    int32_t partition;
    int64_t offset;
};

/* Negative, 0 or positive, as memcmp. */
int place_compare(const struct place *a, const struct place *b);

struct answer {
    const char *question, *choice; /* an identifier; letters A..Z, each once */
    bool choice_fits;              /* false: a letter outside A..Z, or twice (fold.md section 6) */
};

enum decision { DECISION_APPROVED, DECISION_REJECTED };

/* One event, decoded. Only the fields of its type are set; strings that are absent are NULL.
 * Everything is borrowed from the batch's arena. */
struct event {
    enum event_type type;
    struct place place;
    const char *key;    /* the record's key; NULL if absent or not text without NUL */
    const char *source; /* ce_source, ce_id: together they name the event within its subject */
    const char *id;
    int64_t time;       /* ce_time: when it happened */
    int64_t kafka_time; /* the record's timestamp */
    int64_t stamp;      /* kafka_time, or the last tick's before it if later; set by the fold */
    int64_t latest;     /* the latest of `time` and the instants in the data, for clock_skew */

    const char *trainee_id, *enrollment_id, *payment_code;
    const char *term_id, *series, *base_id, *title_level, *employer_kind;
    const char *name, *id_number, *mobile, *employer, *prefecture;
    const char *photo_sha256, *photo_uri;
    const char *reviewer, *actor, *reason, *provider, *evidence_no, *device_id;
    const char *survey_id, *certificate_no, *course_id, *session_id, *paper_id;
    const char *attempt_id, *grant_id, *question;
    const char *bank, *bank_txn_id, *refund_txn_id, *receipt_no, *currency, *channel, *category;
    int64_t decision; /* enum decision */
    int64_t year, hours, amount_fen, from_s, to_s, extra;
    int64_t score;                /* -1: answers came */
    int64_t started_at, ended_at; /* a report's wall time; joined_at, left_at of a live one */
    int64_t as_of;
    const struct answer *answers;
    size_t answer_count;

    /* SHA-256 over the type and the contract's fields (fold.md section 3), without the time and
     * without a settlement's receipt_no: what "the same content" compares. */
    uint8_t content[32];
    /* Keyed hash of the ID number (enrollment.submitted): sameness without the number. */
    uint8_t id_hash[32];
};

enum field_kind {
    FIELD_IDENTIFIER, /* [A-Za-z0-9._:-]{1,64} */
    FIELD_SUBJECT_ID, /* the same, and neither a valid ID number nor 1 and ten digits */
    FIELD_TEXT,       /* 1..max code points, no NUL */
    FIELD_PLAIN_TEXT, /* the same, no control characters */
    FIELD_WORD,       /* one of words, kept as text */
    FIELD_WORD_INDEX, /* one of words, kept as its index (int64_t) */
    FIELD_MOBILE,     /* E.164 with +, or 11 digits */
    FIELD_ID_NUMBER,  /* 18 digits with date and check digit; x becomes X */
    FIELD_CODE,       /* a programme's prefix and digits */
    FIELD_DIGEST,     /* 64 lower-case hexadecimal digits */
    FIELD_INSTANT,    /* RFC 3339 */
    FIELD_INTEGER,    /* a JSON integer in min..max */
    FIELD_HOURS,      /* > 0, <= 200, at most one decimal; kept as tenths */
    FIELD_PHOTO,      /* {sha256, uri} */
    FIELD_ANSWERS     /* [{question, choice}] */
};

enum field_flags {
    FIELD_OPTIONAL = 1,
    FIELD_PERSONAL = 2,    /* masked in dead letters (R28) */
    FIELD_NOT_CONTENT = 4, /* takes no part in "the same content" */
    FIELD_NOT_JUDGED = 8   /* an instant that clock_skew leaves alone */
};

/* One field of an event's data: a row of the contract. */
struct field {
    const char *name;
    enum field_kind kind;
    unsigned flags;           /* of enum field_flags */
    size_t offset;            /* in struct event; const char * or int64_t by kind */
    int64_t min, max;         /* FIELD_INTEGER; max alone: FIELD_TEXT and FIELD_PLAIN_TEXT */
    const char *const *words; /* NULL-ended */
};

/* What names an event's subject (fold.md section 3). */
enum subject { SUBJECT_ENROLLMENT, SUBJECT_CODE, SUBJECT_TRAINEE, SUBJECT_NONE };

/* One event type: a row of the contract. */
struct event_kind {
    const char *name; /* "xueshi.payment.settled.v1" */
    unsigned topics;  /* bit (1u << topic) for each topic it may come on */
    enum subject subject;
    bool is_signed;
    const struct field *fields; /* in the order of events.md */
    size_t field_count;
};

/* Indexed by enum event_type. */
extern const struct event_kind event_kinds[EVENT_TYPES];

/* EVENT_TYPES if there is no such input type. */
enum event_type event_type_from_name(const char *name);

#endif
