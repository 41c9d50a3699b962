/* Metrics as text in both formats, and which one an Accept header asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/exposition.h"

struct page {
    struct arena arena;
    struct metrics *metrics;
    struct exposition out;
};

static int begin(void **state)
{
    static struct page page;

    memset(&page, 0, sizeof page);
    page.metrics = metrics_new();
    exposition_begin(&page.out, &page.arena, EXPOSITION_OPENMETRICS);
    *state = &page;
    return 0;
}

static int end(void **state)
{
    struct page *page = *state;

    metrics_free(page->metrics);
    arena_finish(&page->arena);
    return 0;
}

static void as_text(struct page *page)
{
    exposition_begin(&page->out, &page->arena, EXPOSITION_TEXT);
}

static void a_counter_in_openmetrics(void **state)
{
    struct page *page = *state;

    metrics_add(page->metrics, METRIC_REBALANCES, 0, 0, 2);
    metrics_add(page->metrics, METRIC_REBALANCES, 0, 0, 1);
    exposition_add_kept(&page->out, METRIC_REBALANCES, page->metrics);
    assert_string_equal(exposition_end(&page->out),
                        "# HELP xueshi_rebalances Changes of the partitions that are assigned to a "
                        "worker\n"
                        "# TYPE xueshi_rebalances counter\n"
                        "xueshi_rebalances_total 3\n"
                        "# EOF\n");
}

static void a_counter_in_text(void **state)
{
    struct page *page = *state;

    as_text(page);
    exposition_add_kept(&page->out, METRIC_REBALANCES, page->metrics);
    assert_string_equal(exposition_end(&page->out),
                        "# HELP xueshi_rebalances_total Changes of the partitions that are "
                        "assigned to a worker\n"
                        "# TYPE xueshi_rebalances_total counter\n"
                        "xueshi_rebalances_total 0\n");
}

static void values_of_labels_are_escaped(void **state)
{
    struct page *page = *state;
    const char *const values[] = {"1\"2", "a\\b", "line\nend"};

    as_text(page);
    exposition_add(&page->out, METRIC_BUILD, values, 1);
    const char *text = exposition_end(&page->out);
    assert_non_null(strstr(text, "# TYPE xueshi_build_info gauge\n"));
    assert_non_null(strstr(text, "\nxueshi_build_info{version=\"1\\\"2\",librdkafka=\"a\\\\b\","
                                 "name=\"line\\nend\"} 1\n"));
}

static void an_info_in_openmetrics(void **state)
{
    struct page *page = *state;
    const char *const values[] = {"1", "2", "a"};

    exposition_add(&page->out, METRIC_BUILD, values, 1);
    const char *text = exposition_end(&page->out);
    assert_non_null(strstr(text, "# TYPE xueshi_build info\n"));
    assert_non_null(strstr(text, "\nxueshi_build_info{version=\"1\""));
}

static void numbers_are_exact(void **state)
{
    static const struct {
        int64_t us;
        const char *sample;
    } rows[] = {
        {0, "\nxueshi_outbox_age_seconds 0\n"},
        {1, "\nxueshi_outbox_age_seconds 0.000001\n"},
        {1500000, "\nxueshi_outbox_age_seconds 1.5\n"},
        {-1050000, "\nxueshi_outbox_age_seconds -1.05\n"},
        {INT64_C(9007199254740993), "\nxueshi_outbox_age_seconds 9007199254.740993\n"},
        {INT64_MIN, "\nxueshi_outbox_age_seconds -9223372036854.775808\n"},
    };
    struct page *page = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        exposition_begin(&page->out, &page->arena, EXPOSITION_OPENMETRICS);
        exposition_add(&page->out, METRIC_OUTBOX_AGE, NULL, rows[i].us);
        const char *text = exposition_end(&page->out);
        assert_non_null(strstr(text, "# UNIT xueshi_outbox_age_seconds seconds\n"));
        assert_non_null(strstr(text, rows[i].sample));
    }
}

static void buckets_add_up(void **state)
{
    struct page *page = *state;

    metrics_observe(page->metrics, METRIC_BATCH_STAGE, STAGE_FOLD, 1000);
    metrics_observe(page->metrics, METRIC_BATCH_STAGE, STAGE_FOLD, 1001);
    metrics_observe(page->metrics, METRIC_BATCH_STAGE, STAGE_FOLD, INT64_C(60000000));
    exposition_add_kept(&page->out, METRIC_BATCH_STAGE, page->metrics);
    const char *text = exposition_end(&page->out);
    static const char *const samples[] = {
        "_bucket{stage=\"fold\",le=\"0.001\"} 1\n",
        "_bucket{stage=\"fold\",le=\"0.0025\"} 2\n",
        "_bucket{stage=\"fold\",le=\"1.0\"} 2\n",
        "_bucket{stage=\"fold\",le=\"+Inf\"} 3\n",
        "_sum{stage=\"fold\"} 60.002001\n",
        "_count{stage=\"fold\"} 3\n",
        "_count{stage=\"load\"} 0\n",
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_non_null(strstr(text, samples[i]));
}

static void a_metric_is_described_once(void **state)
{
    struct page *page = *state;

    exposition_add_kept(&page->out, METRIC_EVENTS, page->metrics);
    const char *text = exposition_end(&page->out);
    const char *first = strstr(text, "# TYPE");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# TYPE"));
    assert_non_null(strstr(text, "{type=\"xueshi.watch.played.v1\",outcome=\"applied\"} 0\n"));
    assert_non_null(strstr(text, "{type=\"unreadable\",outcome=\"rejected\"} 0\n"));
}

static void retries_go_to_their_class(void **state)
{
    static const struct {
        const char *sqlstate, *sample;
    } rows[] = {
        {"40P01", "{class=\"40\"} 1\n"},    {"XU001", "{class=\"XU\"} 1\n"},
        {"", "{class=\"connection\"} 1\n"}, {"99999", "{class=\"other\"} 1\n"},
        {"55P03", "{class=\"55\"} 1\n"},
    };
    struct page *page = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        metrics_add_retry(page->metrics, rows[i].sqlstate);
    exposition_add_kept(&page->out, METRIC_RETRIES, page->metrics);
    const char *text = exposition_end(&page->out);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_non_null(strstr(text, rows[i].sample));
}

/* OpenMetrics: a unit ends the name; promtool: none but counters end in _total. */
static void names_keep_the_rules(void **state)
{
    (void)state;
    for (int i = 0; i < METRICS; i++) {
        const struct metric_kind *kind = &metric_table[i];
        size_t len = strlen(kind->name), unit = kind->unit ? strlen(kind->unit) : 0;

        assert_non_null(kind->help);
        assert_true(strncmp(kind->name, "xueshi_", 7) == 0 ||
                    strncmp(kind->name, "process_", 8) == 0);
        assert_true(len > unit && (!unit || strcmp(kind->name + len - unit, kind->unit) == 0));
        assert_null(strstr(kind->name, "_total"));
        assert_null(strpbrk(kind->help, "\\\"\n"));
        assert_int_equal(kind->type == METRIC_HISTOGRAM, kind->bounds[0] != 0);
    }
}

