/* R28 and fold.md section 8: what a dead letter shows, and every kind of what it must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/crypto.h"
#include "../../daemon/encode.h"
#include "../../handlers/text.h"

#define LENGTH(table) (sizeof(table) / sizeof *(table))
#define ID_NUMBER     "11010519491231002X"
#define MOBILE        "13812345678"
#define E164          "+8613812345678"

static const struct err refusal = {REASON_INVALID_FIELD, "field mobile is missing"};

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, strlen(text)};
}

static struct record record_of(const char *key, struct bytes value)
{
    return (struct record){
        .place = {TOPIC_EXAM, 3, 4711},
        .timestamp_ms = INT64_C(1687226400123),
        .key = bytes_of(key),
        .value = value,
    };
}

static const char *text_of(struct arena *arena, struct bytes bytes)
{
    return arena_strndup(arena, bytes.at, bytes.len);
}

/* {"sha256":…,"size":…} of the bytes. */
static const char *digest_of(struct arena *arena, const void *at, size_t len)
{
    uint8_t digest[32];
    char hex[65];
    struct text text;

    crypto_sha256(at, len, digest);
    crypto_hex(digest, sizeof digest, hex);
    text_init(&text, arena);
    text_add(&text, "{\"sha256\":\"");
    text_add(&text, hex);
    text_add(&text, "\",\"size\":");
    text_add_int(&text, (int64_t)len);
    text_add(&text, "}");
    return text.at;
}

static const struct header *find_header(const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->record.header_count; i++)
        if (strcmp(message->record.headers[i].name, name) == 0)
            return &message->record.headers[i];
    return NULL;
}

static void assert_header(struct arena *arena, const struct message *message, const char *name,
                          const char *expected)
{
    const struct header *header = find_header(message, name);

    if (header)
        assert_string_equal(text_of(arena, header->value), expected);
    else
        fail_msg("no header %s", name);
}

static void where_it_came_from_and_why(void **state)
{
    static const struct header came[] = {
        {"ce_type", {"xueshi.exam.submitted.v1", 24}},
        {"CE_Id", {"a", 1}},
        {"ce_id", {"b", 1}},
        {"x", {NULL, 0}},
        {"bytes", {"\xFF\0", 2}},
    };
    struct arena arena = {0};
    struct record record = record_of("t1", bytes_of("{\"a\":1}"));

    (void)state;
    record.headers = came;
    record.header_count = LENGTH(came);
    const struct message *message = encode_dead_letter(&arena, &record, &refusal);
    assert_int_equal(message->record.place.topic, TOPIC_DEAD_LETTER);
    assert_string_equal(text_of(&arena, message->record.key), "t1");
    assert_string_equal(text_of(&arena, message->record.value), "{\"a\":1}");
    assert_int_equal(message->record.header_count, LENGTH(came) + 6);
    for (size_t i = 0; i < LENGTH(came); i++) { /* as they came, in their order, doubled too */
        const struct header *header = &message->record.headers[i];

        assert_string_equal(header->name, came[i].name);
        assert_int_equal(header->value.len, came[i].value.len);
        assert_int_equal(header->value.at == NULL, came[i].value.at == NULL);
        if (header->value.len)
            assert_memory_equal(header->value.at, came[i].value.at, header->value.len);
    }
    assert_header(&arena, message, "dlq-reason", "invalid_field");
    assert_header(&arena, message, "dlq-message", "field mobile is missing");
    assert_header(&arena, message, "dlq-topic", "xueshi.exam");
    assert_header(&arena, message, "dlq-partition", "3");
    assert_header(&arena, message, "dlq-offset", "4711");
    assert_header(&arena, message, "dlq-timestamp", "1687226400123");
    arena_finish(&arena);
}

static void incoming_dlq_headers_are_dropped(void **state)
{
    static const struct header came[] = {
        {"dlq-reason", {"forged", 6}},
        {"DLQ-Offset", {"0", 1}},
        {"dlq-", {"", 0}},
        {"dlqx", {"", 0}},
    };
    struct arena arena = {0};
    struct record record = record_of("t1", bytes_of("{}"));

    (void)state;
    record.headers = came;
    record.header_count = LENGTH(came);
    const struct message *message = encode_dead_letter(&arena, &record, &refusal);
    assert_int_equal(message->record.header_count, 7);
    assert_string_equal(message->record.headers[0].name, "dlqx");
    assert_header(&arena, message, "dlq-reason", "invalid_field");
    assert_header(&arena, message, "dlq-offset", "4711");
    arena_finish(&arena);
}

