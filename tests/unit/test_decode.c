/* fold.md section 2 up to the second bad_signature: envelope in both modes, types and topics, and
 * every field of every event at its limits. */
#include "fixture.h"

#include <jansson.h>
#include <stdlib.h>

#include "../../daemon/decode.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define HEADERS_MAX   16
#define SECRET        "0123456789abcdef0123456789abcdef"
#define STAMP_MS      INT64_C(1687300000000) /* 2023-06-20T22:26:40Z */
#define TIME          "2023-06-20T10:00:00+08:00"

/* A record under construction, and what became of it. */
struct trial {
    struct fixture *fx;
    struct decoder decoder;
    struct keys keys;
    struct signature_key *signers[1];
    struct signature_keys signer_list;
    struct record record;
    struct header headers[HEADERS_MAX];
    struct event *ev;
    struct err err;
};

/* A valid sample of each type: its topic, key and data. */
struct sample {
    enum topic topic;
    const char *key, *data;
};

#define EDGE  "\"enrollment_id\":\"e1\",\"trainee_id\":\"t1\""
#define MONEY "\"payment_code\":\"65010000000000000001\",\"bank\":\"BOC\",\"bank_txn_id\":\"x1\""

static const struct sample samples[EVENT_TYPES] = {
    [EVENT_ENROLLMENT_SUBMITTED] =
        {TOPIC_ENROLLMENT, "t1",
         "{" EDGE ",\"term_id\":\"2023-1\",\"series\":\"party-school-teachers\","
         "\"title_level\":\"senior\",\"base_id\":\"base-xj\",\"name\":\"Guli\","
         "\"id_number\":\"11010519491231002x\",\"mobile\":\"13812345678\","
         "\"employer\":\"Party school\",\"employer_kind\":\"party-school\","
         "\"prefecture\":\"urumqi\",\"photo\":{\"sha256\":"
         "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
         "\"uri\":\"s3://photos/1\"}}"},
    [EVENT_ENROLLMENT_REVIEWED] = {TOPIC_ENROLLMENT, "t1",
                                   "{" EDGE ",\"decision\":\"approved\",\"reviewer\":\"r\","
                                   "\"reason\":\"fine\"}"},
    [EVENT_ENROLLMENT_WITHDRAWN] = {TOPIC_ENROLLMENT, "t1", "{" EDGE ",\"reason\":\"ill\"}"},
    [EVENT_ENROLLMENT_DISQUALIFIED] = {TOPIC_ENROLLMENT, "t1",
                                       "{" EDGE ",\"actor\":\"a\",\"reason\":\"shared\"}"},
    [EVENT_ENROLLMENT_REINSTATED] = {TOPIC_ENROLLMENT, "t1",
                                     "{" EDGE ",\"actor\":\"a\",\"reason\":\"appeal\"}"},
    [EVENT_ENROLLMENT_CORRECTED] = {TOPIC_ENROLLMENT, "t1",
                                    "{" EDGE ",\"name\":\"Guli\",\"mobile\":\"+8613812345678\","
                                    "\"employer\":\"x\",\"actor\":\"a\",\"reason\":\"typing\"}"},
    [EVENT_SURVEY_SUBMITTED] = {TOPIC_ENROLLMENT, "t1", "{" EDGE ",\"survey_id\":\"s\"}"},
    [EVENT_CREDIT_IMPORTED] = {TOPIC_ENROLLMENT, "t1",
                               "{\"trainee_id\":\"t1\",\"year\":2023,\"category\":\"public\","
                               "\"hours\":7.50,\"provider\":\"p\",\"evidence_no\":\"n\"}"},
    [EVENT_REVOCATION_ORDERED] = {TOPIC_ENROLLMENT, "t1",
                                  "{\"certificate_no\":\"2023-DXGX-000000000000-S\","
                                  "\"trainee_id\":\"t1\",\"actor\":\"a\",\"reason\":\"forged\"}"},
    [EVENT_PAYMENT_SETTLED] = {TOPIC_PAYMENT, "65010000000000000001",
                               "{" MONEY ",\"amount_fen\":20000,\"currency\":\"CNY\","
                               "\"channel\":\"app\",\"receipt_no\":\"n\"}"},
    [EVENT_PAYMENT_REFUNDED] = {TOPIC_PAYMENT, "65010000000000000001",
                                "{" MONEY ",\"refund_txn_id\":\"r\",\"amount_fen\":1,"
                                "\"currency\":\"CNY\"}"},
    [EVENT_PAYMENT_RECEIPTED] = {TOPIC_PAYMENT, "65010000000000000001",
                                 "{" MONEY ",\"receipt_no\":\"n\"}"},
    [EVENT_WATCH_PLAYED] = {TOPIC_WATCH_TIME, "t1",
                            "{" EDGE ",\"course_id\":\"c1\",\"session_id\":\"s\",\"from_s\":0,"
                            "\"to_s\":600,\"started_at\":\"2023-06-20T10:00:00+08:00\","
                            "\"ended_at\":\"2023-06-20T10:10:00+08:00\",\"device_id\":\"d\"}"},
    [EVENT_LIVE_ATTENDED] = {TOPIC_WATCH_TIME, "t1",
                             "{" EDGE ",\"course_id\":\"l1\",\"session_id\":\"s\","
                             "\"joined_at\":\"2023-07-01T10:00:00+08:00\","
                             "\"left_at\":\"2023-07-01T12:00:00+08:00\"}"},
    [EVENT_EXAM_SUBMITTED] = {TOPIC_EXAM, "t1",
                              "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\","
                              "\"paper_id\":\"p1\",\"started_at\":\"2023-06-20T01:00:00Z\","
                              "\"answers\":[{\"question\":\"q1\",\"choice\":[\"B\"]}]}"},
    [EVENT_ATTEMPTS_GRANTED] = {TOPIC_EXAM, "t1",
                                "{" EDGE ",\"course_id\":\"c1\",\"grant_id\":\"g\",\"extra\":1,"
                                "\"actor\":\"a\",\"reason\":\"power cut\"}"},
    [EVENT_CLOCK_TICKED] = {TOPIC_PAYMENT, "tick", "{\"as_of\":\"2023-06-20T10:00:00Z\"}"},
};

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, text ? strlen(text) : 0};
}

static int make_trial(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    const char *banks[] = {"BOC"};
    void *fx;

    assert_non_null(trial);
    assert_int_equal(fixture_setup(&fx), 0);
    trial->fx = fx;
    trial->keys.person_index.len = 32;
    trial->signers[0] = signature_key_new("boc-1", &(struct strings){banks, 1},
                                          SIGNATURE_HMAC_SHA256, SECRET, 32, &trial->err);
    assert_non_null(trial->signers[0]);
    trial->signer_list = (struct signature_keys){trial->signers, 1};
    trial->decoder = (struct decoder){
        .catalogues = &trial->fx->catalogues,
        .keys = &trial->keys,
        .signature_keys = &trial->signer_list,
    };
    *state = trial;
    return 0;
}

