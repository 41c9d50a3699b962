/* The configuration: defaults, refusals with their line and hint, keys, what is shown of secrets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "../../daemon/config.h"
#include "temp_folder.h"

#define ZEROS      "00000000000000000000000000000000" /* 32 bytes */
#define CATALOGUES "catalogues = [ \"small.conf\" ];\n"

struct fixture {
    struct temp_folder folder;
    struct arena arena;
    struct config config;
    struct err err;
};

static int set_up(void **state)
{
    static const char *const keys[] = {"payment-code.key", "certificate-no.key", "person.key",
                                       "person-index.key"};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char *small = read_whole("tests/data/catalogue-small.conf");

    if (!fixture)
        abort();
    unsetenv("CREDENTIALS_DIRECTORY");
    fixture->folder = temp_folder_new();
    temp_folder_write_text(&fixture->folder, "small.conf", small);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        temp_folder_write_text(&fixture->folder, keys[i], ZEROS);
    free(small);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    unsetenv("CREDENTIALS_DIRECTORY");
    config_finish(&fixture->config);
    arena_finish(&fixture->arena);
    temp_folder_remove(&fixture->folder);
    free(fixture);
    return 0;
}

static enum status load_bytes(struct fixture *fixture, const void *bytes, size_t len,
                              unsigned needs)
{
    char *path = temp_folder_path(&fixture->folder, "xueshid.conf");

    temp_folder_write(&fixture->folder, "xueshid.conf", bytes, len, 0600);
    config_finish(&fixture->config);
    enum status status = config_load(&fixture->config, &fixture->arena, path, needs, &fixture->err);
    free(path);
    return status;
}

static enum status load(struct fixture *fixture, const char *text, unsigned needs)
{
    return load_bytes(fixture, text, strlen(text), needs);
}

static void must_load(struct fixture *fixture, const char *text, unsigned needs)
{
    if (load(fixture, text, needs) != STATUS_OK)
        fail_msg("%s\n%s", text, fixture->err.message);
}

/* The load failed with FOLDER/FILE:LINE: and a message that says `hint`. */
static void assert_refused(const struct fixture *fixture, enum status status, const char *file,
                           int line, const char *hint, const char *text)
{
    char *begin;

    if (status != STATUS_FATAL)
        fail_msg("taken: %s", text);
    if (asprintf(&begin, "%s/%s:%d: ", fixture->folder.path, file, line) < 0)
        abort();
    if (strncmp(fixture->err.message, begin, strlen(begin)) != 0 ||
        !strstr(fixture->err.message, hint))
        fail_msg("%s\ngives  %s\nnot    %s…%s", text, fixture->err.message, begin, hint);
    free(begin);
}

static void assert_path(const struct fixture *fixture, const char *path, const char *name)
{
    char *expected = temp_folder_path(&fixture->folder, name);

    assert_string_equal(path, expected);
    free(expected);
}

