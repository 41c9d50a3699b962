/* Field by field: one reader for each kind of the table. */
#include "fields.h"

#include <string.h>

#include "../handlers/forms.h"
#include "../handlers/text.h"

/* One field on its way in. */
struct reading {
    const struct decoder *decoder;
    struct arena *arena;
    const struct envelope *envelope;
    struct event *ev;
    const struct field *field;
    json_t *json;
    struct err *err;
};

typedef enum status reader(struct reading *r);

static enum status invalid(struct reading *r, const char *why)
{
    return err_reject(r->err, REASON_INVALID_FIELD, "field ", r->field->name, " ", why, NULL);
}

static void *member(struct reading *r)
{
    return (char *)r->ev + r->field->offset;
}

static void set_text(struct reading *r, const char *text)
{
    memcpy(member(r), &text, sizeof text);
}

static void set_number(struct reading *r, int64_t number)
{
    memcpy(member(r), &number, sizeof number);
}

/* The string, which jansson ends with a NUL and of which the contract refuses NUL inside. */
static const char *string_of(struct reading *r, size_t *len)
{
    if (!json_is_string(r->json))
        return NULL;
    *len = json_string_length(r->json);
    return json_string_value(r->json);
}

static enum status keep_text(struct reading *r, const char *text, size_t len)
{
    set_text(r, arena_strndup(r->arena, text, len));
    return STATUS_OK;
}

static enum status read_identifier(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !form_is_identifier(text, len))
        return invalid(r, "is not 1 to 64 of A-Z a-z 0-9 . _ : -");
    return keep_text(r, text, len);
}

static enum status read_subject_id(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (text && form_is_secret_id(text, len))
        return invalid(r, "has the form of an ID or mobile number, which must not be an id");
    return read_identifier(r);
}

static enum status read_text(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !len || form_code_points(text, len) > (size_t)r->field->max)
        return invalid(r, "is not a text of 1 to 200 characters");
    return keep_text(r, text, len);
}

static enum status read_plain_text(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (text && form_has_control(text, len))
        return invalid(r, "holds a control character");
    return read_text(r);
}

static int find_word(const struct reading *r, const char *text)
{
    for (int i = 0; r->field->words[i]; i++)
        if (text && strcmp(r->field->words[i], text) == 0)
            return i;
    return -1;
}

static enum status read_word(struct reading *r)
{
    int index = find_word(r, json_string_value(r->json));

    if (index < 0)
        return invalid(r, "is not one of the contract's words");
    set_text(r, r->field->words[index]);
    return STATUS_OK;
}

static enum status read_word_index(struct reading *r)
{
    int index = find_word(r, json_string_value(r->json));

    if (index < 0)
        return invalid(r, "is not one of the contract's words");
    set_number(r, index);
    return STATUS_OK;
}

static enum status read_mobile(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !form_is_mobile(text, len))
        return invalid(r, "is neither E.164 nor 11 digits");
    return keep_text(r, text, len);
}

static enum status read_id_number(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !form_is_id_number(text, len, r->ev->time / US_PER_DAY))
        return invalid(r, "is not 18 characters with a real date and the right check digit");
    char *upper = arena_strndup(r->arena, text, len);
    if (upper[len - 1] == 'x')
        upper[len - 1] = 'X';
    set_text(r, upper);
    crypto_id_hash(r->decoder->keys, upper, r->ev->id_hash);
    return STATUS_OK;
}

static enum status read_code(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !catalogues_find_code(r->decoder->catalogues, text))
        return invalid(r, "is not a programme's prefix and digits");
    return keep_text(r, text, len);
}

static enum status read_digest(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);

    if (!text || !form_is_digest(text, len))
        return invalid(r, "is not 64 hexadecimal digits");
    return keep_text(r, text, len);
}

static enum status read_instant(struct reading *r)
{
    size_t len;
    const char *text = string_of(r, &len);
    int64_t instant;