static int free_trial(void **state)
{
    struct trial *trial = *state;
    void *fx = trial->fx;

    signature_key_free(trial->signers[0]);
    fixture_teardown(&fx);
    free(trial);
    return 0;
}

#define DECODE_TEST(name) cmocka_unit_test_setup_teardown(name, make_trial, free_trial)

static void add_header(struct trial *trial, const char *name, const char *value)
{
    assert_true(trial->record.header_count < HEADERS_MAX);
    trial->headers[trial->record.header_count++] = (struct header){name, bytes_of(value)};
}

static struct header *find_header(struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->record.header_count; i++)
        if (strcmp(trial->headers[i].name, name) == 0)
            return &trial->headers[i];
    fail_msg("no header %s", name);
    return NULL;
}

static void drop_header(struct trial *trial, const char *name)
{
    struct header *gap = find_header(trial, name);

    *gap = trial->headers[--trial->record.header_count];
}

/* Begins anew: the sample of a type in binary mode. */
static void begin(struct trial *trial, enum event_type type)
{
    const struct sample *sample = &samples[type];

    trial->record = (struct record){
        .place = {.topic = sample->topic, .partition = 3, .offset = 17},
        .timestamp_ms = STAMP_MS,
        .key = bytes_of(sample->key),
        .value = bytes_of(sample->data),
        .headers = trial->headers,
    };
    add_header(trial, "ce_specversion", "1.0");
    add_header(trial, "ce_id", "id-1");
    add_header(trial, "ce_source", "/platform");
    add_header(trial, "ce_type", event_kinds[type].name);
    add_header(trial, "ce_time", TIME);
    add_header(trial, "content-type", "application/json");
}

/* "ok", or the reason. */
static const char *decode(struct trial *trial)
{
    trial->err = (struct err){.reason = REASON_NONE};
    enum status status = decode_record(&trial->decoder, &trial->fx->arena, &trial->record,
                                       &trial->ev, &trial->err);

    assert_int_equal(trial->ev != NULL, status == STATUS_OK);
    return status == STATUS_OK ? "ok" : reason_name(trial->err.reason);
}

static const char *decode_data(struct trial *trial, enum event_type type, const char *data)
{
    begin(trial, type);
    trial->record.value = bytes_of(data);
    return decode(trial);
}

/* The sample's data with one member replaced by a JSON text, or taken out when text is NULL. */
static const char *altered(struct trial *trial, enum event_type type, const char *member,
                           const char *json_text)
{
    json_t *data = json_loads(samples[type].data, 0, NULL);
    struct text text;
    const char *key;
    json_t *value;

    text_init(&text, &trial->fx->arena);
    json_object_foreach (data, key, value) {
        char *old = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

        if (strcmp(key, member) != 0) {
            text_add(&text, text.len ? ",\"" : "{\"");
            text_add(&text, key);
            text_add(&text, "\":");
            text_add(&text, old);
        }
        free(old);
    }
    if (json_text) {
        text_add(&text, text.len ? ",\"" : "{\"");
        text_add(&text, member);
        text_add(&text, "\":");
        text_add(&text, json_text);
    }
    text_add(&text, text.len ? "}" : "{}");
    json_decref(data);
    return text_string(&text);
}

static const char *decode_altered(struct trial *trial, enum event_type type, const char *member,
                                  const char *json_text)
{
    return decode_data(trial, type, altered(trial, type, member, json_text));
}

/* The data as the event of a structured record with the given other members. */
static void begin_structured(struct trial *trial, enum event_type type, const char *members)
{
    struct text text;

    begin(trial, type);
    trial->record.header_count = 0;
    add_header(trial, "content-type", "application/cloudevents+json");
    text_init(&text, &trial->fx->arena);
    text_add(&text, "{");
    text_add(&text, members);
    text_add(&text, ",\"data\":");
    text_add(&text, samples[type].data);
    text_add(&text, "}");
    trial->record.value = bytes_of(text.at);
}

#define MEMBERS(type)                                                                              \
    "\"specversion\":\"1.0\",\"id\":\"id-1\",\"source\":\"/platform\",\"type\":\"" type            \
    "\",\"time\":\"" TIME "\""
#define SURVEY "xueshi.survey.submitted.v1"

static void every_type_is_read_in_both_modes(void **state)
{
    struct trial *trial = *state;

    for (int type = 0; type < EVENT_TYPES; type++) {
        uint8_t content[32];

        begin(trial, (enum event_type)type);
        if (strcmp(decode(trial), "ok") != 0)
            fail_msg("%s: %s", event_kinds[type].name, trial->err.message);
        const struct event *ev = trial->ev;
        assert_int_equal(ev->type, type);
        assert_int_equal(ev->place.topic, samples[type].topic);
        assert_int_equal(ev->place.partition, 3);
        assert_int_equal(ev->place.offset, 17);
        assert_string_equal(ev->key, samples[type].key);
        assert_string_equal(ev->id, "id-1");
        assert_string_equal(ev->source, "/platform");
        assert_true(ev->time == civil("06-20 10:00:00"));
        assert_true(ev->kafka_time == STAMP_MS * 1000);
        memcpy(content, ev->content, sizeof content);

        struct text members;
        text_init(&members, &trial->fx->arena);
        text_add(&members, "\"specversion\":\"1.0\",\"id\":\"id-1\",\"source\":\"/platform\","
                           "\"time\":\"" TIME "\",\"type\":\"");
        text_add(&members, event_kinds[type].name);
        text_add(&members, "\"");
        begin_structured(trial, (enum event_type)type, members.at);
        if (strcmp(decode(trial), "ok") != 0)
            fail_msg("structured %s: %s", event_kinds[type].name, trial->err.message);
        assert_int_equal(trial->ev->type, type);
        assert_string_equal(trial->ev->source, "/platform");
        assert_memory_equal(trial->ev->content, content, sizeof content);
    }
}