static void an_empty_file_means_the_defaults(void **state)
{
    struct fixture *fixture = *state;
    const struct config *config = &fixture->config;
    char *small = read_whole("tests/data/catalogue-small.conf");

    temp_folder_write_text(&fixture->folder, "programme-2023.conf", small);
    free(small);
    must_load(fixture, "", CONFIG_ALL_KEYS);
    assert_string_equal(config->instance, "a");
    assert_int_equal(config->catalogue_files.count, 1);
    assert_path(fixture, config->catalogue_files.at[0], "programme-2023.conf");
    assert_string_equal(config->kafka.bootstrap_servers, "127.0.0.1:9092");
    assert_string_equal(config->kafka.group_id, "xueshid");
    assert_string_equal(config->kafka.topic_prefix, "");
    assert_false(config->kafka.create_time);
    assert_int_equal(config->kafka.properties.count, 1);
    assert_string_equal(config->kafka.properties.at[0], "security.protocol=plaintext");
    assert_string_equal(config->postgresql.conninfo, "dbname=xueshi");
    assert_null(config->postgresql.migrator_conninfo);
    assert_string_equal(config->postgresql.schema, "xueshi");
    assert_int_equal(config->workers, sysconf(_SC_NPROCESSORS_ONLN));
    assert_int_equal(config->batch.records, 10000);
    assert_int_equal(config->batch.wait_ms, 5);
    assert_int_equal(config->tick_every_s, 3600);
    assert_string_equal(config->source, "/xueshid");
    assert_null(config->issuer.id);
    assert_int_equal(config->issuer.keys.count, 0);
    assert_path(fixture, config->key_files.payment_code, "payment-code.key");
    assert_path(fixture, config->key_files.certificate_no, "certificate-no.key");
    assert_path(fixture, config->key_files.person, "person.key");
    assert_path(fixture, config->key_files.person_index, "person-index.key");
    assert_true(config->signatures_required);
    assert_int_equal(config->signature_keys.count, 0);
    assert_string_equal(config->http.listen, "127.0.0.1:9464");
    assert_string_equal(config->log.level, "info");
    assert_string_equal(config->log.format, "auto");
    assert_int_equal(config->catalogues.count, 1);
    assert_non_null(catalogues_find_term(&config->catalogues, "2023-2"));
}

static void what_the_file_says_replaces_defaults(void **state)
{
    struct fixture *fixture = *state;
    const struct config *config = &fixture->config;

    must_load(fixture,
              CATALOGUES "kafka = { timestamps = \"create\", topic_prefix = \"test.\"\n"
                         "  properties = ( \"a=b=c\", \"d=\" ) }\n"
                         "/* 4294967296 */ workers : 0x3; # 99999999999\n"
                         "tick_every_s = 60; // 99999999999\n"
                         "source = \"9\" \"9999999999\"; batch: { records = 7L; wait_ms = +0; };\n"
                         "keys: { person = \"/nowhere/p.key\"; }; http: { listen = \"\"; };\n"
                         "issuer: { name = \"\xe5\xad\xa6\"; };\n",
              0);
    assert_true(config->kafka.create_time);
    assert_string_equal(config->kafka.topic_prefix, "test.");
    assert_int_equal(config->kafka.properties.count, 2);
    assert_string_equal(config->kafka.properties.at[0], "a=b=c");
    assert_int_equal(config->workers, 3);
    assert_int_equal(config->tick_every_s, 0); /* with "create" nothing ticks by itself */
    assert_string_equal(config->source, "99999999999");
    assert_int_equal(config->batch.records, 7);
    assert_int_equal(config->batch.wait_ms, 0);
    assert_string_equal(config->key_files.person, "/nowhere/p.key");
    assert_string_equal(config->http.listen, "");
    assert_string_equal(config->issuer.name, "学");
}

