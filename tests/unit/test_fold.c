/* fold.md section 1: the net state is a function of the facts. A story in four topics comes to the
 * same in every interleaving. */
#include "fixture.h"

/* Section 1: a story in four topics, in any interleaving. */

#define STORY_MAX 40

struct story {
    struct event topics[TOPICS_IN][STORY_MAX];
    size_t counts[TOPICS_IN];
};

static void add(struct story *story, enum topic topic, struct event ev)
{
    assert_true(story->counts[topic] < STORY_MAX);
    story->topics[topic][story->counts[topic]++] = ev;
}

static void add_watching(struct story *story, const char *course_id, const char *from,
                         int64_t length)
{
    for (int64_t at = 0; at < length; at += 600) {
        struct event ev = played(course_id, at, at + 600, from, from);

        ev.started_at += at * US_PER_S;
        ev.time = ev.ended_at = ev.started_at + 600 * US_PER_S;
        add(story, TOPIC_WATCH_TIME, ev);
    }
}

static void tell_story(struct fixture *fx, struct story *story)
{
    const char *code = code_of(fx, "t1", "e1");

    add(story, TOPIC_ENROLLMENT, submission("06-10 09:00:00"));
    add(story, TOPIC_ENROLLMENT, approval("06-16 09:00:00"));
    add(story, TOPIC_ENROLLMENT, disqualification("06-20 14:00:00"));
    add(story, TOPIC_ENROLLMENT, reinstatement("06-20 16:00:00"));
    add(story, TOPIC_ENROLLMENT, survey("07-02 08:00:00"));
    add(story, TOPIC_ENROLLMENT, correction("07-03 08:00:00", "Gulnar"));
    add(story, TOPIC_ENROLLMENT, credit("07-03 09:00:00", 2023, 300, "n1"));
    add(story, TOPIC_PAYMENT, refund("06-16 09:20:00", code, "x0", "r1", 10000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:10:00", code, "x0", 10000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:30:00", code, "x1", 20000));
    add(story, TOPIC_PAYMENT, settlement("06-16 09:40:00", code, "x2", 20000));
    add(story, TOPIC_PAYMENT, receipt("06-17 09:40:00", code, "x1", "n9"));
    add_watching(story, "c1", "06-20 10:00:00", 5400);
    add_watching(story, "c2", "06-21 10:00:00", 3600);
    add(story, TOPIC_WATCH_TIME, played("c2", 0, 600, "06-20 10:05:00", "06-20 10:15:00"));
    add(story, TOPIC_WATCH_TIME, attended("l1", "07-01 10:00:00", "07-01 12:00:00"));
    add(story, TOPIC_EXAM, sitting("06-20 11:00:00", "c1", "a1", 80)); /* before learning */
    add(story, TOPIC_EXAM, sitting("06-20 15:00:00", "c1", "a2", 80)); /* barred */
    add(story, TOPIC_EXAM, sitting("06-20 17:00:00", "c1", "a3", 50));
    add(story, TOPIC_EXAM, sitting("06-20 18:00:00", "c1", "a4", 40));
    add(story, TOPIC_EXAM, sitting("06-20 19:00:00", "c1", "a5", 30));
    add(story, TOPIC_EXAM, sitting("06-20 20:00:00", "c1", "a6", 90)); /* exhausted */
    add(story, TOPIC_EXAM, grant("06-20 21:00:00", "c1", "g1", 1));
    add(story, TOPIC_EXAM, sitting("06-20 22:00:00", "c1", "a7", 90));
    add(story, TOPIC_EXAM, sitting("06-21 15:00:00", "c2", "a1", 70));
}

static void tell_attempts(struct text *text, const struct progress *progress)
{
    for (size_t i = 0; i < progress->attempt_count; i++) {
        text_add(text, " ");
        text_add(text, progress->attempts[i]->attempt_id);
        text_add(text, "=");
        text_add(text, verdict_name(progress->attempts[i]->verdict));
        text_add(text, "/");
        text_add_int(text, progress->attempts[i]->attempts_left);
    }
}

