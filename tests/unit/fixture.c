/* The demonstration programme, events and lines for the tests of the rules. */
#include "fixture.h"

#include <stdlib.h>

#define ZONE_US      (INT64_C(8) * 3600 * US_PER_S) /* Asia/Shanghai in 2023 */
#define DEMO_TERMS   2
#define DEMO_COURSES 5
#define DEMO_PAPERS  3
#define MIDNIGHTS    64
#define LIST(...)    ((const char *[]){__VA_ARGS__})
#define STRINGS(...)                                                                               \
    {                                                                                              \
        LIST(__VA_ARGS__), sizeof LIST(__VA_ARGS__) / sizeof(const char *)                         \
    }
#define CIVIL_TEXT_START 5 /* what follows "2023-" */

const char no_key[] = "";

int64_t civil(const char *text)
{
    char rfc3339[48] = "2023-";
    size_t len = strlen(text);
    int64_t instant = INSTANT_NONE;

    assert_in_range(len, 14, 21);
    memcpy(rfc3339 + CIVIL_TEXT_START, text, len);
    rfc3339[CIVIL_TEXT_START + 5] = 'T';
    memcpy(rfc3339 + CIVIL_TEXT_START + len, "+08:00", 6);
    assert_true(instant_parse(rfc3339, CIVIL_TEXT_START + len + 6, &instant));
    return instant;
}

const char *civil_text(struct fixture *fx, int64_t instant)
{
    char text[INSTANT_TEXT];

    if (instant == INSTANT_NONE)
        return "never";
    instant_format(instant + ZONE_US, text);
    text[strlen(text) - 1] = '\0'; /* the Z */
    text[CIVIL_TEXT_START + 5] = ' ';
    return arena_strdup(&fx->arena, text + CIVIL_TEXT_START);
}

/* The catalogues. */

static const struct question p1_questions[] = {
    {"q1", QUESTION_SINGLE, 40, "B"},
    {"q2", QUESTION_MULTIPLE, 40, "ACD"},
    {"q3", QUESTION_TRUEFALSE, 20, "T"},
};
static const struct question p2_questions[] = {
    {"q1", QUESTION_SINGLE, 60, "A"},
    {"q2", QUESTION_MULTIPLE, 40, "AB"},
};
static const struct question p3_questions[] = {
    {"q1", QUESTION_SINGLE, 50, "C"},
    {"q2", QUESTION_TRUEFALSE, 50, "F"},
};

static struct programme demo_programme(void)
{
    static const char *title_levels[] = {"senior", "intermediate", "junior"};
    static const char *bases[] = {"base-xj"};
    static const char *kinds[] = {"party-school", "socialist-college", "cadre-school", "other"};
    static const char *banks[] = {"BOC", "ABC", "ICBC", "CCB", "BOU", "XJRCU"};
    static const char *first[] = {"aksu", "kashgar", "hotan", "kizilsu"};
    static const char *second[] = {"urumqi", "changji", "hami", "turpan", "bayingolin"};
    static const char *third[] = {"ili", "tacheng", "altay", "karamay"};
    static const struct study_group groups[] = {
        {"1", {first, 4}}, {"2", {second, 5}}, {"3", {third, 4}}};

    return (struct programme){
        .id = "demo-2023",
        .year = 2023,
        .category = "professional",
        .zone = "Asia/Shanghai",
        .required_hours = 60,
        .required_public_hours = 300,
        .survey = "survey-2023",
        .series_id = "party-school-teachers",
        .series_code = "DXGX",
        .title_levels = {title_levels, 3},
        .bases = {bases, 1},
        .employer_kinds = {kinds, 4},
        .fee_fen = 20000,
        .currency = "CNY",
        .code_prefix = "6501",
        .code_length = 20,
        .banks = {banks, 6},
        .max_rate = 2000,
        .required_share = 950,
        .live_share = 800,
        .max_report_s = 600,
        .max_skew_s = 300,
        .max_day_s = 57600,
        .pass_score = 60,
        .max_attempts = 3,
        .min_exam_time_s = 60,
        .hold_days = 30,
        .study_groups = groups,
        .study_group_count = 3,
    };
}

