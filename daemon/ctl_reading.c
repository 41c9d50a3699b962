/* Dossiers in one snapshot. */
#include "ctl_reading.h"

static void new_world(struct reading *reading)
{
    world_init(&reading->world, &reading->arena, &reading->ctl->config.catalogues);
    reading->world.crypto = crypto_for_rules(&reading->ctl->config.keys);
}

enum status reading_begin(struct reading *reading, struct ctl *ctl, struct err *err)
{
    const struct config *config = &ctl->config;

    *reading = (struct reading){
        .ctl = ctl,
        .decoder =
            {
                .catalogues = &config->catalogues,
                .keys = &config->keys,
                /* A signature was checked when the record was read. */
                .signatures_required = false,
            },
    };
    new_world(reading);
    reading->store = store_new(config, &reading->decoder);
    return store_read_begin(reading->store, err);
}

void reading_forget(struct reading *reading)
{
    arena_reset(&reading->arena);
    new_world(reading);
}

void reading_finish(struct reading *reading)
{
    store_read_end(reading->store);
    store_free(reading->store);
    arena_finish(&reading->arena);
}
