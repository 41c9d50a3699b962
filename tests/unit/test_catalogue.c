/* Catalogues: what becomes of the file, and its digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/crypto.h"
#include "catalogue_fixture.h"

static void a_file_becomes_a_programme(void **state)
{
    struct fixture *fixture = *state;
    const struct programme *programme = must_parse(fixture, fixture->small).programme;

    assert_string_equal(programme->id, "demo-2023");
    assert_int_equal(programme->year, 2023);
    assert_string_equal(programme->zone, "Asia/Shanghai");
    assert_int_equal(programme->required_hours, 60);
    assert_int_equal(programme->required_public_hours, 300);
    assert_string_equal(programme->survey, "survey-2023");
    assert_string_equal(programme->series_id, "party-school-teachers");
    assert_string_equal(programme->series_code, "DXGX");
    assert_int_equal(programme->title_levels.count, 3);
    assert_int_equal(programme->employer_kinds.count, 5);
    assert_int_equal(programme->fee_fen, 20000);
    assert_string_equal(programme->code_prefix, "6501");
    assert_int_equal(programme->code_length, 20);
    assert_int_equal(programme->banks.count, 6);
    assert_string_equal(programme->banks.at[5], "XJRCU");
    assert_int_equal(programme->max_rate, 2000);
    assert_int_equal(programme->required_share, 950);
    assert_int_equal(programme->live_share, 800);
    assert_int_equal(programme->max_report_s, 600);
    assert_int_equal(programme->max_skew_s, 300);
    assert_int_equal(programme->max_day_s, 57600);
    assert_int_equal(programme->pass_score, 60);
    assert_int_equal(programme->max_attempts, 3);
    assert_int_equal(programme->min_exam_time_s, 60);
    assert_int_equal(programme->hold_days, 30);
    assert_string_equal(programme->text, fixture->small);
    assert_string_equal(programme_study_group(programme, "karamay"), "3");
    assert_null(programme_study_group(programme, "shihezi"));
}

/* R3, R4. */
static void terms_become_instants(void **state)
{
    struct fixture *fixture = *state;
    const struct programme *programme = must_parse(fixture, fixture->small).programme;
    const struct term *term = &programme->terms[0];

    assert_int_equal(programme->term_count, 2);
    assert_ptr_equal(term->programme, programme);
    assert_instant(term->registration_from, "2023-05-31T16:00:00Z");
    assert_instant(term->registration_to, "2023-06-30T16:00:00Z");
    assert_instant(term->training_from, "2023-06-15T02:00:00Z");
    assert_instant(term->training_to, "2023-08-15T11:30:00Z");
    assert_instant(term->close_at, "2023-09-14T11:30:00Z");
    assert_instant(term->midnights[0], "2023-06-14T16:00:00Z");
    assert_int_equal(term->midnight_count, 63); /* 15 June to 15 August, and the end of that */
    assert_instant(term->midnights[62], "2023-08-15T16:00:00Z");
    assert_int_equal(term->first_day, 19523);
    assert_instant(programme->terms[1].training_to, "2023-10-15T11:30:00Z");
}

static void courses_and_papers_are_tied(void **state)
{
    struct fixture *fixture = *state;
    const struct programme *programme = must_parse(fixture, fixture->small).programme;
    const struct course *third = &programme->courses[2], *live = &programme->courses[3];
    const struct paper *paper = &programme->papers[0];

    assert_int_equal(programme->course_count, 5);
    assert_int_equal(third->kind, COURSE_RECORDED);
    assert_int_equal(third->hours, 15);
    assert_int_equal(third->length_s, 1800);
    assert_int_equal(live->kind, COURSE_LIVE);
    assert_instant(live->from, "2023-07-01T02:00:00Z");
    assert_instant(live->to, "2023-07-01T04:00:00Z");
    assert_true(term_offers(&programme->terms[0], live));
    assert_false(term_offers(&programme->terms[1], live));
    assert_int_equal(programme->paper_count, 3);
    assert_ptr_equal(paper->course, &programme->courses[0]);
    assert_ptr_equal(paper->course->programme, programme);
    assert_int_equal(paper->question_count, 3);
    assert_int_equal(paper->questions[0].kind, QUESTION_SINGLE);
    assert_int_equal(paper->questions[1].kind, QUESTION_MULTIPLE);
    assert_int_equal(paper->questions[2].kind, QUESTION_TRUEFALSE);
    assert_string_equal(paper->questions[1].key, "ACD");
    assert_int_equal(paper->questions[1].marks, 40);
}

