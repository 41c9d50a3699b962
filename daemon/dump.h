/* The canonical dump (fold.md section 9): JSON Lines in byte order. */
#ifndef XUESHI_DUMP_H
#define XUESHI_DUMP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../handlers/world.h"

/* The dump is one pass for each kind, in this order; `outbox` lines come last, with --full. */
enum dump_kind { DUMP_CERTIFICATE, DUMP_ENROLLMENT, DUMP_PAYMENT, DUMP_YEAR, DUMP_KINDS };

/* The trainee's lines of one kind (not DUMP_PAYMENT), in order. Trainees are to come in byte order
 * of their ids. `full` adds the members of --full. */
void dump_trainee(FILE *out, enum dump_kind kind, const struct trainee *trainee, bool full);
/* DUMP_PAYMENT: money whose code stayed unknown. Codes are to come in byte order. */
void dump_code(FILE *out, const struct code *code);
/* One commit that published: its rank in the journal, how many events, and the digest. */
void dump_outbox(FILE *out, int64_t commit, int64_t count, const uint8_t digest[32]);
/* All of a world that holds everything, outbox lines aside. */
void dump_world(FILE *out, const struct world *world, bool full);

#endif
