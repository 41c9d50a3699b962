/* The machine's clocks: for waiting and measuring, never for the rules. */
#ifndef XUESHI_CLOCK_H
#define XUESHI_CLOCK_H

#include <stdint.h>

/* Never goes back; counts from an arbitrary instant. */
int64_t clock_now_ms(void);
int64_t clock_now_us(void);
/* Since 1970-01-01T00:00:00Z, as the machine has it. */
int64_t clock_wall_us(void);

#endif
