/* Migrations into PostgreSQL, with sqitch's registry. */
#include "deploy.h"

#include <string.h>

#include "../handlers/text.h"
#include "files.h"

#define SQITCH_LOCK    INT64_C(75474063)
#define IDENTIFIER_MAX 63
#define TEXT_BYTES_MAX ((size_t)1024 * 1024)

static const char *concat(struct arena *arena, const char *a, const char *b, const char *c)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, a);
    text_add(&text, b);
    text_add(&text, c);
    return text_string(&text);
}

/* The error once more, behind the file's name. */
static enum status of_file(const char *file, enum status status, struct err *err)
{
    struct err inner = *err;

    return err_set(err, status, file, ": ", inner.message, NULL);
}

static enum status read_text(struct deployment *deployment, const char *path, struct bytes *out,
                             struct err *err)
{
    if (!file_read(deployment->arena, path, out, err))
        return STATUS_FATAL;
    if (memchr(out->at, '\0', out->len) || out->len > TEXT_BYTES_MAX)
        return err_set(err, STATUS_FATAL, path, " is no text, or larger than 1 MiB", NULL);
    return STATUS_OK;
}

enum status deploy_open(struct deployment *deployment, struct arena *arena, struct pg *pg,
                        const char *directory, const char *schema, struct err *err)
{
    const char *path = concat(arena, directory, "/", "sqitch.plan");
    struct bytes text;

    *deployment = (struct deployment){
        .arena = arena,
        .pg = pg,
        .directory = directory,
        .schema = schema,
        .registry = strcmp(schema, "xueshi") == 0 ? "sqitch" : concat(arena, "sqitch_", schema, ""),
    };
    if (strlen(deployment->registry) > IDENTIFIER_MAX)
        return err_set(err, STATUS_FATAL, "the schema's name ", schema, " is too long", NULL);
    enum status status = read_text(deployment, path, &text, err);
    if (status != STATUS_OK)
        return status;
    status = migration_read_plan(&deployment->plan, arena, text.at, err);
    return status == STATUS_OK ? status : of_file(path, status, err);
}

/* FOLDER/NAME.sql below the directory. */
static const char *script_path(const struct deployment *deployment, const char *folder,
                               const char *name)
{
    return concat(deployment->arena, concat(deployment->arena, deployment->directory, "/", folder),
                  "/", concat(deployment->arena, name, ".sql", ""));
}

/* Begins a transaction under the registry's schema; with a lock that excludes other deployments.
 * Fills three queries. */
static void begin(const struct deployment *deployment, struct pg_query queries[3], bool lock)
{
    pg_query_init(&queries[0], deployment->arena, "BEGIN");
    pg_query_init(&queries[1], deployment->arena,
                  lock ? "SELECT pg_advisory_xact_lock($1) IS NULL" : "SELECT $1 IS NULL");
    pg_bind_int(&queries[1], SQITCH_LOCK);
    pg_query_init(&queries[2], deployment->arena,
                  "SELECT set_config('search_path', quote_ident($1), true),"
                  " set_config('client_min_messages', 'warning', true)");
    pg_bind_text(&queries[2], deployment->registry);
}

static void roll_back(const struct deployment *deployment)
{
    struct pg_query query;
    struct err ignored;

    pg_query_init(&query, deployment->arena, "ROLLBACK");
    if (pg_run_one(deployment->pg, &query, NULL, &ignored) != STATUS_OK)
        pg_close(deployment->pg);
}

/* Whether the registry is there; leaves its transaction open. */
static enum status find_registry(const struct deployment *deployment, bool lock, bool *there,
                                 struct err *err)
{
    struct pg_query queries[4];
    struct pg_result *results[4];

    begin(deployment, queries, lock);
    pg_query_init(&queries[3], deployment->arena,
                  "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables"
                  " WHERE schemaname = $1 AND tablename = 'changes')");
    pg_bind_text(&queries[3], deployment->registry);
    enum status status = pg_run(deployment->pg, queries, 4, results, err);
    if (status != STATUS_OK)
        return status;
    *there = pg_bool(results[3], 0, 0);
    pg_results_free(results, 4);
    return STATUS_OK;
}

/* What is deployed must be the plan's beginning. */
static enum status check_order(const struct deployment *deployment, const struct deployed *list,
                               size_t count, struct err *err)
{
    const struct migration_plan *plan = &deployment->plan;

    for (size_t i = 0; i < count; i++) {
        if (i >= plan->change_count)
            return err_set(err, STATUS_FATAL, "the database is newer than ", deployment->directory,
                           "/sqitch.plan: it has the change ", list[i].name, NULL);
        if (strcmp(list[i].id, plan->changes[i].id) != 0)
            return err_set(err, STATUS_FATAL, "the database has another change ", list[i].name,
                           " than ", deployment->directory, "/sqitch.plan, which has ",
                           plan->changes[i].name, " there", NULL);
    }
    return STATUS_OK;
}

