/* fold.md section 2 up to the second bad_signature: the order of the checks, signatures, and what
 * the decoder hands to the rules. */
#include "trial.h"

static void every_type_is_read_in_both_modes(void **state)
{
    struct trial *trial = *state;

    for (int type = 0; type < EVENT_TYPES; type++) {
        uint8_t content[32];

        trial_begin(trial, (enum event_type)type);
        if (strcmp(trial_decode(trial), "ok") != 0)
            fail_msg("%s: %s", event_kinds[type].name, trial->err.message);
        const struct event *ev = trial->ev;
        assert_int_equal(ev->type, type);
        assert_int_equal(ev->place.topic, trial_samples[type].topic);
        assert_int_equal(ev->place.partition, 3);
        assert_int_equal(ev->place.offset, 17);
        assert_string_equal(ev->key, trial_samples[type].key);
        assert_string_equal(ev->id, "id-1");
        assert_string_equal(ev->source, "/platform");
        assert_true(ev->time == civil("06-20 10:00:00"));
        assert_true(ev->kafka_time == TRIAL_STAMP_MS * 1000);
        memcpy(content, ev->content, sizeof content);

        struct text members;
        text_init(&members, &trial->fx->arena);
        text_add(&members, "\"specversion\":\"1.0\",\"id\":\"id-1\",\"source\":\"/platform\","
                           "\"time\":\"" TRIAL_TIME "\",\"type\":\"");
        text_add(&members, event_kinds[type].name);
        text_add(&members, "\"");
        trial_begin_structured(trial, (enum event_type)type, members.at);
        if (strcmp(trial_decode(trial), "ok") != 0)
            fail_msg("structured %s: %s", event_kinds[type].name, trial->err.message);
        assert_int_equal(trial->ev->type, type);
        assert_string_equal(trial->ev->source, "/platform");
        assert_memory_equal(trial->ev->content, content, sizeof content);
    }
}

