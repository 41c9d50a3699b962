/* Bytes as texts that go into credentials. */
#ifndef XUESHI_MULTIBASE_H
#define XUESHI_MULTIBASE_H

#include <stddef.h>
#include <stdint.h>

#include "../handlers/text.h"

/* Multibase: "z" and base58btc, a leading zero byte as a 1. At most MULTIBASE_MAX bytes. */
#define MULTIBASE_MAX 64
void multibase_add_base58(struct text *out, const uint8_t *bytes, size_t len);
/* base64url without padding (RFC 7515), and without multibase's prefix. */
void multibase_add_base64url(struct text *out, const void *bytes, size_t len);

#endif