static void nothing_is_counted_nowhere(void **state)
{
    (void)state;
    metrics_add(NULL, METRIC_REBALANCES, 0, 0, 1);
    metrics_observe(NULL, METRIC_EVENT_AGE, 0, 1);
    metrics_add_retry(NULL, "");
}

static void accept_headers(void **state)
{
    static const struct {
        const char *accept;
        enum exposition_format format;
    } rows[] = {
        {NULL, EXPOSITION_TEXT},
        {"", EXPOSITION_TEXT},
        {"*/*", EXPOSITION_TEXT},
        {"text/plain", EXPOSITION_TEXT},
        {"application/openmetrics-text", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text; version=1.0.0; charset=utf-8", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text;version=\"1.0.0\"", EXPOSITION_OPENMETRICS},
        {"APPLICATION/OpenMetrics-Text", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text; version=0.0.1", EXPOSITION_TEXT},
        {"application/openmetrics-text;q=0", EXPOSITION_TEXT},
        {"application/openmetrics-text;q=0.3, text/plain;q=0.4", EXPOSITION_TEXT},
        {"text/plain;q=0.5 , application/openmetrics-text;q=0.75", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text-not", EXPOSITION_TEXT},
        {"application/openmetrics-text;q=", EXPOSITION_TEXT},
        {",;,q=1,;;", EXPOSITION_TEXT},
        /* Prometheus 2.42 */
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         EXPOSITION_OPENMETRICS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(exposition_negotiate(rows[i].accept), rows[i].format);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_counter_in_openmetrics),
        TEST(a_counter_in_text),
        TEST(values_of_labels_are_escaped),
        TEST(an_info_in_openmetrics),
        TEST(numbers_are_exact),
        TEST(buckets_add_up),
        TEST(a_metric_is_described_once),
        TEST(retries_go_to_their_class),
        TEST(names_keep_the_rules),
        TEST(nothing_is_counted_nowhere),
        TEST(accept_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
