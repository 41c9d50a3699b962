/* S7 and events.md "xueshi.payment": who signed what, by vectors of three algorithms that the
 * openssl command line made (tests/data/payment-vectors.json). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "../../daemon/signature.h"
#include "files.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define VECTORS       "tests/data/payment-vectors.json"
#define KEYS_MAX      8

struct vectors {
    struct arena arena;
    json_t *json;
    struct signature_key *at[KEYS_MAX];
    struct signature_keys keys;
};

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t len = strlen(hex) / 2;

    for (size_t i = 0; i < len; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return len;
}

static struct signature_key *load_key(const char *id, const json_t *key)
{
    const char *banks[] = {"ICBC", "BOC"};
    const char *public = json_string_value(json_object_get(key, "public"));
    enum signature_algorithm algorithm;
    struct err err;
    uint8_t secret[64];

    assert_true(signature_algorithm_from_name(json_string_value(json_object_get(key, "algorithm")),
                                              &algorithm));
    if (public)
        return signature_key_new(id, &(struct strings){banks, 2}, algorithm, public, strlen(public),
                                 &err);
    size_t len = from_hex(json_string_value(json_object_get(key, "secret_hex")), secret);
    return signature_key_new(id, &(struct strings){banks, 2}, algorithm, secret, len, &err);
}

static int load_vectors(void **state)
{
    struct vectors *vectors = calloc(1, sizeof *vectors);
    const char *id;
    json_t *key;

    assert_non_null(vectors);
    struct bytes file = read_file(&vectors->arena, VECTORS);
    vectors->json = json_loadb(file.at, file.len, 0, NULL);
    assert_non_null(vectors->json);
    vectors->keys.at = vectors->at;
    json_object_foreach (json_object_get(vectors->json, "keys"), id, key) {
        assert_true(vectors->keys.count < KEYS_MAX);
        vectors->at[vectors->keys.count] = load_key(id, key);
        assert_non_null(vectors->at[vectors->keys.count]);
        vectors->keys.count++;
    }
    *state = vectors;
    return 0;
}

static int free_vectors(void **state)
{
    struct vectors *vectors = *state;

    for (size_t i = 0; i < vectors->keys.count; i++)
        signature_key_free(vectors->at[i]);
    json_decref(vectors->json);
    arena_finish(&vectors->arena);
    free(vectors);
    return 0;
}

/* What a record says of its signature. */
struct signed_record {
    const char *key_id, *signature, *id, *type, *time, *value;
};

static struct signed_record record_of(const json_t *vector)
{
    return (struct signed_record){
        .key_id = json_string_value(json_object_get(vector, "signature-key")),
        .signature = json_string_value(json_object_get(vector, "signature")),
        .id = json_string_value(json_object_get(vector, "ce_id")),
        .type = json_string_value(json_object_get(vector, "ce_type")),
        .time = json_string_value(json_object_get(vector, "ce_time")),
        .value = json_string_value(json_object_get(vector, "value")),
    };
}

static const struct signature_key *verify(const struct vectors *vectors,
                                          const struct signed_record *record)
{
    struct bytes signature = {record->signature, strlen(record->signature)};
    struct bytes value = {record->value, strlen(record->value)};

    return signature_verify(&vectors->keys, record->key_id, &signature, record->id, record->type,
                            record->time, &value);
}

/* The vector of an algorithm by its name; it must be there. */
static struct signed_record find_vector(const struct vectors *vectors, const char *algorithm,
                                        const char *name)
{
    struct signed_record found = {"", "", "", "", "", ""};
    size_t i;
    json_t *vector;

    json_array_foreach (json_object_get(vectors->json, "vectors"), i, vector)
        if (strcmp(json_string_value(json_object_get(vector, "algorithm")), algorithm) == 0 &&
            strcmp(json_string_value(json_object_get(vector, "name")), name) == 0)
            found = record_of(vector);
    assert_string_not_equal(found.key_id, "");
    return found;
}