/* Values; "=" stands for: as it came. */
static void r28_values_are_masked(void **state)
{
    static const struct {
        const char *value, *expected;
    } rows[] = {
        {"{\"a\":\"b\",\"n\":7}", "="},
        {"{}", "="},
        /* By the member's name, at any depth, whatever it holds. */
        {"{\"name\":\"Guli\"}", "{\"name\":\"***\"}"},
        {"{\"id_number\":\"x\"}", "{\"id_number\":\"***\"}"},
        {"{\"mobile\":7}", "{\"mobile\":\"***\"}"},
        {"{\"name\":{\"first\":\"G\"}}", "{\"name\":\"***\"}"},
        {"{\"name\":null}", "{\"name\":\"***\"}"},
        {"{\"data\":{\"list\":[{\"name\":\"G\"}]}}", "{\"data\":{\"list\":[{\"name\":\"***\"}]}}"},
        {"{\"Name\":\"Guli\",\"names\":\"Guli\"}", "="},
        /* By what a string is as a whole. */
        {"{\"a\":\"" ID_NUMBER "\"}", "{\"a\":\"***\"}"},
        {"{\"a\":\"11010519491231002x\"}", "{\"a\":\"***\"}"},
        {"{\"a\":\"" MOBILE "\"}", "{\"a\":\"***\"}"},
        {"{\"a\":\"" E164 "\"}", "{\"a\":\"***\"}"},
        {"{\"a\":\"+1234567\"}", "{\"a\":\"***\"}"},
        {"{\"a\":\"+123456789012345\"}", "{\"a\":\"***\"}"},
        {"{\"a\":[\"" MOBILE "\",[\"" MOBILE "\"]]}", "{\"a\":[\"***\",[\"***\"]]}"},
        {"{\"a\":\"+123456\"}", "="},
        {"{\"a\":\"+1234567890123456\"}", "="},
        {"{\"a\":\"23812345678\"}", "="},
        {"{\"a\":\"1381234567\"}", "="},
        {"{\"a\":\"138123456789\"}", "="},
        {"{\"a\":\"110105194912310021\"}", "="}, /* no valid ID number */
        {"{\"a\":\"tel " MOBILE "\"}", "="},     /* not as a whole */
        {"{\"a\":\"65010000000000000001\"}", "="},
        /* Numbers. */
        {"{\"a\":" MOBILE "}", "{\"a\":\"***\"}"},
        {"{\"a\":650102199001011239}", "{\"a\":\"***\"}"},
        {"{\"a\":650102199001011238}", "="},
        {"{\"a\":23812345678}", "="},
        {"{\"a\":-13812345678}", "="},
        /* Keys. */
        {"{\"" MOBILE "\":1}", "{\"***\":1}"},
        {"{\"" E164 "\":{\"" ID_NUMBER "\":2}}", "{\"***\":{\"***\":2}}"},
        /* UTF-8 stays. */
        {"{\"a\":\"\xE4\xBD\xA0\"}", "="},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct record record = record_of("t1", bytes_of(rows[i].value));
        const struct message *message = encode_dead_letter(&arena, &record, &refusal);
        const char *expected = strcmp(rows[i].expected, "=") == 0 ? rows[i].value
                                                                  : rows[i].expected;

        assert_string_equal(text_of(&arena, message->record.value), expected);
    }
    arena_finish(&arena);
}

static void r28_values_that_cannot_be_looked_into_are_replaced(void **state)
{
    static char large[64 * 1024 + 1];
    static const struct {
        const char *value;
        size_t len;
    } rows[] = {
        {"", 0},
        {"[\"" MOBILE "\"]", 15},
        {"\"" MOBILE "\"", 13},
        {MOBILE, 11},
        {"null", 4},
        {"{\"mobile\":\"" MOBILE "\"", 23},
        {"{\"mobile\":\"" MOBILE "\"}x", 25},
        {"{\"a\":1,\"a\":2}", 13},
        {"{\"a\":\"\xFF\"}", 9},
        {"{\"a\":1\0}", 8},
        {"\0", 1},
        {large, sizeof large},
    };
    struct arena arena = {0};

    (void)state;
    memset(large, ' ', sizeof large);
    memcpy(large, "{\"a\":1}", 7);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct record record = record_of("t1", (struct bytes){rows[i].value, rows[i].len});
        const struct message *message = encode_dead_letter(&arena, &record, &refusal);

        assert_string_equal(text_of(&arena, message->record.value),
                            digest_of(&arena, rows[i].value, rows[i].len));
    }
    struct record record = record_of("t1", (struct bytes){large, sizeof large - 1});
    assert_string_equal(
        text_of(&arena, encode_dead_letter(&arena, &record, &refusal)->record.value), "{\"a\":1}");
    arena_finish(&arena);
}

