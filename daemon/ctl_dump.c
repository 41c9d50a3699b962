/* xueshictl dump: the canonical dump (fold.md section 9), in chunks of one snapshot. */
#include <stdio.h>

#include "ctl_reading.h"
#include "dump.h"

#define CHUNK 500

static enum status dump_trainees(struct reading *reading, enum dump_kind kind, bool full,
                                 struct err *err)
{
    const char *after = "";
    size_t count = 1;
    enum status status = STATUS_OK;
    struct arena last = {0}; /* outlives the chunk */

    while (status == STATUS_OK && count) {
        struct trainee_entry **chunk = NULL;

        reading_forget(reading);
        status = store_read_trainees(reading->store, &reading->world, after, CHUNK, &chunk, &count,
                                     err);
        if (status != STATUS_OK || !count)
            break;
        for (size_t i = 0; i < count; i++)
            dump_trainee(stdout, kind, &chunk[i]->trainee, full);
        arena_reset(&last);
        after = arena_strdup(&last, chunk[count - 1]->trainee.trainee_id);
    }
    arena_finish(&last);
    return status;
}

static enum status dump_codes(struct reading *reading, struct err *err)
{
    const char *after = "";
    size_t count = 1;
    enum status status = STATUS_OK;
    struct arena last = {0};

    while (status == STATUS_OK && count) {
        struct code **chunk = NULL;

        reading_forget(reading);
        status = store_read_codes(reading->store, &reading->world, after, CHUNK, &chunk, &count,
                                  err);
        if (status != STATUS_OK || !count)
            break;
        for (size_t i = 0; i < count; i++)
            dump_code(stdout, chunk[i]);
        arena_reset(&last);
        after = arena_strdup(&last, chunk[count - 1]->payment_code);
    }
    arena_finish(&last);
    return status;
}

static enum status dump_published(struct reading *reading, struct err *err)
{
    int64_t after = 0;
    size_t count = 1;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && count) {
        struct published *chunk = NULL;

        reading_forget(reading);
        status = store_read_published(reading->store, &reading->world, after, CHUNK, &chunk, &count,
                                      err);
        for (size_t i = 0; status == STATUS_OK && i < count; i++) {
            dump_outbox(stdout, chunk[i].commit, chunk[i].count, chunk[i].digest);
            after = chunk[i].commit;
        }
    }
    return status;
}

static enum status dump_all(struct reading *reading, bool full, struct err *err)
{
    enum status status = STATUS_OK;

    for (int kind = 0; kind < DUMP_KINDS && status == STATUS_OK; kind++)
        status = kind == DUMP_PAYMENT ? dump_codes(reading, err)
                                      : dump_trainees(reading, (enum dump_kind)kind, full, err);
    return status == STATUS_OK && full ? dump_published(reading, err) : status;
}

enum ctl_exit ctl_dump(struct ctl *ctl)
{
    struct reading reading;
    struct err err;
    enum status status = reading_begin(&reading, ctl, &err);

    if (status == STATUS_OK)
        status = dump_all(&reading, ctl_has(ctl, OPTION_FULL), &err);
    reading_finish(&reading);
    return status == STATUS_OK ? CTL_OK : ctl_fail(status, &err);
}
