/* The forms of single values. */
#include "setting_forms.h"

#include <stdlib.h>
#include <string.h>

#include "../handlers/forms.h"

#define HOURS_MAX      100000
#define CIVIL_LEN      16 /* YYYY-MM-DDThh:mm */
#define CIVIL_YEAR_MIN 2000
#define CIVIL_YEAR_MAX 2199

static const char *between(struct arena *arena, int64_t min, int64_t max, bool tenths)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, "must be ");
    if (tenths)
        text_add_tenths(&text, min);
    else
        text_add_int(&text, min);
    text_add(&text, " to ");
    if (tenths)
        text_add_tenths(&text, max);
    else
        text_add_int(&text, max);
    return text_string(&text);
}

const char *setting_quote(struct arena *arena, const struct setting *row, const char *text,
                          const char *what)
{
    struct text out;

    text_init(&out, arena);
    text_add(&out, "\"");
    text_add(&out, row->mask ? row->mask(arena, text) : text);
    text_add(&out, "\" ");
    text_add(&out, what);
    return text_string(&out);
}

static const char *one_of(struct arena *arena, const struct setting *row, const char *text)
{
    struct text out;
    size_t count = 0;

    for (; row->words[count]; count++)
        if (strcmp(row->words[count], text) == 0)
            return NULL;
    text_init(&out, arena);
    text_add(&out, "is none of");
    for (size_t i = 0; i < count; i++) {
        text_add(&out, " ");
        text_add(&out, row->words[i]);
    }
    text_add(&out, "; the nearest is ");
    text_add(&out, nearest_word(text, row->words, count));
    return setting_quote(arena, row, text, text_string(&out));
}

/* A file's name from the folder of the file that names it. */
static const char *resolve(struct arena *arena, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    struct text text;

    if (name[0] == '/' || !slash)
        return arena_strdup(arena, name);
    text_init(&text, arena);
    text_add_bytes(&text, file, (size_t)(slash + 1 - file));
    text_add(&text, name);
    return text_string(&text);
}

static const char *parse_string(struct arena *arena, const struct setting *row, const char *file,
                                const char *text, void *out)
{
    bool list = row->type == SETTING_STRINGS || row->type == SETTING_PATHS;
    bool path = row->type == SETTING_PATH || row->type == SETTING_PATHS;
    int64_t len = (int64_t)strlen(text);
    const char *wrong = NULL;

    if (!form_is_utf8(text, (size_t)len))
        return "must be UTF-8";
    if (row->words)
        wrong = one_of(arena, row, text);
    else if (list && len == 0)
        wrong = "must not hold an empty string";
    else if (!list && row->max && (len < row->min || len > row->max))
        wrong = row->max >= len ? "must not be empty" : "is too long";
    else if (row->check && len > 0 && (wrong = row->check(text)))
        wrong = setting_quote(arena, row, text, wrong);
    if (wrong)
        return wrong;
    const char *value = path ? resolve(arena, file, text) : arena_strdup(arena, text);
    memcpy(out, &value, sizeof value);
    return NULL;
}

static const char *parse_bool(struct arena *arena, const struct setting *row, const char *file,
                              const char *text, void *out)
{
    bool value = strcmp(text, "true") == 0;

    (void)arena, (void)row, (void)file;
    memcpy(out, &value, sizeof value);
    return NULL;
}

static const char *parse_int(struct arena *arena, const struct setting *row, const char *file,
                             const char *text, void *out)
{
    int64_t value = strtoll(text, NULL, 10);

    (void)file;
    if (value < row->min || value > row->max)
        return between(arena, row->min, row->max, false);
    memcpy(out, &value, sizeof value);
    return NULL;
}

const char *hours_text(struct arena *arena, double hours)
{
    double tenths = hours * 10;
    struct text text;

    text_init(&text, arena);
    if (!(tenths >= 0 && tenths <= HOURS_MAX))
        return "";
    int64_t whole = (int64_t)(tenths + 0.5);
    double rest = tenths - (double)whole;
    if (rest > 1e-6 || rest < -1e-6)
        return "";
    text_add_tenths(&text, whole);
    return text_string(&text);
}

