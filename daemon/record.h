/* A Kafka record as bytes: what the consumer reads and what the outbox publishes. */
#ifndef XUESHI_RECORD_H
#define XUESHI_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "../handlers/event.h"

/* Bytes that may be anything, NUL included. at is NULL for Kafka's null. */
struct bytes {
    const void *at;
    size_t len;
};

struct header {
    const char *name; /* NUL-terminated, as it came */
    struct bytes value;
};

/* Borrowed: from librdkafka's message while it is decoded, else from an arena. */
struct record {
    struct place place;   /* topic without prefix; partition and offset are 0 on the way out */
    int64_t timestamp_ms; /* Kafka's; 0 on the way out */
    struct bytes key, value;
    const struct header *headers;
    size_t header_count;
};

#endif
