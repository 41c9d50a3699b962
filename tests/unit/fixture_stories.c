/* Whole stories, and where to look for what they left. */
#include "fixture.h"

/* Stories. */

void enroll(struct fixture *fx)
{
    assert_folds(fx, submission("06-10 09:00:00"), "applied");
}

void activate(struct fixture *fx)
{
    enroll(fx);
    assert_folds(fx, approval("06-16 09:00:00"), "applied");
    assert_folds(fx, settlement("06-16 09:30:00", code_of(fx, "t1", "e1"), "x1", 20000), "applied");
}

void watch(struct fixture *fx, const char *course_id, const char *from)
{
    const struct course *course = catalogues_find_course(&fx->catalogues, course_id);
    int64_t start = civil(from);

    for (int64_t at = 0; at < course->length_s; at += 600) {
        struct event ev = played(course_id, at, at + 600, from, from);

        ev.started_at = start + at * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        assert_folds(fx, ev, "applied");
    }
}

void study(struct fixture *fx)
{
    watch(fx, "c1", "06-20 10:00:00");
    assert_folds(fx, sitting("06-20 15:00:00", "c1", "a1", 80), "applied");
    watch(fx, "c2", "06-21 10:00:00");
    assert_folds(fx, sitting("06-21 15:00:00", "c2", "a1", 90), "applied");
    assert_folds(fx, attended("l1", "07-01 10:00:00", "07-01 12:00:00"), "applied");
}

void complete(struct fixture *fx)
{
    activate(fx);
    study(fx);
    assert_folds(fx, survey("07-02 08:00:00"), "applied");
}

void pass_time(struct fixture *fx, const char *when)
{
    for (enum topic topic = TOPIC_ENROLLMENT; topic < TOPICS_IN; topic++)
        for (int32_t i = 0; i < fx->world.partition_count[topic]; i++)
            assert_folds(fx, on_partition(tick(topic, when), i), "applied");
}

struct enrollment *enrollment_of(struct fixture *fx, const char *trainee_id,
                                 const char *enrollment_id)
{
    return trainee_find_enrollment(&world_trainee(&fx->world, trainee_id)->trainee, enrollment_id);
}

struct enrollment *the_enrollment(struct fixture *fx)
{
    return enrollment_of(fx, "t1", "e1");
}

struct progress *the_course(struct fixture *fx, const char *course_id)
{
    struct progress *progress = enrollment_find_course(the_enrollment(fx), course_id);

    assert_non_null(progress);
    return progress;
}

struct certificate *the_certificate(struct fixture *fx)
{
    return trainee_find_certificate(&world_trainee(&fx->world, "t1")->trainee, &fx->programmes[0]);
}
