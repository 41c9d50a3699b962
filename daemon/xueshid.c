/* xueshid: from Kafka through PostgreSQL to Kafka. Starts the relay and the workers, waits for a
 * signal, stops them. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "backoff.h"
#include "kafka.h"
#include "log.h"
#include "store.h"
#include "supervisor.h"
#include "worker.h"

#define EXIT_CONFIG         78
#define METADATA_TIMEOUT_MS 10000
#define BEAT_MS             1000

struct options {
    const char *config;
    bool check_only;
};

/* One thread: a worker, or the relay (index -1). */
struct daemon;
struct part {
    struct daemon *daemon;
    int index;
    pthread_t thread;
    bool started;
};

struct daemon {
    struct arena arena;
    struct config config;
    struct worker_context context;
    rd_kafka_t *producer; /* for ticks and metadata */
    struct supervisor *supervisor;
    bool stop, failed; /* atomically */
    struct part relay, workers[WORKERS_MAX];
};

static int usage(FILE *out, int status)
{
    fputs("usage: xueshid [-n] [-c FILE]\n"
          "  -c FILE  configuration (else $XUESHI_CONFIG, else /etc/xueshi/xueshid.conf)\n"
          "  -n       check the configuration and exit\n"
          "  -V       print the version and exit\n",
          out);
    return status;
}

/* -1: go on; else the exit status. */
static int read_options(struct options *options, int argc, char **argv)
{
    for (int c; (c = getopt(argc, argv, "c:nVh")) != -1;) {
        switch (c) {
        case 'c':
            options->config = optarg;
            break;
        case 'n':
            options->check_only = true;
            break;
        case 'V':
            puts("xueshid " XUESHI_VERSION);
            return 0;
        case 'h':
            return usage(stdout, 0);
        default:
            return usage(stderr, 2);
        }
    }
    return optind == argc ? -1 : usage(stderr, 2);
}

