/* Effects and dead letters to Kafka records. */
#ifndef XUESHI_ENCODE_H
#define XUESHI_ENCODE_H

#include "../handlers/arena.h"
#include "../handlers/effect.h"
#include "../handlers/err.h"
#include "issuer.h"
#include "record.h"

/* An outgoing record and what the journal needs of it. */
struct message {
    struct record record;
    char ce_id[37];
};

/* An effect as a CloudEvent in binary mode (events.md): headers ce_specversion ce_id ce_source
 * ce_type ce_time ce_subject content-type, value the JSON data. All of it in the arena.
 * Certificates carry what the issuer signs (attest.h); without an issuer (NULL) they go out without
 * it. */
struct message *encode_effect(struct arena *arena, const char *source, const struct issuer *issuer,
                              const struct effect *effect);

/* A refused record on its way to xueshi.dead-letter, personal data masked as fold.md section 8
 * says; headers as they came plus dlq-*. */
struct message *encode_dead_letter(struct arena *arena, const struct record *record,
                                   const struct err *err);

#endif
