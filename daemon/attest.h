/* What the issuer signs of a certificate: credential, VC-JWT and status lists. */
#ifndef XUESHI_ATTEST_H
#define XUESHI_ATTEST_H

#include "../handlers/effect.h"
#include "issuer.h"

/* Adds `,"credential":{…},"credential_jwt":"…","status_lists":[…]` for a certificate that is
 * issued, `,"status_lists":[…]` for one that is revoked, nothing for any other effect. What is
 * dated before the first key is left out. */
void attest_effect(struct text *json, const struct issuer *issuer, const struct effect *effect);

/* Adds the signed list, an object; nothing and false when there is no key for list->since. */
bool attest_status_list(struct text *json, const struct issuer *issuer,
                        const struct status_list *list);

#endif