    if (!text || !instant_parse(text, len, &instant))
        return invalid(r, "is not an RFC 3339 instant with offset");
    set_number(r, instant);
    if (!(r->field->flags & FIELD_NOT_JUDGED) && instant > r->ev->latest)
        r->ev->latest = instant;
    return STATUS_OK;
}

static enum status read_integer(struct reading *r)
{
    if (!json_is_integer(r->json))
        return invalid(r, "is not a JSON integer");
    int64_t number = json_integer_value(r->json);
    if (number < r->field->min || number > r->field->max)
        return invalid(r, "is out of range");
    set_number(r, number);
    return STATUS_OK;
}

static enum status read_hours(struct reading *r)
{
    struct bytes raw = json_raw_member(r->envelope->data_text, r->field->name);
    int64_t tenths;

    if (!json_is_number(r->json) || !raw.at || !form_parse_hours(raw.at, raw.len, &tenths))
        return invalid(r, "is not a number above 0, at most 200, with at most one decimal");
    set_number(r, tenths);
    return STATUS_OK;
}

static enum status read_photo(struct reading *r)
{
    static const struct field parts[] = {
        {.name = "photo.sha256",
         .kind = FIELD_DIGEST,
         .offset = offsetof(struct event, photo_sha256)},
        {.name = "photo.uri", .kind = FIELD_TEXT, .offset = offsetof(struct event, photo_uri)},
    };
    struct field uri = parts[1];
    struct reading part = *r;

    if (!json_is_object(r->json))
        return invalid(r, "is not an object of sha256 and uri");
    part.field = &parts[0];
    part.json = json_object_get(r->json, "sha256");
    if (read_digest(&part) != STATUS_OK)
        return STATUS_REJECT;
    uri.max = r->field->max;
    part.field = &uri;
    part.json = json_object_get(r->json, "uri");
    size_t len;
    const char *text = string_of(&part, &len);
    if (!text || !len || form_code_points(text, len) > (size_t)uri.max)
        return invalid(&part, "is not a text of 1 to 500 characters");
    return keep_text(&part, text, len);
}

/* The letters of a choice; *fits is false when one is no letter of A to Z or comes twice. */
static const char *read_choice(struct reading *r, const json_t *choice, bool *fits)
{
    size_t count = json_array_size(choice);
    char *letters = arena_alloc(r->arena, count + 1);

    *fits = true;
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(choice, i));

        if (!text)
            return NULL;
        if (text[0] < 'A' || text[0] > 'Z' || text[1] || strchr(letters, text[0])) {
            *fits = false;
            letters[i] = '?';
        } else {
            letters[i] = text[0];
        }
    }
    return letters;
}

static enum status read_answers(struct reading *r)
{
    size_t count = json_array_size(r->json);
    struct answer *answers = arena_alloc(r->arena, (count + 1) * sizeof *answers);

    if (!json_is_array(r->json))
        return invalid(r, "is not an array");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(r->json, i);
        const json_t *question = json_object_get(one, "question");
        const json_t *choice = json_object_get(one, "choice");

        if (!json_is_string(question) ||
            !form_is_identifier(json_string_value(question), json_string_length(question)))
            return invalid(r, "has an answer whose question is no identifier");
        if (!json_is_array(choice))
            return invalid(r, "has an answer whose choice is no array");
        answers[i].question = arena_strdup(r->arena, json_string_value(question));
        answers[i].choice = read_choice(r, choice, &answers[i].choice_fits);
        if (!answers[i].choice)
            return invalid(r, "has an answer whose choice holds something else than strings");
    }
    r->ev->answers = answers;
    r->ev->answer_count = count;
    return STATUS_OK;
}