/* Each snippet begins on line 2. */
static void broken_files_are_refused_with_line_and_hint(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *hint;
    } rows[] = {
        /* Unknown keys. */
        {"workes = 2;", 2, "unknown setting \"workes\"; the nearest known is \"workers\""},
        {"\n\nbatch: {\n record = 5; };", 5,
         "\"batch.record\"; the nearest known is \"batch.records\""},
        {"group_id = \"x\";", 2, "the nearest known is \"kafka.group_id\""},
        {"kafak: { };", 2, "\"kafak\"; the nearest known is \"kafka\""},
        {"postgres: { schema = \"x\"; };", 2, "the nearest known is \"postgresql\""},
        {"payment_signatures: { keys = (\n { id = \"x\"; bank = [ \"BOC\" ]; } ); };", 3,
         "\"payment_signatures.keys.bank\"; the nearest known is "
         "\"payment_signatures.keys.banks\""},
        {"kafka: { log: { level = \"info\"; }; };", 2, "unknown setting \"kafka.log\""},
        /* Types. */
        {"workers = \"2\";", 2, "workers: must be an integer"},
        {"workers = 2.0;", 2, "workers: must be an integer"},
        {"workers = [ 2 ];", 2, "workers: must be an integer"},
        {"instance = 5;", 2, "instance: must be a string"},
        {"payment_signatures: {\n required = 1; };", 3,
         "payment_signatures.required: must be true"},
        {"kafka = \"x\";", 2, "kafka: must be a group"},
        {"kafka: { properties = \"a=b\"; };", 2, "kafka.properties: must be an array of strings"},
        {"kafka: { properties = [ 1 ]; };", 2, "kafka.properties: must be an array of strings"},
        {"issuer: { keys = [ \"x\" ]; };", 2, "issuer.keys: must be a list of groups"},
        {"issuer: { keys = ( 1 ); };", 2, "issuer.keys: must hold nothing but groups"},
        /* Ranges and forms. */
        {"workers = 257;", 2, "workers: must be 0 to 256"},
        {"workers = -1;", 2, "workers: must be 0 to 256"},
        {"batch: { records = 0; };", 2, "batch.records: must be 1 to 1000000"},
        {"batch: { wait_ms = 5000000000L; };", 2, "batch.wait_ms: must be 0 to 60000"},
        {"instance = \"\";", 2, "instance: must not be empty"},
        {"instance = \"a b\";", 2, "\"a b\" must be 1 to 64 of A-Z"},
        {"source = \"0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789012345678901234567890\";",
         2, "source: is too long"},
        {"source = \"\\xff\";", 2, "source: must be UTF-8"},
        {"kafka: { timestamps = \"logappend\"; };", 2, "the nearest is log-append"},
        {"kafka: { topic_prefix = \"a/b\"; };", 2, "kafka.topic_prefix: \"a/b\" must be of"},
        {"kafka: { properties = [ \"a=b\",\n \"group.id=x\" ]; };", 3,
         "\"group.id=x\" is a property that the daemon depends on"},
        {"kafka: { properties = [ \"a\" ]; };", 2, "must be NAME=VALUE"},
        {"kafka: { properties = [ \"a=b\", \"a=b\" ]; };", 2, "\"a=b\" is there twice"},
        {"postgresql: { schema = \"pg_x\"; };", 2, "postgresql.schema: \"pg_x\" must be of"},
        {"postgresql: { schema = \"a.b\"; };", 2, "postgresql.schema"},
        {"http: { listen = \"9464\"; };", 2, "must be ADDRESS:PORT"},
        {"http: { listen = \"::1:9464\"; };", 2, "must be ADDRESS:PORT"},
        {"http: { listen = \"a:65536\"; };", 2, "must be ADDRESS:PORT"},
        {"log: { level = \"verbose\"; };", 2, "\"verbose\" is none of error warn info debug"},
        {"issuer: { id = \"did:other:x\"; };", 2, "must be did:web:HOST"},
        {"issuer: { base_url = \"https://a/\"; };", 2, "without a slash at the end"},
        {"issuer: { base_url = \"http://a\"; };", 2, "must be https://HOST"},
        {"issuer: { keys = ( { id = \"k\"; file = \"f\"; valid_from = \"2023\"; } ); };", 2,
         "issuer.keys.valid_from: \"2023\" must be an instant"},
        {"issuer: { keys = ( { id = \"k\"; file = \"f\"; valid_from = \"2023-01-01T00:00:00Z\"; } "
         "); };",
         2, "need issuer.id, issuer.name and issuer.base_url"},
        {"payment_signatures: { keys = (\n { id = \"k\"; file = \"f\"; } ); };", 3,
         "payment_signatures.keys.banks is missing"},
        {"payment_signatures: { keys = ( { id = \"k\"; file = \"f\"; banks = [ ]; } ); };", 2,
         "payment_signatures.keys.banks: must be 1 to 64 of them"},
        {"payment_signatures: { keys = ( { id = \"k\"; file = \"f\"; banks = [ \"B\" ]; algorithm "
         "= "
         "\"rsa\"; } ); };",
         2, "\"rsa\" is none of hmac-sha256 ed25519 sm2-sm3"},
        {"keys: { person = \"\"; };", 2, "keys.person: must not be empty"},
        /* What libconfig itself finds. */
        {"workers = 1;\nworkers = 2;", 3, "duplicate setting name"},
        {"\nworkers = ;", 3, "syntax error"},
        {"batch: { records = 5;", 3, "syntax error"},
        /* What it would take. */
        {"workers = 4294967297;", 2, "the integer 4294967297 does not fit into 32 bits"},
        {"\nworkers = 2147483648;", 3, "does not fit into 32 bits"},
        {"workers = -2147483649;", 2, "does not fit into 32 bits"},
        {"workers = 0x80000000;", 2, "does not fit into 32 bits"},
        {"workers = 0X1FFFFFFFF;", 2, "does not fit into 32 bits"},
        {"workers = 9223372036854775808L;", 2, "does not fit into 64 bits"},
        {"workers = 0x8000000000000000L;", 2, "does not fit into 64 bits"},
        {"workers = 99999999999999999999999;", 2, "does not fit into 32 bits"},
        {"a = \"\n\n\\\"\"; workers = 4294967297;", 4, "does not fit into 32 bits"},
        {"/* \n # \" \n */ workers = 4294967297;", 4, "does not fit into 32 bits"},
        {"# \"\nworkers = 4294967297; # \"", 3, "does not fit into 32 bits"},
        {"\n@include \"other.conf\"", 3, "@include is not supported"},
        {"/* workers = 2;\n", 2, "this comment has no end"},
        {"source = \"abc;\n", 2, "this string has no end"},
        {"source = \"abc\\\"\n", 2, "this string has no end"},
        {"source = \"abc\\x00def\";", 2, "a string cannot hold \\x00"},
        {"\nsource = \"\xe5\xad\";", 3, "this is not UTF-8"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text;

        if (asprintf(&text, CATALOGUES "%s\n", rows[i].text) < 0)
            abort();
        enum status status = load(fixture, text, 0);
        assert_refused(fixture, status, "xueshid.conf", rows[i].line, rows[i].hint, rows[i].text);
        free(text);
    }
}