static void s7_vectors_of_all_algorithms(void **state)
{
    const struct vectors *vectors = *state;
    size_t i, good = 0;
    json_t *vector;

    json_array_foreach (json_object_get(vectors->json, "vectors"), i, vector) {
        struct signed_record record = record_of(vector);
        bool expected = strcmp(json_string_value(json_object_get(vector, "expect")), "ok") == 0;

        good += expected;
        if ((verify(vectors, &record) != NULL) != expected)
            fail_msg("vector %d", (int)i);
    }
    assert_int_equal(json_array_size(json_object_get(vectors->json, "vectors")), 12);
    assert_int_equal(good, 6);
}

static void s7_signature_is_over_every_part(void **state)
{
    static const char *const algorithms[] = {"hmac-sha256", "ed25519", "sm2-sm3"};
    const struct vectors *vectors = *state;

    for (size_t i = 0; i < LENGTH(algorithms); i++) {
        const struct signed_record good = find_vector(vectors, algorithms[i], "valid");
        struct signed_record altered[8];

        for (size_t j = 0; j < LENGTH(altered); j++)
            altered[j] = good;
        altered[0].id = "icbc-20230612-000002";
        altered[1].type = "xueshi.payment.refunded.v1";
        altered[2].time = "2023-06-12T10:30:00.250Z"; /* the same instant, other bytes */
        altered[3].value = "{}";
        altered[4].value = "";
        altered[5].key_id = "test-ed25519-b";
        altered[6].key_id = "nobody";
        altered[7].key_id = "";
        assert_non_null(verify(vectors, &good));
        for (size_t j = 0; j < LENGTH(altered); j++)
            if (verify(vectors, &altered[j]))
                fail_msg("%s, alteration %d", algorithms[i], (int)j);
    }
}

static void s7_every_bit_of_the_signature_matters(void **state)
{
    static const char *const algorithms[] = {"hmac-sha256", "ed25519"};
    struct vectors *vectors = *state;

    for (size_t i = 0; i < LENGTH(algorithms); i++) {
        struct signed_record record = find_vector(vectors, algorithms[i], "valid");
        uint8_t bytes[128];
        unsigned char text[256];
        int len = EVP_DecodeBlock(bytes, (const unsigned char *)record.signature,
                                  (int)strlen(record.signature));

        len -= i == 0 ? 1 : 2; /* the padding */
        for (int bit = 0; bit < len * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            EVP_EncodeBlock(text, bytes, len);
            record.signature = (const char *)text;
            assert_null(verify(vectors, &record));
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        EVP_EncodeBlock(text, bytes, len);
        assert_non_null(verify(vectors, &record));
    }
}

static void base64_is_strict(void **state)
{
    const struct vectors *vectors = *state;
    struct signed_record record = find_vector(vectors, "hmac-sha256", "valid");
    const char *good = "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=";
    static const char *const rows[] = {
        "",
        "=",
        "====",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY==",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=\n",
        " Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj\n5Zbll8QBDjY=",
        "Mi2WBpW97V_Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjZ=", /* bits beyond the last byte */
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDj==",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QB=jY=",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=Mi2W",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjY=AAAA",
        "Mi2WBpW97V/Mgr6m2TEXieiE24RvPxHj5Zbll8QBDjYA",
    };

    assert_string_equal(record.signature, good);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        record.signature = rows[i];
        if (verify(vectors, &record))
            fail_msg("\"%s\" was taken", rows[i]);
    }
    char long_text[1025];
    memset(long_text, 'A', 1024);
    long_text[1024] = '\0';
    record.signature = long_text;
    assert_null(verify(vectors, &record));
}

/* The number at a DER INTEGER, as 32 bytes; returns what is behind it. */
static const uint8_t *read_half(const uint8_t *at, uint8_t out[32])
{
    size_t len = at[1];
    const uint8_t *number = at + 2;

    assert_int_equal(at[0], 0x02);
    for (; len > 32; len--)
        assert_int_equal(*number++, 0);
    memset(out, 0, 32);
    memcpy(out + 32 - len, number, len);
    return number + len;
}

