/* sqitch's plan and scripts as bytes: what is to be deployed, in which order, under which ids.
 *
 * Pure: no file is read and no server asked. Only what schemas/ uses of sqitch's syntax is known:
 * changes that require changes of the same plan. Tags, conflicts and reworked changes are refused,
 * rather than deployed in another way than sqitch would. */
#ifndef XUESHI_MIGRATION_H
#define XUESHI_MIGRATION_H

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"
#include "record.h"

#define MIGRATION_ID 41 /* 40 hexadecimal digits and a NUL */

struct migration_change {
    const char *name, *note; /* note: "" if there is none */
    const char *planned_at;  /* RFC 3339, as in the plan */
    const char *planner_name, *planner_email;
    struct strings requires; /* names of changes before it */
    char id[MIGRATION_ID];   /* as sqitch computes it */
};

struct migration_plan {
    const char *project, *uri; /* uri: NULL if there is none */
    struct migration_change *changes;
    size_t change_count;
};

/* Reads the text of a sqitch.plan. STATUS_FATAL: err says which line is not understood. */
enum status migration_read_plan(struct migration_plan *plan, struct arena *arena, const char *text,
                                struct err *err) __attribute__((warn_unused_result));
/* NULL if there is none of this name. */
const struct migration_change *migration_find(const struct migration_plan *plan, const char *name);

/* SHA-1 of a deploy script's bytes, as sqitch keeps it (script_hash). */
void migration_hash_script(const struct bytes *script, char out[MIGRATION_ID]);

/* A variable of psql: :"name" becomes a quoted identifier, :'name' a quoted literal. */
struct migration_variable {
    const char *name, *value;
};
/* Puts the value in for each use outside of quotes, dollar quotes and comments. STATUS_FATAL: a
 * variable of another name, a bare one, or a quote without an end. */
enum status migration_substitute(const char *script, const struct migration_variable *variable,
                                 struct arena *arena, const char **out, struct err *err)
    __attribute__((warn_unused_result));

/* The script without the lines "BEGIN;" and "COMMIT;" that must be the first and the last of it,
 * comments and blank lines aside: so that the deployment and its record are one transaction. */
enum status migration_strip_transaction(const char *script, struct arena *arena, const char **out,
                                        struct err *err) __attribute__((warn_unused_result));

#endif
