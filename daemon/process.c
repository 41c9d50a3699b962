/* What the kernel says of this process: proc(5), getrusage(2). */
#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int64_t cpu_us(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return -1;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static int64_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    int64_t count = 0;

    if (!folder)
        return -1;
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

static void read_memory(struct process_figures *out)
{
    FILE *in = fopen("/proc/self/statm", "re");
    long long pages = 0, resident = 0;
    int64_t page = sysconf(_SC_PAGESIZE);

    out->virtual_bytes = out->resident_bytes = -1;
    if (!in)
        return;
    if (fscanf(in, "%lld %lld", &pages, &resident) == 2) {
        out->virtual_bytes = pages * page;
        out->resident_bytes = resident * page;
    }
    (void)fclose(in);
}

void process_read(struct process_figures *out)
{
    struct rlimit files;
    int64_t fds = count_entries("/proc/self/fd");

    out->cpu_us = cpu_us();
    out->open_fds = fds > 0 ? fds - 1 : fds; /* but for the one that reads this */
    out->max_fds = getrlimit(RLIMIT_NOFILE, &files) == 0 ? (int64_t)files.rlim_cur : -1;
    out->threads = count_entries("/proc/self/task");
    read_memory(out);
}
