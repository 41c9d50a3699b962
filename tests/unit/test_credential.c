/* The credential of a certificate (R25, R28, R29): the golden one's every intermediate value, and
 * what must hold for any. */
#include "golden_fixture.h"

#include "../../daemon/crypto.h"
#include "../../daemon/multibase.h"

static const char *quads_of(struct golden *g)
{
    struct text quads = new_text(g);

    credential_add_quads(&quads, &g->credential);
    return quads.at;
}

static struct status_list list_of(const struct golden *g, bool revoked, int64_t since)
{
    return (struct status_list){
        .issuer = &g->identity,
        .certificate_no = g->credential.certificate_no,
        .version = g->credential.version,
        .revoked = revoked,
        .since = since,
    };
}

static const char *signed_list(struct golden *g, const struct status_list *list)
{
    struct text text = new_text(g);

    assert_true(attest_status_list(&text, g->issuer, list));
    return text.at;
}

static void assert_sha256(const struct golden *g, const char *text, const char *name)
{
    uint8_t digest[32];
    char hex[65];

    crypto_sha256(text, strlen(text), digest);
    crypto_hex(digest, sizeof digest, hex);
    assert_string_equal(hex, text_at(g, name, NULL));
}

/* The bytes, members in the order of the golden file. */
static void assert_json_text(const struct golden *g, const char *text, const char *name)
{
    char *golden = json_dumps(json_object_get(g->json, name), JSON_COMPACT);

    assert_non_null(golden);
    assert_string_equal(text, golden);
    free(golden);
}

static void golden_quads(void **state)
{
    struct golden *g = *state;
    struct text proof = new_text(g), list = new_text(g);
    const struct status_list valid = list_of(g, false, g->credential.issued_at);

    assert_string_equal(quads_of(g), text_at(g, "document_nquads", NULL));
    assert_sha256(g, quads_of(g), "document_sha256");
    proof_add_quads(&proof, &(struct proof){.method = text_at(g, "issuer", "verificationMethod"),
                                            .created = g->credential.issued_at});
    assert_string_equal(proof.at, text_at(g, "proof_nquads", NULL));
    assert_sha256(g, proof.at, "proof_sha256");
    status_list_add_quads(&list, &valid);
    assert_string_equal(list.at, text_at(g, "status_list_nquads", NULL));
}

static void golden_event(void **state)
{
    struct golden *g = *state;
    struct text text = new_text(g);

    attest_effect(&text, g->issuer, &g->issued);
    struct text expected = new_text(g);
    const char *const names[] = {"credential", "status_list_valid"};
    const char *const before[] = {",\"credential\":", "\",\"status_lists\":["};
    for (size_t i = 0; i < LENGTH(names); i++) {
        char *json = json_dumps(json_object_get(g->json, names[i]), JSON_COMPACT);

        text_add(&expected, before[i]);
        text_add(&expected, json);
        if (i == 0) {
            text_add(&expected, ",\"credential_jwt\":\"");
            text_add(&expected, text_at(g, "credential_jwt", NULL));
        }
        free(json);
    }
    text_add(&expected, "]");
    assert_string_equal(text.at, expected.at);
}

static void golden_status_lists(void **state)
{
    struct golden *g = *state;
    const struct status_list valid = list_of(g, false, g->credential.issued_at);
    const struct status_list revoked = list_of(g, true, instant_at(g, "revoked_at", NULL));

    assert_json_text(g, signed_list(g, &valid), "status_list_valid");
    assert_json_text(g, signed_list(g, &revoked), "status_list_revoked");
}

static void golden_did_document(void **state)
{
    struct golden *g = *state;
    struct text text = new_text(g);

    issuer_add_did_document(&text, g->issuer);
    assert_json_text(g, text.at, "did_document");
}