static void fields_arrive_where_they_belong(void **state)
{
    struct trial *trial = *state;

    begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    assert_string_equal(decode(trial), "ok");
    assert_string_equal(trial->ev->id_number, "11010519491231002X"); /* x becomes X at once */
    assert_string_equal(trial->ev->photo_uri, "s3://photos/1");
    assert_string_equal(trial->ev->title_level, "senior");
    begin(trial, EVENT_ENROLLMENT_REVIEWED);
    assert_string_equal(decode(trial), "ok");
    assert_int_equal(trial->ev->decision, DECISION_APPROVED);
    begin(trial, EVENT_CREDIT_IMPORTED);
    assert_string_equal(decode(trial), "ok");
    assert_int_equal(trial->ev->hours, 75);
    begin(trial, EVENT_WATCH_PLAYED);
    assert_string_equal(decode(trial), "ok");
    assert_int_equal(trial->ev->to_s, 600);
    assert_true(trial->ev->ended_at == civil("06-20 10:10:00"));
    assert_true(trial->ev->latest == civil("06-20 10:10:00"));
    begin(trial, EVENT_LIVE_ATTENDED);
    assert_string_equal(decode(trial), "ok");
    assert_true(trial->ev->started_at == civil("07-01 10:00:00"));
    assert_true(trial->ev->latest == civil("07-01 12:00:00"));
    begin(trial, EVENT_EXAM_SUBMITTED);
    assert_string_equal(decode(trial), "ok");
    assert_int_equal(trial->ev->answer_count, 1);
    assert_string_equal(trial->ev->answers[0].choice, "B");
    assert_int_equal(trial->ev->score, -1);
    assert_true(trial->ev->latest == trial->ev->time);
    begin(trial, EVENT_CLOCK_TICKED); /* as_of is not judged for skew */
    assert_string_equal(decode(trial), "ok");
    assert_true(trial->ev->latest == trial->ev->time);
    assert_true(trial->ev->as_of > trial->ev->time);
}

/* Each field of each type: not there, null, and of a type that fits none. */
static void every_field_is_demanded_and_named(void **state)
{
    static const char *const bad[] = {NULL, "null", "{}", "[[]]", "true", "\"\"", "1.55", "-1e3"};
    struct trial *trial = *state;

    for (int type = 0; type < EVENT_TYPES; type++) {
        for (size_t i = 0; i < event_kinds[type].field_count; i++) {
            const struct field *field = &event_kinds[type].fields[i];

            for (size_t j = 0; j < LENGTH(bad); j++) {
                bool optional = field->flags & FIELD_OPTIONAL && type != EVENT_EXAM_SUBMITTED;
                const char *expected = j == 0 && optional ? "ok" : "invalid_field";
                const char *got = decode_altered(trial, (enum event_type)type, field->name, bad[j]);

                if (j == 0 && strcmp(field->name, "score") == 0)
                    continue; /* answers are there */
                if (strcmp(got, expected) != 0)
                    fail_msg("%s, %s: %s is %s", event_kinds[type].name, field->name,
                             bad[j] ? bad[j] : "missing", got);
                if (strcmp(got, "ok") != 0)
                    assert_non_null(strstr(trial->err.message, field->name));
            }
        }
    }
}

static void first_wrong_field_is_named(void **state)
{
    struct trial *trial = *state;

    assert_string_equal(decode_data(trial, EVENT_ENROLLMENT_REVIEWED,
                                    "{\"reviewer\":1,\"decision\":\"maybe\",\"trainee_id\":\"\","
                                    "\"enrollment_id\":\"e1\"}"),
                        "invalid_field");
    assert_non_null(strstr(trial->err.message, "trainee_id"));
}

static void unknown_fields_and_extensions_are_ignored(void **state)
{
    struct trial *trial = *state;

    assert_string_equal(decode_altered(trial, EVENT_SURVEY_SUBMITTED, "mood", "{\"a\":[null]}"),
                        "ok");
    begin(trial, EVENT_SURVEY_SUBMITTED);
    add_header(trial, "ce_partitionkey", "p");
    add_header(trial, "ce_partitionkey", "");
    add_header(trial, "traceparent", "\xFF");
    assert_string_equal(decode(trial), "ok");
    begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY) ",\"extension\":7");
    assert_string_equal(decode(trial), "ok");
}

/* Texts of a given number of characters. */
static const char *repeated(struct trial *trial, const char *character, int64_t count)
{
    struct text text;

    text_init(&text, &trial->fx->arena);
    text_add(&text, "\"");
    for (int64_t i = 0; i < count; i++)
        text_add(&text, character);
    text_add(&text, "\"");
    return text.at;
}

