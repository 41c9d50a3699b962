/* Topic names, refused properties and partition counts (librdkafka's mock cluster answers). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "../../daemon/kafka.h"

#include <librdkafka/rdkafka_mock.h>

#define TIMEOUT_MS 10000

static struct config config_with(const char *prefix, const char **properties, size_t count)
{
    return (struct config){
        .instance = "unit",
        .kafka = {.bootstrap_servers = "127.0.0.1:1",
                  .group_id = "group",
                  .topic_prefix = prefix,
                  .properties = {.at = properties, .count = count}},
    };
}

static void names_carry_the_prefix_out_and_in(void **state)
{
    struct config plain = config_with("", NULL, 0), test = config_with("test.", NULL, 0);
    char out[KAFKA_TOPIC_MAX];

    (void)state;
    assert_string_equal(kafka_topic(&plain, "xueshi.exam", out), "xueshi.exam");
    assert_string_equal(kafka_topic(&test, KAFKA_RELAY_TOPIC, out), "test.xueshi.relay");
    assert_int_equal(kafka_topic_from(&plain, "xueshi.exam"), TOPIC_EXAM);
    assert_int_equal(kafka_topic_from(&test, "test.xueshi.payment"), TOPIC_PAYMENT);
}

static void foreign_and_outgoing_names_are_no_input(void **state)
{
    struct config plain = config_with("", NULL, 0), test = config_with("test.", NULL, 0);

    (void)state;
    assert_int_equal(kafka_topic_from(&test, "xueshi.payment"), TOPICS);
    assert_int_equal(kafka_topic_from(&test, "test.test.xueshi.payment"), TOPICS);
    assert_int_equal(kafka_topic_from(&plain, "test.xueshi.payment"), TOPICS);
    assert_int_equal(kafka_topic_from(&plain, "xueshi.progress"), TOPICS);
    assert_int_equal(kafka_topic_from(&plain, ""), TOPICS);
}

static void assert_refused(const char *property, const char *message)
{
    struct config config = config_with("", &property, 1);
    struct err err = {0};

    assert_null(kafka_conf_new(&config, &err));
    assert_string_equal(err.message, message);
}

static void properties_we_depend_on_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused("enable.idempotence=false",
                   "kafka.properties: enable.idempotence is not for the file to set");
    assert_refused("topic.acks=0", "kafka.properties: topic.acks is not for the file to set");
    assert_refused("isolation.level=read_uncommitted",
                   "kafka.properties: isolation.level is not for the file to set");
    assert_refused("bootstrap.servers=elsewhere:9092",
                   "kafka.properties: bootstrap.servers is not for the file to set");
}

/* A value may be a password: no message repeats one. */
static void properties_librdkafka_refuses_are_named_without_value(void **state)
{
    (void)state;
    assert_refused("no.such.property=secret", "librdkafka knows no property no.such.property");
    assert_refused("linger.ms=secret", "librdkafka refuses the value of the property linger.ms");
    assert_refused("linger.ms", "an entry of kafka.properties is not name=value");
    assert_refused("=5", "an entry of kafka.properties is not name=value");
}

