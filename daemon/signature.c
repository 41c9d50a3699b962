/* Signatures of payment events, by OpenSSL. */
#include "signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX        128
#define HMAC_MIN      32
#define HMAC_MAX      64
#define SIGNATURE_MAX 128
#define SM2_HALF      32
#define SM2_DISTID    "1234567812345678"

struct signature_key {
    char *id;
    struct strings banks; /* a copy */
    enum signature_algorithm algorithm;
    EVP_PKEY *key; /* public; NULL for HMAC */
    uint8_t secret[HMAC_MAX];
    size_t secret_len;
};

/* A decoded signature, and what it is over. */
struct claim_of_key {
    uint8_t bytes[SIGNATURE_MAX];
    size_t len;
    const char *message;
    size_t message_len;
};

typedef bool verify_function(const struct signature_key *key, const struct claim_of_key *claim);
typedef enum status load_function(struct signature_key *key, const void *file, size_t len,
                                  struct err *err);

static bool verify_hmac(const struct signature_key *key, const struct claim_of_key *claim)
{
    uint8_t mac[32];

    if (claim->len != sizeof mac ||
        !HMAC(EVP_sha256(), key->secret, (int)key->secret_len, (const uint8_t *)claim->message,
              claim->message_len, mac, NULL))
        return false;
    return CRYPTO_memcmp(mac, claim->bytes, sizeof mac) == 0;
}

static bool verify_with(EVP_MD_CTX *context, const EVP_MD *digest, const struct signature_key *key,
                        const struct claim_of_key *claim)
{
    return EVP_DigestVerifyInit(context, NULL, digest, NULL, key->key) == 1 &&
           EVP_DigestVerify(context, claim->bytes, claim->len, (const uint8_t *)claim->message,
                            claim->message_len) == 1;
}

static bool verify_ed25519(const struct signature_key *key, const struct claim_of_key *claim)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && verify_with(context, NULL, key, claim);

    EVP_MD_CTX_free(context);
    return ok;
}

/* r||s to DER; a text of 64 bytes that is DER itself is not met: DER of two 256-bit numbers is 68
 * bytes or longer but for one in billions, and is then tried as it is. */
static void sm2_to_der(struct claim_of_key *claim)
{
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(claim->bytes, SM2_HALF, NULL);
    BIGNUM *s = BN_bin2bn(claim->bytes + SM2_HALF, SM2_HALF, NULL);

    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        int len = i2d_ECDSA_SIG(pair, &der);

        if (len > 0 && (size_t)len <= sizeof claim->bytes) {
            memcpy(claim->bytes, der, (size_t)len);
            claim->len = (size_t)len;
        }
        OPENSSL_free(der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
}

static bool verify_sm2_der(const struct signature_key *key, const struct claim_of_key *claim)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = EVP_PKEY_CTX_new(key->key, NULL);
    bool ok = context && options &&
              EVP_PKEY_CTX_set1_id(options, SM2_DISTID, sizeof SM2_DISTID - 1) == 1;

    if (ok) {
        EVP_MD_CTX_set_pkey_ctx(context, options);
        ok = verify_with(context, EVP_sm3(), key, claim);
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(options);
    return ok;
}

static bool verify_sm2(const struct signature_key *key, const struct claim_of_key *claim)
{
    struct claim_of_key der = *claim;

    if (verify_sm2_der(key, claim))
        return true;
    if (claim->len != (size_t)2 * SM2_HALF)
        return false;
    sm2_to_der(&der);
    return verify_sm2_der(key, &der);
}

static enum status load_hmac(struct signature_key *key, const void *file, size_t len,
                             struct err *err)
{
    if (len < HMAC_MIN || len > HMAC_MAX)
        return err_set(err, STATUS_FATAL, "an hmac-sha256 key is 32 to 64 raw bytes", NULL);
    memcpy(key->secret, file, len);
    key->secret_len = len;
    return STATUS_OK;
}

static EVP_PKEY *read_public_key(const void *file, size_t len)
{
    BIO *bio = BIO_new_mem_buf(file, (int)len);
    EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    return key;
}

static enum status load_ed25519(struct signature_key *key, const void *file, size_t len,
                                struct err *err)
{
    key->key = read_public_key(file, len);
    if (key->key && EVP_PKEY_is_a(key->key, "ED25519"))
        return STATUS_OK;
    return err_set(err, STATUS_FATAL, "an ed25519 key is a public key in PEM", NULL);
}

static enum status load_sm2(struct signature_key *key, const void *file, size_t len,
                            struct err *err)
{
    key->key = read_public_key(file, len);
    if (key->key && EVP_PKEY_is_a(key->key, "SM2"))
        return STATUS_OK;
    return err_set(err, STATUS_FATAL, "an sm2-sm3 key is a public key on curve SM2 in PEM", NULL);
}

static const struct {
    const char *name;
    load_function *load;
    verify_function *verify;
} algorithms[] = {
    [SIGNATURE_HMAC_SHA256] = {"hmac-sha256", load_hmac, verify_hmac},
    [SIGNATURE_ED25519] = {"ed25519", load_ed25519, verify_ed25519},
    [SIGNATURE_SM2_SM3] = {"sm2-sm3", load_sm2, verify_sm2},
};

bool signature_algorithm_from_name(const char *name, enum signature_algorithm *out)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (strcmp(algorithms[i].name, name) != 0)
            continue;
        *out = (enum signature_algorithm)i;
        return true;
    }
    return false;
}

