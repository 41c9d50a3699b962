/* The issuer's keys, by OpenSSL's EVP. */
#include "issuer.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "multibase.h"

#define PUBLIC_LEN 32

struct issuer_key {
    const char *method, *multibase;
    int64_t valid_from;
    EVP_PKEY *key;
};

struct issuer {
    struct arena *arena;
    struct credential_issuer identity;
    struct issuer_key *keys; /* as they were added */
    size_t count, cap;
};

struct issuer *issuer_new(struct arena *arena, const struct credential_issuer *identity)
{
    struct issuer *issuer = arena_alloc(arena, sizeof *issuer);

    issuer->arena = arena;
    issuer->identity = *identity;
    return issuer;
}

void issuer_finish(struct issuer *issuer)
{
    if (!issuer)
        return;
    for (size_t i = 0; i < issuer->count; i++)
        EVP_PKEY_free(issuer->keys[i].key);
    issuer->count = 0;
}

/* OpenSSL's own would ask the terminal. */
static int no_password(char *out, int size, int writing, void *context)
{
    (void)out, (void)size, (void)writing, (void)context;
    return -1;
}

static EVP_PKEY *read_private_key(const void *file, size_t len)
{
    BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(file, (int)len) : NULL;
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error(); /* what it left there would be taken for a failure of the next TLS call */
    return key;
}

/* Multikey: the codec ED 01 and the public key. */
static const char *make_multibase(struct arena *arena, const EVP_PKEY *key)
{
    uint8_t bytes[2 + PUBLIC_LEN] = {0xED, 0x01};
    size_t len = PUBLIC_LEN;
    struct text text;

    if (EVP_PKEY_get_raw_public_key(key, bytes + 2, &len) != 1 || len != PUBLIC_LEN)
        abort();
    text_init(&text, arena);
    multibase_add_base58(&text, bytes, sizeof bytes);
    return text.at;
}

static bool is_did_key(const struct issuer *issuer)
{
    return strncmp(issuer->identity.did, "did:key:", 8) == 0;
}

static const char *make_method(const struct issuer *issuer, const char *fragment)
{
    struct text text;

    text_init(&text, issuer->arena);
    text_add(&text, issuer->identity.did);
    text_add(&text, "#");
    text_add(&text, fragment);
    return text.at;
}

/* That it may stand beside the others. */
static enum status check_key(const struct issuer *issuer, const struct issuer_key *key,
                             struct err *err)
{
    if (is_did_key(issuer) && strcmp(issuer->identity.did + 8, key->multibase) != 0)
        return err_set(err, STATUS_FATAL, "is not the key of ", issuer->identity.did, NULL);
    for (size_t i = 0; i < issuer->count; i++)
        if (issuer->keys[i].valid_from == key->valid_from)
            return err_set(err, STATUS_FATAL, "is valid from the same instant as another key",
                           NULL);
    return STATUS_OK;
}

enum status issuer_add_key(struct issuer *issuer, const char *id, int64_t valid_from,
                           const void *file, size_t len, struct err *err)
{
    struct issuer_key key = {.valid_from = valid_from, .key = read_private_key(file, len)};

    if (!key.key || !EVP_PKEY_is_a(key.key, "ED25519")) {
        EVP_PKEY_free(key.key);
        return err_set(err, STATUS_FATAL, "is no Ed25519 private key, PKCS#8 PEM without password",
                       NULL);
    }
    key.multibase = make_multibase(issuer->arena, key.key);
    key.method = make_method(issuer, is_did_key(issuer) ? key.multibase : id);
    enum status status = check_key(issuer, &key, err);
    if (status != STATUS_OK) {
        EVP_PKEY_free(key.key);
        return status;
    }
    issuer->keys = arena_grow(issuer->arena, issuer->keys, issuer->count, issuer->count + 1,
                              &issuer->cap, sizeof *issuer->keys);
    issuer->keys[issuer->count++] = key;
    return STATUS_OK;
}

const struct credential_issuer *issuer_identity(const struct issuer *issuer)
{
    return &issuer->identity;
}

const struct issuer_key *issuer_key_at(const struct issuer *issuer, int64_t instant)
{
    const struct issuer_key *latest = NULL;

    for (size_t i = 0; i < issuer->count; i++) {
        const struct issuer_key *key = &issuer->keys[i];

        if (key->valid_from <= instant && (!latest || key->valid_from > latest->valid_from))
            latest = key;
    }
    return latest;
}

int64_t issuer_signs_from(const struct issuer *issuer)
{
    int64_t first = INSTANT_NONE;

    for (size_t i = 0; i < issuer->count; i++)
        if (first == INSTANT_NONE || issuer->keys[i].valid_from < first)
            first = issuer->keys[i].valid_from;
    return first;
}

const char *issuer_key_method(const struct issuer_key *key)
{
    return key->method;
}

void issuer_sign(const struct issuer_key *key, const void *bytes, size_t len,
                 uint8_t out[ISSUER_SIGNATURE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t signature_len = ISSUER_SIGNATURE;

    if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key->key) != 1 ||
        EVP_DigestSign(context, out, &signature_len, bytes, len) != 1 ||
        signature_len != ISSUER_SIGNATURE)
        abort(); /* out of memory: nothing else can fail here */
    EVP_MD_CTX_free(context);
}

void issuer_add_did_document(struct text *out, const struct issuer *issuer)
{
    struct did_key *keys = arena_alloc(out->arena, issuer->count * sizeof *keys);

    for (size_t i = 0; i < issuer->count; i++)
        keys[i] = (struct did_key){issuer->keys[i].method, issuer->keys[i].multibase};
    did_document_add_json(out, issuer->identity.did, keys, issuer->count);
}
