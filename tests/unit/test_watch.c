/* R11, R16, R17.1 to R17.4: what a report is worth, and what every known way to cheat is not. */
#include "fixture.h"

/* One report of c1 (5,400 s) by an enrollment that is active since 06-16 09:30:00. */
struct one_report {
    const char *name;
    int64_t from_s, to_s;
    const char *from, *to;
    const char *outcome;
    int64_t covered_s;
};

static int64_t covered(struct fixture *fx, const char *course_id)
{
    const struct progress *progress = enrollment_find_course(the_enrollment(fx), course_id);

    return progress ? progress->covered_s : 0;
}

/* Each row in a world of its own, so that rows cannot lean on each other. */
static void check_reports(void activate_it(struct fixture *), const struct one_report *rows,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state;
        struct event ev = played("c1", rows[i].from_s, rows[i].to_s, rows[i].from, rows[i].to);

        fixture_setup(&state);
        activate_it(state);
        const char *outcome = fold(state, ev);
        if (strcmp(outcome, rows[i].outcome) != 0 || covered(state, "c1") != rows[i].covered_s)
            fail_msg("%s: %s, %d s covered", rows[i].name, outcome, (int)covered(state, "c1"));
        fixture_teardown(&state);
    }
}

static void r17_2_report_is_worth_its_time_at_max_rate(void **state)
{
    static const struct one_report rows[] = {
        {"honest", 0, 600, "06-20 10:00:00", "06-20 10:10:00", "applied", 600},
        {"slow", 0, 300, "06-20 10:00:00", "06-20 10:10:00", "applied", 300},
        {"double speed", 0, 1200, "06-20 10:00:00", "06-20 10:10:00", "applied", 1200},
        {"rounded", 0, 1202, "06-20 10:00:00", "06-20 10:10:00", "applied", 1202},
        {"one more is cut", 0, 1203, "06-20 10:00:00", "06-20 10:10:00", "applied", 1202},
        {"16x", 0, 5392, "06-20 10:00:00", "06-20 10:05:37", "applied", 676},
        {"whole film in ten minutes", 0, 5400, "06-20 10:00:00", "06-20 10:10:00", "applied", 1202},
        {"whole film in a second", 0, 5400, "06-20 10:00:00", "06-20 10:00:01", "applied", 2},
        {"seek to the end", 5390, 5400, "06-20 10:00:00", "06-20 10:00:10", "applied", 10},
        {"the last second", 5399, 5400, "06-20 10:00:00", "06-20 10:10:00", "applied", 1},
        {"cut from the end", 5000, 5400, "06-20 10:00:00", "06-20 10:01:00", "applied", 122},
        {"no whole second", 0, 10, "06-20 10:00:00", "06-20 10:00:00.499999", "applied", 0},
        {"one second's worth", 0, 10, "06-20 10:00:00", "06-20 10:00:00.500000", "applied", 1},
        {"rounding from 10 s on", 0, 40, "06-20 10:00:00", "06-20 10:00:10", "applied", 22},
        {"no rounding below", 0, 40, "06-20 10:00:00", "06-20 10:00:09.999999", "applied", 19},
    };

    (void)state;
    check_reports(activate, rows, LENGTH(rows));
}

static void r17_4_impossible_report_is_refused(void **state)
{
    static const struct one_report rows[] = {
        {"position is duration", 5400, 5400, "06-20 10:00:00", "06-20 10:10:00", "bad_report", 0},
        {"media backwards", 600, 0, "06-20 10:00:00", "06-20 10:10:00", "bad_report", 0},
        {"past the length", 5399, 5401, "06-20 10:00:00", "06-20 10:10:00", "bad_report", 0},
        {"wall empty", 0, 600, "06-20 10:00:00", "06-20 10:00:00", "bad_report", 0},
        {"wall backwards", 0, 600, "06-20 10:10:00", "06-20 10:00:00", "bad_report", 0},
        {"ten minutes", 0, 600, "06-20 10:00:00", "06-20 10:10:00", "applied", 600},
        {"a microsecond more", 0, 600, "06-20 10:00:00", "06-20 10:10:00.000001", "bad_report", 0},
        {"whole film at once", 0, 5400, "06-20 10:00:00", "06-20 11:30:00", "bad_report", 0},
        {"25 hours", 0, 5400, "06-20 10:00:00", "06-21 11:00:00", "bad_report", 0},
        {"outside, yet impossible", 600, 0, "01-20 10:00:00", "01-20 10:10:00", "bad_report", 0},
    };

    (void)state;
    check_reports(activate, rows, LENGTH(rows));
}

