/* What the kernel says of this process. */
#ifndef XUESHI_PROCESS_H
#define XUESHI_PROCESS_H

#include <stdint.h>

/* -1: not to be had. */
struct process_figures {
    int64_t cpu_us, resident_bytes, virtual_bytes, open_fds, max_fds, threads;
};

void process_read(struct process_figures *out);

#endif
