/* The relay's marker: the record on xueshi.relay by which a Kafka transaction says what it carried.
 */
#ifndef XUESHI_RELAY_MARKER_H
#define XUESHI_RELAY_MARKER_H

#include "../handlers/arena.h"
#include "../handlers/err.h"
#include "config.h"
#include "record.h"

#define RELAY_MARKER_KEY "outbox"

struct relay_marker {
    int64_t transaction; /* counted from 1; 0: there is no marker */
    int64_t epoch;       /* of the lease under which it was published */
    int64_t *numbers;    /* of its journal entries, ascending */
    size_t count;
    /* SHA-256 of number SP commit instant (microseconds) LF of each entry: a database restored to
     * an older state may give the same numbers to other entries. */
    uint8_t stamps[32];
};

/* {"transaction":1,"epoch":1,"entries":[{"from":1,"to":3},{"from":5,"to":5}],"stamps":"hex"}: the
 * numbers as ranges without gaps. In the arena. */
struct bytes relay_marker_encode(struct arena *arena, const struct relay_marker *marker);
/* STATUS_FATAL: not a marker. */
enum status relay_marker_decode(struct arena *arena, struct bytes value, struct relay_marker *out,
                                struct err *err) __attribute__((warn_unused_result));

/* Reads the last committed marker, with a consumer of its own. STATUS_RETRY: Kafka did not answer
 * within the time, or a transaction is open on the topic. */
enum status relay_marker_read(const struct config *config, struct arena *arena, int64_t timeout_ms,
                              struct relay_marker *out, struct err *err)
    __attribute__((warn_unused_result));

#endif