/* Clocks go forward on 12 March 2023 in New York and back on 5 November. */
static void days_with_a_turn_of_the_clocks_have_their_length(void **state)
{
    struct fixture *fixture = *state;
    char *text = edited(
        fixture, (const struct edit[3]){
                     {"zone = \"Asia/Shanghai\"", "zone = \"America/New_York\""},
                     {"training_from = \"2023-06-15T10:00\"; training_to = "
                      "\"2023-08-15T19:30\"",
                      "training_from = \"2023-03-11T10:00\"; training_to = "
                      "\"2023-08-15T24:00\""},
                     {"training_to = \"2023-10-15T19:30\"", "training_to = \"2023-11-06T00:01\""}});
    const struct programme *programme = must_parse(fixture, text).programme;
    const struct term *first = &programme->terms[0], *second = &programme->terms[1];

    free(text);
    assert_instant(first->training_from, "2023-03-11T15:00:00Z");
    assert_instant(first->midnights[0], "2023-03-11T05:00:00Z");
    assert_instant(first->midnights[1], "2023-03-12T05:00:00Z");
    assert_instant(first->midnights[2], "2023-03-13T04:00:00Z"); /* 23 hours */
    assert_instant(first->training_to, "2023-08-16T04:00:00Z");
    assert_int_equal(first->midnights[first->midnight_count - 1], first->training_to);
    assert_int_equal(second->midnights[second->midnight_count - 2] -
                         second->midnights[second->midnight_count - 3],
                     25 * 3600 * US_PER_S);
    assert_instant(second->midnights[second->midnight_count - 1], "2023-11-07T05:00:00Z");
}

static void a_survey_that_is_empty_or_absent_is_not_asked_for(void **state)
{
    struct fixture *fixture = *state;
    struct catalogue_file empty = parse_edited(fixture, "survey = \"survey-2023\"",
                                               "survey = \"\"");
    struct catalogue_file absent = parse_edited(fixture, "survey = \"survey-2023\";", "");

    assert_null(empty.programme->survey);
    assert_null(absent.programme->survey);
    assert_memory_equal(empty.programme->digest, absent.programme->digest, 32);
}

/* The same settings, said otherwise. */
static void the_digest_is_that_of_the_settings(void **state)
{
    static const struct edit same[] = {
        {"# A small programme", "/* x */ # Another"},
        {"hold_days = 30;", "\n\n  hold_days:\n30 // days\n"},
        {"hold_days = 30;", "hold_days = 0x1E;"},
        {"hold_days = 30;", "hold_days = 30L;"},
        {"id = \"c1\"; title = \"Course one\";", "title = \"Course \" \"one\"; id = \"c1\";"},
        {"hours = \"1.5\"", "hours = 1.5"},
        {"hours = \"2\"", "hours = \"2.0\""},
        {"hours = \"2\"", "hours = 2"},
        {"2023-06-30T24:00", "2023-07-01T00:00"},
        {"series: { id = \"party-school-teachers\"; code = \"DXGX\"; };",
         "series = { code = \"DXGX\", id = \"party-school-teachers\" }"},
        {"[ \"senior\", \"intermediate\", \"junior\" ]",
         "( \"senior\", \"intermediate\", \"junior\" )"},
    };
    struct fixture *fixture = *state;
    struct catalogue_file before = must_parse(fixture, fixture->small);
    char hex[65];

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct catalogue_file after = parse_edited(fixture, same[i].from, same[i].to);

        if (memcmp(before.programme->digest, after.programme->digest, 32) != 0)
            fail_msg("another digest: %s", same[i].to);
        assert_string_not_equal(before.programme->text, after.programme->text);
    }
    /* It is stored with enrollments: it must never change by itself. */
    crypto_hex(before.programme->digest, 32, hex);
    assert_string_equal(hex, "7644f8c00eff92ccb86d4cb08238e6838ab4c83ed884b90c07acf538aa3392c7");
}

