/* The effects of one record: collected while it is folded, sent out in the contract's order. */
#include "rules.h"

#include <string.h>

struct effect *folding_effect(struct folding *f, enum effect_type type)
{
    f->effects = arena_grow(f->world->arena, f->effects, f->effect_count, f->effect_count + 1,
                            &f->effect_cap, sizeof *f->effects);
    struct effect *effect = &f->effects[f->effect_count++];
    *effect = (struct effect){.type = type, .time = f->time};
    if (f->trainee) {
        effect->trainee_id = f->trainee->trainee_id;
        effect->key = f->trainee->trainee_id;
    }
    if (f->enrollment) {
        effect->enrollment_id = f->enrollment->enrollment_id;
        effect->subject = f->enrollment->enrollment_id;
    }
    return effect;
}

struct effect *folding_notice(struct folding *f, enum notice template, const char *subject)
{
    struct effect *effect = folding_effect(f, EFFECT_NOTIFICATION_REQUESTED);

    effect->u.notice.template = template;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, notice_name(template),
                    subject);
    return effect;
}

void folding_anomaly(struct folding *f, const char *kind, const char *subject, const char *detail)
{
    struct effect *effect = folding_effect(f, EFFECT_ANOMALY_RAISED);
    struct anomaly *anomaly = trainee_add_anomaly(f->world, f->trainee);

    *anomaly = (struct anomaly){
        .enrollment_id = f->enrollment->enrollment_id,
        .kind = kind,
        .subject = subject,
        .detail = detail,
        .time = f->time,
        .is_new = true,
    };
    effect->u.anomaly.kind = kind;
    effect->u.anomaly.subject = subject;
    effect->u.anomaly.detail = detail;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, kind, subject);
}

static int effect_compare(const struct effect *a, const struct effect *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Insertion sort: few effects, mostly in order already. */
static void sort_effects(struct effect *effects, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct effect moving = effects[i];
        size_t at = i;

        for (; at > 0 && effect_compare(&effects[at - 1], &moving) > 0; at--)
            effects[at] = effects[at - 1];
        effects[at] = moving;
    }
}

void folding_emit(struct folding *f)
{
    sort_effects(f->effects, f->effect_count);
    for (size_t i = 0; i < f->effect_count; i++)
        f->world->hooks.emit(f->world->hooks.context, &f->effects[i]);
    f->effect_count = 0;
}
