/* "Why not yet", on dossiers that the rules have made. */
#include "fixture.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../daemon/explain.h"

/* The fixture's programme has no texts; what is shown to people does. */
static int set_up(void **state)
{
    static const struct {
        const char *id, *title;
    } titles[] = {{"c1", "Course one"}, {"c2", "Course two"}, {"c3", "Course three"}};
    int failed = fixture_setup(state);
    struct fixture *fx = *state;

    if (failed)
        return failed;
    fx->programmes[0].title = fx->programmes[1].title = "Demonstration programme";
    for (size_t i = 0; i < FIXTURE_COURSES; i++) {
        fx->courses[i].title = "Live lecture";
        for (size_t j = 0; j < sizeof titles / sizeof *titles; j++)
            if (strcmp(fx->courses[i].id, titles[j].id) == 0)
                fx->courses[i].title = titles[j].title;
    }
    return 0;
}

static struct explanation explained(struct fixture *fx, const char *enrollment_id)
{
    struct explanation explanation;

    explain_trainee(&explanation, &fx->arena, "t1", world_trainee(&fx->world, "t1"), enrollment_id);
    return explanation;
}

/* The first fact of this code after the `skip` ones before it; NULL: there is none. */
static const struct fact *find_fact(const struct explanation *explanation, const char *code,
                                    size_t skip)
{
    for (size_t i = 0; i < explanation->count; i++)
        if (strcmp(explain_code(&explanation->facts[i]), code) == 0 && skip-- == 0)
            return &explanation->facts[i];
    return NULL;
}

static void assert_said(struct fixture *fx, const struct explanation *explanation, const char *code,
                        const char *zh, const char *en)
{
    const struct fact *fact = find_fact(explanation, code, 0);

    if (!fact)
        fail_msg("no fact %s", code);
    assert_string_equal(explain_sentence(&fx->arena, fact, EXPLAIN_ZH), zh);
    assert_string_equal(explain_sentence(&fx->arena, fact, EXPLAIN_EN), en);
}

static void assert_codes(const struct explanation *explanation, const char *expected)
{
    char codes[1000] = "";

    for (size_t i = 0; i < explanation->count; i++) {
        strncat(codes, i ? " " : "", sizeof codes - strlen(codes) - 1);
        strncat(codes, explain_code(&explanation->facts[i]), sizeof codes - strlen(codes) - 1);
    }
    assert_string_equal(codes, expected);
}

static void a_new_enrollment_lacks_everything(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    struct explanation explanation = explained(fx, NULL);
    assert_codes(&explanation,
                 "enrollment payment_missing approval_missing not_active hours_missing "
                 "course_unwatched course_unwatched course_unwatched course_unattended "
                 "survey_missing certificate_missing year");
    assert_said(fx, &explanation, "certificate_missing",
                "尚无电子证书，缺：缴费、审核、学时、调查问卷",
                "No certificate yet: payment, approval, hours, the survey");
    const char *en = explain_sentence(&fx->arena, find_fact(&explanation, "payment_missing", 0),
                                      EXPLAIN_EN);
    assert_non_null(strstr(en, "200.00 yuan"));
    assert_non_null(strstr(en, code_of(fx, "t1", "e1")));
    assert_non_null(strstr(en, "before 2023-08-15 19:30:00"));
}

