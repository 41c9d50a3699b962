/* What the daemon's code signs of certificates that a test makes up, for foreign verifiers.
 *
 *   issue-credentials -c CONFIG < CERTIFICATES
 *
 * A line in is a JSON object: certificate_no version programme {id title description criteria}
 * term_id holder {name id_number_masked} hours (tenths) issued_at digest, and perhaps
 * replaced_version replaced_at, revoked_at. A line out has the data of the event as `issued`, with
 * revoked_at also that of the next event as `revoked`, and as `quads` the canonical form that was
 * signed. */
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/config.h"
#include "../../daemon/encode.h"

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "issue-credentials: %s: %s\n", what, why);
    exit(1);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    if (!text)
        fail("not a string", name);
    return text;
}

static int64_t int_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int64_t instant_of(const json_t *object, const char *name)
{
    const char *text = text_of(object, name);
    int64_t instant;

    if (!instant_parse(text, strlen(text), &instant))
        fail("not an instant", name);
    return instant;
}

static void read_digest(const char *hex, uint8_t out[32])
{
    if (strspn(hex, "0123456789abcdef") != 64)
        fail("not a digest", hex);
    for (size_t i = 0; i < 32; i++) {
        char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

static const struct term *read_term(struct arena *arena, const json_t *line)
{
    const json_t *text = json_object_get(line, "programme");
    const struct programme programme = {
        .id = text_of(text, "id"),
        .title = text_of(text, "title"),
        .description = text_of(text, "description"),
        .criteria = text_of(text, "criteria"),
        .year = 2023,
        .series_id = "series",
        .category = "professional",
    };
    const struct term term = {
        .id = text_of(line, "term_id"),
        .programme = arena_copy(arena, &programme, sizeof programme),
    };

    return arena_copy(arena, &term, sizeof term);
}

static struct effect read_issued(struct arena *arena, const json_t *line)
{
    const json_t *holder = json_object_get(line, "holder");
    struct effect effect = {
        .type = EFFECT_CERTIFICATE_ISSUED,
        .time = instant_of(line, "issued_at"),
        .key = "t1",
        .name = "issued",
        .enrollment_id = "e1",
        .trainee_id = "t1",
        .u.issued = {.certificate_no = text_of(line, "certificate_no"),
                     .version = int_of(line, "version"),
                     .holder_name = text_of(holder, "name"),
                     .id_number_masked = text_of(holder, "id_number_masked"),
                     .term = read_term(arena, line),
                     .hours = int_of(line, "hours"),
                     .issued_at = instant_of(line, "issued_at"),
                     .bank = "BOC",
                     .bank_txn_id = "x1"},
    };

    read_digest(text_of(line, "digest"), effect.u.issued.digest);
    if (json_object_get(line, "replaced_version")) {
        effect.u.issued.replaced_version = int_of(line, "replaced_version");
        effect.u.issued.replaced_at = instant_of(line, "replaced_at");
    }
    return effect;
}

static struct effect revoke(const struct effect *issued, int64_t revoked_at)
{
    return (struct effect){
        .type = EFFECT_CERTIFICATE_REVOKED,
        .time = revoked_at,
        .key = issued->key,
        .name = "revoked",
        .enrollment_id = issued->enrollment_id,
        .trainee_id = issued->trainee_id,
        .u.revoked = {.certificate_no = issued->u.issued.certificate_no,
                      .version = issued->u.issued.version,
                      .revoked_at = revoked_at,
                      .reason = REVOKED_ORDERED},
    };
}

static json_t *quads_of(struct arena *arena, const struct config *config,
                        const struct effect *issued)
{
    struct credential credential = {
        .issuer = issuer_identity(config->signer),
        .programme = issued->u.issued.term->programme,
        .certificate_no = issued->u.issued.certificate_no,
        .version = issued->u.issued.version,
        .term_id = issued->u.issued.term->id,
        .holder_name = issued->u.issued.holder_name,
        .id_number_masked = issued->u.issued.id_number_masked,
        .hours = issued->u.issued.hours,
        .issued_at = issued->u.issued.issued_at,
    };
    struct text quads;

    memcpy(credential.digest, issued->u.issued.digest, sizeof credential.digest);
    text_init(&quads, arena);
    credential_add_quads(&quads, &credential);
    return json_stringn(quads.at, quads.len);
}

/* As bytes, not parsed: the test sees what a subscriber would. */
static json_t *data_of(struct arena *arena, const struct config *config,
                       const struct effect *effect)
{
    const struct message *message = encode_effect(arena, config->source, config->signer, effect);

    return json_stringn(message->record.value.at, message->record.value.len);
}

static void answer(struct arena *arena, const struct config *config, const char *text, size_t len)
{
    json_error_t error;
    json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error), *out = json_object();

    if (!line)
        fail("a line", error.text);
    const struct effect issued = read_issued(arena, line);
    json_object_set_new(out, "issued", data_of(arena, config, &issued));
    json_object_set_new(out, "quads", quads_of(arena, config, &issued));
    if (json_object_get(line, "revoked_at")) {
        const struct effect revoked = revoke(&issued, instant_of(line, "revoked_at"));

        json_object_set_new(out, "revoked", data_of(arena, config, &revoked));
    }
    if (json_dumpf(out, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF)
        fail("output", "cannot be written");
    json_decref(out);
    json_decref(line);
}

int main(int argc, char **argv)
{
    struct arena kept = {0}, arena = {0};
    struct config config;
    struct err err;
    char *text = NULL;
    size_t size = 0;

    if (getopt(argc, argv, "c:") != 'c' || optind != argc)
        fail("usage", "issue-credentials -c CONFIG < CERTIFICATES");
    if (config_load(&config, &kept, optarg, CONFIG_ISSUER_KEYS, &err) != STATUS_OK)
        fail("configuration", err.message);
    if (!config.signer)
        fail("configuration", "no issuer.keys");
    for (ssize_t len; (len = getline(&text, &size, stdin)) > 0; arena_reset(&arena))
        answer(&arena, &config, text, (size_t)len);
    free(text);
    config_finish(&config);
    arena_finish(&arena);
    arena_finish(&kept);
    return fflush(stdout) == 0 && !ferror(stdin) ? 0 : 1;
}
