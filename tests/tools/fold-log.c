/* Folds logs of Kafka records in memory and prints the canonical dump: the daemon's own code
 * without Kafka and PostgreSQL (tests/LOG-FORMAT.md).
 *
 *   fold-log -c CONFIG [--full] [--outcomes FILE] [--events FILE] [LOG] */
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/collect.h"
#include "../../daemon/config.h"
#include "../../daemon/decode.h"
#include "../../daemon/dump.h"
#include "log_lines.h"

struct options {
    const char *config, *log, *outcomes, *events;
    bool full;
};

/* One journal entry that published. */
struct published {
    int64_t commit, count;
    uint8_t digest[32];
};

struct program {
    struct options options;
    struct config config;
    struct decoder decoder;
    struct arena kept;    /* configuration */
    struct arena folding; /* the world of the log that is being folded */
    struct arena records; /* of the commit that is being read */
    struct arena *held;   /* those of commits with records that were held */
    size_t held_count, held_cap;
    struct world world;
    struct collector collector;
    FILE *outcomes, *events;
    struct batch_item *items;
    size_t item_count, item_cap;
    size_t outcome_count; /* items whose outcome has been written */
    struct published *published;
    size_t published_count, published_cap;
    int64_t commits;
    bool *has_boundaries; /* of each log */
    size_t log_count, log_cap;
    bool is_bounded; /* the log that is being folded */
    bool holds_records;
    void (*judged)(void *context, const struct event *ev, enum outcome outcome,
                   const struct err *err, struct held *held);
};

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "fold-log: %s: %s\n", what, why);
    exit(1);
}

/* The decoder's refusals are judgements, too: written in their place, which is before `end`. */
static void write_refusals(struct program *program, size_t end)
{
    for (; program->outcome_count < end; program->outcome_count++) {
        const struct batch_item *item = &program->items[program->outcome_count];

        if (!item->ev)
            log_write_outcome(program->outcomes, &item->record->place, OUTCOME_REJECTED,
                              item->err.reason, false);
    }
}

static void note_judged(void *context, const struct event *ev, enum outcome outcome,
                        const struct err *err, struct held *held)
{
    struct collector *collector = context;
    struct program *program = (struct program *)((char *)collector -
                                                 offsetof(struct program, collector));

    program->judged(context, ev, outcome, err, held);
    if (outcome == OUTCOME_HELD)
        program->holds_records = true;
    if (collector->item)
        write_refusals(program, (size_t)(collector->item - program->items));
    log_write_outcome(program->outcomes, &ev->place, outcome, err->reason,
                      held && outcome != OUTCOME_HELD);
}

/* The journal's part of a commit: its events, and their digest. */
static void journal(struct program *program, const struct batch *batch)
{
    program->commits++;
    for (size_t i = 0; program->events && i < batch->message_count; i++)
        log_write_event(program->events, batch->messages[i], program->commits);
    if (!batch->message_count)
        return;
    program->published = arena_grow(&program->folding, program->published, program->published_count,
                                    program->published_count + 1, &program->published_cap,
                                    sizeof *program->published);
    struct published *entry = &program->published[program->published_count++];
    entry->commit = program->commits;
    entry->count = (int64_t)batch->message_count;
    collect_digest(batch, entry->digest);
}

static void pass_time(struct program *program)
{
    for (;;) {
        struct passing next = fold_next_passing(&program->config.catalogues, program->world.passed,
                                                world_watermark(&program->world));
        struct batch batch = {.arena = &program->records};

        if (next.what == PASSAGE_NONE)
            return;
        program->collector.batch = &batch;
        fold_pass(&program->world, &next);
        journal(program, &batch);
    }
}

static int compare_items(const void *a, const void *b)
{
    const struct batch_item *left = a, *right = b;

    return place_compare(&left->record->place, &right->record->place);
}

/* What is held borrows its record: the commit's memory stays until the log ends. */
static void keep_records(struct program *program)
{
    program->held = arena_grow(&program->folding, program->held, program->held_count,
                               program->held_count + 1, &program->held_cap, sizeof *program->held);
    program->held[program->held_count++] = program->records;
    arena_init(&program->records);
}

static void commit(struct program *program)
{
    struct batch batch = {
        .arena = &program->records, .items = program->items, .item_count = program->item_count};

    if (!program->item_count)
        return;
    qsort(program->items, program->item_count, sizeof *program->items, compare_items);
    program->collector.batch = &batch;
    collect_batch(&program->collector);
    write_refusals(program, program->item_count);
    journal(program, &batch);
    pass_time(program);

    program->item_count = program->item_cap = program->outcome_count = 0;
    program->items = NULL;
    if (program->holds_records)
        keep_records(program);
    else
        arena_reset(&program->records);
    program->holds_records = false;
}

static void read_record(struct program *program, const json_t *line)
{
    struct arena *arena = &program->records;
    struct record *record = log_read_record(arena, line);
    struct batch_item *item;

    if (record->place.topic >= TOPICS_IN ||
        record->place.partition >= program->world.partition_count[record->place.topic])
        fail("log", "a record is on no input topic or beyond its partitions");
    program->items = arena_grow(arena, program->items, program->item_count, program->item_count + 1,
                                &program->item_cap, sizeof *program->items);
    item = &program->items[program->item_count++];
    *item = (struct batch_item){.record = record};
    if (decode_record(&program->decoder, arena, record, &item->ev, &item->err) != STATUS_OK)
        item->ev = NULL;
}

static void set_partitions(struct program *program, const json_t *counts)
{
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++) {
        json_int_t count = json_integer_value(json_object_get(counts, topic_name(topic)));

        world_set_partitions(&program->world, topic, count > 0 ? (int32_t)count : 1);
    }
}

