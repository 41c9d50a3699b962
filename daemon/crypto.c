/* Hashes, keyed hashes and encryption. Fetched algorithms are shared by all threads: OpenSSL counts
 * their references; contexts are the caller's own. */
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define KEY_ID_LEN 4
#define NONCE_LEN 12
#define TAG_LEN 16

/* A failing digest or a missing source of randomness leaves nothing that could be done. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

void crypto_sha256(const void *bytes, size_t len, uint8_t out[32])
{
    must(EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL));
}

void crypto_hmac_sha256(const struct secret_key *key, const void *bytes, size_t len,
                        uint8_t out[32])
{
    must(HMAC(EVP_sha256(), key->bytes, (int)key->len, bytes, len, out, NULL) != NULL);
}

#define PERSON_INFO "person"

void crypto_derive_person_key(struct keys *keys)
{
    char digest[] = "SHA256", info[] = PERSON_INFO;
    uint8_t hash[32];
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, keys->person.bytes,
                                          keys->person.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof info - 1),
        OSSL_PARAM_construct_end(),
    };

    must(EVP_KDF_derive(context, keys->person_aes, sizeof keys->person_aes, params));
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    crypto_sha256(keys->person.bytes, keys->person.len, hash);
    memcpy(keys->person_key_id, hash, sizeof keys->person_key_id);
}

void crypto_wipe(struct keys *keys)
{
    OPENSSL_cleanse(keys, sizeof *keys);
}

static void rules_sha256(void *context, const void *bytes, size_t len, uint8_t out[32])
{
    (void)context;
    crypto_sha256(bytes, len, out);
}

static void rules_hmac(void *context, enum secret secret, const void *bytes, size_t len,
                       uint8_t out[32])
{
    const struct keys *keys = context;

    crypto_hmac_sha256(secret == SECRET_PAYMENT_CODE ? &keys->payment_code : &keys->certificate_no,
                       bytes, len, out);
}

struct crypto crypto_for_rules(const struct keys *keys)
{
    union { /* the rules hand it back unread */
        const struct keys *keys;
        void *context;
    } context = {.keys = keys};

    return (struct crypto){context.context, rules_sha256, rules_hmac};
}

void crypto_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

void crypto_event_id(const char *name, char out[37])
{
    static const uint8_t namespace[16] = {0x7b, 0x0c, 0x3a, 0x52, 0x6f, 0x0e, 0x5d, 0x0b,
                                          0x9d, 0x54, 0x2f, 0x3c, 0x1b, 0x1f, 0x9a, 0x10};
    static const size_t groups[] = {4, 2, 2, 2, 6};
    uint8_t digest[20];
    const uint8_t *at = digest;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    must(context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) &&
         EVP_DigestUpdate(context, namespace, sizeof namespace) &&
         EVP_DigestUpdate(context, name, strlen(name)) &&
         EVP_DigestFinal_ex(context, digest, NULL));
    EVP_MD_CTX_free(context);
    digest[6] = (uint8_t)((digest[6] & 0x0F) | 0x50); /* version 5 */
    digest[8] = (uint8_t)((digest[8] & 0x3F) | 0x80); /* RFC 9562's variant */
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        crypto_hex(at, groups[i], out);
        at += groups[i];
        out += 2 * groups[i];
        *out++ = '-';
    }
    out[-1] = '\0';
}

void crypto_id_hash(const struct keys *keys, const char *id_number, uint8_t out[32])
{
    crypto_hmac_sha256(&keys->person_index, id_number, strlen(id_number), out);
}

void crypto_seal(const struct keys *keys, const char *where, const void *plain, size_t len,
                 uint8_t *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t *nonce = out + KEY_ID_LEN, *sealed = nonce + NONCE_LEN;
    int written = 0, rest = 0;

    memcpy(out, keys->person_key_id, KEY_ID_LEN);
    must(RAND_bytes(nonce, NONCE_LEN));
    must(context &&
         EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, keys->person_aes, nonce) &&
         EVP_EncryptUpdate(context, NULL, &written, (const uint8_t *)where, (int)strlen(where)) &&
         EVP_EncryptUpdate(context, sealed, &written, plain, (int)len) &&
         EVP_EncryptFinal_ex(context, sealed + written, &rest) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_LEN, sealed + len));
    EVP_CIPHER_CTX_free(context);
}

bool crypto_open(const struct keys *keys, const char *where, const uint8_t *sealed, size_t len,
                 uint8_t *out)
{
    if (len < CRYPTO_SEAL_EXTRA || memcmp(sealed, keys->person_key_id, KEY_ID_LEN) != 0)
        return false;
    size_t plain = len - CRYPTO_SEAL_EXTRA;
    const uint8_t *nonce = sealed + KEY_ID_LEN, *body = nonce + NONCE_LEN;
    uint8_t tag[TAG_LEN];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, rest = 0;

    memcpy(tag, body + plain, TAG_LEN);
    bool ok =
        context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, keys->person_aes, nonce) &&
        EVP_DecryptUpdate(context, NULL, &written, (const uint8_t *)where, (int)strlen(where)) &&
        EVP_DecryptUpdate(context, out, &written, body, (int)plain) &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag) &&
        EVP_DecryptFinal_ex(context, out + written, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}