static void numbers_of_32_and_64_bits_are_taken(void **state)
{
    static const char *const good[] = {
        "source = \"4294967297\";",
        "# 4294967297",
        "// 4294967297",
        "/* 4294967297 */",
        "batch: { records = 1000000L; };",
        "batch: { records = 0xF4240; };",
        "batch: { records = 1000000LL; };",
        "tick_every_s = 0002678400;",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *text;

        if (asprintf(&text, CATALOGUES "%s\n", good[i]) < 0)
            abort();
        must_load(fixture, text, 0);
        free(text);
    }
}

static void a_nul_byte_is_refused_with_its_line(void **state)
{
    static const char text[] = CATALOGUES "\nworkers = 1;\0";
    struct fixture *fixture = *state;
    enum status status = load_bytes(fixture, text, sizeof text, 0);

    assert_refused(fixture, status, "xueshid.conf", 3, "a NUL byte", text);
}

/* architecture.md: what the position, the fencing and the partitioner stand on. */
static void properties_that_the_daemon_depends_on_are_refused(void **state)
{
    static const char *const names[] = {"bootstrap.servers",
                                        "metadata.broker.list",
                                        "client.id",
                                        "group.id",
                                        "group.instance.id",
                                        "enable.auto.commit",
                                        "auto.commit.interval.ms",
                                        "auto.offset.reset",
                                        "enable.auto.offset.store",
                                        "check.crcs",
                                        "isolation.level",
                                        "partitioner",
                                        "partition.assignment.strategy",
                                        "enable.partition.eof",
                                        "queued.max.messages.kbytes",
                                        "max.poll.interval.ms",
                                        "transactional.id",
                                        "enable.idempotence",
                                        "acks",
                                        "request.required.acks",
                                        "plugin.library.paths"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text;

        if (asprintf(&text, CATALOGUES "kafka: { properties = [ \"%s=1\" ]; };", names[i]) < 0)
            abort();
        enum status status = load(fixture, text, 0);
        assert_refused(fixture, status, "xueshid.conf", 2, names[i], text);
        free(text);
    }
    must_load(fixture, CATALOGUES "kafka: { properties = [ \"session.timeout.ms=6000\" ]; };", 0);
}

