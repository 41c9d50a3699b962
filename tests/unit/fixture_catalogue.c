/* The demonstration programme beside another one. */
#include "fixture.h"

#define DEMO_TERMS   2
#define DEMO_COURSES 5
#define DEMO_PAPERS  3
#define MIDNIGHTS    64

/* The catalogues. */

static const struct question p1_questions[] = {
    {"q1", QUESTION_SINGLE, 40, "B"},
    {"q2", QUESTION_MULTIPLE, 40, "ACD"},
    {"q3", QUESTION_TRUEFALSE, 20, "T"},
};

static const struct question p2_questions[] = {
    {"q1", QUESTION_SINGLE, 60, "A"},
    {"q2", QUESTION_MULTIPLE, 40, "AB"},
};

static const struct question p3_questions[] = {
    {"q1", QUESTION_SINGLE, 50, "C"},
    {"q2", QUESTION_TRUEFALSE, 50, "F"},
};

static struct programme demo_programme(void)
{
    static const char *title_levels[] = {"senior", "intermediate", "junior"};
    static const char *bases[] = {"base-xj"};
    static const char *kinds[] = {"party-school", "socialist-college", "cadre-school", "other"};
    static const char *banks[] = {"BOC", "ABC", "ICBC", "CCB", "BOU", "XJRCU"};
    static const char *first[] = {"aksu", "kashgar", "hotan", "kizilsu"};
    static const char *second[] = {"urumqi", "changji", "hami", "turpan", "bayingolin"};
    static const char *third[] = {"ili", "tacheng", "altay", "karamay"};
    static const struct study_group groups[] = {
        {"1", {first, 4}}, {"2", {second, 5}}, {"3", {third, 4}}};

    return (struct programme){
        .id = "demo-2023",
        .year = 2023,
        .category = "professional",
        .zone = "Asia/Shanghai",
        .required_hours = 60,
        .required_public_hours = 300,
        .survey = "survey-2023",
        .series_id = "party-school-teachers",
        .series_code = "DXGX",
        .title_levels = {title_levels, 3},
        .bases = {bases, 1},
        .employer_kinds = {kinds, 4},
        .fee_fen = 20000,
        .currency = "CNY",
        .code_prefix = "6501",
        .code_length = 20,
        .banks = {banks, 6},
        .max_rate = 2000,
        .required_share = 950,
        .live_share = 800,
        .max_report_s = 600,
        .max_skew_s = 300,
        .max_day_s = 57600,
        .pass_score = 60,
        .max_attempts = 3,
        .min_exam_time_s = 60,
        .hold_days = 30,
        .study_groups = groups,
        .study_group_count = 3,
    };
}

static struct term make_term(struct fixture *fx, const char *id, const char *const window[4],
                             size_t programme)
{
    int64_t *midnights = arena_alloc(&fx->arena, MIDNIGHTS * 2 * sizeof *midnights);
    struct term term = {
        .id = id,
        .programme = &fx->programmes[programme],
        .registration_from = civil(window[0]),
        .registration_to = civil(window[1]),
        .training_from = civil(window[2]),
        .training_to = civil(window[3]),
        .midnights = midnights,
    };
    int64_t first = (term.training_from + ZONE_US) / US_PER_DAY;

    term.close_at = term.training_to + term.programme->hold_days * US_PER_DAY;
    term.first_day = first;
    do
        midnights[term.midnight_count] = (first + (int64_t)term.midnight_count) * US_PER_DAY -
                                         ZONE_US;
    while (midnights[term.midnight_count++] < term.training_to);
    return term;
}

static void make_terms(struct fixture *fx)
{
    static const char *const first[] = {"06-01 00:00:00", "07-01 00:00:00", "06-15 10:00:00",
                                        "08-15 19:30:00"};
    static const char *const second[] = {"09-01 00:00:00", "10-01 00:00:00", "09-15 10:00:00",
                                         "10-15 19:30:00"};

    fx->terms[0] = make_term(fx, "2023-1", first, 0);
    fx->terms[1] = make_term(fx, "2023-2", second, 0);
    fx->terms[2] = make_term(fx, "other-1", first, 1);
}

static void make_courses(struct fixture *fx)
{
    const struct programme *demo = &fx->programmes[0], *other = &fx->programmes[1];
    const struct course courses[FIXTURE_COURSES] = {
        {"c1", "Course one", demo, COURSE_RECORDED, 20, 5400, 0, 0},
        {"c2", "Course two", demo, COURSE_RECORDED, 20, 3600, 0, 0},
        {"c3", "Course three", demo, COURSE_RECORDED, 15, 1800, 0, 0},
        {"l1", "Live", demo, COURSE_LIVE, 20, 0, civil("07-01 10:00:00"), civil("07-01 12:00:00")},
        {"l2", "Live", demo, COURSE_LIVE, 20, 0, civil("09-20 10:00:00"), civil("09-20 12:00:00")},
        {"oc1", "Other's", other, COURSE_RECORDED, 20, 600, 0, 0},
    };

    memcpy(fx->courses, courses, sizeof courses);
    fx->papers[0] = (struct paper){"p1", &fx->courses[0], p1_questions, 3};
    fx->papers[1] = (struct paper){"p2", &fx->courses[1], p2_questions, 2};
    fx->papers[2] = (struct paper){"p3", &fx->courses[2], p3_questions, 2};
    fx->papers[3] = (struct paper){"op1", &fx->courses[5], p2_questions, 2};
}

void fixture_make_programmes(struct fixture *fx)
{
    fx->programmes[0] = demo_programme();
    fx->programmes[1] = demo_programme();
    fx->programmes[1].id = "other-2023";
    fx->programmes[1].code_prefix = "7702";
    fx->programmes[1].required_hours = 20;
    fx->programmes[1].survey = NULL;
    make_terms(fx);
    make_courses(fx);
    fx->programmes[0].terms = fx->terms;
    fx->programmes[0].term_count = DEMO_TERMS;
    fx->programmes[0].courses = fx->courses;
    fx->programmes[0].course_count = DEMO_COURSES;
    fx->programmes[0].papers = fx->papers;
    fx->programmes[0].paper_count = DEMO_PAPERS;
    fx->programmes[1].terms = fx->terms + DEMO_TERMS;
    fx->programmes[1].courses = fx->courses + DEMO_COURSES;
    fx->programmes[1].papers = fx->papers + DEMO_PAPERS;
    fx->programmes[1].term_count = fx->programmes[1].course_count = 1;
    fx->programmes[1].paper_count = 1;
    fx->programme_list[0] = &fx->programmes[0];
    fx->programme_list[1] = &fx->programmes[1];
}
