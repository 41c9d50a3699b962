/* What the service manager is told (sd_notify(3)); without one, nothing happens. libsystemd stays
 * behind this. */
#ifndef XUESHI_NOTIFY_H
#define XUESHI_NOTIFY_H

#include <stdint.h>

/* The start is over; status is one line. */
void notify_ready(const char *status);
void notify_status(const char *status);
/* All is well, or what is not will heal without us: do not restart. */
void notify_watchdog(void);
/* The stop begins. */
void notify_stopping(const char *status);
/* Starting or stopping takes at least so long from now on. */
void notify_extend(int64_t ms);

#endif