static void files_that_are_not_there_are_named(void **state)
{
    struct fixture *fixture = *state;
    char *missing = temp_folder_path(&fixture->folder, "none.conf");
    enum status status = config_load(&fixture->config, &fixture->arena, missing, 0, &fixture->err);

    assert_refused(fixture, status, "none.conf", 1, "cannot be opened: No such file", "none.conf");
    free(missing);
    status = load(fixture, "catalogues = [ \"gone.conf\" ];", 0);
    assert_refused(fixture, status, "gone.conf", 1, "cannot be opened: No such file", "gone.conf");
    status = load(fixture, CATALOGUES "keys: {\n person = \"gone.key\"; };", CONFIG_PERSON_KEY);
    assert_refused(fixture, status, "xueshid.conf", 3, "gone.key cannot be opened", "gone.key");
}

static void key_files_must_be_the_owners_alone(void **state)
{
    static const struct {
        mode_t mode;
        bool good;
    } rows[] = {{0600, true},  {0400, true},  {0640, false}, {0604, false},
                {0644, false}, {0660, false}, {0620, false}, {0444, false}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        temp_folder_write(&fixture->folder, "person.key", ZEROS, 32, rows[i].mode);
        enum status status = load(fixture, CATALOGUES, CONFIG_ALL_KEYS);

        if (rows[i].good)
            assert_int_equal(status, STATUS_OK);
        else
            assert_refused(fixture, status, "xueshid.conf", 1,
                           "person.key can be read or written by its group or others", "mode");
        assert_int_equal(load(fixture, CATALOGUES, CONFIG_PAYMENT_CODE_KEY), STATUS_OK);
    }
}

static void keys_have_32_to_64_bytes(void **state)
{
    static const struct {
        size_t len;
        bool good;
    } rows[] = {{0, false}, {31, false}, {32, true}, {48, true}, {64, true}, {65, false}};
    static const char bytes[65] = "\0\n0123456789";
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        temp_folder_write(&fixture->folder, "payment-code.key", bytes, rows[i].len, 0600);
        enum status status = load(fixture, CATALOGUES, CONFIG_PAYMENT_CODE_KEY);

        if (!rows[i].good) {
            assert_refused(fixture, status, "xueshid.conf", 1, "must be 32 to 64 bytes", "length");
            assert_int_equal(fixture->config.keys.payment_code.len, 0);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(fixture->config.keys.payment_code.len, rows[i].len);
        assert_memory_equal(fixture->config.keys.payment_code.bytes, bytes, rows[i].len);
    }
}

static void only_the_needed_keys_are_loaded(void **state)
{
    static const uint8_t nothing[32];
    struct fixture *fixture = *state;
    const struct keys *keys = &fixture->config.keys;

    must_load(fixture, CATALOGUES "keys: { certificate_no = \"gone\"; };",
              CONFIG_PAYMENT_CODE_KEY | CONFIG_PERSON_INDEX_KEY);
    assert_int_equal(keys->payment_code.len, 32);
    assert_int_equal(keys->person_index.len, 32);
    assert_int_equal(keys->certificate_no.len, 0);
    assert_int_equal(keys->person.len, 0);
    assert_memory_equal(keys->person_aes, nothing, 32);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_int_equal(keys->payment_code.len, 0);
    assert_memory_not_equal(keys->person_aes, nothing, 32);
    config_finish(&fixture->config);
    assert_memory_equal(keys->person_aes, nothing, 32);
    assert_memory_equal(keys->person.bytes, nothing, 32);
}