static void r11_r16_report_is_cut_at_activation_and_at_the_end(void **state)
{
    static const struct one_report rows[] = {
        {"before activation", 0, 600, "06-16 09:20:00", "06-16 09:30:00", "applied", 0},
        {"before training", 0, 600, "06-14 10:00:00", "06-14 10:10:00", "applied", 0},
        {"across activation", 0, 600, "06-16 09:25:00", "06-16 09:35:00", "applied", 300},
        {"a' is rounded up", 0, 10, "06-16 09:29:59.5", "06-16 09:30:09.5", "applied", 9},
        {"from activation on", 0, 600, "06-16 09:30:00", "06-16 09:40:00", "applied", 600},
        {"until the end", 0, 600, "08-15 19:20:00", "08-15 19:30:00", "applied", 600},
        {"across the end", 0, 600, "08-15 19:25:00", "08-15 19:35:00", "applied", 300},
        {"b' is rounded down", 0, 10, "08-15 19:29:50.5", "08-15 19:30:00.5", "applied", 9},
        {"a microsecond inside", 0, 9, "08-15 19:29:59.999999", "08-15 19:30:08", "applied", 0},
        {"from the end on", 0, 600, "08-15 19:30:00", "08-15 19:40:00", "applied", 0},
        {"a month after", 0, 600, "09-14 19:20:00", "09-14 19:30:00", "applied", 0},
    };

    (void)state;
    check_reports(activate, rows, LENGTH(rows));
}

/* Active since 06-12: the window begins with the training, at 10:00:00. */
static void activate_early(struct fixture *fx)
{
    enroll(fx);
    assert_folds(fx, approval("06-12 09:00:00"), "applied");
    assert_folds(fx, settlement("06-12 09:30:00", code_of(fx, "t1", "e1"), "x1", 20000), "applied");
}

static void r16_report_is_cut_at_the_beginning_of_training(void **state)
{
    static const struct one_report rows[] = {
        {"before", 0, 600, "06-15 09:50:00", "06-15 10:00:00", "applied", 0},
        {"across", 0, 600, "06-15 09:55:00", "06-15 10:05:00", "applied", 300},
        {"a microsecond before", 0, 10, "06-15 09:59:59.999999", "06-15 10:00:09.999999", "applied",
         9},
        {"from the first instant on", 0, 10, "06-15 10:00:00", "06-15 10:00:10", "applied", 10},
        {"no whole second", 0, 600, "06-15 09:50:00.5", "06-15 10:00:00.5", "applied", 0},
    };

    (void)state;
    check_reports(activate_early, rows, LENGTH(rows));
}

/* The rounding looks at the report as it came, not at what the edges left of it. */
static void r17_2_rounding_needs_ten_seconds_of_report_half_of_it_free(void **state)
{
    static const struct one_report rows[] = {
        {"12 s, 8 left", 0, 30, "08-15 19:29:52", "08-15 19:30:04", "applied", 18},
        {"12 s, 6 left", 0, 60, "08-15 19:29:54", "08-15 19:30:06", "applied", 14},
        {"12 s, less than half left", 0, 60, "08-15 19:29:54.000001", "08-15 19:30:06.000001",
         "applied", 11},
        {"600 s, 100 left", 0, 5400, "08-15 19:28:20", "08-15 19:38:20", "applied", 200},
        {"600 s, 300 left", 0, 5400, "08-15 19:25:00", "08-15 19:35:00", "applied", 602},
    };

    (void)state;
    check_reports(activate, rows, LENGTH(rows));
}

