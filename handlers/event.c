/* Topics and places. */
#include "event.h"

#include <string.h>

static const char *const topics[TOPICS] = {
    [TOPIC_ENROLLMENT] = "xueshi.enrollment",
    [TOPIC_PAYMENT] = "xueshi.payment",
    [TOPIC_WATCH_TIME] = "xueshi.watch-time",
    [TOPIC_EXAM] = "xueshi.exam",
    [TOPIC_PAYMENT_REQUEST] = "xueshi.payment-request",
    [TOPIC_NOTIFICATION] = "xueshi.notification",
    [TOPIC_PROGRESS] = "xueshi.progress",
    [TOPIC_CERTIFICATE] = "xueshi.certificate",
    [TOPIC_DEAD_LETTER] = "xueshi.dead-letter",
};

const char *topic_name(enum topic topic)
{
    return topics[topic];
}

enum topic topic_from_name(const char *name)
{
    int topic = 0;

    while (topic < TOPICS && strcmp(topics[topic], name) != 0)
        topic++;
    return (enum topic)topic;
}

int place_compare(const struct place *a, const struct place *b)
{
    if (a->topic != b->topic)
        return a->topic < b->topic ? -1 : 1;
    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return 0;
}

enum event_type event_type_from_name(const char *name)
{
    int type = 0;

    while (type < EVENT_TYPES && strcmp(event_kinds[type].name, name) != 0)
        type++;
    return (enum event_type)type;
}