static void credentials_are_looked_for_first(void **state)
{
    struct fixture *fixture = *state;
    struct temp_folder credentials = temp_folder_new();

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", credentials.path, 1), 0);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY); /* it holds none: the file beside */
    assert_memory_equal(fixture->config.keys.person.bytes, ZEROS, 32);
    /* The service manager answers for its modes. */
    temp_folder_write(&credentials, "person.key", "11111111111111111111111111111111", 32, 0644);
    must_load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_memory_equal(fixture->config.keys.person.bytes, "1111", 4);
    must_load(fixture, CATALOGUES "keys: { person = \"/nowhere/person.key\"; };",
              CONFIG_PERSON_KEY);
    assert_memory_equal(fixture->config.keys.person.bytes, "1111", 4);
    temp_folder_write(&credentials, "person.key", "1", 1, 0600);
    enum status status = load(fixture, CATALOGUES, CONFIG_PERSON_KEY);
    assert_int_equal(status, STATUS_FATAL);
    assert_non_null(strstr(fixture->err.message, credentials.path));
    temp_folder_remove(&credentials);
}

static const char ed25519_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEApZScfmXgY/+A5nudT2Q0wa4quG/Aoi3lE5nhqMJ2Gwo=\n"
    "-----END PUBLIC KEY-----\n";

#define SIGNERS(first, second)                                                                     \
    CATALOGUES "payment_signatures: { keys = (\n"                                                  \
               "{ id = \"" first "\"; banks = [ \"BOC\" ]; algorithm = \"ed25519\";\n"             \
               "  file = \"boc.pub\"; },\n"                                                        \
               "{ id = \"" second "\"; banks = [ \"ABC\" ]; algorithm = \"hmac-sha256\";\n"        \
               "  file = \"abc.key\"; } ); };"

static void signature_keys_are_loaded(void **state)
{
    struct fixture *fixture = *state;
    const struct signature_keys *keys = &fixture->config.signature_keys;
    const char *text = SIGNERS("boc-1", "abc-1");
    enum status status;

    /* A public key may be read by all, a shared one not. */
    temp_folder_write(&fixture->folder, "boc.pub", ed25519_public, strlen(ed25519_public), 0644);
    temp_folder_write(&fixture->folder, "abc.key", ZEROS, 32, 0600);
    must_load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_int_equal(keys->count, 2);
    assert_true(signature_key_is_for(keys->at[0], "BOC"));
    assert_false(signature_key_is_for(keys->at[0], "ABC"));
    assert_true(signature_key_is_for(keys->at[1], "ABC"));
    must_load(fixture, text, 0);
    assert_int_equal(keys->count, 0);

    status = load(fixture, SIGNERS("boc-1", "boc-1"), CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 5, "\"boc-1\" is there twice", "ids");
    temp_folder_write(&fixture->folder, "abc.key", ZEROS, 32, 0644);
    status = load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 6, "abc.key can be read or written", "mode");
    assert_int_equal(keys->count, 0);
    temp_folder_write(&fixture->folder, "boc.pub", "PEM?", 4, 0644);
    status = load(fixture, text, CONFIG_SIGNATURE_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 4, "boc.pub: ", "pem");
}

