/* CloudEvents 1.0 over Kafka. */
#include "envelope.h"

#include <string.h>
#include <strings.h>

#include "../handlers/forms.h"
#include "../handlers/instant.h"

#define ID_MAX 128

enum attribute { SPECVERSION, ID, SOURCE, TYPE, TIME, SUBJECT, CONTENT_TYPE, ATTRIBUTES };

/* One row an attribute: its name in either mode, whether it must be there, how long it may be. */
static const struct {
    const char *header, *member;
    bool required;
    size_t max;
} attributes[ATTRIBUTES] = {
    [SPECVERSION] = {"ce_specversion", "specversion", true, 0},
    [ID] = {"ce_id", "id", true, ID_MAX},
    [SOURCE] = {"ce_source", "source", true, ID_MAX},
    [TYPE] = {"ce_type", "type", true, 0},
    [TIME] = {"ce_time", "time", true, 0},
    [SUBJECT] = {"ce_subject", "subject", false, 0},
    [CONTENT_TYPE] = {"content-type", "datacontenttype", false, 0},
};

const struct header *record_find_header(const struct record *record, const char *name,
                                        size_t *count)
{
    const struct header *found = NULL;

    *count = 0;
    for (size_t i = 0; i < record->header_count; i++) {
        if (strcasecmp(record->headers[i].name, name) != 0)
            continue;
        found = &record->headers[i];
        ++*count;
    }
    return found;
}

static enum status bad(struct err *err, enum attribute attribute, const char *why)
{
    return err_reject(err, REASON_BAD_ENVELOPE, "attribute ", attributes[attribute].member, " ",
                      why, NULL);
}

/* The form that all attributes share. */
static enum status check_text(enum attribute attribute, const struct bytes *value, struct err *err)
{
    if (!value->at || !value->len)
        return bad(err, attribute, "is empty");
    if (attributes[attribute].max && value->len > attributes[attribute].max)
        return bad(err, attribute, "is longer than 128 bytes");
    if (!form_is_utf8(value->at, value->len) || memchr(value->at, '\0', value->len))
        return bad(err, attribute, "is not UTF-8 text");
    return STATUS_OK;
}

/* Whether a media type, its parameters aside, is the given one. */
static bool is_media_type(const char *text, const char *type)
{
    size_t len = strcspn(text, ";");

    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    return len == strlen(type) && strncasecmp(text, type, len) == 0;
}

static enum status check_values(struct envelope *envelope, const char *const values[ATTRIBUTES],
                                struct err *err)
{
    if (strcmp(values[SPECVERSION], "1.0") != 0)
        return bad(err, SPECVERSION, "is not 1.0");
    if (!instant_parse(values[TIME], strlen(values[TIME]), &envelope->time))
        return bad(err, TIME, "is not an RFC 3339 instant with offset");
    if (values[CONTENT_TYPE] && !is_media_type(values[CONTENT_TYPE], "application/json"))
        return bad(err, CONTENT_TYPE, "is not application/json");
    envelope->id = values[ID];
    envelope->source = values[SOURCE];
    envelope->type = values[TYPE];
    envelope->time_text = values[TIME];
    return STATUS_OK;
}

static enum status read_headers(struct envelope *envelope, struct arena *arena,
                                const struct record *record, struct err *err)
{
    const struct header *found[ATTRIBUTES] = {0};
    const char *values[ATTRIBUTES] = {0};

    for (size_t i = 0; i < record->header_count; i++) {
        for (int a = 0; a < ATTRIBUTES; a++) {
            if (strcasecmp(record->headers[i].name, attributes[a].header) != 0)
                continue;
            if (found[a])
                return bad(err, (enum attribute)a, "comes twice");
            found[a] = &record->headers[i];
            break;
        }
    }
    for (int a = 0; a < ATTRIBUTES; a++) {
        if (!found[a] && attributes[a].required)
            return bad(err, (enum attribute)a, "is missing");
        if (!found[a])
            continue;
        if (check_text((enum attribute)a, &found[a]->value, err) != STATUS_OK)
            return STATUS_REJECT;
        values[a] = arena_strndup(arena, found[a]->value.at, found[a]->value.len);
    }
    return check_values(envelope, values, err);
}

static enum status read_members(struct envelope *envelope, struct err *err)
{
    const char *values[ATTRIBUTES] = {0};

    for (int a = 0; a < ATTRIBUTES; a++) {
        const json_t *member = json_object_get(envelope->value, attributes[a].member);

        if (!member && attributes[a].required)
            return bad(err, (enum attribute)a, "is missing");
        if (!member)
            continue;
        if (!json_is_string(member))
            return bad(err, (enum attribute)a, "is not a string");
        struct bytes text = {json_string_value(member), json_string_length(member)};
        if (check_text((enum attribute)a, &text, err) != STATUS_OK)
            return STATUS_REJECT;
        values[a] = text.at;
    }
    return check_values(envelope, values, err);
}

static enum status read_structured(struct envelope *envelope, const struct record *record,
                                   struct err *err)
{
    if (json_read_object(&record->value, &envelope->value, err) != STATUS_OK)
        return STATUS_REJECT;
    envelope->data = json_object_get(envelope->value, "data");
    if (!json_is_object(envelope->data))
        return err_reject(err, REASON_MALFORMED, "member data is not a JSON object", NULL);
    envelope->data_text = json_raw_member(record->value, "data");
    return read_members(envelope, err);
}

#define CLOUDEVENTS "application/cloudevents"

static bool begins_with_cloudevents(const struct bytes *type)
{
    size_t len = sizeof CLOUDEVENTS - 1;

    return type->at && type->len >= len && strncasecmp(type->at, CLOUDEVENTS, len) == 0;
}

/* A batch, or another format than JSON. */
static bool is_json_format(struct arena *arena, const struct bytes *type)
{
    const char *text = arena_strndup(arena, type->at, type->len);

    return is_media_type(text, CLOUDEVENTS "+json") || is_media_type(text, CLOUDEVENTS);
}

enum status envelope_read(struct envelope *envelope, struct arena *arena,
                          const struct record *record, struct err *err)
{
    size_t count;
    const struct header *type = record_find_header(record, "content-type", &count);

    *envelope = (struct envelope){.data_text = record->value};
    if (count > 1)
        return bad(err, CONTENT_TYPE, "comes twice");
    if (!type || !begins_with_cloudevents(&type->value))
        return read_headers(envelope, arena, record, err);
    envelope->structured = true;
    if (!is_json_format(arena, &type->value))
        return err_reject(err, REASON_BAD_ENVELOPE,
                          "content-type is neither application/cloudevents+json nor binary mode",
                          NULL);
    return read_structured(envelope, record, err);
}

void envelope_finish(struct envelope *envelope)
{
    json_decref(envelope->value);
    envelope->value = envelope->data = NULL;
}
