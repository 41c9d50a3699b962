/* The log's three formats, its levels and its quoting, read back from standard error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../daemon/log.h"
#include "../../handlers/instant.h"

/* Standard error goes to a file for as long as a test runs. */
struct capture {
    FILE *file;
    int saved;
    char text[1 << 16];
};

static int begin_capture(void **state)
{
    struct capture *capture = calloc(1, sizeof *capture);

    if (!capture)
        return -1;
    capture->file = tmpfile();
    capture->saved = dup(STDERR_FILENO);
    *state = capture;
    return capture->file && dup2(fileno(capture->file), STDERR_FILENO) == STDERR_FILENO ? 0 : -1;
}

static int end_capture(void **state)
{
    struct capture *capture = *state;

    (void)dup2(capture->saved, STDERR_FILENO);
    (void)close(capture->saved);
    (void)fclose(capture->file);
    free(capture);
    return 0;
}

/* What was written so far. */
static const char *captured(void **state)
{
    struct capture *capture = *state;
    ssize_t len = pread(fileno(capture->file), capture->text, sizeof capture->text - 1, 0);

    assert_true(len >= 0);
    capture->text[len] = '\0';
    return capture->text;
}

/* The line behind its instant. */
static const char *behind_instant(const char *line)
{
    const char *space = strchr(line, ' ');
    int64_t instant;

    assert_non_null(space);
    assert_true(instant_parse(line, (size_t)(space - line), &instant));
    return space + 1;
}

static void text_has_level_message_and_pairs(void **state)
{
    char number[LOG_NUMBER];

    log_open("info", "text");
    log_write(LOG_LEVEL_WARN, "partition taken over", "topic", "xueshi.exam", "partition",
              log_number(number, 7), NULL);
    assert_string_equal(behind_instant(captured(state)),
                        "warn partition taken over topic=xueshi.exam partition=7\n");
}

static void values_that_could_mislead_are_quoted(void **state)
{
    log_open("info", "text");
    log_write(LOG_LEVEL_INFO, "m", "a", "two words", "b", "x=\"1\"\\", "c", "line\nend", "d", "",
              "e", NULL, "f", "\xE5\xAD\xA6", "g", "bad \xE5\xAD.", "h", "\x7F", NULL);
    assert_string_equal(behind_instant(captured(state)),
                        "info m a=\"two words\" b=\"x=\\\"1\\\"\\\\\" c=\"line\\u000aend\" d=\"\" "
                        "f=\"\xE5\xAD\xA6\" g=\"bad \xEF\xBF\xBD\xEF\xBF\xBD.\" h=\"\\u007f\"\n");
}

static void json_is_one_object_a_line(void **state)
{
    const char *text;
    json_t *line;
    int64_t instant;

    log_open("debug", "json");
    log_write(LOG_LEVEL_DEBUG, "a \"message\"", "key", "tab\tand \xFF", NULL);
    text = captured(state);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    assert_int_equal(json_object_size(line), 4);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "debug");
    assert_string_equal(json_string_value(json_object_get(line, "message")), "a \"message\"");
    assert_string_equal(json_string_value(json_object_get(line, "key")), "tab\tand \xEF\xBF\xBD");
    text = json_string_value(json_object_get(line, "time"));
    assert_true(instant_parse(text, strlen(text), &instant));
    json_decref(line);
}

static void journal_gets_priorities(void **state)
{
    struct capture *capture = *state;
    struct stat status;
    char stream[64];

    assert_int_equal(fstat(fileno(capture->file), &status), 0);
    (void)snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev,
                   (uintmax_t)status.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
    log_open("info", "auto");
    log_write(LOG_LEVEL_ERROR, "stopped", "status", "78", NULL);
    assert_string_equal(captured(state), "<3>stopped status=78\n");
}

/* A redirected standard error is not the journal's, whatever the environment still says. */
static void auto_is_text_elsewhere(void **state)
{
    assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0);
    log_open("info", "auto");
    log_write(LOG_LEVEL_INFO, "ready", NULL);
    assert_string_equal(behind_instant(captured(state)), "info ready\n");
}

static void lower_levels_are_left_out(void **state)
{
    log_open("warn", "text");
    log_write(LOG_LEVEL_INFO, "no", NULL);
    log_write(LOG_LEVEL_DEBUG, "no", NULL);
    assert_string_equal(captured(state), "");
    log_write(LOG_LEVEL_WARN, "yes", NULL);
    assert_string_equal(behind_instant(captured(state)), "warn yes\n");
}

#define WRITERS 4
#define LINES   100

static void *write_lines(void *key)
{
    for (int i = 0; i < LINES; i++)
        log_write(LOG_LEVEL_INFO, "line", key, "0123456789", "end", "1", NULL);
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    static char keys[WRITERS][2] = {"a", "b", "c", "d"};
    pthread_t threads[WRITERS];
    int counts[WRITERS] = {0};
    char expected[64];

    log_open("info", "text");
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, keys[i]), 0);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (const char *line = captured(state); *line; line = strchr(line, '\n') + 1) {
        const char *rest = behind_instant(line);
        int writer = rest[strlen("info line ")] - 'a';

        assert_in_range(writer, 0, WRITERS - 1);
        (void)snprintf(expected, sizeof expected, "info line %s=0123456789 end=1\n", keys[writer]);
        assert_memory_equal(rest, expected, strlen(expected));
        counts[writer]++;
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(counts[i], LINES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_capture, end_capture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_has_level_message_and_pairs), TEST(values_that_could_mislead_are_quoted),
        TEST(json_is_one_object_a_line),        TEST(journal_gets_priorities),
        TEST(auto_is_text_elsewhere),           TEST(lower_levels_are_left_out),
        TEST(threads_do_not_mix_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
