/* The relay's work: taking over, and one Kafka transaction after another.
 *
 * No transaction begins before the rows of the one before it are known to be deleted: so there is
 * never more than one whose rows may still be there, and the last marker names it. */
#include <string.h>

#include "../handlers/text.h"
#include "log.h"
#include "relay_internal.h"
#include "relay_marker.h"

/* How long Kafka may keep one step waiting before we say so; before we begin anew; once we are to
 * stop; for reading the marker; for an abort; for room in the queue. */
#define NOTICE_MS 5000
#define STEP_MS   30000
#define STOP_MS   5000
#define MARKER_MS 10000
#define ABORT_MS  5000
#define SPACE_MS  100

/* Between two calls of something that is pending: keeps the lease, ends what takes too long. */
static enum status wait_on(struct relay *relay, int64_t since_ms, struct err *err)
{
    int64_t limit_ms = relay_is_stopping(relay) ? STOP_MS : STEP_MS;
    int64_t waited_ms = relay_now_ms() - since_ms;
    enum status status = err_set(err, STATUS_RETRY, "Kafka does not answer", NULL);

    if (waited_ms > limit_ms)
        return status;
    if (waited_ms > NOTICE_MS && !relay->failing)
        relay_note_failure(relay, err);
    return relay_keep_lease(relay, err);
}

static enum status init_producer(struct relay *relay, struct err *err)
{
    int64_t since_ms = relay_now_ms();
    bool pending = true;
    enum status status = STATUS_OK;

    relay->producer = relay_producer_new(relay->config, err);
    if (!relay->producer)
        return STATUS_FATAL;
    while (status == STATUS_OK && pending) {
        status = relay_producer_init(relay->producer, &pending, err);
        if (status == STATUS_OK && pending)
            status = wait_on(relay, since_ms, err);
    }
    return status;
}

static enum status refuse_older(struct relay *relay, const struct relay_marker *marker,
                                struct err *err)
{
    return err_set(err, STATUS_FATAL, "PostgreSQL knows of ",
                   text_from_int(&relay->arena, relay->outbox.transactions), " transactions, but ",
                   text_from_int(&relay->arena, marker->transaction),
                   " were published: it was restored to an older state; restore a newer one", NULL);
}

/* Whether the entries that the marker names are those that the journal has. */
static enum status check_marker(struct relay *relay, const struct relay_marker *marker,
                                struct err *err)
{
    uint8_t stamps[sizeof marker->stamps];
    enum status status = relay_outbox_stamp(&relay->outbox, &relay->arena, marker->numbers,
                                            marker->count, stamps, err);

    if (status == STATUS_OK && memcmp(stamps, marker->stamps, sizeof stamps) != 0)
        status = err_set(err, STATUS_FATAL,
                         "the journal has other entries under the numbers that were published last:"
                         " PostgreSQL was restored to an older state; restore a newer one",
                         NULL);
    return status;
}

/* The call on the lease, last, is what makes it sure that nobody has taken over since. */
static enum status settle(struct relay *relay, const struct relay_marker *marker, struct err *err)
{
    struct relay_outbox *outbox = &relay->outbox;
    enum status status = STATUS_OK;

    if (marker->transaction > outbox->transactions + 1)
        return refuse_older(relay, marker, err);
    if (marker->transaction < outbox->transactions)
        log_write(LOG_LEVEL_WARN, "Kafka has lost the relay's last marker", NULL);
    if (marker->transaction)
        status = check_marker(relay, marker, err);
    if (status != STATUS_OK)
        return status;
    if (marker->transaction > outbox->transactions)
        return relay_outbox_delete(outbox, &relay->arena, marker->numbers, marker->count,
                                   marker->transaction, err);
    return relay_outbox_renew(outbox, &relay->arena, err);
}

enum status relay_take_over(struct relay *relay, struct err *err)
{
    struct relay_marker marker;
    enum status status = init_producer(relay, err);

    if (status == STATUS_OK)
        status = relay_marker_read(relay->config, &relay->arena, MARKER_MS, &marker, err);
    if (status == STATUS_OK)
        status = settle(relay, &marker, err);
    return status;
}

static void note_entry(struct relay *relay, struct relay_batch *batch, int64_t number)
{
    if (batch->count && batch->numbers[batch->count - 1] == number)
        return;
    batch->numbers = arena_grow(&relay->arena, batch->numbers, batch->count, batch->count + 1,
                                &batch->cap, sizeof *batch->numbers);
    batch->numbers[batch->count++] = number;
}

/* Makes room in the producer's queue. */
static enum status wait_for_space(struct relay *relay, int64_t since_ms, struct err *err)
{
    relay_producer_serve(relay->producer, SPACE_MS);
    return wait_on(relay, since_ms, err);
}

static enum status send_row(struct relay *relay, const struct pg_result *page, size_t row,
                            struct err *err)
{
    int64_t since_ms = relay_now_ms();
    bool pending = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && pending) {
        status = relay_producer_add(
            relay->producer, pg_int(page, row, RELAY_TOPIC), pg_bytes(page, row, RELAY_KEY),
            pg_bytes(page, row, RELAY_HEADERS), pg_bytes(page, row, RELAY_VALUE), &pending, err);
        if (status == STATUS_OK && pending)
            status = wait_for_space(relay, since_ms, err);
    }
    return status;
}

