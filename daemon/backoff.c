/* Waits while something heals. */
#include "backoff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "log.h"

#define FIRST_MS   50
#define LONGEST_MS 5000

void backoff_note(struct backoff *backoff, const char *message)
{
    if (backoff->failures && strcmp(backoff->said, message) == 0)
        return;
    snprintf(backoff->said, sizeof backoff->said, "%s", message);
    log_write(LOG_LEVEL_WARN, "trying again", "error", message, NULL);
}

int backoff_next_ms(struct backoff *backoff)
{
    int doublings = backoff->failures < 10 ? backoff->failures : 10;
    int wait = FIRST_MS << doublings;
    unsigned chance = 0;

    backoff->failures++;
    if (wait > LONGEST_MS)
        wait = LONGEST_MS;
    /* Without randomness all wait alike: slower, not wrong. */
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = 0;
    return wait - (int)(chance % (unsigned)(wait / 2));
}

void backoff_over(struct backoff *backoff)
{
    if (backoff->failures)
        log_write(LOG_LEVEL_INFO, "works again", NULL);
    memset(backoff, 0, sizeof *backoff);
}
