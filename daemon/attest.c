/* Signatures over what credential.c writes: Data Integrity proofs and JWTs. */
#include "attest.h"

#include <string.h>

#include "crypto.h"
#include "multibase.h"

/* Ends the object in `json` with a proof over the document, whose N-Quads these are. */
static void add_proof(struct text *json, const struct issuer_key *key, int64_t created,
                      const struct text *document)
{
    const struct proof proof = {.method = issuer_key_method(key), .created = created};
    uint8_t hashes[64], signature[ISSUER_SIGNATURE];
    struct text quads, value;

    text_init(&quads, json->arena);
    proof_add_quads(&quads, &proof);
    crypto_sha256(quads.at, quads.len, hashes);
    crypto_sha256(document->at, document->len, hashes + 32);
    issuer_sign(key, hashes, sizeof hashes, signature);
    text_init(&value, json->arena);
    multibase_add_base58(&value, signature, sizeof signature);
    proof_add_json(json, &proof, value.at);
}

static void add_credential(struct text *json, const struct issuer_key *key,
                           const struct credential *credential)
{
    struct text quads;

    text_init(&quads, json->arena);
    credential_add_quads(&quads, credential);
    credential_add_json(json, credential);
    add_proof(json, key, credential->issued_at, &quads);
}

static void add_jwt(struct text *json, const struct issuer_key *key,
                    const struct credential *credential)
{
    uint8_t signature[ISSUER_SIGNATURE];
    struct text header, claims, token;

    text_init(&header, json->arena);
    text_init(&claims, json->arena);
    text_init(&token, json->arena);
    credential_add_jwt_header(&header, issuer_key_method(key));
    credential_add_json(&claims, credential);
    credential_add_jwt_claims(&claims, credential);
    multibase_add_base64url(&token, header.at, header.len);
    text_add(&token, ".");
    multibase_add_base64url(&token, claims.at, claims.len);
    issuer_sign(key, token.at, token.len, signature);
    text_add(&token, ".");
    multibase_add_base64url(&token, signature, sizeof signature);
    text_add(json, token.at);
}

bool attest_status_list(struct text *json, const struct issuer *issuer,
                        const struct status_list *list)
{
    const struct issuer_key *key = issuer_key_at(issuer, list->since);
    struct text quads;

    if (!key)
        return false;
    text_init(&quads, json->arena);
    status_list_add_quads(&quads, list);
    status_list_add_json(json, list);
    add_proof(json, key, list->since, &quads);
    return true;
}

/* Adds the member with the lists that can be signed, if any. */
static void add_status_lists(struct text *json, const struct issuer *issuer,
                             const struct status_list *lists, size_t count)
{
    struct text array;
    size_t signed_count = 0;

    text_init(&array, json->arena);
    for (size_t i = 0; i < count; i++) {
        if (!issuer_key_at(issuer, lists[i].since))
            continue;
        text_add(&array, signed_count++ ? "," : "");
        attest_status_list(&array, issuer, &lists[i]);
    }
    if (!signed_count)
        return;
    text_add(json, ",\"status_lists\":[");
    text_add(json, array.at);
    text_add(json, "]");
}

static void attest_issued(struct text *json, const struct issuer *issuer,
                          const struct effect *effect)
{
    const struct issuer_key *key = issuer_key_at(issuer, effect->u.issued.issued_at);
    struct credential credential = {
        .issuer = issuer_identity(issuer),
        .programme = effect->u.issued.term->programme,
        .certificate_no = effect->u.issued.certificate_no,
        .version = effect->u.issued.version,
        .term_id = effect->u.issued.term->id,
        .holder_name = effect->u.issued.holder_name,
        .id_number_masked = effect->u.issued.id_number_masked,
        .hours = effect->u.issued.hours,
        .issued_at = effect->u.issued.issued_at,
    };
    const struct status_list lists[] = {
        {.issuer = credential.issuer,
         .certificate_no = credential.certificate_no,
         .version = credential.version,
         .since = credential.issued_at},
        {.issuer = credential.issuer,
         .certificate_no = credential.certificate_no,
         .version = effect->u.issued.replaced_version,
         .revoked = true,
         .since = effect->u.issued.replaced_at},
    };

    memcpy(credential.digest, effect->u.issued.digest, sizeof credential.digest);
    if (key) {
        text_add(json, ",\"credential\":");
        add_credential(json, key, &credential);
        text_add(json, ",\"credential_jwt\":\"");
        add_jwt(json, key, &credential);
        text_add(json, "\"");
    }
    add_status_lists(json, issuer, lists, effect->u.issued.replaced_version ? 2 : 1);
}

static void attest_revoked(struct text *json, const struct issuer *issuer,
                           const struct effect *effect)
{
    const struct status_list list = {
        .issuer = issuer_identity(issuer),
        .certificate_no = effect->u.revoked.certificate_no,
        .version = effect->u.revoked.version,
        .revoked = true,
        .since = effect->u.revoked.revoked_at,
    };

    add_status_lists(json, issuer, &list, 1);
}

void attest_effect(struct text *json, const struct issuer *issuer, const struct effect *effect)
{
    if (effect->type == EFFECT_CERTIFICATE_ISSUED)
        attest_issued(json, issuer, effect);
    else if (effect->type == EFFECT_CERTIFICATE_REVOKED)
        attest_revoked(json, issuer, effect);
}
