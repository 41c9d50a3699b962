/* Catalogues: what becomes of the file, what is refused, digests, and which changes are allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/catalogue_file.h"
#include "../../daemon/crypto.h"
#include "../../handlers/instant.h"
#include "temp_folder.h"

/* Replaces `from` by `to`, once each. */
struct edit {
    const char *from, *to;
};

struct fixture {
    struct arena arena;
    struct err err;
    char *small; /* the text of tests/data/catalogue-small.conf */
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (!fixture)
        abort();
    fixture->small = read_whole("tests/data/catalogue-small.conf");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_finish(&fixture->arena);
    free(fixture->small);
    free(fixture);
    return 0;
}

static enum status parse(struct fixture *fixture, const char *text, struct catalogue_file *out)
{
    return catalogue_file_parse(out, &fixture->arena, "x.conf", text, strlen(text), &fixture->err);
}

static struct catalogue_file must_parse(struct fixture *fixture, const char *text)
{
    struct catalogue_file file;

    if (parse(fixture, text, &file) != STATUS_OK)
        fail_msg("%s", fixture->err.message);
    return file;
}

/* The small catalogue with up to three edits; to be freed. */
static char *edited(const struct fixture *fixture, const struct edit edits[3])
{
    char *text = replaced(fixture->small, "", "");

    for (size_t i = 0; i < 3 && edits[i].from; i++) {
        char *next = replaced(text, edits[i].from, edits[i].to);

        free(text);
        text = next;
    }
    return text;
}

static struct catalogue_file parse_edited(struct fixture *fixture, const char *from, const char *to)
{
    char *text = edited(fixture, (const struct edit[3]){{from, to}});
    struct catalogue_file file = must_parse(fixture, text);

    free(text);
    return file;
}

static void assert_instant(int64_t instant, const char *expected)
{
    char text[INSTANT_TEXT];

    assert_string_equal(instant_format(instant, text), expected);
}

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
#define L1_TIMES "from = \"2023-07-01T10:00\"; to = \"2023-07-01T12:00\";"

/* What configuration.md refuses; `at` stands on the line that the message names. */
static void broken_catalogues_are_refused(void **state)
{
    static const struct {
        struct edit edits[3];
        const char *at, *hint;
    } rows[] = {
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
        {{{"id = \"2023-2\"", "id = \"2023-1\""}},
         "2023-09-01",
         "the term \"2023-1\" is there twice"},
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
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct catalogue_file file;
        char *text = edited(fixture, rows[i].edits);
        char begin[32];

        snprintf(begin, sizeof begin, "x.conf:%d: ", line_of(text, rows[i].at));
        if (parse(fixture, text, &file) != STATUS_FATAL)
            fail_msg("taken: %s", rows[i].edits[0].to);
        if (strncmp(fixture->err.message, begin, strlen(begin)) != 0 ||
            !strstr(fixture->err.message, rows[i].hint))
            fail_msg("%s\ngives  %s\nnot    %s…%s", rows[i].edits[0].to, fixture->err.message,
                     begin, rows[i].hint);
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
        cmocka_unit_test_setup_teardown(hours_are_decimals_with_at_most_one_digit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(broken_catalogues_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(edges_belong_to_the_windows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_survey_that_is_empty_or_absent_is_not_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_digest_is_that_of_the_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_setting_is_another_digest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programmes_must_not_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_programme_may_grow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_other_change_is_another_programme, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_term_may_be_neither_added_nor_taken_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_programme_of_2023_says_what_the_notice_says, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