static void lengths_are_kept_to_the_character(void **state)
{
    static const struct {
        enum event_type type;
        const char *member, *character;
        int64_t most;
    } rows[] = {
        {EVENT_SURVEY_SUBMITTED, "survey_id", "a", 64},
        {EVENT_WATCH_PLAYED, "session_id", "-", 64},
        {EVENT_SURVEY_SUBMITTED, "enrollment_id", "e", 64},
        {EVENT_ENROLLMENT_WITHDRAWN, "reason", "r", 200},
        {EVENT_ENROLLMENT_WITHDRAWN, "reason", "\xE4\xBD\xA0", 200},
        {EVENT_ENROLLMENT_WITHDRAWN, "reason", "\\ud83d\\ude00", 200},
        {EVENT_ENROLLMENT_SUBMITTED, "name", "\xE5\x8F\xA4", 200},
        {EVENT_ENROLLMENT_SUBMITTED, "employer", "x", 200},
        {EVENT_ENROLLMENT_SUBMITTED, "prefecture", "x", 200},
        {EVENT_ENROLLMENT_REVIEWED, "reviewer", "x", 200},
        {EVENT_ATTEMPTS_GRANTED, "actor", "x", 200},
        {EVENT_CREDIT_IMPORTED, "provider", "x", 200},
        {EVENT_CREDIT_IMPORTED, "evidence_no", "x", 200},
        {EVENT_PAYMENT_RECEIPTED, "receipt_no", "x", 200},
        {EVENT_WATCH_PLAYED, "device_id", "x", 200},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *most = repeated(trial, rows[i].character, rows[i].most);
        const char *more = repeated(trial, rows[i].character, rows[i].most + 1);

        if (strcmp(decode_altered(trial, rows[i].type, rows[i].member, most), "ok") != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
        if (strcmp(decode_altered(trial, rows[i].type, rows[i].member, more), "ok") == 0)
            fail_msg("row %d: one more was taken", (int)i);
    }
}

/* One member of one type, a JSON text, and whether it is taken. */
static void fields_are_taken_or_refused(void **state)
{
    static const struct {
        enum event_type type;
        const char *member, *json;
        bool taken;
    } rows[] = {
        {EVENT_SURVEY_SUBMITTED, "survey_id", "\"a b\"", false},
        {EVENT_SURVEY_SUBMITTED, "survey_id", "\"A.b_c:d-9\"", true},
        {EVENT_SURVEY_SUBMITTED, "survey_id", "7", false},
        {EVENT_SURVEY_SUBMITTED, "enrollment_id", "\"13812345678\"", false},
        {EVENT_SURVEY_SUBMITTED, "enrollment_id", "\"23812345678\"", true},
        {EVENT_SURVEY_SUBMITTED, "trainee_id", "\"11010519491231002X\"", false},
        {EVENT_SURVEY_SUBMITTED, "trainee_id", "\"110105194912310021\"", true},
        {EVENT_SURVEY_SUBMITTED, "survey_id", "\"13812345678\"", true},
        {EVENT_ENROLLMENT_SUBMITTED, "name", "\"a\\tb\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "name", "\"a\\u0085b\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "name", "\"a\\u007fb\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "name", "\"O'Neil \\\"\\u200f\\u4f60\"", true},
        {EVENT_ENROLLMENT_SUBMITTED, "employer", "\"a\\nb\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "prefecture", "\"a\\nb\"", true},
        {EVENT_ENROLLMENT_WITHDRAWN, "reason", "\"\\u0001\"", true},
        {EVENT_ENROLLMENT_CORRECTED, "name", "\"\\u001f\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "title_level", "\"Senior\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "title_level", "\"junior\"", true},
        {EVENT_ENROLLMENT_SUBMITTED, "employer_kind", "\"islamic-institute\"", true},
        {EVENT_ENROLLMENT_SUBMITTED, "employer_kind", "\"hospital\"", false},
        {EVENT_ENROLLMENT_REVIEWED, "decision", "\"rejected\"", true},
        {EVENT_ENROLLMENT_REVIEWED, "decision", "\"pending\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "mobile", "\"+1234567\"", true},
        {EVENT_ENROLLMENT_SUBMITTED, "mobile", "\"+123456\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "mobile", "13812345678", false},
        {EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"11010519491231002Y\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"110105194912310\"", false},
        {EVENT_ENROLLMENT_SUBMITTED, "photo", "{\"sha256\":\"00\",\"uri\":\"u\"}", false},
        {EVENT_ENROLLMENT_SUBMITTED, "photo", "{\"uri\":\"u\"}", false},
        {EVENT_ENROLLMENT_SUBMITTED, "photo",
         "{\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}",
         false},
        {EVENT_ENROLLMENT_SUBMITTED, "photo",
         "{\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
         "\"uri\":\"u\",\"more\":1}",
         true},
        {EVENT_CREDIT_IMPORTED, "year", "2000", true},
        {EVENT_CREDIT_IMPORTED, "year", "1999", false},
        {EVENT_CREDIT_IMPORTED, "year", "2100", true},
        {EVENT_CREDIT_IMPORTED, "year", "2101", false},
        {EVENT_CREDIT_IMPORTED, "year", "2023.0", false},
        {EVENT_CREDIT_IMPORTED, "year", "2023e0", false},
        {EVENT_CREDIT_IMPORTED, "year", "\"2023\"", false},
        {EVENT_CREDIT_IMPORTED, "category", "\"professional\"", false},
        {EVENT_CREDIT_IMPORTED, "hours", "0.1", true},
        {EVENT_CREDIT_IMPORTED, "hours", "200", true},
        {EVENT_CREDIT_IMPORTED, "hours", "200.1", false},
        {EVENT_CREDIT_IMPORTED, "hours", "0", false},
        {EVENT_CREDIT_IMPORTED, "hours", "7.55", false},
        {EVENT_CREDIT_IMPORTED, "hours", "7.500000000000000000001", false},
        {EVENT_CREDIT_IMPORTED, "hours", "\"7.5\"", false},
        {EVENT_REVOCATION_ORDERED, "certificate_no", "\"anything\"", true},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "1", true},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "0", false},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "-20000", false},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "1000000000000", true},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "1000000000001", false},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "9223372036854775807", false},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "20000.0", false},
        {EVENT_PAYMENT_SETTLED, "amount_fen", "2e4", false},
        {EVENT_PAYMENT_SETTLED, "currency", "\"USD\"", false},
        {EVENT_PAYMENT_SETTLED, "currency", "\"cny\"", false},
        {EVENT_PAYMENT_SETTLED, "channel", "\"counter\"", true},
        {EVENT_PAYMENT_SETTLED, "channel", "\"web\"", false},
        {EVENT_PAYMENT_SETTLED, "payment_code", "\"77020000000000000001\"", true},
        {EVENT_PAYMENT_SETTLED, "payment_code", "\"99990000000000000001\"", false},
        {EVENT_PAYMENT_SETTLED, "payment_code", "\"6501000000000000001\"", false},
        {EVENT_PAYMENT_SETTLED, "payment_code", "\"650100000000000000010\"", false},
        {EVENT_PAYMENT_SETTLED, "payment_code", "\"6501000000000000000a\"", false},
        {EVENT_PAYMENT_SETTLED, "payment_code", "65010000000000000", false},
        {EVENT_WATCH_PLAYED, "from_s", "-1", false},
        {EVENT_WATCH_PLAYED, "from_s", "9223372036854775807", true},
        {EVENT_WATCH_PLAYED, "to_s", "-1", true}, /* bad_report, later */
        {EVENT_WATCH_PLAYED, "to_s", "600.0", false},
        {EVENT_WATCH_PLAYED, "started_at", "\"2023-06-20T10:00:00\"", false},
        {EVENT_WATCH_PLAYED, "started_at", "\"2023-06-20t02:00:00z\"", true},
        {EVENT_WATCH_PLAYED, "started_at", "\"2023-06-20T10:00:60+08:00\"", false},
        {EVENT_EXAM_SUBMITTED, "started_at", "\"2023-06-20T02:00:00Z\"", true},
        {EVENT_EXAM_SUBMITTED, "started_at", "\"2023-06-20T02:00:00.000001Z\"", false},
        {EVENT_EXAM_SUBMITTED, "score", "60", false}, /* answers are there */
        {EVENT_EXAM_SUBMITTED, "answers", "[]", true},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\",\"choice\":[]}]", true},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\",\"choice\":[\"B\",\"A\"]}]", true},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\",\"choice\":[\"bb\"]}]", true},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\",\"choice\":\"B\"}]", false},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\",\"choice\":[1]}]", false},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q 1\",\"choice\":[\"B\"]}]", false},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"choice\":[\"B\"]}]", false},
        {EVENT_EXAM_SUBMITTED, "answers", "[{\"question\":\"q1\"}]", false},
        {EVENT_EXAM_SUBMITTED, "answers", "[null]", false},
        {EVENT_ATTEMPTS_GRANTED, "extra", "3", true},
        {EVENT_ATTEMPTS_GRANTED, "extra", "0", false},
        {EVENT_ATTEMPTS_GRANTED, "extra", "4", false},
        {EVENT_CLOCK_TICKED, "as_of", "\"9999-12-31T23:59:59Z\"", true},
        {EVENT_CLOCK_TICKED, "as_of", "\"yesterday\"", false},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *got = decode_altered(trial, rows[i].type, rows[i].member, rows[i].json);

        if (strcmp(got, rows[i].taken ? "ok" : "invalid_field") != 0)
            fail_msg("%s %s: %s, %s", rows[i].member, rows[i].json, got, trial->err.message);
    }
}