/* Signals are waited for in the main thread; no thread takes them by surprise. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Personal data and keys must not end in a core dump (S17). */
static void forbid_dumps(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

static bool is_stopping(const struct daemon *d)
{
    return __atomic_load_n(&d->stop, __ATOMIC_RELAXED);
}

/* Wakes the main thread, which then stops everybody. */
static void fail(struct daemon *d, const struct err *err)
{
    log_write(LOG_LEVEL_ERROR, "stopping: this does not heal by itself", "error", err->message,
              NULL);
    __atomic_store_n(&d->failed, true, __ATOMIC_RELAXED);
    kill(getpid(), SIGUSR1);
}

static void *run_relay(void *argument)
{
    const struct part *part = argument;
    struct err err;

    if (relay_run(part->daemon->context.relay, &err) != STATUS_OK)
        fail(part->daemon, &err);
    return NULL;
}

static void *run_worker(void *argument)
{
    const struct part *part = argument;
    struct err err;

    if (worker_run(&part->daemon->context, part->index, &err) != STATUS_OK)
        fail(part->daemon, &err);
    return NULL;
}

static void start(struct daemon *d, struct part *part, int index, void *(*run)(void *))
{
    part->daemon = d;
    part->index = index;
    if (pthread_create(&part->thread, NULL, run, part) != 0)
        abort();
    part->started = true;
}

static void join(struct daemon *d, struct part *part)
{
    struct timespec soon;

    while (part->started) {
        (void)clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_sec++;
        part->started = pthread_timedjoin_np(part->thread, NULL, &soon) != 0;
        supervisor_beat(d->supervisor);
    }
}

/* Waits for a signal at most so long; true: one that stops us came. */
static bool wait_signal(struct daemon *d, const sigset_t *set, int timeout_ms)
{
    struct timespec wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    int signal_number = timeout_ms < 0 ? sigwaitinfo(set, NULL) : sigtimedwait(set, NULL, &wait);

    if (signal_number == SIGHUP)
        log_write(LOG_LEVEL_INFO,
                  "the configuration is read at the start only: nothing was reloaded", NULL);
    if (signal_number < 0 || signal_number == SIGHUP)
        return false;
    __atomic_store_n(&d->stop, true, __ATOMIC_RELAXED);
    return true;
}

static enum status count_partitions(struct daemon *d, struct err *err)
{
    char name[KAFKA_TOPIC_MAX];

    for (int topic = 0; topic < TOPICS_IN; topic++) {
        int32_t count = kafka_partition_count(
            d->producer, kafka_topic(&d->config, topic_name((enum topic)topic), name),
            METADATA_TIMEOUT_MS, err);

        if (!count)
            return STATUS_RETRY;
        d->context.partition_counts[topic] = count;
    }
    return STATUS_OK;
}

/* Kafka and PostgreSQL as the start demands them; waited for as long as they are away. */
static enum status check_world(struct daemon *d, const sigset_t *set, struct err *err)
{
    struct backoff backoff = {0};
    struct store *store = store_new(&d->config, &d->context.decoder);
    enum status status = STATUS_RETRY;

    while (status == STATUS_RETRY && !is_stopping(d)) {
        supervisor_checking(d->supervisor, backoff.said);
        status = count_partitions(d, err);
        if (status == STATUS_OK)
            status = store_check(store, d->context.partition_counts, err);
        if (status == STATUS_OK)
            backoff_over(&backoff);
        if (status == STATUS_RETRY) {
            backoff_note(&backoff, err->message);
            wait_signal(d, set, backoff_next_ms(&backoff));
        }
    }
    store_free(store);
    return status == STATUS_REJECT ? STATUS_FATAL : status;
}

static enum status open_producer(struct daemon *d, struct err *err)
{
    rd_kafka_conf_t *conf = kafka_conf_new(&d->config, err);

    if (!conf)
        return STATUS_FATAL;
    if (!kafka_conf_set(conf, "partitioner", "murmur2_random", err) ||
        !kafka_conf_set(conf, "enable.idempotence", "true", err)) {
        rd_kafka_conf_destroy(conf);
        return STATUS_FATAL;
    }
    d->producer = kafka_new(RD_KAFKA_PRODUCER, conf, err);
    d->context.tick_producer = d->config.tick_every_s ? d->producer : NULL;
    return d->producer ? STATUS_OK : STATUS_FATAL;
}

static void run(struct daemon *d, const sigset_t *set)
{
    char number[LOG_NUMBER];

    supervisor_checked(d->supervisor, d->context.partition_counts);
    start(d, &d->relay, -1, run_relay);
    for (int i = 0; i < d->config.workers; i++)
        start(d, &d->workers[i], i, run_worker);
    log_write(LOG_LEVEL_INFO, "started", "version", XUESHI_VERSION, "instance", d->config.instance,
              "workers", log_number(number, d->config.workers), NULL);
    while (!wait_signal(d, set, BEAT_MS)) {
        rd_kafka_poll(d->producer, 0);
        supervisor_beat(d->supervisor);
    }
    log_write(LOG_LEVEL_INFO, "stopping", NULL);
    supervisor_stopping(d->supervisor);
    for (int i = 0; i < d->config.workers; i++)
        join(d, &d->workers[i]);
    relay_stop(d->context.relay); /* last: it publishes what the workers committed */
    join(d, &d->relay);
}

/* Whether a certificate can be due before there is a key to sign it. */
static bool is_key_late(const struct config *config)
{
    for (size_t i = 0; i < config->catalogues.term_count; i++)
        if (issuer_signs_from(config->signer) > config->catalogues.terms[i]->training_from)
            return true;
    return false;
}

/* What may be meant so, but for development only. */
static void warn(const struct config *config)
{
    if (!config->signatures_required)
        log_write(LOG_LEVEL_WARN,
                  "payment signatures are not demanded: anybody who can write to Kafka can pay",
                  NULL);
    if (!config->signer)
        log_write(LOG_LEVEL_WARN,
                  "no issuer is configured: certificates go out without a credential", NULL);
    else if (is_key_late(config))
        log_write(LOG_LEVEL_WARN,
                  "the first issuer key is valid only after a training has begun: certificates that"
                  " are due before go out without a credential",
                  NULL);
}

static void set_context(struct daemon *d)
{
    d->context.config = &d->config;
    d->context.stop = &d->stop;
    d->context.decoder = (struct decoder){&d->config.catalogues, &d->config.keys,
                                          &d->config.signature_keys, d->config.signatures_required};
    d->context.relay = relay_new(&d->config);
    d->supervisor = supervisor_new(&d->config, d->producer, d->context.relay);
    d->context.metrics = supervisor_metrics(d->supervisor);
    d->context.board = supervisor_board(d->supervisor);
}

static enum status serve(struct daemon *d, const sigset_t *set, struct err *err)
{
    enum status status = open_producer(d, err);

    if (status != STATUS_OK)
        return status;
    warn(&d->config);
    set_context(d);
    status = check_world(d, set, err);
    if (status == STATUS_OK)
        run(d, set);
    supervisor_free(d->supervisor);
    relay_free(d->context.relay);
    rd_kafka_flush(d->producer, 1000);
    rd_kafka_destroy(d->producer);
    return status == STATUS_RETRY ? STATUS_OK : status; /* stopped before all was there */
}

int main(int argc, char **argv)
{
    static struct daemon daemon; /* large */
    struct options options = {NULL, false};
    struct err err = {.message = ""};
    sigset_t signals;
    int exit_status = read_options(&options, argc, argv);

    if (exit_status >= 0)
        return exit_status;
    forbid_dumps();
    enum status status = config_load(&daemon.config, &daemon.arena, config_path(options.config),
                                     CONFIG_ALL_KEYS, &err);
    if (status == STATUS_OK && !options.check_only) {
        log_open(daemon.config.log.level, daemon.config.log.format);
        block_signals(&signals);
        status = serve(&daemon, &signals, &err);
        if (status != STATUS_OK)
            log_write(LOG_LEVEL_ERROR, "cannot start", "error", err.message, NULL);
    } else if (status != STATUS_OK) {
        fprintf(stderr, "xueshid: %s\n", err.message);
    }
    config_finish(&daemon.config);
    arena_finish(&daemon.arena);
    return status != STATUS_OK || daemon.failed ? EXIT_CONFIG : 0;
}
