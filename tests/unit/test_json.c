/* fold.md section 2, `malformed`: strict JSON, against nst/JSONTestSuite and at the limits.
 *
 * Its n_ files must be refused and its y_ files taken, alone where they are objects and always as
 * the member of one; what becomes of its i_ files is written in tests/data/json-test-suite-i.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/json.h"
#include "../../handlers/text.h"
#include "files.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define SUITE         "tests/data/json-test-suite/test_parsing"
#define OUTCOMES_OF_I "tests/data/json-test-suite-i.txt"

static bool is_taken(struct bytes value)
{
    struct err err = {.reason = REASON_NONE};
    json_t *json;
    enum status status = json_read_object(&value, &json, &err);

    assert_int_equal(json != NULL, status == STATUS_OK);
    if (status != STATUS_OK)
        assert_int_equal(err.reason, REASON_MALFORMED);
    json_decref(json);
    return status == STATUS_OK;
}

static struct bytes suite_file(struct arena *arena, const char *name)
{
    struct text path;

    text_init(&path, arena);
    text_add(&path, SUITE "/");
    text_add(&path, name);
    return read_file(arena, path.at);
}

/* {"x":FILE} */
static struct bytes as_member(struct arena *arena, struct bytes file)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, "{\"x\":");
    text_add_bytes(&text, file.at, file.len);
    text_add(&text, "}");
    return (struct bytes){text.at, text.len};
}

static void every_n_file_is_malformed(void **state)
{
    struct arena arena = {0};
    size_t count;
    const char **names = list_files(&arena, SUITE, "n_", &count);

    (void)state;
    assert_int_equal(count, 188);
    for (size_t i = 0; i < count; i++) {
        struct bytes file = suite_file(&arena, names[i]);

        if (is_taken(file))
            fail_msg("%s was taken", names[i]);
        if (is_taken(as_member(&arena, file)))
            fail_msg("%s was taken as a member", names[i]);
    }
    arena_finish(&arena);
}

/* What the suite allows and the contract does not. */
static bool contract_refuses(const char *name)
{
    static const char *const refused[] = {
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
        "y_object_escaped_null_in_key.json",
        "y_string_null_escape.json",
    };

    for (size_t i = 0; i < LENGTH(refused); i++)
        if (strcmp(refused[i], name) == 0)
            return true;
    return false;
}

static bool begins_an_object(struct bytes file)
{
    const char *at = file.at;
    size_t skipped = 0;

    while (skipped < file.len && memchr(" \t\r\n", at[skipped], 4))
        skipped++;
    return skipped < file.len && at[skipped] == '{';
}

static void every_y_file_is_taken(void **state)
{
    struct arena arena = {0};
    size_t count, refused = 0;
    const char **names = list_files(&arena, SUITE, "y_", &count);

    (void)state;
    assert_int_equal(count, 95);
    for (size_t i = 0; i < count; i++) {
        struct bytes file = suite_file(&arena, names[i]);
        bool expected = !contract_refuses(names[i]);

        refused += !expected;
        if (is_taken(as_member(&arena, file)) != expected)
            fail_msg("%s as a member", names[i]);
        if (is_taken(file) != (expected && begins_an_object(file)))
            fail_msg("%s alone", names[i]);
    }
    assert_int_equal(refused, 4);
    arena_finish(&arena);
}

