/* A folder with the small catalogue and keys, and configurations loaded from it. */
#ifndef XUESHI_TESTS_CONFIG_FIXTURE_H
#define XUESHI_TESTS_CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/config.h"
#include "temp_folder.h"

#define ZEROS      "00000000000000000000000000000000" /* 32 bytes */
#define CATALOGUES "catalogues = [ \"small.conf\" ];\n"

/* Two signature keys, of these ids. */
#define SIGNERS(first, second)                                                                     \
    CATALOGUES "payment_signatures: { keys = (\n"                                                  \
               "{ id = \"" first "\"; banks = [ \"BOC\" ]; algorithm = \"ed25519\";\n"             \
               "  file = \"boc.pub\"; },\n"                                                        \
               "{ id = \"" second "\"; banks = [ \"ABC\" ]; algorithm = \"hmac-sha256\";\n"        \
               "  file = \"abc.key\"; } ); };"

struct fixture {
    struct temp_folder folder;
    struct arena arena;
    struct config config;
    struct err err;
};

static inline int set_up(void **state)
{
    static const char *const keys[] = {"payment-code.key", "certificate-no.key", "person.key",
                                       "person-index.key"};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char *small = read_whole("tests/data/catalogue-small.conf");

    if (!fixture)
        abort();
    unsetenv("CREDENTIALS_DIRECTORY");
    fixture->folder = temp_folder_new();
    temp_folder_write_text(&fixture->folder, "small.conf", small);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        temp_folder_write_text(&fixture->folder, keys[i], ZEROS);
    free(small);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;

    unsetenv("CREDENTIALS_DIRECTORY");
    config_finish(&fixture->config);
    arena_finish(&fixture->arena);
    temp_folder_remove(&fixture->folder);
    free(fixture);
    return 0;
}

static inline enum status load_bytes(struct fixture *fixture, const void *bytes, size_t len,
                                     unsigned needs)
{
    char *path = temp_folder_path(&fixture->folder, "xueshid.conf");

    temp_folder_write(&fixture->folder, "xueshid.conf", bytes, len, 0600);
    config_finish(&fixture->config);
    enum status status = config_load(&fixture->config, &fixture->arena, path, needs, &fixture->err);
    free(path);
    return status;
}

static inline enum status load(struct fixture *fixture, const char *text, unsigned needs)
{
    return load_bytes(fixture, text, strlen(text), needs);
}

static inline void must_load(struct fixture *fixture, const char *text, unsigned needs)
{
    if (load(fixture, text, needs) != STATUS_OK)
        fail_msg("%s\n%s", text, fixture->err.message);
}

/* The load failed with FOLDER/FILE:LINE: and a message that says `hint`. */
static inline void assert_refused(const struct fixture *fixture, enum status status,
                                  const char *file, int line, const char *hint, const char *text)
{
    char *begin;

    if (status != STATUS_FATAL)
        fail_msg("taken: %s", text);
    if (asprintf(&begin, "%s/%s:%d: ", fixture->folder.path, file, line) < 0)
        abort();
    if (strncmp(fixture->err.message, begin, strlen(begin)) != 0 ||
        !strstr(fixture->err.message, hint))
        fail_msg("%s\ngives  %s\nnot    %s…%s", text, fixture->err.message, begin, hint);
    free(begin);
}

static inline void assert_path(const struct fixture *fixture, const char *path, const char *name)
{
    char *expected = temp_folder_path(&fixture->folder, name);

    assert_string_equal(path, expected);
    free(expected);
}

#endif