static void prefix_must_leave_room(void **state)
{
    char prefix[240];
    struct config config = config_with(prefix, NULL, 0);
    struct err err = {0};

    (void)state;
    memset(prefix, 'p', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    assert_null(kafka_conf_new(&config, &err));
    assert_string_equal(err.message, "kafka.topic_prefix is too long");
}

static void assert_property(const rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char found[128];
    size_t size = sizeof found;

    assert_int_equal(rd_kafka_conf_get(conf, name, found, &size), RD_KAFKA_CONF_OK);
    assert_string_equal(found, value);
}

static void file_and_configuration_reach_librdkafka(void **state)
{
    const char *properties[] = {"linger.ms=3", "sasl.password=a=b"};
    struct config config = config_with("", properties, 2);
    struct err err = {0};
    rd_kafka_conf_t *conf = kafka_conf_new(&config, &err);

    (void)state;
    assert_non_null(conf);
    assert_property(conf, "linger.ms", "3");
    assert_property(conf, "sasl.password", "a=b");
    assert_property(conf, "client.id", "unit");
    assert_property(conf, "bootstrap.servers", "127.0.0.1:1");
    assert_true(kafka_conf_default(conf, &config, "linger.ms", "9", &err));
    assert_property(conf, "linger.ms", "3");
    assert_false(kafka_conf_default(conf, &config, "linger", "9", &err));
    assert_true(kafka_conf_default(conf, &config, "batch.size", "4096", &err));
    assert_property(conf, "batch.size", "4096");
    assert_true(kafka_conf_set(conf, "acks", "all", &err));
    assert_false(kafka_conf_set(conf, "acks", "none of these", &err));
    rd_kafka_conf_destroy(conf);
}

/* Idempotence without acks: only the making of the client finds it. */
static void client_that_cannot_be_made_says_why(void **state)
{
    struct config config = config_with("", NULL, 0);
    struct err err = {0};
    rd_kafka_conf_t *conf = kafka_conf_new(&config, &err);

    (void)state;
    assert_non_null(conf);
    assert_true(kafka_conf_set(conf, "enable.idempotence", "true", &err));
    assert_true(kafka_conf_set(conf, "acks", "1", &err));
    assert_null(kafka_new(RD_KAFKA_PRODUCER, conf, &err));
    assert_non_null(strstr(err.message, "`acks` must be set to `all`"));
}

/* The log hook: librdkafka warns of a consumer's property when it makes a producer. */
static void librdkafka_speaks_through_the_log(void **state)
{
    const char *properties[] = {"session.timeout.ms=50000"};
    struct config config = config_with("", properties, 1);
    struct err err = {0};
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    char text[4096] = "";
    rd_kafka_t *client;

    (void)state;
    assert_non_null(file);
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    client = kafka_new(RD_KAFKA_PRODUCER, kafka_conf_new(&config, &err), &err);
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    assert_true(pread(fileno(file), text, sizeof text - 1, 0) > 0);
    assert_non_null(client);
    rd_kafka_destroy(client);
    (void)close(saved);
    (void)fclose(file);
    assert_non_null(strstr(text, " warn librdkafka client=unit#producer-"));
    assert_non_null(strstr(text, "facility=CONFWARN"));
    assert_non_null(strstr(text, "session.timeout.ms"));
}

static void partitions_are_counted_and_nothing_is_created(void **state)
{
    const char *properties[] = {"test.mock.num.brokers=1"};
    struct config config = config_with("", properties, 1);
    struct err err = {0};
    rd_kafka_t *client = kafka_new(RD_KAFKA_PRODUCER, kafka_conf_new(&config, &err), &err);
    rd_kafka_mock_cluster_t *mock;

    (void)state;
    assert_non_null(client);
    mock = rd_kafka_handle_mock_cluster(client);
    assert_int_equal(rd_kafka_mock_topic_create(mock, "xueshi.exam", 6, 1), 0);
    assert_int_equal(kafka_partition_count(client, "xueshi.exam", TIMEOUT_MS, &err), 6);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kafka_partition_count(client, "xueshi.pay", TIMEOUT_MS, &err), 0);
        assert_string_equal(err.message, "there is no topic xueshi.pay");
    }
    rd_kafka_destroy(client);
}

static void broker_that_is_not_there_is_told_apart(void **state)
{
    struct config config = config_with("", NULL, 0);
    struct err err = {0};
    rd_kafka_t *client = kafka_new(RD_KAFKA_PRODUCER, kafka_conf_new(&config, &err), &err);

    (void)state;
    assert_non_null(client);
    assert_int_equal(kafka_partition_count(client, "xueshi.exam", 200, &err), 0);
    assert_int_equal(strncmp(err.message, "Kafka does not answer", 21), 0);
    rd_kafka_destroy(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_carry_the_prefix_out_and_in),
        cmocka_unit_test(foreign_and_outgoing_names_are_no_input),
        cmocka_unit_test(properties_we_depend_on_are_refused_by_name),
        cmocka_unit_test(properties_librdkafka_refuses_are_named_without_value),
        cmocka_unit_test(prefix_must_leave_room),
        cmocka_unit_test(file_and_configuration_reach_librdkafka),
        cmocka_unit_test(client_that_cannot_be_made_says_why),
        cmocka_unit_test(librdkafka_speaks_through_the_log),
        cmocka_unit_test(partitions_are_counted_and_nothing_is_created),
        cmocka_unit_test(broker_that_is_not_there_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
