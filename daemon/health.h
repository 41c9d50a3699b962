/* Whether all is well, and if not, in words. A pure judgement of what was seen. */
#ifndef XUESHI_HEALTH_H
#define XUESHI_HEALTH_H

#include "observer.h"

enum health {
    HEALTH_READY,    /* owns partitions that move, or stands by */
    HEALTH_STARTING, /* not all workers know yet what is theirs */
    HEALTH_WAITING,  /* for the world: a restart would not help */
    HEALTH_STUCK     /* ours: a restart may help */
};

struct health_facts {
    const char *waits_for; /* the start's check of the world: what is missing; NULL: passed */
    bool stopping;
    const struct board_view *view;
    const struct sighting *sighting;
    int64_t now_ms; /* clock_now_ms */
};

#define HEALTH_REASON 400

/* `reason` gets one sentence without a final stop; "" if ready. */
enum health health_judge(const struct health_facts *facts, char reason[HEALTH_REASON]);

#endif
