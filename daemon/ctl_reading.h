/* Dossiers as the rules see them, for explain and dump: one snapshot of PostgreSQL. */
#ifndef XUESHI_CTL_READING_H
#define XUESHI_CTL_READING_H

#include "ctl.h"
#include "decode.h"
#include "store_read.h"

/* The keys that a reading needs: what is held is sealed, and is decoded. */
#define READING_KEYS (CONFIG_PERSON_KEY | CONFIG_PERSON_INDEX_KEY)

struct reading {
    struct ctl *ctl;
    struct decoder decoder;
    struct store *store;
    struct arena arena; /* of the world */
    struct world world;
};

/* Begins the snapshot with an empty world. reading_finish must be called in any case. */
enum status reading_begin(struct reading *reading, struct ctl *ctl, struct err *err)
    __attribute__((warn_unused_result));
/* Forgets what was loaded: for the next chunk of the same snapshot. */
void reading_forget(struct reading *reading);
void reading_finish(struct reading *reading);

#endif
