/* R14, R15, R17.5, R17.6: when a course is watched or attended, and what looks like cheating. */
#include "fixture.h"

static int64_t covered(struct fixture *fx, const char *course_id)
{
    const struct progress *progress = enrollment_find_course(the_enrollment(fx), course_id);

    return progress ? progress->covered_s : 0;
}

static void r14_r17_5_course_is_learned_at_95_percent(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    watch(fx, "c3", "06-19 10:00:00"); /* 1,800 s, all of it */
    said(fx);
    for (int64_t i = 0; i < 8; i++) {
        struct event ev = played("c1", i * 600, i * 600 + 600, "06-20 10:00:00", "06-20 10:00:00");

        ev.started_at += i * 600 * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
    assert_folds(fx, played("c1", 4800, 5129, "06-20 12:00:00", "06-20 12:06:00"), "applied");
    assert_int_equal(covered(fx, "c1"), 5129);
    assert_true(the_course(fx, "c1")->learned_at == INSTANT_NONE);
    assert_says(fx, "");
    assert_folds(fx, played("c1", 5300, 5301, "06-20 13:00:00", "06-20 13:00:30.25"), "applied");
    assert_true(the_course(fx, "c1")->learned_at == civil("06-20 13:00:30.25"));
    assert_says(fx, "course.learned e1 c1 @06-20 13:00:30.25\n");
    /* It never changes; watching goes on. */
    assert_folds(fx, played("c1", 5129, 5300, "06-20 08:00:00", "06-20 08:10:00"), "applied");
    assert_int_equal(covered(fx, "c1"), 5301);
    assert_true(the_course(fx, "c1")->learned_at == civil("06-20 13:00:30.25"));
    assert_says(fx, "");
}

static void r17_5_learned_at_is_inside_the_window(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, played("c3", 0, 1200, "08-15 19:10:00", "08-15 19:20:00"), "applied");
    assert_folds(fx, played("c3", 1000, 1600, "08-15 19:20:00", "08-15 19:25:00"), "applied");
    said(fx);
    struct event ev = played("c3", 1600, 1800, "08-15 19:28:00", "08-15 19:30:30");
    ev.time = civil("08-15 20:00:00"); /* sent later: its own instant is the end of the window */
    assert_folds(fx, ev, "applied");
    assert_int_equal(covered(fx, "c3"), 1760);
    assert_true(the_course(fx, "c3")->learned_at == civil("08-15 19:30:00"));
    assert_true(fx->effects[0].u.course.learned_at == civil("08-15 19:30:00"));
    assert_says(fx, "course.learned e1 c3 @08-15 19:30:00\n");
}

/* l1 is broadcast on 07-01 from 10:00:00 to 12:00:00: 80 % are 96 minutes. */
struct presence {
    const char *name;
    const char *reports[3][2];
    const char *last_outcome;
    int64_t seconds;
    const char *learned_at;
};

