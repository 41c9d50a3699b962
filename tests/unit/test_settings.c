/* The tables of settings: what they say of themselves, and that the documentation says it, too.
 * With UPDATE=1 in the environment the documentation is rewritten instead (`make docs`). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/catalogue_source.h"
#include "../../daemon/config.h"
#include "temp_folder.h"

#define DOCUMENTATION "docs/configuration.md"

/* What settings_describe writes; to be freed. */
static char *described(const struct settings_table *table)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (!out)
        abort();
    settings_describe(out, table);
    fclose(out);
    return text;
}

/* `page` with `table` between the two marks; to be freed. */
static char *with_table(const char *page, const char *mark, const char *table)
{
    static const char end_mark[] = "<!-- end -->";
    const char *begin = strstr(page, mark), *end = begin ? strstr(begin, end_mark) : NULL;
    char *out;

    if (!end)
        fail_msg("%s lacks the mark %s", DOCUMENTATION, mark);
    begin += strlen(mark);
    if (asprintf(&out, "%.*s\n%s%s", (int)(begin - page), page, table, end) < 0)
        abort();
    return out;
}

static void the_documentation_has_every_setting(void **state)
{
    char *page = read_whole(DOCUMENTATION);
    char *config = described(&config_table), *catalogue = described(&catalogue_table);
    char *half = with_table(page, "<!-- settings of xueshid.conf: made by `make docs` -->", config);
    char *whole = with_table(half, "<!-- settings of a catalogue: made by `make docs` -->",
                             catalogue);

    (void)state;
    if (getenv("UPDATE")) {
        FILE *out = fopen(DOCUMENTATION, "we");

        assert_non_null(out);
        fputs(whole, out);
        assert_int_equal(fclose(out), 0);
    } else if (strcmp(page, whole) != 0) {
        fail_msg("%s is not what the tables say: `make docs` rewrites it", DOCUMENTATION);
    }
    free(whole);
    free(half);
    free(catalogue);
    free(config);
    free(page);
}

static void check_table(const struct settings_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting *row = &table->rows[i];

        if (!row->meaning || !*row->meaning || row->offset >= table->size)
            fail_msg("%s: no meaning, or no place", row->path);
        if ((row->type == SETTING_INT || row->type == SETTING_GROUPS) && row->min >= row->max)
            fail_msg("%s: an empty range", row->path);
        for (size_t j = 0; j < i; j++)
            if (strcmp(row->path, table->rows[j].path) == 0 || row->offset == table->rows[j].offset)
                fail_msg("%s and %s", row->path, table->rows[j].path);
        if (row->items)
            check_table(row->items);
    }
}

static void rows_have_a_meaning_and_a_place_of_their_own(void **state)
{
    (void)state;
    check_table(&config_table);
    check_table(&catalogue_table);
}

static void the_nearest_word_takes_the_fewest_edits(void **state)
{
    static const char *const known[] = {"batch.records", "batch.wait_ms", "kafka.group_id",
                                        "log.level",     "workers",       "batch"};
    static const char *const rows[][2] = {
        {"workes", "workers"},
        {"wrokers", "workers"},
        {"batch.record", "batch.records"},
        {"records", "batch.records"},
        {"batch_wait_ms", "batch.wait_ms"},
        {"groupid", "kafka.group_id"},
        {"level", "log.level"},
        {"kafka.level", "log.level"},
        {"bach", "batch"},
        {"", "batch"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(nearest_word(rows[i][0], known, sizeof known / sizeof *known),
                            rows[i][1]);
    assert_null(nearest_word("x", known, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documentation_has_every_setting),
        cmocka_unit_test(rows_have_a_meaning_and_a_place_of_their_own),
        cmocka_unit_test(the_nearest_word_takes_the_fewest_edits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
