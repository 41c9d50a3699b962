/* A data object into the typed event, field by field as the contract's table says. */
#ifndef XUESHI_FIELDS_H
#define XUESHI_FIELDS_H

#include "decode.h"
#include "envelope.h"

/* Reads all fields of ev->type (ev->time is set) from envelope->data, then checks what spans
 * fields. STATUS_REJECT: `invalid_field`, the message names the first wrong one. */
enum status fields_read(const struct decoder *decoder, struct arena *arena,
                        const struct envelope *envelope, struct event *ev, struct err *err)
    __attribute__((warn_unused_result));

/* ev->content: SHA-256 of the type's name and, for each field that is there, a NUL, its name, "="
 * and its value: texts as sent (an ID number with X), numbers in decimal, instants in microseconds,
 * hours in tenths, answers as question, ":" and choice, each behind a ",". */
void fields_hash_content(struct arena *arena, struct event *ev);

#endif
