/* Catalogues that are refused, each with its line and a hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalogue_fixture.h"

static void hours_are_decimals_with_at_most_one_digit(void **state)
{
    static const struct {
        const char *hours;
        int64_t tenths;
    } rows[] = {{"\"1.5\"", 15},  {"\"4\"", 40},     {"\"4.0\"", 40},
                {"1.5", 15},      {"4", 40},         {"4.0", 40},
                {"1.3", 13},      {"\"200\"", 2000}, {"\"0.1\"", 1},
                {"200L", 2000},   {"\"0.0\"", -1},   {"\"200.1\"", -1},
                {"\"1.25\"", -1}, {"\"1.50\"", -1},  {"1.25", -1},
                {"\"1,5\"", -1},  {"\"\"", -1},      {"\".5\"", -1},
                {"\"5.\"", -1},   {"\" 5\"", -1},    {"\"1e1\"", -1},
                {"-1", -1},       {"-1.5", -1},      {"true", -1},
                {"1e300", -1},    {"0", -1},         {"\"99999999999999999999\"", -1}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalogue_file file;
        char *hours, *text;

        if (asprintf(&hours, "hours = %s; length_s = 1800", rows[i].hours) < 0)
            abort();
        text = edited(fixture, (const struct edit[3]){{"hours = \"1.5\"; length_s = 1800", hours},
                                                      {"hours = \"2\"", "hours = \"20\""}});
        enum status status = parse(fixture, text, &file);
        if ((status == STATUS_OK) != (rows[i].tenths >= 0))
            fail_msg("%s: status %d", rows[i].hours, (int)status);
        if (status == STATUS_OK)
            assert_int_equal(file.programme->courses[2].hours, rows[i].tenths);
        else
            assert_non_null(strstr(fixture->err.message, "x.conf:17: courses.hours: must be "));
        free(hours);
        free(text);
    }
}

#define P3                                                                                         \
    "  { id = \"p3\"; course = \"c3\"; questions = ( { id = \"q1\"; kind = \"single\"; marks = "   \
    "50; "                                                                                         \
    "key = \"C\"; }, { id = \"q2\"; kind = \"truefalse\"; marks = 50; key = \"F\"; } ); } );"

/* What configuration.md refuses; `at` stands on the line that the message names. */
static const struct {
    struct edit edits[3];
    const char *at, *hint;
} broken[] = {
    /* Keys, types, forms. */
    {{{"required_share", "requird_share"}},
     "requird_share",
     "\"watch.requird_share\"; the nearest known is \"watch.required_share\""},
    {{{"title = \"Course one\"", "titel = \"x\""}},
     "titel",
     "\"courses.titel\"; the nearest known is \"courses.title\""},
    {{{"hold_days = 30;", ""}}, "# A small", "hold_days is missing"},
    {{{"year = 2023;", ""}}, "programme:", "programme.year is missing"},
    {{{"marks = 40; ", ""}}, "\"p1\"", "papers.questions.marks is missing"},
    {{{"year = 2023", "year = \"2023\""}}, "year", "programme.year: must be an integer"},
    {{{"year = 2023", "year = 1999"}}, "year", "must be 2000 to 2100"},
    {{{"max_report_s = 600", "max_report_s = 86401"}}, "max_report_s", "must be 1 to 86400"},
    {{{"length_s = 5400", "length_s = 1000001"}}, "length_s", "must be 1 to 1000000"},
    {{{"amount_fen = 20000", "amount_fen = 4294987296"}}, "amount_fen", "into 32 bits"},
    {{{"\"professional\"", "\"public\""}}, "category", "\"public\" is none of professional"},
    {{{"\"junior\"", "\"juniour\""}}, "juniour", "the nearest is junior"},
    {{{"\"party-school\"", "\"other\""}}, "employer_kinds", "\"other\" is there twice"},
    {{{"code = \"DXGX\"", "code = \"DXG\""}}, "\"DXG\"", "series.code"},
    {{{"code = \"DXGX\"", "code = \"dxgx\""}}, "\"dxgx\"", "must be four of A-Z 0-9"},
    {{{"code_prefix = \"6501\"", "code_prefix = \"65x1\""}}, "65x1", "must be digits"},
    {{{"code_length = 20", "code_length = 4"}}, "code_length", "1 to 19 digits behind"},
    {{{"code_length = 20", "code_length = 24"}}, "code_length", "1 to 19 digits behind"},
    {{{"code_length = 20", "code_length = 18"}}, "code_length", "look like ID numbers"},
    {{{"\"6501\"; code_length = 20", "\"1\"; code_length = 11"}},
     "code_length",
     "look like mobile numbers"},
    {{{"id = \"c1\"", "id = \"c 1\""}}, "\"c 1\"", "courses.id: \"c 1\" must be 1 to 64"},
    {{{"Asia/Shanghai", "Asia/Shanghia"}},
     "Shanghia",
     "programme.zone: \"Asia/Shanghia\" is no zone"},
    /* Civil times. */
    {{{"2023-06-01T00:00", "2023-06-31T00:00"}}, "06-31", "is no date"},
    {{{"2023-06-01T00:00", "2023-06-01T24:01"}}, "24:01", "is no time of the day"},
    {{{"2023-06-01T00:00", "2023-06-01T10:60"}}, "10:60", "is no time of the day"},
    {{{"2023-06-01T00:00", "2023-06-01"}}, "06-01\"", "must be a civil time"},
    {{{"2023-06-01T00:00", "2023-06-01T00:00:00"}}, "00:00:00", "must be a civil time"},
    {{{"2023-06-01T00:00", "2023-06-01T00:00Z"}}, "00:00Z", "must be a civil time"},
    {{{"2023-06-01T00:00", "1999-06-01T00:00"}}, "1999", "is no date of the years 2000"},
    {{{"Asia/Shanghai", "America/New_York"}, {"2023-06-01T00:00", "2023-03-12T02:30"}},
     "03-12",
     "terms.registration_from: clocks are put forward"},
    {{{"Asia/Shanghai", "America/New_York"},
      {"2023-09-20T10:00\"; to = \"2023-09-20T12:00",
       "2024-11-03T01:30\"; to = \"2024-11-03T05:00"}},
     "2024-11-03",
     "courses.from: clocks are put back"},
    {{{"2023-06-30T24:00", "2023-06-01T00:00"}}, "2023-1", "registration_to: must be later"},
    {{{"2023-08-15T19:30", "2023-06-15T10:00"}}, "2023-1", "training_to: must be later"},
    {{{"2023-07-01T12:00", "2023-07-01T10:00"}}, "\"l1\"", "courses.to: must be later"},
    /* Courses and papers. */
    {{{"length_s = 1800;", ""}}, "\"c3\"", "the recorded course c3 needs length_s"},
    {{{"length_s = 1800;", "length_s = 1800; to = \"2023-07-01T12:00\";"}},
     "\"c3\"",
     "courses.to: a recorded course has no broadcast"},
    {{{L1_TIMES, "from = \"2023-07-01T10:00\";"}}, "\"l1\"", "course l1 needs from and to"},
    {{{L1_TIMES, L1_TIMES " length_s = 5;"}}, "\"l1\"", "courses.length_s: a live course"},
    {{{P3, ");"}, {"key = \"AB\"; } ); },", "key = \"AB\"; } ); }"}},
     "\"c3\"",
     "the recorded course c3 has no paper"},
    {{{"course = \"c3\"", "course = \"l1\""}}, "\"p3\"", "the live course l1 has no exam"},
    {{{"course = \"c3\"", "course = \"c2\""}}, "\"p3\"", "the course c2 has two papers"},
    {{{"course = \"c3\"", "course = \"c9\""}}, "\"p3\"", "\"c9\" is no course"},
    {{{"marks = 60", "marks = 59"}}, "\"p2\"", "the marks of paper p2 add up to 99"},
    {{{"key = \"ACD\"", "key = \"AAC\""}}, "AAC", "\"AAC\" must be letters A to Z, each once"},
    {{{"key = \"ACD\"", "key = \"acd\""}}, "acd", "must be letters A to Z"},
    {{{"key = \"ACD\"", "key = \"\""}}, "key = \"\"", "must not be empty"},
    {{{"key = \"B\"", "key = \"BC\""}}, "\"p1\"", "has one right answer"},
    {{{"key = \"T\"", "key = \"A\""}}, "\"p1\"", "papers.questions.key: must be T or F"},
    {{{"{ id = \"q2\"; kind = \"multiple\"; marks = 40; key = \"ACD\"; }",
       "{ id = \"q1\"; kind = \"multiple\"; marks = 40; key = \"ACD\"; }"}},
     "ACD",
     "the question \"q1\" is there twice"},
    /* Ids. */
    {{{"id = \"2023-2\"", "id = \"2023-1\""}}, "2023-09-01", "the term \"2023-1\" is there twice"},
    {{{"id = \"c2\"", "id = \"c1\""}}, "Course two", "the course \"c1\" is there twice"},
    {{{"id = \"p2\"", "id = \"p1\""}}, "course = \"c2\"", "the paper \"p1\" is there twice"},
    {{{"id = \"3\"", "id = \"1\""}}, "tacheng", "the study group \"1\" is there twice"},
    {{{"\"altay\"", "\"aksu\""}}, "tacheng", "\"aksu\" is in two study groups"},
    {{{"\"ABC\"", "\"BOC\""}}, "banks", "fee.banks: \"BOC\" is there twice"},
    /* Windows. */
    {{{"2023-09-15T10:00", "2023-08-15T19:29"}},
     "\"2023-2\"",
     "the training windows of terms 2023-2 and 2023-1 overlap"},
    {{{L1_TIMES, "from = \"2023-08-15T18:00\"; to = \"2023-08-15T19:31\";"}},
     "\"l1\"",
     "crosses the edge of the training window of term 2023-1"},
    {{{L1_TIMES, "from = \"2023-09-15T09:59\"; to = \"2023-09-15T12:00\";"}},
     "\"l1\"",
     "crosses the edge of the training window of term 2023-2"},
    {{{"required_hours = \"6\"", "required_hours = \"7.6\""}},
     "\"2023-1\"",
     "term 2023-1 offers only 7.5 hours of the required 7.6"},
    {{{L1_TIMES, "from = \"2023-08-20T10:00\"; to = \"2023-08-20T12:00\";"}},
     "\"2023-1\"",
     "term 2023-1 offers only 5.5 hours of the required 6"},
};

