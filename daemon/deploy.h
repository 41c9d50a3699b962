/* Migrations of schemas/ into PostgreSQL, recorded as sqitch records them.
 *
 * The registry has sqitch's own tables (projects, changes, dependencies, tags, events, releases),
 * so that sqitch and xueshictl agree on what is deployed. It is the schema "sqitch" for our schema
 * "xueshi", "sqitch_NAME" for one of another name. A change and its record are one transaction.
 * Two that run at once, sqitch among them, wait for each other (advisory lock 75474063, sqitch's).
 */
#ifndef XUESHI_DEPLOY_H
#define XUESHI_DEPLOY_H

#include "migration.h"
#include "pg.h"

struct deployment {
    struct arena *arena;
    struct pg *pg;         /* borrowed */
    const char *directory; /* of sqitch.plan */
    const char *schema, *registry;
    struct migration_plan plan;
};

/* A change that the registry has. */
struct deployed {
    const char *id, *name;
    const char *script_hash; /* "" if sqitch had none */
    int64_t committed_at;
};

/* Reads the plan; strings are borrowed. STATUS_FATAL: err names the file. */
enum status deploy_open(struct deployment *deployment, struct arena *arena, struct pg *pg,
                        const char *directory, const char *schema, struct err *err)
    __attribute__((warn_unused_result));
/* What is deployed, in order; nothing when there is no registry. STATUS_FATAL if it is not the
 * beginning of the plan. */
enum status deploy_list(struct deployment *deployment, struct deployed **out, size_t *count,
                        struct err *err) __attribute__((warn_unused_result));
/* Makes the registry and the project's row if they are not there. */
enum status deploy_prepare(struct deployment *deployment, struct err *err)
    __attribute__((warn_unused_result));
/* Deploys the change unless it is there by now; *done says whether it had to. On failure nothing of
 * it is left, and err names the file. */
enum status deploy_change(struct deployment *deployment, const struct migration_change *change,
                          bool *done, struct err *err) __attribute__((warn_unused_result));
/* Runs its verify script. STATUS_FATAL or STATUS_REJECT: err names the file and what is missing. */
enum status deploy_verify(struct deployment *deployment, const struct migration_change *change,
                          struct err *err) __attribute__((warn_unused_result));
/* The script_hash of the change's deploy script. */
enum status deploy_hash(const struct deployment *deployment, const struct migration_change *change,
                        char out[MIGRATION_ID], struct err *err)
    __attribute__((warn_unused_result));

#endif
