/* What of the configuration's secrets may be shown. */
#include <stdbool.h>
#include <string.h>

#include "../handlers/text.h"
#include "config_forms.h"

#define MASK   "***"
#define SPACES " \t\r\n\f\v"

static bool is_secret_name(const char *name, size_t len)
{
    static const char *const parts[] = {"password", "passwd", "secret", "key.pem",
                                        "oauthbearer.config"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memmem(name, len, parts[i], strlen(parts[i])))
            return true;
    return false;
}

const char *mask_kafka_property(struct arena *arena, const char *text)
{
    const char *equals = strchr(text, '=');
    struct text out;

    if (!equals)
        return MASK;
    if (!is_secret_name(text, (size_t)(equals - text)))
        return text;
    text_init(&out, arena);
    text_add_bytes(&out, text, (size_t)(equals + 1 - text));
    text_add(&out, MASK);
    return text_string(&out);
}

/* postgresql://user:PASSWORD@host/dbname?sslpassword=PASSWORD */
static const char *mask_uri(struct arena *arena, const char *text)
{
    const char *at = strstr(text, "://") + 3;
    const char *query = strchr(at, '?'), *end = query ? query : at + strlen(at);
    const char *user_end = memrchr(at, '@', (size_t)(end - at));
    const char *colon = user_end ? memchr(at, ':', (size_t)(user_end - at)) : NULL;
    struct text out;

    text_init(&out, arena);
    text_add_bytes(&out, text, (size_t)((colon ? colon + 1 : end) - text));
    if (colon) {
        text_add(&out, MASK);
        text_add_bytes(&out, user_end, (size_t)(end - user_end));
    }
    while (*end) {
        size_t len = 1 + strcspn(end + 1, "&");
        const char *equals = memchr(end, '=', len);
        bool secret = equals && is_secret_name(end, (size_t)(equals - end));

        text_add_bytes(&out, end, secret ? (size_t)(equals + 1 - end) : len);
        if (secret)
            text_add(&out, MASK);
        end += len;
    }
    return text_string(&out);
}

/* The end of a value that is quoted or not; NULL: a quote without an end. */
static const char *value_end(const char *at)
{
    bool quoted = *at == '\'';

    for (at += quoted; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (quoted ? *at == '\'' : strchr(SPACES, *at) != NULL)
            return at + quoted;
    }
    return quoted ? NULL : at;
}

/* keyword = value keyword='value' … */
static const char *mask_keywords(struct arena *arena, const char *text)
{
    struct text out;

    text_init(&out, arena);
    for (const char *at = text + strspn(text, SPACES); *at; at += strspn(at, SPACES)) {
        size_t name = strcspn(at, "=" SPACES);
        const char *equals = at + name + strspn(at + name, SPACES);
        const char *value = *equals == '=' ? equals + 1 + strspn(equals + 1, SPACES) : NULL;
        const char *end = value ? value_end(value) : NULL;

        if (!end || name == 0)
            return MASK;
        if (out.len)
            text_add(&out, " ");
        text_add_bytes(&out, at, name);
        text_add(&out, "=");
        if (is_secret_name(at, name))
            text_add(&out, MASK);
        else
            text_add_bytes(&out, value, (size_t)(end - value));
        at = end;
    }
    return text_string(&out);
}

const char *mask_conninfo(struct arena *arena, const char *text)
{
    if (strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0)
        return mask_uri(arena, text);
    return mask_keywords(arena, text);
}
