/* What commands share of PostgreSQL. */
#include <string.h>

#include "ctl.h"

#define ANSWER_MS 10000

struct pg *ctl_connection(const struct ctl *ctl)
{
    return pg_new(ctl->config.postgresql.conninfo, ANSWER_MS);
}

enum status ctl_query(struct ctl *ctl, struct pg *pg, const struct pg_query *query,
                      struct pg_result **result, struct err *err)
{
    struct pg_query queries[4];
    struct pg_result *results[4];

    pg_query_init(&queries[0], &ctl->arena, "BEGIN READ ONLY");
    pg_query_init(&queries[1], &ctl->arena,
                  "SELECT set_config('search_path', quote_ident($1), true)");
    pg_bind_text(&queries[1], ctl->config.postgresql.schema);
    queries[2] = *query;
    pg_query_init(&queries[3], &ctl->arena, "COMMIT");
    enum status status = pg_run(pg, queries, 4, results, err);
    *result = results[2];
    results[2] = NULL;
    pg_results_free(results, 4);
    return status;
}