static void nulls_stay_nulls(void **state)
{
    struct arena arena = {0};
    struct record record = {.place = {TOPIC_EXAM, 0, 0}};
    const struct message *message = encode_dead_letter(&arena, &record, &refusal);

    (void)state;
    assert_null(message->record.key.at);
    assert_null(message->record.value.at);
    arena_finish(&arena);
}

static void r28_keys_are_masked_or_replaced(void **state)
{
    static char long_key[258];
    static const struct {
        const char *key, *expected;
    } rows[] = {
        {"t1", "t1"},    {"", ""},      {ID_NUMBER, "***"},
        {MOBILE, "***"}, {E164, "***"}, {"t-" MOBILE, "t-" MOBILE},
    };
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct record record = record_of(rows[i].key, bytes_of("{}"));

        assert_string_equal(
            text_of(&arena, encode_dead_letter(&arena, &record, &refusal)->record.key),
            rows[i].expected);
    }
    memset(long_key, 'k', 257);
    for (size_t len = 256; len <= 257; len++) {
        struct record record = record_of("", bytes_of("{}"));

        record.key = (struct bytes){long_key, len};
        const char *key = text_of(&arena,
                                  encode_dead_letter(&arena, &record, &refusal)->record.key);
        assert_string_equal(key, len == 256 ? arena_strndup(&arena, long_key, 256)
                                            : digest_of(&arena, long_key, 257));
    }
    arena_finish(&arena);
}

static void r28_headers_are_masked(void **state)
{
    static const struct header came[] = {
        {"a", {MOBILE, 11}},     {"b", {ID_NUMBER, 18}}, {"c", {E164, 14}},
        {"d", {"x" MOBILE, 12}}, {MOBILE, {"e", 1}},
    };
    static const char *const expected[][2] = {
        {"a", "***"}, {"b", "***"}, {"c", "***"}, {"d", "x" MOBILE}, {"***", "e"}};
    struct arena arena = {0};
    struct record record = record_of("t1", bytes_of("{}"));

    (void)state;
    record.headers = came;
    record.header_count = LENGTH(came);
    const struct message *message = encode_dead_letter(&arena, &record, &refusal);
    for (size_t i = 0; i < LENGTH(came); i++) {
        assert_string_equal(message->record.headers[i].name, expected[i][0]);
        assert_string_equal(text_of(&arena, message->record.headers[i].value), expected[i][1]);
    }
    arena_finish(&arena);
}

static void headers_over_16_kib_together_are_replaced(void **state)
{
    static char large[16 * 1024];
    struct header came[2] = {{"ce_type", {"x", 1}}, {"h", {large, 0}}};
    struct arena arena = {0};

    (void)state;
    memset(large, 'h', sizeof large);
    for (size_t len = sizeof large - 20; len <= sizeof large; len += 20) {
        struct record record = record_of("t1", bytes_of("{}"));

        came[1].value.len = len;
        record.headers = came;
        record.header_count = 2;
        const struct message *message = encode_dead_letter(&arena, &record, &refusal);
        bool replaced = len == sizeof large;
        assert_int_equal(find_header(message, "h") == NULL, replaced);
        assert_int_equal(find_header(message, "dlq-headers") != NULL, replaced);
        assert_header(&arena, message, "dlq-reason", "invalid_field");
        if (replaced)
            assert_memory_equal(find_header(message, "dlq-headers")->value.at, "{\"sha256\":\"",
                                11);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_it_came_from_and_why),
        cmocka_unit_test(incoming_dlq_headers_are_dropped),
        cmocka_unit_test(r28_values_are_masked),
        cmocka_unit_test(r28_values_that_cannot_be_looked_into_are_replaced),
        cmocka_unit_test(nulls_stay_nulls),
        cmocka_unit_test(r28_keys_are_masked_or_replaced),
        cmocka_unit_test(r28_headers_are_masked),
        cmocka_unit_test(headers_over_16_kib_together_are_replaced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
