/* The forms of single values: from their text, and the text of what is wrong. For settings.c. */
#ifndef XUESHI_SETTING_FORMS_H
#define XUESHI_SETTING_FORMS_H

#include "settings.h"

/* Reads a scalar, or one string of a list, into `out`. NULL, or what is wrong with it. */
const char *setting_parse(struct arena *arena, const struct setting *row, const char *file,
                          const char *text, void *out);
/* The row's default, or the value of an optional one that is absent. */
void setting_initial(struct arena *arena, const struct setting *row, const char *file, void *out);
/* The quoted string, without its secrets, and what is to be said about it. */
const char *setting_quote(struct arena *arena, const struct setting *row, const char *text,
                          const char *what);
/* Hours that libconfig has read as a floating-point number: "1.5"; "" if they are no tenths. */
const char *hours_text(struct arena *arena, double hours);

#endif