static void photo_uri_has_five_hundred_characters(void **state)
{
    struct trial *trial = *state;

    for (int64_t count = 500; count <= 501; count++) {
        struct text photo;

        text_init(&photo, &trial->fx->arena);
        text_add(&photo, "{\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef"
                         "0123456789abcdef\",\"uri\":");
        text_add(&photo, repeated(trial, "\xC3\xA9", count));
        text_add(&photo, "}");
        assert_string_equal(decode_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "photo", photo.at),
                            count == 500 ? "ok" : "invalid_field");
    }
}

static void r6_id_number_is_born_by_the_day_of_the_event(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *time, *expected;
    } rows[] = {
        {"1949-12-31T00:00:00Z", "bad_envelope"}, /* no instant of ours */
        {"2023-06-20T00:00:00Z", "ok"},
        {"2023-06-19T23:59:59Z", "invalid_field"},
        {"2023-06-20T07:59:59+08:00", "invalid_field"}, /* the day is UTC's */
        {"2023-06-20T08:00:00+08:00", "ok"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin(trial, EVENT_ENROLLMENT_SUBMITTED);
        trial->record.value = bytes_of(
            altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"650102202306200019\""));
        find_header(trial, "ce_time")->value = bytes_of(rows[i].time);
        if (strcmp(decode(trial), rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].time, trial->err.message);
    }
}

static void exam_has_answers_or_a_score(void **state)
{
    struct trial *trial = *state;
    static const char head[] = "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\","
                               "\"paper_id\":\"p1\",\"started_at\":\"2023-06-20T01:00:00Z\"";
    static const struct {
        const char *rest, *expected;
        int64_t score;
    } rows[] = {
        {"}", "invalid_field", 0},
        {",\"score\":0}", "ok", 0},
        {",\"score\":100}", "ok", 100},
        {",\"score\":101}", "invalid_field", 0},
        {",\"score\":-1}", "invalid_field", 0},
        {",\"score\":60.0}", "invalid_field", 0},
        {",\"score\":null,\"answers\":[]}", "invalid_field", 0},
        {",\"score\":60,\"answers\":null}", "invalid_field", 0},
        {",\"score\":60,\"answers\":[]}", "invalid_field", 0},
        {",\"answers\":[]}", "ok", -1},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct text data;

        text_init(&data, &trial->fx->arena);
        text_add(&data, head);
        text_add(&data, rows[i].rest);
        assert_string_equal(decode_data(trial, EVENT_EXAM_SUBMITTED, data.at), rows[i].expected);
        if (trial->ev)
            assert_int_equal(trial->ev->score, rows[i].score);
    }
}

static void choices_that_do_not_fit_are_left_to_the_paper(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *choice;
        bool fits;
    } rows[] = {
        {"[\"A\",\"Z\"]", true},
        {"[\"a\"]", false},
        {"[\"A\",\"A\"]", false},
        {"[\"\"]", false},
        {"[\"AB\"]", false},
        {"[\"1\"]", false},
        {"[]", true},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct text answers;

        text_init(&answers, &trial->fx->arena);
        text_add(&answers, "[{\"question\":\"q1\",\"choice\":");
        text_add(&answers, rows[i].choice);
        text_add(&answers, "}]");
        assert_string_equal(decode_altered(trial, EVENT_EXAM_SUBMITTED, "answers", answers.at),
                            "ok");
        assert_int_equal(trial->ev->answers[0].choice_fits, rows[i].fits);
    }
}

static void correction_corrects_something(void **state)
{
    struct trial *trial = *state;

    assert_string_equal(decode_data(trial, EVENT_ENROLLMENT_CORRECTED,
                                    "{" EDGE ",\"actor\":\"a\",\"reason\":\"r\"}"),
                        "invalid_field");
    assert_string_equal(decode_data(trial, EVENT_ENROLLMENT_CORRECTED,
                                    "{" EDGE ",\"mobile\":\"13812345678\",\"actor\":\"a\","
                                    "\"reason\":\"r\"}"),
                        "ok");
    assert_null(trial->ev->name);
}

/* The envelope in binary mode: one header, its value ("-": not there), what comes of it. */
static void binary_envelope(void **state)
{
#define EIGHT      "12345678"
#define SIXTY_FOUR EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT
#define HUNDRED_28 SIXTY_FOUR SIXTY_FOUR
    static const struct {
        const char *header, *value, *expected;
    } rows[] = {
        {"ce_specversion", "-", "bad_envelope"},
        {"ce_specversion", "", "bad_envelope"},
        {"ce_specversion", "1", "bad_envelope"},
        {"ce_specversion", "0.3", "bad_envelope"},
        {"ce_specversion", "1.0 ", "bad_envelope"},
        {"ce_id", "-", "bad_envelope"},
        {"ce_id", "", "bad_envelope"},
        {"ce_id", HUNDRED_28, "ok"},
        {"ce_id", HUNDRED_28 "9", "bad_envelope"},
        {"ce_id", "\xE4\xBD\xA0", "ok"},
        {"ce_id", "\xFF", "bad_envelope"},
        {"ce_source", "-", "bad_envelope"},
        {"ce_source", HUNDRED_28, "ok"},
        {"ce_source", HUNDRED_28 "9", "bad_envelope"},
        {"ce_source", "\xC0\x80", "bad_envelope"},
        {"ce_type", "-", "bad_envelope"},
        {"ce_type", "", "bad_envelope"},
        {"ce_type", "\xFF", "bad_envelope"},
        {"ce_type", "xueshi.survey.submitted.v2", "unknown_type"},
        {"ce_type", "xueshi.certificate.issued.v1", "unknown_type"},
        {"ce_type", "xueshi.survey.submitted.v1 ", "unknown_type"},
        {"ce_type", "XUESHI.survey.submitted.v1", "unknown_type"},
        {"ce_type", "xueshi.exam.submitted.v1", "wrong_topic"},
        {"ce_type", "xueshi.payment.settled.v1", "wrong_topic"},
        {"ce_time", "-", "bad_envelope"},
        {"ce_time", "", "bad_envelope"},
        {"ce_time", "2023-06-20", "bad_envelope"},
        {"ce_time", "2023-06-20T10:00:00", "bad_envelope"},
        {"ce_time", "2023-06-20T10:00:00.123456789Z", "ok"},
        {"content-type", "-", "ok"},
        {"content-type", "", "bad_envelope"},
        {"content-type", "application/json; charset=utf-8", "ok"},
        {"content-type", "application/json ;x=y", "ok"},
        {"content-type", "Application/JSON", "ok"},
        {"content-type", "application/jsonx", "bad_envelope"},
        {"content-type", "application/json+x", "bad_envelope"},
        {"content-type", "text/plain", "bad_envelope"},
        {"content-type", "application/cloudevents-batch+json", "bad_envelope"},
        {"content-type", "application/cloudevents+avro", "bad_envelope"},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin(trial, EVENT_SURVEY_SUBMITTED);
        if (strcmp(rows[i].value, "-") == 0)
            drop_header(trial, rows[i].header);
        else
            find_header(trial, rows[i].header)->value = bytes_of(rows[i].value);
        if (strcmp(decode(trial), rows[i].expected) != 0)
            fail_msg("%s \"%s\": %s", rows[i].header, rows[i].value, decode(trial));
    }
    begin(trial, EVENT_SURVEY_SUBMITTED);
    find_header(trial, "ce_id")->value = (struct bytes){"a\0b", 3};
    assert_string_equal(decode(trial), "bad_envelope");
    begin(trial, EVENT_SURVEY_SUBMITTED);
    find_header(trial, "ce_id")->value = (struct bytes){NULL, 0};
    assert_string_equal(decode(trial), "bad_envelope");
}

