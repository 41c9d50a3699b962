/* xueshictl certificate: what was issued, what stands, what was revoked (R29). */
#include "ctl.h"

static const struct ctl_column columns[] = {
    {"certificate_no", CELL_TEXT}, {"version", CELL_INT},        {"state", CELL_TEXT},
    {"issued_at", CELL_TEXT},      {"revoked_at", CELL_TEXT},    {"trainee_id", CELL_TEXT},
    {"programme", CELL_TEXT},      {"enrollment_id", CELL_TEXT},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void add_certificate(struct ctl_table *table, const struct pg_result *result, size_t row)
{
    ctl_table_add(table, pg_text(result, row, 0));
    if (pg_is_null(result, row, 1))
        ctl_table_add(table, NULL);
    else
        ctl_table_add_int(table, pg_int(result, row, 1));
    ctl_table_add(table, pg_text(result, row, 2));
    for (size_t column = 3; column < 5; column++)
        ctl_table_add_instant(table, pg_is_null(result, row, column)
                                         ? INSTANT_NONE
                                         : pg_instant(result, row, column));
    for (size_t column = 5; column < 8; column++)
        ctl_table_add(table, pg_text(result, row, column));
}

/* CTL_FAILED without a word when there is none. */
static enum ctl_exit print(struct ctl *ctl, const struct pg_query *query)
{
    struct pg *pg = ctl_connection(ctl);
    struct pg_result *result = NULL;
    struct ctl_table table;
    struct err err;
    enum status status = ctl_query(ctl, pg, query, &result, &err);

    pg_free(pg);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    size_t count = pg_count(result);
    ctl_table_init(&table, &ctl->arena, columns, COLUMNS);
    for (size_t row = 0; row < count; row++)
        add_certificate(&table, result, row);
    if (count || ctl->arg_count == 0)
        ctl_table_print(ctl, &table);
    pg_result_free(&result);
    return count || ctl->arg_count == 0 ? CTL_OK : CTL_FAILED;
}

/* Each certificate with its newest version. */
enum ctl_exit ctl_certificate_list(struct ctl *ctl)
{
    struct pg_query query;

    pg_query_init(&query, &ctl->arena,
                  "SELECT c.certificate_no, v.version,"
                  " CASE WHEN c.stands THEN 'stands' WHEN c.ordered THEN 'ordered away'"
                  " ELSE 'revoked' END,"
                  " v.issued_at, v.revoked_at, c.trainee_id, c.programme_id, c.enrollment_id"
                  " FROM certificate c LEFT JOIN LATERAL (SELECT version, issued_at, revoked_at"
                  " FROM certificate_version v WHERE v.trainee_id = c.trainee_id"
                  " AND v.programme_id = c.programme_id ORDER BY version DESC LIMIT 1) v ON true"
                  " ORDER BY c.certificate_no");
    return print(ctl, &query);
}

/* All versions of one number, or of one trainee. */
enum ctl_exit ctl_certificate_show(struct ctl *ctl)
{
    struct pg_query query;

    pg_query_init(&query, &ctl->arena,
                  "SELECT c.certificate_no, v.version,"
                  " CASE WHEN v.version IS NULL THEN 'ordered away'"
                  " WHEN v.revoked_at IS NOT NULL THEN 'revoked'"
                  " WHEN c.stands AND v.version = max(v.version) OVER"
                  " (PARTITION BY c.trainee_id, c.programme_id) THEN 'stands'"
                  " ELSE 'replaced' END,"
                  " v.issued_at, v.revoked_at, c.trainee_id, c.programme_id, c.enrollment_id"
                  " FROM certificate c LEFT JOIN certificate_version v USING (trainee_id,"
                  " programme_id) WHERE c.certificate_no = $1 OR c.trainee_id = $1"
                  " ORDER BY c.certificate_no, v.version");
    pg_bind_text(&query, ctl->args[0]);
    enum ctl_exit code = print(ctl, &query);
    if (code == CTL_FAILED)
        ctl_say("there is no certificate of ", ctl->args[0], NULL);
    return code;
}
