/* Civil time of an IANA zone, read from the system's TZif files (RFC 8536): no TZ variable, no
 * tzset, nothing that another thread could see. */
#ifndef XUESHI_ZONE_H
#define XUESHI_ZONE_H

#include <stdint.h>

#include "../handlers/arena.h"
#include "../handlers/err.h"

struct zone; /* the arena's */

/* STATUS_FATAL: there is no such zone, or its file is damaged; the message lacks file and line. */
enum status zone_load(struct zone **out, struct arena *arena, const char *name, struct err *err)
    __attribute__((warn_unused_result));

enum zone_answer { ZONE_ONE, ZONE_NEVER, ZONE_TWICE };
/* The instant (microseconds) of a civil time given in minutes since 1970-01-01T00:00. ZONE_NEVER:
 * clocks are put forward over it; ZONE_TWICE: they are put back over it; *out is untouched then. */
enum zone_answer zone_instant(const struct zone *zone, int64_t civil_minutes, int64_t *out);
/* The instant at which a civil date (days from 1970-01-01) begins: that of 00:00, the earlier one
 * if there are two, and where clocks are put forward over 00:00 the instant at which they are. */
int64_t zone_midnight(const struct zone *zone, int64_t day);

#endif
