/* The forms of strings in configuration and catalogues. */
#include "config_forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../handlers/forms.h"

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS   "0123456789"

/* What consumer and relay set themselves, aliases included: the position is PostgreSQL's, records
 * are published by transactions of a known owner, and keys keep their partition. */
static const char *const own_properties[] = {
    "acks",
    "allow.auto.create.topics",
    "auto.commit.enable",
    "auto.commit.interval.ms",
    "auto.offset.reset",
    "bootstrap.servers",
    "check.crcs",
    "client.id",
    "delivery.report.only.error",
    "delivery.timeout.ms",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.gapless.guarantee",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.instance.id",
    "group.protocol.type",
    "isolation.level",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "max.poll.interval.ms",
    "message.send.max.retries",
    "message.timeout.ms",
    "metadata.broker.list",
    "offset.store.method",
    "offset.store.path",
    "partition.assignment.strategy",
    "partitioner",
    "plugin.library.paths",
    "queued.max.messages.kbytes",
    "queued.min.messages",
    "request.required.acks",
    "retries",
    "transaction.timeout.ms",
    "transactional.id",
};

static bool is_all_of(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

const char *check_identifier(const char *text)
{
    return form_is_identifier(text, strlen(text)) ? NULL : "must be 1 to 64 of A-Z a-z 0-9 . _ : -";
}

const char *check_topic_prefix(const char *text)
{
    return is_all_of(text, LETTERS DIGITS "._-") ? NULL : "must be of A-Z a-z 0-9 . _ -";
}

const char *check_schema(const char *text)
{
    bool ok = is_all_of(text, "abcdefghijklmnopqrstuvwxyz" DIGITS "_") && !strchr(DIGITS, *text) &&
              strncmp(text, "pg_", 3) != 0;

    return ok ? NULL : "must be of a-z 0-9 _, and begin with neither a digit nor pg_";
}

/* HOST:PORT; a host of IPv6 stands in brackets. */
const char *check_listen(const char *text)
{
    const char *colon = strrchr(text, ':'), *port = colon ? colon + 1 : "";
    size_t host = colon ? (size_t)(colon - text) : 0, len = strlen(port);
    bool bracketed = host > 2 && text[0] == '[' && text[host - 1] == ']';
    bool plain = host > 0 && !memchr(text, ':', host) && !memchr(text, '[', host);

    if (!(bracketed || plain) || len < 1 || len > 5 || !is_all_of(port, DIGITS) ||
        strtol(port, NULL, 10) > 65535)
        return "must be ADDRESS:PORT, or empty";
    return NULL;
}

const char *check_base_url(const char *text)
{
    static const char scheme[] = "https://";
    size_t len = strlen(text);

    if (strncmp(text, scheme, sizeof scheme - 1) != 0 || len == sizeof scheme - 1 ||
        text[len - 1] == '/' || !is_all_of(text + sizeof scheme - 1, LETTERS DIGITS "._:/~-"))
        return "must be https://HOST, without a slash at the end";
    return NULL;
}

const char *check_did(const char *text)
{
    bool known = strncmp(text, "did:web:", 8) == 0 || strncmp(text, "did:key:z", 9) == 0;

    if (!known || text[8] == '\0' || !is_all_of(text, LETTERS DIGITS "._:%-"))
        return "must be did:web:HOST or did:key:z…";
    return NULL;
}

const char *check_key(const char *text)
{
    for (const char *at = text; *at; at++)
        if (!strchr(CAPITALS, *at) || strchr(at + 1, *at))
            return "must be letters A to Z, each once";
    return NULL;
}

const char *check_digits(const char *text)
{
    return is_all_of(text, DIGITS) ? NULL : "must be digits";
}

const char *check_series_code(const char *text)
{
    return is_all_of(text, CAPITALS DIGITS) ? NULL : "must be four of A-Z 0-9";
}

const char *check_kafka_property(const char *text)
{
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : 0;

    if (len == 0 || strspn(text, LETTERS DIGITS "._-") != len)
        return "must be NAME=VALUE";
    for (size_t i = 0; i < sizeof own_properties / sizeof *own_properties; i++)
        if (strlen(own_properties[i]) == len && strncmp(own_properties[i], text, len) == 0)
            return "is a property that the daemon depends on and sets itself";
    return NULL;
}
