/* One certificate of which every value is known, foreign verifiers having accepted it
 * (tests/data/credential-golden.json). */
#ifndef XUESHI_TESTS_GOLDEN_FIXTURE_H
#define XUESHI_TESTS_GOLDEN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../../daemon/attest.h"
#include "../../handlers/instant.h"
#include "files.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define GOLDEN        "tests/data/credential-golden.json"
#define DAY_1         INT64_C(1672531200000000) /* 2023-01-01T00:00:00Z */

/* Made with the openssl command line; the seeds are 32 bytes of 07 and of 09. */
#define PEM(base64) "-----BEGIN PRIVATE KEY-----\n" base64 "\n-----END PRIVATE KEY-----\n"
static const char key_1[] = PEM("MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH");
static const char key_2[] = PEM("MC4CAQAwBQYDK2VwBCIEIAkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ");

struct golden {
    struct arena arena;
    json_t *json;
    struct credential_issuer identity;
    struct programme programme;
    struct term term;
    struct issuer *issuer;
    struct credential credential;
    struct effect issued; /* the same as an effect */
};

/* A string by its path of at most two names. */
static inline const char *text_at(const struct golden *g, const char *name, const char *member)
{
    const json_t *value = json_object_get(g->json, name);
    const char *text = json_string_value(member ? json_object_get(value, member) : value);

    if (!text)
        fail_msg("%s has no %s %s", GOLDEN, name, member ? member : "");
    return text;
}

static inline int64_t instant_at(const struct golden *g, const char *name, const char *member)
{
    const char *text = text_at(g, name, member);
    int64_t instant;

    assert_true(instant_parse(text, strlen(text), &instant));
    return instant;
}

static inline void read_hex(const char *hex, uint8_t out[32])
{
    for (size_t i = 0; i < 32; i++) {
        char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

static inline void add_key(struct issuer *issuer, const char *id, int64_t valid_from,
                           const char *pem)
{
    struct err err;

    if (issuer_add_key(issuer, id, valid_from, pem, strlen(pem), &err) != STATUS_OK)
        fail_msg("%s: %s", id, err.message);
}

static inline void read_inputs(struct golden *g)
{
    const json_t *certificate = json_object_get(g->json, "certificate");
    const json_t *holder = json_object_get(certificate, "holder");

    g->identity = (struct credential_issuer){
        .did = text_at(g, "issuer", "did"),
        .name = text_at(g, "issuer", "name"),
        .base_url = text_at(g, "issuer", "base"),
    };
    g->programme = (struct programme){
        .id = text_at(g, "certificate", "programme_id"),
        .title = text_at(g, "programme", "name"),
        .description = text_at(g, "programme", "description"),
        .criteria = text_at(g, "programme", "criteria"),
    };
    g->term = (struct term){.id = text_at(g, "certificate", "term_id"), .programme = &g->programme};
    g->credential = (struct credential){
        .issuer = &g->identity,
        .programme = &g->programme,
        .certificate_no = text_at(g, "certificate", "certificate_no"),
        .version = json_integer_value(json_object_get(certificate, "version")),
        .term_id = g->term.id,
        .holder_name = json_string_value(json_object_get(holder, "name")),
        .id_number_masked = json_string_value(json_object_get(holder, "id_number_masked")),
        .hours = json_integer_value(json_object_get(certificate, "hours_tenths")),
        .issued_at = instant_at(g, "certificate", "issued_at"),
    };
    read_hex(text_at(g, "certificate", "digest"), g->credential.digest);
}

static inline int set_up(void **state)
{
    struct golden *g = calloc(1, sizeof *g);

    g->json = json_loads(read_file(&g->arena, GOLDEN).at, 0, NULL);
    assert_non_null(g->json);
    read_inputs(g);
    g->issuer = issuer_new(&g->arena, &g->identity);
    add_key(g->issuer, "key-1", DAY_1, key_1);
    g->issued = (struct effect){
        .type = EFFECT_CERTIFICATE_ISSUED,
        .u.issued = {.certificate_no = g->credential.certificate_no,
                     .version = g->credential.version,
                     .holder_name = g->credential.holder_name,
                     .id_number_masked = g->credential.id_number_masked,
                     .term = &g->term,
                     .hours = g->credential.hours,
                     .issued_at = g->credential.issued_at},
    };
    memcpy(g->issued.u.issued.digest, g->credential.digest, 32);
    *state = g;
    return 0;
}

static inline int tear_down(void **state)
{
    struct golden *g = *state;

    issuer_finish(g->issuer);
    json_decref(g->json);
    arena_finish(&g->arena);
    free(g);
    return 0;
}

static inline struct text new_text(struct golden *g)
{
    struct text text;

    text_init(&text, &g->arena);
    return text;
}

/* The members that the issuer adds to the effect's data, as an object. */
static inline json_t *attested(struct golden *g, const struct effect *effect)
{
    struct text text = new_text(g);

    text_add(&text, "{\"a\":0");
    attest_effect(&text, g->issuer, effect);
    text_add(&text, "}");
    json_t *json = json_loads(text.at, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

#define GOLDEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