static const char *parse_hours(struct arena *arena, const struct setting *row, const char *file,
                               const char *text, void *out)
{
    size_t whole = strspn(text, "0123456789"), point = text[whole] == '.';
    size_t fraction = point ? strspn(text + whole + 1, "0123456789") : 0;
    int64_t tenths;

    (void)file;
    if (whole == 0 || whole > 6 || text[whole + point + fraction] != '\0' || fraction != point)
        return "must be hours, a decimal with at most one digit";
    tenths = strtoll(text, NULL, 10) * 10 + (point ? text[whole + 1] - '0' : 0);
    if (tenths < row->min || tenths > row->max)
        return between(arena, row->min, row->max, true);
    memcpy(out, &tenths, sizeof tenths);
    return NULL;
}

/* A number of digits that the form has put there. */
static int number_at(const char *text, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++)
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return *text == '\0';
}

static const char *parse_civil(struct arena *arena, const struct setting *row, const char *file,
                               const char *text, void *out)
{
    int64_t days;

    (void)file;
    if (!has_form(text, "0000-00-00T00:00"))
        return setting_quote(arena, row, text, "must be a civil time YYYY-MM-DDThh:mm");
    int year = number_at(text, 4), hour = number_at(text + 11, 2), minute = number_at(text + 14, 2);
    if (year < CIVIL_YEAR_MIN || year > CIVIL_YEAR_MAX ||
        !instant_days_from_date(year, number_at(text + 5, 2), number_at(text + 8, 2), &days))
        return setting_quote(arena, row, text, "is no date of the years 2000 to 2199");
    if (minute > 59 || hour > 24 || (hour == 24 && minute))
        return setting_quote(arena, row, text, "is no time of the day, 00:00 to 24:00");
    int64_t minutes = days * 24 * 60 + hour * 60 + minute;
    memcpy(out, &minutes, sizeof minutes);
    return NULL;
}

static const char *parse_instant(struct arena *arena, const struct setting *row, const char *file,
                                 const char *text, void *out)
{
    int64_t instant;

    (void)file;
    if (!instant_parse(text, strlen(text), &instant))
        return setting_quote(arena, row, text, "must be an instant such as 2023-01-01T00:00:00Z");
    memcpy(out, &instant, sizeof instant);
    return NULL;
}

const char *setting_parse(struct arena *arena, const struct setting *row, const char *file,
                          const char *text, void *out)
{
    static const char *(*const parsers[SETTING_TYPES])(struct arena *, const struct setting *,
                                                       const char *, const char *, void *) = {
        [SETTING_STRING] = parse_string,   [SETTING_PATH] = parse_string,
        [SETTING_INT] = parse_int,         [SETTING_BOOL] = parse_bool,
        [SETTING_HOURS] = parse_hours,     [SETTING_CIVIL] = parse_civil,
        [SETTING_INSTANT] = parse_instant, [SETTING_STRINGS] = parse_string,
        [SETTING_PATHS] = parse_string,
    };

    return parsers[row->type](arena, row, file, text, out);
}

static void initial_list(struct arena *arena, const struct setting *row, const char *file,
                         void *out)
{
    struct strings list = {0};

    if (row->initial && *row->initial) {
        list.at = arena_alloc(arena, sizeof *list.at);
        if (setting_parse(arena, row, file, row->initial, &list.at[0]))
            abort(); /* the table is wrong */
        list.count = 1;
    }
    memcpy(out, &list, sizeof list);
}

void setting_initial(struct arena *arena, const struct setting *row, const char *file, void *out)
{
    if (row->type == SETTING_GROUPS)
        return; /* the struct is zeros */
    if (row->type == SETTING_STRINGS || row->type == SETTING_PATHS) {
        initial_list(arena, row, file, out);
    } else if (row->initial) {
        if (setting_parse(arena, row, file, row->initial, out))
            abort(); /* the table is wrong */
    } else if (row->type == SETTING_CIVIL || row->type == SETTING_INSTANT) {
        int64_t none = INSTANT_NONE;

        memcpy(out, &none, sizeof none);
    }
}
