/* A world in memory for the tests of the rules: the small demonstration programme beside another
 * one, events as short calls, and what the fold says as lines of text.
 *
 * Instants are civil time of Asia/Shanghai in 2023: "06-20 10:00:00", with a fraction if it has
 * one. Unless a test says otherwise, events are of trainee t1 and enrollment e1, have an id of
 * their own, stand behind the ones before on partition 0 and were stamped when they happened. */
#ifndef XUESHI_TEST_FIXTURE_H
#define XUESHI_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../handlers/fold.h"
#include "../../handlers/text.h"

enum { FIXTURE_TERMS = 3, FIXTURE_COURSES = 6, FIXTURE_PAPERS = 4 };

struct fixture {
    struct arena arena;
    /* May be altered by a test before its first event; fixture_index then. */
    struct programme programmes[2]; /* demo-2023, other-2023 */
    struct term terms[FIXTURE_TERMS];
    struct course courses[FIXTURE_COURSES];
    struct paper papers[FIXTURE_PAPERS];
    const struct programme *programme_list[2];
    struct catalogues catalogues;
    struct world world;
    int64_t next_offset[TOPICS_IN];
    int64_t next_id;
    struct text judged; /* of the record itself: the outcome, or the reason it was refused for */
    struct text released;
    struct map rows;  /* as a store would have kept them: fixture_check_rows */
    struct map names; /* of all effects so far, none twice (S16) */
    struct effect *effects;
    size_t effect_count, effect_cap;
};

/* cmocka's setup and teardown: *state is a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

/* Fills in programmes, terms, courses and papers. */
void fixture_make_programmes(struct fixture *fx);
/* Indexes the catalogues anew, into an empty world. */
void fixture_index(struct fixture *fx);
/* Where the first test event of a topic stands; for several partitions. */
void fixture_partitions(struct fixture *fx, enum topic topic, int32_t count);

/* The instant of a civil time; the text of an instant. */
int64_t civil(const char *text);
const char *civil_text(struct fixture *fx, int64_t instant);

/* Fails if a row changed that is not marked for the store, and takes the marks off; fold does it.
 */
void fixture_check_rows(struct fixture *fx);

/* The key that means: none. */
extern const char no_key[];

/* Folds one event and whatever time brings after it; returns "applied", "duplicate", "held" or the
 * reason of the refusal. */
const char *fold(struct fixture *fx, struct event ev);
/* What was released since the last call, "exam/3 applied" a line, in order. */
const char *released(struct fixture *fx);
/* What was said since the last call, an effect a line (see fixture.c), in order. */
const char *said(struct fixture *fx);
/* The same of one type only: the lines that begin with `word`. */
const char *said_of(struct fixture *fx, const char *word);

#define ZONE_US       (INT64_C(8) * 3600 * US_PER_S) /* Asia/Shanghai in 2023 */
#define LENGTH(table) (sizeof(table) / sizeof *(table))

#define assert_folds(fx, ev, word) assert_string_equal(fold((fx), (ev)), (word))
#define assert_says(fx, lines)     assert_string_equal(said(fx), (lines))

/* Of another trainee and enrollment. */
struct event whose(struct event ev, const char *trainee_id, const char *enrollment_id);
/* Stamped then. */
struct event stamped(struct event ev, const char *when);
/* On that partition. */
struct event on_partition(struct event ev, int32_t partition);

struct event submission(const char *when);
struct event approval(const char *when);
struct event rejection(const char *when, const char *reason);
struct event withdrawal(const char *when);
struct event disqualification(const char *when);
struct event reinstatement(const char *when);
struct event correction(const char *when, const char *name);
struct event survey(const char *when);
struct event credit(const char *when, int64_t year, int64_t tenths, const char *evidence_no);
struct event revocation(const char *when, const char *certificate_no);
struct event settlement(const char *when, const char *code, const char *txn, int64_t amount_fen);
struct event refund(const char *when, const char *code, const char *txn, const char *refund_txn,
                    int64_t amount_fen);
struct event receipt(const char *when, const char *code, const char *txn, const char *receipt_no);
struct event played(const char *course_id, int64_t from_s, int64_t to_s, const char *from,
                    const char *to);
struct event attended(const char *course_id, const char *from, const char *to);
/* Scored; begun half an hour before. The paper is the course's: c1 has p1. */
struct event sitting(const char *when, const char *course_id, const char *attempt_id,
                     int64_t score);
struct event grant(const char *when, const char *course_id, const char *grant_id, int64_t extra);
struct event tick(enum topic topic, const char *when);

/* The payment code that a submission to term 2023-1 derives. */
const char *code_of(struct fixture *fx, const char *trainee_id, const char *enrollment_id);

/* Whole stories, each step of which is applied. */
void enroll(struct fixture *fx);   /* submitted 06-10 09:00:00 */
void activate(struct fixture *fx); /* enrolled; active_at 06-16 09:30:00 */
/* The recorded course from its first second on, in reports of ten minutes, from then on. */
void watch(struct fixture *fx, const char *course_id, const char *from);
/* c1 and c2 passed on 06-20 and 06-21, l1 attended on 07-01 until 12:00: six hours. */
void study(struct fixture *fx);
/* Active, studied, survey on 07-02 08:00:00: the certificate is out. */
void complete(struct fixture *fx);
/* One tick on each partition of each input topic: the watermark. */
void pass_time(struct fixture *fx, const char *when);

struct enrollment *enrollment_of(struct fixture *fx, const char *trainee_id,
                                 const char *enrollment_id);
/* e1 of t1. */
struct enrollment *the_enrollment(struct fixture *fx);
/* Its course, which must have progress. */
struct progress *the_course(struct fixture *fx, const char *course_id);
/* Of t1 in demo-2023; NULL: none. */
struct certificate *the_certificate(struct fixture *fx);

#endif