static struct deployed *copy_deployed(struct arena *arena, const struct pg_result *result)
{
    size_t count = pg_count(result);
    struct deployed *list = arena_alloc(arena, count * sizeof *list);

    for (size_t i = 0; i < count; i++)
        list[i] = (struct deployed){
            .id = arena_strdup(arena, pg_text(result, i, 0)),
            .name = arena_strdup(arena, pg_text(result, i, 1)),
            .script_hash = arena_strdup(arena, pg_text(result, i, 2)),
            .committed_at = pg_instant(result, i, 3),
        };
    return list;
}

enum status deploy_list(struct deployment *deployment, struct deployed **out, size_t *count,
                        struct err *err)
{
    struct pg_query query;
    struct pg_result *result = NULL;
    bool there = false;
    enum status status = find_registry(deployment, false, &there, err);

    *count = 0;
    *out = NULL;
    if (status != STATUS_OK)
        return status;
    if (there) {
        pg_query_init(&query, deployment->arena,
                      "SELECT change_id, change, coalesce(script_hash, ''), committed_at"
                      " FROM changes WHERE project = $1 ORDER BY committed_at, change_id");
        pg_bind_text(&query, deployment->plan.project);
        status = pg_run_one(deployment->pg, &query, &result, err);
        if (status != STATUS_OK)
            return status;
        *count = pg_count(result);
        *out = copy_deployed(deployment->arena, result);
        pg_result_free(&result);
    }
    roll_back(deployment);
    return check_order(deployment, *out, *count, err);
}

/* In the open transaction. */
static enum status make_registry(struct deployment *deployment, struct err *err)
{
    const struct migration_variable variable = {"registry", deployment->registry};
    const char *path = concat(deployment->arena, deployment->directory, "/", "registry.sql");
    struct bytes text;
    const char *script = NULL;
    enum status status = read_text(deployment, path, &text, err);

    if (status != STATUS_OK) {
        roll_back(deployment);
        return status;
    }
    status = migration_substitute(text.at, &variable, deployment->arena, &script, err);
    if (status == STATUS_OK)
        status = migration_strip_transaction(script, deployment->arena, &script, err);
    if (status == STATUS_OK)
        status = pg_script(deployment->pg, script, err);
    else
        roll_back(deployment);
    return status == STATUS_OK ? status : of_file(path, status, err);
}

/* STATUS_OK only if the command tag says that it was committed. */
static enum status run_and_commit(struct deployment *deployment, struct pg_query *queries,
                                  size_t count, struct err *err)
{
    struct pg_result *results[8];
    enum status status;

    pg_query_init(&queries[count], deployment->arena, "COMMIT");
    status = pg_run(deployment->pg, queries, count + 1, results, err);
    if (status == STATUS_OK && strcmp(pg_tag(results[count]), "COMMIT") != 0)
        status = err_set(err, STATUS_FATAL, "the transaction was rolled back", NULL);
    pg_results_free(results, count + 1);
    return status;
}

enum status deploy_prepare(struct deployment *deployment, struct err *err)
{
    struct pg_query queries[2];
    bool there = false;
    enum status status = find_registry(deployment, true, &there, err);

    if (status == STATUS_OK && !there)
        status = make_registry(deployment, err);
    if (status != STATUS_OK)
        return status;
    pg_query_init(&queries[0], deployment->arena,
                  "INSERT INTO projects (project, uri, creator_name, creator_email)"
                  " VALUES ($1, $2, session_user, 'xueshictl') ON CONFLICT (project) DO NOTHING");
    pg_bind_text(&queries[0], deployment->plan.project);
    pg_bind_text(&queries[0], deployment->plan.uri);
    return run_and_commit(deployment, queries, 1, err);
}

/* Whether the change is recorded, under the lock; leaves the transaction open. */
static enum status is_recorded(struct deployment *deployment, const struct migration_change *change,
                               bool *recorded, struct err *err)
{
    struct pg_query queries[4];
    struct pg_result *results[4];

    begin(deployment, queries, true);
    pg_query_init(&queries[3], deployment->arena,
                  "SELECT EXISTS (SELECT FROM changes WHERE change_id = $1)");
    pg_bind_text(&queries[3], change->id);
    enum status status = pg_run(deployment->pg, queries, 4, results, err);
    if (status != STATUS_OK)
        return status;
    *recorded = pg_bool(results[3], 0, 0);
    pg_results_free(results, 4);
    return STATUS_OK;
}

static void bind_change(const struct deployment *deployment, const struct migration_change *change,
                        struct pg_query *query)
{
    int64_t planned_at = INSTANT_NONE;

