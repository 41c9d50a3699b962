/* The checks that need the catalogue and the clock of the log, but no dossier (fold.md section 2):
 * key_mismatch, clock_skew, catalogue, answers that do not fit, bad_report, in this order. */
#include <string.h>

#include "rules.h"

static enum status check_key(const struct event *ev, struct err *err)
{
    bool is_code = event_kinds[ev->type].subject == SUBJECT_CODE;
    const char *expected = is_code ? ev->payment_code : ev->trainee_id;

    if (ev->key && strcmp(ev->key, expected) == 0)
        return STATUS_OK;
    return err_reject(err, REASON_KEY_MISMATCH, "the record key is not ",
                      is_code ? "payment_code" : "trainee_id", " of the data", NULL);
}

static enum status check_skew(const struct world *world, const struct event *ev, struct err *err)
{
    if (ev->latest <= ev->stamp + world->catalogues->max_skew_us)
        return STATUS_OK;
    return err_reject(err, REASON_CLOCK_SKEW,
                      "time or an instant in the data is ahead of the Kafka timestamp by more than "
                      "max_skew_s",
                      NULL);
}

static enum status check_names(const struct world *world, const struct event *ev, struct err *err)
{
    const struct catalogues *catalogues = world->catalogues;
    const struct course *course = ev->course_id ? catalogues_find_course(catalogues, ev->course_id)
                                                : NULL;

    if (ev->term_id && !catalogues_find_term(catalogues, ev->term_id))
        return err_reject(err, REASON_UNKNOWN_TERM, "term_id is in no catalogue", NULL);
    if (ev->course_id && !course)
        return err_reject(err, REASON_UNKNOWN_COURSE, "course_id is in no catalogue", NULL);
    if (ev->bank && !catalogues_know_bank(catalogues, ev->bank))
        return err_reject(err, REASON_UNKNOWN_BANK, "bank is in no catalogue", NULL);
    if (!ev->paper_id)
        return STATUS_OK;
    const struct paper *paper = catalogues_find_paper(catalogues, ev->paper_id);
    if (!paper)
        return err_reject(err, REASON_UNKNOWN_PAPER, "paper_id is in no catalogue", NULL);
    if (paper->course != course)
        return err_reject(err, REASON_WRONG_PAPER, "paper_id is the paper of another course", NULL);
    return STATUS_OK;
}

/* Each answer is to a question of the paper, each question is answered once at most. */
static enum status check_answers(const struct world *world, const struct event *ev, struct err *err)
{
    if (ev->type != EVENT_EXAM_SUBMITTED)
        return STATUS_OK;
    const struct paper *paper = catalogues_find_paper(world->catalogues, ev->paper_id);
    for (size_t i = 0; i < ev->answer_count; i++) {
        const struct answer *answer = &ev->answers[i];

        if (!paper_find_question(paper, answer->question))
            return err_reject(err, REASON_INVALID_FIELD,
                              "answers: a question that is not in the paper", NULL);
        if (!answer->choice_fits)
            return err_reject(err, REASON_INVALID_FIELD,
                              "answers: a choice is not one letter of A to Z, or comes twice",
                              NULL);
        for (size_t j = 0; j < i; j++)
            if (strcmp(ev->answers[j].question, answer->question) == 0)
                return err_reject(err, REASON_INVALID_FIELD, "answers: a question comes twice",
                                  NULL);
    }
    return STATUS_OK;
}

#define MAX_PRESENCE_US (12 * 3600 * US_PER_S) /* fold.md section 5 */

static enum status bad_report(struct err *err, const char *why)
{
    return err_reject(err, REASON_BAD_REPORT, why, NULL);
}

static enum status check_played(const struct event *ev, const struct course *course,
                                struct err *err)
{
    if (course->kind != COURSE_RECORDED)
        return bad_report(err, "course_id is a live course: it is attended, not played");
    if (ev->ended_at <= ev->started_at)
        return bad_report(err, "ended_at is not after started_at");
    if (ev->to_s <= ev->from_s)
        return bad_report(err, "to_s is not after from_s");
    if (ev->to_s > course->length_s)
        return bad_report(err, "to_s is past the length of the course");
    if (ev->ended_at - ev->started_at > course->programme->max_report_s * US_PER_S)
        return bad_report(err, "ended_at - started_at is longer than max_report_s");
    return STATUS_OK;
}

static enum status check_attended(const struct event *ev, const struct course *course,
                                  struct err *err)
{
    if (course->kind != COURSE_LIVE)
        return bad_report(err, "course_id is a recorded course: it is played, not attended");
    if (ev->ended_at <= ev->started_at)
        return bad_report(err, "left_at is not after joined_at");
    if (ev->ended_at - ev->started_at > MAX_PRESENCE_US)
        return bad_report(err, "left_at - joined_at is longer than 12 hours");
    return STATUS_OK;
}

static enum status check_report(const struct world *world, const struct event *ev, struct err *err)
{
    if (ev->type == EVENT_WATCH_PLAYED)
        return check_played(ev, catalogues_find_course(world->catalogues, ev->course_id), err);
    if (ev->type == EVENT_LIVE_ATTENDED)
        return check_attended(ev, catalogues_find_course(world->catalogues, ev->course_id), err);
    return STATUS_OK;
}

enum status check_event(const struct world *world, const struct event *ev, struct err *err)
{
    enum status status = check_key(ev, err);

    if (status == STATUS_OK)
        status = check_skew(world, ev, err);
    if (status == STATUS_OK)
        status = check_names(world, ev, err);
    if (status == STATUS_OK)
        status = check_answers(world, ev, err);
    if (status == STATUS_OK)
        status = check_report(world, ev, err);
    return status;
}
