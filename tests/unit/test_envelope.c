/* events.md "Envelope": both modes, attribute by attribute. */
#include "trial.h"

#define EIGHT      "12345678"
#define SIXTY_FOUR EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT
#define HUNDRED_28 SIXTY_FOUR SIXTY_FOUR

/* The envelope in binary mode: one header, its value ("-": not there), what comes of it. */
static void binary_envelope(void **state)
{
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
        trial_begin(trial, EVENT_SURVEY_SUBMITTED);
        if (strcmp(rows[i].value, "-") == 0)
            trial_drop_header(trial, rows[i].header);
        else
            trial_header(trial, rows[i].header)->value = bytes_of(rows[i].value);
        if (strcmp(trial_decode(trial), rows[i].expected) != 0)
            fail_msg("%s \"%s\": %s", rows[i].header, rows[i].value, trial_decode(trial));
    }
    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial_header(trial, "ce_id")->value = (struct bytes){"a\0b", 3};
    assert_string_equal(trial_decode(trial), "bad_envelope");
    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial_header(trial, "ce_id")->value = (struct bytes){NULL, 0};
    assert_string_equal(trial_decode(trial), "bad_envelope");
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

    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    for (size_t i = 0; i < LENGTH(names); i++)
        trial_header(trial, names[i][0])->name = names[i][1];
    assert_string_equal(trial_decode(trial), "ok");
    for (size_t i = 0; i < LENGTH(names); i++) {
        trial_begin(trial, EVENT_SURVEY_SUBMITTED);
        struct bytes value = trial_header(trial, names[i][0])->value;
        trial_add_header(trial, names[i][1], NULL);
        trial->headers[trial->record.header_count - 1].value = value;
        assert_string_equal(trial_decode(trial), "bad_envelope");
    }
    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial_add_header(trial, "ce_subject", "e1");
    assert_string_equal(trial_decode(trial), "ok");
    trial_add_header(trial, "ce_subject", "e1");
    assert_string_equal(trial_decode(trial), "bad_envelope");
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
         "\",\"time\":\"" TRIAL_TIME "\"",
         "bad_envelope"},
        {"\"id\":\"i\",\"source\":\"s\",\"type\":\"" SURVEY "\",\"time\":\"" TRIAL_TIME "\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"now\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"" TRIAL_TIME "\"",
         "bad_envelope"},
        {"\"specversion\":\"1.0\",\"id\":7,\"source\":\"s\",\"type\":\"" SURVEY
         "\",\"time\":\"" TRIAL_TIME "\"",
         "bad_envelope"},
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        trial_begin_structured(trial, EVENT_SURVEY_SUBMITTED, rows[i].members);
        if (strcmp(trial_decode(trial), rows[i].expected) != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
    }
    trial_begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
    trial_add_header(trial, "ce_id", "ignored");
    trial_add_header(trial, "ce_id", "ignored");
    trial_header(trial, "content-type")->value = bytes_of(
        "Application/CloudEvents+JSON; charset=UTF-8");
    assert_string_equal(trial_decode(trial), "ok");
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
        "{\"specversion\":\"9\",\"data\":{\"a\":[[[[[[[1]]]]]]]}}",
    };
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        trial_begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
        trial->record.value = bytes_of(rows[i]);
        if (strcmp(trial_decode(trial), "malformed") != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
    }
    /* Depth 8 from the outer object on. */
    trial_begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY));
    trial->record.value = bytes_of(
        "{" MEMBERS(SURVEY) ",\"data\":{\"enrollment_id\":\"e1\",\"trainee_id\":\"t1\","
                            "\"survey_id\":\"s\",\"x\":[[[[[[1]]]]]]}}");
    assert_string_equal(trial_decode(trial), "ok");
}

static void unknown_fields_and_extensions_are_ignored(void **state)
{
    struct trial *trial = *state;

    assert_string_equal(
        trial_decode_altered(trial, EVENT_SURVEY_SUBMITTED, "mood", "{\"a\":[null]}"), "ok");
    trial_begin(trial, EVENT_SURVEY_SUBMITTED);
    trial_add_header(trial, "ce_partitionkey", "p");
    trial_add_header(trial, "ce_partitionkey", "");
    trial_add_header(trial, "traceparent", "\xFF");
    assert_string_equal(trial_decode(trial), "ok");
    trial_begin_structured(trial, EVENT_SURVEY_SUBMITTED, MEMBERS(SURVEY) ",\"extension\":7");
    assert_string_equal(trial_decode(trial), "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(binary_envelope),
        TRIAL_TEST(header_names_have_no_case_and_come_once),
        TRIAL_TEST(structured_envelope),
        TRIAL_TEST(structured_mode_malformed_comes_first),
        TRIAL_TEST(unknown_fields_and_extensions_are_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
