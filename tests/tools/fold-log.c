/* Folds a log of Kafka records in memory and prints the canonical dump: the daemon's own code
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
    struct arena kept;    /* configuration, world */
    struct arena records; /* of the commit that is being read */
    struct world world;
    struct collector collector;
    FILE *outcomes, *events;
    struct batch_item *items;
    size_t item_count, item_cap;
    struct published *published;
    size_t published_count, published_cap;
    int64_t commits;
    bool has_boundaries, holds_records;
    void (*judged)(void *context, const struct event *ev, enum outcome outcome,
                   const struct err *err, struct held *held);
};

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "fold-log: %s: %s\n", what, why);
    exit(1);
}

static void write_line(FILE *out, json_t *object)
{
    if (json_dumpf(object, out, JSON_COMPACT | JSON_SORT_KEYS) != 0 || putc('\n', out) == EOF)
        fail("output", "cannot be written");
    json_decref(object);
}

static void write_outcome(FILE *out, const struct place *place, enum outcome outcome,
                          enum reason reason, bool released)
{
    bool rejected = outcome == OUTCOME_REJECTED;

    if (!out)
        return;
    write_line(out, json_pack("{s:I,s:s,s:i,s:s?,s:b,s:s}", "offset", (json_int_t)place->offset,
                              "outcome", outcome_name(outcome), "partition", (int)place->partition,
                              "reason", rejected ? reason_name(reason) : NULL, "released",
                              (int)released, "topic", topic_name(place->topic)));
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
    write_outcome(program->outcomes, &ev->place, outcome, err->reason,
                  held && outcome != OUTCOME_HELD);
}

static const char *header_text(const struct message *message, const char *name)
{
    for (size_t i = 0; i < message->record.header_count; i++)
        if (strcmp(message->record.headers[i].name, name) == 0)
            return message->record.headers[i].value.at;
    return NULL;
}

static void write_event(const struct program *program, const struct message *message)
{
    const struct record *record = &message->record;
    json_t *data = json_loadb(record->value.at, record->value.len, 0, NULL);

    write_line(program->events,
               json_pack("{s:s,s:s?,s:s,s:s,s:I,s:o,s:s,s:s}", "ce_id", message->ce_id,
                         "ce_subject", header_text(message, "ce_subject"), "ce_time",
                         header_text(message, "ce_time"), "ce_type",
                         header_text(message, "ce_type"), "commit", (json_int_t)program->commits,
                         "data", data, "key", (const char *)record->key.at, "topic",
                         topic_name(record->place.topic)));
}

/* The journal's part of a commit: its events, and their digest. */
static void journal(struct program *program, const struct batch *batch)
{
    program->commits++;
    for (size_t i = 0; program->events && i < batch->message_count; i++)
        write_event(program, batch->messages[i]);
    if (!batch->message_count)
        return;
    program->published = arena_grow(&program->kept, program->published, program->published_count,
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

/* The decoder's refusals are judgements, too. */
static void write_refusals(const struct program *program)
{
    for (size_t i = 0; i < program->item_count; i++)
        if (!program->items[i].ev)
            write_outcome(program->outcomes, &program->items[i].record->place, OUTCOME_REJECTED,
                          program->items[i].err.reason, false);
}

static void commit(struct program *program)
{
    struct batch batch = {
        .arena = &program->records, .items = program->items, .item_count = program->item_count};

    if (!program->item_count)
        return;
    qsort(program->items, program->item_count, sizeof *program->items, compare_items);
    program->collector.batch = &batch;
    write_refusals(program);
    collect_batch(&program->collector);
    journal(program, &batch);
    pass_time(program);

    program->item_count = program->item_cap = 0;
    program->items = NULL;
    if (program->holds_records) /* they are borrowed: their memory stays for good */
        arena_init(&program->records);
    else
        arena_reset(&program->records);
    program->holds_records = false;
}

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

static struct bytes decode_base64(struct arena *arena, const char *text)
{
    uint8_t *out = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    uint32_t bits = 0;
    int have = 0;

    for (; *text && *text != '='; text++) {
        bits = bits << 6 | (uint32_t)base64_digit(*text);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (uint8_t)(bits >> have);
        }
    }
    return (struct bytes){out, len};
}

/* A text, {"base64":…} or null. */
static struct bytes bytes_from(struct arena *arena, const json_t *json, const char *base64)
{
    if (base64)
        return decode_base64(arena, base64);
    if (!json_is_string(json))
        return (struct bytes){NULL, 0};
    size_t len = json_string_length(json);
    return (struct bytes){arena_strndup(arena, json_string_value(json), len), len};
}

static void read_headers(struct arena *arena, const json_t *list, struct record *record)
{
    size_t count = json_array_size(list);
    struct header *headers = arena_alloc(arena, count * sizeof *headers);

    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i), *value = json_array_get(pair, 1);

        headers[i].name = arena_strdup(arena, json_string_value(json_array_get(pair, 0)));
        headers[i].value = bytes_from(arena, value,
                                      json_string_value(json_object_get(value, "base64")));
    }
    record->headers = headers;
    record->header_count = count;
}

