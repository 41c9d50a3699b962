/* Which format an Accept header asks for (RFC 9110, section 12.5.1, as far as it matters here). */
#include <string.h>
#include <strings.h>

#include "exposition.h"

#define WEIGHT_FULL 1000

/* A part of the header, without the spaces around it. */
struct span {
    const char *at;
    size_t len;
};

/* Cuts the part before the next `end` off the rest; false when there is none left. */
static bool next_span(struct span *rest, char end, struct span *out)
{
    const char *stop;

    if (!rest->at)
        return false;
    stop = memchr(rest->at, end, rest->len);
    out->at = rest->at;
    out->len = stop ? (size_t)(stop - rest->at) : rest->len;
    rest->len -= out->len + (stop ? 1 : 0);
    rest->at = stop ? stop + 1 : NULL;
    while (out->len && strchr(" \t", *out->at))
        out->at++, out->len--;
    while (out->len && strchr(" \t", out->at[out->len - 1]))
        out->len--;
    return true;
}

static bool is(const struct span *span, const char *word)
{
    return span->len == strlen(word) && strncasecmp(span->at, word, span->len) == 0;
}

static bool begins(const struct span *span, const char *word)
{
    return span->len >= strlen(word) && strncasecmp(span->at, word, strlen(word)) == 0;
}

/* "0.5" -> 500; what is no weight counts as none. */
static int read_weight(const char *at, size_t len)
{
    int weight = 0, unit = WEIGHT_FULL;

    for (size_t i = 0; i < len && unit; i++) {
        if (i == 1 && at[i] == '.')
            continue;
        if (at[i] < '0' || at[i] > '9')
            return 0;
        weight += (at[i] - '0') * unit;
        unit /= 10;
    }
    return weight < WEIGHT_FULL ? weight : WEIGHT_FULL;
}

/* One range of the header: its type, its weight, and whether its version is one of ours. */
static void read_range(struct span range, struct span *type, int *weight, bool *version_fits)
{
    struct span parameter;

    *weight = WEIGHT_FULL;
    *version_fits = true;
    if (!next_span(&range, ';', type))
        *type = (struct span){"", 0};
    while (next_span(&range, ';', &parameter)) {
        if (begins(&parameter, "q="))
            *weight = read_weight(parameter.at + 2, parameter.len - 2);
        else if (begins(&parameter, "version="))
            *version_fits = is(&parameter, "version=1.0.0") || is(&parameter, "version=\"1.0.0\"");
    }
}

enum exposition_format exposition_negotiate(const char *accept)
{
    struct span rest = {accept, accept ? strlen(accept) : 0}, range, type;
    int openmetrics = 0, text = 0;

    while (next_span(&rest, ',', &range)) {
        int weight;
        bool version_fits;

        read_range(range, &type, &weight, &version_fits);
        if (is(&type, "application/openmetrics-text") && version_fits && weight > openmetrics)
            openmetrics = weight;
        else if (is(&type, "text/plain") && weight > text)
            text = weight;
    }
    return openmetrics && openmetrics >= text ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
}
