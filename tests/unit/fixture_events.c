/* Events as short calls. */
#include "fixture.h"

const char no_key[] = "";

/* Events. */

static struct event event_of(enum event_type type, const char *when)
{
    return (struct event){
        .type = type, .time = civil(when), .trainee_id = "t1", .enrollment_id = "e1", .score = -1};
}

struct event whose(struct event ev, const char *trainee_id, const char *enrollment_id)
{
    ev.trainee_id = trainee_id;
    ev.enrollment_id = enrollment_id;
    return ev;
}

struct event stamped(struct event ev, const char *when)
{
    ev.kafka_time = civil(when);
    return ev;
}

struct event on_partition(struct event ev, int32_t partition)
{
    ev.place.partition = partition;
    return ev;
}

struct event submission(const char *when)
{
    struct event ev = event_of(EVENT_ENROLLMENT_SUBMITTED, when);

    ev.term_id = "2023-1";
    ev.series = "party-school-teachers";
    ev.title_level = "senior";
    ev.base_id = "base-xj";
    ev.name = "Guli";
    ev.id_number = "650102199001011234";
    ev.mobile = "13800000000";
    ev.employer = "Party school";
    ev.employer_kind = "party-school";
    ev.prefecture = "urumqi";
    ev.photo_sha256 = "00";
    ev.photo_uri = "s3://photo";
    return ev;
}

static struct event review(const char *when, enum decision decision, const char *reason)
{
    struct event ev = event_of(EVENT_ENROLLMENT_REVIEWED, when);

    ev.decision = decision;
    ev.reviewer = "base";
    ev.reason = reason;
    return ev;
}

struct event approval(const char *when)
{
    return review(when, DECISION_APPROVED, NULL);
}

struct event rejection(const char *when, const char *reason)
{
    return review(when, DECISION_REJECTED, reason);
}

static struct event with_reason(enum event_type type, const char *when, const char *reason)
{
    struct event ev = event_of(type, when);

    ev.actor = "office";
    ev.reason = reason;
    return ev;
}

struct event withdrawal(const char *when)
{
    return with_reason(EVENT_ENROLLMENT_WITHDRAWN, when, "ill");
}

struct event disqualification(const char *when)
{
    return with_reason(EVENT_ENROLLMENT_DISQUALIFIED, when, "shared answers");
}

struct event reinstatement(const char *when)
{
    return with_reason(EVENT_ENROLLMENT_REINSTATED, when, "appeal");
}

struct event correction(const char *when, const char *name)
{
    struct event ev = with_reason(EVENT_ENROLLMENT_CORRECTED, when, "typing");

    ev.name = name;
    return ev;
}

struct event survey(const char *when)
{
    struct event ev = event_of(EVENT_SURVEY_SUBMITTED, when);

    ev.survey_id = "survey-2023";
    return ev;
}

struct event credit(const char *when, int64_t year, int64_t tenths, const char *evidence_no)
{
    struct event ev = event_of(EVENT_CREDIT_IMPORTED, when);

    ev.enrollment_id = NULL;
    ev.year = year;
    ev.category = "public";
    ev.hours = tenths;
    ev.provider = "elsewhere";
    ev.evidence_no = evidence_no;
    return ev;
}

struct event revocation(const char *when, const char *certificate_no)
{
    struct event ev = with_reason(EVENT_REVOCATION_ORDERED, when, "forged papers");

    ev.enrollment_id = NULL;
    ev.certificate_no = certificate_no;
    return ev;
}

static struct event money(enum event_type type, const char *when, const char *code, const char *txn)
{
    struct event ev = event_of(type, when);

    ev.trainee_id = ev.enrollment_id = NULL;
    ev.payment_code = code;
    ev.bank = "BOC";
    ev.bank_txn_id = txn;
    ev.currency = "CNY";
    ev.channel = "app";
    return ev;
}

struct event settlement(const char *when, const char *code, const char *txn, int64_t amount_fen)
{
    struct event ev = money(EVENT_PAYMENT_SETTLED, when, code, txn);

    ev.amount_fen = amount_fen;
    return ev;
}

struct event refund(const char *when, const char *code, const char *txn, const char *refund_txn,
                    int64_t amount_fen)
{
    struct event ev = money(EVENT_PAYMENT_REFUNDED, when, code, txn);

    ev.refund_txn_id = refund_txn;
    ev.amount_fen = amount_fen;
    return ev;
}

struct event receipt(const char *when, const char *code, const char *txn, const char *receipt_no)
{
    struct event ev = money(EVENT_PAYMENT_RECEIPTED, when, code, txn);

    ev.receipt_no = receipt_no;
    return ev;
}

static struct event report(enum event_type type, const char *course_id, const char *from,
                           const char *to)
{
    struct event ev = event_of(type, to);

    ev.course_id = course_id;
    ev.session_id = "s1";
    ev.started_at = civil(from);
    ev.ended_at = civil(to);
    return ev;
}

struct event played(const char *course_id, int64_t from_s, int64_t to_s, const char *from,
                    const char *to)
{
    struct event ev = report(EVENT_WATCH_PLAYED, course_id, from, to);

    ev.from_s = from_s;
    ev.to_s = to_s;
    return ev;
}

struct event attended(const char *course_id, const char *from, const char *to)
{
    return report(EVENT_LIVE_ATTENDED, course_id, from, to);
}

static const char *paper_of(const char *course_id)
{
    static const char *const papers[][2] = {
        {"c1", "p1"}, {"c2", "p2"}, {"c3", "p3"}, {"oc1", "op1"}};

    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
        if (strcmp(papers[i][0], course_id) == 0)
            return papers[i][1];
    return "p1";
}

struct event sitting(const char *when, const char *course_id, const char *attempt_id, int64_t score)
{
    struct event ev = event_of(EVENT_EXAM_SUBMITTED, when);

    ev.course_id = course_id;
    ev.attempt_id = attempt_id;
    ev.paper_id = paper_of(course_id);
    ev.started_at = ev.time - 1800 * US_PER_S;
    ev.score = score;
    return ev;
}

struct event grant(const char *when, const char *course_id, const char *grant_id, int64_t extra)
{
    struct event ev = with_reason(EVENT_ATTEMPTS_GRANTED, when, "power cut");

    ev.course_id = course_id;
    ev.grant_id = grant_id;
    ev.extra = extra;
    return ev;
}

struct event tick(enum topic topic, const char *when)
{
    struct event ev = event_of(EVENT_CLOCK_TICKED, when);

    ev.trainee_id = ev.enrollment_id = NULL;
    ev.place.topic = topic;
    ev.as_of = ev.time;
    return ev;
}

const char *code_of(struct fixture *fx, const char *trainee_id, const char *enrollment_id)
{
    struct event ev = whose(submission("06-10 09:00:00"), trainee_id, enrollment_id);

    return fold_derived_code(&fx->world, &ev);
}