static void read_record(struct program *program, const json_t *line)
{
    struct arena *arena = &program->records;
    struct record *record = arena_alloc(arena, sizeof *record);
    const char *topic = json_string_value(json_object_get(line, "topic"));
    struct batch_item *item;

    record->place = (struct place){
        .topic = topic ? topic_from_name(topic) : TOPICS,
        .partition = (int32_t)json_integer_value(json_object_get(line, "partition")),
        .offset = json_integer_value(json_object_get(line, "offset")),
    };
    if (record->place.topic >= TOPICS_IN ||
        record->place.partition >= program->world.partition_count[record->place.topic])
        fail("log", "a record is on no input topic or beyond its partitions");
    record->timestamp_ms = json_integer_value(json_object_get(line, "timestamp_ms"));
    record->key = bytes_from(arena, json_object_get(line, "key"),
                             json_string_value(json_object_get(line, "key_base64")));
    record->value = bytes_from(arena, json_object_get(line, "value"),
                               json_string_value(json_object_get(line, "value_base64")));
    read_headers(arena, json_object_get(line, "headers"), record);

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
    if (!program->has_boundaries)
        commit(program);
    json_decref(line);
}

/* Whether there is a commit line anywhere: the log is read twice, so it is a file or is spooled. */
static FILE *open_log(struct program *program)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = program->options.log ? fopen(program->options.log, "r") : stdin;
    FILE *spool = tmpfile();

    if (!in || !spool)
        fail("log", "cannot be opened");
    for (ssize_t len; (len = getline(&text, &size, in)) > 0;) {
        if (strncmp(text, "{\"commit\":true}", 15) == 0)
            program->has_boundaries = true;
        if (fwrite(text, 1, (size_t)len, spool) != (size_t)len)
            fail("log", "cannot be spooled");
    }
    free(text);
    fclose(in);
    rewind(spool);
    return spool;
}

static void fold_log(struct program *program)
{
    char *text = NULL;
    size_t size = 0;
    FILE *log = open_log(program);

    set_partitions(program, NULL);
    for (ssize_t len; (len = getline(&text, &size, log)) > 0;)
        read_line(program, text, (size_t)len);
    commit(program);
    free(text);
    fclose(log);
}

static void print_dump(const struct program *program)
{
    dump_world(stdout, &program->world, program->options.full);
    for (size_t i = 0; program->options.full && i < program->published_count; i++)
        dump_outbox(stdout, program->published[i].commit, program->published[i].count,
                    program->published[i].digest);
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
    world_init(&program.world, &program.kept, &program.config.catalogues);
    program.world.crypto = crypto_for_rules(&program.config.keys);
    program.collector.world = &program.world;
    program.collector.source = program.config.source;
    program.world.hooks = collect_hooks(&program.collector);
    program.judged = program.world.hooks.judged;
    program.world.hooks.judged = note_judged;

    fold_log(&program);
    print_dump(&program);
    if (fflush(stdout) || ferror(stdout) || (program.outcomes && fclose(program.outcomes)) ||
        (program.events && fclose(program.events)))
        fail("output", "cannot be written");
    arena_finish(&program.records);
    config_finish(&program.config); /* while the arena that holds its keys is there */
    arena_finish(&program.kept);
    return 0;
}
