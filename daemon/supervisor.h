/* The supervisor: what the outside is told. Owns observer, HTTP server and what they show; judges
 * health, answers /livez, /readyz and /metrics, and speaks to the service manager.
 *
 * All functions are the main thread's; board and metrics are anybody's. */
#ifndef XUESHI_SUPERVISOR_H
#define XUESHI_SUPERVISOR_H

#include "health.h"
#include "metrics.h"
#include "relay.h"

struct supervisor;

/* Begins to listen, or tries again later; all borrowed things outlive it. */
struct supervisor *supervisor_new(const struct config *config, rd_kafka_t *client,
                                  struct relay *relay);
void supervisor_free(struct supervisor *supervisor);

struct metrics *supervisor_metrics(struct supervisor *supervisor);
struct board *supervisor_board(struct supervisor *supervisor);

/* While Kafka and PostgreSQL are checked, before each try: what was missing the last time, "" at
 * first. */
void supervisor_checking(struct supervisor *supervisor, const char *missing);
/* They are as they must be: workers may start. */
void supervisor_checked(struct supervisor *supervisor, const int32_t counts[TOPICS_IN]);
/* About once a second from then on, until all threads have ended. */
void supervisor_beat(struct supervisor *supervisor);
/* The stop begins; what is under way is brought to an end. */
void supervisor_stopping(struct supervisor *supervisor);

#endif
