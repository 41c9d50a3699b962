/* Hashes, keyed hashes and encryption of personal data: OpenSSL's libcrypto, and nothing else of
 * the daemon knows it besides daemon/signature.c. */
#ifndef XUESHI_CRYPTO_H
#define XUESHI_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../handlers/world.h"
#include "record.h"

#define SECRET_MAX 64

/* The bytes of a key file, 32 to 64 of them; len 0: not loaded. */
struct secret_key {
    uint8_t bytes[SECRET_MAX];
    size_t len;
};

/* The four keys of the configuration's group `keys`. Its AES key is derived when it is loaded. */
struct keys {
    struct secret_key payment_code, certificate_no, person, person_index;
    uint8_t person_aes[32];   /* HKDF-SHA256(person, info "person") */
    uint8_t person_key_id[4]; /* first bytes of SHA-256 of person_aes: names it in what it sealed */
};

void crypto_sha256(const void *bytes, size_t len, uint8_t out[32]);
/* For names that others compute with it (sqitch's change ids): no protection. */
void crypto_sha1(const void *bytes, size_t len, uint8_t out[20]);
void crypto_hmac_sha256(const struct secret_key *key, const void *bytes, size_t len,
                        uint8_t out[32]);
/* Fills in person_aes and person_key_id from `person`. */
void crypto_derive_person_key(struct keys *keys);
/* Overwrites all key material. */
void crypto_wipe(struct keys *keys);

/* What the rules are handed (world.crypto); keeps a pointer to the keys. */
struct crypto crypto_for_rules(const struct keys *keys);

/* UUIDv5 of a name in xueshid's namespace (fold.md section 8), as lower-case text. */
void crypto_event_id(const char *name, char out[37]);

/* Keyed hash of an ID number under person_index: for look-up and sameness. */
void crypto_id_hash(const struct keys *keys, const char *id_number, uint8_t out[32]);

/* Lower-case hexadecimal digits and a NUL: 2 * len + 1 bytes. */
void crypto_hex(const uint8_t *bytes, size_t len, char *out);

/* AES-256-GCM: key id (4) || nonce (12) || ciphertext || tag (16). `where` names row and column and
 * is authenticated, so that a ciphertext cannot be moved. Aborts when no randomness is to be had.
 */
#define CRYPTO_SEAL_EXTRA 32
void crypto_seal(const struct keys *keys, const char *where, const void *plain, size_t len,
                 uint8_t *out);
/* The reverse: writes len - CRYPTO_SEAL_EXTRA bytes. False: another key, altered, or moved; then
 * what was written is zeros. */
bool crypto_open(const struct keys *keys, const char *where, const uint8_t *sealed, size_t len,
                 uint8_t *out);

#endif
