/* xueshictl explain: why a trainee has no certificate yet. */
#include <stdlib.h>
#include <string.h>

#include "ctl_reading.h"
#include "explain.h"

/* --lang, else the one that $LANG names; both when it names neither. 0: --lang is neither. */
static unsigned languages(const struct ctl *ctl)
{
    const char *lang = ctl->options[OPTION_LANG], *locale = getenv("LANG");

    if (lang)
        return strcmp(lang, "zh") == 0 ? EXPLAIN_ZH : strcmp(lang, "en") == 0 ? EXPLAIN_EN : 0;
    if (locale && strncmp(locale, "zh", 2) == 0)
        return EXPLAIN_ZH;
    if (locale && strncmp(locale, "en", 2) == 0)
        return EXPLAIN_EN;
    return EXPLAIN_ZH | EXPLAIN_EN;
}

static enum ctl_exit say(struct ctl *ctl, const struct trainee_entry *entry, unsigned langs)
{
    const char *enrollment_id = ctl->arg_count > 1 ? ctl->args[1] : NULL;
    struct explanation explanation;

    if (entry)
        explain_trainee(&explanation, &ctl->arena, entry, enrollment_id);
    if (!entry || !explanation.count) {
        ctl_say("nothing is known of ", ctl->args[0], enrollment_id ? " and " : "",
                enrollment_id ? enrollment_id : "", NULL);
        return CTL_FAILED;
    }
    if (ctl_has(ctl, OPTION_JSON))
        explain_print_json(stdout, &explanation);
    else
        explain_print(stdout, &explanation, langs);
    return CTL_OK;
}

enum ctl_exit ctl_explain(struct ctl *ctl)
{
    unsigned langs = languages(ctl);
    struct reading reading;
    struct trainee_entry *entry = NULL;
    struct err err;

    if (!langs)
        return ctl_usage("--lang is zh or en, not ", ctl->options[OPTION_LANG], NULL);
    enum status status = reading_begin(&reading, ctl, &err);
    if (status == STATUS_OK)
        status = store_read_trainee(reading.store, &reading.world, ctl->args[0], &entry, &err);
    enum ctl_exit code = status == STATUS_OK ? say(ctl, entry, langs) : ctl_fail(status, &err);
    reading_finish(&reading);
    return code;
}