/* Two reports of c1 after each other. */
struct two_reports {
    const char *name;
    struct one_report first, second;
};

static void check_pairs(const struct two_reports *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct one_report *reports[] = {&rows[i].first, &rows[i].second};
        void *state;

        fixture_setup(&state);
        activate(state);
        for (size_t j = 0; j < 2; j++) {
            const struct one_report *row = reports[j];
            const char *outcome = fold(state,
                                       played("c1", row->from_s, row->to_s, row->from, row->to));

            if (strcmp(outcome, row->outcome) != 0 || covered(state, "c1") != row->covered_s)
                fail_msg("%s, report %d: %s, %d s covered", rows[i].name, (int)j + 1, outcome,
                         (int)covered(state, "c1"));
        }
        fixture_teardown(&state);
    }
}

#define TEN_MINUTES "06-20 10:00:00", "06-20 10:10:00", "applied"

static void r17_1_watched_part_is_the_union_of_media_ranges(void **state)
{
    static const struct two_reports rows[] = {
        {"a repeat at another time",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 0, 600, "06-20 10:10:00", "06-20 10:20:00", "applied", 600}},
        {"half a repeat",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 300, 900, "06-20 10:10:00", "06-20 10:20:00", "applied", 900}},
        {"next to it",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1200, "06-20 10:10:00", "06-20 10:20:00", "applied", 1200}},
        {"a gap of one second",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 601, 1201, "06-20 10:10:00", "06-20 10:20:00", "applied", 1200}},
        {"an overlap of one second",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 599, 1199, "06-20 10:10:00", "06-20 10:20:00", "applied", 1199}},
        {"the second half first",
         {"", 600, 1200, TEN_MINUTES, 600},
         {"", 0, 600, "06-20 10:10:00", "06-20 10:20:00", "applied", 1200}},
    };

    (void)state;
    check_pairs(rows, LENGTH(rows));
}

static void r17_3_wall_clock_counts_once(void **state)
{
    static const struct two_reports rows[] = {
        {"replay", {"", 0, 600, TEN_MINUTES, 600}, {"", 0, 600, TEN_MINUTES, 600}},
        {"two devices",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1200, "06-20 10:00:00", "06-20 10:10:00", "duplicate", 600}},
        {"inside",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1200, "06-20 10:03:00", "06-20 10:04:00", "duplicate", 600}},
        {"half taken",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1800, "06-20 10:05:00", "06-20 10:15:00", "applied", 1202}},
        {"more than half taken",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1800, "06-20 10:04:59", "06-20 10:14:59", "applied", 1198}},
        {"jitter of one second",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1200, "06-20 10:09:59", "06-20 10:19:59", "applied", 1200}},
        {"a gap of one second",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 1800, "06-20 10:10:01", "06-20 10:20:01", "applied", 1800}},
        {"around it",
         {"", 0, 60, "06-20 10:04:00", "06-20 10:05:00", "applied", 60},
         {"", 60, 1260, "06-20 10:00:00", "06-20 10:10:00", "applied", 1142}},
        {"a microsecond free",
         {"", 0, 600, TEN_MINUTES, 600},
         {"", 600, 601, "06-20 10:05:00", "06-20 10:10:00.000001", "applied", 600}},
        {"worth nothing, yet taken",
         {"", 0, 1, "06-20 10:00:00", "06-20 10:00:00.4", "applied", 0},
         {"", 0, 1, "06-20 10:00:00", "06-20 10:00:00.4", "duplicate", 0}},
        {"worth little, yet taken",
         {"", 0, 1, TEN_MINUTES, 1},
         {"", 600, 1800, "06-20 10:00:00", "06-20 10:10:00", "duplicate", 1}},
    };
    struct two_reports replay = rows[0];

    (void)state;
    replay.second.outcome = "duplicate";
    check_pairs(&replay, 1);
    check_pairs(rows + 1, LENGTH(rows) - 1);
}

