/* What the outside is told. */
#include "supervisor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http.h"
#include "log.h"
#include "notify.h"
#include "scrape.h"

#define LIVE_MS 15000 /* the main thread beats every second */
#define LIVE_STARTING_MS                                                                           \
    120000                     /* but for the checks of the start, which wait for their servers    \
                                */
#define DRAIN_MS        300000 /* the longest stop that is asked for; then it may be killed */
#define LISTEN_AGAIN_MS 5000

struct supervisor {
    const struct config *config;
    struct relay *relay;
    struct metrics *metrics;
    struct board *board;
    struct observer *observer;
    struct http *http; /* NULL: off, or not yet */
    pthread_t thread;  /* the observer's */
    bool observes;
    int64_t started_us; /* wall clock */
    int64_t listen_ms;  /* tried last */
    int64_t stopping_ms;
    bool ready_said;
    char said[HEALTH_REASON]; /* the reason that was told last */

    pthread_mutex_t mutex; /* of all that follows */
    bool checked, stopping;
    int64_t beat_ms;
    char missing[256];
};

static const char plain[] = "text/plain; charset=utf-8";

struct look {
    struct board_view view;
    struct sighting sighting;
    enum health health;
    char reason[HEALTH_REASON];
};

static void look(struct supervisor *s, struct arena *arena, struct look *out)
{
    char missing[sizeof s->missing];
    struct health_facts facts = {
        .view = &out->view, .sighting = &out->sighting, .now_ms = clock_now_ms()};

    board_read(s->board, arena, &out->view);
    observer_read(s->observer, &out->sighting);
    (void)pthread_mutex_lock(&s->mutex);
    memcpy(missing, s->missing, sizeof missing);
    facts.waits_for = s->checked ? NULL : missing;
    facts.stopping = s->stopping;
    (void)pthread_mutex_unlock(&s->mutex);
    out->health = health_judge(&facts, out->reason);
}

static void answer_live(void *context, const char *accept, struct arena *arena,
                        struct http_reply *reply)
{
    struct supervisor *s = context;
    int64_t limit_ms;
    bool lives;

    (void)accept, (void)arena;
    (void)pthread_mutex_lock(&s->mutex);
    limit_ms = s->checked ? LIVE_MS : LIVE_STARTING_MS;
    lives = clock_now_ms() - s->beat_ms < limit_ms;
    (void)pthread_mutex_unlock(&s->mutex);
    *reply = lives ? (struct http_reply){200, plain, "alive\n"}
                   : (struct http_reply){503, plain, "the main loop does not run\n"};
}

static void answer_ready(void *context, const char *accept, struct arena *arena,
                         struct http_reply *reply)
{
    struct look now;
    struct text text;

    (void)accept;
    look(context, arena, &now);
    text_init(&text, arena);
    text_add(&text, now.health == HEALTH_READY ? "ready" : "not ready: ");
    text_add(&text, now.reason);
    text_add(&text, "\n");
    *reply = (struct http_reply){now.health == HEALTH_READY ? 200 : 503, plain, text_string(&text)};
}

static void answer_metrics(void *context, const char *accept, struct arena *arena,
                           struct http_reply *reply)
{
    const struct supervisor *s = context;
    enum exposition_format format = exposition_negotiate(accept);
    struct look now;

    look(context, arena, &now);
    const struct scrape scrape = {
        .config = s->config,
        .metrics = s->metrics,
        .view = &now.view,
        .sighting = &now.sighting,
        .relay = s->relay,
        .ready = now.health == HEALTH_READY,
        .started_us = s->started_us,
    };
    *reply = (struct http_reply){200, exposition_content_type(format),
                                 scrape_all(&scrape, arena, format)};
}

static const struct http_route routes[] = {
    {"/livez", answer_live},
    {"/readyz", answer_ready},
    {"/metrics", answer_metrics},
};

/* An address that is taken may be that of our predecessor: the work does not wait for it. */
static void listen_if_due(struct supervisor *s)
{
    const char *listen = s->config->http.listen;
    struct err err;

    if (!*listen || s->http || (s->listen_ms && clock_now_ms() - s->listen_ms < LISTEN_AGAIN_MS))
        return;
    s->http = http_new(listen, routes, sizeof routes / sizeof *routes, s, &err);
    if (s->http)
        log_write(LOG_LEVEL_INFO, "listening", "address", listen, NULL);
    else if (!s->listen_ms)
        log_write(LOG_LEVEL_WARN, "metrics and health are not to be had yet", "error", err.message,
                  NULL);
    s->listen_ms = clock_now_ms();
}