static void header_names_have_no_case_and_come_once(void **state)
{
    static const char *const names[][2] = {
        {"ce_specversion", "CE_SpecVersion"},
        {"ce_id", "CE_ID"},
        {"ce_source", "Ce_Source"},
        {"ce_type", "ce_Type"},
        {"ce_time", "CE_TIME"},
        {"content-type", "Content-Type"},
    };
    struct trial *trial = *state;

    begin(trial, EVENT_SURVEY_SUBMITTED);
    for (size_t i = 0; i < LENGTH(names); i++)
        find_header(trial, names[i][0])->name = names[i][1];
    assert_string_equal(decode(trial), "ok");
    for (size_t i = 0; i < LENGTH(names); i++) {
        begin(trial, EVENT_SURVEY_SUBMITTED);
        struct bytes value = find_header(trial, names[i][0])->value;
        add_header(trial, names[i][1], NULL);
        trial->headers[trial->record.header_count - 1].value = value;
        assert_string_equal(decode(trial), "bad_envelope");
    }
    begin(trial, EVENT_SURVEY_SUBMITTED);
    add_header(trial, "ce_subject", "e1");
    assert_string_equal(decode(trial), "ok");
    add_header(trial, "ce_subject", "e1");
    assert_string_equal(decode(trial), "bad_envelope");
}

