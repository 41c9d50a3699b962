/* Credentials by templates: `$name` is replaced by the value of that name, escaped.
 *
 * The order of the N-Quads' lines is fixed, whatever the values: ids share their beginning, `#`
 * sorts before `>`, and no two lines share subject and predicate but the types of one subject, so a
 * person's text never decides. A unit test asserts it. */
#include "credential.h"

#include <stdlib.h>
#include <string.h>

#include "../handlers/instant.h"
#include "crypto.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

#define TYPE    " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
#define SCHEMA  "https://schema.org/"
#define VC      "https://www.w3.org/2018/credentials#"
#define OB      "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
#define STATUS  "https://www.w3.org/ns/credentials/status#"
#define SEC     "https://w3id.org/security#"
#define INSTANT "^^<http://www.w3.org/2001/XMLSchema#dateTime>"

#define ENCODED_VALID   "uH4sIAAAAAAAC_-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
#define ENCODED_REVOKED "uH4sIAAAAAAAC_-3BIQEAAAACIKc73RkWoAEAAAAAAAAAAAAAAAAAAADeBuRZQ2cAQAAA"

static const char credential_json[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\","
    "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"],"
    "\"id\":\"$cred\",\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"],"
    "\"issuer\":{\"id\":\"$did\",\"type\":[\"Profile\"],\"name\":\"$issuer\"},"
    "\"validFrom\":\"$at\",\"credentialSubject\":{"
    "\"id\":\"$cred#holder\",\"type\":[\"AchievementSubject\"],\"name\":\"$name\","
    "\"identifier\":[{\"type\":\"IdentityObject\",\"hashed\":false,"
    "\"identityHash\":\"$masked\",\"identityType\":\"ext:idNumberMasked\"}],"
    "\"licenseNumber\":\"$number\",\"term\":\"$term\","
    "\"result\":[{\"id\":\"$cred#hours\",\"type\":[\"Result\"],"
    "\"resultDescription\":\"$ach#hours\",\"value\":\"$hours\"}],"
    "\"achievement\":{\"id\":\"$ach\",\"type\":[\"Achievement\"],"
    "\"achievementType\":\"CertificateOfCompletion\",\"name\":\"$title\","
    "\"description\":\"$description\","
    "\"criteria\":{\"id\":\"$ach#criteria\",\"narrative\":\"$criteria\"},"
    "\"resultDescription\":[{\"id\":\"$ach#hours\",\"type\":[\"ResultDescription\"],"
    "\"name\":\"学时\",\"resultType\":\"ext:CreditHours\"}]}},"
    "\"evidence\":[{\"id\":\"nih:sha-256;$digest\",\"type\":[\"Evidence\"]}],"
    "\"credentialStatus\":{\"id\":\"$list#0\",\"type\":\"BitstringStatusListEntry\","
    "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"0\","
    "\"statusListCredential\":\"$list\"}";

static const char credential_quads[] =
    "<$did>" TYPE "<" OB "Profile> .\n"
    "<$did> <" SCHEMA "name> \"$issuer\" .\n"
    "<$ach#criteria> <" OB "narrative> \"$criteria\" .\n"
    "<$ach#hours>" TYPE "<" OB "ResultDescription> .\n"
    "<$ach#hours> <" OB "resultType> \"ext:CreditHours\" .\n"
    "<$ach#hours> <" SCHEMA "name> \"学时\" .\n"
    "<$ach>" TYPE "<" OB "Achievement> .\n"
    "<$ach> <" OB "Criteria> <$ach#criteria> .\n"
    "<$ach> <" OB "achievementType> \"CertificateOfCompletion\" .\n"
    "<$ach> <" OB "resultDescription> <$ach#hours> .\n"
    "<$ach> <" SCHEMA "description> \"$description\" .\n"
    "<$ach> <" SCHEMA "name> \"$title\" .\n"
    "<$cred#holder>" TYPE "<" OB "AchievementSubject> .\n"
    "<$cred#holder> <" OB "achievement> <$ach> .\n"
    "<$cred#holder> <" OB "identifier> _:c14n0 .\n"
    "<$cred#holder> <" OB "licenseNumber> \"$number\" .\n"
    "<$cred#holder> <" OB "result> <$cred#hours> .\n"
    "<$cred#holder> <" OB "term> \"$term\" .\n"
    "<$cred#holder> <" SCHEMA "name> \"$name\" .\n"
    "<$cred#hours>" TYPE "<" OB "Result> .\n"
    "<$cred#hours> <" OB "resultDescription>"
    " \"$ach#hours\"^^<https://www.w3.org/2001/XMLSchema#anyURI> .\n"
    "<$cred#hours> <" SCHEMA "value> \"$hours\" .\n"
    "<$cred>" TYPE "<" OB "OpenBadgeCredential> .\n"
    "<$cred>" TYPE "<" VC "VerifiableCredential> .\n"
    "<$cred> <" VC "credentialStatus> <$list#0> .\n"
    "<$cred> <" VC "credentialSubject> <$cred#holder> .\n"
    "<$cred> <" VC "evidence> <nih:sha-256;$digest> .\n"
    "<$cred> <" VC "issuer> <$did> .\n"
    "<$cred> <" VC "validFrom> \"$at\"" INSTANT " .\n"
    "<$list#0>" TYPE "<" STATUS "BitstringStatusListEntry> .\n"
    "<$list#0> <" STATUS "statusListCredential> <$list> .\n"
    "<$list#0> <" STATUS "statusListIndex> \"0\" .\n"
    "<$list#0> <" STATUS "statusPurpose> \"revocation\" .\n"
    "<nih:sha-256;$digest>" TYPE "<" OB "Evidence> .\n"
    "_:c14n0" TYPE "<" OB "IdentityObject> .\n"
    "_:c14n0 <" OB "hashed> \"false\"^^<https://www.w3.org/2001/XMLSchema#boolean> .\n"
    "_:c14n0 <" OB "identityHash> \"$masked\" .\n"
    "_:c14n0 <" OB "identityType> \"ext:idNumberMasked\" .\n";