static struct term make_term(struct fixture *fx, const char *id, const char *const window[4],
                             size_t programme)
{
    int64_t *midnights = arena_alloc(&fx->arena, MIDNIGHTS * 2 * sizeof *midnights);
    struct term term = {
        .id = id,
        .programme = &fx->programmes[programme],
        .registration_from = civil(window[0]),
        .registration_to = civil(window[1]),
        .training_from = civil(window[2]),
        .training_to = civil(window[3]),
        .midnights = midnights,
    };
    int64_t first = (term.training_from + ZONE_US) / US_PER_DAY;

    term.close_at = term.training_to + term.programme->hold_days * US_PER_DAY;
    term.first_day = first;
    do
        midnights[term.midnight_count] = (first + (int64_t)term.midnight_count) * US_PER_DAY -
                                         ZONE_US;
    while (midnights[term.midnight_count++] < term.training_to);
    return term;
}

static void make_terms(struct fixture *fx)
{
    static const char *const first[] = {"06-01 00:00:00", "07-01 00:00:00", "06-15 10:00:00",
                                        "08-15 19:30:00"};
    static const char *const second[] = {"09-01 00:00:00", "10-01 00:00:00", "09-15 10:00:00",
                                         "10-15 19:30:00"};

    fx->terms[0] = make_term(fx, "2023-1", first, 0);
    fx->terms[1] = make_term(fx, "2023-2", second, 0);
    fx->terms[2] = make_term(fx, "other-1", first, 1);
}

static void make_courses(struct fixture *fx)
{
    const struct programme *demo = &fx->programmes[0], *other = &fx->programmes[1];
    const struct course courses[FIXTURE_COURSES] = {
        {"c1", "Course one", demo, COURSE_RECORDED, 20, 5400, 0, 0},
        {"c2", "Course two", demo, COURSE_RECORDED, 20, 3600, 0, 0},
        {"c3", "Course three", demo, COURSE_RECORDED, 15, 1800, 0, 0},
        {"l1", "Live", demo, COURSE_LIVE, 20, 0, civil("07-01 10:00:00"), civil("07-01 12:00:00")},
        {"l2", "Live", demo, COURSE_LIVE, 20, 0, civil("09-20 10:00:00"), civil("09-20 12:00:00")},
        {"oc1", "Other's", other, COURSE_RECORDED, 20, 600, 0, 0},
    };

    memcpy(fx->courses, courses, sizeof courses);
    fx->papers[0] = (struct paper){"p1", &fx->courses[0], p1_questions, 3};
    fx->papers[1] = (struct paper){"p2", &fx->courses[1], p2_questions, 2};
    fx->papers[2] = (struct paper){"p3", &fx->courses[2], p3_questions, 2};
    fx->papers[3] = (struct paper){"op1", &fx->courses[5], p2_questions, 2};
}

static void make_programmes(struct fixture *fx)
{
    fx->programmes[0] = demo_programme();
    fx->programmes[1] = demo_programme();
    fx->programmes[1].id = "other-2023";
    fx->programmes[1].code_prefix = "7702";
    fx->programmes[1].required_hours = 20;
    fx->programmes[1].survey = NULL;
    make_terms(fx);
    make_courses(fx);
    fx->programmes[0].terms = fx->terms;
    fx->programmes[0].term_count = DEMO_TERMS;
    fx->programmes[0].courses = fx->courses;
    fx->programmes[0].course_count = DEMO_COURSES;
    fx->programmes[0].papers = fx->papers;
    fx->programmes[0].paper_count = DEMO_PAPERS;
    fx->programmes[1].terms = fx->terms + DEMO_TERMS;
    fx->programmes[1].courses = fx->courses + DEMO_COURSES;
    fx->programmes[1].papers = fx->papers + DEMO_PAPERS;
    fx->programmes[1].term_count = fx->programmes[1].course_count = 1;
    fx->programmes[1].paper_count = 1;
    fx->programme_list[0] = &fx->programmes[0];
    fx->programme_list[1] = &fx->programmes[1];
}

