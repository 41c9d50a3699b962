/* xueshictl db: the migrations of schemas/. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../handlers/text.h"
#include "ctl.h"
#include "deploy.h"

#define CONNECT_MS 10000
#define DEPLOY_MS  (3600 * 1000) /* a change may rewrite tables, or wait for another deployment */

static bool has_plan(struct arena *arena, const char *directory)
{
    struct text path;

    text_init(&path, arena);
    text_add(&path, directory);
    text_add(&path, "/sqitch.plan");
    return access(text_string(&path), R_OK) == 0;
}

/* schemas/ of the source tree when this program runs from its build/MODE/; NULL otherwise. */
static const char *source_tree(struct arena *arena)
{
    static const char build[] = "/build/";
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    char *end;
    struct text directory;

    if (len <= 0)
        return NULL;
    path[len] = '\0';
    for (int parts = 0; parts < 2; parts++) {
        end = strrchr(path, '/');
        if (!end)
            return NULL;
        *end = '\0';
    }
    end = strrchr(path, '/');
    if (!end || strncmp(end, build, strlen(build) - 1) != 0)
        return NULL;
    text_init(&directory, arena);
    text_add_bytes(&directory, path, (size_t)(end - path));
    text_add(&directory, "/schemas");
    return has_plan(arena, text_string(&directory)) ? text_string(&directory) : NULL;
}

static const char *schemas_directory(struct ctl *ctl)
{
    const char *directory = ctl->options[OPTION_SCHEMAS];

    if (!directory)
        directory = getenv("XUESHI_SCHEMAS");
    if (!directory || !*directory)
        directory = source_tree(&ctl->arena);
    return directory ? directory : XUESHI_SHARE "/schemas";
}

static const char *conninfo(const struct ctl *ctl)
{
    return ctl->config.postgresql.migrator_conninfo ? ctl->config.postgresql.migrator_conninfo
                                                    : ctl->config.postgresql.conninfo;
}

/* A server that is away is to be found out soon, a long migration is to be waited for. */
static enum status open_deployment(struct ctl *ctl, struct deployment *deployment, struct err *err)
{
    struct pg *probe = pg_new(conninfo(ctl), CONNECT_MS);
    enum status status = pg_connect(probe, err);

    pg_free(probe);
    if (status != STATUS_OK)
        return status;
    return deploy_open(deployment, &ctl->arena, pg_new(conninfo(ctl), DEPLOY_MS),
                       schemas_directory(ctl), ctl->config.postgresql.schema, err);
}

static enum status migrate(struct deployment *deployment, struct ctl_table *table, struct err *err)
{
    struct deployed *before;
    size_t count;
    enum status status = deploy_list(deployment, &before, &count, err);

    if (status == STATUS_OK)
        status = deploy_prepare(deployment, err);
    for (size_t i = 0; status == STATUS_OK && i < deployment->plan.change_count; i++) {
        bool done = false;

        status = deploy_change(deployment, &deployment->plan.changes[i], &done, err);
        if (status != STATUS_OK)
            break;
        ctl_table_add(table, deployment->plan.changes[i].name);
        ctl_table_add(table, done ? "deployed" : "present");
    }
    return status;
}

enum ctl_exit ctl_db_migrate(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {{"change", CELL_TEXT}, {"state", CELL_TEXT}};
    struct deployment deployment = {0};
    struct ctl_table table;
    struct err err;
    enum status status = open_deployment(ctl, &deployment, &err);

    ctl_table_init(&table, &ctl->arena, columns, 2);
    if (status == STATUS_OK)
        status = migrate(&deployment, &table, &err);
    pg_free(deployment.pg);
    /* What was deployed before a failure stays: it is said. */
    if (table.cell_count)
        ctl_table_print(ctl, &table);
    return status == STATUS_OK ? CTL_OK : ctl_fail(status, &err);
}

/* Whether the change was deployed with the script that is there now. */
static enum status find_state(const struct deployment *deployment, size_t i,
                              const struct deployed *list, size_t count, const char **state,
                              struct err *err)
{
    char hash[MIGRATION_ID];
    enum status status = deploy_hash(deployment, &deployment->plan.changes[i], hash, err);

    *state = "pending";
    if (status == STATUS_OK && i < count)
        *state = strcmp(list[i].script_hash, hash) == 0 ? "deployed" : "edited";
    return status;
}

/* "ok", or "failed" with the reason on standard error; NULL if it is not to be tried. */
static enum status verify(struct ctl *ctl, struct deployment *deployment,
                          const struct migration_change *change, bool is_there,
                          const char **verified, struct err *err)
{
    *verified = NULL;
    if (!is_there || !ctl_has(ctl, OPTION_VERIFY))
        return STATUS_OK;
    enum status status = deploy_verify(deployment, change, err);
    if (status == STATUS_RETRY)
        return status;
    *verified = status == STATUS_OK ? "ok" : "failed";
    if (status != STATUS_OK)
        ctl_say(err->message, NULL);
    return STATUS_OK;
}

static enum status add_status(struct ctl *ctl, struct deployment *deployment,
                              struct ctl_table *table, bool *differs, struct err *err)
{
    struct deployed *list;
    size_t count;
    enum status status = deploy_list(deployment, &list, &count, err);

    for (size_t i = 0; status == STATUS_OK && i < deployment->plan.change_count; i++) {
        const struct migration_change *change = &deployment->plan.changes[i];
        const char *state, *verified;

        status = find_state(deployment, i, list, count, &state, err);
        if (status == STATUS_OK)
            status = verify(ctl, deployment, change, i < count, &verified, err);
        if (status != STATUS_OK)
            break;
        ctl_table_add(table, change->name);
        ctl_table_add(table, state);
        ctl_table_add_instant(table, i < count ? list[i].committed_at : INSTANT_NONE);
        ctl_table_add(table, verified);
        if (strcmp(state, "deployed") != 0 || (verified && strcmp(verified, "ok") != 0))
            *differs = true;
    }
    return status;
}

enum ctl_exit ctl_db_status(struct ctl *ctl)
{
    static const struct ctl_column columns[] = {{"change", CELL_TEXT},
                                                {"state", CELL_TEXT},
                                                {"deployed_at", CELL_TEXT},
                                                {"verified", CELL_TEXT}};
    struct deployment deployment = {0};
    struct ctl_table table;
    bool differs = false;
    struct err err;
    enum status status = open_deployment(ctl, &deployment, &err);

    ctl_table_init(&table, &ctl->arena, columns, 4);
    if (status == STATUS_OK)
        status = add_status(ctl, &deployment, &table, &differs, &err);
    pg_free(deployment.pg);
    if (status != STATUS_OK)
        return ctl_fail(status, &err);
    ctl_table_print(ctl, &table);
    return differs ? CTL_DIFFERENCES : CTL_OK;
}