static void broken_catalogues_are_refused(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct catalogue_file file;
        char *text = edited(fixture, broken[i].edits);
        char begin[32];

        snprintf(begin, sizeof begin, "x.conf:%d: ", line_of(text, broken[i].at));
        if (parse(fixture, text, &file) != STATUS_FATAL)
            fail_msg("taken: %s", broken[i].edits[0].to);
        if (strncmp(fixture->err.message, begin, strlen(begin)) != 0 ||
            !strstr(fixture->err.message, broken[i].hint))
            fail_msg("%s\ngives  %s\nnot    %s…%s", broken[i].edits[0].to, fixture->err.message,
                     begin, broken[i].hint);
        free(text);
    }
}

/* At the very edges nothing is refused. */
static void edges_belong_to_the_windows(void **state)
{
    static const struct edit rows[] = {
        {"2023-09-15T10:00", "2023-08-15T19:30"},
        {L1_TIMES, "from = \"2023-08-15T18:00\"; to = \"2023-08-15T19:30\";"},
        {L1_TIMES, "from = \"2023-06-15T10:00\"; to = \"2023-06-15T12:00\";"},
        {"required_hours = \"6\"", "required_hours = \"7.5\""},
        {"max_report_s = 600", "max_report_s = 86400"},
        {"length_s = 5400", "length_s = 1000000"},
        {"amount_fen = 20000", "amount_fen = 4294987296L"},
        {"code_length = 20", "code_length = 23"},
        {"code_length = 20", "code_length = 5"},
        {"survey = \"survey-2023\"", "survey = \"\""},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        (void)parse_edited(fixture, rows[i].from, rows[i].to);
}

/* A second programme that goes with the small one. */
static char *second_programme(const struct fixture *fixture)
{
    static const struct edit edits[] = {
        {"\"demo-2023\"", "\"demo-2024\""},
        {"\"6501\"", "\"6502\""},
        {"id = \"2023-1\"", "id = \"2024-1\""},
        {"id = \"2023-2\"", "id = \"2024-2\""},
        {"id = \"c1\"", "id = \"d1\""},
        {"id = \"c2\"", "id = \"d2\""},
        {"id = \"c3\"", "id = \"d3\""},
        {"id = \"l1\"", "id = \"m1\""},
        {"id = \"l2\"", "id = \"m2\""},
        {"id = \"p1\"; course = \"c1\"", "id = \"o1\"; course = \"d1\""},
        {"id = \"p2\"; course = \"c2\"", "id = \"o2\"; course = \"d2\""},
        {"id = \"p3\"; course = \"c3\"", "id = \"o3\"; course = \"d3\""},
        {"\"party-school-teachers\"", "\"others\""},
    };
    char *text = replaced(fixture->small, "", "");

    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char *next = replaced(text, edits[i].from, edits[i].to);

        free(text);
        text = next;
    }
    return text;
}