/* The cryptography: any function of the bytes will do for the rules, this one is FNV-1a spread over
 * 32 bytes. */

static void spread(uint64_t seed, const void *bytes, size_t len, uint8_t out[32])
{
    const unsigned char *at = bytes;

    for (int part = 0; part < 32; part++) {
        uint64_t hash = UINT64_C(14695981039346656037) ^ (seed + (uint64_t)part * 0x9E3779B9);

        for (size_t i = 0; i < len; i++)
            hash = (hash ^ at[i]) * UINT64_C(1099511628211);
        out[part] = (uint8_t)(hash >> 40);
    }
}

static void hash(void *context, const void *bytes, size_t len, uint8_t out[32])
{
    (void)context;
    spread(1, bytes, len, out);
}

static void keyed_hash(void *context, enum secret secret, const void *bytes, size_t len,
                       uint8_t out[32])
{
    (void)context;
    spread(1000 + (uint64_t)secret, bytes, len, out);
}

/* What the fold tells. */

static void note_judged(void *context, const struct event *ev, enum outcome outcome,
                        const struct err *err, struct held *held)
{
    struct fixture *fx = context;
    const char *word = outcome == OUTCOME_REJECTED ? reason_name(err->reason)
                                                   : outcome_name(outcome);

    if (!held || outcome == OUTCOME_HELD) {
        text_init(&fx->judged, &fx->arena);
        text_add(&fx->judged, word);
        return;
    }
    assert_true(held->released);
    text_add(&fx->released, topic_name(ev->place.topic) + strlen("xueshi."));
    text_add(&fx->released, "/");
    text_add_int(&fx->released, ev->place.offset);
    text_add(&fx->released, " ");
    text_add(&fx->released, word);
    text_add(&fx->released, "\n");
}

static void note_effect(void *context, const struct effect *effect)
{
    struct fixture *fx = context;

    fx->effects = arena_grow(&fx->arena, fx->effects, fx->effect_count, fx->effect_count + 1,
                             &fx->effect_cap, sizeof *fx->effects);
    fx->effects[fx->effect_count++] = *effect;
}

void fixture_index(struct fixture *fx)
{
    fx->catalogues = (struct catalogues){.programmes = fx->programme_list, .count = 2};
    catalogues_index(&fx->catalogues, &fx->arena);
    world_init(&fx->world, &fx->arena, &fx->catalogues);
    fx->world.crypto = (struct crypto){NULL, hash, keyed_hash};
    fx->world.hooks = (struct world_hooks){fx, note_judged, note_effect};
    for (int topic = 0; topic < TOPICS_IN; topic++)
        world_set_partitions(&fx->world, (enum topic)topic, 1);
}

void fixture_partitions(struct fixture *fx, enum topic topic, int32_t count)
{
    world_set_partitions(&fx->world, topic, count);
}

int fixture_setup(void **state)
{
    struct fixture *fx = calloc(1, sizeof *fx);

    if (!fx)
        return -1;
    make_programmes(fx);
    text_init(&fx->released, &fx->arena);
    fixture_index(fx);
    *state = fx;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *fx = *state;

    arena_finish(&fx->arena);
    free(fx);
    return 0;
}

/* Folding. */

