/* R6 and events.md "In": every field of every event at its limits. */
#include "trial.h"

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
                const char *got = trial_decode_altered(trial, (enum event_type)type, field->name,
                                                       bad[j]);

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

    assert_string_equal(
        trial_decode_data(trial, EVENT_ENROLLMENT_REVIEWED,
                          "{\"reviewer\":1,\"decision\":\"maybe\",\"trainee_id\":\"\","
                          "\"enrollment_id\":\"e1\"}"),
        "invalid_field");
    assert_non_null(strstr(trial->err.message, "trainee_id"));
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

        if (strcmp(trial_decode_altered(trial, rows[i].type, rows[i].member, most), "ok") != 0)
            fail_msg("row %d: %s", (int)i, trial->err.message);
        if (strcmp(trial_decode_altered(trial, rows[i].type, rows[i].member, more), "ok") == 0)
            fail_msg("row %d: one more was taken", (int)i);
    }
}

/* One member of one type, a JSON text, and whether it is taken. */
static const struct {
    enum event_type type;
    const char *member, *json;
    bool taken;
} members[] = {
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
     "{\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}", false},
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

static void fields_are_taken_or_refused(void **state)
{
    struct trial *trial = *state;

    for (size_t i = 0; i < LENGTH(members); i++) {
        const char *got = trial_decode_altered(trial, members[i].type, members[i].member,
                                               members[i].json);

        if (strcmp(got, members[i].taken ? "ok" : "invalid_field") != 0)
            fail_msg("%s %s: %s, %s", members[i].member, members[i].json, got, trial->err.message);
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
        assert_string_equal(
            trial_decode_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "photo", photo.at),
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
        trial_begin(trial, EVENT_ENROLLMENT_SUBMITTED);
        trial->record.value = bytes_of(trial_altered(trial, EVENT_ENROLLMENT_SUBMITTED, "id_number",
                                                     "\"650102202306200019\""));
        trial_header(trial, "ce_time")->value = bytes_of(rows[i].time);
        if (strcmp(trial_decode(trial), rows[i].expected) != 0)
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
        assert_string_equal(trial_decode_data(trial, EVENT_EXAM_SUBMITTED, data.at),
                            rows[i].expected);
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
        assert_string_equal(
            trial_decode_altered(trial, EVENT_EXAM_SUBMITTED, "answers", answers.at), "ok");
        assert_int_equal(trial->ev->answers[0].choice_fits, rows[i].fits);
    }
}

static void correction_corrects_something(void **state)
{
    struct trial *trial = *state;

    assert_string_equal(trial_decode_data(trial, EVENT_ENROLLMENT_CORRECTED,
                                          "{" EDGE ",\"actor\":\"a\",\"reason\":\"r\"}"),
                        "invalid_field");
    assert_string_equal(trial_decode_data(trial, EVENT_ENROLLMENT_CORRECTED,
                                          "{" EDGE ",\"mobile\":\"13812345678\",\"actor\":\"a\","
                                          "\"reason\":\"r\"}"),
                        "ok");
    assert_null(trial->ev->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(every_field_is_demanded_and_named),
        TRIAL_TEST(first_wrong_field_is_named),
        TRIAL_TEST(lengths_are_kept_to_the_character),
        TRIAL_TEST(fields_are_taken_or_refused),
        TRIAL_TEST(photo_uri_has_five_hundred_characters),
        TRIAL_TEST(r6_id_number_is_born_by_the_day_of_the_event),
        TRIAL_TEST(exam_has_answers_or_a_score),
        TRIAL_TEST(choices_that_do_not_fit_are_left_to_the_paper),
        TRIAL_TEST(correction_corrects_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
