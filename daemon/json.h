/* JSON as the contract wants it, strictly: jansson behind a small face (fold.md section 2). */
#ifndef XUESHI_JSON_H
#define XUESHI_JSON_H

#include <jansson.h>

#include "../handlers/err.h"
#include "record.h"

#define JSON_BYTES_MAX   ((size_t)64 * 1024)
#define JSON_DEPTH_LIMIT 8

/* One JSON object: at most 64 KiB, depth at most 8 (the outer object is 1), UTF-8, no duplicate
 * keys, no lone surrogates, no \u0000, no integer beyond 64 bits, no number beyond a double, no
 * trailing bytes. *out is the caller's (json_decref). Else `malformed`. */
enum status json_read_object(const struct bytes *value, json_t **out, struct err *err)
    __attribute__((warn_unused_result));

/* The bytes of a member's value in the text of an object that json_read_object took; at is NULL if
 * there is no such member. For numbers whose text decides. */
struct bytes json_raw_member(struct bytes object, const char *name);

#endif