static reader *const readers[] = {
    [FIELD_IDENTIFIER] = read_identifier,
    [FIELD_SUBJECT_ID] = read_subject_id,
    [FIELD_TEXT] = read_text,
    [FIELD_PLAIN_TEXT] = read_plain_text,
    [FIELD_WORD] = read_word,
    [FIELD_WORD_INDEX] = read_word_index,
    [FIELD_MOBILE] = read_mobile,
    [FIELD_ID_NUMBER] = read_id_number,
    [FIELD_CODE] = read_code,
    [FIELD_DIGEST] = read_digest,
    [FIELD_INSTANT] = read_instant,
    [FIELD_INTEGER] = read_integer,
    [FIELD_HOURS] = read_hours,
    [FIELD_PHOTO] = read_photo,
    [FIELD_ANSWERS] = read_answers,
};

/* What one field alone cannot say. */
static enum status check_together(const struct event *ev, struct err *err)
{
    if (ev->type == EVENT_EXAM_SUBMITTED) {
        if (!ev->answers == (ev->score < 0))
            return err_reject(err, REASON_INVALID_FIELD,
                              "field answers or score: exactly one of the two must be there", NULL);
        if (ev->started_at > ev->time)
            return err_reject(err, REASON_INVALID_FIELD, "field started_at is after time", NULL);
    }
    if (ev->type == EVENT_ENROLLMENT_CORRECTED && !ev->name && !ev->mobile && !ev->employer)
        return err_reject(err, REASON_INVALID_FIELD,
                          "field name, mobile or employer: at least one must be there", NULL);
    return STATUS_OK;
}

enum status fields_read(const struct decoder *decoder, struct arena *arena,
                        const struct envelope *envelope, struct event *ev, struct err *err)
{
    const struct event_kind *kind = &event_kinds[ev->type];
    struct reading r = {
        .decoder = decoder, .arena = arena, .envelope = envelope, .ev = ev, .err = err};

    ev->score = -1;
    for (size_t i = 0; i < kind->field_count; i++) {
        r.field = &kind->fields[i];
        r.json = json_object_get(envelope->data, r.field->name);
        if (!r.json && (r.field->flags & FIELD_OPTIONAL))
            continue;
        if (!r.json)
            return invalid(&r, "is missing");
        if (readers[r.field->kind](&r) != STATUS_OK)
            return STATUS_REJECT;
    }
    return check_together(ev, err);
}

static void add_answers(struct text *text, const struct event *ev)
{
    for (size_t i = 0; i < ev->answer_count; i++) {
        text_add(text, ",");
        text_add(text, ev->answers[i].question);
        text_add(text, ":");
        text_add(text, ev->answers[i].choice);
    }
}

static void add_value(struct text *text, const struct event *ev, const struct field *field)
{
    const char *at = (const char *)ev + field->offset, *string;
    int64_t number;

    switch (field->kind) {
    case FIELD_ANSWERS:
        add_answers(text, ev);
        return;
    case FIELD_PHOTO:
        text_add(text, ev->photo_sha256);
        text_add(text, " ");
        text_add(text, ev->photo_uri);
        return;
    case FIELD_INTEGER:
    case FIELD_HOURS:
    case FIELD_INSTANT:
    case FIELD_WORD_INDEX:
        memcpy(&number, at, sizeof number);
        text_add_int(text, number);
        return;
    default:
        memcpy(&string, at, sizeof string);
        text_add(text, string);
    }
}

/* Whether an optional field is there; its kinds are those of the table. */
static bool is_there(const struct event *ev, const struct field *field)
{
    const char *string;

    if (!(field->flags & FIELD_OPTIONAL))
        return true;
    if (field->kind == FIELD_INTEGER)
        return ev->score >= 0;
    memcpy(&string, (const char *)ev + field->offset, sizeof string);
    return string != NULL;
}

void fields_hash_content(struct arena *arena, struct event *ev)
{
    const struct event_kind *kind = &event_kinds[ev->type];
    struct text text;

    text_init(&text, arena);
    text_add(&text, kind->name);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];

        if ((field->flags & FIELD_NOT_CONTENT) || !is_there(ev, field))
            continue;
        text_add_bytes(&text, "", 1); /* a NUL, which no value holds */
        text_add(&text, field->name);
        text_add(&text, "=");
        add_value(&text, ev, field);
    }
    crypto_sha256(text.at, text.len, ev->content);
}