struct supervisor *supervisor_new(const struct config *config, rd_kafka_t *client,
                                  struct relay *relay)
{
    struct supervisor *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->config = config;
    s->relay = relay;
    s->metrics = metrics_new();
    s->board = board_new((size_t)config->workers);
    s->observer = observer_new(config, client, s->board);
    s->started_us = clock_wall_us();
    s->beat_ms = clock_now_ms();
    (void)pthread_mutex_init(&s->mutex, NULL);
    listen_if_due(s);
    return s;
}

void supervisor_free(struct supervisor *s)
{
    if (!s)
        return;
    http_free(s->http);
    if (s->observes) {
        observer_stop(s->observer);
        (void)pthread_join(s->thread, NULL);
    }
    observer_free(s->observer);
    board_free(s->board);
    metrics_free(s->metrics);
    (void)pthread_mutex_destroy(&s->mutex);
    free(s);
}

struct metrics *supervisor_metrics(struct supervisor *s)
{
    return s->metrics;
}

struct board *supervisor_board(struct supervisor *s)
{
    return s->board;
}

void supervisor_checking(struct supervisor *s, const char *missing)
{
    (void)pthread_mutex_lock(&s->mutex);
    s->beat_ms = clock_now_ms();
    (void)snprintf(s->missing, sizeof s->missing, "%s", missing);
    (void)pthread_mutex_unlock(&s->mutex);
    listen_if_due(s);
    notify_extend(LIVE_STARTING_MS);
    notify_status(*missing ? missing : "checking Kafka and PostgreSQL");
}

static void *observe(void *observer)
{
    observer_run(observer);
    return NULL;
}

void supervisor_checked(struct supervisor *s, const int32_t counts[TOPICS_IN])
{
    board_set_partitions(s->board, counts);
    if (pthread_create(&s->thread, NULL, observe, s->observer) != 0)
        abort();
    s->observes = true;
    (void)pthread_mutex_lock(&s->mutex);
    s->checked = true;
    s->beat_ms = clock_now_ms();
    (void)pthread_mutex_unlock(&s->mutex);
}

static size_t count_owned(const struct board_view *view)
{
    size_t count = 0;

    for (size_t i = 0; i < view->partition_count; i++)
        count += view->partitions[i].owner >= 0;
    return count;
}

/* Seconds that a partition stands change each time; what changes less is told and logged. */
static void tell(struct supervisor *s, const struct look *now)
{
    char status[HEALTH_REASON], number[LOG_NUMBER];
    size_t owned = count_owned(&now->view);

    if (now->health != HEALTH_READY)
        (void)snprintf(status, sizeof status, "%s", now->reason);
    else if (owned)
        (void)snprintf(status, sizeof status, "at work on %s partitions",
                       log_number(number, (long long)owned));
    else
        (void)snprintf(status, sizeof status, "standing by");
    if (now->health == HEALTH_READY && !s->ready_said) {
        s->ready_said = true;
        notify_ready(status);
        log_write(LOG_LEVEL_INFO, "ready", "status", status, NULL);
    } else if (strcmp(status, s->said) != 0) {
        notify_status(status);
    }
    (void)snprintf(s->said, sizeof s->said, "%s", status);
}

static void beat_while_stopping(int64_t since_ms)
{
    if (clock_now_ms() - since_ms >= DRAIN_MS)
        return;
    notify_extend(2 * LIVE_MS);
    notify_watchdog();
}

void supervisor_beat(struct supervisor *s)
{
    struct arena arena = {0};
    struct look now;
    bool stopping;

    (void)pthread_mutex_lock(&s->mutex);
    s->beat_ms = clock_now_ms();
    stopping = s->stopping;
    (void)pthread_mutex_unlock(&s->mutex);
    if (stopping) {
        beat_while_stopping(s->stopping_ms);
        return;
    }
    listen_if_due(s);
    look(s, &arena, &now);
    tell(s, &now);
    if (!s->ready_said)
        notify_extend(LIVE_STARTING_MS);
    if (now.health != HEALTH_STUCK)
        notify_watchdog();
    arena_finish(&arena);
}

void supervisor_stopping(struct supervisor *s)
{
    (void)pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    s->stopping_ms = clock_now_ms();
    (void)pthread_mutex_unlock(&s->mutex);
    notify_stopping("finishing what is under way");
    supervisor_beat(s);
}