static void structured_envelope(void **state)
{
    static const struct {
        const char *members, *expected;
    } rows[] = {
        {MEMBERS(SURVEY), "ok"},
        {MEMBERS(SURVEY) ",\"datacontenttype\":\"application/json\"", "ok"},
        {MEMBERS(SURVEY) ",\"datacontenttype\":\"APPLICATION/json;a=b\"", "ok"},
        {MEMBERS(SURVEY) ",\"datacontenttype\":\"text/plain\"", "bad_envelope"},
        {MEMBERS(SURVEY) ",\"datacontenttype\":null", "bad_envelope"},
        {MEMBERS(SURVEY) ",\"subject\":\"e1\"", "ok"},
        {MEMBERS(SURVEY) ",\"subject\":\"\"", "bad_envelope"},
        {MEMBERS(SURVEY) ",\"id\":\"id-2\"", "malformed"}, /* doubled */
        {MEMBERS("xueshi.survey.submitted.v9"), "unknown_type"},
        {MEMBERS("xueshi.exam.submitted.v1"), "wrong_topic"},
        {"\"specversion\":1.0,\"id\":\"i\",\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"" TIME "\"",
         "bad_envelope"},
        {"\"id\":\"i\",\"source\":\"s\",\"type\":\"" SURVEY "\",\"time\":\"" TIME "\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"now\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"" TIME "\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":7,\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"" TIME "\"",
         "bad_envelope"},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin_structured(trial, EVENT_SURVEY_SUBMITTED, rows[i].members);
        if (strcmp(decode(trial), rows[i].expected) != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
    }
    begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
    add_header(trial, "ce_id", "ignored");
    add_header(trial, "ce_id", "ignored");
    find_header(trial, "content-type")->value = bytes_of(
        "Application/CloudEvents+JSON; charset=UTF-8");
    assert_string_equal(decode(trial), "ok");
    assert_string_equal(trial->ev->id, "id-1");
}

static void structured_mode_malformed_comes_first(void **state)
{
    static const char *const rows[] = {
        "",
        "[]",
        "{\"specversion\":\"1.0\"}",
        "{\"specversion\":\"9\",\"data\":[]}",
        "{\"specversion\":\"9\",\"data\":null}",
        "{\"specversion\":\"9\",\"data\":\"{}\"}",
        "{\"specversion\":\"9\",\"data_base64\":\"e30=\"}",
        "{\"specversion\":\"9\",\"data\":{\"a\":1,\"a\":2}}",
        "{\"specversion\":\"9\",\"data\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}"
        "}",
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
        trial->record.value = bytes_of(rows[i]);
        if (strcmp(decode(trial), "malformed") != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
    }
    /* Depth 8 from the outer object on. */
    begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
    trial->record.value = bytes_of(
        "{" MEMBERS(SURVEY) ",\"data\":{\"enrollment_id\":\"e1\",\"trainee_id\":\"t1\","
                            "\"survey_id\":\"s\",\"x\":[[[[[[1]]]]]]}}");
    assert_string_equal(decode(trial), "ok");
}

/* Binary mode: bad_envelope, unknown_type, wrong_topic, bad_signature, malformed, invalid_field,
 * bad_signature. */
static void checks_come_in_order(void **state)
{
    struct trial *trial = *state;

    trial->decoder.signatures_required = true;
    begin(trial, EVENT_PAYMENT_SETTLED);
    trial->record.value = bytes_of("{");
    trial->record.place.topic = TOPIC_EXAM;
    find_header(trial, "ce_type")->value = bytes_of("nonsense");
    find_header(trial, "ce_time")->value = bytes_of("nonsense");
    assert_string_equal(decode(trial), "bad_envelope");
    find_header(trial, "ce_time")->value = bytes_of(TIME);
    assert_string_equal(decode(trial), "unknown_type");
    find_header(trial, "ce_type")->value = bytes_of("xueshi.payment.settled.v1");
    assert_string_equal(decode(trial), "wrong_topic");
    trial->record.place.topic = TOPIC_PAYMENT;
    assert_string_equal(decode(trial), "bad_signature");
    trial->decoder.signatures_required = false;
    assert_string_equal(decode(trial), "malformed");
    trial->record.value = bytes_of("{}");
    assert_string_equal(decode(trial), "invalid_field");
}

static const char *sign(struct trial *trial, const char *time, const char *value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct secret_key key = {.len = 32};
    uint8_t mac[33] = {0};
    const char *message = text_join(&trial->fx->arena, "id-1", "xueshi.payment.settled.v1", time,
                                    value, NULL);
    char *text = arena_alloc(&trial->fx->arena, 45);

    memcpy(key.bytes, SECRET, 32);
    crypto_hmac_sha256(&key, message, strlen(message), mac);
    for (size_t i = 0; i < 11; i++) {
        uint32_t group = (uint32_t)mac[3 * i] << 16 | (uint32_t)mac[3 * i + 1] << 8 |
                         mac[3 * i + 2];

        for (size_t j = 0; j < 4; j++)
            text[4 * i + j] = digits[group >> (18 - 6 * j) & 63];
    }
    text[43] = '=';
    return text;
}

static void begin_signed(struct trial *trial)
{
    trial->decoder.signatures_required = true;
    begin(trial, EVENT_PAYMENT_SETTLED);
    add_header(trial, "signature-key", "boc-1");
    add_header(trial, "signature", sign(trial, TIME, samples[EVENT_PAYMENT_SETTLED].data));
}

static void s7_payments_are_signed(void **state)
{
    struct trial *trial = *state;

    begin_signed(trial);
    assert_string_equal(decode(trial), "ok");
    find_header(trial, "signature")->name = "Signature"; /* names have no case */
    assert_string_equal(decode(trial), "ok");
    static const char *const dropped[] = {"signature", "signature-key"};
    for (size_t i = 0; i < LENGTH(dropped); i++) {
        begin_signed(trial);
        drop_header(trial, dropped[i]);
        assert_string_equal(decode(trial), "bad_signature");
        begin_signed(trial);
        trial->headers[trial->record.header_count++] = *find_header(trial, dropped[i]);
        assert_string_equal(decode(trial), "bad_signature");
        begin_signed(trial);
        find_header(trial, dropped[i])->value = (struct bytes){NULL, 0};
        assert_string_equal(decode(trial), "bad_signature");
    }
    begin_signed(trial);
    find_header(trial, "signature-key")->value = bytes_of("boc-2");
    assert_string_equal(decode(trial), "bad_signature");
    begin_signed(trial);
    find_header(trial, "signature-key")->value = (struct bytes){"boc-1\0", 6};
    assert_string_equal(decode(trial), "bad_signature");
    begin_signed(trial);
    find_header(trial, "ce_time")->value = bytes_of("2023-06-20T02:00:00Z"); /* other bytes */
    assert_string_equal(decode(trial), "bad_signature");
    trial->decoder.signatures_required = false;
    assert_string_equal(decode(trial), "ok");
}

/* The second bad_signature: a good one, by the key of another bank. */
static void s7_key_signs_for_its_bank_only(void **state)
{
    struct trial *trial = *state;
    const char *value = altered(trial, EVENT_PAYMENT_SETTLED, "bank", "\"ABC\"");

    begin_signed(trial);
    trial->record.value = bytes_of(value);
    find_header(trial, "signature")->value = bytes_of(sign(trial, TIME, value));
    assert_string_equal(decode(trial), "bad_signature");
    value = altered(trial, EVENT_PAYMENT_SETTLED, "bank", "7");
    trial->record.value = bytes_of(value);
    find_header(trial, "signature")->value = bytes_of(sign(trial, TIME, value));
    assert_string_equal(decode(trial), "invalid_field");
}

static void s7_structured_signature_is_over_the_whole_value(void **state)
{
    struct trial *trial = *state;

    begin_structured(trial, EVENT_PAYMENT_SETTLED, MEMBERS("xueshi.payment.settled.v1"));
    trial->decoder.signatures_required = true;
    add_header(trial, "signature-key", "boc-1");
    add_header(trial, "signature", sign(trial, TIME, trial->record.value.at));
    assert_string_equal(decode(trial), "ok");
    find_header(trial, "signature")->value = bytes_of(
        sign(trial, TIME, samples[EVENT_PAYMENT_SETTLED].data));
    assert_string_equal(decode(trial), "bad_signature");
}

static void only_payments_are_signed_and_ticks_come_everywhere(void **state)
{
    struct trial *trial = *state;

    trial->decoder.signatures_required = true;
    for (int type = 0; type < EVENT_TYPES; type++) {
        begin(trial, (enum event_type)type);
        assert_string_equal(decode(trial), event_kinds[type].is_signed ? "bad_signature" : "ok");
        for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++) {
            begin(trial, (enum event_type)type);
            trial->record.place.topic = topic;
            bool belongs = topic == samples[type].topic || type == EVENT_CLOCK_TICKED;
            assert_int_equal(strcmp(decode(trial), "wrong_topic") != 0, belongs);
        }
    }
}

static void keys_are_text_or_nothing(void **state)
{
    struct trial *trial = *state;

    begin(trial, EVENT_SURVEY_SUBMITTED);
    trial->record.key = (struct bytes){NULL, 0};
    assert_string_equal(decode(trial), "ok"); /* key_mismatch is the fold's */
    assert_null(trial->ev->key);
    trial->record.key = (struct bytes){"t1\0", 3};
    assert_string_equal(decode(trial), "ok");
    assert_null(trial->ev->key);
    trial->record.key = (struct bytes){"", 0};
    assert_string_equal(decode(trial), "ok");
    assert_string_equal(trial->ev->key, "");
}

static void no_timestamp_is_too_far(void **state)
{
    static const int64_t rows[] = {INT64_MIN, -1, 0, STAMP_MS, INT64_MAX};
    struct trial *trial = *state;
    int64_t before = INT64_MIN;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        begin(trial, EVENT_SURVEY_SUBMITTED);
        trial->record.timestamp_ms = rows[i];
        assert_string_equal(decode(trial), "ok");
        assert_true(trial->ev->kafka_time >= before);
        assert_true(trial->ev->kafka_time <= INT64_MAX - trial->fx->catalogues.max_skew_us);
        before = trial->ev->kafka_time;
    }
}