static void add_member(struct text *text, const struct event *ev, const struct field *field)
{
    const char *at = (const char *)ev + field->offset, *string;
    int64_t number;

    switch (field->kind) {
    case FIELD_INTEGER:
    case FIELD_HOURS:
    case FIELD_INSTANT:
    case FIELD_WORD_INDEX:
        memcpy(&number, at, sizeof number);
        text_add_int(text, number);
        return;
    case FIELD_ANSWERS:
        for (size_t i = 0; i < ev->answer_count; i++) {
            text_add(text, ev->answers[i].question);
            text_add(text, ev->answers[i].choice);
        }
        return;
    default:
        memcpy(&string, at, sizeof string);
        text_add(text, string ? string : "-");
    }
}

/* The content as fold.md section 3 has it: the type and the fields, without the time. */
static void set_content(struct fixture *fx, struct event *ev)
{
    const struct event_kind *kind = &event_kinds[ev->type];
    struct text text;

    text_init(&text, &fx->arena);
    text_add(&text, kind->name);
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].flags & FIELD_NOT_CONTENT)
            continue;
        text_add(&text, "\n");
        add_member(&text, ev, &kind->fields[i]);
    }
    hash(NULL, text.at, text.len, ev->content);
    if (ev->id_number)
        spread(2, ev->id_number, strlen(ev->id_number), ev->id_hash);
}

static const char *key_of(const struct event *ev)
{
    if (ev->key)
        return ev->key == no_key ? NULL : ev->key;
    if (ev->type == EVENT_CLOCK_TICKED)
        return "tick";
    return event_kinds[ev->type].subject == SUBJECT_CODE ? ev->payment_code : ev->trainee_id;
}

/* The first topic on which the type may come; a tick says its own. */
static enum topic topic_of(const struct event *ev)
{
    if (ev->type == EVENT_CLOCK_TICKED)
        return ev->place.topic;
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
        if (event_kinds[ev->type].topics & (1u << topic))
            return topic;
    return TOPICS_IN;
}

static int64_t latest_of(const struct event *ev)
{
    int64_t latest = ev->time;

    if (ev->started_at > latest)
        latest = ev->started_at;
    return ev->ended_at > latest ? ev->ended_at : latest;
}

const char *fold(struct fixture *fx, struct event ev)
{
    struct event *kept = arena_copy(&fx->arena, &ev, sizeof ev);

    kept->key = key_of(&ev);
    kept->place.topic = topic_of(&ev);
    kept->place.offset = fx->next_offset[kept->place.topic]++;
    kept->latest = latest_of(&ev);
    if (!kept->kafka_time)
        kept->kafka_time = kept->latest;
    if (!kept->source)
        kept->source = "/test";
    if (!kept->id)
        kept->id = text_from_int(&fx->arena, ++fx->next_id);
    set_content(fx, kept);
    fold_event(&fx->world, kept);
    for (;;) {
        struct passing passing = fold_next_passing(&fx->catalogues, fx->world.passed,
                                                   world_watermark(&fx->world));
        if (passing.what == PASSAGE_NONE)
            return text_string(&fx->judged);
        fold_pass(&fx->world, &passing);
    }
}

const char *released(struct fixture *fx)
{
    const char *lines = text_string(&fx->released);

    text_init(&fx->released, &fx->arena);
    return lines;
}

/* One line an effect: its type without xueshi. and .v1, whose it is, what it says, and @ its
 * ce_time. */

static void add_word(struct text *text, const char *word)
{
    text_add(text, " ");
    text_add(text, word ? word : "-");
}

static void add_number(struct text *text, const char *name, int64_t number)
{
    add_word(text, name);
    text_add_int(text, number);
}

static void add_tenths(struct text *text, const char *name, int64_t tenths)
{
    add_word(text, name);
    text_add_tenths(text, tenths);
}

