/* All metrics, gathered when somebody asks. */
#ifndef XUESHI_SCRAPE_H
#define XUESHI_SCRAPE_H

#include "exposition.h"
#include "health.h"
#include "relay.h"

/* All borrowed. */
struct scrape {
    const struct config *config;
    const struct metrics *metrics;
    const struct board_view *view;
    const struct sighting *sighting;
    struct relay *relay;
    bool ready;
    int64_t started_us; /* wall clock */
};

/* The whole exposition, of the arena. */
const char *scrape_all(const struct scrape *scrape, struct arena *arena,
                       enum exposition_format format);

#endif
