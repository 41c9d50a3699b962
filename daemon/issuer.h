/* Who issues certificates, and the Ed25519 keys that sign them, by OpenSSL. */
#ifndef XUESHI_ISSUER_H
#define XUESHI_ISSUER_H

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "credential.h"

struct issuer;     /* opaque: identity and keys */
struct issuer_key; /* opaque: one of its keys */

#define ISSUER_SIGNATURE 64

/* An issuer without keys. Its memory is the arena's; the texts are borrowed. */
struct issuer *issuer_new(struct arena *arena, const struct credential_issuer *identity);
/* Frees and wipes the keys. */
void issuer_finish(struct issuer *issuer);

/* Adds a key from the bytes of its file, an Ed25519 private key as PKCS#8 PEM without password. Its
 * verification method is DID#ID; of a did:key it is DID#MULTIBASE, and only the key of that DID may
 * be added. STATUS_FATAL: unusable, or another key is valid from the same instant. */
enum status issuer_add_key(struct issuer *issuer, const char *id, int64_t valid_from,
                           const void *file, size_t len, struct err *err)
    __attribute__((warn_unused_result));

const struct credential_issuer *issuer_identity(const struct issuer *issuer);
/* The key that signs what is said at that instant: the latest that was valid by then, so that a
 * rebuild signs with the same one. NULL: none was. */
const struct issuer_key *issuer_key_at(const struct issuer *issuer, int64_t instant);
/* From when on there is a key; INSTANT_NONE: there is none at all. */
int64_t issuer_signs_from(const struct issuer *issuer);

/* Its verification method. */
const char *issuer_key_method(const struct issuer_key *key);
/* Deterministic (RFC 8032). Any thread may call it. */
void issuer_sign(const struct issuer_key *key, const void *bytes, size_t len,
                 uint8_t out[ISSUER_SIGNATURE]);

/* Adds the DID document: all keys, old ones too, in the order in which they were added. */
void issuer_add_did_document(struct text *out, const struct issuer *issuer);

#endif