/* fold.md section 3: what "the same content" is. */
static void content_is_the_contracts_fields(void **state)
{
    static const struct {
        enum event_type type;
        const char *one, *other;
        bool same;
    } rows[] = {
        {EVENT_SURVEY_SUBMITTED, "{" EDGE ",\"survey_id\":\"s\"}",
         "{\"survey_id\":\"\\u0073\", \"trainee_id\":\"t1\", \"more\":1, \"enrollment_id\":\"e1\"}",
         true},
        {EVENT_SURVEY_SUBMITTED, "{" EDGE ",\"survey_id\":\"s\"}", "{" EDGE ",\"survey_id\":\"S\"}",
         false},
        {EVENT_CREDIT_IMPORTED,
         "{\"trainee_id\":\"t1\",\"year\":2023,\"category\":\"public\",\"hours\":7.50,"
         "\"provider\":\"p\",\"evidence_no\":\"n\"}",
         "{\"trainee_id\":\"t1\",\"year\":2023,\"category\":\"public\",\"hours\":75e-1,"
         "\"provider\":\"p\",\"evidence_no\":\"n\"}",
         true},
        {EVENT_PAYMENT_SETTLED,
         "{" MONEY ",\"amount_fen\":20000,\"currency\":\"CNY\",\"channel\":\"app\"}",
         "{" MONEY ",\"amount_fen\":20000,\"currency\":\"CNY\",\"channel\":\"app\","
         "\"receipt_no\":\"n\"}",
         true},
        {EVENT_PAYMENT_RECEIPTED, "{" MONEY ",\"receipt_no\":\"n\"}",
         "{" MONEY ",\"receipt_no\":\"m\"}", false},
        {EVENT_ENROLLMENT_REVIEWED, "{" EDGE ",\"decision\":\"approved\",\"reviewer\":\"r\"}",
         "{" EDGE ",\"decision\":\"rejected\",\"reviewer\":\"r\"}", false},
        {EVENT_ENROLLMENT_REVIEWED, "{" EDGE ",\"decision\":\"approved\",\"reviewer\":\"r\"}",
         "{" EDGE ",\"decision\":\"approved\",\"reviewer\":\"r\",\"reason\":\"x\"}", false},
        {EVENT_EXAM_SUBMITTED,
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T01:00:00Z\",\"score\":60}",
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T09:00:00.0000001+08:00\",\"score\":60}",
         true},
        {EVENT_EXAM_SUBMITTED,
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T01:00:00Z\",\"score\":60}",
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T01:00:00Z\",\"score\":61}",
         false},
        {EVENT_EXAM_SUBMITTED, /* arrays in their order */
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T01:00:00Z\",\"answers\":[{\"question\":\"q2\","
         "\"choice\":[\"A\",\"B\"]}]}",
         "{" EDGE ",\"course_id\":\"c1\",\"attempt_id\":\"a\",\"paper_id\":\"p1\","
         "\"started_at\":\"2023-06-20T01:00:00Z\",\"answers\":[{\"question\":\"q2\","
         "\"choice\":[\"B\",\"A\"]}]}",
         false},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t content[32];

        assert_string_equal(decode_data(trial, rows[i].type, rows[i].one), "ok");
        memcpy(content, trial->ev->content, sizeof content);
        assert_string_equal(decode_data(trial, rows[i].type, rows[i].other), "ok");
        if ((memcmp(content, trial->ev->content, sizeof content) == 0) != rows[i].same)
            fail_msg("row %d", (int)i);
    }
}

static void content_is_blind_to_time_and_to_the_letter_x(void **state)
{
    struct trial *trial = *state;
    uint8_t content[32], id_hash[32];

    begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    assert_string_equal(decode(trial), "ok");
    memcpy(content, trial->ev->content, sizeof content);
    memcpy(id_hash, trial->ev->id_hash, sizeof id_hash);
    begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    trial->record.value = bytes_of(
        altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"11010519491231002X\""));
    find_header(trial, "ce_time")->value = bytes_of("2023-06-21T10:00:00Z");
    assert_string_equal(decode(trial), "ok");
    assert_memory_equal(trial->ev->content, content, sizeof content);
    assert_memory_equal(trial->ev->id_hash, id_hash, sizeof id_hash);
    assert_string_equal(
        decode_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"650102199001011239\""),
        "ok");
    assert_memory_not_equal(trial->ev->content, content, sizeof content);
    assert_memory_not_equal(trial->ev->id_hash, id_hash, sizeof id_hash);
}

/* R28: no message of a refusal repeats what was sent. */
static void r28_refusals_repeat_nothing(void **state)
{
    struct trial *trial = *state;

    for (int type = 0; type < EVENT_TYPES; type++) {
        for (size_t i = 0; i < event_kinds[type].field_count; i++) {
            const char *member = event_kinds[type].fields[i].name;

            decode_altered(trial, (enum event_type)type, member, "\"13812345678 canary\\n\"");
            assert_null(strstr(trial->err.message, "13812345678"));
            assert_null(strstr(trial->err.message, "canary"));
        }
    }
    begin(trial, EVENT_SURVEY_SUBMITTED);
    find_header(trial, "ce_type")->value = bytes_of("canary");
    assert_string_equal(decode(trial), "unknown_type");
    assert_null(strstr(trial->err.message, "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DECODE_TEST(every_type_is_read_in_both_modes),
        DECODE_TEST(fields_arrive_where_they_belong),
        DECODE_TEST(every_field_is_demanded_and_named),
        DECODE_TEST(first_wrong_field_is_named),
        DECODE_TEST(unknown_fields_and_extensions_are_ignored),
        DECODE_TEST(lengths_are_kept_to_the_character),
        DECODE_TEST(fields_are_taken_or_refused),
        DECODE_TEST(photo_uri_has_five_hundred_characters),
        DECODE_TEST(r6_id_number_is_born_by_the_day_of_the_event),
        DECODE_TEST(exam_has_answers_or_a_score),
        DECODE_TEST(choices_that_do_not_fit_are_left_to_the_paper),
        DECODE_TEST(correction_corrects_something),
        DECODE_TEST(binary_envelope),
        DECODE_TEST(header_names_have_no_case_and_come_once),
        DECODE_TEST(structured_envelope),
        DECODE_TEST(structured_mode_malformed_comes_first),
        DECODE_TEST(checks_come_in_order),
        DECODE_TEST(s7_payments_are_signed),
        DECODE_TEST(s7_key_signs_for_its_bank_only),
        DECODE_TEST(s7_structured_signature_is_over_the_whole_value),
        DECODE_TEST(only_payments_are_signed_and_ticks_come_everywhere),
        DECODE_TEST(keys_are_text_or_nothing),
        DECODE_TEST(no_timestamp_is_too_far),
        DECODE_TEST(content_is_the_contracts_fields),
        DECODE_TEST(content_is_blind_to_time_and_to_the_letter_x),
        DECODE_TEST(r28_refusals_repeat_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