static void programmes_must_not_share(void **state)
{
    static const struct {
        struct edit edit;
        const char *at, *hint;
    } rows[] = {
        {{"\"demo-2024\"", "\"demo-2023\""},
         "demo-2023",
         "the programme \"demo-2023\" is in x.conf"},
        {{"id = \"2024-2\"", "id = \"2023-2\""}, "2023-2", "the term \"2023-2\" is in x.conf"},
        {{"id = \"m1\"", "id = \"l1\""}, "\"l1\"", "the course \"l1\" is in x.conf"},
        {{"id = \"o3\"", "id = \"p3\""}, "\"p3\"", "the paper \"p3\" is in x.conf"},
        {{"\"6502\"", "\"6501\""}, "6501", "\"6501\" cannot be told from \"6501\""},
        {{"\"6502\"", "\"65012\""}, "65012", "\"65012\" cannot be told from \"6501\""},
        {{"\"6502\"; code_length = 20", "\"6501\"; code_length = 21"}, "6501", "cannot be told"},
        {{"\"others\"", "\"party-school-teachers\""},
         "2024-1",
         "the training windows of terms 2024-1 and 2023-1 overlap"},
    };
    struct fixture *fixture = *state;
    char *second = second_programme(fixture);
    struct catalogue_file files[2] = {must_parse(fixture, fixture->small),
                                      must_parse(fixture, second)};

    assert_int_equal(catalogue_files_check(files, 2, &fixture->err), STATUS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = replaced(second, rows[i].edit.from, rows[i].edit.to);
        char begin[32];

        files[1] = must_parse(fixture, text);
        snprintf(begin, sizeof begin, "x.conf:%d: ", line_of(text, rows[i].at));
        if (catalogue_files_check(files, 2, &fixture->err) != STATUS_FATAL)
            fail_msg("taken: %s", rows[i].edit.to);
        if (strncmp(fixture->err.message, begin, strlen(begin)) != 0 ||
            !strstr(fixture->err.message, rows[i].hint))
            fail_msg("%s\ngives  %s\nnot    %s…%s", rows[i].edit.to, fixture->err.message, begin,
                     rows[i].hint);
        free(text);
    }
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hours_are_decimals_with_at_most_one_digit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(broken_catalogues_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edges_belong_to_the_windows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programmes_must_not_share, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