static void issuer_keys_are_checked(void **state)
{
    static const char text[] = CATALOGUES
        "issuer: { id = \"did:web:a\"; name = \"A\"; base_url = \"https://a\"; keys = (\n"
        "{ id = \"key-1\"; file = \"issuer.pem\"; valid_from = "
        "\"2023-01-01T08:00:00+08:00\"; } ); };";
    struct fixture *fixture = *state;
    enum status status = load(fixture, text, CONFIG_ALL_KEYS);

    assert_refused(fixture, status, "xueshid.conf", 3, "issuer.pem cannot be opened", text);
    must_load(fixture, text, CONFIG_ALL_KEYS & ~(unsigned)CONFIG_ISSUER_KEYS);
    temp_folder_write(&fixture->folder, "issuer.pem", "x", 1, 0644);
    status = load(fixture, text, CONFIG_ALL_KEYS);
    assert_refused(fixture, status, "xueshid.conf", 3, "issuer.pem can be read or written", text);
    temp_folder_write(&fixture->folder, "issuer.pem", "x", 1, 0600);
    must_load(fixture, text, CONFIG_ALL_KEYS);
    const struct issuer_key_setting *key = fixture->config.issuer.keys.at;
    assert_int_equal(fixture->config.issuer.keys.count, 1);
    assert_string_equal(key->id, "key-1");
    assert_int_equal(key->valid_from, INT64_C(1672531200000000));
    assert_path(fixture, key->file, "issuer.pem");
}

/* What `config show` prints; to be freed. */
static char *shown(const struct config *config, bool json)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (!out)
        abort();
    config_show(out, config, json);
    fclose(out);
    return text;
}

static void assert_shown(struct fixture *fixture, const char *conninfo, const char *expected)
{
    char *text, *line;

    if (asprintf(&text, CATALOGUES "postgresql: { conninfo = \"%s\"; };", conninfo) < 0 ||
        asprintf(&line, "\npostgresql.conninfo = \"%s\"\n", expected) < 0)
        abort();
    must_load(fixture, text, 0);
    char *show = shown(&fixture->config, false), *json = shown(&fixture->config, true);
    if (!strstr(show, line))
        fail_msg("%s is not in\n%s", line, show);
    if (strstr(show, "canary") || strstr(json, "canary"))
        fail_msg("a password in\n%s%s", show, json);
    free(json);
    free(show);
    free(line);
    free(text);
}

static void passwords_are_never_shown(void **state)
{
    struct fixture *fixture = *state;

    assert_shown(fixture, "host=h password=canary dbname=d", "host=h password=*** dbname=d");
    assert_shown(fixture, "password = 'a\\\\' canary' user = u", "password=*** user=u");
    assert_shown(fixture, "password=a\\\\ canary user=u", "password=*** user=u");
    assert_shown(fixture, "sslpassword=canary", "sslpassword=***");
    assert_shown(fixture, "user=u password='canary", "***");
    assert_shown(fixture, "canary", "***");
    assert_shown(fixture, "postgresql://u:canary@h:5432/d?x=y", "postgresql://u:***@h:5432/d?x=y");
    assert_shown(fixture, "postgres://u:can@canary@h/d", "postgres://u:***@h/d");
    assert_shown(fixture, "postgresql://h/d?user=u&password=canary&x=y",
                 "postgresql://h/d?user=u&password=***&x=y");
    assert_shown(fixture, "postgresql://h/d", "postgresql://h/d");
    assert_shown(fixture, "", "");
}

static void properties_that_are_secret_are_never_shown(void **state)
{
    struct fixture *fixture = *state;

    must_load(fixture,
              CATALOGUES "kafka: { properties = [ \"sasl.username=u\", \"sasl.password=canary\", "
                         "\"ssl.key.pem=canary\", \"ssl.key.password=canary\", "
                         "\"sasl.oauthbearer.client.secret=canary\" ]; };\n"
                         "postgresql: { migrator_conninfo = \"password=canary\"; };",
              0);
    char *show = shown(&fixture->config, false), *json = shown(&fixture->config, true);
    assert_null(strstr(show, "canary"));
    assert_null(strstr(json, "canary"));
    assert_non_null(strstr(show, "\"sasl.username=u\", \"sasl.password=***\""));
    assert_non_null(strstr(json, "\"sasl.password=***\""));
    free(json);
    free(show);
    enum status status = load(fixture, CATALOGUES "kafka: { properties = [ \"canary\" ]; };", 0);
    assert_refused(fixture, status, "xueshid.conf", 2, "must be NAME=VALUE", "property");
    assert_null(strstr(fixture->err.message, "canary"));
}

