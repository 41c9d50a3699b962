/* One connection to PostgreSQL: made, used in pipelines, given up.
 *
 * Invariant: outside pg_run and pg_script the connection is idle in pipeline mode, with no result
 * unread. Whatever breaks that closes it. */
#include "pg.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pg_internal.h"

struct pg {
    char *conninfo;
    int64_t timeout_ms;
    PGconn *conn; /* NULL: not connected */
    char sqlstate[6];
};

/* What to do next, by the beginning of the SQLSTATE; the first that fits. */
static const struct {
    const char *prefix;
    enum status status;
} sqlstate_classes[] = {
    {"XU001", STATUS_RETRY}, /* fenced */
    {"08", STATUS_RETRY},    /* connection */
    {"40", STATUS_RETRY},    /* serialization, deadlock */
    {"53", STATUS_RETRY},    /* out of resources, disk full */
    {"55P03", STATUS_RETRY}, /* lock_timeout */
    {"57P", STATUS_RETRY},   /* shutdown, starting up */
    {"57014", STATUS_RETRY}, /* cancelled, statement_timeout */
    {"25P03", STATUS_RETRY}, /* idle_in_transaction_session_timeout */
    {"25006", STATUS_RETRY}, /* read only: a replica, for now */
    {"22", STATUS_REJECT},   /* the data cannot be stored */
    {"23", STATUS_REJECT},   /* a constraint refuses it */
};

static enum status class_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof sqlstate_classes / sizeof *sqlstate_classes; i++)
        if (strncmp(sqlstate, sqlstate_classes[i].prefix, strlen(sqlstate_classes[i].prefix)) == 0)
            return sqlstate_classes[i].status;
    return STATUS_FATAL;
}

struct pg *pg_new(const char *conninfo, int64_t timeout_ms)
{
    struct pg *pg = calloc(1, sizeof *pg);

    if (!pg || !(pg->conninfo = strdup(conninfo)))
        abort();
    pg->timeout_ms = timeout_ms;
    return pg;
}

void pg_free(struct pg *pg)
{
    if (!pg)
        return;
    pg_close(pg);
    free(pg->conninfo);
    free(pg);
}

void pg_close(struct pg *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
}

bool pg_is_connected(const struct pg *pg)
{
    return pg->conn != NULL;
}

bool pg_is_in_transaction(const struct pg *pg)
{
    return pg->conn && PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
}

