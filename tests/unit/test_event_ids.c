/* S16 and fold.md section 8: ids say what the event says. They are those that Python's uuid gives.
 */
#include "fixture.h"

#include "../../daemon/encode.h"

/* The effects of a story as messages. */
static struct message *encode_first(struct fixture *fx, enum effect_type type)
{
    for (size_t i = 0; i < fx->effect_count; i++)
        if (fx->effects[i].type == type)
            return encode_effect(&fx->arena, "/xueshid", NULL, &fx->effects[i]);
    fail_msg("%s was not said", effect_type_name(type));
    return NULL;
}

/* uuid.uuid5(uuid.UUID("7b0c3a52-6f0e-5d0b-9d54-2f3c1b1f9a10"), name) of Python. */
static void ids_are_uuid5_of_what_the_event_says(void **state)
{
    struct fixture *fx = *state;
    static const struct {
        enum effect_type type;
        const char *name, *id;
    } rows[] = {
        {EFFECT_COURSE_LEARNED, "xueshi.course.learned.v1\nt1\ne1\nc1",
         "6a340fb3-6f4d-537e-b9ee-11a9f8a0fe61"},
        {EFFECT_COURSE_CREDITED, "xueshi.course.credited.v1\nt1\ne1\nc1",
         "7a026847-c1a4-5e26-a6be-f9109da4c19e"},
        {EFFECT_EXAM_GRADED, "xueshi.exam.graded.v1\nt1\ne1\nc1\na1\n1",
         "4618136b-178a-5636-92a8-5978b6392459"},
        {EFFECT_ENROLLMENT_CHANGED, "xueshi.enrollment.changed.v1\nt1\ne1\n1",
         "1e0b0987-e608-58c9-91f8-51b931e5eb0e"},
        {EFFECT_YEAR_CHANGED, "xueshi.year.changed.v1\nt1\n2023\n1",
         "75c85c61-2b50-5401-823b-af5da33cd12e"},
        {EFFECT_NOTIFICATION_REQUESTED, "xueshi.notification.requested.v1\nt1\ne1\npayment-code\n",
         "98f0f92e-f282-5d62-bf2a-1a0168188dd4"},
    };

    complete(fx);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct message *message = encode_first(fx, rows[i].type);

        assert_string_equal(message->ce_id, rows[i].id);
        size_t at = 0;
        while (fx->effects[at].type != rows[i].type)
            at++;
        assert_string_equal(fx->effects[at].name, rows[i].name);
    }
}

/* The names of the others, by the last part of each. */
static void names_hold_what_section_8_lists(void **state)
{
    struct fixture *fx = *state;
    const char *code = code_of(fx, "t1", "e1");
    struct event ev = sitting("06-22 15:00:00", "c3", "a9", 10);

    complete(fx);
    watch(fx, "c3", "06-22 10:00:00");
    ev.started_at = ev.time;
    assert_folds(fx, ev, "applied");
    assert_folds(fx, settlement("07-03 09:00:00", code, "x2", 20000), "applied");
    assert_folds(fx, withdrawal("07-10 09:00:00"), "applied");
    const char *number = the_certificate(fx)->certificate_no;
    struct arena *arena = &fx->arena;
    const char *const expected[] = {
        text_join(arena, "xueshi.payment.requested.v1", code, NULL),
        text_join(arena, "xueshi.refund.requested.v1", code, "BOC", "x2", NULL),
        text_join(arena, "xueshi.refund.requested.v1", code, "BOC", "x1", NULL),
        text_join(arena, "xueshi.anomaly.raised.v1", "t1", "e1", "fast_exam", "c3/a9", NULL),
        text_join(arena, "xueshi.certificate.issued.v1", number, "1", "issued", NULL),
        text_join(arena, "xueshi.certificate.revoked.v1", number, "1", "revoked", NULL),
        text_join(arena, "xueshi.notification.requested.v1", "t1", "e1", "exam-failed", "c3/a9",
                  NULL),
        text_join(arena, "xueshi.notification.requested.v1", "t1", "e1", "certificate", "1", NULL),
        text_join(arena, "xueshi.notification.requested.v1", "t1", "e1", "revoked", "1", NULL),
        text_join(arena, "xueshi.notification.requested.v1", "t1", "e1", "survey-due", "", NULL),
        text_join(arena, "xueshi.notification.requested.v1", "t1", "e1", "approved", "", NULL),
    };
    for (size_t i = 0; i < LENGTH(expected); i++) {
        size_t at = 0;

        while (at < fx->effect_count && strcmp(fx->effects[at].name, expected[i]) != 0)
            at++;
        if (at == fx->effect_count)
            fail_msg("no name \"%s\"", expected[i]);
    }
    for (size_t i = 0; i < fx->effect_count; i++) /* S16: no two events share an id */
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(fx->effects[i].name, fx->effects[j].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(ids_are_uuid5_of_what_the_event_says),
        FIXTURE_TEST(names_hold_what_section_8_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
