/* Enrollments: registration, review, the ways they end, bars. */
#include <string.h>

#include "rules.h"

static enum outcome check_eligible(struct folding *f, const struct programme *programme)
{
    const struct event *ev = f->ev;

    if (strcmp(ev->series, programme->series_id) != 0)
        return REJECT(f, REASON_NOT_ELIGIBLE, "series is not the programme's");
    if (!strings_contain(&programme->title_levels, ev->title_level))
        return REJECT(f, REASON_NOT_ELIGIBLE, "title_level is not one the programme admits");
    if (!strings_contain(&programme->bases, ev->base_id))
        return REJECT(f, REASON_NOT_ELIGIBLE, "base_id is not one the programme admits");
    if (!strings_contain(&programme->employer_kinds, ev->employer_kind))
        return REJECT(f, REASON_NOT_ELIGIBLE, "employer_kind is not one the programme admits");
    return OUTCOME_APPLIED;
}

static bool claimed_by_another(const struct claims *claims, const char *trainee_id)
{
    for (size_t i = 0; i < claims->count; i++)
        if (!claims->at[i].removed && strcmp(claims->at[i].trainee_id, trainee_id) != 0)
            return true;
    return false;
}

/* R5: an earlier enrollment of the programme, or its certificate, stands in the way. */
static bool is_enrolled(const struct folding *f, const struct programme *programme)
{
    const struct certificate *certificate = trainee_find_certificate(f->trainee, programme);

    if (certificate && certificate->stands)
        return true;
    for (size_t i = 0; i < f->trainee->enrollment_count; i++) {
        const struct enrollment *earlier = f->trainee->enrollments[i];

        if (earlier->term->programme == programme && earlier->rejected_at == INSTANT_NONE &&
            earlier->withdrawn_at == INSTANT_NONE && f->ev->time < earlier->term->training_to)
            return true;
    }
    return false;
}

static enum outcome check_admission(struct folding *f, const struct term *term)
{
    const struct event *ev = f->ev;
    enum outcome outcome = check_eligible(f, term->programme);

    if (outcome != OUTCOME_APPLIED)
        return outcome;
    if (ev->time < term->registration_from || ev->time >= term->registration_to)
        return REJECT(f, REASON_OUTSIDE_REGISTRATION,
                      "time is outside the term's registration window");
    if (claimed_by_another(world_claims(f->world, ev->id_hash), ev->trainee_id))
        return REJECT(f, REASON_DUPLICATE_IDENTITY, "id_number stands behind another trainee");
    if (is_enrolled(f, term->programme))
        return REJECT(f, REASON_ALREADY_ENROLLED,
                      "an earlier enrollment in the programme is alive, or a certificate stands");
    return OUTCOME_APPLIED;
}

static const char *derive_code(const struct world *world, const struct programme *programme,
                               const char *trainee_id, const char *enrollment_id)
{
    const char *name = text_join(world->arena, "payment-code", programme->id, trainee_id,
                                 enrollment_id, NULL);
    size_t prefix = strlen(programme->code_prefix),
           digits = (size_t)programme->code_length - prefix;
    char *code = arena_alloc(world->arena, (size_t)programme->code_length + 1);
    uint8_t mac[32];
    uint64_t number = 0;

    world->crypto.hmac(world->crypto.context, SECRET_PAYMENT_CODE, name, strlen(name), mac);
    for (int i = 0; i < 8; i++)
        number = number << 8 | mac[i];
    memcpy(code, programme->code_prefix, prefix);
    for (size_t i = digits; i-- > 0; number /= 10) /* the last n digits are the number mod 10^n */
        code[prefix + i] = (char)('0' + number % 10);
    return code;
}

const char *fold_derived_code(struct world *world, const struct event *ev)
{
    const struct term *term = ev->term_id ? catalogues_find_term(world->catalogues, ev->term_id)
                                          : NULL;

    return term ? derive_code(world, term->programme, ev->trainee_id, ev->enrollment_id) : NULL;
}

#define MASK_HEAD 3
#define MASK_TAIL 4

static const char *mask_id_number(struct arena *arena, const char *id_number)
{
    char *masked = arena_strdup(arena, id_number);
    size_t len = strlen(masked);

    memset(masked + MASK_HEAD, '*', len - MASK_HEAD - MASK_TAIL);
    return masked;
}

static void fill_enrollment(struct world *world, struct enrollment *enrollment,
                            const struct event *ev, const struct term *term)
{
    struct arena *arena = world->arena;

    enrollment->term = term;
    enrollment->name = arena_strdup(arena, ev->name);
    enrollment->employer = arena_strdup(arena, ev->employer);
    enrollment->prefecture = arena_strdup(arena, ev->prefecture);
    enrollment->id_number_masked = mask_id_number(arena, ev->id_number);
    enrollment->title_level = arena_strdup(arena, ev->title_level);
    enrollment->base_id = arena_strdup(arena, ev->base_id);
    enrollment->employer_kind = arena_strdup(arena, ev->employer_kind);
    enrollment->photo_sha256 = arena_strdup(arena, ev->photo_sha256);
    enrollment->photo_uri = arena_strdup(arena, ev->photo_uri);
    enrollment->id_number = arena_strdup(arena, ev->id_number);
    enrollment->mobile = arena_strdup(arena, ev->mobile);
    memcpy(enrollment->id_hash, ev->id_hash, sizeof enrollment->id_hash);
    memcpy(enrollment->content, ev->content, sizeof enrollment->content);
    enrollment->submitted_at = ev->time;
    enrollment->is_new = enrollment->dirty = true;
}

