/* Configurations that are refused, each with its line and a hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

/* Each snippet begins on line 2. */
static const struct {
    const char *text;
    int line;
    const char *hint;
} broken[] = {
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
    {"payment_signatures: {\n required = 1; };", 3, "payment_signatures.required: must be true"},
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

static void broken_files_are_refused_with_line_and_hint(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char *text;

        if (asprintf(&text, CATALOGUES "%s\n", broken[i].text) < 0)
            abort();
        enum status status = load(fixture, text, 0);
        assert_refused(fixture, status, "xueshid.conf", broken[i].line, broken[i].hint,
                       broken[i].text);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(broken_files_are_refused_with_line_and_hint, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(numbers_of_32_and_64_bits_are_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nul_byte_is_refused_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(properties_that_the_daemon_depends_on_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(files_that_are_not_there_are_named, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
