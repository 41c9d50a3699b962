/* Certificates (R25, R29; fold.md section 7): one per trainee and programme, in versions. */
#include <string.h>

#include "rules.h"

#define NUMBER_SYMBOLS 12
#define CROCKFORD      "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define ALPHABET_36    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ISO 7064 MOD 37,36 over the letters and digits of the text; other characters are skipped. */
static char check_character(const char *text)
{
    int product = 36;

    for (; *text; text++) {
        const char *symbol = strchr(ALPHABET_36, *text);

        if (!symbol)
            continue;
        int sum = (product + (int)(symbol - ALPHABET_36)) % 36;
        product = (sum ? sum : 36) * 2 % 37;
    }
    return ALPHABET_36[(37 - product) % 36];
}

const char *certificate_number(const struct world *world, const struct programme *programme,
                               const char *trainee_id)
{
    const char *name = text_join(world->arena, "certificate-no", programme->id, trainee_id, NULL);
    uint8_t mac[32];
    char symbols[NUMBER_SYMBOLS + 1] = {0};
    uint64_t bits = 0;
    struct text number;

    world->crypto.hmac(world->crypto.context, SECRET_CERTIFICATE_NO, name, strlen(name), mac);
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | mac[i];
    for (int i = 0; i < NUMBER_SYMBOLS; i++) /* the first 60 bits, five at a time */
        symbols[i] = CROCKFORD[bits >> (59 - 5 * i) & 31];

    text_init(&number, world->arena);
    text_add_int(&number, programme->year);
    text_add(&number, "-");
    text_add(&number, programme->series_code);
    text_add(&number, "-");
    text_add(&number, symbols);
    char check = check_character(number.at);
    text_add(&number, "-");
    text_add_bytes(&number, &check, 1);
    return number.at;
}

/* RFC 8785 of {"courses":…,"payment":…}: identifiers need no escapes, numbers are exact. */
static const char *evidence_text(struct arena *arena, const struct evidence *evidence,
                                 const struct payment *payment)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, "{\"courses\":[");
    for (size_t i = 0; i < evidence->count; i++) {
        const struct progress *progress = evidence->courses[i];
        bool is_live = progress->course->kind == COURSE_LIVE;

        text_add(&text, i ? ",{\"course_id\":\"" : "{\"course_id\":\"");
        text_add(&text, progress->course->id);
        text_add(&text, "\",\"hours\":");
        text_add_tenths(&text, progress->course->hours);
        text_add(&text, is_live ? ",\"kind\":\"live\"" : ",\"kind\":\"recorded\",\"score\":");
        if (!is_live)
            text_add_int(&text, progress_pass(progress)->score);
        text_add(&text, "}");
    }
    text_add(&text, "],\"payment\":{\"bank\":\"");
    text_add(&text, payment->bank);
    text_add(&text, "\",\"bank_txn_id\":\"");
    text_add(&text, payment->bank_txn_id);
    text_add(&text, "\"}}");
    return text.at;
}

/* What a certificate says: all of certificate.issued but its version. */
struct content {
    const struct enrollment *enrollment;
    struct evidence evidence;
    const struct payment *payment;
    uint8_t digest[32];  /* of the evidence */
    uint8_t content[32]; /* of all of it */
};

static void hash_text(const struct world *world, const char *text, uint8_t out[32])
{
    world->crypto.sha256(world->crypto.context, text, strlen(text), out);
}

static struct content make_content(const struct world *world, const struct enrollment *enrollment)
{
    struct arena *arena = world->arena;
    struct content content = {
        .enrollment = enrollment,
        .evidence = enrollment_evidence(arena, enrollment),
        .payment = enrollment_settlement(enrollment),
    };
    const char *evidence = evidence_text(arena, &content.evidence, content.payment);

    hash_text(world, evidence, content.digest);
    hash_text(world,
              text_join(arena, enrollment->enrollment_id, enrollment->name,
                        enrollment->id_number_masked, enrollment->term->id,
                        text_from_int(arena, enrollment->due_at), evidence, NULL),
              content.content);
    return content;
}

