/* Records for the tests of the decoder. */
#include "trial.h"

#include <jansson.h>
#include <stdlib.h>

const struct sample trial_samples[EVENT_TYPES] = {
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

struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, text ? strlen(text) : 0};
}

int trial_setup(void **state)
{
    struct trial *trial = calloc(1, sizeof *trial);
    const char *banks[] = {"BOC"};
    void *fx;

    assert_non_null(trial);
    assert_int_equal(fixture_setup(&fx), 0);
    trial->fx = fx;
    trial->keys.person_index.len = 32;
    trial->signers[0] = signature_key_new("boc-1", &(struct strings){banks, 1},
                                          SIGNATURE_HMAC_SHA256, TRIAL_SECRET, 32, &trial->err);
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

int trial_teardown(void **state)
{
    struct trial *trial = *state;
    void *fx = trial->fx;

    signature_key_free(trial->signers[0]);
    fixture_teardown(&fx);
    free(trial);
    return 0;
}

void trial_add_header(struct trial *trial, const char *name, const char *value)
{
    assert_true(trial->record.header_count < TRIAL_HEADERS_MAX);
    trial->headers[trial->record.header_count++] = (struct header){name, bytes_of(value)};
}

struct header *trial_header(struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->record.header_count; i++)
        if (strcmp(trial->headers[i].name, name) == 0)
            return &trial->headers[i];
    fail_msg("no header %s", name);
    return NULL;
}

void trial_drop_header(struct trial *trial, const char *name)
{
    struct header *gap = trial_header(trial, name);

    *gap = trial->headers[--trial->record.header_count];
}

/* Begins anew: the sample of a type in binary mode. */
void trial_begin(struct trial *trial, enum event_type type)
{
    const struct sample *sample = &trial_samples[type];

    trial->record = (struct record){
        .place = {.topic = sample->topic, .partition = 3, .offset = 17},
        .timestamp_ms = TRIAL_STAMP_MS,
        .key = bytes_of(sample->key),
        .value = bytes_of(sample->data),
        .headers = trial->headers,
    };
    trial_add_header(trial, "ce_specversion", "1.0");
    trial_add_header(trial, "ce_id", "id-1");
    trial_add_header(trial, "ce_source", "/platform");
    trial_add_header(trial, "ce_type", event_kinds[type].name);
    trial_add_header(trial, "ce_time", TRIAL_TIME);
    trial_add_header(trial, "content-type", "application/json");
}

/* "ok", or the reason. */
const char *trial_decode(struct trial *trial)
{
    trial->err = (struct err){.reason = REASON_NONE};
    enum status status = decode_record(&trial->decoder, &trial->fx->arena, &trial->record,
                                       &trial->ev, &trial->err);

    assert_int_equal(trial->ev != NULL, status == STATUS_OK);
    return status == STATUS_OK ? "ok" : reason_name(trial->err.reason);
}

const char *trial_decode_data(struct trial *trial, enum event_type type, const char *data)
{
    trial_begin(trial, type);
    trial->record.value = bytes_of(data);
    return trial_decode(trial);
}

/* The sample's data with one member replaced by a JSON text, or taken out when text is NULL. */
const char *trial_altered(struct trial *trial, enum event_type type, const char *member,
                          const char *json_text)
{
    json_t *data = json_loads(trial_samples[type].data, 0, NULL);
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

const char *trial_decode_altered(struct trial *trial, enum event_type type, const char *member,
                                 const char *json_text)
{
    return trial_decode_data(trial, type, trial_altered(trial, type, member, json_text));
}

/* The data as the event of a structured record with the given other members. */
void trial_begin_structured(struct trial *trial, enum event_type type, const char *members)
{
    struct text text;

    trial_begin(trial, type);
    trial->record.header_count = 0;
    trial_add_header(trial, "content-type", "application/cloudevents+json");
    text_init(&text, &trial->fx->arena);
    text_add(&text, "{");
    text_add(&text, members);
    text_add(&text, ",\"data\":");
    text_add(&text, trial_samples[type].data);
    text_add(&text, "}");
    trial->record.value = bytes_of(text.at);
}
