/* The forms of strings on the wire (events.md "Envelope", fold.md section 2). Lengths in bytes; all
 * of them may hold anything, NUL included. */
#ifndef XUESHI_FORMS_H
#define XUESHI_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strict UTF-8: no overlong forms, surrogates, or code points beyond U+10FFFF. */
bool form_is_utf8(const char *text, size_t len);
/* Code points of valid UTF-8. */
size_t form_code_points(const char *text, size_t len);
/* 00..1F, 7F..9F anywhere. */
bool form_has_control(const char *text, size_t len);

/* [A-Za-z0-9._:-]{1,64} */
bool form_is_identifier(const char *text, size_t len);
/* \+[1-9][0-9]{6,14} or 11 digits. */
bool form_is_mobile(const char *text, size_t len);
/* 17 digits and [0-9Xx], a real date from 1900 to the day given (days from 1970-01-01), check digit
 * by ISO 7064 MOD 11-2 (GB 11643). */
bool form_is_id_number(const char *text, size_t len, int64_t last_day);
/* 64 hexadecimal digits, of either case. */
bool form_is_digest(const char *text, size_t len);

/* What must not travel in keys, headers and texts: a valid ID number of any day, 1 and ten digits,
 * or + and 7 to 15 digits, as a whole. */
bool form_is_secret(const char *text, size_t len);
/* The same for ids, of which + is no character. */
bool form_is_secret_id(const char *text, size_t len);

/* A JSON number's text as tenths: > 0, <= 200 hours and k/10 for an integer k (7.50 is 75). */
bool form_parse_hours(const char *text, size_t len, int64_t *tenths);

#endif
