/* A certificate as a credential: Open Badges 3.0 on the Verifiable Credentials Data Model 2.0, its
 * Bitstring Status List, and the issuer's DID document.
 *
 * The shapes are closed, so both the JSON and its canonical N-Quads (RDFC-1.0) are templates, and
 * no JSON-LD library is needed. Pure: texts in, text out; nothing here signs. */
#ifndef XUESHI_CREDENTIAL_H
#define XUESHI_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../handlers/catalogue.h"
#include "../handlers/text.h"

/* Who says it. */
struct credential_issuer {
    const char *did;
    const char *name;
    const char *base_url; /* https://HOST, begins the ids */
};

/* A version of a certificate. Texts are UTF-8; ids are of A-Z a-z 0-9 . _ : - only. */
struct credential {
    const struct credential_issuer *issuer;
    const struct programme *programme;
    const char *certificate_no;
    int64_t version;
    const char *term_id, *holder_name, *id_number_masked;
    int64_t hours; /* tenths */
    int64_t issued_at;
    uint8_t digest[32]; /* of the evidence */
};

/* The list of one version: one bit that matters. */
struct status_list {
    const struct credential_issuer *issuer;
    const char *certificate_no;
    int64_t version;
    bool revoked;
    int64_t since; /* issued_at while valid; revoked_at, or when the next one replaced it */
};

/* A Data Integrity proof with the cryptosuite eddsa-rdfc-2022. */
struct proof {
    const char *method; /* the key: verificationMethod */
    int64_t created;
};

/* A key of the DID document. */
struct did_key {
    const char *method, *multibase;
};

/* JSON objects without the brace that ends them: a proof or the claims of a JWT follow. */
void credential_add_json(struct text *out, const struct credential *credential);
void status_list_add_json(struct text *out, const struct status_list *list);
/* What follows: `,"proof":[{…}]}`, or `,"iss":…}`. */
void proof_add_json(struct text *out, const struct proof *proof, const char *value);
void credential_add_jwt_claims(struct text *out, const struct credential *credential);
/* The JOSE header. */
void credential_add_jwt_header(struct text *out, const char *method);
void did_document_add_json(struct text *out, const char *did, const struct did_key *keys,
                           size_t count);

/* Canonical N-Quads: sorted lines, each ended by LF. */
void credential_add_quads(struct text *out, const struct credential *credential);
void status_list_add_quads(struct text *out, const struct status_list *list);
void proof_add_quads(struct text *out, const struct proof *proof);

/* The inside of a string in JSON, and of a literal in canonical N-Quads. They differ in the control
 * characters: \u001f there, \u001F here, and DEL as it is there, \u007F here. */
void credential_escape_json(struct text *out, const char *string);
void credential_escape_quads(struct text *out, const char *string);

#endif
