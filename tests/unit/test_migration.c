/* sqitch's plan and scripts. The ids below are those that sqitch 1.3.1 prints for the same plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "../../daemon/migration.h"

static const char plan_text[] =
    "%syntax-version=1.0.0\n"
    "%project=sample\n"
    "%uri=https://sample.example/\n"
    "\n"
    "# a comment\n"
    "roles 2026-11-24T00:00:00Z Ana B <ana@example.org> # Roles, and 中文.\n"
    "log [roles] 2026-11-24T00:01:00Z Ana B <ana@example.org> # Log.\n"
    "last [roles log] 2026-11-24T00:02:00Z Ana B <ana@example.org>\n";

static int set_up(void **state)
{
    static struct arena arena;

    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_finish(*state);
    return 0;
}

static void ids_are_those_of_sqitch(void **state)
{
    struct migration_plan plan;
    struct err err;

    assert_int_equal(migration_read_plan(&plan, *state, plan_text, &err), STATUS_OK);
    assert_string_equal(plan.project, "sample");
    assert_int_equal(plan.change_count, 3);
    assert_string_equal(plan.changes[0].id, "0926b16533bc6584fc06bdbef5fafccc24d6e6cf");
    assert_string_equal(plan.changes[1].id, "2af38322306be98fb09a109ab69905a0a11c38f0");
    assert_string_equal(plan.changes[2].id, "cd8ae230ee42f15756c6d9d1948e28e3d9d7a421");
    assert_int_equal(plan.changes[2].requires.count, 2);
    assert_string_equal(plan.changes[2].note, "");
    assert_string_equal(plan.changes[0].planner_name, "Ana B");
    assert_string_equal(plan.changes[0].planned_at, "2026-11-24T00:00:00Z");
}

static void other_syntax_is_refused_with_its_line(void **state)
{
    static const char *const lines[] = {
        "@v1 2026-11-24T00:00:00Z A <a@b.c>",
        "a [!b] 2026-11-24T00:00:00Z A <a@b.c>",
        "a [later] 2026-11-24T00:00:00Z A <a@b.c>",
        "a 2026-11-24 A <a@b.c>",
        "a 2026-11-24T00:00:00Z A",
        "a [b 2026-11-24T00:00:00Z A <a@b.c>",
        "-a 2026-11-24T00:00:00Z A <a@b.c>",
        "a@v1 2026-11-24T00:00:00Z A <a@b.c>",
        "a 2026-11-24T00:00:00Z A <a@b.c> trailing",
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[200] = "%project=p\n\n";
        struct migration_plan plan;
        struct err err;

        strncat(text, lines[i], sizeof text - strlen(text) - 1);
        assert_int_equal(migration_read_plan(&plan, *state, text, &err), STATUS_FATAL);
        assert_non_null(strstr(err.message, "line 3 "));
    }
}

static void a_change_twice_or_none_is_refused(void **state)
{
    struct migration_plan plan;
    struct err err;

    assert_int_equal(migration_read_plan(&plan, *state,
                                         "%project=p\na 2026-11-24T00:00:00Z A <a@b.c>\n"
                                         "a 2026-11-24T00:00:00Z A <a@b.c>\n",
                                         &err),
                     STATUS_FATAL);
    assert_int_equal(migration_read_plan(&plan, *state, "%project=p\n", &err), STATUS_FATAL);
    assert_int_equal(migration_read_plan(&plan, *state, "a 2026-11-24T00:00:00Z A <a@b.c>\n", &err),
                     STATUS_FATAL);
}

static const char *substituted(void **state, const char *script, const char *value)
{
    const struct migration_variable variable = {"schema", value};
    const char *out = NULL;
    struct err err;

    if (migration_substitute(script, &variable, *state, &out, &err) != STATUS_OK)
        return NULL;
    return out;
}

static void variables_are_quoted(void **state)
{
    assert_string_equal(substituted(state, "SET search_path TO :\"schema\";", "xueshi"),
                        "SET search_path TO \"xueshi\";");
    assert_string_equal(substituted(state, "SELECT :'schema'::regnamespace", "it's"),
                        "SELECT 'it''s'::regnamespace");
    assert_string_equal(substituted(state, ":\"schema\"", "a\"b; DROP"), "\"a\"\"b; DROP\"");
}

/* As psql: what is quoted or a comment is not looked into. */
static void quotes_and_comments_stay(void **state)
{
    static const char *const scripts[] = {
        "SELECT ':\"schema\"'",
        "SELECT 'it''s :''schema'''",
        "SELECT E'\\':\"schema\"'",
        "SELECT \":'schema'\"",
        "-- :\"schema\"\nSELECT 1",
        "/* /* */ :'schema' */ SELECT 1",
        "DO $$ BEGIN PERFORM ':'; x := :y; END $$",
        "DO $body$ $$ :'schema' $body$",
        "SELECT 'a'::text, x[1: 2]",
        "SELECT a$1",
    };

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        assert_string_equal(substituted(state, scripts[i], "v"), scripts[i]);
}

static void unknown_variables_and_open_quotes_are_refused(void **state)
{
    static const char *const scripts[] = {
        ":\"other\"", ":'schem'", ":schema", ":\"schema", "'open", "$$ open", "/* open", "\"open",
    };

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        assert_null(substituted(state, scripts[i], "v"));
}

static void the_transaction_around_is_taken_off(void **state)
{
    const char *out = NULL;
    struct err err;

    assert_int_equal(
        migration_strip_transaction("-- c\n\nBEGIN;\nDO $$ BEGIN\n COMMIT;\nEND $$;\nCOMMIT;\n\n",
                                    *state, &out, &err),
        STATUS_OK);
    assert_string_equal(out, "-- c\n\n      \nDO $$ BEGIN\n COMMIT;\nEND $$;\n       \n\n");
}

static void without_a_transaction_it_is_refused(void **state)
{
    static const char *const scripts[] = {"", "SELECT 1;\nCOMMIT;\n", "BEGIN;\nSELECT 1;\n",
                                          "BEGIN;\nCOMMIT;\nSELECT 1;\n"};
    const char *out = NULL;
    struct err err;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        assert_int_equal(migration_strip_transaction(scripts[i], *state, &out, &err), STATUS_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_sqitch),
        cmocka_unit_test(other_syntax_is_refused_with_its_line),
        cmocka_unit_test(a_change_twice_or_none_is_refused),
        cmocka_unit_test(variables_are_quoted),
        cmocka_unit_test(quotes_and_comments_stay),
        cmocka_unit_test(unknown_variables_and_open_quotes_are_refused),
        cmocka_unit_test(the_transaction_around_is_taken_off),
        cmocka_unit_test(without_a_transaction_it_is_refused),
    };

    return cmocka_run_group_tests_name("migration", tests, set_up, tear_down);
}
