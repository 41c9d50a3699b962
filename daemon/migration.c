/* sqitch's plan: pragmas, changes and their ids. */
#include "migration.h"

#include <string.h>

#include "../handlers/instant.h"
#include "../handlers/text.h"
#include "crypto.h"

#define SHA1_LEN 20

static void hash_hex(const void *bytes, size_t len, char out[MIGRATION_ID])
{
    uint8_t digest[SHA1_LEN];

    crypto_sha1(bytes, len, digest);
    crypto_hex(digest, sizeof digest, out);
}

void migration_hash_script(const struct bytes *script, char out[MIGRATION_ID])
{
    hash_hex(script->at, script->len, out);
}

const struct migration_change *migration_find(const struct migration_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->change_count; i++)
        if (strcmp(plan->changes[i].name, name) == 0)
            return &plan->changes[i];
    return NULL;
}

/* The id of a change is the SHA-1 of this text behind "change LENGTH NUL", as of a git object. */
static void set_id(const struct migration_plan *plan, struct arena *arena,
                   struct migration_change *change, const char *parent)
{
    struct text info, object;

    text_init(&info, arena);
    text_add(&info, "project ");
    text_add(&info, plan->project);
    if (plan->uri) {
        text_add(&info, "\nuri ");
        text_add(&info, plan->uri);
    }
    text_add(&info, "\nchange ");
    text_add(&info, change->name);
    if (parent) {
        text_add(&info, "\nparent ");
        text_add(&info, parent);
    }
    text_add(&info, "\nplanner ");
    text_add(&info, change->planner_name);
    text_add(&info, " <");
    text_add(&info, change->planner_email);
    text_add(&info, ">\ndate ");
    text_add(&info, change->planned_at);
    for (size_t i = 0; i < change->requires.count; i++) {
        text_add(&info, i ? "\n  + " : "\nrequires\n  + ");
        text_add(&info, change->requires.at[i]);
    }
    if (*change->note) {
        text_add(&info, "\n\n");
        text_add(&info, change->note);
    }
    text_init(&object, arena);
    text_add(&object, "change ");
    text_add_int(&object, (int64_t)info.len);
    text_add_bytes(&object, "", 1);
    text_add_bytes(&object, info.at, info.len);
    hash_hex(object.at, object.len, change->id);
}

/* The next word up to one of the stops or the end; NULL if there is none. Moves *at behind it. */
static const char *take(struct arena *arena, const char **at, const char *stops)
{
    const char *from = *at + strspn(*at, " \t");
    size_t len = strcspn(from, stops);

    *at = from + len;
    return len ? arena_strndup(arena, from, len) : NULL;
}

/* "[a b]": names of changes that come before this one. False: anything else. */
static bool take_requires(const struct migration_plan *plan, struct arena *arena, const char **at,
                          struct strings *requires)
{
    size_t cap = 0;
    const char *name;

    *at += strspn(*at, " \t");
    if (**at != '[')
        return true;
    ++*at;
    while ((name = take(arena, at, " \t]"))) {
        if (!migration_find(plan, name))
            return false;
        requires->at = arena_grow(arena, requires->at, requires->count, requires->count + 1, &cap,
                                  sizeof *requires->at);
        requires->at[requires->count++] = name;
    }
    if (**at != ']')
        return false;
    ++*at;
    return true;
}

/* "Name <email>" and nothing behind it; the name may hold blanks. */
static bool take_planner(struct arena *arena, const char **at, struct migration_change *change)
{
    const char *name = take(arena, at, "<");
    size_t len = name ? strlen(name) : 0;

    while (len && (name[len - 1] == ' ' || name[len - 1] == '\t'))
        len--;
    if (!len || **at != '<')
        return false;
    change->planner_name = arena_strndup(arena, name, len);
    ++*at;
    change->planner_email = take(arena, at, ">");
    if (!change->planner_email || **at != '>')
        return false;
    ++*at;
    *at += strspn(*at, " \t");
    return **at == '\0';
}

/* "name [requires] planned_at Name <email> # note" */
static bool read_change(const struct migration_plan *plan, struct arena *arena, const char *line,
                        struct migration_change *change)
{
    const char *hash = strchr(line, '#'), *note = hash ? hash + 1 + strspn(hash + 1, " \t") : "";
    const char *at = hash ? arena_strndup(arena, line, (size_t)(hash - line)) : line;
    int64_t instant;

    change->note = arena_strdup(arena, note);
    change->name = take(arena, &at, " \t[@");
    if (!change->name || *at == '@' || strchr("+-", *change->name) || strchr(note, '\\') ||
        migration_find(plan, change->name))
        return false;
    if (!take_requires(plan, arena, &at, &change->requires))
        return false;
    change->planned_at = take(arena, &at, " \t");
    return change->planned_at &&
           instant_parse(change->planned_at, strlen(change->planned_at), &instant) &&
           take_planner(arena, &at, change);
}

/* "%name=value" */
static bool read_pragma(struct migration_plan *plan, struct arena *arena, const char *line)
{
    const char *at = line + 1, *name = take(arena, &at, "= \t"), *value;

    at += strspn(at, " \t");
    if (!name || *at != '=')
        return false;
    at++;
    value = take(arena, &at, "# \t");
    if (!value)
        return false;
    if (strcmp(name, "project") == 0)
        plan->project = value;
    if (strcmp(name, "uri") == 0)
        plan->uri = value;
    return true;
}

static bool read_line(struct migration_plan *plan, struct arena *arena, const char *line,
                      size_t *cap)
{
    const char *from = line + strspn(line, " \t");
    struct migration_change change = {0};
    size_t count = plan->change_count;

    if (!*from || *from == '#')
        return true;
    if (*from == '%')
        return read_pragma(plan, arena, from);
    if (!plan->project || !read_change(plan, arena, from, &change))
        return false;
    set_id(plan, arena, &change, count ? plan->changes[count - 1].id : NULL);
    plan->changes = arena_grow(arena, plan->changes, count, count + 1, cap, sizeof *plan->changes);
    plan->changes[plan->change_count++] = change;
    return true;
}

enum status migration_read_plan(struct migration_plan *plan, struct arena *arena, const char *text,
                                struct err *err)
{
    size_t cap = 0;
    int64_t number = 0;

    *plan = (struct migration_plan){0};
    for (const char *at = text; *at; number++) {
        size_t len = strcspn(at, "\n");
        const char *line = arena_strndup(arena, at, len);

        if (!read_line(plan, arena, line, &cap))
            return err_set(err, STATUS_FATAL, "line ", text_from_int(arena, number + 1),
                           " of the plan is not understood: ", line, NULL);
        at += len + (at[len] == '\n');
    }
    if (!plan->project || !plan->change_count)
        return err_set(err, STATUS_FATAL, "the plan has no project, or no change", NULL);
    return STATUS_OK;
}
