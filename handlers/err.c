/* The one error vocabulary. */
#include "err.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

static const char *const names[REASONS] = {
    [REASON_NONE] = "",
    [REASON_MALFORMED] = "malformed",
    [REASON_BAD_ENVELOPE] = "bad_envelope",
    [REASON_UNKNOWN_TYPE] = "unknown_type",
    [REASON_WRONG_TOPIC] = "wrong_topic",
    [REASON_BAD_SIGNATURE] = "bad_signature",
    [REASON_INVALID_FIELD] = "invalid_field",
    [REASON_KEY_MISMATCH] = "key_mismatch",
    [REASON_CLOCK_SKEW] = "clock_skew",
    [REASON_UNKNOWN_TERM] = "unknown_term",
    [REASON_UNKNOWN_COURSE] = "unknown_course",
    [REASON_UNKNOWN_PAPER] = "unknown_paper",
    [REASON_UNKNOWN_BANK] = "unknown_bank",
    [REASON_UNKNOWN_CERTIFICATE] = "unknown_certificate",
    [REASON_WRONG_PAPER] = "wrong_paper",
    [REASON_BAD_REPORT] = "bad_report",
    [REASON_CONFLICT] = "conflict",
    [REASON_NOT_ELIGIBLE] = "not_eligible",
    [REASON_OUTSIDE_REGISTRATION] = "outside_registration",
    [REASON_ALREADY_ENROLLED] = "already_enrolled",
    [REASON_DUPLICATE_IDENTITY] = "duplicate_identity",
    [REASON_NEVER_RELEASED] = "never_released",
};

const char *reason_name(enum reason reason)
{
    return names[reason];
}

/* Appends as much as fits, never half a character. */
static size_t append(char *message, size_t size, size_t used, const char *part)
{
    size_t room = size - 1 - used, len = strlen(part);

    if (len > room) {
        len = room;
        while (len && ((unsigned char)part[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(message + used, part, len);
    message[used + len] = '\0';
    return used + len;
}

static void err_write(struct err *err, enum reason reason, const char *first, va_list rest)
{
    char message[sizeof err->message]; /* a part may be the old message */
    size_t used = append(message, sizeof message, 0, first);

    for (const char *part = va_arg(rest, const char *); part; part = va_arg(rest, const char *))
        used = append(message, sizeof message, used, part);
    memcpy(err->message, message, used + 1);
    err->reason = reason;
}

enum status err_reject(struct err *err, enum reason reason, const char *first, ...)
{
    va_list rest;

    va_start(rest, first);
    err_write(err, reason, first, rest);
    va_end(rest);
    return STATUS_REJECT;
}

enum status err_set(struct err *err, enum status status, const char *first, ...)
{
    va_list rest;

    va_start(rest, first);
    err_write(err, REASON_NONE, first, rest);
    va_end(rest);
    return status;
}