static void sm2_signatures_come_as_der_or_as_64_bytes(void **state)
{
    const struct vectors *vectors = *state;
    struct signed_record record = find_vector(vectors, "sm2-sm3", "valid");
    uint8_t der[128], pair[64];
    unsigned char text[128];

    EVP_DecodeBlock(der, (const unsigned char *)record.signature, (int)strlen(record.signature));
    assert_int_equal(der[0], 0x30);
    read_half(read_half(der + 2, pair), pair + 32);
    EVP_EncodeBlock(text, pair, sizeof pair);
    record.signature = (const char *)text;
    assert_non_null(verify(vectors, &record));
    pair[63] ^= 1;
    EVP_EncodeBlock(text, pair, sizeof pair);
    assert_null(verify(vectors, &record));
    memset(pair, 0, sizeof pair);
    EVP_EncodeBlock(text, pair, sizeof pair);
    assert_null(verify(vectors, &record));
    EVP_EncodeBlock(text, pair, 63);
    assert_null(verify(vectors, &record));
}

static void keys_are_for_their_banks(void **state)
{
    const struct vectors *vectors = *state;

    assert_true(signature_key_is_for(vectors->at[0], "ICBC"));
    assert_true(signature_key_is_for(vectors->at[0], "BOC"));
    assert_false(signature_key_is_for(vectors->at[0], "ABC"));
    assert_false(signature_key_is_for(vectors->at[0], "icbc"));
}

static void unusable_keys_are_refused(void **state)
{
    const struct vectors *vectors = *state;
    const json_t *keys = json_object_get(vectors->json, "keys");
    const char *ed25519 = json_string_value(
        json_object_get(json_object_get(keys, "test-ed25519-a"), "public"));
    const char *sm2 = json_string_value(
        json_object_get(json_object_get(keys, "test-sm2-sm3-a"), "public"));
    static const char bytes[65] = "";
    const struct {
        enum signature_algorithm algorithm;
        const char *file;
        size_t len;
        bool usable;
    } rows[] = {
        {SIGNATURE_HMAC_SHA256, bytes, 31, false},
        {SIGNATURE_HMAC_SHA256, bytes, 32, true},
        {SIGNATURE_HMAC_SHA256, bytes, 64, true},
        {SIGNATURE_HMAC_SHA256, bytes, 65, false},
        {SIGNATURE_ED25519, ed25519, strlen(ed25519), true},
        {SIGNATURE_ED25519, sm2, strlen(sm2), false},
        {SIGNATURE_ED25519, ed25519, strlen(ed25519) / 2, false},
        {SIGNATURE_ED25519, "", 0, false},
        {SIGNATURE_SM2_SM3, sm2, strlen(sm2), true},
        {SIGNATURE_SM2_SM3, ed25519, strlen(ed25519), false},
        {SIGNATURE_SM2_SM3, "nonsense", 8, false},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct err err = {.message = ""};
        struct signature_key *key = signature_key_new(
            "k", &(struct strings){NULL, 0}, rows[i].algorithm, rows[i].file, rows[i].len, &err);

        if ((key != NULL) != rows[i].usable || !*err.message != rows[i].usable)
            fail_msg("row %d: %s", (int)i, err.message);
        signature_key_free(key);
    }
    signature_key_free(NULL);
}

static void algorithms_have_the_contracts_names(void **state)
{
    enum signature_algorithm algorithm;

    (void)state;
    assert_true(signature_algorithm_from_name("sm2-sm3", &algorithm));
    assert_int_equal(algorithm, SIGNATURE_SM2_SM3);
    assert_false(signature_algorithm_from_name("hmac-sha1", &algorithm));
    assert_false(signature_algorithm_from_name("ED25519", &algorithm));
    assert_false(signature_algorithm_from_name("", &algorithm));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s7_vectors_of_all_algorithms),
        cmocka_unit_test(s7_signature_is_over_every_part),
        cmocka_unit_test(s7_every_bit_of_the_signature_matters),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(sm2_signatures_come_as_der_or_as_64_bytes),
        cmocka_unit_test(keys_are_for_their_banks),
        cmocka_unit_test(unusable_keys_are_refused),
        cmocka_unit_test(algorithms_have_the_contracts_names),
    };

    return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}