static void describe_changed(struct text *text, const struct effect *effect)
{
    const char *separator = " missing=";

    add_number(text, "#", effect->u.changed.revision);
    add_word(text, state_name(effect->u.changed.state));
    if (effect->u.changed.paid)
        add_word(text, "paid");
    if (effect->u.changed.approved)
        add_word(text, "approved");
    if (effect->u.changed.survey_done)
        add_word(text, "survey");
    if (effect->u.changed.active_at != INSTANT_NONE)
        add_word(text, "active");
    add_tenths(text, "hours=", effect->u.changed.hours);
    for (unsigned bit = MISSING_PAYMENT; bit <= MISSING_REINSTATEMENT; bit <<= 1) {
        if (!(effect->u.changed.missing & bit))
            continue;
        text_add(text, separator);
        text_add(text, missing_name((enum missing)bit));
        separator = ",";
    }
}

static void describe_graded(struct text *text, const struct effect *effect)
{
    add_word(text, effect->u.graded.course_id);
    text_add(text, "/");
    text_add(text, effect->u.graded.attempt_id);
    add_number(text, "", effect->u.graded.score);
    add_word(text, effect->u.graded.passed ? "passed" : "failed");
    add_word(text, verdict_name(effect->u.graded.verdict));
    add_number(text, "left=", effect->u.graded.attempts_left);
}

static void describe_year(struct text *text, const struct effect *effect)
{
    add_number(text, "", effect->u.year.year);
    add_number(text, "#", effect->u.year.revision);
    add_tenths(text, "public=", effect->u.year.public_hours);
    add_tenths(text, "professional=", effect->u.year.professional_hours);
    if (effect->u.year.complete)
        add_word(text, "complete");
}

static void describe_issued(struct text *text, const struct effect *effect)
{
    const char *separator = " ";

    add_number(text, "v", effect->u.issued.version);
    add_tenths(text, "hours=", effect->u.issued.hours);
    for (size_t i = 0; i < effect->u.issued.course_count; i++) {
        text_add(text, separator);
        text_add(text, effect->u.issued.courses[i].course->id);
        if (effect->u.issued.courses[i].score >= 0)
            add_number(text, "", effect->u.issued.courses[i].score);
        separator = ", ";
    }
}

static void describe_notice(struct text *text, const struct effect *effect)
{
    add_word(text, notice_name(effect->u.notice.template));
    switch (effect->u.notice.template) {
    case NOTICE_PAYMENT_CODE:
        add_number(text, "", effect->u.notice.amount_fen);
        break;
    case NOTICE_APPROVED:
        add_word(text, effect->u.notice.study_group);
        break;
    case NOTICE_REJECTED:
        add_word(text, effect->u.notice.reason);
        break;
    case NOTICE_EXAM_FAILED:
        add_word(text, effect->u.notice.course_id);
        add_number(text, "", effect->u.notice.score);
        add_number(text, "left=", effect->u.notice.attempts_left);
        break;
    case NOTICE_SURVEY_DUE:
        break;
    case NOTICE_REMINDER:
        add_number(text, "", effect->u.notice.days_left);
        break;
    case NOTICE_REVOKED:
        add_word(text, revoked_reason_name(effect->u.notice.revoked_reason));
        add_number(text, "v", effect->u.notice.version);
        break;
    case NOTICE_CERTIFICATE:
        add_number(text, "v", effect->u.notice.version);
        break;
    }
}

static void describe_data(struct text *text, const struct effect *effect)
{
    switch (effect->type) {
    case EFFECT_PAYMENT_REQUESTED:
        add_word(text, effect->u.payment.payer_name);
        break;
    case EFFECT_REFUND_REQUESTED:
        add_word(text, effect->u.refund.bank);
        text_add(text, "/");
        text_add(text, effect->u.refund.bank_txn_id);
        add_number(text, "", effect->u.refund.amount_fen);
        add_word(text, owed_name(effect->u.refund.reason));
        break;
    case EFFECT_COURSE_LEARNED:
    case EFFECT_COURSE_CREDITED:
        add_word(text, effect->u.course.course->id);
        break;
    case EFFECT_EXAM_GRADED:
        describe_graded(text, effect);
        break;
    case EFFECT_ENROLLMENT_CHANGED:
        describe_changed(text, effect);
        break;
    case EFFECT_YEAR_CHANGED:
        describe_year(text, effect);
        break;
    case EFFECT_CERTIFICATE_REVOKED:
        add_number(text, "v", effect->u.revoked.version);
        add_word(text, revoked_reason_name(effect->u.revoked.reason));
        add_word(text, effect->u.revoked.detail);
        break;
    case EFFECT_CERTIFICATE_ISSUED:
        describe_issued(text, effect);
        break;
    case EFFECT_ANOMALY_RAISED:
        add_word(text, effect->u.anomaly.kind);
        add_word(text, effect->u.anomaly.subject);
        break;
    case EFFECT_NOTIFICATION_REQUESTED:
        describe_notice(text, effect);
        break;
    case EFFECT_TYPES:
        break;
    }
}