/* Every line is above the one before, as bytes. */
static void assert_in_order(const char *quads, size_t count)
{
    const char *before = quads, *at = quads;
    size_t before_len = 0, lines = 0;

    for (const char *end; (end = strchr(at, '\n')); at = end + 1) {
        size_t len = (size_t)(end - at), shorter = len < before_len ? len : before_len;
        int order = memcmp(before, at, shorter);

        if (order > 0 || (order == 0 && before_len >= len && lines))
            fail_msg("line %zu is out of order: %.*s", lines + 1, (int)len, at);
        before = at;
        before_len = len;
        lines++;
    }
    assert_string_equal(at, "");
    assert_int_equal(lines, count);
}

static void lines_are_in_byte_order_for_any_input(void **state)
{
    static const char *const ids[] = {"a", "Z", "9", "-", ".", "_", ":", "~"};
    static const char *const bases[] = {"https://0", "https://z.example:8443/path", "https://did"};
    static const char *const dids[] = {"did:web:a", "did:web:zz%3A8443", "did:key:z6Mkz"};
    struct golden *g = *state;
    struct text proof = new_text(g), list = new_text(g);
    const struct status_list revoked = list_of(g, true, DAY_1);

    for (size_t i = 0; i < LENGTH(ids); i++)
        for (size_t k = 0; k < LENGTH(bases); k++) {
            g->identity.base_url = bases[k];
            g->identity.did = dids[k];
            g->programme.id = g->credential.certificate_no = ids[i];
            g->credential.holder_name = ids[LENGTH(ids) - 1 - i];
            g->credential.version = (int64_t)(i + 1) * 7;
            assert_in_order(quads_of(g), 38);
        }
    proof_add_quads(&proof, &(struct proof){.method = "did:web:a#key-1", .created = DAY_1});
    assert_in_order(proof.at, 5);
    status_list_add_quads(&list, &revoked);
    assert_in_order(list.at, 8);
}

static void escapes(void **state)
{
    static const struct {
        const char *text, *json, *quads;
    } rows[] = {
        {"\x01\x07", "\\u0001\\u0007", "\\u0001\\u0007"},
        {"\b\t\n\f\r", "\\b\\t\\n\\f\\r", "\\b\\t\\n\\f\\r"},
        {"\x0B\x0E\x1A\x1F", "\\u000b\\u000e\\u001a\\u001f", "\\u000B\\u000E\\u001A\\u001F"},
        {"\"\\/'", "\\\"\\\\/'", "\\\"\\\\/'"},
        {"\x7F", "\x7F", "\\u007F"},
        {"\xC2\x80\xC2\x9F\xE2\x80\xA8\xE2\x80\xA9", "\xC2\x80\xC2\x9F\xE2\x80\xA8\xE2\x80\xA9",
         "\xC2\x80\xC2\x9F\xE2\x80\xA8\xE2\x80\xA9"},
        {"\xEF\xBB\xBF学ئۇ\U0001F393e\u0301", "\xEF\xBB\xBF学ئۇ\U0001F393e\u0301",
         "\xEF\xBB\xBF学ئۇ\U0001F393e\u0301"},
        {"$did \\u0041 <x>&", "$did \\\\u0041 <x>&", "$did \\\\u0041 <x>&"},
        {"", "", ""},
    };
    struct golden *g = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct text json = new_text(g), quads = new_text(g);

        credential_escape_json(&json, rows[i].text);
        credential_escape_quads(&quads, rows[i].text);
        assert_string_equal(text_string(&json), rows[i].json);
        assert_string_equal(text_string(&quads), rows[i].quads);
    }
}

/* Each of the texts that people write, with all that could end a string or a line. */
static void hostile_texts_stay_inside_their_strings(void **state)
{
    static const char hostile[] = "\"},\"x\":1,\"\\\n<a> <b> \"c\" .\n$name\x01\x1F\x7F";
    struct golden *g = *state;
    const char **const texts[] = {&g->identity.name,          &g->programme.title,
                                  &g->programme.description,  &g->programme.criteria,
                                  &g->credential.holder_name, &g->credential.id_number_masked};

    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct text json = new_text(g);

        *texts[i] = hostile;
        assert_in_order(quads_of(g), 38);
        credential_add_json(&json, &g->credential);
        text_add(&json, "}");
        json_t *object = json_loads(json.at, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        assert_int_equal(json_object_size(object), 8);
        json_decref(object);
    }
}