static const json_t *json_at(const json_t *object, const char *path)
{
    char name[64];

    for (const char *point; object && (point = strchr(path, '.')); path = point + 1) {
        snprintf(name, sizeof name, "%.*s", (int)(point - path), path);
        object = json_object_get(object, name);
    }
    return json_object_get(object, path);
}

static void show_knows_every_setting(void **state)
{
    struct fixture *fixture = *state;

    must_load(fixture, SIGNERS("boc-1", "abc-1"), 0);
    char *show = shown(&fixture->config, false), *text = shown(&fixture->config, true);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(json);
    for (size_t i = 0; i < config_table.count; i++) {
        const struct setting *row = &config_table.rows[i];

        if (!json_at(json, row->path))
            fail_msg("%s is not in the JSON", row->path);
        if (row->type != SETTING_GROUPS && !strstr(show, row->path))
            fail_msg("%s is not shown", row->path);
    }
    assert_int_equal(json_integer_value(json_at(json, "batch.records")), 10000);
    assert_true(json_is_true(json_at(json, "payment_signatures.required")));
    assert_true(json_is_null(json_at(json, "issuer.id")));
    const json_t *second = json_array_get(json_at(json, "payment_signatures.keys"), 1);
    assert_string_equal(json_string_value(json_at(second, "id")), "abc-1");
    assert_non_null(strstr(show, "\npayment_signatures.keys[1].banks = [ \"ABC\" ]\n"));
    json_decref(json);
    free(text);
    free(show);
}

/* The example says nothing but defaults, and names every setting. */
static void the_example_says_the_defaults(void **state)
{
    struct fixture *fixture = *state;
    char *example = read_whole("config/xueshid.conf"),
         *programme = read_whole("config/programme-2023.conf");

    temp_folder_write_text(&fixture->folder, "programme-2023.conf", programme);
    must_load(fixture, "", CONFIG_ALL_KEYS);
    char *defaults = shown(&fixture->config, false);
    must_load(fixture, example, CONFIG_ALL_KEYS);
    char *show = shown(&fixture->config, false);
    assert_string_equal(show, defaults);
    for (size_t i = 0; i < config_table.count; i++) {
        const char *path = config_table.rows[i].path, *point = strrchr(path, '.');
        char name[64];

        snprintf(name, sizeof name, "%s = ", point ? point + 1 : path);
        if (!strstr(example, name))
            fail_msg("%s is not in config/xueshid.conf", path);
    }
    free(show);
    free(defaults);
    free(programme);
    free(example);
}

static void the_file_is_named_by_option_environment_or_default(void **state)
{
    (void)state;
    unsetenv("XUESHI_CONFIG");
    assert_string_equal(config_path(NULL), "/etc/xueshi/xueshid.conf");
    assert_int_equal(setenv("XUESHI_CONFIG", "/a.conf", 1), 0);
    assert_string_equal(config_path(NULL), "/a.conf");
    assert_string_equal(config_path("b.conf"), "b.conf");
    unsetenv("XUESHI_CONFIG");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_file_means_the_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_file_says_replaces_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_files_are_refused_with_line_and_hint, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(numbers_of_32_and_64_bits_are_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nul_byte_is_refused_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(properties_that_the_daemon_depends_on_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(files_that_are_not_there_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(key_files_must_be_the_owners_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_have_32_to_64_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_needed_keys_are_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(credentials_are_looked_for_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signature_keys_are_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(issuer_keys_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passwords_are_never_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(properties_that_are_secret_are_never_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(show_knows_every_setting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_example_says_the_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_is_named_by_option_environment_or_default, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