/* "taken NAME" or "malformed NAME" a line, as the member of an object. */
static void every_i_file_is_as_written_down(void **state)
{
    struct arena arena = {0};
    struct text lines;
    size_t count;
    const char **names = list_files(&arena, SUITE, "i_", &count);
    struct bytes expected = read_file(&arena, OUTCOMES_OF_I);

    (void)state;
    assert_int_equal(count, 35);
    text_init(&lines, &arena);
    for (size_t i = 0; i < count; i++) {
        bool taken = is_taken(as_member(&arena, suite_file(&arena, names[i])));

        text_add(&lines, taken ? "taken " : "malformed ");
        text_add(&lines, names[i]);
        text_add(&lines, "\n");
    }
    assert_string_equal(text_string(&lines), arena_strndup(&arena, expected.at, expected.len));
    arena_finish(&arena);
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static void limits_are_kept(void **state)
{
    static const struct {
        const char *name;
        struct bytes value;
        bool taken;
    } rows[] = {
        {"null", {NULL, 0}, false},
        {"empty", TEXT(""), false},
        {"an object", TEXT("{}"), true},
        {"space around", TEXT(" \t\r\n{} \n"), true},
        {"an array", TEXT("[]"), false},
        {"a string", TEXT("\"a\""), false},
        {"JSON's null", TEXT("null"), false},
        {"two objects", TEXT("{}{}"), false},
        {"a NUL behind", TEXT("{}\0"), false},
        {"a NUL behind a number", TEXT("{\"a\":1\0}"), false},
        {"a NUL in white space", TEXT("{ \0 }"), false},
        {"a NUL in a string", TEXT("{\"a\":\"\0\"}"), false},
        {"a byte order mark", TEXT("\xEF\xBB\xBF{}"), false},
        {"depth 8", TEXT("{\"a\":[[[[[[[1]]]]]]]}"), true},
        {"depth 9", TEXT("{\"a\":[[[[[[[[1]]]]]]]]}"), false},
        {"depth 9, empty", TEXT("{\"a\":[[[[[[[[]]]]]]]]}"), false},
        {"depth 9 in the second", TEXT("{\"a\":1,\"b\":{\"a\":{\"a\":{\"a\":[[[[{}]]]]}}}}"),
         false},
        {"depth 8 of objects", TEXT("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}"),
         true},
        {"depth 9 of objects",
         TEXT("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}"), false},
        {"a key twice", TEXT("{\"a\":1,\"a\":1}"), false},
        {"a key twice by escape", TEXT("{\"a\":1,\"\\u0061\":2}"), false},
        {"a key twice inside", TEXT("{\"a\":[{\"b\":1,\"b\":2}]}"), false},
        {"\\u0000 in a value", TEXT("{\"a\":\"\\u0000\"}"), false},
        {"\\u0000 in a key", TEXT("{\"\\u0000\":1}"), false},
        {"a lone high surrogate", TEXT("{\"a\":\"\\uD800\"}"), false},
        {"a lone low surrogate", TEXT("{\"a\":\"\\uDC00\"}"), false},
        {"a pair", TEXT("{\"a\":\"\\uD83D\\uDE00\"}"), true},
        {"a surrogate in UTF-8", TEXT("{\"a\":\"\xED\xA0\x80\"}"), false},
        {"overlong UTF-8", TEXT("{\"a\":\"\xC0\xAF\"}"), false},
        {"beyond Unicode", TEXT("{\"a\":\"\xF4\x90\x80\x80\"}"), false},
        {"control character", TEXT("{\"a\":\"\x01\"}"), false},
        {"2^63 - 1", TEXT("{\"a\":9223372036854775807}"), true},
        {"2^63", TEXT("{\"a\":9223372036854775808}"), false},
        {"-2^63", TEXT("{\"a\":-9223372036854775808}"), true},
        {"-2^63 - 1", TEXT("{\"a\":-9223372036854775809}"), false},
        {"1e400", TEXT("{\"a\":1e400}"), false},
        {"-1e400", TEXT("{\"a\":-1e400}"), false},
        {"1e308", TEXT("{\"a\":1e308}"), true},
        {"NaN", TEXT("{\"a\":NaN}"), false},
        {"a comment", TEXT("{/**/}"), false},
        {"a comma behind", TEXT("{\"a\":1,}"), false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (is_taken(rows[i].value) != rows[i].taken)
            fail_msg("%s: not %d", rows[i].name, rows[i].taken);
}

static void sixty_four_kibibytes_to_the_byte(void **state)
{
    static char value[64 * 1024 + 1];

    (void)state;
    memset(value, ' ', sizeof value);
    memcpy(value, "{\"a\":1}", 7);
    assert_true(is_taken((struct bytes){value, sizeof value - 1}));
    assert_false(is_taken((struct bytes){value, sizeof value}));
}

static void raw_member_is_its_text(void **state)
{
    static const struct {
        struct bytes object;
        const char *name, *expected; /* expected NULL: not there */
    } rows[] = {
        {TEXT("{\"hours\":7.50}"), "hours", "7.50"},
        {TEXT(" { \"a\" : 1 , \"hours\" : 1e1 } "), "hours", "1e1"},
        {TEXT("{\"a\":\"hours\",\"hours\":3}"), "hours", "3"},
        {TEXT("{\"a\":{\"hours\":1},\"hours\":2}"), "hours", "2"},
        {TEXT("{\"a\":[1,\"}\",{\"b\":\"]\"}],\"hours\":2}"), "hours", "2"},
        {TEXT("{\"a\\\"\":\"\\\\\",\"hours\":2}"), "hours", "2"},
        {TEXT("{\"\\u0068ours\":4}"), "hours", "4"},
        {TEXT("{\"hours\\u0041\":4}"), "hours", NULL},
        {TEXT("{\"data\":{\"a\":[1, 2]} ,\"b\":1}"), "data", "{\"a\":[1, 2]}"},
        {TEXT("{\"data\":\"a\\\"}\"}"), "data", "\"a\\\"}\""},
        {TEXT("{\"hour\":1,\"hoursx\":2}"), "hours", NULL},
        {TEXT("{}"), "hours", NULL},
        {TEXT("{\"hours\":null}"), "hours", "null"},
        {TEXT("{\"hours\"\n:\n-1\n}"), "hours", "-1"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_true(is_taken(rows[i].object));
        struct bytes raw = json_raw_member(rows[i].object, rows[i].name);

        if (!rows[i].expected) {
            assert_null(raw.at);
            continue;
        }
        assert_non_null(raw.at);
        assert_int_equal(raw.len, strlen(rows[i].expected));
        assert_memory_equal(raw.at, rows[i].expected, raw.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_n_file_is_malformed),
        cmocka_unit_test(every_y_file_is_taken),
        cmocka_unit_test(every_i_file_is_as_written_down),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(sixty_four_kibibytes_to_the_byte),
        cmocka_unit_test(raw_member_is_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
