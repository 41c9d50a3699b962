/* What the fold tells, gathered into a batch. */
#include "collect.h"

#include <string.h>

#include "crypto.h"

void collect_refusal(struct collector *collector, const struct record *record,
                     const struct event *ev, const struct err *err)
{
    struct batch *batch = collector->batch;

    batch->dead_letters = arena_grow(batch->arena, batch->dead_letters, batch->dead_letter_count,
                                     batch->dead_letter_count + 1, &batch->dead_letter_cap,
                                     sizeof *batch->dead_letters);
    batch->dead_letters[batch->dead_letter_count++] = (struct dead_letter){
        .original = record,
        .reason = err->reason,
        .message = arena_strdup(batch->arena, err->message),
        .trainee_id = ev ? ev->trainee_id : NULL,
        .payment_code = ev ? ev->payment_code : NULL,
        .event_type = ev ? event_kinds[ev->type].name : NULL,
        .out = encode_dead_letter(batch->arena, record, err),
    };
}

static struct batch_partition *partition_of(const struct batch *batch, const struct place *place)
{
    for (size_t i = 0; i < batch->partition_count; i++) {
        struct batch_partition *partition = &batch->partitions[i];

        if (partition->topic == place->topic && partition->partition == place->partition)
            return partition;
    }
    return NULL;
}

static void count(struct batch *batch, const struct place *place, enum event_type type,
                  enum outcome outcome)
{
    struct batch_partition *partition = partition_of(batch, place);

    batch->outcomes[type][outcome]++;

    if (partition)
        partition->counts[outcome]++;
}

static void note_held(struct batch *batch, struct held *held)
{
    batch->held = arena_grow(batch->arena, batch->held, batch->held_count, batch->held_count + 1,
                             &batch->held_cap, sizeof(struct held *));
    batch->held[batch->held_count++] = held;
}

static void judged(void *context, const struct event *ev, enum outcome outcome,
                   const struct err *err, struct held *held)
{
    struct collector *collector = context;
    bool released = held && outcome != OUTCOME_HELD;

    if (!released)
        count(collector->batch, &ev->place, ev->type, outcome);
    if (held && !released) {
        held->original = collector->item->record;
        note_held(collector->batch, held);
    } else if (released && !held->is_new) {
        note_held(collector->batch, held);
    }
    if (outcome == OUTCOME_REJECTED)
        collect_refusal(collector, released ? held->original : collector->item->record, ev, err);
}

static void emit(void *context, const struct effect *effect)
{
    struct collector *collector = context;
    struct batch *batch = collector->batch;

    batch->messages = arena_grow(batch->arena, batch->messages, batch->message_count,
                                 batch->message_count + 1, &batch->message_cap,
                                 sizeof *batch->messages);
    batch->messages[batch->message_count++] = encode_effect(batch->arena, collector->source,
                                                            collector->issuer, effect);
}

struct world_hooks collect_hooks(struct collector *collector)
{
    return (struct world_hooks){.context = collector, .judged = judged, .emit = emit};
}

void collect_batch(struct collector *collector)
{
    struct batch *batch = collector->batch;

    for (size_t i = 0; i < batch->item_count; i++) {
        const struct batch_item *item = &batch->items[i];

        collector->item = item;
        if (item->ev) {
            fold_event(collector->world, item->ev);
            continue;
        }
        count(batch, &item->record->place, EVENT_TYPES, OUTCOME_REJECTED);
        collect_refusal(collector, item->record, NULL, &item->err);
    }
    collector->item = NULL;
    for (size_t i = 0; i < batch->partition_count; i++) {
        struct batch_partition *partition = &batch->partitions[i];

        partition->tick_stamp =
            collector->world->clocks[partition->topic][partition->partition].tick_stamp;
    }
}

void collect_published(const struct batch *batch, struct text *text)
{
    for (size_t i = 0; i < batch->message_count; i++) {
        text_add(text, batch->messages[i]->ce_id);
        text_add(text, "\n");
        text_add(text, topic_name(batch->messages[i]->record.place.topic));
        text_add(text, "\n");
    }
}

void collect_digest(const struct batch *batch, uint8_t digest[32])
{
    struct text text;

    text_init(&text, batch->arena);
    collect_published(batch, &text);
    crypto_sha256(text_string(&text), text.len, digest);
}