static enum status send_rows(struct relay *relay, struct relay_batch *batch,
                             const struct pg_result *page, size_t count, struct err *err)
{
    enum status status = STATUS_OK;

    for (size_t row = 0; status == STATUS_OK && row < count; row++) {
        note_entry(relay, batch, pg_int(page, row, RELAY_NUMBER));
        batch->records++;
        status = send_row(relay, page, row, err);
    }
    relay_producer_serve(relay->producer, 0);
    return status;
}

static bool continues(const struct pg_result *page)
{
    return pg_bool(page, pg_count(page) - 1, RELAY_CONTINUES);
}

/* How many rows of the page belong to whole entries: an entry that was cut waits for the next page,
 * unless it is the only one. */
static size_t whole_rows(const struct pg_result *page)
{
    size_t count = pg_count(page);
    int64_t last = pg_int(page, count - 1, RELAY_NUMBER);

    if (!continues(page) || pg_int(page, 0, RELAY_NUMBER) == last)
        return count;
    while (pg_int(page, count - 1, RELAY_NUMBER) == last)
        count--;
    return count;
}

/* The rest of an entry that is larger than a page. */
static enum status send_rest(struct relay *relay, struct relay_batch *batch, int64_t number,
                             int64_t seq, struct err *err)
{
    bool more = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && more) {
        struct pg_result *page = NULL;

        status = relay_keep_lease(relay, err);
        if (status == STATUS_OK)
            status = relay_outbox_read_entry(&relay->outbox, &relay->arena, number, seq, &page,
                                             err);
        more = status == STATUS_OK && pg_count(page) && continues(page);
        if (status == STATUS_OK && pg_count(page)) {
            seq = pg_int(page, pg_count(page) - 1, RELAY_SEQ);
            status = send_rows(relay, batch, page, pg_count(page), err);
        }
        pg_result_free(&page);
    }
    return status;
}

static enum status send_entries(struct relay *relay, struct relay_batch *batch,
                                struct pg_result **page, struct err *err)
{
    size_t count = whole_rows(*page);
    int64_t number = pg_int(*page, count - 1, RELAY_NUMBER);
    int64_t seq = pg_int(*page, count - 1, RELAY_SEQ);
    bool more = count == pg_count(*page) && continues(*page);
    enum status status = send_rows(relay, batch, *page, count, err);

    pg_result_free(page);
    if (status == STATUS_OK && more)
        status = send_rest(relay, batch, number, seq, err);
    return status;
}

static enum status send_marker(struct relay *relay, const struct relay_batch *batch,
                               struct err *err)
{
    struct relay_marker marker = {
        .transaction = relay->outbox.transactions + 1,
        .epoch = relay->outbox.epoch,
        .numbers = batch->numbers,
        .count = batch->count,
    };
    int64_t since_ms = relay_now_ms();
    bool pending = true;
    struct bytes value;
    enum status status = relay_outbox_stamp(&relay->outbox, &relay->arena, batch->numbers,
                                            batch->count, marker.stamps, err);

    if (status != STATUS_OK)
        return status;
    value = relay_marker_encode(&relay->arena, &marker);
    while (status == STATUS_OK && pending) {
        status = relay_producer_add_marker(relay->producer, value, &pending, err);
        if (status == STATUS_OK && pending)
            status = wait_for_space(relay, since_ms, err);
    }
    return status;
}

/* Without it, readers with read_committed would wait for the transaction's timeout. */
static void abort_transaction(struct relay *relay)
{
    int64_t since_ms = relay_now_ms();
    struct err ignored;
    bool pending = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && pending && relay_now_ms() - since_ms < ABORT_MS)
        status = relay_producer_abort(relay->producer, &pending, &ignored);
    if (status != STATUS_OK || pending)
        relay_let_go(relay);
}

/* What is still pending when we cannot wait any longer may yet be committed. */
static enum status commit(struct relay *relay, struct err *err)
{
    int64_t since_ms = relay_now_ms();
    bool pending = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && pending) {
        status = relay_producer_commit(relay->producer, &pending, err);
        if (status == STATUS_OK && pending)
            status = wait_on(relay, since_ms, err);
    }
    if (pending)
        relay_let_go(relay);
    else if (status != STATUS_OK)
        abort_transaction(relay);
    return status;
}

enum status relay_publish(struct relay *relay, struct relay_batch *batch, struct err *err)
{
    struct pg_result *page = NULL;
    enum status status = relay_outbox_read(&relay->outbox, &relay->arena, &page, err);

    if (status != STATUS_OK || !pg_count(page)) {
        pg_result_free(&page);
        return status;
    }
    status = relay_producer_begin(relay->producer, err);
    if (status != STATUS_OK) {
        pg_result_free(&page);
        relay_let_go(relay);
        return status;
    }
    status = send_entries(relay, batch, &page, err);
    if (status == STATUS_OK)
        status = send_marker(relay, batch, err);
    if (status != STATUS_OK) {
        abort_transaction(relay);
        return status;
    }
    status = commit(relay, err);
    if (status != STATUS_OK)
        return status;
    status = relay_outbox_delete(&relay->outbox, &relay->arena, batch->numbers, batch->count,
                                 relay->outbox.transactions + 1, err);
    if (status == STATUS_OK)
        relay->renewed_ms = relay_now_ms();
    else
        relay_let_go(relay);
    return status;
}
