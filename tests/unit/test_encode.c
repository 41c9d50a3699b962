/* What goes out (events.md "Out"; fold.md section 8): headers, keys, topics, JSON. */
#include "fixture.h"

#include <jansson.h>

#include "../../daemon/encode.h"

/* The effects of a story as messages. */
static struct message *encode_first(struct fixture *fx, enum effect_type type)
{
    for (size_t i = 0; i < fx->effect_count; i++)
        if (fx->effects[i].type == type)
            return encode_effect(&fx->arena, "/xueshid", NULL, &fx->effects[i]);
    fail_msg("%s was not said", effect_type_name(type));
    return NULL;
}

static const char *header_of(struct fixture *fx, const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->record.header_count; i++) {
        const struct header *header = &message->record.headers[i];

        if (strcmp(header->name, name) == 0)
            return arena_strndup(&fx->arena, header->value.at, header->value.len);
    }
    return NULL;
}

static const char *text_of(struct fixture *fx, struct bytes bytes)
{
    return arena_strndup(&fx->arena, bytes.at, bytes.len);
}

/* The value's members against JSON written in single quotes, in any order of members. */
static void assert_value(const struct message *message, const char *expected, struct fixture *fx)
{
    char *quoted = arena_strdup(&fx->arena, expected);
    json_t *got = json_loadb(message->record.value.at, message->record.value.len, 0, NULL);

    for (char *at = quoted; *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *wanted = json_loads(quoted, 0, NULL);
    assert_non_null(got);
    assert_non_null(wanted);
    if (!json_equal(got, wanted))
        fail_msg("%s is not %s", text_of(fx, message->record.value), quoted);
    json_decref(got);
    json_decref(wanted);
}

static void message_is_a_cloudevent_in_binary_mode(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    const struct message *message = encode_first(fx, EFFECT_ENROLLMENT_CHANGED);
    static const char *const names[] = {"ce_specversion", "ce_id",      "ce_source",   "ce_type",
                                        "ce_time",        "ce_subject", "content-type"};
    assert_int_equal(message->record.header_count, LENGTH(names));
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_non_null(header_of(fx, message, names[i]));
    assert_string_equal(header_of(fx, message, "ce_specversion"), "1.0");
    assert_string_equal(header_of(fx, message, "ce_id"), message->ce_id);
    assert_string_equal(header_of(fx, message, "ce_source"), "/xueshid");
    assert_string_equal(header_of(fx, message, "ce_type"), "xueshi.enrollment.changed.v1");
    assert_string_equal(header_of(fx, message, "ce_time"), "2023-06-10T01:00:00Z");
    assert_string_equal(header_of(fx, message, "ce_subject"), "e1");
    assert_string_equal(header_of(fx, message, "content-type"), "application/json");
    assert_int_equal(message->record.place.topic, TOPIC_PROGRESS);
    assert_string_equal(text_of(fx, message->record.key), "t1");
}

static void values_are_compact_and_utf8_unescaped(void **state)
{
    struct fixture *fx = *state;
    struct event ev = submission("06-10 09:00:00");

    ev.name = "\xE5\x8F\xA4\xE4\xB8\xBD \"/\" \xC3\xA9\\";
    assert_folds(fx, ev, "applied");
    const struct message *message = encode_first(fx, EFFECT_PAYMENT_REQUESTED);
    const char *value = text_of(fx, message->record.value);
    assert_non_null(strstr(value, "\"payer_name\":\"\xE5\x8F\xA4\xE4\xB8\xBD \\\"/\\\" "
                                  "\xC3\xA9\\\\\""));
    assert_null(strstr(value, ": "));
    assert_null(strstr(value, "\", "));
}

static void r7_payment_request(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    const char *code = code_of(fx, "t1", "e1");
    const struct message *message = encode_first(fx, EFFECT_PAYMENT_REQUESTED);
    assert_int_equal(message->record.place.topic, TOPIC_PAYMENT_REQUEST);
    assert_string_equal(text_of(fx, message->record.key), code);
    json_t *value = json_loadb(message->record.value.at, message->record.value.len, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(value, "payment_code")), code);
    json_object_del(value, "payment_code");
    json_t *wanted = json_pack("{s:s,s:s,s:i,s:s,s:s,s:[ssssss],s:s}", "enrollment_id", "e1",
                               "trainee_id", "t1", "amount_fen", 20000, "currency", "CNY",
                               "payer_name", "Guli", "banks", "BOC", "ABC", "ICBC", "CCB", "BOU",
                               "XJRCU", "pay_before", "2023-08-15T11:30:00Z");
    assert_true(json_equal(value, wanted));
    json_decref(value);
    json_decref(wanted);
}

