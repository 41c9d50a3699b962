/* The contract's event types that come in: one row a type, one row a field (events.md, "In").
 *
 * The order of the fields is the contract's: the first that is wrong names the refusal. */
#include "event.h"

#define ON(topic)      (1u << (topic))
#define ON_ENROLLMENT  ON(TOPIC_ENROLLMENT)
#define ON_EVERY_INPUT ((1u << TOPICS_IN) - 1)

#define TEXT_MAX 200
#define URI_MAX  500

#define AT(member)   offsetof(struct event, member)
#define FIELDS(rows) .fields = (rows), .field_count = sizeof(rows) / sizeof *(rows)

/* The rows that many types share. */
#define IDENTIFIER(member)                                                                         \
    {                                                                                              \
        .name = #member, .kind = FIELD_IDENTIFIER, .offset = AT(member)                            \
    }
#define SUBJECT_IDENTIFIER(member)                                                                 \
    {                                                                                              \
        .name = #member, .kind = FIELD_SUBJECT_ID, .offset = AT(member)                            \
    }
#define TEXT(member, flag)                                                                         \
    {                                                                                              \
        .name = #member, .kind = FIELD_TEXT, .flags = (flag), .offset = AT(member),                \
        .max = TEXT_MAX                                                                            \
    }
#define PLAIN_TEXT(member, flag)                                                                   \
    {                                                                                              \
        .name = #member, .kind = FIELD_PLAIN_TEXT, .flags = (flag), .offset = AT(member),          \
        .max = TEXT_MAX                                                                            \
    }
#define WORD(member, list)                                                                         \
    {                                                                                              \
        .name = #member, .kind = FIELD_WORD, .offset = AT(member), .words = (list)                 \
    }
#define INTEGER(member, least, most)                                                               \
    {                                                                                              \
        .name = #member, .kind = FIELD_INTEGER, .offset = AT(member), .min = (least),              \
        .max = (most)                                                                              \
    }
#define INSTANT(wire, member)                                                                      \
    {                                                                                              \
        .name = (wire), .kind = FIELD_INSTANT, .offset = AT(member)                                \
    }
#define PAYMENT_CODE                                                                               \
    {                                                                                              \
        .name = "payment_code", .kind = FIELD_CODE, .offset = AT(payment_code)                     \
    }

#define AMOUNT_MAX INT64_C(1000000000000)

static const char *const title_levels[] = {"senior", "intermediate", "junior", NULL};
static const char *const employer_kinds[] = {
    "party-school", "socialist-college", "islamic-institute", "cadre-school", "other", NULL};
static const char *const decisions[] = {
    [DECISION_APPROVED] = "approved", [DECISION_REJECTED] = "rejected", NULL};
static const char *const categories[] = {"public", NULL};
static const char *const currencies[] = {"CNY", NULL};
static const char *const channels[] = {"counter", "app", NULL};

static const struct field submitted[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(term_id),
    IDENTIFIER(series),
    WORD(title_level, title_levels),
    IDENTIFIER(base_id),
    PLAIN_TEXT(name, FIELD_PERSONAL),
    {.name = "id_number",
     .kind = FIELD_ID_NUMBER,
     .flags = FIELD_PERSONAL,
     .offset = AT(id_number)},
    {.name = "mobile", .kind = FIELD_MOBILE, .flags = FIELD_PERSONAL, .offset = AT(mobile)},
    PLAIN_TEXT(employer, 0),
    WORD(employer_kind, employer_kinds),
    TEXT(prefecture, 0),
    {.name = "photo", .kind = FIELD_PHOTO, .offset = AT(photo_sha256), .max = URI_MAX},
};

static const struct field reviewed[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    {.name = "decision", .kind = FIELD_WORD_INDEX, .offset = AT(decision), .words = decisions},
    TEXT(reviewer, 0),
    TEXT(reason, FIELD_OPTIONAL),
};

static const struct field withdrawn[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    TEXT(reason, 0),
};

static const struct field barred[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    TEXT(actor, 0),
    TEXT(reason, 0),
};