/* The completed enrollment with the earliest due_at, then enrollment_id; NULL: none. */
static const struct enrollment *first_due(const struct trainee *trainee,
                                          const struct programme *programme)
{
    const struct enrollment *first = NULL;

    for (size_t i = 0; i < trainee->enrollment_count; i++) { /* by enrollment_id */
        const struct enrollment *enrollment = trainee->enrollments[i];

        if (enrollment->term->programme == programme && enrollment->due_at != INSTANT_NONE &&
            (!first || enrollment->due_at < first->due_at))
            first = enrollment;
    }
    return first;
}

static struct certificate *find_or_add(struct folding *f, struct trainee *trainee,
                                       const struct programme *programme)
{
    struct certificate *certificate = trainee_find_certificate(trainee, programme);

    if (certificate)
        return certificate;
    certificate = trainee_add_certificate(f->world, trainee, programme);
    certificate->certificate_no = certificate_number(f->world, programme, trainee->trainee_id);
    certificate->is_new = certificate->dirty = true;
    return certificate;
}

static struct effect *certificate_effect(struct folding *f, enum effect_type type,
                                         const struct certificate *certificate, int64_t version)
{
    struct effect *effect = folding_effect(f, type);

    effect->subject = certificate->certificate_no;
    effect->enrollment_id = certificate->enrollment_id;
    effect_set_name(f, effect, certificate->certificate_no, text_from_int(f->world->arena, version),
                    type == EFFECT_CERTIFICATE_ISSUED ? "issued" : "revoked");
    return effect;
}

static struct effect *certificate_notice(struct folding *f, enum notice template,
                                         const struct certificate *certificate, int64_t version)
{
    struct effect *effect = folding_effect(f, EFFECT_NOTIFICATION_REQUESTED);

    effect->subject = effect->enrollment_id = certificate->enrollment_id;
    effect->u.notice.template = template;
    effect->u.notice.certificate_no = certificate->certificate_no;
    effect->u.notice.version = version;
    effect_set_name(f, effect, effect->trainee_id, effect->enrollment_id, notice_name(template),
                    text_from_int(f->world->arena, version));
    return effect;
}

static const struct evidence_course *copy_courses(struct arena *arena,
                                                  const struct evidence *evidence)
{
    struct evidence_course *courses = arena_alloc(arena, evidence->count * sizeof *courses);

    for (size_t i = 0; i < evidence->count; i++) {
        const struct attempt *pass = progress_pass(evidence->courses[i]);

        courses[i].course = evidence->courses[i]->course;
        courses[i].score = pass ? pass->score : -1;
    }
    return courses;
}

static struct effect *say_issued(struct folding *f, const struct certificate *certificate,
                                 const struct content *content, int64_t version)
{
    const struct enrollment *enrollment = content->enrollment;
    struct effect *effect = certificate_effect(f, EFFECT_CERTIFICATE_ISSUED, certificate, version);

    effect->time = certificate->issued_at;
    effect->u.issued.certificate_no = certificate->certificate_no;
    effect->u.issued.version = version;
    effect->u.issued.holder_name = enrollment->name;
    effect->u.issued.id_number_masked = enrollment->id_number_masked;
    effect->u.issued.term = enrollment->term;
    effect->u.issued.hours = content->evidence.hours;
    effect->u.issued.issued_at = certificate->issued_at;
    effect->u.issued.courses = copy_courses(f->world->arena, &content->evidence);
    effect->u.issued.course_count = content->evidence.count;
    effect->u.issued.bank = content->payment->bank;
    effect->u.issued.bank_txn_id = content->payment->bank_txn_id;
    memcpy(effect->u.issued.digest, content->digest, sizeof content->digest);
    return effect;
}