const char *pg_sqlstate(const struct pg *pg)
{
    return pg->sqlstate;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* libpq's words end in a line feed and may go on with hints: the first line says it. */
static const char *first_line(char buffer[200], const char *text)
{
    size_t len = strcspn(text, "\n");

    if (len > 199)
        len = 199;
    memcpy(buffer, text, len);
    buffer[len] = '\0';
    return buffer;
}

/* The connection is of no use any more. */
static enum status lost(struct pg *pg, const char *why, struct err *err)
{
    char line[200];

    first_line(line, why && *why ? why : PQerrorMessage(pg->conn));
    pg_close(pg);
    pg->sqlstate[0] = '\0';
    return err_set(err, STATUS_RETRY, "PostgreSQL is away: ", line, NULL);
}

/* Waits until the socket is ready for `events`; false after the deadline. */
static bool wait_socket(const struct pg *pg, short events, int64_t deadline)
{
    struct pollfd fd = {.fd = PQsocket(pg->conn), .events = events};
    int64_t left = deadline - now_ms();

    return left > 0 && poll(&fd, 1, (int)left) != 0;
}

static enum status finish_connecting(struct pg *pg, int64_t deadline, struct err *err)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        if (!wait_socket(pg, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return lost(pg, "no answer in time", err);
        state = PQconnectPoll(pg->conn);
    }
    if (state != PGRES_POLLING_OK)
        return lost(pg, NULL, err);
    return STATUS_OK;
}

enum status pg_connect(struct pg *pg, struct err *err)
{
    const char *names[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *values[] = {pg->conninfo, "UTF8", "xueshi", NULL};
    enum status status;

    if (pg->conn)
        return STATUS_OK;
    pg->conn = PQconnectStartParams(names, values, 1);
    if (!pg->conn)
        abort();
    if (PQstatus(pg->conn) == CONNECTION_BAD)
        return lost(pg, NULL, err);
    status = finish_connecting(pg, now_ms() + pg->timeout_ms, err);
    if (status != STATUS_OK)
        return status;
    if (PQsetnonblocking(pg->conn, 1) != 0 || !PQenterPipelineMode(pg->conn))
        return lost(pg, NULL, err);
    return STATUS_OK;
}

/* Sends what is buffered and reads what comes until a result can be had without waiting. */
static enum status await_result(struct pg *pg, int64_t deadline, struct err *err)
{
    for (;;) {
        int unsent = PQflush(pg->conn);

        if (unsent < 0)
            return lost(pg, NULL, err);
        if (!PQisBusy(pg->conn))
            return STATUS_OK;
        if (!wait_socket(pg, (short)(unsent ? POLLIN | POLLOUT : POLLIN), deadline))
            return lost(pg, "no answer in time", err);
        if (!PQconsumeInput(pg->conn))
            return lost(pg, NULL, err);
    }
}

/* Notes the first failure of a pipeline; those after it only say that it was aborted. */
static enum status note_failure(struct pg *pg, const PGresult *result, struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (!sqlstate) /* libpq's own: the connection broke */
        return lost(pg, PQresultErrorMessage(result), err);
    memcpy(pg->sqlstate, sqlstate, 5);
    /* The primary message names objects, never values: detail and context would. */
    return err_set(err, class_of(pg->sqlstate), "PostgreSQL answers ", pg->sqlstate, ": ",
                   message ? message : "", NULL);
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The next statement's result; its closing NULL is read, too. */
static enum status read_result(struct pg *pg, int64_t deadline, PGresult **out, struct err *err)
{
    enum status status = await_result(pg, deadline, err);

    if (status != STATUS_OK)
        return status;
    *out = PQgetResult(pg->conn);
    if (!*out)
        return lost(pg, "a result is missing", err);
    status = await_result(pg, deadline, err);
    if (status != STATUS_OK) {
        PQclear(*out);
        *out = NULL;
        return status;
    }
    PGresult *end = PQgetResult(pg->conn);
    PQclear(end);
    return end ? lost(pg, "more results than statements", err) : STATUS_OK;
}

static enum status read_sync(struct pg *pg, int64_t deadline, struct err *err)
{
    enum status status = await_result(pg, deadline, err);

    if (status != STATUS_OK)
        return status;
    PGresult *sync = PQgetResult(pg->conn);
    bool is_sync = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return is_sync ? STATUS_OK : lost(pg, "the pipeline is out of step", err);
}

static enum status send_all(struct pg *pg, const struct pg_query *queries, size_t count,
                            struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        static const int binary[PG_PARAMS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        const struct pg_query *query = &queries[i];

        if (!PQsendQueryParams(pg->conn, query->sql, (int)query->count, query->types, query->values,
                               query->lengths, binary, 1))
            return lost(pg, NULL, err);
    }
    if (!PQpipelineSync(pg->conn))
        return lost(pg, NULL, err);
    return STATUS_OK;
}

/* Reads all results and the sync behind them; the first failure wins. */
static enum status read_all(struct pg *pg, size_t count, struct pg_result **results,
                            int64_t deadline, struct err *err)
{
    enum status failed = STATUS_OK;

    for (size_t i = 0; i < count; i++) {
        PGresult *result = NULL;
        enum status status = read_result(pg, deadline, &result, err);

        if (status == STATUS_OK && failed == STATUS_OK && !is_good(result))
            failed = status = note_failure(pg, result, err);
        if (!pg->conn) {
            PQclear(result);
            return status;
        }
        if (failed == STATUS_OK)
            results[i] = pg_result_wrap(result);
        else
            PQclear(result);
    }
    enum status status = read_sync(pg, deadline, err);
    return status == STATUS_OK ? failed : status;
}

static void roll_back(struct pg *pg)
{
    struct pg_query query = {.sql = "ROLLBACK"};
    struct pg_result *result = NULL;
    struct err ignored;
    int64_t deadline = now_ms() + pg->timeout_ms;

    if (send_all(pg, &query, 1, &ignored) == STATUS_OK)
        (void)read_all(pg, 1, &result, deadline, &ignored);
    pg_result_free(&result);
}

enum status pg_run(struct pg *pg, const struct pg_query *queries, size_t count,
                   struct pg_result **results, struct err *err)
{
    enum status status = pg_connect(pg, err);
    int64_t deadline = now_ms() + pg->timeout_ms;

    memset(results, 0, count * sizeof(struct pg_result *));
    if (status == STATUS_OK)
        status = send_all(pg, queries, count, err);
    if (status == STATUS_OK)
        status = read_all(pg, count, results, deadline, err);
    if (status == STATUS_OK) {
        pg->sqlstate[0] = '\0';
        return STATUS_OK;
    }
    pg_results_free(results, count);
    if (pg_is_in_transaction(pg)) {
        char sqlstate[6];

        memcpy(sqlstate, pg->sqlstate, sizeof sqlstate);
        roll_back(pg);
        memcpy(pg->sqlstate, sqlstate, sizeof sqlstate);
    }
    return status;
}

enum status pg_run_one(struct pg *pg, const struct pg_query *query, struct pg_result **result,
                       struct err *err)
{
    struct pg_result *own = NULL;
    enum status status = pg_run(pg, query, 1, &own, err);

    if (result)
        *result = own;
    else
        pg_result_free(&own);
    return status;
}

/* The simple protocol is not to be had in pipeline mode: left for the script, entered again. */
static enum status run_script(struct pg *pg, const char *sql, int64_t deadline, struct err *err)
{
    enum status failed = STATUS_OK;

    if (!PQexitPipelineMode(pg->conn) || !PQsendQuery(pg->conn, sql))
        return lost(pg, NULL, err);
    for (;;) {
        enum status status = await_result(pg, deadline, err);

        if (status != STATUS_OK)
            return status;
        PGresult *result = PQgetResult(pg->conn);
        if (!result)
            break;
        if (!is_good(result) && failed == STATUS_OK)
            failed = note_failure(pg, result, err);
        PQclear(result);
        if (!pg->conn)
            return failed;
    }
    if (!PQenterPipelineMode(pg->conn))
        return lost(pg, NULL, err);
    return failed;
}

enum status pg_script(struct pg *pg, const char *sql, struct err *err)
{
    enum status status = pg_connect(pg, err);

    if (status == STATUS_OK)
        status = run_script(pg, sql, now_ms() + pg->timeout_ms, err);
    if (status != STATUS_OK && pg_is_in_transaction(pg))
        roll_back(pg);
    return status;
}
