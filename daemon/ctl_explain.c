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

static enum reason reason_from_name(const char *name)
{
    for (int reason = 0; reason < REASONS; reason++)
        if (strcmp(reason_name((enum reason)reason), name) == 0)
            return (enum reason)reason;
    return REASON_NONE;
}

/* Whoever was refused at the door has no dossier: the dead letters say why. */
static enum status add_refused(struct ctl *ctl, struct explanation *explanation, struct err *err)
{
    struct pg *pg = ctl_connection(ctl);
    struct pg_query query;
    struct pg_result *result = NULL;

    pg_query_init(&query, &ctl->arena,
                  "SELECT event_type, topic, partition, record_offset, reason, message"
                  " FROM dead_letter WHERE trainee_id = $1"
                  " ORDER BY topic, partition, record_offset");
    pg_bind_text(&query, explanation->trainee_id);
    enum status status = ctl_query(ctl, pg, &query, &result, err);
    for (size_t row = 0; status == STATUS_OK && row < pg_count(result); row++) {
        const struct explain_refused refused = {
            .event_type = arena_strdup(&ctl->arena, pg_text(result, row, 0)),
            .place = {.topic = (enum topic)pg_int(result, row, 1),
                      .partition = (int32_t)pg_int(result, row, 2),
                      .offset = pg_int(result, row, 3)},
            .reason = reason_from_name(pg_text(result, row, 4)),
            .message = arena_strdup(&ctl->arena, pg_text(result, row, 5)),
        };

        explain_refused(explanation, &refused);
    }
    pg_result_free(&result);
    pg_free(pg);
    return status;
}

static enum ctl_exit say(struct ctl *ctl, const struct trainee_entry *entry, unsigned langs)
{
    const char *enrollment_id = ctl->arg_count > 1 ? ctl->args[1] : NULL;
    struct explanation explanation;
    struct err err;

    explain_trainee(&explanation, &ctl->arena, ctl->args[0], entry, enrollment_id);
    if (!enrollment_id) {
        enum status status = add_refused(ctl, &explanation, &err);

        if (status != STATUS_OK)
            return ctl_fail(status, &err);
    }
    if (!explanation.count) {
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
