/* A world in memory: its time, its cryptography, and what it tells. */
#include "fixture.h"

#include <stdlib.h>

#define CIVIL_TEXT_START 5 /* what follows "2023-" */

int64_t civil(const char *text)
{
    char rfc3339[48] = "2023-";
    size_t len = strlen(text);
    int64_t instant = INSTANT_NONE;

    assert_in_range(len, 14, 21);
    memcpy(rfc3339 + CIVIL_TEXT_START, text, len);
    rfc3339[CIVIL_TEXT_START + 5] = 'T';
    memcpy(rfc3339 + CIVIL_TEXT_START + len, "+08:00", 6);
    assert_true(instant_parse(rfc3339, CIVIL_TEXT_START + len + 6, &instant));
    return instant;
}

const char *civil_text(struct fixture *fx, int64_t instant)
{
    char text[INSTANT_TEXT];

    if (instant == INSTANT_NONE)
        return "never";
    instant_format(instant + ZONE_US, text);
    text[strlen(text) - 1] = '\0'; /* the Z */
    text[CIVIL_TEXT_START + 5] = ' ';
    return arena_strdup(&fx->arena, text + CIVIL_TEXT_START);
}

/* The cryptography: any function of the bytes will do for the rules, this one is FNV-1a spread over
 * 32 bytes. */

static void spread(uint64_t seed, const void *bytes, size_t len, uint8_t out[32])
{
    const unsigned char *at = bytes;

    for (int part = 0; part < 32; part++) {
        uint64_t hash = UINT64_C(14695981039346656037) ^ (seed + (uint64_t)part * 0x9E3779B9);

        for (size_t i = 0; i < len; i++)
            hash = (hash ^ at[i]) * UINT64_C(1099511628211);
        out[part] = (uint8_t)(hash >> 40);
    }
}

static void hash(void *context, const void *bytes, size_t len, uint8_t out[32])
{
    (void)context;
    spread(1, bytes, len, out);
}

static void keyed_hash(void *context, enum secret secret, const void *bytes, size_t len,
                       uint8_t out[32])
{
    (void)context;
    spread(1000 + (uint64_t)secret, bytes, len, out);
}

/* What the fold tells. */

static void note_judged(void *context, const struct event *ev, enum outcome outcome,
                        const struct err *err, struct held *held)
{
    struct fixture *fx = context;
    const char *word = outcome == OUTCOME_REJECTED ? reason_name(err->reason)
                                                   : outcome_name(outcome);

    if (!held || outcome == OUTCOME_HELD) {
        text_init(&fx->judged, &fx->arena);
        text_add(&fx->judged, word);
        return;
    }
    assert_true(held->released);
    text_add(&fx->released, topic_name(ev->place.topic) + strlen("xueshi."));
    text_add(&fx->released, "/");
    text_add_int(&fx->released, ev->place.offset);
    text_add(&fx->released, " ");
    text_add(&fx->released, word);
    text_add(&fx->released, "\n");
}

static void note_effect(void *context, const struct effect *effect)
{
    struct fixture *fx = context;
    const char *type = effect_type_name(effect->type);

    assert_memory_equal(effect->name, type, strlen(type));
    assert_null(map_get_string(&fx->names, effect->name));
    map_put_string(&fx->names, effect->name, fx);
    assert_non_null(effect->key);
    fx->effects = arena_grow(&fx->arena, fx->effects, fx->effect_count, fx->effect_count + 1,
                             &fx->effect_cap, sizeof *fx->effects);
    fx->effects[fx->effect_count++] = *effect;
}

void fixture_index(struct fixture *fx)
{
    fx->catalogues = (struct catalogues){.programmes = fx->programme_list, .count = 2};
    catalogues_index(&fx->catalogues, &fx->arena);
    map_init(&fx->rows, &fx->arena);
    map_init(&fx->names, &fx->arena);
    world_init(&fx->world, &fx->arena, &fx->catalogues);
    fx->world.crypto = (struct crypto){NULL, hash, keyed_hash};
    fx->world.hooks = (struct world_hooks){fx, note_judged, note_effect};
    for (int topic = 0; topic < TOPICS_IN; topic++)
        world_set_partitions(&fx->world, (enum topic)topic, 1);
}

