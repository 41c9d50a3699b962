/* A small HTTP server for whoever watches the daemon: reads, never changes. libmicrohttpd stays
 * behind this. */
#ifndef XUESHI_HTTP_H
#define XUESHI_HTTP_H

#include "../handlers/arena.h"
#include "../handlers/err.h"

struct http;

struct http_reply {
    unsigned status;
    const char *type; /* Content-Type */
    const char *body; /* of the arena, or constant */
};

/* GET and HEAD of exactly this path; `accept` is the request's header, NULL if there is none.
 * Called in the server's thread, one request at a time. */
struct http_route {
    const char *path;
    void (*answer)(void *context, const char *accept, struct arena *arena,
                   struct http_reply *reply);
};

/* Listens on ADDRESS:PORT (of IPv6 in brackets; a name is looked up). Routes and context outlive
 * it. NULL: err says why. */
struct http *http_new(const char *listen, const struct http_route *routes, size_t count,
                      void *context, struct err *err);
/* Ends connections; NULL is fine. */
void http_free(struct http *http);

#endif