static void describe(struct fixture *fx, struct text *text, const struct effect *effect)
{
    const char *type = effect_type_name(effect->type) + strlen("xueshi.");

    text_add_bytes(text, type, strlen(type) - strlen(".v1"));
    if (effect->enrollment_id)
        add_word(text, effect->enrollment_id);
    describe_data(text, effect);
    text_add(text, " @");
    text_add(text, civil_text(fx, effect->time));
    text_add(text, "\n");
}

const char *said(struct fixture *fx)
{
    return said_of(fx, "");
}

const char *said_of(struct fixture *fx, const char *word)
{
    struct text text;

    text_init(&text, &fx->arena);
    for (size_t i = 0; i < fx->effect_count; i++)
        if (strncmp(effect_type_name(fx->effects[i].type) + strlen("xueshi."), word,
                    strlen(word)) == 0)
            describe(fx, &text, &fx->effects[i]);
    fx->effect_count = 0;
    return text_string(&text);
}

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

/* Stories. */

void enroll(struct fixture *fx)
{
    assert_folds(fx, submission("06-10 09:00:00"), "applied");
}

void activate(struct fixture *fx)
{
    enroll(fx);
    assert_folds(fx, approval("06-16 09:00:00"), "applied");
    assert_folds(fx, settlement("06-16 09:30:00", code_of(fx, "t1", "e1"), "x1", 20000), "applied");
}

void watch(struct fixture *fx, const char *course_id, const char *from)
{
    const struct course *course = catalogues_find_course(&fx->catalogues, course_id);
    int64_t start = civil(from);

    for (int64_t at = 0; at < course->length_s; at += 600) {
        struct event ev = played(course_id, at, at + 600, from, from);

        ev.started_at = start + at * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
}

void study(struct fixture *fx)
{
    watch(fx, "c1", "06-20 10:00:00");
    assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 80), "applied");
    watch(fx, "c2", "06-21 10:00:00");
    assert_folds(fx, sitting("06-21 15:00:00", "c2", "a1", 90), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
}

void complete(struct fixture *fx)
{
    activate(fx);
    study(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
}

void pass_time(struct fixture *fx, const char *when)
{
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
        for (int32_t i = 0; i < fx->world.partition_count[topic]; i++)
            assert_folds(fx, on_partition(tick(topic, when), i), "applied");
}

struct enrollment *enrollment_of(struct fixture *fx, const char *trainee_id,
                                 const char *enrollment_id)
{
    return trainee_find_enrollment(&world_trainee(&fx->world, trainee_id)->trainee, enrollment_id);
}

struct enrollment *the_enrollment(struct fixture *fx)
{
    return enrollment_of(fx, "t1", "e1");
}

struct progress *the_course(struct fixture *fx, const char *course_id)
{
    struct progress *progress = enrollment_find_course(the_enrollment(fx), course_id);

    assert_non_null(progress);
    return progress;
}

struct certificate *the_certificate(struct fixture *fx)
{
    return trainee_find_certificate(&world_trainee(&fx->world, "t1")->trainee, &fx->programmes[0]);
}
