/* Signatures of payment events (events.md, "xueshi.payment"): OpenSSL behind a small face. */
#ifndef XUESHI_SIGNATURE_H
#define XUESHI_SIGNATURE_H

#include <stdbool.h>

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"
#include "record.h"

struct signature_key; /* opaque: id, banks, algorithm, key material */

struct signature_keys {
    struct signature_key **at;
    size_t count;
};

enum signature_algorithm { SIGNATURE_HMAC_SHA256, SIGNATURE_ED25519, SIGNATURE_SM2_SM3 };
/* False: no such word ("hmac-sha256", "ed25519", "sm2-sm3"). */
bool signature_algorithm_from_name(const char *name, enum signature_algorithm *out);

/* A key from the bytes of its file: PEM public key, or 32..64 raw bytes for HMAC. NULL: unusable,
 * err says why. Freed by signature_key_free. */
struct signature_key *signature_key_new(const char *id, const struct strings *banks,
                                        enum signature_algorithm algorithm, const void *file,
                                        size_t len, struct err *err);
void signature_key_free(struct signature_key *key);

/* Checks `signature` (base64, strict) over ce_id LF ce_type LF ce_time LF value. Returns the key
 * that made it, or NULL: unknown key id, bad base64, or wrong. */
const struct signature_key *signature_verify(const struct signature_keys *keys, const char *key_id,
                                             const struct bytes *signature, const char *ce_id,
                                             const char *ce_type, const char *ce_time,
                                             const struct bytes *value);
/* Whether the key may sign for the bank. */
bool signature_key_is_for(const struct signature_key *key, const char *bank);

#endif