/* The net state (fold.md section 9) as one text. */
static const char *net_state(struct fixture *fx)
{
    const struct enrollment *enrollment = the_enrollment(fx);
    const struct certificate *certificate = the_certificate(fx);
    const struct trainee *trainee = enrollment->trainee;
    struct text text;

    text_init(&text, &fx->arena);
    text_add(&text, state_name(enrollment->state));
    text_add(&text, " hours ");
    text_add_tenths(&text, enrollment->hours);
    text_add(&text, " missing ");
    text_add_int(&text, enrollment->missing);
    text_add(&text, " active ");
    text_add(&text, civil_text(fx, enrollment->active_at));
    text_add(&text, " due ");
    text_add(&text, civil_text(fx, enrollment->due_at));
    for (size_t i = 0; i < enrollment->course_count; i++) {
        const struct progress *progress = enrollment->courses[i];

        text_add(&text, "\n");
        text_add(&text, progress->course->id);
        text_add(&text, " ");
        text_add_int(&text, progress->covered_s + progress->presence_us / US_PER_S);
        text_add(&text, " learned ");
        text_add(&text, civil_text(fx, progress->learned_at));
        text_add(&text, " credited ");
        text_add(&text, civil_text(fx, progress_credited_at(progress)));
        tell_attempts(&text, progress);
    }
    for (size_t i = 0; i < enrollment->payments.count; i++) {
        const struct payment *payment = enrollment->payments.at[i];

        text_add(&text, "\n");
        text_add(&text, payment->bank_txn_id);
        text_add(&text, payment->settles ? " settles " : " ");
        text_add(&text, owed_name(payment->owed) ? owed_name(payment->owed) : "nothing");
    }
    text_add(&text, "\ncertificate ");
    text_add(&text, certificate && certificate->stands ? "stands, " : "none, ");
    text_add_int(&text, certificate ? certificate->issued_at : 0);
    text_add(&text, trainee->years[0]->complete ? ", year complete" : ", year open");
    return text_string(&text);
}

/* One interleaving, drawn by the seed; seed 0 is topic after topic. */
static const char *fold_story(struct fixture *fx, const struct story *story, uint64_t seed)
{
    size_t next[TOPICS_IN] = {0}, left = 0;

    for (int topic = 0; topic < TOPICS_IN; topic++)
        left += story->counts[topic];
    for (int topic = 0; left; topic = (topic + 1) % TOPICS_IN) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t rest = story->counts[topic] - next[topic];
        size_t burst = seed == UINT64_C(1442695040888963407) ? rest : (seed >> 33) % 4;

        for (; burst && next[topic] < story->counts[topic]; burst--, left--)
            fold(fx, story->topics[topic][next[topic]++]);
    }
    return net_state(fx);
}

static void no_interleaving_changes_the_net_state(void **state)
{
    struct fixture *fx = *state;
    struct story story = {.counts = {0}};

    tell_story(fx, &story);
    const char *expected = fold_story(fx, &story, 0);
    assert_string_equal(expected,
                        "completed hours 6 missing 0 active 06-16 09:30:00 due 07-02 08:00:00\n"
                        "c1 5400 learned 06-20 11:30:00 credited 06-20 22:00:00"
                        " a1=before_learning/3 a2=barred/3 a3=counted/2 a4=counted/1 a5=counted/0"
                        " a6=exhausted/0 a7=counted/0\n"
                        "c2 3600 learned 06-21 11:00:00 credited 06-21 15:00:00 a1=counted/2\n"
                        "l1 7200 learned 07-01 12:00:00 credited 07-01 12:00:00\n"
                        "x0 nothing\nx1 settles nothing\nx2 already_settled\n"
                        "certificate stands, 1688256000000000, year complete");
    for (uint64_t seed = 1; seed <= 500; seed++) {
        void *world;

        fixture_setup(&world);
        const char *net = fold_story(world, &story, seed);
        if (strcmp(net, expected) != 0)
            fail_msg("interleaving %d:\n%s", (int)seed, net);
        fixture_teardown(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(no_interleaving_changes_the_net_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