    if (!instant_parse(change->planned_at, strlen(change->planned_at), &planned_at))
        planned_at = INSTANT_NONE; /* the plan's reader has looked */
    pg_bind_text(query, change->id);
    pg_bind_text(query, change->name);
    pg_bind_text(query, deployment->plan.project);
    pg_bind_text(query, change->note);
    pg_bind_instant(query, planned_at);
    pg_bind_text(query, change->planner_name);
    pg_bind_text(query, change->planner_email);
}

static void bind_requires(const struct deployment *deployment,
                          const struct migration_change *change, struct pg_query *query)
{
    struct pg_rows rows;

    pg_rows_init(&rows, deployment->arena, "t");
    for (size_t i = 0; i < change->requires.count; i++)
        pg_put_text(&rows, change->requires.at[i]);
    pg_bind_rows(query, &rows);
}

/* Records the change and commits; the script may have set role and search path. */
static enum status record(struct deployment *deployment, const struct migration_change *change,
                          const char *hash, struct err *err)
{
    struct pg_query queries[6];
    struct arena *arena = deployment->arena;

    pg_query_init(&queries[0], arena, "SELECT set_config('role', 'none', true)");
    pg_query_init(&queries[1], arena, "SELECT set_config('search_path', quote_ident($1), true)");
    pg_bind_text(&queries[1], deployment->registry);
    pg_query_init(&queries[2], arena,
                  "INSERT INTO changes (change_id, change, project, note, planned_at, planner_name,"
                  " planner_email, script_hash, committer_name, committer_email)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, session_user, 'xueshictl')");
    bind_change(deployment, change, &queries[2]);
    pg_bind_text(&queries[2], hash);
    pg_query_init(&queries[3], arena,
                  "INSERT INTO dependencies (change_id, type, dependency, dependency_id)"
                  " SELECT $1, 'require', c.change, c.change_id FROM unnest($3) AS name"
                  " JOIN changes c ON c.project = $2 AND c.change = name");
    pg_bind_text(&queries[3], change->id);
    pg_bind_text(&queries[3], deployment->plan.project);
    bind_requires(deployment, change, &queries[3]);
    pg_query_init(&queries[4], arena,
                  "INSERT INTO events (event, change_id, change, project, note, planned_at,"
                  " planner_name, planner_email, requires, committer_name, committer_email)"
                  " VALUES ('deploy', $1, $2, $3, $4, $5, $6, $7, $8, session_user, 'xueshictl')");
    bind_change(deployment, change, &queries[4]);
    bind_requires(deployment, change, &queries[4]);
    return run_and_commit(deployment, queries, 5, err);
}

/* A script of the change with the schema put in. */
static enum status load_script(struct deployment *deployment, const char *path, struct bytes *bytes,
                               const char **script, struct err *err)
{
    const struct migration_variable variable = {"schema", deployment->schema};
    enum status status = read_text(deployment, path, bytes, err);

    if (status != STATUS_OK)
        return status;
    status = migration_substitute(bytes->at, &variable, deployment->arena, script, err);
    return status == STATUS_OK ? status : of_file(path, status, err);
}

enum status deploy_change(struct deployment *deployment, const struct migration_change *change,
                          bool *done, struct err *err)
{
    const char *path = script_path(deployment, "deploy", change->name), *script = NULL;
    char hash[MIGRATION_ID];
    struct bytes bytes;
    bool recorded = false;
    enum status status = load_script(deployment, path, &bytes, &script, err);

    *done = false;
    if (status != STATUS_OK)
        return status;
    status = migration_strip_transaction(script, deployment->arena, &script, err);
    if (status != STATUS_OK)
        return of_file(path, status, err);
    status = is_recorded(deployment, change, &recorded, err);
    if (status != STATUS_OK)
        return status;
    if (recorded) {
        roll_back(deployment);
        return STATUS_OK;
    }
    migration_hash_script(&bytes, hash);
    status = pg_script(deployment->pg, script, err);
    if (status == STATUS_OK)
        status = record(deployment, change, hash, err);
    *done = status == STATUS_OK;
    return status == STATUS_OK ? status : of_file(path, status, err);
}

enum status deploy_verify(struct deployment *deployment, const struct migration_change *change,
                          struct err *err)
{
    const char *path = script_path(deployment, "verify", change->name), *script = NULL;
    struct bytes bytes;
    enum status status = load_script(deployment, path, &bytes, &script, err);

    if (status != STATUS_OK)
        return status;
    status = pg_script(deployment->pg, script, err);
    return status == STATUS_OK ? status : of_file(path, status, err);
}

enum status deploy_hash(const struct deployment *deployment, const struct migration_change *change,
                        char out[MIGRATION_ID], struct err *err)
{
    struct bytes bytes;

    if (!file_read(deployment->arena, script_path(deployment, "deploy", change->name), &bytes, err))
        return STATUS_FATAL;
    migration_hash_script(&bytes, out);
    return STATUS_OK;
}
