/* Bytes to events: the envelope, the signature, the JSON, the fields; the checks of fold.md
 * section 2 up to invalid_field and the second bad_signature. What comes after them is the fold's.
 */
#ifndef XUESHI_DECODE_H
#define XUESHI_DECODE_H

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"
#include "../handlers/event.h"
#include "crypto.h"
#include "record.h"
#include "signature.h"

struct decoder {
    const struct catalogues *catalogues; /* for the form of payment codes */
    const struct keys *keys;             /* person_index, for the ID number's hash */
    const struct signature_keys *signature_keys;
    bool signatures_required;
};

/* STATUS_OK: *ev is the event, in the arena. STATUS_REJECT: err has reason and message; *ev is
 * NULL. Thread-safe as long as arenas are not shared. */
enum status decode_record(const struct decoder *decoder, struct arena *arena,
                          const struct record *record, struct event **ev, struct err *err)
    __attribute__((warn_unused_result));

#endif