static void another_setting_is_another_digest(void **state)
{
    static const struct edit other[] = {
        {"hold_days = 30;", "hold_days = 31;"},
        {"Course one", "Course One"},
        {"title = \"Demonstration programme\"", "title = \"Demonstration program\""},
        {"hours = \"1.5\"", "hours = \"1.6\""},
        {"key = \"ACD\"", "key = \"ABD\""},
        {"\"senior\", \"intermediate\"", "\"intermediate\", \"senior\""},
        {"2023-06-30T24:00", "2023-07-01T00:01"},
        {"\"ili\", ", ""},
        {"survey = \"survey-2023\";", ""},
        {"[ \"base-xj\" ]", "[ \"base\", \"xj\" ]"},
        {"l2\"; title", "l3\"; title"},
    };
    struct fixture *fixture = *state;
    struct catalogue_file before = must_parse(fixture, fixture->small);

    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        struct catalogue_file after = parse_edited(fixture, other[i].from, other[i].to);

        if (memcmp(before.programme->digest, after.programme->digest, 32) == 0)
            fail_msg("the same digest: %s", other[i].to);
    }
}

/* The notice's programme: R1 to R8, R12, and that each term reaches its 60 hours. */
static void the_programme_of_2023_says_what_the_notice_says(void **state)
{
    struct fixture *fixture = *state;
    struct catalogue_file file;
    int64_t recorded = 0;

    assert_int_equal(
        catalogue_file_read(&file, &fixture->arena, "config/programme-2023.conf", &fixture->err),
        STATUS_OK);
    const struct programme *programme = file.programme;
    assert_int_equal(programme->year, 2023);
    assert_int_equal(programme->required_hours, 600);
    assert_int_equal(programme->required_public_hours, 300);
    assert_int_equal(programme->fee_fen, 20000);
    assert_int_equal(programme->banks.count, 6);
    assert_int_equal(programme->max_attempts, 3);
    assert_int_equal(programme->pass_score, 60);
    assert_non_null(programme->survey);
    assert_string_equal(programme_study_group(programme, "kizilsu"), "1");
    assert_string_equal(programme_study_group(programme, "turpan"), "2");
    assert_string_equal(programme_study_group(programme, "tacheng"), "3");
    assert_int_equal(programme->term_count, 2);
    assert_instant(programme->terms[0].registration_from, "2023-05-31T16:00:00Z");
    assert_instant(programme->terms[0].registration_to, "2023-06-30T16:00:00Z");
    assert_instant(programme->terms[0].training_from, "2023-06-15T02:00:00Z");
    assert_instant(programme->terms[0].training_to, "2023-08-15T11:30:00Z");
    assert_instant(programme->terms[1].registration_from, "2023-08-31T16:00:00Z");
    assert_instant(programme->terms[1].registration_to, "2023-09-30T16:00:00Z");
    assert_instant(programme->terms[1].training_from, "2023-09-15T02:00:00Z");
    assert_instant(programme->terms[1].training_to, "2023-10-15T11:30:00Z");
    for (size_t t = 0; t < 2; t++) {
        size_t live = 0;

        recorded = 0;
        for (size_t i = 0; i < programme->course_count; i++) {
            const struct course *course = &programme->courses[i];

            live += course->kind == COURSE_LIVE && term_offers(&programme->terms[t], course);
            recorded += course->kind == COURSE_RECORDED ? course->hours : 0;
        }
        assert_int_equal(live, 4);
    }
    assert_true(recorded >= 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_becomes_a_programme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(terms_become_instants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(courses_and_papers_are_tied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_with_a_turn_of_the_clocks_have_their_length, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_survey_that_is_empty_or_absent_is_not_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_digest_is_that_of_the_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_setting_is_another_digest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_programme_of_2023_says_what_the_notice_says, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
