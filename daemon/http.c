/* The HTTP server: one thread, few connections, small requests without a body. */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 32
#define CONNECTION_S    10
#define REQUEST_BYTES   16384 /* of a request's line and headers: more is answered by 431 or 414 */
#define HOST_MAX        256
#define PLAIN           "text/plain; charset=utf-8"

struct http {
    struct MHD_Daemon *daemon;
    const struct http_route *routes;
    size_t count;
    void *context;
    struct arena arena; /* of one request */
};

static const struct http_reply not_found = {MHD_HTTP_NOT_FOUND, PLAIN, "there is no such page\n"};
static const struct http_reply not_allowed = {MHD_HTTP_METHOD_NOT_ALLOWED, PLAIN,
                                              "only GET and HEAD are answered\n"};
static const struct http_reply too_large = {413, PLAIN, "a request has no body here\n"};

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct http_reply *reply)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(reply->body), (void *)(uintptr_t)reply->body, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result = MHD_NO;

    if (!response)
        return MHD_NO;
    if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type) &&
        MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store") &&
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff") &&
        (reply->status != MHD_HTTP_METHOD_NOT_ALLOWED ||
         MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD")))
        result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool has_body(struct MHD_Connection *connection)
{
    const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return header(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING) ||
           (length && strcmp(length, "0") != 0);
}

/* Called when the headers are there: everything is decided then, and no body is ever read. */
static enum MHD_Result answer(void *argument, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct http *http = argument;
    struct http_reply reply = {MHD_HTTP_OK, PLAIN, ""};

    (void)version, (void)upload, (void)upload_size, (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return send_reply(connection, &not_allowed);
    if (has_body(connection))
        return send_reply(connection, &too_large);
    for (size_t i = 0; i < http->count; i++) {
        if (strcmp(http->routes[i].path, url) != 0)
            continue;
        arena_reset(&http->arena);
        http->routes[i].answer(http->context, header(connection, MHD_HTTP_HEADER_ACCEPT),
                               &http->arena, &reply);
        return send_reply(connection, &reply);
    }
    return send_reply(connection, &not_found);
}

static void be_quiet(void *context, const char *format, va_list arguments)
{
    (void)context, (void)format, (void)arguments; /* what clients do wrong is theirs to read */
}

/* A listening socket; -1: err says why. */
static int bind_to(const struct addrinfo *address, const char *listen_at, struct err *err)
{
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, CONNECTIONS_MAX) == 0)
        return fd;
    err_set(err, STATUS_RETRY, "cannot listen on ", listen_at, " (http.listen): ", strerror(errno),
            NULL);
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int open_socket(const char *listen_at, struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    const char *colon = strrchr(listen_at, ':');
    size_t len = colon ? (size_t)(colon - listen_at) : 0;
    bool bracketed = len > 2 && *listen_at == '[';
    char host[HOST_MAX];
    struct addrinfo *addresses;

    if (!len || len >= sizeof host) {
        err_set(err, STATUS_FATAL, "http.listen is not ADDRESS:PORT", NULL);
        return -1;
    }
    len -= bracketed ? 2 : 0;
    memcpy(host, listen_at + bracketed, len);
    host[len] = '\0';
    int error = getaddrinfo(host, colon + 1, &hints, &addresses);
    if (error) {
        err_set(err, STATUS_RETRY, "cannot listen on ", listen_at,
                " (http.listen): ", gai_strerror(error), NULL);
        return -1;
    }
    int fd = bind_to(addresses, listen_at, err);
    freeaddrinfo(addresses);
    return fd;
}

struct http *http_new(const char *listen_at, const struct http_route *routes, size_t count,
                      void *context, struct err *err)
{
    struct http *http;
    int fd = open_socket(listen_at, err);

    if (fd < 0)
        return NULL;
    http = calloc(1, sizeof *http);
    if (!http)
        abort();
    http->routes = routes;
    http->count = count;
    http->context = context;
    http->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer,
        http, MHD_OPTION_EXTERNAL_LOGGER, be_quiet, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)CONNECTION_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTES,
        MHD_OPTION_END);
    if (http->daemon)
        return http;
    err_set(err, STATUS_RETRY, "cannot start the HTTP server: ", strerror(errno), NULL);
    (void)close(fd);
    free(http);
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    arena_finish(&http->arena);
    free(http);
}
