/* Which changes leave a catalogue the same programme. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalogue_fixture.h"

#define NEW_COURSE                                                                                 \
    "courses = (\n  { id = \"c4\"; title = \"Four\"; kind = \"recorded\"; hours = \"1\"; "         \
    "length_s = "                                                                                  \
    "9; },"
#define NEW_PAPER                                                                                  \
    "papers = (\n  { id = \"p4\"; course = \"c4\"; questions = ( { id = \"q1\"; kind = "           \
    "\"single\"; "                                                                                 \
    "marks = 100; key = \"A\"; } ); },"

static void a_programme_may_grow(void **state)
{
    static const struct edit rows[][3] = {
        {{"# A small", "# The small"}},
        {{"2023-06-01T00:00", "2023-05-01T00:00"}},
        {{"2023-06-30T24:00", "2023-07-02T12:00"}},
        {{"2023-06-15T10:00", "2023-06-14T10:00"}},
        {{"2023-08-15T19:30", "2023-08-20T19:30"}},
        {{"courses = (", NEW_COURSE}, {"papers = (", NEW_PAPER}},
        {{"title = \"Demonstration programme\"", "title = \"Other\""}},
        {{"Six hours of demonstration.", "Six."}},
        {{"Watch every course", "Watch each course"}},
        {{"Course one", "First course"}},
        {{"length_s = 5400", "length_s = 5401"}},
        {{"hours = \"1.5\"", "hours = \"2\""}},
        {{L1_TIMES, "from = \"2023-07-02T10:00\"; to = \"2023-07-02T12:00\";"}},
        {{"key = \"ACD\"", "key = \"AC\""}},
        {{"marks = 60; key = \"A\"", "marks = 50; key = \"A\""},
         {"marks = 40; key = \"AB\"", "marks = 50; key = \"AB\""}},
    };
    struct fixture *fixture = *state;
    struct catalogue_file before = must_parse(fixture, fixture->small);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = edited(fixture, rows[i]);
        struct catalogue_file after = must_parse(fixture, text);

        if (catalogue_change_allowed(&before, &after, &fixture->err) != STATUS_OK)
            fail_msg("%s: %s", rows[i][0].to, fixture->err.message);
        free(text);
    }
}

static void any_other_change_is_another_programme(void **state)
{
    static const struct {
        struct edit edits[3];
        const char *hint;
    } rows[] = {
        {{{"\"demo-2023\"", "\"demo\""}}, "programme.id: may not change"},
        {{{"year = 2023", "year = 2024"}}, "programme.year: may not change"},
        {{{"Asia/Shanghai", "Asia/Urumqi"}}, "programme.zone: may not change"},
        {{{"required_hours = \"6\"", "required_hours = \"5\""}}, "programme.required_hours"},
        {{{"required_public_hours = \"30\"", "required_public_hours = \"0\""}}, "public_hours"},
        {{{"survey = \"survey-2023\";", ""}}, "programme.survey"},
        {{{"\"DXGX\"", "\"DXGY\""}}, "series.code"},
        {{{"\"senior\", ", ""}}, "eligible.title_levels"},
        {{{"amount_fen = 20000", "amount_fen = 20001"}}, "fee.amount_fen"},
        {{{"code_prefix = \"6501\"", "code_prefix = \"6502\""}}, "fee.code_prefix"},
        {{{"\"BOU\", ", ""}}, "fee.banks"},
        {{{"required_share = 950", "required_share = 900"}}, "watch.required_share"},
        {{{"pass_score = 60", "pass_score = 50"}}, "exams.pass_score"},
        {{{"hold_days = 30", "hold_days = 31"}}, "hold_days"},
        {{{"\"altay\", ", ""}}, "study_groups"},
        {{{"2023-06-01T00:00", "2023-06-01T00:01"}}, "terms.registration_from: a window may only"},
        {{{"2023-06-30T24:00", "2023-06-30T23:59"}}, "terms.registration_to: a window may only"},
        {{{"2023-06-15T10:00", "2023-06-15T10:01"}}, "terms.training_from: a window may only"},
        {{{"2023-08-15T19:30", "2023-08-15T19:29"}}, "terms.training_to: a window may only"},
        {{{"id = \"2023-2\"", "id = \"2023-3\""}}, "terms.id: may not change"},
        {{{"id = \"l2\"", "id = \"l3\""}}, "courses: \"l2\" may not be taken away"},
        {{{"id = \"p3\"", "id = \"p4\""}}, "papers: \"p3\" may not be taken away"},
        {{{"\"p1\"; course = \"c1\"", "\"p1\"; course = \"c2\""},
          {"\"p2\"; course = \"c2\"", "\"p2\"; course = \"c1\""}},
         "papers.course: may not change"},
        {{{"kind = \"live\"; hours = \"2\"; from = \"2023-09-20T10:00\"; to = "
           "\"2023-09-20T12:00\";",
           "kind = \"recorded\"; hours = \"2\"; length_s = 9;"},
          {"papers = (", "papers = ( { id = \"p4\"; course = \"l2\"; questions = ( { id = \"q1\"; "
                         "kind = \"single\"; marks = 100; key = \"A\"; } ); },"}},
         "courses.kind: may not change"},
    };
    struct fixture *fixture = *state;
    struct catalogue_file before = must_parse(fixture, fixture->small);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = edited(fixture, rows[i].edits);
        struct catalogue_file after = must_parse(fixture, text);

        if (catalogue_change_allowed(&before, &after, &fixture->err) != STATUS_FATAL)
            fail_msg("taken: %s", rows[i].edits[0].to);
        if (!strstr(fixture->err.message, rows[i].hint) ||
            !strstr(fixture->err.message, "another programme"))
            fail_msg("%s: %s", rows[i].edits[0].to, fixture->err.message);
        free(text);
    }
}

#define FIRST_TERM                                                                                 \
    "terms = (\n { id = \"2023-0\"; registration_from = \"2023-01-01T00:00\"; registration_to = "  \
    "\"2023-02-01T00:00\"; training_from = \"2023-01-01T00:00\"; training_to = "                   \
    "\"2023-02-01T00:00\"; },"

static void a_term_may_be_neither_added_nor_taken_away(void **state)
{
    struct fixture *fixture = *state;
    char *text = edited(
        fixture, (const struct edit[3]){{"terms = (", FIRST_TERM},
                                        {"required_hours = \"6\"", "required_hours = \"5\""}});
    struct catalogue_file two = parse_edited(fixture, "required_hours = \"6\"",
                                             "required_hours = \"5\"");
    struct catalogue_file three = must_parse(fixture, text);

    free(text);
    assert_int_equal(catalogue_change_allowed(&two, &three, &fixture->err), STATUS_FATAL);
    assert_non_null(strstr(fixture->err.message, "terms: none may be added or taken away"));
    assert_int_equal(catalogue_change_allowed(&three, &two, &fixture->err), STATUS_FATAL);
    assert_non_null(strstr(fixture->err.message, "terms: none may be added or taken away"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_programme_may_grow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_other_change_is_another_programme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_term_may_be_neither_added_nor_taken_away, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
