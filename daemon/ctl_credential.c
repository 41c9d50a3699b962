/* xueshictl did and status-list show: what a web server serves to those who verify certificates. */
#include <stdio.h>

#include "attest.h"
#include "ctl.h"

static enum ctl_exit check_issuer(const struct ctl *ctl)
{
    if (ctl->config.signer)
        return CTL_OK;
    ctl_say(ctl->config.path, ": no issuer.keys are configured", NULL);
    return CTL_CONFIG;
}

enum ctl_exit ctl_did(struct ctl *ctl)
{
    enum ctl_exit code = check_issuer(ctl);
    struct text text;

    if (code != CTL_OK)
        return code;
    text_init(&text, &ctl->arena);
    issuer_add_did_document(&text, ctl->config.signer);
    puts(text.at);
    return CTL_OK;
}

/* The list's state from the version's row and the time when the next was issued, if one was. */
static struct status_list list_of(const struct ctl *ctl, const struct pg_result *result)
{
    struct status_list list = {
        .issuer = issuer_identity(ctl->config.signer),
        .certificate_no = ctl->args[0],
        .version = pg_int(result, 0, 0),
        .since = pg_instant(result, 0, 1),
    };

    list.revoked = !pg_is_null(result, 0, 2) || !pg_is_null(result, 0, 3);
    if (!pg_is_null(result, 0, 2))
        list.since = pg_instant(result, 0, 2);
    else if (!pg_is_null(result, 0, 3) && pg_instant(result, 0, 3) > list.since)
        list.since = pg_instant(result, 0, 3);
    return list;
}

static enum ctl_exit print_list(struct ctl *ctl, const struct pg_result *result)
{
    struct text text;

    if (!pg_count(result)) {
        ctl_say("no such version was issued of ", ctl->args[0], NULL);
        return CTL_FAILED;
    }
    struct status_list list = list_of(ctl, result);
    text_init(&text, &ctl->arena);
    if (!attest_status_list(&text, ctl->config.signer, &list)) {
        ctl_say("no issuer key was valid yet when that became so", NULL);
        return CTL_FAILED;
    }
    puts(text.at);
    return CTL_OK;
}

enum ctl_exit ctl_status_list_show(struct ctl *ctl)
{
    int64_t version = 0; /* the newest */
    struct pg_query query;
    struct pg_result *result = NULL;
    struct err err;
    enum ctl_exit code = check_issuer(ctl);

    if (ctl->arg_count > 1 && (!ctl_read_number(ctl->args[1], &version) || version == 0))
        return ctl_usage("VERSION must be a number from 1 on", NULL);
    if (code != CTL_OK)
        return code;
    pg_query_init(&query, &ctl->arena,
                  "SELECT v.version, v.issued_at, v.revoked_at, n.issued_at"
                  " FROM certificate c JOIN certificate_version v USING (trainee_id, programme_id)"
                  " LEFT JOIN certificate_version n ON n.trainee_id = v.trainee_id"
                  " AND n.programme_id = v.programme_id AND n.version = v.version + 1"
                  " WHERE c.certificate_no = $1 AND ($2 = 0 OR v.version = $2)"
                  " ORDER BY v.version DESC LIMIT 1");
    pg_bind_text(&query, ctl->args[0]);
    pg_bind_int(&query, version);
    struct pg *pg = ctl_connection(ctl);
    enum status status = ctl_query(ctl, pg, &query, &result, &err);
    pg_free(pg);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    code = print_list(ctl, result);
    pg_result_free(&result);
    return code;
}