static void progress_events(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_value(encode_first(fx, EFFECT_ENROLLMENT_CHANGED),
                 "{'enrollment_id':'e1','trainee_id':'t1','revision':1,'state':'pending',"
                 "'paid':false,'approved':false,'hours':0,'required_hours':6,'survey_done':false,"
                 "'study_group':'2','missing':['payment','approval','hours','survey']}",
                 fx);
    assert_value(encode_first(fx, EFFECT_COURSE_LEARNED),
                 "{'enrollment_id':'e1','trainee_id':'t1','course_id':'c1',"
                 "'learned_at':'2023-06-20T03:30:00Z'}",
                 fx);
    assert_value(encode_first(fx, EFFECT_EXAM_GRADED),
                 "{'enrollment_id':'e1','trainee_id':'t1','course_id':'c1','attempt_id':'a1',"
                 "'score':80,'passed':true,'verdict':'counted','attempts_left':2}",
                 fx);
    assert_value(encode_first(fx, EFFECT_COURSE_CREDITED),
                 "{'enrollment_id':'e1','trainee_id':'t1','course_id':'c1','hours':2}", fx);
    assert_string_equal(header_of(fx, encode_first(fx, EFFECT_COURSE_CREDITED), "ce_time"),
                        "2023-06-20T07:00:00Z");
    said(fx);
    assert_folds(fx, disqualification("07-10 09:00:00.25"), "applied");
    const struct message *changed = encode_first(fx, EFFECT_ENROLLMENT_CHANGED);
    assert_value(changed,
                 "{'enrollment_id':'e1','trainee_id':'t1','revision':8,'state':'disqualified',"
                 "'paid':true,'approved':true,'active_at':'2023-06-16T01:30:00Z','hours':2,"
                 "'required_hours':6,'survey_done':true,'study_group':'2',"
                 "'missing':['hours','reinstatement']}",
                 fx);
    assert_string_equal(header_of(fx, changed, "ce_time"), "2023-07-10T01:00:00.25Z");
    said(fx);
    assert_folds(fx, withdrawal("07-11 09:00:00"), "applied");
    assert_value(encode_first(fx, EFFECT_ENROLLMENT_CHANGED),
                 "{'enrollment_id':'e1','trainee_id':'t1','revision':9,'state':'withdrawn',"
                 "'paid':true,'approved':true,'hours':0,'required_hours':6,'survey_done':false,"
                 "'study_group':'2','missing':[]}",
                 fx);
}

static void r2_year(void **state)
{
    struct fixture *fx = *state;

    assert_folds(fx, credit("01-03 09:00:00", 2023, 75, "n1"), "applied");
    const struct message *message = encode_first(fx, EFFECT_YEAR_CHANGED);
    assert_value(message,
                 "{'trainee_id':'t1','revision':1,'year':2023,'public_hours':7.5,"
                 "'professional_hours':0,'complete':false}",
                 fx);
    assert_null(header_of(fx, message, "ce_subject"));
    assert_int_equal(message->record.header_count, 6);
}