static const struct field corrected[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    PLAIN_TEXT(name, FIELD_PERSONAL | FIELD_OPTIONAL),
    {.name = "mobile",
     .kind = FIELD_MOBILE,
     .flags = FIELD_PERSONAL | FIELD_OPTIONAL,
     .offset = AT(mobile)},
    PLAIN_TEXT(employer, FIELD_OPTIONAL),
    TEXT(actor, 0),
    TEXT(reason, 0),
};

static const struct field survey[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(survey_id),
};

static const struct field credit[] = {
    SUBJECT_IDENTIFIER(trainee_id),
    INTEGER(year, 2000, 2100),
    WORD(category, categories),
    {.name = "hours", .kind = FIELD_HOURS, .offset = AT(hours)},
    TEXT(provider, 0),
    TEXT(evidence_no, 0),
};

static const struct field revocation[] = {
    IDENTIFIER(certificate_no),
    SUBJECT_IDENTIFIER(trainee_id),
    TEXT(actor, 0),
    TEXT(reason, 0),
};

static const struct field ticked[] = {
    {.name = "as_of", .kind = FIELD_INSTANT, .flags = FIELD_NOT_JUDGED, .offset = AT(as_of)},
};

static const struct field settled[] = {
    PAYMENT_CODE,
    IDENTIFIER(bank),
    IDENTIFIER(bank_txn_id),
    INTEGER(amount_fen, 1, AMOUNT_MAX),
    WORD(currency, currencies),
    WORD(channel, channels),
    TEXT(receipt_no, FIELD_OPTIONAL | FIELD_NOT_CONTENT),
};

static const struct field refunded[] = {
    PAYMENT_CODE,
    IDENTIFIER(bank),
    IDENTIFIER(bank_txn_id),
    IDENTIFIER(refund_txn_id),
    INTEGER(amount_fen, 1, AMOUNT_MAX),
    WORD(currency, currencies),
};

static const struct field receipted[] = {
    PAYMENT_CODE,
    IDENTIFIER(bank),
    IDENTIFIER(bank_txn_id),
    TEXT(receipt_no, 0),
};

static const struct field played[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(course_id),
    IDENTIFIER(session_id),
    INTEGER(from_s, 0, INT64_MAX),
    INTEGER(to_s, INT64_MIN, INT64_MAX),
    INSTANT("started_at", started_at),
    INSTANT("ended_at", ended_at),
    TEXT(device_id, FIELD_OPTIONAL),
};

static const struct field attended[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(course_id),
    IDENTIFIER(session_id),
    INSTANT("joined_at", started_at),
    INSTANT("left_at", ended_at),
};

static const struct field exam[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(course_id),
    IDENTIFIER(attempt_id),
    IDENTIFIER(paper_id),
    INSTANT("started_at", started_at),
    {.name = "answers", .kind = FIELD_ANSWERS, .flags = FIELD_OPTIONAL, .offset = AT(answers)},
    {.name = "score",
     .kind = FIELD_INTEGER,
     .flags = FIELD_OPTIONAL,
     .offset = AT(score),
     .min = 0,
     .max = 100},
};

static const struct field granted[] = {
    SUBJECT_IDENTIFIER(enrollment_id),
    SUBJECT_IDENTIFIER(trainee_id),
    IDENTIFIER(course_id),
    IDENTIFIER(grant_id),
    INTEGER(extra, 1, 3),
    TEXT(actor, 0),
    TEXT(reason, 0),
};