static void r15_live_course_is_attended_at_80_percent_of_its_broadcast(void **state)
{
    static const struct presence rows[] = {
        {"all", {{"07-01 10:00:00", "07-01 12:00:00"}}, "applied", 7200, "07-01 12:00:00"},
        {"80 %", {{"07-01 10:00:00", "07-01 11:36:00"}}, "applied", 5760, "07-01 11:36:00"},
        {"nearly", {{"07-01 10:00:00", "07-01 11:35:59.999999"}}, "applied", 5759, "never"},
        {"long before and after",
         {{"07-01 06:00:00", "07-01 18:00:00"}},
         "applied",
         7200,
         "07-01 12:00:00"},
        {"more than 12 hours",
         {{"07-01 06:00:00", "07-01 18:00:00.000001"}},
         "bad_report",
         0,
         "never"},
        {"backwards", {{"07-01 12:00:00", "07-01 10:00:00"}}, "bad_report", 0, "never"},
        {"empty", {{"07-01 11:00:00", "07-01 11:00:00"}}, "bad_report", 0, "never"},
        {"before", {{"07-01 09:00:00", "07-01 10:00:00"}}, "applied", 0, "never"},
        {"after", {{"07-01 12:00:00", "07-01 13:00:00"}}, "applied", 0, "never"},
        {"in two parts",
         {{"07-01 10:00:00", "07-01 11:00:00"}, {"07-01 11:24:00", "07-01 12:30:00"}},
         "applied",
         5760,
         "07-01 12:00:00"},
        {"the earlier part last",
         {{"07-01 11:24:00", "07-01 12:00:00"}, {"07-01 10:00:00", "07-01 11:00:00"}},
         "applied",
         5760,
         "07-01 11:00:00"},
        {"overlapping",
         {{"07-01 10:00:00", "07-01 11:00:00"}, {"07-01 10:30:00", "07-01 11:36:00"}},
         "applied",
         5760,
         "07-01 11:36:00"},
        {"twice the same",
         {{"07-01 10:00:00", "07-01 11:00:00"}, {"07-01 10:00:00", "07-01 11:00:00"}},
         "duplicate",
         3600,
         "never"},
        {"three devices",
         {{"07-01 10:00:00", "07-01 10:40:00"},
          {"07-01 10:10:00", "07-01 10:50:00"},
          {"07-01 10:20:00", "07-01 11:00:00"}},
         "applied",
         3600,
         "never"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *outcome = NULL;
        void *world;

        fixture_setup(&world);
        activate(world);
        for (size_t j = 0; j < 3 && rows[i].reports[j][0]; j++)
            outcome = fold(world, attended("l1", rows[i].reports[j][0], rows[i].reports[j][1]));
        const struct progress *l1 = enrollment_find_course(the_enrollment(world), "l1");
        const char *learned_at = civil_text(world, l1 ? l1->learned_at : INSTANT_NONE);
        if (strcmp(outcome, rows[i].last_outcome) != 0 ||
            (l1 ? l1->presence_us / US_PER_S : 0) != rows[i].seconds ||
            strcmp(learned_at, rows[i].learned_at) != 0)
            fail_msg("%s: %s, learned %s", rows[i].name, outcome, learned_at);
        fixture_teardown(&world);
    }
}

static void r15_live_course_credits_without_learned_event(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
    assert_says(fx, "course.credited e1 l1 @07-01 12:00:00\n"
                    "enrollment.changed e1 #4 active paid approved active hours=2 "
                    "missing=hours,survey @07-01 12:00:00\n"
                    "year.changed 2023 #2 public=0 professional=2 @07-01 12:00:00\n");
}

static void r17_3_live_and_recorded_share_the_wall_clock(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, played("c1", 0, 600, "07-01 10:50:00", "07-01 11:00:00"), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
    assert_true(the_course(fx, "l1")->presence_us == 6600 * US_PER_S);
    assert_folds(fx, played("c1", 600, 1200, "07-01 11:00:00", "07-01 11:10:00"), "duplicate");
    assert_int_equal(covered(fx, "c1"), 600);
}

static void r14_r15_course_of_the_other_kind_is_a_bad_report(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, played("l1", 0, 600, "07-01 10:00:00", "07-01 10:10:00"), "bad_report");
    assert_folds(fx, attended("c1", "07-01 10:00:00", "07-01 10:10:00"), "bad_report");
}

/* `count` reports of ten minutes from then on, one after the other. */
static void watch_for(struct fixture *fx, const char *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        struct event ev = played("c1", 0, 600, from, from);

        ev.started_at = civil(from) + i * 600 * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
}

static void r17_6_more_than_16_hours_in_a_day_are_raised_once(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    watch_for(fx, "06-20 00:00:00", 96); /* 16 h to the second */
    assert_says(fx, "");
    assert_folds(fx, played("c1", 0, 1, "06-20 20:00:00", "06-20 20:00:00.000001"), "applied");
    assert_says(fx, "anomaly.raised e1 long_day 2023-06-20 @06-20 20:00:00.000001\n");
    assert_folds(fx, played("c1", 0, 600, "06-20 21:00:00", "06-20 21:10:00"), "applied");
    assert_says(fx, "");
}