static void r9_refund_request(void **state)
{
    struct fixture *fx = *state;
    const char *code = "65019999999999999999";

    pass_time(fx, "12-01 00:00:00");
    assert_folds(fx, settlement("12-02 00:00:00", code, "x1", INT64_C(1000000000000)), "applied");
    const struct message *message = encode_first(fx, EFFECT_REFUND_REQUESTED);
    assert_value(message,
                 "{'payment_code':'65019999999999999999','bank':'BOC','bank_txn_id':'x1',"
                 "'amount_fen':1000000000000,'currency':'CNY','reason':'unknown_code'}",
                 fx);
    assert_null(header_of(fx, message, "ce_subject"));
    assert_string_equal(text_of(fx, message->record.key), code);
    assert_int_equal(message->record.place.topic, TOPIC_PAYMENT_REQUEST);
}

static void anomaly(void **state)
{
    struct fixture *fx = *state;
    struct event ev = sitting("06-20 15:00:00", "c1", "a1", 80);

    activate(fx);
    ev.started_at = ev.time;
    assert_folds(fx, ev, "applied");
    assert_value(encode_first(fx, EFFECT_ANOMALY_RAISED),
                 "{'enrollment_id':'e1','trainee_id':'t1','kind':'fast_exam','subject':'c1/a1',"
                 "'detail':'handed in sooner than min_exam_time_s'}",
                 fx);
}

