/* The keys that sign certificates: which signs when, and which are refused. */
#include "golden_fixture.h"

static const char *method_at(const struct golden *g, int64_t instant)
{
    const struct issuer_key *key = issuer_key_at(g->issuer, instant);

    return key ? strchr(issuer_key_method(key), '#') : NULL;
}

static void the_latest_valid_key_signs(void **state)
{
    struct golden *g = *state;
    struct text text = new_text(g);
    int64_t later = DAY_1 + 30 * US_PER_DAY;

    add_key(g->issuer, "key-2", later, key_2);
    add_key(g->issuer, "key-0", DAY_1 - US_PER_DAY, key_2);
    assert_null(method_at(g, DAY_1 - US_PER_DAY - 1));
    assert_string_equal(method_at(g, DAY_1 - 1), "#key-0");
    assert_string_equal(method_at(g, DAY_1), "#key-1");
    assert_string_equal(method_at(g, later - 1), "#key-1");
    assert_string_equal(method_at(g, later), "#key-2");
    assert_true(issuer_signs_from(g->issuer) == DAY_1 - US_PER_DAY);
    issuer_add_did_document(&text, g->issuer);
    assert_non_null(strstr(text.at,
                           "\"assertionMethod\":[\"did:web:certificates.example.org#key-1\","
                           "\"did:web:certificates.example.org#key-2\","
                           "\"did:web:certificates.example.org#key-0\"]"));
}

static void nothing_is_signed_before_the_first_key(void **state)
{
    struct golden *g = *state;
    struct text text = new_text(g);

    g->issued.u.issued.issued_at = DAY_1 - 1;
    text_add(&text, "x");
    attest_effect(&text, g->issuer, &g->issued);
    assert_string_equal(text.at, "x");
    g->issued.u.issued.version = 2; /* it replaced one that was issued later */
    g->issued.u.issued.replaced_version = 1;
    g->issued.u.issued.replaced_at = DAY_1;
    json_t *json = attested(g, &g->issued);
    assert_int_equal(json_object_size(json), 2);
    assert_int_equal(json_array_size(json_object_get(json, "status_lists")), 1);
    json_decref(json);
}

static void a_did_key_names_its_key_by_itself(void **state)
{
    static const char key[] = "did:key:z6MkvDqGT54cXesYGvABpF1UapVNwjCqRcafi4Px6Thv5T3Z";
    struct golden *g = *state;
    struct err err;

    g->identity.did = key;
    struct issuer *issuer = issuer_new(&g->arena, &g->identity);
    assert_int_equal(issuer_add_key(issuer, "k", DAY_1, key_2, strlen(key_2), &err), STATUS_FATAL);
    assert_non_null(strstr(err.message, "is not the key of did:key:"));
    add_key(issuer, "key-1", DAY_1, key_1);
    const char *method = issuer_key_method(issuer_key_at(issuer, DAY_1));
    assert_memory_equal(method, key, strlen(key));
    assert_string_equal(method + strlen(key), "#z6MkvDqGT54cXesYGvABpF1UapVNwjCqRcafi4Px6Thv5T3Z");
    issuer_finish(issuer);
}

static void unusable_keys_are_refused(void **state)
{
    static const char *const files[] = {
        "",
        "x",
        PEM("MC4CAQAwBQYDK2VuBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH"), /* X25519 */
        PEM("MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw=="),
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEA6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=\n"
        "-----END PUBLIC KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhAAAAAAAAAAAICCAAw\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n",
    };
    struct golden *g = *state;
    struct err err;

    for (size_t i = 0; i < LENGTH(files); i++) {
        assert_int_equal(
            issuer_add_key(g->issuer, "k", DAY_1 + 1, files[i], strlen(files[i]), &err),
            STATUS_FATAL);
        assert_non_null(strstr(err.message, "is no Ed25519 private key"));
    }
    assert_int_equal(issuer_add_key(g->issuer, "k", DAY_1, key_2, strlen(key_2), &err),
                     STATUS_FATAL);
    assert_non_null(strstr(err.message, "the same instant"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_TEST(the_latest_valid_key_signs),
        GOLDEN_TEST(nothing_is_signed_before_the_first_key),
        GOLDEN_TEST(a_did_key_names_its_key_by_itself),
        GOLDEN_TEST(unusable_keys_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