static void fields_arrive_where_they_belong(void **state)
{
    struct trial *trial = *state;

    trial_begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_string_equal(trial->ev->id_number, "11010519491231002X"); /* x becomes X at once */
    assert_string_equal(trial->ev->photo_uri, "s3://photos/1");
    assert_string_equal(trial->ev->title_level, "senior");
    trial_begin(trial, EVENT_ENROLLMENT_REVIEWED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_int_equal(trial->ev->decision, DECISION_APPROVED);
    trial_begin(trial, EVENT_CREDIT_IMPORTED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_int_equal(trial->ev->hours, 75);
    trial_begin(trial, EVENT_WATCH_PLAYED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_int_equal(trial->ev->to_s, 600);
    assert_true(trial->ev->ended_at == civil("06-20 10:10:00"));
    assert_true(trial->ev->latest == civil("06-20 10:10:00"));
    trial_begin(trial, EVENT_LIVE_ATTENDED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_true(trial->ev->started_at == civil("07-01 10:00:00"));
    assert_true(trial->ev->latest == civil("07-01 12:00:00"));
    trial_begin(trial, EVENT_EXAM_SUBMITTED);
    assert_string_equal(trial_decode(trial), "ok");
    assert_int_equal(trial->ev->answer_count, 1);
    assert_string_equal(trial->ev->answers[0].choice, "B");
    assert_int_equal(trial->ev->score, -1);
    assert_true(trial->ev->latest == trial->ev->time);
    trial_begin(trial, EVENT_CLOCK_TICKED); /* as_of is not judged for skew */
    assert_string_equal(trial_decode(trial), "ok");
    assert_true(trial->ev->latest == trial->ev->time);
    assert_true(trial->ev->as_of > trial->ev->time);
}

/* Binary mode: bad_envelope, unknown_type, wrong_topic, bad_signature, malformed, invalid_field,
 * bad_signature. */
static void checks_come_in_order(void **state)
{
    struct trial *trial = *state;

    trial->decoder.signatures_required = true;
    trial_begin(trial, EVENT_PAYMENT_SETTLED);
    trial->record.value = bytes_of("{");
    trial->record.place.topic = TOPIC_EXAM;
    trial_header(trial, "ce_type")->value = bytes_of("nonsense");
    trial_header(trial, "ce_time")->value = bytes_of("nonsense");
    assert_string_equal(trial_decode(trial), "bad_envelope");
    trial_header(trial, "ce_time")->value = bytes_of(TRIAL_TIME);
    assert_string_equal(trial_decode(trial), "unknown_type");
    trial_header(trial, "ce_type")->value = bytes_of("xueshi.payment.settled.v1");
    assert_string_equal(trial_decode(trial), "wrong_topic");
    trial->record.place.topic = TOPIC_PAYMENT;
    assert_string_equal(trial_decode(trial), "bad_signature");
    trial->decoder.signatures_required = false;
    assert_string_equal(trial_decode(trial), "malformed");
    trial->record.value = bytes_of("{}");
    assert_string_equal(trial_decode(trial), "invalid_field");
}

static const char *sign(struct trial *trial, const char *time, const char *value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct secret_key key = {.len = 32};
    uint8_t mac[33] = {0};
    const char *message = text_join(&trial->fx->arena, "id-1", "xueshi.payment.settled.v1", time,
                                    value, NULL);
    char *text = arena_alloc(&trial->fx->arena, 45);

    memcpy(key.bytes, TRIAL_SECRET, 32);
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
    trial_begin(trial, EVENT_PAYMENT_SETTLED);
    trial_add_header(trial, "signature-key", "boc-1");
    trial_add_header(trial, "signature",
                     sign(trial, TRIAL_TIME, trial_samples[EVENT_PAYMENT_SETTLED].data));
}

static void s7_payments_are_signed(void **state)
{
    struct trial *trial = *state;

    begin_signed(trial);
    assert_string_equal(trial_decode(trial), "ok");
    trial_header(trial, "signature")->name = "Signature"; /* names have no case */
    assert_string_equal(trial_decode(trial), "ok");
    static const char *const dropped[] = {"signature", "signature-key"};
    for (size_t i = 0; i < LENGTH(dropped); i++) {
        begin_signed(trial);
        trial_drop_header(trial, dropped[i]);
        assert_string_equal(trial_decode(trial), "bad_signature");
        begin_signed(trial);
        trial->headers[trial->record.header_count++] = *trial_header(trial, dropped[i]);
        assert_string_equal(trial_decode(trial), "bad_signature");
        begin_signed(trial);
        trial_header(trial, dropped[i])->value = (struct bytes){NULL, 0};
        assert_string_equal(trial_decode(trial), "bad_signature");
    }
    begin_signed(trial);
    trial_header(trial, "signature-key")->value = bytes_of("boc-2");
    assert_string_equal(trial_decode(trial), "bad_signature");
    begin_signed(trial);
    trial_header(trial, "signature-key")->value = (struct bytes){"boc-1\0", 6};
    assert_string_equal(trial_decode(trial), "bad_signature");
    begin_signed(trial);
    trial_header(trial, "ce_time")->value = bytes_of("2023-06-20T02:00:00Z"); /* other bytes */
    assert_string_equal(trial_decode(trial), "bad_signature");
    trial->decoder.signatures_required = false;
    assert_string_equal(trial_decode(trial), "ok");
}

/* The second bad_signature: a good one, by the key of another bank. */
static void s7_key_signs_for_its_bank_only(void **state)
{
    struct trial *trial = *state;
    const char *value = trial_altered(trial, EVENT_PAYMENT_SETTLED, "bank", "\"ABC\"");

    begin_signed(trial);
    trial->record.value = bytes_of(value);
    trial_header(trial, "signature")->value = bytes_of(sign(trial, TRIAL_TIME, value));
    assert_string_equal(trial_decode(trial), "bad_signature");
    value = trial_altered(trial, EVENT_PAYMENT_SETTLED, "bank", "7");
    trial->record.value = bytes_of(value);
    trial_header(trial, "signature")->value = bytes_of(sign(trial, TRIAL_TIME, value));
    assert_string_equal(trial_decode(trial), "invalid_field");
}

static void s7_structured_signature_is_over_the_whole_value(void **state)
{
    struct trial *trial = *state;

    trial_begin_structured(trial, EVENT_PAYMENT_SETTLED, MEMBERS("xueshi.payment.settled.v1"));
    trial->decoder.signatures_required = true;
    trial_add_header(trial, "signature-key", "boc-1");
    trial_add_header(trial, "signature", sign(trial, TRIAL_TIME, trial->record.value.at));
    assert_string_equal(trial_decode(trial), "ok");
    trial_header(trial, "signature")->value = bytes_of(
        sign(trial, TRIAL_TIME, trial_samples[EVENT_PAYMENT_SETTLED].data));
    assert_string_equal(trial_decode(trial), "bad_signature");
}

static void only_payments_are_signed_and_ticks_come_everywhere(void **state)
{
    struct trial *trial = *state;

    trial->decoder.signatures_required = true;
    for (int type = 0; type < EVENT_TYPES; type++) {
        trial_begin(trial, (enum event_type)type);
        assert_string_equal(trial_decode(trial),
                            event_kinds[type].is_signed ? "bad_signature" : "ok");
        for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++) {
            trial_begin(trial, (enum event_type)type);
            trial->record.place.topic = topic;
            bool belongs = topic == trial_samples[type].topic || type == EVENT_CLOCK_TICKED;
            assert_int_equal(strcmp(trial_decode(trial), "wrong_topic") != 0, belongs);
        }
    }
}

static void keys_are_text_or_nothing(void **state)
{
    struct trial *trial = *state;

    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial->record.key = (struct bytes){NULL, 0};
    assert_string_equal(trial_decode(trial), "ok"); /* key_mismatch is the fold's */
    assert_null(trial->ev->key);
    trial->record.key = (struct bytes){"t1\0", 3};
    assert_string_equal(trial_decode(trial), "ok");
    assert_null(trial->ev->key);
    trial->record.key = (struct bytes){"", 0};
    assert_string_equal(trial_decode(trial), "ok");
    assert_string_equal(trial->ev->key, "");
}

static void no_timestamp_is_too_far(void **state)
{
    static const int64_t rows[] = {INT64_MIN, -1, 0, TRIAL_STAMP_MS, INT64_MAX};
    struct trial *trial = *state;
    int64_t before = INT64_MIN;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        trial_begin(trial, EVENT_SURVEY_SUBMITTED);
        trial->record.timestamp_ms = rows[i];
        assert_string_equal(trial_decode(trial), "ok");
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

        assert_string_equal(trial_decode_data(trial, rows[i].type, rows[i].one), "ok");
        memcpy(content, trial->ev->content, sizeof content);
        assert_string_equal(trial_decode_data(trial, rows[i].type, rows[i].other), "ok");
        if ((memcmp(content, trial->ev->content, sizeof content) == 0) != rows[i].same)
            fail_msg("row %d", (int)i);
    }
}

static void content_is_blind_to_time_and_to_the_letter_x(void **state)
{
    struct trial *trial = *state;
    uint8_t content[32], id_hash[32];

    trial_begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    assert_string_equal(trial_decode(trial), "ok");
    memcpy(content, trial->ev->content, sizeof content);
    memcpy(id_hash, trial->ev->id_hash, sizeof id_hash);
    trial_begin(trial, EVENT_ENROLLMENT_SUBMITTED);
    trial->record.value = bytes_of(
        trial_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number", "\"11010519491231002X\""));
    trial_header(trial, "ce_time")->value = bytes_of("2023-06-21T10:00:00Z");
    assert_string_equal(trial_decode(trial), "ok");
    assert_memory_equal(trial->ev->content, content, sizeof content);
    assert_memory_equal(trial->ev->id_hash, id_hash, sizeof id_hash);
    assert_string_equal(trial_decode_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number",
                                             "\"650102199001011239\""),
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

            trial_decode_altered(trial, (enum event_type)type, member, "\"13812345678 canary\\n\"");
            assert_null(strstr(trial->err.message, "13812345678"));
            assert_null(strstr(trial->err.message, "canary"));
        }
    }
    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial_header(trial, "ce_type")->value = bytes_of("canary");
    assert_string_equal(trial_decode(trial), "unknown_type");
    assert_null(strstr(trial->err.message, "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(every_type_is_read_in_both_modes),
        TRIAL_TEST(fields_arrive_where_they_belong),
        TRIAL_TEST(checks_come_in_order),
        TRIAL_TEST(s7_payments_are_signed),
        TRIAL_TEST(s7_key_signs_for_its_bank_only),
        TRIAL_TEST(s7_structured_signature_is_over_the_whole_value),
        TRIAL_TEST(only_payments_are_signed_and_ticks_come_everywhere),
        TRIAL_TEST(keys_are_text_or_nothing),
        TRIAL_TEST(no_timestamp_is_too_far),
        TRIAL_TEST(content_is_the_contracts_fields),
        TRIAL_TEST(content_is_blind_to_time_and_to_the_letter_x),
        TRIAL_TEST(r28_refusals_repeat_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