static const char jwt_claims[] =
    ",\"iss\":\"$did\",\"sub\":\"$cred#holder\",\"jti\":\"$cred\",\"nbf\":$seconds}";
static const char jwt_header[] =
    "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"cty\":\"vc\",\"kid\":\"$method\"}";

static const char list_json[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"id\":\"$list\","
    "\"type\":[\"VerifiableCredential\",\"BitstringStatusListCredential\"],"
    "\"issuer\":\"$did\",\"validFrom\":\"$since\","
    "\"credentialSubject\":{\"id\":\"$list#list\",\"type\":\"BitstringStatusList\","
    "\"statusPurpose\":\"revocation\",\"encodedList\":\"$encoded\"}";

static const char list_quads[] = "<$list#list>" TYPE "<" STATUS "BitstringStatusList> .\n"
                                 "<$list#list> <" STATUS "encodedList> \"$encoded\"^^<" SEC
                                 "multibase> .\n"
                                 "<$list#list> <" STATUS "statusPurpose> \"revocation\" .\n"
                                 "<$list>" TYPE "<" VC "VerifiableCredential> .\n"
                                 "<$list>" TYPE "<" STATUS "BitstringStatusListCredential> .\n"
                                 "<$list> <" VC "credentialSubject> <$list#list> .\n"
                                 "<$list> <" VC "issuer> <$did> .\n"
                                 "<$list> <" VC "validFrom> \"$since\"" INSTANT " .\n";

static const char proof_json[] =
    ",\"proof\":[{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-rdfc-2022\","
    "\"created\":\"$created\",\"verificationMethod\":\"$method\","
    "\"proofPurpose\":\"assertionMethod\",\"proofValue\":\"$value\"}]}";

static const char proof_quads[] = "_:c14n0 <http://purl.org/dc/terms/created> \"$created\"" INSTANT
                                  " .\n"
                                  "_:c14n0" TYPE "<" SEC "DataIntegrityProof> .\n"
                                  "_:c14n0 <" SEC "cryptosuite> \"eddsa-rdfc-2022\"^^<" SEC
                                  "cryptosuiteString> .\n"
                                  "_:c14n0 <" SEC "proofPurpose> <" SEC "assertionMethod> .\n"
                                  "_:c14n0 <" SEC "verificationMethod> <$method> .\n";

static const char did_json[] =
    "{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/multikey/v1\"],"
    "\"id\":\"$did\",\"verificationMethod\":[";
static const char did_key_json[] =
    "{\"id\":\"$method\",\"type\":\"Multikey\",\"controller\":\"$did\","
    "\"publicKeyMultibase\":\"$multibase\"}";

/* Ends with one that has no name. */
struct variable {
    const char *name, *value;
};

typedef void escape_function(struct text *out, const char *string);

/* `digits` are hexadecimal ones, with the letters in the case that is wanted. */
static void escape(struct text *out, const char *string, const char *digits, bool escapes_delete)
{
    static const char specials[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";

    for (const char *at = string; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        const char *special = strchr(specials, *at);
        const char hex[] = {digits[byte >> 4], digits[byte & 15]};

        if (special) {
            text_add(out, "\\");
            text_add_bytes(out, &letters[special - specials], 1);
        } else if (byte < 0x20 || (byte == 0x7F && escapes_delete)) {
            text_add(out, "\\u00");
            text_add_bytes(out, hex, sizeof hex);
        } else {
            text_add_bytes(out, at, 1);
        }
    }
}

void credential_escape_json(struct text *out, const char *string)
{
    escape(out, string, "0123456789abcdef", false);
}

void credential_escape_quads(struct text *out, const char *string)
{
    escape(out, string, "0123456789ABCDEF", true);
}

static const char *value_of(const struct variable *variables, const char *name, size_t len)
{
    for (const struct variable *one = variables; one->name; one++)
        if (strlen(one->name) == len && memcmp(one->name, name, len) == 0)
            return one->value;
    abort(); /* a template of ours names what its filler does not have */
}

static void fill(struct text *out, const char *template, escape_function *escape_value,
                 const struct variable *variables)
{
    for (const char *at = template;;) {
        size_t plain = strcspn(at, "$");

        text_add_bytes(out, at, plain);
        at += plain;
        if (!*at)
            return;
        size_t len = strspn(++at, LETTERS);
        escape_value(out, value_of(variables, at, len));
        at += len;
    }
}

/* BASE/FOLDER/NAME, with /VERSION if there is one. */
static const char *make_url(struct arena *arena, const char *base, const char *folder,
                            const char *name, int64_t version)
{
    struct text url;

    text_init(&url, arena);
    text_add(&url, base);
    text_add(&url, folder);
    text_add(&url, name);
    if (version) {
        text_add(&url, "/");
        text_add_int(&url, version);
    }
    return url.at;
}

static const char *hours_text(struct arena *arena, int64_t tenths)
{
    struct text text;

    text_init(&text, arena);
    text_add_tenths(&text, tenths);
    return text.at;
}

static void fill_credential(struct text *out, const char *template, escape_function *escape_value,
                            const struct credential *c)
{
    const char *base = c->issuer->base_url;
    char at[INSTANT_TEXT], digest[65];

    crypto_hex(c->digest, sizeof c->digest, digest);
    const struct variable variables[] = {
        {"did", c->issuer->did},
        {"issuer", c->issuer->name},
        {"cred", make_url(out->arena, base, "/certificates/", c->certificate_no, c->version)},
        {"ach", make_url(out->arena, base, "/achievements/", c->programme->id, 0)},
        {"list", make_url(out->arena, base, "/status/", c->certificate_no, c->version)},
        {"title", c->programme->title},
        {"description", c->programme->description},
        {"criteria", c->programme->criteria},
        {"number", c->certificate_no},
        {"term", c->term_id},
        {"name", c->holder_name},
        {"masked", c->id_number_masked},
        {"hours", hours_text(out->arena, c->hours)},
        {"at", instant_format(c->issued_at, at)},
        {"seconds", text_from_int(out->arena, c->issued_at / US_PER_S)},
        {"digest", digest},
        {NULL, NULL},
    };
    fill(out, template, escape_value, variables);
}

void credential_add_json(struct text *out, const struct credential *credential)
{
    fill_credential(out, credential_json, credential_escape_json, credential);
}

void credential_add_quads(struct text *out, const struct credential *credential)
{
    fill_credential(out, credential_quads, credential_escape_quads, credential);
}

void credential_add_jwt_claims(struct text *out, const struct credential *credential)
{
    fill_credential(out, jwt_claims, credential_escape_json, credential);
}

void credential_add_jwt_header(struct text *out, const char *method)
{
    fill(out, jwt_header, credential_escape_json,
         (const struct variable[]){{"method", method}, {NULL, NULL}});
}

static void fill_list(struct text *out, const char *template, escape_function *escape_value,
                      const struct status_list *list)
{
    char since[INSTANT_TEXT];
    const struct variable variables[] = {
        {"did", list->issuer->did},
        {"list", make_url(out->arena, list->issuer->base_url, "/status/", list->certificate_no,
                          list->version)},
        {"encoded", list->revoked ? ENCODED_REVOKED : ENCODED_VALID},
        {"since", instant_format(list->since, since)},
        {NULL, NULL},
    };
    fill(out, template, escape_value, variables);
}

void status_list_add_json(struct text *out, const struct status_list *list)
{
    fill_list(out, list_json, credential_escape_json, list);
}

void status_list_add_quads(struct text *out, const struct status_list *list)
{
    fill_list(out, list_quads, credential_escape_quads, list);
}

static void fill_proof(struct text *out, const char *template, escape_function *escape_value,
                       const struct proof *proof, const char *value)
{
    char created[INSTANT_TEXT];
    const struct variable variables[] = {
        {"created", instant_format(proof->created, created)},
        {"method", proof->method},
        {"value", value},
        {NULL, NULL},
    };
    fill(out, template, escape_value, variables);
}

void proof_add_json(struct text *out, const struct proof *proof, const char *value)
{
    fill_proof(out, proof_json, credential_escape_json, proof, value);
}

void proof_add_quads(struct text *out, const struct proof *proof)
{
    fill_proof(out, proof_quads, credential_escape_quads, proof, NULL);
}

void did_document_add_json(struct text *out, const char *did, const struct did_key *keys,
                           size_t count)
{
    fill(out, did_json, credential_escape_json,
         (const struct variable[]){{"did", did}, {NULL, NULL}});
    for (size_t i = 0; i < count; i++) {
        const struct variable variables[] = {
            {"did", did},
            {"method", keys[i].method},
            {"multibase", keys[i].multibase},
            {NULL, NULL},
        };
        text_add(out, i ? "," : "");
        fill(out, did_key_json, credential_escape_json, variables);
    }
    text_add(out, "],\"assertionMethod\":[");
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? ",\"" : "\"");
        credential_escape_json(out, keys[i].method);
        text_add(out, "\"");
    }
    text_add(out, "]}");
}
