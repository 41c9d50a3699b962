/* The configuration: defaults, what replaces them, and what is shown of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "config_fixture.h"

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
