/* The small catalogue, whole and with edits. */
#ifndef XUESHI_TESTS_CATALOGUE_FIXTURE_H
#define XUESHI_TESTS_CATALOGUE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/catalogue_file.h"
#include "../../handlers/instant.h"
#include "temp_folder.h"

/* As the small catalogue says the first broadcast's. */
#define L1_TIMES "from = \"2023-07-01T10:00\"; to = \"2023-07-01T12:00\";"

/* Replaces `from` by `to`, once each. */
struct edit {
    const char *from, *to;
};

struct fixture {
    struct arena arena;
    struct err err;
    char *small; /* the text of tests/data/catalogue-small.conf */
};

static inline int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (!fixture)
        abort();
    fixture->small = read_whole("tests/data/catalogue-small.conf");
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_finish(&fixture->arena);
    free(fixture->small);
    free(fixture);
    return 0;
}

static inline enum status parse(struct fixture *fixture, const char *text,
                                struct catalogue_file *out)
{
    return catalogue_file_parse(out, &fixture->arena, "x.conf", text, strlen(text), &fixture->err);
}

static inline struct catalogue_file must_parse(struct fixture *fixture, const char *text)
{
    struct catalogue_file file;

    if (parse(fixture, text, &file) != STATUS_OK)
        fail_msg("%s", fixture->err.message);
    return file;
}

/* The small catalogue with up to three edits; to be freed. */
static inline char *edited(const struct fixture *fixture, const struct edit edits[3])
{
    char *text = replaced(fixture->small, "", "");

    for (size_t i = 0; i < 3 && edits[i].from; i++) {
        char *next = replaced(text, edits[i].from, edits[i].to);

        free(text);
        text = next;
    }
    return text;
}

static inline struct catalogue_file parse_edited(struct fixture *fixture, const char *from,
                                                 const char *to)
{
    char *text = edited(fixture, (const struct edit[3]){{from, to}});
    struct catalogue_file file = must_parse(fixture, text);

    free(text);
    return file;
}

static inline void assert_instant(int64_t instant, const char *expected)
{
    char text[INSTANT_TEXT];

    assert_string_equal(instant_format(instant, text), expected);
}

#endif