static void r17_6_day_is_the_civil_day_of_the_programmes_zone(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    said(fx);
    watch_for(fx, "06-20 08:05:00", 144); /* 24 h across midnight, at most 15:55 on either day */
    assert_says(fx, "");
    watch_for(fx, "06-21 08:05:00", 48); /* 05 to 16:05 of 06-21: 16 h 5 min in that day */
    assert_says(fx, "anomaly.raised e1 long_day 2023-06-21 @06-21 16:05:00\n");
    assert_int_equal(the_enrollment(fx)->day_count, 2);
}

static void r17_6_twentieth_cut_report_is_raised_once(void **state)
{
    struct fixture *fx = *state;
    int64_t start = civil("06-20 10:00:00");

    activate(fx);
    said(fx);
    for (int64_t i = 0; i < 25; i++) {
        struct event ev = played("c1", 0, 600, "06-20 10:00:00", "06-20 10:01:00");

        ev.started_at = start + i * 60 * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 60 * US_PER_S; /* worth 122 of 600 */
        assert_folds(fx, ev, "applied");
        assert_folds(fx, ev, "duplicate"); /* of which none counts */
        if (i != 19)
            assert_says(fx, "");
        else
            assert_says(fx, "anomaly.raised e1 cut_reports c1 @06-20 10:20:00\n");
    }
    assert_int_equal(the_course(fx, "c1")->cut_reports, 25);
}

static void r17_6_cut_at_the_edge_is_no_cut_report(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, played("c1", 0, 600, "06-16 09:25:00", "06-16 09:35:00"), "applied");
    assert_folds(fx, played("c1", 0, 602, "06-20 10:00:00", "06-20 10:05:00"), "applied");
    assert_int_equal(the_course(fx, "c1")->cut_reports, 0);
    assert_folds(fx, played("c1", 0, 603, "06-21 10:00:00", "06-21 10:05:00"), "applied");
    assert_int_equal(the_course(fx, "c1")->cut_reports, 1);
}

/* The loader's question: a trainee is loaded thin only if the reports cannot complete a course. */
static void r17_5_thin_loading_is_never_too_thin(void **state)
{
    struct fixture *fx = *state;
    const struct course *c1 = &fx->courses[0], *l1 = &fx->courses[3];
    static const struct {
        bool live;
        int64_t learned_at, covered_s, presence_us, more_us;
        bool expected;
    } rows[] = {
        {false, INSTANT_NONE, 0, 0, 600 * US_PER_S, false},
        {false, INSTANT_NONE, 4530, 0, 600 * US_PER_S, true},
        {false, INSTANT_NONE, 4528, 0, 600 * US_PER_S, false},
        {false, 1, 5129, 0, 600 * US_PER_S, false},
        {true, INSTANT_NONE, 0, 5759 * US_PER_S, US_PER_S, true},
        {true, INSTANT_NONE, 0, 5759 * US_PER_S, US_PER_S - 1, false},
        {true, 1, 0, 7200 * US_PER_S, US_PER_S, false},
    };

    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(fold_may_learn(rows[i].live ? l1 : c1, rows[i].learned_at,
                                        rows[i].covered_s, rows[i].presence_us, rows[i].more_us),
                         rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r14_r17_5_course_is_learned_at_95_percent),
        FIXTURE_TEST(r17_5_learned_at_is_inside_the_window),
        FIXTURE_TEST(r15_live_course_is_attended_at_80_percent_of_its_broadcast),
        FIXTURE_TEST(r15_live_course_credits_without_learned_event),
        FIXTURE_TEST(r17_3_live_and_recorded_share_the_wall_clock),
        FIXTURE_TEST(r14_r15_course_of_the_other_kind_is_a_bad_report),
        FIXTURE_TEST(r17_6_more_than_16_hours_in_a_day_are_raised_once),
        FIXTURE_TEST(r17_6_day_is_the_civil_day_of_the_programmes_zone),
        FIXTURE_TEST(r17_6_twentieth_cut_report_is_raised_once),
        FIXTURE_TEST(r17_6_cut_at_the_edge_is_no_cut_report),
        FIXTURE_TEST(r17_5_thin_loading_is_never_too_thin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
