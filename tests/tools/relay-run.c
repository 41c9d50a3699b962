/* Runs the relay by itself until SIGTERM: for tests that put rows into the outbox themselves.
 *
 *     relay-run BOOTSTRAP PREFIX GROUP CONNINFO SCHEMA INSTANCE [PROPERTY=VALUE...]
 *
 * SIGUSR1 wakes it, as a commit in the same process does. Ends with 0, or with 78 on a fatal
 * status; its last line says what it did. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../daemon/log.h"
#include "../../daemon/relay.h"

struct run {
    struct relay *relay;
    enum status status;
};

static void *run_relay(void *context)
{
    struct run *run = context;
    struct err err = {0};

    run->status = relay_run(run->relay, &err);
    if (run->status != STATUS_OK)
        log_write(LOG_LEVEL_ERROR, "relay stopped", "reason", err.message, NULL);
    (void)kill(getpid(), SIGTERM);
    return NULL;
}

static void wait_for_end(struct relay *relay, const sigset_t *signals)
{
    int number;

    while (sigwait(signals, &number) == 0 && number == SIGUSR1)
        relay_wake(relay);
    relay_stop(relay);
}

static void log_figures(struct relay *relay)
{
    struct relay_figures figures;
    char published[LOG_NUMBER], transactions[LOG_NUMBER], takeovers[LOG_NUMBER];

    relay_read_figures(relay, &figures);
    log_write(LOG_LEVEL_INFO, "relay ended", "published", log_number(published, figures.published),
              "transactions", log_number(transactions, figures.transactions), "takeovers",
              log_number(takeovers, figures.takeovers), "last_error", figures.last_error, NULL);
}

int main(int argc, char **argv)
{
    struct config config = {0};
    struct run run = {0};
    pthread_t thread;
    sigset_t signals;

    if (argc < 7) {
        (void)fputs("usage: relay-run BOOTSTRAP PREFIX GROUP CONNINFO SCHEMA INSTANCE "
                    "[PROPERTY=VALUE...]\n",
                    stderr);
        return 2;
    }
    config.kafka.bootstrap_servers = argv[1];
    config.kafka.topic_prefix = argv[2];
    config.kafka.group_id = argv[3];
    config.postgresql.conninfo = argv[4];
    config.postgresql.schema = argv[5];
    config.instance = argv[6];
    config.kafka.properties.count = (size_t)(argc - 7);
    config.kafka.properties.at = calloc((size_t)argc, sizeof *config.kafka.properties.at);
    if (!config.kafka.properties.at)
        return 1;
    for (int i = 7; i < argc; i++)
        config.kafka.properties.at[i - 7] = argv[i];
    log_open("debug", "text");
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    run.relay = relay_new(&config);
    if (pthread_create(&thread, NULL, run_relay, &run) != 0)
        return 1;
    wait_for_end(run.relay, &signals);
    (void)pthread_join(thread, NULL);
    log_figures(run.relay);
    relay_free(run.relay);
    free(config.kafka.properties.at);
    return run.status == STATUS_OK ? 0 : 78;
}
