/* Whether all is well: the first of these questions that is answered badly says why not. */
#include "health.h"

#include <stdio.h>

#define STALLED_MS 30000 /* records wait, and nothing is committed */
#define BEAT_MS    90000 /* longer than any single wait of a worker */
#define SIGHT_MS   30000 /* the observer's timeouts add up to less */

static enum health say(char reason[HEALTH_REASON], enum health health, const char *text)
{
    (void)snprintf(reason, HEALTH_REASON, "%s", text);
    return health;
}

static enum health judge_start(const struct health_facts *facts, char reason[HEALTH_REASON])
{
    if (facts->stopping)
        return say(reason, HEALTH_STARTING, "the daemon is stopping");
    if (facts->waits_for && *facts->waits_for)
        return say(reason, HEALTH_WAITING, facts->waits_for);
    if (facts->waits_for)
        return say(reason, HEALTH_STARTING, "Kafka and PostgreSQL are being checked");
    return HEALTH_READY;
}

static enum health judge_sight(const struct health_facts *facts, char reason[HEALTH_REASON])
{
    const struct sighting *sighting = facts->sighting;

    if (*sighting->postgresql)
        return say(reason, HEALTH_WAITING, sighting->postgresql);
    if (*sighting->kafka)
        return say(reason, HEALTH_WAITING, sighting->kafka);
    if (!sighting->looked_ms)
        return say(reason, HEALTH_STARTING, "Kafka and PostgreSQL are being looked at");
    if (facts->now_ms - sighting->looked_ms > SIGHT_MS)
        return say(reason, HEALTH_STUCK, "the observer does not come back");
    return HEALTH_READY;
}

static enum health judge_worker(const struct board_worker *worker, size_t index, int64_t now_ms,
                                char reason[HEALTH_REASON])
{
    const char *what = worker->state == WORKER_STARTING ? "waits for its place in the group"
                                                        : "takes its partitions over";

    if (worker->state == WORKER_PASSING_TIME)
        return HEALTH_READY;
    if (now_ms - worker->beat_ms > BEAT_MS) {
        (void)snprintf(reason, HEALTH_REASON, "worker %zu does not move", index);
        return HEALTH_STUCK;
    }
    if (worker->state == WORKER_AT_WORK)
        return HEALTH_READY;
    (void)snprintf(reason, HEALTH_REASON, "worker %zu %s%s%s", index, what,
                   *worker->why ? ": " : "", worker->why);
    return *worker->why ? HEALTH_WAITING : HEALTH_STARTING;
}

static enum health judge_workers(const struct health_facts *facts, char reason[HEALTH_REASON])
{
    enum health worst = HEALTH_READY;
    char said[HEALTH_REASON];

    for (size_t i = 0; i < facts->view->worker_count; i++) {
        enum health health = judge_worker(&facts->view->workers[i], i, facts->now_ms, said);

        if (health > worst)
            (void)say(reason, worst = health, said);
    }
    return worst;
}

/* A commit that is tried again fails for a reason of the world; so does one that waits for a
 * closing of ours. Where nothing is even tried, something is wrong with us. */
static enum health judge_owner(const struct health_facts *facts, const struct board_partition *one,
                               const char **why)
{
    *why = facts->view->workers[one->owner].why;
    if (**why)
        return HEALTH_WAITING;
    for (size_t i = 0; i < facts->view->worker_count; i++)
        if (facts->view->workers[i].state == WORKER_PASSING_TIME) {
            *why = "a closing or reminder run is under way";
            return HEALTH_WAITING;
        }
    return HEALTH_STUCK;
}

static enum health judge_partitions(const struct health_facts *facts, char reason[HEALTH_REASON])
{
    enum health worst = HEALTH_READY;

    for (size_t i = 0; i < facts->view->partition_count; i++) {
        const struct board_partition *one = &facts->view->partitions[i];
        const char *why;

        if (one->owner < 0 || one->stalled_ms <= STALLED_MS)
            continue;
        enum health health = judge_owner(facts, one, &why);
        if (health <= worst)
            continue;
        worst = health;
        (void)snprintf(reason, HEALTH_REASON,
                       "%s partition %d stands at offset %lld since %lld s, with records behind "
                       "it%s%s",
                       topic_name(one->topic), (int)one->partition, (long long)one->next,
                       (long long)(one->stalled_ms / 1000), *why ? ": " : "", why);
    }
    return worst;
}

enum health health_judge(const struct health_facts *facts, char reason[HEALTH_REASON])
{
    static enum health (*const questions[])(const struct health_facts *, char *) = {
        judge_start,
        judge_sight,
        judge_workers,
        judge_partitions,
    };
    enum health health = HEALTH_READY;

    *reason = '\0';
    for (size_t i = 0; i < sizeof questions / sizeof *questions && health == HEALTH_READY; i++)
        health = questions[i](facts, reason);
    return health;
}
