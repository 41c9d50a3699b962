/* Hashes, keyed hashes and encryption of personal data, by OpenSSL's EVP.
 *
 * Any thread may call anything here. A failure of the library has no remedy (it is out of memory,
 * or built without the algorithm) and aborts, so that no caller goes on with a hash of nothing. */
#include "crypto.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#define KEY_ID_LEN 4
#define NONCE_LEN  12
#define TAG_LEN    16

_Static_assert(KEY_ID_LEN + NONCE_LEN + TAG_LEN == CRYPTO_SEAL_EXTRA, "layout of a sealed value");

/* Looked up once for the life of the process and const from then on: fetching by name for every
 * hash costs as much as the hash of a small event. */
static struct {
    EVP_MD *sha256, *sha1;
    EVP_CIPHER *aes_256_gcm;
} algorithms;
static pthread_once_t algorithms_once = PTHREAD_ONCE_INIT;

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void algorithms_fetch(void)
{
    algorithms.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    algorithms.sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    algorithms.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    must(algorithms.sha256 && algorithms.sha1 && algorithms.aes_256_gcm);
}

static void algorithms_need(void)
{
    must(pthread_once(&algorithms_once, algorithms_fetch) == 0);
}

void crypto_sha256(const void *bytes, size_t len, uint8_t out[32])
{
    algorithms_need();
    must(EVP_Digest(bytes, len, out, NULL, algorithms.sha256, NULL) == 1);
}

void crypto_sha1(const void *bytes, size_t len, uint8_t out[20])
{
    algorithms_need();
    must(EVP_Digest(bytes, len, out, NULL, algorithms.sha1, NULL) == 1);
}

void crypto_hmac_sha256(const struct secret_key *key, const void *bytes, size_t len,
                        uint8_t out[32])
{
    must(key->len > 0);
    must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key->bytes, key->len, bytes, len, out, 32,
                   NULL) != NULL);
}

/* HKDF-SHA256 without salt (RFC 5869). */
static void hkdf_sha256(const struct secret_key *key, const char *info, uint8_t *out, size_t len)
{
    struct secret_key secret = *key; /* OSSL_PARAM takes no const */
    char digest[] = "SHA256", label[SECRET_MAX];
    size_t label_len = strlen(info);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;

    must(ctx && label_len < sizeof label);
    memcpy(label, info, label_len);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.bytes, secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, label, label_len),
        OSSL_PARAM_construct_end(),
    };
    must(EVP_KDF_derive(ctx, out, len, params) == 1);
    OPENSSL_cleanse(&secret, sizeof secret);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

void crypto_derive_person_key(struct keys *keys)
{
    uint8_t digest[32];

    must(keys->person.len > 0);
    hkdf_sha256(&keys->person, "person", keys->person_aes, sizeof keys->person_aes);
    crypto_sha256(keys->person_aes, sizeof keys->person_aes, digest);
    memcpy(keys->person_key_id, digest, KEY_ID_LEN);
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
    return (struct crypto){
        .context = (void *)(uintptr_t)keys, /* rules_hmac alone gets it back, and reads it */
        .sha256 = rules_sha256,
        .hmac = rules_hmac,
    };
}

/* RFC 4122 section 4.3. */
void crypto_event_id(const char *name, char out[37])
{
    static const uint8_t namespace[16] = {0x7b, 0x0c, 0x3a, 0x52, 0x6f, 0x0e, 0x5d, 0x0b,
                                          0x9d, 0x54, 0x2f, 0x3c, 0x1b, 0x1f, 0x9a, 0x10};
    uint8_t digest[20];
    char hex[2 * 16 + 1];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    algorithms_need();
    must(ctx && EVP_DigestInit_ex2(ctx, algorithms.sha1, NULL) == 1 &&
         EVP_DigestUpdate(ctx, namespace, sizeof namespace) == 1 &&
         EVP_DigestUpdate(ctx, name, strlen(name)) == 1 &&
         EVP_DigestFinal_ex(ctx, digest, NULL) == 1);
    EVP_MD_CTX_free(ctx);
    digest[6] = (uint8_t)(0x50 | (digest[6] & 0x0F));
    digest[8] = (uint8_t)(0x80 | (digest[8] & 0x3F));
    crypto_hex(digest, 16, hex);
    for (size_t from = 0, to = 0; from < sizeof hex; from++) {
        if (from == 8 || from == 12 || from == 16 || from == 20)
            out[to++] = '-';
        out[to++] = hex[from];
    }
}

void crypto_id_hash(const struct keys *keys, const char *id_number, uint8_t out[32])
{
    crypto_hmac_sha256(&keys->person_index, id_number, strlen(id_number), out);
}

void crypto_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 0x0F];
    }
    out[2 * len] = '\0';
}

/* OpenSSL counts in int. */
static int int_len(size_t len)
{
    must(len <= INT_MAX);
    return (int)len;
}

void crypto_seal(const struct keys *keys, const char *where, const void *plain, size_t len,
                 uint8_t *out)
{
    uint8_t *nonce = out + KEY_ID_LEN, *text = nonce + NONCE_LEN, *tag = text + len;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;

    algorithms_need();
    memcpy(out, keys->person_key_id, KEY_ID_LEN);
    must(RAND_bytes(nonce, NONCE_LEN) == 1);
    must(ctx &&
         EVP_EncryptInit_ex2(ctx, algorithms.aes_256_gcm, keys->person_aes, nonce, NULL) == 1 &&
         EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)where, int_len(strlen(where))) == 1 &&
         (!len || EVP_EncryptUpdate(ctx, text, &n, plain, int_len(len)) == 1) &&
         EVP_EncryptFinal_ex(ctx, tag, &n) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) == 1);
    EVP_CIPHER_CTX_free(ctx);
}

bool crypto_open(const struct keys *keys, const char *where, const uint8_t *sealed, size_t len,
                 uint8_t *out)
{
    if (len < CRYPTO_SEAL_EXTRA || memcmp(sealed, keys->person_key_id, KEY_ID_LEN) != 0)
        return false;
    size_t plain_len = len - CRYPTO_SEAL_EXTRA;
    const uint8_t *nonce = sealed + KEY_ID_LEN, *text = nonce + NONCE_LEN;
    uint8_t tag[TAG_LEN], rest[TAG_LEN];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;

    algorithms_need();
    memcpy(tag, text + plain_len, TAG_LEN);
    must(ctx &&
         EVP_DecryptInit_ex2(ctx, algorithms.aes_256_gcm, keys->person_aes, nonce, NULL) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
         EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)where, int_len(strlen(where))) == 1 &&
         (!plain_len || EVP_DecryptUpdate(ctx, out, &n, text, int_len(plain_len)) == 1));
    bool genuine = EVP_DecryptFinal_ex(ctx, rest, &n) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!genuine && plain_len)
        OPENSSL_cleanse(out, plain_len);
    return genuine;
}
