/* Key files: who may read them, what they hold, which are loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

static void key_files_must_be_the_owners_alone(void **state)
{
    static const struct {
        mode_t mode;
        bool good;
    } rows[] = {{0600, true},  {0400, true},  {0640, false}, {0604, false},
                {0644, false}, {0660, false}, {0620, false}, {0444, false}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        temp_folder_write(&fixture->folder, "person.key", ZEROS, 32, rows[i].mode);
        enum status status = load(fixture, CATALOGUES, CONFIG_ALL_KEYS);

        if (rows[i].good)
            assert_int_equal(status, STATUS_OK);
        else
            assert_refused(fixture, status, "xueshid.conf", 1,
                           "person.key can be read or written by its group or others", "mode");
        assert_int_equal(load(fixture, CATALOGUES, CONFIG_PAYMENT_CODE_KEY), STATUS_OK);
    }
}

static void keys_have_32_to_64_bytes(void **state)
{
    static const struct {
        size_t len;
        bool good;
    } rows[] = {{0, false}, {31, false}, {32, true}, {48, true}, {64, true}, {65, false}};
    static const char bytes[65] = "\0\n0123456789";
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        temp_folder_write(&fixture->folder, "payment-code.key", bytes, rows[i].len, 0600);
        enum status status = load(fixture, CATALOGUES, CONFIG_PAYMENT_CODE_KEY);

        if (!rows[i].good) {
            assert_refused(fixture, status, "xueshid.conf", 1, "must be 32 to 64 bytes", "length");
            assert_int_equal(fixture->config.keys.payment_code.len, 0);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(fixture->config.keys.payment_code.len, rows[i].len);
        assert_memory_equal(fixture->config.keys.payment_code.bytes, bytes, rows[i].len);
    }
}

static void only_the_needed_keys_are_loaded(void **state)
{
    static const uint8_t nothing[32];
    struct fixture *fixture = *state;
    const struct keys *keys = &fixture->config.keys;

    must_load(fixture, CATALOGUES "keys: { certificate_no = \"gone\"; };",
              CONFIG_PAYMENT_CODE_KEY | CONFIG_PERSON_INDEX_KEY);
    assert_int_equal(keys->payment_code.len, 32);
    assert_int_equal(keys->person_index.len, 32);
    assert_int_equal(keys->certificate_no.len, 0);
    assert_int_equal(keys->person.len, 0);
    assert_memory_equal(keys->person_aes, nothing, 32);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_int_equal(keys->payment_code.len, 0);
    assert_memory_not_equal(keys->person_aes, nothing, 32);
    config_finish(&fixture->config);
    assert_memory_equal(keys->person_aes, nothing, 32);
    assert_memory_equal(keys->person.bytes, nothing, 32);
}

static void credentials_are_looked_for_first(void **state)
{
    struct fixture *fixture = *state;
    struct temp_folder credentials = temp_folder_new();

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", credentials.path, 1), 0);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY); /* it holds none: the file beside */
    assert_memory_equal(fixture->config.keys.person.bytes, ZEROS, 32);
    /* The service manager answers for its modes. */
    temp_folder_write(&credentials, "person.key", "11111111111111111111111111111111", 32, 0644);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_memory_equal(fixture->config.keys.person.bytes, "1111", 4);
    must_load(fixture, CATALOGUES "keys: { person = \"/nowhere/person.key\"; };",
              CONFIG_PERSON_KEY);
    assert_memory_equal(fixture->config.keys.person.bytes, "1111", 4);
    temp_folder_write(&credentials, "person.key", "1", 1, 0600);
    enum status status = load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_int_equal(status, STATUS_FATAL);
    assert_non_null(strstr(fixture->err.message, credentials.path));
    temp_folder_remove(&credentials);
}

static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEApZScfmXgY/+A5nudT2Q0wa4quG/Aoi3lE5nhqMJ2Gwo=\n"
    "-----END PUBLIC KEY-----\n";

static void signature_keys_are_loaded(void **state)
{
    struct fixture *fixture = *state;
    const struct signature_keys *keys = &fixture->config.signature_keys;
    const char *text = SIGNERS("boc-1", "abc-1");
    enum status status;

    /* A public key may be read by all, a shared one not. */
    temp_folder_write(&fixture->folder, "boc.pub", ed25519_public, strlen(ed25519_public), 0644);
    temp_folder_write(&fixture->folder, "abc.key", ZEROS, 32, 0600);
    must_load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_int_equal(keys->count, 2);
    assert_true(signature_key_is_for(keys->at[0], "BOC"));
    assert_false(signature_key_is_for(keys->at[0], "ABC"));
    assert_true(signature_key_is_for(keys->at[1], "ABC"));
    must_load(fixture, text, 0);
    assert_int_equal(keys->count, 0);

    status = load(fixture, SIGNERS("boc-1", "boc-1"), CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 5, "\"boc-1\" is there twice", "ids");
    temp_folder_write(&fixture->folder, "abc.key", ZEROS, 32, 0644);
    status = load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 6, "abc.key can be read or written", "mode");
    assert_int_equal(keys->count, 0);
    temp_folder_write(&fixture->folder, "boc.pub", "PEM?", 4, 0644);
    status = load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 4, "boc.pub: ", "pem");
}

#define ISSUER_PEM                                                                                 \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n"                           \
    "-----END PRIVATE KEY-----\n"

static void issuer_keys_are_checked(void **state)
{
    static const char text[] = CATALOGUES
        "issuer: { id = \"did:web:a\"; name = \"A\"; base_url = \"https://a\"; keys = (\n"
        "{ id = \"key-1\"; file = \"issuer.pem\"; valid_from = "
        "\"2023-01-01T08:00:00+08:00\"; } ); };";
    struct fixture *fixture = *state;
    enum status status = load(fixture, text, CONFIG_ALL_KEYS);

    assert_refused(fixture, status, "xueshid.conf", 3, "issuer.pem cannot be opened", text);
    must_load(fixture, text, CONFIG_ALL_KEYS & ~(unsigned)CONFIG_ISSUER_KEYS);
    temp_folder_write(&fixture->folder, "issuer.pem", "x", 1, 0644);
    status = load(fixture, text, CONFIG_ALL_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 3, "issuer.pem can be read or written", text);
    temp_folder_write(&fixture->folder, "issuer.pem", "x", 1, 0600);
    status = load(fixture, text, CONFIG_ALL_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 3, "issuer.pem is no Ed25519 private key",
                   text);
    assert_null(fixture->config.signer);
    temp_folder_write(&fixture->folder, "issuer.pem", ISSUER_PEM, sizeof ISSUER_PEM - 1, 0600);
    must_load(fixture, text, CONFIG_ALL_KEYS);
    assert_non_null(fixture->config.signer);
    assert_true(issuer_signs_from(fixture->config.signer) == INT64_C(1672531200000000));
    const struct issuer_key_setting *key = fixture->config.issuer.keys.at;
    assert_int_equal(fixture->config.issuer.keys.count, 1);
    assert_string_equal(key->id, "key-1");
    assert_int_equal(key->valid_from, INT64_C(1672531200000000));
    assert_path(fixture, key->file, "issuer.pem");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(key_files_must_be_the_owners_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_have_32_to_64_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_needed_keys_are_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(credentials_are_looked_for_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signature_keys_are_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(issuer_keys_are_checked, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
