/* Hashes, derived names and sealing against published vectors and Python's hmac, hashlib, uuid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/crypto.h"

#define ID_NUMBER "650102199001011234"
#define WHERE     "enrollment.id_number/t-1/e-1"

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected)
{
    char hex[2 * 64 + 1];

    assert_in_range(len, 1, 64);
    crypto_hex(bytes, len, hex);
    assert_string_equal(hex, expected);
}

static size_t from_hex(const char *hex, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(hex) / 2;

    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) * 16 +
                           (strchr(digits, hex[2 * i + 1]) - digits));
    return len;
}

static struct secret_key counting_key(size_t len)
{
    struct secret_key key = {.len = len};

    for (size_t i = 0; i < len; i++)
        key.bytes[i] = (uint8_t)i;
    return key;
}

static struct keys some_keys(void)
{
    struct keys keys = {
        .payment_code = counting_key(32),
        .certificate_no = counting_key(48),
        .person = counting_key(32),
        .person_index = counting_key(64),
    };

    crypto_derive_person_key(&keys);
    return keys;
}

/* FIPS 180-4's examples. */
static void sha256_gives_the_published_digests(void **state)
{
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t out[32];

    (void)state;
    crypto_sha256("abc", 3, out);
    assert_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sha256(two_blocks, strlen(two_blocks), out);
    assert_hex(out, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    crypto_sha256("", 0, out);
    assert_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1, 2 and 4. */
static void hmac_gives_the_published_codes(void **state)
{
    struct secret_key key = {.len = 20};
    uint8_t out[32], fifty[50];

    (void)state;
    memset(key.bytes, 0x0b, 20);
    crypto_hmac_sha256(&key, "Hi There", 8, out);
    assert_hex(out, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    key = (struct secret_key){.bytes = "Jefe", .len = 4};
    crypto_hmac_sha256(&key, "what do ya want for nothing?", 28, out);
    assert_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    key = counting_key(26);
    memmove(key.bytes, key.bytes + 1, 25);
    key.len = 25;
    memset(fifty, 0xcd, sizeof fifty);
    crypto_hmac_sha256(&key, fifty, sizeof fifty, out);
    assert_hex(out, 32, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

static void rules_get_the_key_they_name(void **state)
{
    struct keys keys = some_keys();
    struct crypto crypto = crypto_for_rules(&keys);
    uint8_t expected[32], out[32];

    (void)state;
    crypto_hmac_sha256(&keys.payment_code, "x", 1, expected);
    crypto.hmac(crypto.context, SECRET_PAYMENT_CODE, "x", 1, out);
    assert_memory_equal(out, expected, 32);
    crypto_hmac_sha256(&keys.certificate_no, "x", 1, expected);
    crypto.hmac(crypto.context, SECRET_CERTIFICATE_NO, "x", 1, out);
    assert_memory_equal(out, expected, 32);
    crypto_sha256("x", 1, expected);
    crypto.sha256(crypto.context, "x", 1, out);
    assert_memory_equal(out, expected, 32);
}

static void id_hash_is_the_hmac_under_person_index(void **state)
{
    struct keys keys = some_keys();
    uint8_t out[32];

    (void)state;
    crypto_id_hash(&keys, ID_NUMBER, out);
    assert_hex(out, 32, "e82dfeca42aa69e2d7991fc4690e188fe3cba35ecc371e6cfc39aaf394b130d4");
}

/* RFC 5869 worked by hand: PRK = HMAC(32 zeros, key), OKM = HMAC(PRK, "person" || 01). */
static void person_key_is_derived_by_hkdf(void **state)
{
    struct keys keys = some_keys();

    (void)state;
    assert_hex(keys.person_aes, 32,
               "e4c8df407efb6d86a932d4c0aa465541e53fb5577954851766872cdae191ab08");
    assert_hex(keys.person_key_id, 4, "344c74af");
}

static void event_ids_are_uuid_5_of_the_name(void **state)
{
    char out[37];

    (void)state;
    crypto_event_id("xueshi.payment.requested.v1\n65010000000000000001", out);
    assert_string_equal(out, "b32d78c1-cae9-5193-96d6-edc9fea465ac");
    crypto_event_id("", out);
    assert_string_equal(out, "c2b405e1-209c-5cdd-840c-90d6a226eeb0");
}

/* McGrew and Viega's test case 16 (AES-256, 96-bit IV, additional data). */
static void open_reads_a_published_ciphertext(void **state)
{
    const char *aad_hex = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    const char *plain = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    struct keys keys = {.person_key_id = {1, 2, 3, 4}};
    char where[21] = "";
    uint8_t sealed[4 + 12 + 60 + 16], out[60];

    (void)state;
    from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", keys.person_aes);
    from_hex(aad_hex, (uint8_t *)where);
    size_t len = from_hex("01020304"
                          "cafebabefacedbaddecaf888"
                          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                          "76fc6ece0f4e1768cddf8853bb2d551b",
                          sealed);
    assert_int_equal(len, sizeof sealed);
    assert_true(crypto_open(&keys, where, sealed, sizeof sealed, out));
    assert_hex(out, sizeof out, plain);
}

static void what_was_sealed_opens(void **state)
{
    struct keys keys = some_keys();
    uint8_t sealed[18 + CRYPTO_SEAL_EXTRA], again[18 + CRYPTO_SEAL_EXTRA], out[18];

    (void)state;
    crypto_seal(&keys, WHERE, ID_NUMBER, 18, sealed);
    assert_true(crypto_open(&keys, WHERE, sealed, sizeof sealed, out));
    assert_memory_equal(out, ID_NUMBER, 18);
    assert_memory_equal(sealed, keys.person_key_id, 4);
    assert_null(memmem(sealed, sizeof sealed, ID_NUMBER, 6));
    crypto_seal(&keys, WHERE, ID_NUMBER, 18, again);
    assert_memory_not_equal(sealed + 4, again + 4, 12);
    assert_memory_not_equal(sealed + 16, again + 16, 18);
}

static void nothing_can_be_sealed(void **state)
{
    struct keys keys = some_keys();
    uint8_t sealed[CRYPTO_SEAL_EXTRA], out[1] = {7};

    (void)state;
    crypto_seal(&keys, WHERE, "", 0, sealed);
    assert_true(crypto_open(&keys, WHERE, sealed, sizeof sealed, out));
    sealed[CRYPTO_SEAL_EXTRA - 1] ^= 1;
    assert_false(crypto_open(&keys, WHERE, sealed, sizeof sealed, out));
    assert_int_equal(out[0], 7);
}

static void what_was_altered_does_not_open(void **state)
{
    struct keys keys = some_keys();
    uint8_t sealed[18 + CRYPTO_SEAL_EXTRA], out[18];
    const uint8_t zeros[18] = {0};

    (void)state;
    crypto_seal(&keys, WHERE, ID_NUMBER, 18, sealed);
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 0x80;
        assert_false(crypto_open(&keys, WHERE, sealed, sizeof sealed, out));
        sealed[i] ^= 0x80;
    }
    assert_memory_equal(out, zeros, sizeof out);
    assert_false(crypto_open(&keys, WHERE, sealed, sizeof sealed - 1, out));
    assert_false(crypto_open(&keys, WHERE, sealed, CRYPTO_SEAL_EXTRA - 1, out));
    assert_true(crypto_open(&keys, WHERE, sealed, sizeof sealed, out));
}

static void what_was_moved_does_not_open(void **state)
{
    struct keys keys = some_keys();
    uint8_t sealed[18 + CRYPTO_SEAL_EXTRA], out[18];

    (void)state;
    crypto_seal(&keys, WHERE, ID_NUMBER, 18, sealed);
    assert_false(crypto_open(&keys, "enrollment.mobile/t-1/e-1", sealed, sizeof sealed, out));
    assert_false(crypto_open(&keys, "enrollment.id_number/t-1/e-2", sealed, sizeof sealed, out));
}

static void another_key_does_not_open(void **state)
{
    struct keys keys = some_keys(), other = some_keys();
    uint8_t sealed[18 + CRYPTO_SEAL_EXTRA], out[18];

    (void)state;
    crypto_seal(&keys, WHERE, ID_NUMBER, 18, sealed);
    other.person.bytes[0] ^= 1;
    crypto_derive_person_key(&other);
    assert_false(crypto_open(&other, WHERE, sealed, sizeof sealed, out));
    memcpy(other.person_key_id, keys.person_key_id, sizeof other.person_key_id);
    assert_false(crypto_open(&other, WHERE, sealed, sizeof sealed, out));
}

static void wiped_keys_are_zeros(void **state)
{
    struct keys keys = some_keys();
    const struct keys zeros = {0};

    (void)state;
    crypto_wipe(&keys);
    assert_memory_equal(&keys, &zeros, sizeof keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(hmac_gives_the_published_codes),
        cmocka_unit_test(rules_get_the_key_they_name),
        cmocka_unit_test(id_hash_is_the_hmac_under_person_index),
        cmocka_unit_test(person_key_is_derived_by_hkdf),
        cmocka_unit_test(event_ids_are_uuid_5_of_the_name),
        cmocka_unit_test(open_reads_a_published_ciphertext),
        cmocka_unit_test(what_was_sealed_opens),
        cmocka_unit_test(nothing_can_be_sealed),
        cmocka_unit_test(what_was_altered_does_not_open),
        cmocka_unit_test(what_was_moved_does_not_open),
        cmocka_unit_test(another_key_does_not_open),
        cmocka_unit_test(wiped_keys_are_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