static void *must_have(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static void copy_banks(struct signature_key *key, const struct strings *banks)
{
    key->banks.at = must_have(calloc(banks->count + 1, sizeof *key->banks.at));
    key->banks.count = banks->count;
    for (size_t i = 0; i < banks->count; i++)
        key->banks.at[i] = must_have(strdup(banks->at[i]));
}

struct signature_key *signature_key_new(const char *id, const struct strings *banks,
                                        enum signature_algorithm algorithm, const void *file,
                                        size_t len, struct err *err)
{
    struct signature_key *key = must_have(calloc(1, sizeof *key));

    key->id = must_have(strdup(id));
    key->algorithm = algorithm;
    copy_banks(key, banks);
    if (algorithms[algorithm].load(key, file, len, err) == STATUS_OK)
        return key;
    signature_key_free(key);
    return NULL;
}

void signature_key_free(struct signature_key *key)
{
    if (!key)
        return;
    for (size_t i = 0; i < key->banks.count; i++) {
        union {
            const char *text;
            void *memory;
        } bank = {.text = key->banks.at[i]};
        free(bank.memory);
    }
    free(key->banks.at);
    free(key->id);
    EVP_PKEY_free(key->key);
    OPENSSL_cleanse(key->secret, sizeof key->secret);
    free(key);
}

/* The value of a base64 digit, -1 if it is none. */
static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Strict: whole groups of four, padding, no other bytes, no bits beyond the last byte. */
static bool base64_read(const struct bytes *text, struct claim_of_key *claim)
{
    const char *at = text->at;
    size_t padding = 0;

    if (!text->len || text->len % 4 || text->len / 4 * 3 > sizeof claim->bytes)
        return false;
    while (padding < 2 && at[text->len - 1 - padding] == '=')
        padding++;
    claim->len = 0;
    for (size_t i = 0; i < text->len; i += 4) {
        size_t digits = i + 4 == text->len ? 4 - padding : 4;
        uint32_t group = 0;

        for (size_t j = 0; j < 4; j++) {
            int value = j < digits ? base64_value(at[i + j]) : 0;

            if (value < 0)
                return false;
            group = group << 6 | (uint32_t)value;
        }
        if (group & ((UINT32_C(1) << 8 * (4 - digits)) - 1))
            return false;
        for (size_t j = 0; j + 1 < digits; j++)
            claim->bytes[claim->len++] = (uint8_t)(group >> (16 - 8 * j));
    }
    return true;
}

static const struct signature_key *find_key(const struct signature_keys *keys, const char *id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(keys->at[i]->id, id) == 0)
            return keys->at[i];
    return NULL;
}

/* ce_id LF ce_type LF ce_time LF value; the caller frees it. */
static char *make_message(const char *const parts[3], const struct bytes *value, size_t *len)
{
    size_t used = 0, size = value->len;

    for (int i = 0; i < 3; i++)
        size += strlen(parts[i]) + 1;
    char *message = must_have(malloc(size));
    for (int i = 0; i < 3; i++) {
        size_t part = strlen(parts[i]);

        memcpy(message + used, parts[i], part);
        message[used + part] = '\n';
        used += part + 1;
    }
    if (value->len)
        memcpy(message + used, value->at, value->len);
    *len = size;
    return message;
}

const struct signature_key *signature_verify(const struct signature_keys *keys, const char *key_id,
                                             const struct bytes *signature, const char *ce_id,
                                             const char *ce_type, const char *ce_time,
                                             const struct bytes *value)
{
    const char *const parts[3] = {ce_id, ce_type, ce_time};
    const struct signature_key *key = find_key(keys, key_id);
    struct claim_of_key claim;

    if (!key || !base64_read(signature, &claim))
        return NULL;
    char *message = make_message(parts, value, &claim.message_len);
    claim.message = message;
    bool ok = algorithms[key->algorithm].verify(key, &claim);
    free(message);
    return ok ? key : NULL;
}

bool signature_key_is_for(const struct signature_key *key, const char *bank)
{
    return strings_contain(&key->banks, bank);
}