static void print_dump(const struct program *program)
{
    dump_world(stdout, &program->world, program->options.full);
    for (size_t i = 0; program->options.full && i < program->published_count; i++)
        dump_outbox(stdout, program->published[i].commit, program->published[i].count,
                    program->published[i].digest);
}

/* An empty world for the log of that number. */
static void start_log(struct program *program, size_t number)
{
    program->is_bounded = program->has_boundaries[number];
    world_init(&program->world, &program->folding, &program->config.catalogues);
    program->world.crypto = crypto_for_rules(&program->config.keys);
    program->world.hooks = collect_hooks(&program->collector);
    program->judged = program->world.hooks.judged;
    program->world.hooks.judged = note_judged;
    set_partitions(program, NULL);
}

static void finish_log(struct program *program)
{
    commit(program);
    print_dump(program);
    for (size_t i = 0; i < program->held_count; i++)
        arena_finish(&program->held[i]);
    program->held = NULL;
    program->held_count = program->held_cap = 0;
    program->published = NULL;
    program->published_count = program->published_cap = 0;
    program->commits = 0;
    arena_reset(&program->folding);
}

/* The line that begins a log stands in each output, too. */
static void repeat_line(struct program *program, const char *text)
{
    FILE *outputs[] = {stdout, program->outcomes, program->events};

    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (outputs[i] && fputs(text, outputs[i]) == EOF)
            fail("output", "cannot be written");
}

static bool begins_log(const char *text)
{
    return strncmp(text, "{\"log\":", 7) == 0;
}

static void read_line(struct program *program, const char *text, size_t len)
{
    json_error_t error;
    json_t *line = json_loadb(text, len, JSON_ALLOW_NUL, &error);

    if (!line)
        fail("log", error.text);
    if (json_object_get(line, "partitions"))
        set_partitions(program, json_object_get(line, "partitions"));
    else if (json_object_get(line, "commit"))
        commit(program);
    else
        read_record(program, line);
    if (!program->is_bounded)
        commit(program);
    json_decref(line);
}

static void add_log(struct program *program)
{
    program->has_boundaries = arena_grow(&program->kept, program->has_boundaries,
                                         program->log_count, program->log_count + 1,
                                         &program->log_cap, sizeof *program->has_boundaries);
    program->has_boundaries[program->log_count++] = false;
}

/* Whether there is a commit line anywhere in a log: it is read twice, so it is spooled. */
static FILE *open_log(struct program *program)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = program->options.log ? fopen(program->options.log, "r") : stdin;
    FILE *spool = tmpfile();

    if (!in || !spool)
        fail("log", "cannot be opened");
    add_log(program);
    for (ssize_t len; (len = getline(&text, &size, in)) > 0;) {
        if (begins_log(text))
            add_log(program);
        if (strncmp(text, "{\"commit\":true}", 15) == 0)
            program->has_boundaries[program->log_count - 1] = true;
        if (fwrite(text, 1, (size_t)len, spool) != (size_t)len)
            fail("log", "cannot be spooled");
    }
    free(text);
    fclose(in);
    rewind(spool);
    return spool;
}

static void fold_logs(struct program *program)
{
    char *text = NULL;
    size_t size = 0, number = 0;
    FILE *logs = open_log(program);

    start_log(program, number);
    for (ssize_t len; (len = getline(&text, &size, logs)) > 0;) {
        if (begins_log(text)) {
            if (number++ > 0)
                finish_log(program);
            repeat_line(program, text);
            start_log(program, number);
            continue;
        }
        read_line(program, text, (size_t)len);
    }
    finish_log(program);
    free(text);
    fclose(logs);
}

static void read_options(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {{"full", no_argument, NULL, 'f'},
                                          {"outcomes", required_argument, NULL, 'o'},
                                          {"events", required_argument, NULL, 'e'},
                                          {NULL, 0, NULL, 0}};

    for (int c; (c = getopt_long(argc, argv, "c:", names, NULL)) != -1;) {
        switch (c) {
        case 'c':
            options->config = optarg;
            break;
        case 'f':
            options->full = true;
            break;
        case 'o':
            options->outcomes = optarg;
            break;
        case 'e':
            options->events = optarg;
            break;
        default:
            exit(2);
        }
    }
    options->log = argv[optind];
}

static FILE *open_output(const char *path)
{
    FILE *out = path ? fopen(path, "w") : NULL;

    if (path && !out)
        fail(path, "cannot be written");
    return out;
}

static bool close_output(FILE *out)
{
    bool failed = out && ferror(out);

    return (!out || fclose(out) == 0) && !failed;
}

int main(int argc, char **argv)
{
    struct program program = {0};
    struct err err;

    read_options(&program.options, argc, argv);
    if (config_load(&program.config, &program.kept, config_path(program.options.config),
                    CONFIG_PAYMENT_CODE_KEY | CONFIG_CERTIFICATE_NO_KEY | CONFIG_PERSON_INDEX_KEY |
                        CONFIG_SIGNATURE_KEYS,
                    &err) != STATUS_OK) {
        fprintf(stderr, "fold-log: %s\n", err.message);
        return 78;
    }
    program.decoder = (struct decoder){&program.config.catalogues, &program.config.keys,
                                       &program.config.signature_keys,
                                       program.config.signatures_required};
    program.outcomes = open_output(program.options.outcomes);
    program.events = open_output(program.options.events);
    program.collector.world = &program.world;
    program.collector.source = program.config.source;

    fold_logs(&program);
    if (!close_output(stdout) || !close_output(program.outcomes) || !close_output(program.events))
        fail("output", "cannot be written");
    arena_finish(&program.records);
    arena_finish(&program.folding);
    config_finish(&program.config); /* while the arena that holds its keys is there */
    arena_finish(&program.kept);
    return 0;
}