static void issue(struct folding *f, struct certificate *certificate, const struct content *content)
{
    struct certificate_version *version = certificate_add_version(f->world, certificate);
    int64_t replaced_version = certificate->stands ? version->version - 1 : 0;
    int64_t before = certificate->issued_at;

    certificate->stands = true;
    certificate->enrollment_id = content->enrollment->enrollment_id;
    certificate->issued_at = content->enrollment->due_at;
    memcpy(certificate->digest, content->digest, sizeof certificate->digest);
    memcpy(certificate->content, content->content, sizeof certificate->content);
    certificate->dirty = true;
    version->issued_at = certificate->issued_at;
    memcpy(version->digest, content->digest, sizeof version->digest);
    version->is_new = version->dirty = true;
    struct effect *effect = say_issued(f, certificate, content, version->version);
    if (replaced_version) {
        effect->u.issued.replaced_version = replaced_version;
        effect->u.issued.replaced_at = before > version->issued_at ? before : version->issued_at;
    }
    certificate_notice(f, NOTICE_CERTIFICATE, certificate, version->version);
}

static enum revoked_reason revoked_reason(const struct folding *f, const struct trainee *trainee,
                                          const struct certificate *certificate)
{
    if (f->ev->type == EVENT_REVOCATION_ORDERED)
        return REVOKED_ORDERED;
    switch (trainee_find_enrollment(trainee, certificate->enrollment_id)->state) {
    case STATE_REJECTED:
        return REVOKED_REJECTED;
    case STATE_WITHDRAWN:
        return REVOKED_WITHDRAWN;
    case STATE_REFUNDED:
        return REVOKED_REFUNDED;
    case STATE_PENDING:
    case STATE_ACTIVE:
    case STATE_COMPLETED:
    case STATE_DISQUALIFIED:
        break;
    }
    return REVOKED_DISQUALIFIED;
}

static void revoke(struct folding *f, const struct trainee *trainee,
                   struct certificate *certificate)
{
    struct certificate_version *version = &certificate->versions[certificate->version_count - 1];
    enum revoked_reason reason = revoked_reason(f, trainee, certificate);
    int64_t revoked_at = f->time > certificate->issued_at ? f->time : certificate->issued_at;
    struct effect *effect = certificate_effect(f, EFFECT_CERTIFICATE_REVOKED, certificate,
                                               version->version);

    effect->time = revoked_at;
    effect->u.revoked.certificate_no = certificate->certificate_no;
    effect->u.revoked.version = version->version;
    effect->u.revoked.revoked_at = revoked_at;
    effect->u.revoked.reason = reason;
    effect->u.revoked.detail = f->ev->reason;
    certificate_notice(f, NOTICE_REVOKED, certificate, version->version)->u.notice.revoked_reason =
        reason;
    certificate->stands = false;
    certificate->dirty = true;
    version->revoked_at = revoked_at;
    version->dirty = true;
}

void settle_certificate(struct folding *f, struct trainee *trainee,
                        const struct programme *programme)
{
    struct certificate *certificate = trainee_find_certificate(trainee, programme);
    const struct enrollment *due = first_due(trainee, programme);

    if (certificate && certificate->ordered)
        due = NULL;
    if (!due) {
        if (certificate && certificate->stands)
            revoke(f, trainee, certificate);
        return;
    }
    struct content content = make_content(f->world, due);
    if (certificate && certificate->stands &&
        memcmp(certificate->content, content.content, sizeof content.content) == 0)
        return;
    issue(f, find_or_add(f, trainee, programme), &content);
}

enum outcome handle_revocation_ordered(struct folding *f)
{
    const struct catalogues *catalogues = f->world->catalogues;

    for (size_t i = 0; i < catalogues->count; i++) {
        const struct programme *programme = catalogues->programmes[i];
        const char *number = certificate_number(f->world, programme, f->ev->trainee_id);

        if (strcmp(number, f->ev->certificate_no) != 0)
            continue;
        struct certificate *certificate = find_or_add(f, f->trainee, programme);
        certificate->ordered = certificate->dirty = f->settles = true;
        settle_certificate(f, f->trainee, programme);
        return OUTCOME_APPLIED;
    }
    return REJECT(f, REASON_UNKNOWN_CERTIFICATE,
                  "certificate_no is not derived from this trainee and a programme");
}
