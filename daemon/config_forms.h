/* The forms of strings in configuration and catalogues, and what of secrets may be shown: for the
 * tables. */
#ifndef XUESHI_CONFIG_FORMS_H
#define XUESHI_CONFIG_FORMS_H

#include "../handlers/arena.h"

/* NULL, or what is wrong (settings.h, `check`). */
const char *check_identifier(const char *text);
const char *check_topic_prefix(const char *text);
const char *check_schema(const char *text);
const char *check_listen(const char *text);
const char *check_base_url(const char *text);
const char *check_did(const char *text);
/* Letters A to Z, each once. */
const char *check_key(const char *text);
const char *check_digits(const char *text);
const char *check_series_code(const char *text);
/* "name=value", and none that the daemon depends on. */
const char *check_kafka_property(const char *text);

/* A connection string or URI without its passwords; one that cannot be read is masked whole. */
const char *mask_conninfo(struct arena *arena, const char *text);
/* "sasl.password=***" */
const char *mask_kafka_property(struct arena *arena, const char *text);

#endif
