/* The relay's loop: stand by, take over, publish; and what other threads may ask of it. */
#include "relay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "log.h"
#include "relay_internal.h"

#define STANDBY_MS     1000
#define POLL_MS        200
#define BACK_OFF_MS    100
#define BACK_OFF_MAX   5000
#define LEASE_RENEW_MS 2000

struct relay *relay_new(const struct config *config)
{
    struct relay *relay = calloc(1, sizeof *relay);
    pthread_condattr_t attributes;

    if (!relay)
        abort();
    relay->config = config;
    relay->restarted = true;
    arena_init(&relay->arena);
    relay_outbox_init(&relay->outbox, config);
    (void)pthread_mutex_init(&relay->mutex, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&relay->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return relay;
}

void relay_free(struct relay *relay)
{
    if (!relay)
        return;
    relay_producer_free(relay->producer);
    relay_outbox_finish(&relay->outbox);
    arena_finish(&relay->arena);
    (void)pthread_cond_destroy(&relay->changed);
    (void)pthread_mutex_destroy(&relay->mutex);
    free(relay);
}

static void raise_flag(struct relay *relay, bool *flag)
{
    (void)pthread_mutex_lock(&relay->mutex);
    *flag = true;
    (void)pthread_cond_signal(&relay->changed);
    (void)pthread_mutex_unlock(&relay->mutex);
}

void relay_stop(struct relay *relay)
{
    raise_flag(relay, &relay->stopping);
}

void relay_wake(struct relay *relay)
{
    raise_flag(relay, &relay->woken);
}

void relay_read_figures(struct relay *relay, struct relay_figures *out)
{
    (void)pthread_mutex_lock(&relay->mutex);
    *out = relay->figures;
    (void)pthread_mutex_unlock(&relay->mutex);
}

bool relay_is_stopping(struct relay *relay)
{
    bool stopping;

    (void)pthread_mutex_lock(&relay->mutex);
    stopping = relay->stopping;
    (void)pthread_mutex_unlock(&relay->mutex);
    return stopping;
}

int64_t relay_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Until the time is over, a stop, or (if that is to count) a wake. */
static void rest(struct relay *relay, int64_t ms, bool until_woken)
{
    int64_t end_ms = relay_now_ms() + ms;
    struct timespec end = {.tv_sec = end_ms / 1000, .tv_nsec = end_ms % 1000 * 1000000};
    int error = 0;

    (void)pthread_mutex_lock(&relay->mutex);
    while (!error && !relay->stopping && !(until_woken && relay->woken))
        error = pthread_cond_timedwait(&relay->changed, &relay->mutex, &end);
    relay->woken = false;
    (void)pthread_mutex_unlock(&relay->mutex);
}

/* Between half of the step and all of it, so that many that failed together do not return so. */
static void back_off(struct relay *relay)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof random, 0) < 0)
        random = (uint32_t)relay_now_ms();
    relay->back_off_ms = relay->back_off_ms ? 2 * relay->back_off_ms : BACK_OFF_MS;
    if (relay->back_off_ms > BACK_OFF_MAX)
        relay->back_off_ms = BACK_OFF_MAX;
    rest(relay, relay->back_off_ms / 2 + random % (relay->back_off_ms / 2), false);
}

void relay_note_failure(struct relay *relay, const struct err *err)
{
    (void)pthread_mutex_lock(&relay->mutex);
    memcpy(relay->figures.last_error, err->message, sizeof relay->figures.last_error);
    (void)pthread_mutex_unlock(&relay->mutex);
    log_write(relay->failing ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "relay cannot go on", "reason",
              err->message, NULL);
    relay->failing = true;
}

static void note_success(struct relay *relay)
{
    if (relay->failing)
        log_write(LOG_LEVEL_INFO, "relay goes on", NULL);
    relay->failing = false;
    relay->back_off_ms = 0;
}

static void note_lead(struct relay *relay, bool leads)
{
    (void)pthread_mutex_lock(&relay->mutex);
    relay->figures.leads = leads;
    relay->figures.takeovers += leads;
    (void)pthread_mutex_unlock(&relay->mutex);
}

void relay_let_go(struct relay *relay)
{
    if (relay->producer)
        note_lead(relay, false);
    relay_producer_free(relay->producer);
    relay->producer = NULL;
}

enum status relay_keep_lease(struct relay *relay, struct err *err)
{
    enum status status;

    if (relay_now_ms() - relay->renewed_ms < LEASE_RENEW_MS)
        return STATUS_OK;
    status = relay_outbox_renew(&relay->outbox, &relay->arena, err);
    if (status == STATUS_OK)
        relay->renewed_ms = relay_now_ms();
    return status;
}

/* Whoever fails to take over lets another try: it may see a Kafka that we do not. */
static enum status lead(struct relay *relay, struct err *err)
{
    struct err ignored;
    char epoch[LOG_NUMBER], transactions[LOG_NUMBER];
    enum status status = relay_outbox_take(&relay->outbox, &relay->arena, relay->restarted, err);

    if (status != STATUS_OK)
        return status;
    relay->restarted = false;
    relay->renewed_ms = relay_now_ms();
    if (!relay->outbox.epoch) {
        note_success(relay);
        rest(relay, STANDBY_MS, false);
        return STATUS_OK;
    }
    status = relay_take_over(relay, err);
    if (status != STATUS_OK) {
        relay_let_go(relay);
        if (relay->outbox.epoch)
            (void)!relay_outbox_give_back(&relay->outbox, &relay->arena, &ignored);
        return status;
    }
    note_lead(relay, true);
    log_write(LOG_LEVEL_INFO, "relay leads", "epoch", log_number(epoch, relay->outbox.epoch),
              "transactions", log_number(transactions, relay->outbox.transactions), NULL);
    return STATUS_OK;
}

/* One transaction, or the time until there is something for one. */
static enum status work(struct relay *relay, struct err *err)
{
    struct relay_batch batch = {0};
    enum status status = relay_keep_lease(relay, err);

    relay_producer_serve(relay->producer, 0);
    if (status == STATUS_OK)
        status = relay_publish(relay, &batch, err);
    if (status == STATUS_OK) {
        note_success(relay);
        (void)pthread_mutex_lock(&relay->mutex);
        relay->figures.published += batch.records;
        relay->figures.transactions += batch.records > 0;
        (void)pthread_mutex_unlock(&relay->mutex);
        if (!batch.records)
            rest(relay, POLL_MS, true);
    }
    if (!relay->outbox.epoch)
        relay_let_go(relay);
    return status;
}

static void finish(struct relay *relay)
{
    struct err ignored;

    relay_let_go(relay);
    if (relay->outbox.epoch)
        (void)!relay_outbox_give_back(&relay->outbox, &relay->arena, &ignored);
    relay->outbox.epoch = 0;
}

enum status relay_run(struct relay *relay, struct err *err)
{
    enum status status = STATUS_OK;

    while (status != STATUS_FATAL && !relay_is_stopping(relay)) {
        arena_reset(&relay->arena);
        status = relay->producer ? work(relay, err) : lead(relay, err);
        if (status != STATUS_OK)
            relay_note_failure(relay, err);
        if (status == STATUS_RETRY)
            back_off(relay);
    }
    finish(relay);
    return status == STATUS_FATAL ? STATUS_FATAL : STATUS_OK;
}