static void r17_3_wall_clock_is_shared_by_courses_and_not_by_trainees(void **state)
{
    struct fixture *fx = *state;
    struct event ev = played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00");

    activate(fx);
    assert_folds(fx, ev, "applied");
    assert_folds(fx, played("c2", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "duplicate");
    assert_int_equal(covered(fx, "c2"), 0);
    assert_folds(fx, played("c2", 0, 1200, "06-20 10:05:00", "06-20 10:15:00"), "applied");
    assert_int_equal(covered(fx, "c2"), 602);

    struct event other = whose(submission("06-11 09:00:00"), "t2", "e1");
    other.id_number = "650102199001015678";
    assert_folds(fx, other, "applied");
    assert_folds(fx, whose(approval("06-16 09:00:00"), "t2", "e1"), "applied");
    assert_folds(fx, settlement("06-16 09:00:00", code_of(fx, "t2", "e1"), "x9", 20000), "applied");
    assert_folds(fx, whose(ev, "t2", "e1"), "applied");
    assert_int_equal(enrollment_of(fx, "t2", "e1")->courses[0]->covered_s, 600);
}

/* The most that anybody gets: reports of ten seconds, each worth 22, one after the other. */
static void r17_2_cannot_be_beaten_by_slicing(void **state)
{
    struct fixture *fx = *state;
    int64_t start = civil("06-20 10:00:00");

    activate(fx);
    for (int64_t i = 0; i < 60; i++) {
        struct event ev = played("c1", 0, 5400, "06-20 10:00:00", "06-20 10:00:10");

        ev.from_s = covered(fx, "c1");
        ev.started_at = start + i * 10 * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 10 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
    assert_int_equal(covered(fx, "c1"), 60 * 22);
}

static void r17_2_max_rate_is_the_programmes(void **state)
{
    struct fixture *fx = *state;

    fx->programmes[0].max_rate = 1500;
    activate(fx);
    assert_folds(fx, played("c1", 0, 1200, "06-20 10:00:00", "06-20 10:10:00"), "applied");
    assert_int_equal(covered(fx, "c1"), 902);
}

static void r18_late_reports_are_refused(void **state)
{
    struct fixture *fx = *state;
    struct event ev = played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00");
    struct event live = attended("l1", "07-01 10:00:00", "07-01 12:00:00");

    activate(fx);
    assert_folds(fx, stamped(ev, "09-14 19:30:00.000001"), "never_released");
    assert_folds(fx, stamped(live, "09-14 19:30:00.000001"), "never_released");
    assert_int_equal(the_enrollment(fx)->course_count, 0);
    assert_folds(fx, stamped(ev, "09-14 19:30:00"), "applied");
    assert_folds(fx, stamped(live, "09-14 19:30:00"), "applied");
}

static void r17_ended_enrollment_watches_in_vain(void **state)
{
    struct fixture *fx = *state;

    activate(fx);
    assert_folds(fx, withdrawal("06-18 09:00:00"), "applied");
    said(fx);
    assert_folds(fx, played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "applied");
    assert_folds(fx, played("c1", 0, 600, "06-20 10:00:00", "06-20 10:10:00"), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
    assert_int_equal(the_enrollment(fx)->course_count, 0);
    assert_says(fx, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(r17_2_report_is_worth_its_time_at_max_rate),
        FIXTURE_TEST(r17_4_impossible_report_is_refused),
        FIXTURE_TEST(r11_r16_report_is_cut_at_activation_and_at_the_end),
        FIXTURE_TEST(r16_report_is_cut_at_the_beginning_of_training),
        FIXTURE_TEST(r17_2_rounding_needs_ten_seconds_of_report_half_of_it_free),
        FIXTURE_TEST(r17_1_watched_part_is_the_union_of_media_ranges),
        FIXTURE_TEST(r17_3_wall_clock_counts_once),
        FIXTURE_TEST(r17_3_wall_clock_is_shared_by_courses_and_not_by_trainees),
        FIXTURE_TEST(r17_2_cannot_be_beaten_by_slicing),
        FIXTURE_TEST(r17_2_max_rate_is_the_programmes),
        FIXTURE_TEST(r18_late_reports_are_refused),
        FIXTURE_TEST(r17_ended_enrollment_watches_in_vain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