static void r9_money_that_is_owed_back_says_why(void **state)
{
    struct fixture *fx = *state;
    const char *code;

    enroll(fx);
    code = code_of(fx, "t1", "e1");
    assert_folds(fx, settlement("06-15 09:00:00", code, "x1", 19999), "applied");
    assert_folds(fx, settlement("06-15 10:00:00", code, "x2", 20000), "applied");
    assert_folds(fx, settlement("06-15 11:00:00", code, "x3", 20000), "applied");
    assert_folds(fx, refund("06-15 12:00:00", code, "x3", "r3", 5000), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_string_equal(
        explain_sentence(&fx->arena, find_fact(&explanation, "owed_back", 0), EXPLAIN_ZH),
        "BOC 流水号 x1 的 199.99 元不能抵缴，应予退还：金额不符（应缴 200.00 元，已退 0.00 元）");
    assert_string_equal(
        explain_sentence(&fx->arena, find_fact(&explanation, "owed_back", 1), EXPLAIN_EN),
        "200.00 yuan from BOC, transaction x3, are owed back: the code was settled before (the fee "
        "is 200.00 yuan; 50.00 yuan were refunded)");
    assert_null(find_fact(&explanation, "payment_missing", 0));
    assert_non_null(find_fact(&explanation, "paid", 0));

    assert_folds(fx, refund("06-15 13:00:00", code, "x3", "r4", 15000), "applied");
    explanation = explained(fx, "e1");
    assert_null(find_fact(&explanation, "owed_back", 1));
    assert_said(fx, &explanation, "returned", "BOC 流水号 x3 的 200.00 元已全部退还",
                "200.00 yuan from BOC, transaction x3, were refunded");
}

static void a_refund_before_its_settlement_is_said(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    assert_folds(fx, receipt("06-15 09:00:00", code_of(fx, "t1", "e1"), "x9", "no-1"), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_said(fx, &explanation, "settlement_missing", "BOC 流水号 x9：有退款或票据，尚无到账记录",
                "BOC, transaction x9: a refund or a receipt came, but no settlement yet");
}

static void r14_watching_and_exams_have_their_figures(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, played("c1", 0, 600, "06-17 09:00:00", "06-17 09:10:00"), "applied");
    watch(fx, "c2", "06-20 09:00:00");
    assert_folds(fx, sitting("06-20 08:00:00", "c2", "a0", 90), "applied");
    assert_folds(fx, sitting("06-21 09:00:00", "c2", "a1", 40), "applied");
    assert_folds(fx, sitting("06-22 09:00:00", "c2", "a2", 59), "applied");
    assert_folds(fx, sitting("06-22 10:00:00", "c1", "b1", 100), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_said(fx, &explanation, "hours_missing", "学时不够：已得 0，需要 6，还差 6",
                "Hours: 0 of 6, 6 to go");
    assert_said(fx, &explanation, "course_unwatched",
                "《Course one》（c1，2 学时）：已看 0:10:00，全长 1:30:00，须看满 95%，还差 "
                "1:15:30；看完后才能考试",
                "Course one (c1, 2 hours): watched 0:10:00 of 1:30:00, 95 % needed, 1:15:30 to go; "
                "the exam comes after it");
    assert_said(
        fx, &explanation, "attempt_not_counted",
        "考试 b1（2023-06-22 10:00:00，100 分）不计：课程尚未看完，看完后再定",
        "Exam b1 (2023-06-22 10:00:00, 100 marks) does not count: open until the course has "
        "been watched");
    assert_said(
        fx, &explanation, "exam_not_passed",
        "《Course two》（c2，2 学时）：考试 2 次，最高 59 分，60 分及格，还可考 1 次",
        "Course two (c2, 2 hours): 2 exams, best score 59, 60 marks pass, attempts left: 1");
    assert_string_equal(
        explain_sentence(&fx->arena, find_fact(&explanation, "attempt_not_counted", 1), EXPLAIN_EN),
        "Exam a0 (2023-06-20 08:00:00, 90 marks) does not count: it was before the course had been "
        "watched (uses no attempt)");
}

static void r21_exhausted_attempts_and_grants_are_said(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    watch(fx, "c2", "06-20 09:00:00");
    assert_folds(fx, sitting("06-21 09:00:00", "c2", "a1", 1), "applied");
    assert_folds(fx, sitting("06-21 10:00:00", "c2", "a2", 2), "applied");
    assert_folds(fx, sitting("06-21 11:00:00", "c2", "a3", 3), "applied");
    assert_folds(fx, sitting("06-21 12:00:00", "c2", "a4", 99), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_said(fx, &explanation, "exam_exhausted",
                "《Course two》（c2，2 学时）：考试 3 次，最高 3 分，60 "
                "分及格，考试次数已用完（可准予增加）",
                "Course two (c2, 2 hours): 3 exams, best score 3, 60 marks pass, no attempt left "
                "(more can be granted)");
    assert_folds(fx, grant("06-21 13:00:00", "c2", "g1", 2), "applied");
    explanation = explained(fx, "e1");
    assert_non_null(strstr(
        explain_sentence(&fx->arena, find_fact(&explanation, "exam_not_passed", 0), EXPLAIN_ZH),
        "还可考 2 次"));
}

static void r23_a_disqualification_strikes_hours(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_folds(fx, disqualification("07-03 09:00:00"), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_said(fx, &explanation, "barred",
                "自 2023-07-03 09:00:00 起取消考试资格：考试所得学时不计，恢复后返还",
                "Disqualified since 2023-07-03 09:00:00: hours earned by exam are struck until the "
                "trainee is reinstated");
    assert_non_null(find_fact(&explanation, "course_struck", 1));
    assert_said(fx, &explanation, "certificate_missing", "尚无电子证书，缺：学时、恢复考试资格",
                "No certificate yet: hours, reinstatement");
    assert_non_null(find_fact(&explanation, "certificate_revoked", 0));

    assert_folds(fx, reinstatement("07-04 09:00:00"), "applied");
    explanation = explained(fx, "e1");
    assert_non_null(find_fact(&explanation, "reinstated", 0));
    const char *en = explain_sentence(&fx->arena, find_fact(&explanation, "certificate", 0),
                                      EXPLAIN_EN);
    assert_non_null(strstr(en, "version 2, issued 2023-07-04 09:00:00"));
}

static void r25_a_completed_one_names_its_certificate(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    struct explanation explanation = explained(fx, NULL);
    assert_codes(&explanation, "enrollment paid approved active hours_done survey_done completed "
                               "certificate year");
    const char *zh = explain_sentence(&fx->arena, find_fact(&explanation, "certificate", 0),
                                      EXPLAIN_ZH);
    assert_non_null(strstr(zh, the_certificate(fx)->certificate_no));
    assert_non_null(strstr(zh, "第 1 版"));
}

static void r29_an_ordered_revocation_is_said(void **state)
{
    struct fixture *fx = *state;

    complete(fx);
    assert_folds(fx, revocation("07-05 09:00:00", the_certificate(fx)->certificate_no), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_non_null(find_fact(&explanation, "certificate_ordered_away", 0));
    assert_non_null(find_fact(&explanation, "certificate_revoked", 0));
    assert_null(find_fact(&explanation, "certificate", 0));
}

static void ended_enrollments_say_how(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, withdrawal("06-18 09:00:00"), "applied");
    struct explanation explanation = explained(fx, "e1");
    assert_codes(&explanation, "enrollment withdrawn paid owed_back");
    assert_said(fx, &explanation, "withdrawn", "已撤回报名（2023-06-18 09:00:00），报名终止",
                "Withdrawn at 2023-06-18 09:00:00: this enrollment has ended");
}

static void held_records_say_what_they_wait_for(void **state)
{
    struct fixture *fx = *state;

    enroll(fx);
    assert_folds(fx, played("c1", 0, 60, "06-17 09:00:00", "06-17 09:01:00"), "held");
    assert_folds(fx, whose(sitting("06-17 10:00:00", "c1", "a1", 80), "t1", "e9"), "held");
    struct explanation explanation = explained(fx, NULL);
    assert_string_equal(
        explain_sentence(&fx->arena, find_fact(&explanation, "held", 0), EXPLAIN_EN),
        "Held: xueshi.watch.played.v1 (2023-06-17 09:01:00, xueshi.watch-time/0/0) waits for "
        "payment and approval");
    const struct fact *unknown = find_fact(&explanation, "held", 1);
    assert_string_equal(unknown->enrollment_id, "e9");
    assert_non_null(strstr(explain_sentence(&fx->arena, unknown, EXPLAIN_ZH), "等待该报名的提交"));
    explanation = explained(fx, "e9");
    assert_codes(&explanation, "held");
}

/* Every reason has its word, and it is the contract's. */
static void refused_records_say_why(void **state)
{
    struct fixture *fx = *state;
    struct explanation explanation;

    explain_trainee(&explanation, &fx->arena, "t9", NULL, NULL);
    assert_int_equal(explanation.count, 0);
    for (int reason = REASON_NONE + 1; reason < REASONS; reason++) {
        const struct explain_refused refused = {
            .event_type = "xueshi.enrollment.submitted.v1",
            .place = {TOPIC_ENROLLMENT, 2, 5},
            .reason = (enum reason)reason,
            .message = "why",
        };

        explain_refused(&explanation, &refused);
        const struct fact *fact = &explanation.facts[explanation.count - 1];
        assert_string_equal(fact->values[4].word->word, reason_name((enum reason)reason));
        assert_non_null(strstr(explain_sentence(&fx->arena, fact, EXPLAIN_ZH), "（why）"));
    }
    assert_said(
        fx, &explanation, "refused",
        "被拒记录：xueshi.enrollment.submitted.v1（xueshi.enrollment/2/5）：格式错误（why）",
        "Refused: xueshi.enrollment.submitted.v1 (xueshi.enrollment/2/5): it is malformed "
        "(why)");
}

static char *printed(const struct explanation *explanation, unsigned langs)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (langs)
        explain_print(out, explanation, langs);
    else
        explain_print_json(out, explanation);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* R28: nothing but the name; every brace of every sentence is filled in. */
static void r28_no_secret_and_no_brace_is_printed(void **state)
{
    struct fixture *fx = *state;
    struct event ev = submission("06-10 09:00:00");

    assert_folds(fx, ev, "applied");
    struct explanation explanation = explained(fx, NULL);
    char *text = printed(&explanation, EXPLAIN_ZH | EXPLAIN_EN);
    assert_non_null(strstr(text, ev.name));
    assert_null(strchr(text, '{'));
    assert_null(strstr(text, ev.id_number));
    assert_null(strstr(text, ev.mobile));
    assert_null(strstr(text, the_enrollment(fx)->id_number_masked));
    free(text);
}

static void json_has_the_same_facts(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    watch(fx, "c3", "06-20 09:00:00");
    assert_folds(fx, sitting("06-21 09:00:00", "c3", "a1", 80), "applied");
    struct explanation explanation = explained(fx, "e1");
    char *text = printed(&explanation, 0);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *facts = json_object_get(object, "facts"), *fact;
    size_t i;

    assert_string_equal(json_string_value(json_object_get(object, "trainee_id")), "t1");
    assert_int_equal(json_array_size(facts), explanation.count);
    json_array_foreach (facts, i, fact) {
        if (strcmp(json_string_value(json_object_get(fact, "code")), "hours_missing") != 0)
            continue;
        assert_true(json_real_value(json_object_get(fact, "have")) == 1.5);
        assert_int_equal(json_integer_value(json_object_get(fact, "need")), 6);
        assert_true(json_real_value(json_object_get(fact, "lack")) == 4.5);
    }
    json_decref(object);
    free(text);
}

#define EXPLAIN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXPLAIN_TEST(a_new_enrollment_lacks_everything),
        EXPLAIN_TEST(r9_money_that_is_owed_back_says_why),
        EXPLAIN_TEST(a_refund_before_its_settlement_is_said),
        EXPLAIN_TEST(r14_watching_and_exams_have_their_figures),
        EXPLAIN_TEST(r21_exhausted_attempts_and_grants_are_said),
        EXPLAIN_TEST(r23_a_disqualification_strikes_hours),
        EXPLAIN_TEST(r25_a_completed_one_names_its_certificate),
        EXPLAIN_TEST(r29_an_ordered_revocation_is_said),
        EXPLAIN_TEST(ended_enrollments_say_how),
        EXPLAIN_TEST(held_records_say_what_they_wait_for),
        EXPLAIN_TEST(refused_records_say_why),
        EXPLAIN_TEST(r28_no_secret_and_no_brace_is_printed),
        EXPLAIN_TEST(json_has_the_same_facts),
    };

    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