static void hours_are_text_of_tenths(void **state)
{
    static const struct {
        int64_t tenths;
        const char *text;
    } rows[] = {{600, "60"}, {605, "60.5"}, {1, "0.1"}, {986, "98.6"}, {10000, "1000"}};
    struct golden *g = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct text line = new_text(g);

        g->credential.hours = rows[i].tenths;
        text_add(&line, "<https://schema.org/value> \"");
        text_add(&line, rows[i].text);
        text_add(&line, "\" .\n");
        assert_non_null(strstr(quads_of(g), line.at));
    }
}

static void base58_and_base64url(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *base58, *base64url;
    } rows[] = {
        {"", 0, "z", ""},
        {"\0", 1, "z1", "AA"},
        {"\0\0\x01", 3, "z112", "AAAB"},
        {"\xFF", 1, "z5Q", "_w"},
        {"\xFB\xEF", 2, "zLAz", "--8"},
        {"Hello World!", 12, "z2NEpo7TZRRrLZSi2U", "SGVsbG8gV29ybGQh"},
    };
    struct golden *g = *state;
    uint8_t full[MULTIBASE_MAX];

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct text base58 = new_text(g), base64url = new_text(g);

        multibase_add_base58(&base58, (const uint8_t *)rows[i].bytes, rows[i].len);
        multibase_add_base64url(&base64url, rows[i].bytes, rows[i].len);
        assert_string_equal(base58.at, rows[i].base58);
        assert_string_equal(text_string(&base64url), rows[i].base64url);
    }
    struct text longest = new_text(g);
    memset(full, 0xFF, sizeof full);
    multibase_add_base58(&longest, full, sizeof full);
    assert_int_equal(longest.len, 1 + 88);
}

/* R29: a replaced version's list says so, since the later of the two. */
static void r29_replaced_version_is_revoked_in_its_list(void **state)
{
    struct golden *g = *state;
    const struct status_list before = list_of(g, true, DAY_1 + 5 * US_PER_DAY);

    g->issued.u.issued.version = 2;
    g->issued.u.issued.replaced_version = 1;
    g->issued.u.issued.replaced_at = DAY_1 + 5 * US_PER_DAY;
    json_t *json = attested(g, &g->issued);
    const json_t *lists = json_object_get(json, "status_lists");
    assert_int_equal(json_array_size(lists), 2);
    const char *own = json_string_value(json_object_get(json_array_get(lists, 0), "id"));
    assert_string_equal(own + strlen(own) - 2, "/2");
    char *second = json_dumps(json_array_get(lists, 1), JSON_COMPACT);
    assert_string_equal(second, signed_list(g, &before));
    free(second);
    json_decref(json);
}

static void r29_revocation_carries_the_list(void **state)
{
    struct golden *g = *state;
    const struct effect revoked = {
        .type = EFFECT_CERTIFICATE_REVOKED,
        .u.revoked = {.certificate_no = g->credential.certificate_no,
                      .version = 1,
                      .revoked_at = instant_at(g, "revoked_at", NULL)},
    };
    json_t *json = attested(g, &revoked);

    assert_int_equal(json_object_size(json), 2);
    char *list = json_dumps(json_array_get(json_object_get(json, "status_lists"), 0), JSON_COMPACT);
    assert_json_text(g, list, "status_list_revoked");
    free(list);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOLDEN_TEST(golden_quads),
        GOLDEN_TEST(golden_event),
        GOLDEN_TEST(golden_status_lists),
        GOLDEN_TEST(golden_did_document),
        GOLDEN_TEST(lines_are_in_byte_order_for_any_input),
        GOLDEN_TEST(escapes),
        GOLDEN_TEST(hostile_texts_stay_inside_their_strings),
        GOLDEN_TEST(hours_are_text_of_tenths),
        GOLDEN_TEST(base58_and_base64url),
        GOLDEN_TEST(r29_replaced_version_is_revoked_in_its_list),
        GOLDEN_TEST(r29_revocation_carries_the_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