static void claim_identity(struct world *world, const struct enrollment *enrollment)
{
    *claims_add(world, world_claims(world, enrollment->id_hash)) = (struct claim){
        .trainee_id = enrollment->trainee->trainee_id,
        .enrollment_id = enrollment->enrollment_id,
        .is_new = true,
    };
}

/* R7: the request for payment, and the SMS with the code. */
static void request_payment(struct folding *f)
{
    const struct enrollment *enrollment = f->enrollment;
    const struct programme *programme = enrollment->term->programme;
    struct effect *effect = folding_effect(f, EFFECT_PAYMENT_REQUESTED);

    effect->key = enrollment->payment_code;
    effect->u.payment.payment_code = enrollment->payment_code;
    effect->u.payment.payer_name = enrollment->name;
    effect->u.payment.programme = programme;
    effect->u.payment.pay_before = enrollment->term->training_to;
    effect_set_name(f, effect, enrollment->payment_code);

    effect = folding_notice(f, NOTICE_PAYMENT_CODE, "");
    effect->u.notice.payment_code = enrollment->payment_code;
    effect->u.notice.amount_fen = programme->fee_fen;
    effect->u.notice.pay_before = enrollment->term->training_to;
}

enum outcome handle_enrollment_submitted(struct folding *f)
{
    const struct event *ev = f->ev;
    const struct term *term = catalogues_find_term(f->world->catalogues, ev->term_id);
    const struct enrollment *known = trainee_find_enrollment(f->trainee, ev->enrollment_id);

    if (known)
        return known_before(f, known->content, "enrollment_id");
    enum outcome outcome = check_admission(f, term);
    if (outcome != OUTCOME_APPLIED)
        return outcome;
    struct code *code = world_code(
        f->world, derive_code(f->world, term->programme, ev->trainee_id, ev->enrollment_id));
    if (code->trainee_id)
        return REJECT(f, REASON_CONFLICT,
                      "the payment code derived for enrollment_id is another enrollment's");

    f->enrollment = trainee_add_enrollment(f->world, f->trainee, ev->enrollment_id);
    f->enrollment->payment_code = code->payment_code;
    fill_enrollment(f->world, f->enrollment, ev, term);
    code->trainee_id = f->trainee->trainee_id;
    code->enrollment_id = f->enrollment->enrollment_id;
    code->is_new = true;
    claim_identity(f->world, f->enrollment);
    request_payment(f);
    if (!programme_study_group(term->programme, ev->prefecture))
        folding_anomaly(f, "unknown_prefecture", "", "the prefecture is in no study group");
    f->settles = true;
    return OUTCOME_APPLIED;
}

static void drop_claim(struct world *world, const struct enrollment *enrollment)
{
    struct claims *claims = world_claims(world, enrollment->id_hash);

    for (size_t i = 0; i < claims->count; i++) {
        struct claim *claim = &claims->at[i];

        if (strcmp(claim->trainee_id, enrollment->trainee->trainee_id) == 0 &&
            strcmp(claim->enrollment_id, enrollment->enrollment_id) == 0)
            claim->removed = true;
    }
}

static void reject_enrollment(struct folding *f)
{
    struct enrollment *enrollment = f->enrollment;

    if (enrollment->rejected_at != INSTANT_NONE)
        return;
    enrollment->rejected_at = f->ev->time;
    drop_claim(f->world, enrollment);
    folding_notice(f, NOTICE_REJECTED, "")->u.notice.reason = f->ev->reason;
}

enum outcome handle_enrollment_reviewed(struct folding *f)
{
    if (f->ev->decision == DECISION_REJECTED)
        reject_enrollment(f);
    else if (f->enrollment->approved_at == INSTANT_NONE)
        f->enrollment->approved_at = f->ev->time;
    f->enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

enum outcome handle_enrollment_withdrawn(struct folding *f)
{
    if (f->enrollment->withdrawn_at == INSTANT_NONE)
        f->enrollment->withdrawn_at = f->ev->time;
    f->enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

bool enrollment_is_barred(const struct enrollment *enrollment)
{
    return enrollment->bar_count && enrollment->bars[enrollment->bar_count - 1].to == INSTANT_NONE;
}

enum outcome handle_enrollment_disqualified(struct folding *f)
{
    if (enrollment_is_barred(f->enrollment))
        return OUTCOME_APPLIED;
    enrollment_add_bar(f->world, f->enrollment)->from = f->ev->time;
    f->enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

enum outcome handle_enrollment_reinstated(struct folding *f)
{
    if (!enrollment_is_barred(f->enrollment))
        return OUTCOME_APPLIED;
    struct bar *bar = &f->enrollment->bars[f->enrollment->bar_count - 1];
    bar->to = f->ev->time > bar->from ? f->ev->time : bar->from;
    f->enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}

enum outcome handle_enrollment_corrected(struct folding *f)
{
    struct enrollment *enrollment = f->enrollment;
    const struct event *ev = f->ev;

    if (ev->name)
        enrollment->name = arena_strdup(f->world->arena, ev->name);
    if (ev->employer)
        enrollment->employer = arena_strdup(f->world->arena, ev->employer);
    if (ev->mobile)
        enrollment->mobile = arena_strdup(f->world->arena, ev->mobile);
    enrollment->dirty = f->settles = true;
    return OUTCOME_APPLIED;
}