void fixture_partitions(struct fixture *fx, enum topic topic, int32_t count)
{
    world_set_partitions(&fx->world, topic, count);
}

int fixture_setup(void **state)
{
    struct fixture *fx = calloc(1, sizeof *fx);

    if (!fx)
        return -1;
    fixture_make_programmes(fx);
    text_init(&fx->released, &fx->arena);
    fixture_index(fx);
    *state = fx;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *fx = *state;

    arena_finish(&fx->arena);
    free(fx);
    return 0;
}

/* Folding. */

static void add_member(struct text *text, const struct event *ev, const struct field *field)
{
    const char *at = (const char *)ev + field->offset, *string;
    int64_t number;

    switch (field->kind) {
    case FIELD_INTEGER:
    case FIELD_HOURS:
    case FIELD_INSTANT:
    case FIELD_WORD_INDEX:
        memcpy(&number, at, sizeof number);
        text_add_int(text, number);
        return;
    case FIELD_ANSWERS:
        for (size_t i = 0; i < ev->answer_count; i++) {
            text_add(text, ev->answers[i].question);
            text_add(text, ev->answers[i].choice);
        }
        return;
    default:
        memcpy(&string, at, sizeof string);
        text_add(text, string ? string : "-");
    }
}

/* The content as fold.md section 3 has it: the type and the fields, without the time. */
static void set_content(struct fixture *fx, struct event *ev)
{
    const struct event_kind *kind = &event_kinds[ev->type];
    struct text text;

    text_init(&text, &fx->arena);
    text_add(&text, kind->name);
    for (size_t i = 0; i < kind->field_count; i++) {
        if (kind->fields[i].flags & FIELD_NOT_CONTENT)
            continue;
        text_add(&text, "\n");
        add_member(&text, ev, &kind->fields[i]);
    }
    hash(NULL, text.at, text.len, ev->content);
    if (ev->id_number)
        spread(2, ev->id_number, strlen(ev->id_number), ev->id_hash);
}

static const char *key_of(const struct event *ev)
{
    if (ev->key)
        return ev->key == no_key ? NULL : ev->key;
    if (ev->type == EVENT_CLOCK_TICKED)
        return "tick";
    return event_kinds[ev->type].subject == SUBJECT_CODE ? ev->payment_code : ev->trainee_id;
}

/* The first topic on which the type may come; a tick says its own. */
static enum topic topic_of(const struct event *ev)
{
    if (ev->type == EVENT_CLOCK_TICKED)
        return ev->place.topic;
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
        if (event_kinds[ev->type].topics & (1u << topic))
            return topic;
    return TOPICS_IN;
}

static int64_t latest_of(const struct event *ev)
{
    int64_t latest = ev->time;

    if (ev->started_at > latest)
        latest = ev->started_at;
    return ev->ended_at > latest ? ev->ended_at : latest;
}

const char *fold(struct fixture *fx, struct event ev)
{
    struct event *kept = arena_copy(&fx->arena, &ev, sizeof ev);

    kept->key = key_of(&ev);
    kept->place.topic = topic_of(&ev);
    kept->place.offset = fx->next_offset[kept->place.topic]++;
    kept->latest = latest_of(&ev);
    if (!kept->kafka_time)
        kept->kafka_time = kept->latest;
    if (!kept->source)
        kept->source = "/test";
    if (!kept->id)
        kept->id = text_from_int(&fx->arena, ++fx->next_id);
    set_content(fx, kept);
    fold_event(&fx->world, kept);
    for (;;) {
        struct passing passing = fold_next_passing(&fx->catalogues, fx->world.passed,
                                                   world_watermark(&fx->world));
        fixture_check_rows(fx);
        if (passing.what == PASSAGE_NONE)
            return text_string(&fx->judged);
        fold_pass(&fx->world, &passing);
    }
}

const char *released(struct fixture *fx)
{
    const char *lines = text_string(&fx->released);

    text_init(&fx->released, &fx->arena);
    return lines;
}