/* Each template with its params; whatever else the certificate carries is the signer's. */
static void notifications_have_their_params(void **state)
{
    struct fixture *fx = *state;
    const struct effect bare = {.type = EFFECT_NOTIFICATION_REQUESTED,
                                .name = "n",
                                .key = "t1",
                                .subject = "e1",
                                .trainee_id = "t1",
                                .enrollment_id = "e1"};
    const struct {
        enum notice template;
        const char *expected;
    } rows[] = {
        {NOTICE_PAYMENT_CODE, "'template':'payment-code','channel':'sms','params':{"
                              "'payment_code':'6501','amount_fen':20000,"
                              "'pay_before':'1970-01-01T00:00:01Z'}"},
        {NOTICE_APPROVED, "'template':'approved','channel':'sms','params':{'study_group':'2'}"},
        {NOTICE_REJECTED, "'template':'rejected','channel':'sms','params':{'reason':'why'}"},
        {NOTICE_EXAM_FAILED, "'template':'exam-failed','channel':'sms','params':{"
                             "'course_id':'c1','score':59,'attempts_left':0}"},
        {NOTICE_SURVEY_DUE, "'template':'survey-due','channel':'sms','params':{}"},
        {NOTICE_REMINDER, "'template':'reminder','channel':'sms','params':{'days_left':7,"
                          "'training_to':'1970-01-01T00:00:02Z'}"},
        {NOTICE_CERTIFICATE, "'template':'certificate','channel':'sms','params':{"
                             "'certificate_no':'c','version':2}"},
        {NOTICE_REVOKED, "'template':'revoked','channel':'sms','params':{'certificate_no':'c',"
                         "'version':2,'reason':'refunded'}"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct effect effect = bare;
        struct text expected;

        effect.u.notice.template = rows[i].template;
        effect.u.notice.payment_code = "6501";
        effect.u.notice.study_group = "2";
        effect.u.notice.reason = "why";
        effect.u.notice.course_id = "c1";
        effect.u.notice.certificate_no = "c";
        effect.u.notice.amount_fen = 20000;
        effect.u.notice.pay_before = US_PER_S;
        effect.u.notice.score = 59;
        effect.u.notice.days_left = 7;
        effect.u.notice.training_to = 2 * US_PER_S;
        effect.u.notice.version = 2;
        effect.u.notice.revoked_reason = REVOKED_REFUNDED;
        text_init(&expected, &fx->arena);
        text_add(&expected, "{'enrollment_id':'e1','trainee_id':'t1',");
        text_add(&expected, rows[i].expected);
        text_add(&expected, "}");
        assert_value(encode_effect(&fx->arena, "/xueshid", NULL, &effect), expected.at, fx);
    }
}

static void optional_params_are_left_out(void **state)
{
    struct fixture *fx = *state;
    struct event ev = submission("06-10 09:00:00");

    ev.prefecture = "beijing";
    assert_folds(fx, ev, "applied");
    const struct message *message = encode_first(fx, EFFECT_ENROLLMENT_CHANGED);
    assert_null(strstr(text_of(fx, message->record.value), "study_group"));
    said(fx);
    assert_folds(fx, rejection("06-16 09:00:00", NULL), "applied");
    message = encode_first(fx, EFFECT_NOTIFICATION_REQUESTED);
    assert_null(strstr(text_of(fx, message->record.value), "reason"));
}

static void hours_have_at_most_one_decimal(void **state)
{
    struct fixture *fx = *state;

    for (int64_t tenths = 1; tenths <= 2000; tenths++) {
        struct effect effect = {.type = EFFECT_YEAR_CHANGED, .name = "n", .key = "t1"};
        struct text expected;

        effect.u.year.public_hours = tenths;
        const struct message *message = encode_effect(&fx->arena, "/", NULL, &effect);
        text_init(&expected, &fx->arena);
        text_add(&expected, "\"public_hours\":");
        text_add_tenths(&expected, tenths);
        text_add(&expected, ",");
        if (!strstr(text_of(fx, message->record.value), expected.at))
            fail_msg("%s: %s", expected.at, text_of(fx, message->record.value));
    }
}

static void r25_r28_certificate(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    const char *number = the_certificate(fx)->certificate_no;
    const struct message *message = encode_first(fx, EFFECT_CERTIFICATE_ISSUED);
    assert_int_equal(message->record.place.topic, TOPIC_CERTIFICATE);
    assert_string_equal(header_of(fx, message, "ce_subject"), number);
    assert_string_equal(header_of(fx, message, "ce_time"), "2023-07-02T00:00:00Z");
    json_t *value = json_loadb(message->record.value.at, message->record.value.len, 0, NULL);
    static const char *const texts[][2] = {
        {"enrollment_id", "e1"},
        {"programme_id", "demo-2023"},
        {"series", "party-school-teachers"},
        {"category", "professional"},
        {"term_id", "2023-1"},
        {"training_from", "2023-06-15T02:00:00Z"},
        {"training_to", "2023-08-15T11:30:00Z"},
        {"issued_at", "2023-07-02T00:00:00Z"},
    };
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_string_equal(json_string_value(json_object_get(value, texts[i][0])), texts[i][1]);
    assert_string_equal(json_string_value(json_object_get(value, "certificate_no")), number);
    const json_t *holder = json_object_get(value, "holder");
    assert_string_equal(json_string_value(json_object_get(holder, "id_number_masked")),
                        "650***********1234");
    const json_t *courses = json_object_get(json_object_get(value, "evidence"), "courses");
    assert_int_equal(json_array_size(courses), 3);
    assert_null(json_object_get(json_array_get(courses, 2), "score")); /* a live one */
    json_decref(value);
    assert_null(strstr(text_of(fx, message->record.value), "650102199001011234"));
}

/* R28, S17: neither number in anything that a whole story says. */
static void r28_no_personal_number_goes_out(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_folds(fx, withdrawal("07-10 09:00:00"), "applied");
    assert_in_range(fx->effect_count, 20, 100);
    for (size_t i = 0; i < fx->effect_count; i++) {
        const struct message *message = encode_effect(&fx->arena, "/", NULL, &fx->effects[i]);
        const char *value = text_of(fx, message->record.value);

        assert_null(strstr(value, "650102199001011234"));
        assert_null(strstr(value, "13800000000"));
        assert_null(strstr(text_of(fx, message->record.key), "13800000000"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(message_is_a_cloudevent_in_binary_mode),
        FIXTURE_TEST(values_are_compact_and_utf8_unescaped),
        FIXTURE_TEST(r7_payment_request),
        FIXTURE_TEST(progress_events),
        FIXTURE_TEST(r2_year),
        FIXTURE_TEST(r9_refund_request),
        FIXTURE_TEST(anomaly),
        FIXTURE_TEST(notifications_have_their_params),
        FIXTURE_TEST(optional_params_are_left_out),
        FIXTURE_TEST(hours_have_at_most_one_decimal),
        FIXTURE_TEST(r25_r28_certificate),
        FIXTURE_TEST(r28_no_personal_number_goes_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