const struct event_kind event_kinds[EVENT_TYPES] = {
    [EVENT_ENROLLMENT_SUBMITTED] = {.name = "xueshi.enrollment.submitted.v1",
                                    .topics = ON_ENROLLMENT,
                                    .subject = SUBJECT_ENROLLMENT,
                                    FIELDS(submitted)},
    [EVENT_ENROLLMENT_REVIEWED] = {.name = "xueshi.enrollment.reviewed.v1",
                                   .topics = ON_ENROLLMENT,
                                   .subject = SUBJECT_ENROLLMENT,
                                   FIELDS(reviewed)},
    [EVENT_ENROLLMENT_WITHDRAWN] = {.name = "xueshi.enrollment.withdrawn.v1",
                                    .topics = ON_ENROLLMENT,
                                    .subject = SUBJECT_ENROLLMENT,
                                    FIELDS(withdrawn)},
    [EVENT_ENROLLMENT_DISQUALIFIED] = {.name = "xueshi.enrollment.disqualified.v1",
                                       .topics = ON_ENROLLMENT,
                                       .subject = SUBJECT_ENROLLMENT,
                                       FIELDS(barred)},
    [EVENT_ENROLLMENT_REINSTATED] = {.name = "xueshi.enrollment.reinstated.v1",
                                     .topics = ON_ENROLLMENT,
                                     .subject = SUBJECT_ENROLLMENT,
                                     FIELDS(barred)},
    [EVENT_ENROLLMENT_CORRECTED] = {.name = "xueshi.enrollment.corrected.v1",
                                    .topics = ON_ENROLLMENT,
                                    .subject = SUBJECT_ENROLLMENT,
                                    FIELDS(corrected)},
    [EVENT_SURVEY_SUBMITTED] = {.name = "xueshi.survey.submitted.v1",
                                .topics = ON_ENROLLMENT,
                                .subject = SUBJECT_ENROLLMENT,
                                FIELDS(survey)},
    [EVENT_CREDIT_IMPORTED] = {.name = "xueshi.credit.imported.v1",
                               .topics = ON_ENROLLMENT,
                               .subject = SUBJECT_TRAINEE,
                               FIELDS(credit)},
    [EVENT_REVOCATION_ORDERED] = {.name = "xueshi.certificate.revocation-ordered.v1",
                                  .topics = ON_ENROLLMENT,
                                  .subject = SUBJECT_TRAINEE,
                                  FIELDS(revocation)},
    [EVENT_PAYMENT_SETTLED] = {.name = "xueshi.payment.settled.v1",
                               .topics = ON(TOPIC_PAYMENT),
                               .subject = SUBJECT_CODE,
                               .is_signed = true,
                               FIELDS(settled)},
    [EVENT_PAYMENT_REFUNDED] = {.name = "xueshi.payment.refunded.v1",
                                .topics = ON(TOPIC_PAYMENT),
                                .subject = SUBJECT_CODE,
                                .is_signed = true,
                                FIELDS(refunded)},
    [EVENT_PAYMENT_RECEIPTED] = {.name = "xueshi.payment.receipted.v1",
                                 .topics = ON(TOPIC_PAYMENT),
                                 .subject = SUBJECT_CODE,
                                 .is_signed = true,
                                 FIELDS(receipted)},
    [EVENT_WATCH_PLAYED] = {.name = "xueshi.watch.played.v1",
                            .topics = ON(TOPIC_WATCH_TIME),
                            .subject = SUBJECT_ENROLLMENT,
                            FIELDS(played)},
    [EVENT_LIVE_ATTENDED] = {.name = "xueshi.live.attended.v1",
                             .topics = ON(TOPIC_WATCH_TIME),
                             .subject = SUBJECT_ENROLLMENT,
                             FIELDS(attended)},
    [EVENT_EXAM_SUBMITTED] = {.name = "xueshi.exam.submitted.v1",
                              .topics = ON(TOPIC_EXAM),
                              .subject = SUBJECT_ENROLLMENT,
                              FIELDS(exam)},
    [EVENT_ATTEMPTS_GRANTED] = {.name = "xueshi.exam.attempts-granted.v1",
                                .topics = ON(TOPIC_EXAM),
                                .subject = SUBJECT_ENROLLMENT,
                                FIELDS(granted)},
    [EVENT_CLOCK_TICKED] = {.name = "xueshi.clock.ticked.v1",
                            .topics = ON_EVERY_INPUT,
                            .subject = SUBJECT_NONE,
                            FIELDS(ticked)},
};
