/* Folds logs of Kafka records in memory and prints the canonical dump: the daemon's own code
 * without Kafka and PostgreSQL (tests/LOG-FORMAT.md).
 *
 *   fold-log -c CONFIG [--full] [--outcomes FILE] [--events FILE] [LOG] */
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/decode.h"
#include "folding.h"
#include "log_lines.h"

struct options {
    const char *config, *log, *outcomes, *events;
    bool full;
};

struct program {
    struct options options;
    struct config config;
    struct decoder decoder;
    struct arena kept; /* configuration */
    struct folding_run run;
    struct arena known; /* of many logs: the records of the one that was read last */
    struct batch_item *known_items;
    size_t known_count, known_cap;
    bool *has_boundaries; /* of each log */
    size_t log_count, log_cap;
    bool is_bounded; /* the log that is being folded */
};

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "fold-log: %s: %s\n", what, why);
    exit(1);
}

/* One of many logs may be folded again in another order: its records stay. */
static void know_item(struct program *program, const struct batch_item *item)
{
    program->known_items = arena_grow(&program->known, program->known_items, program->known_count,
                                      program->known_count + 1, &program->known_cap,
                                      sizeof *program->known_items);
    program->known_items[program->known_count++] = *item;
}

static void read_record(struct program *program, const json_t *line)
{
    bool is_known = program->log_count > 1;
    struct arena *arena = is_known ? &program->known : &program->run.records;
    struct batch_item item = {.record = log_read_record(arena, line)};
    const struct place *place = &item.record->place;

    if (place->topic >= TOPICS_IN ||
        place->partition >= program->run.world.partition_count[place->topic])
        fail("log", "a record is on no input topic or beyond its partitions");
    if (decode_record(&program->decoder, arena, item.record, &item.ev, &item.err) != STATUS_OK)
        item.ev = NULL;
    folding_add(&program->run, &item);
    if (is_known)
        know_item(program, &item);
}

static void set_partitions(struct program *program, const json_t *counts)
{
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++) {
        json_int_t count = json_integer_value(json_object_get(counts, topic_name(topic)));

        world_set_partitions(&program->run.world, topic, count > 0 ? (int32_t)count : 1);
    }
}

/* A log of records that are to be read. */
static void start_log(struct program *program, size_t number)
{
    arena_reset(&program->known);
    program->known_items = NULL;
    program->known_count = program->known_cap = 0;
    program->is_bounded = program->has_boundaries[number];
    folding_start(&program->run);
}

/* The records of the log before, in the order of `places`; a negative place is a boundary. */
static void fold_again(struct program *program, const json_t *places)
{
    size_t count = json_array_size(places);

    program->is_bounded = false;
    for (size_t i = 0; i < count; i++)
        program->is_bounded |= json_integer_value(json_array_get(places, i)) < 0;
    for (size_t i = 0; i < count; i++) {
        json_int_t at = json_integer_value(json_array_get(places, i));

        if (at >= (json_int_t)program->known_count)
            fail("log", "the log before has no such record");
        if (at >= 0)
            folding_add(&program->run, &program->known_items[at]);
        if (at < 0 || !program->is_bounded)
            folding_commit(&program->run);
    }
}

/* The line that begins a log stands in each output, too. */
static void repeat_line(struct program *program, const char *text)
{
    FILE *outputs[] = {stdout, program->run.outcomes, program->run.events};

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
        folding_commit(&program->run);
    else
        read_record(program, line);
    if (!program->is_bounded)
        folding_commit(&program->run);
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

/* A line that begins a log: its records follow, or it names an order of those before. */
static void begin_log(struct program *program, const char *text, size_t number)
{
    json_error_t error;
    json_t *line = json_loads(text, 0, &error), *places = json_object_get(line, "again");
    int32_t counts[TOPICS_IN];

    if (!line)
        fail("log", error.text);
    repeat_line(program, text);
    memcpy(counts, program->run.world.partition_count, sizeof counts);
    if (!places) {
        start_log(program, number);
    } else {
        folding_start(&program->run);
        for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
            world_set_partitions(&program->run.world, topic, counts[topic]);
        fold_again(program, places);
    }
    json_decref(line);
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
                folding_finish(&program->run, stdout, program->options.full);
            begin_log(program, text, number);
            continue;
        }
        read_line(program, text, (size_t)len);
    }
    folding_finish(&program->run, stdout, program->options.full);
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
    program.run.outcomes = open_output(program.options.outcomes);
    program.run.events = open_output(program.options.events);
    program.run.config = &program.config;

    fold_logs(&program);
    if (!close_output(stdout) || !close_output(program.run.outcomes) ||
        !close_output(program.run.events))
        fail("output", "cannot be written");
    folding_free(&program.run);
    arena_finish(&program.known);
    config_finish(&program.config); /* while the arena that holds its keys is there */
    arena_finish(&program.kept);
    return 0;
}
