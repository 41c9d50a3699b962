/* CloudEvents 1.0 over Kafka, binary and structured mode (events.md, "Envelope"). */
#ifndef XUESHI_ENVELOPE_H
#define XUESHI_ENVELOPE_H

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "json.h"
#include "record.h"

struct envelope {
    bool structured;
    const char *id, *source, *type, *time_text; /* in the arena, or the JSON's */
    int64_t time;
    json_t *value; /* structured: the whole value, owned; envelope_finish frees it */
    json_t *data; /* the data object: borrowed from `value` when structured, else NULL until read */
    struct bytes data_text; /* its text */
};

/* Reads and checks the envelope. STATUS_REJECT: `malformed` (structured mode: the whole value),
 * `bad_envelope`. envelope_finish must be called in any case. */
enum status envelope_read(struct envelope *envelope, struct arena *arena,
                          const struct record *record, struct err *err)
    __attribute__((warn_unused_result));
void envelope_finish(struct envelope *envelope);

/* A header by its name, case-insensitive; *count says how often it is there. NULL: not there. */
const struct header *record_find_header(const struct record *record, const char *name,
                                        size_t *count);

#endif
