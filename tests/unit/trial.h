/* Records for the tests of the decoder: a valid sample of each type, altered a little, decoded. */
#ifndef XUESHI_TEST_TRIAL_H
#define XUESHI_TEST_TRIAL_H

#include "../../daemon/decode.h"
#include "fixture.h"

#define TRIAL_HEADERS_MAX 16
#define TRIAL_SECRET      "0123456789abcdef0123456789abcdef"
#define TRIAL_STAMP_MS    INT64_C(1687300000000) /* 2023-06-20T22:26:40Z */
#define TRIAL_TIME        "2023-06-20T10:00:00+08:00"

/* The members that name an enrollment; a payment. */
#define EDGE  "\"enrollment_id\":\"e1\",\"trainee_id\":\"t1\""
#define MONEY "\"payment_code\":\"65010000000000000001\",\"bank\":\"BOC\",\"bank_txn_id\":\"x1\""

/* The attributes of a structured record. */
#define MEMBERS(type)                                                                              \
    "\"specversion\":\"1.0\",\"id\":\"id-1\",\"source\":\"/platform\",\"type\":\"" type            \
    "\",\"time\":\"" TRIAL_TIME "\""
#define SURVEY "xueshi.survey.submitted.v1"

/* A record under construction, and what became of it. */
struct trial {
    struct fixture *fx;
    struct decoder decoder;
    struct keys keys;
    struct signature_key *signers[1];
    struct signature_keys signer_list;
    struct record record;
    struct header headers[TRIAL_HEADERS_MAX];
    struct event *ev;
    struct err err;
};

/* A valid sample of each type: its topic, key and data. */
struct sample {
    enum topic topic;
    const char *key, *data;
};

extern const struct sample trial_samples[EVENT_TYPES];

struct bytes bytes_of(const char *text);
int trial_setup(void **state);
int trial_teardown(void **state);
void trial_add_header(struct trial *trial, const char *name, const char *value);
struct header *trial_header(struct trial *trial, const char *name);
void trial_drop_header(struct trial *trial, const char *name);
/* Begins anew: the sample of a type in binary mode. */
void trial_begin(struct trial *trial, enum event_type type);
/* "ok", or the reason. */
const char *trial_decode(struct trial *trial);
const char *trial_decode_data(struct trial *trial, enum event_type type, const char *data);
/* The sample's data with one member replaced by a JSON text, or taken out when text is NULL. */
const char *trial_altered(struct trial *trial, enum event_type type, const char *member,
                          const char *json_text);
const char *trial_decode_altered(struct trial *trial, enum event_type type, const char *member,
                                 const char *json_text);
/* The data as the event of a structured record with the given other members. */
void trial_begin_structured(struct trial *trial, enum event_type type, const char *members);

#define TRIAL_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

#endif
