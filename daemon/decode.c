/* Bytes to events, in the order of the checks of fold.md section 2. */
#include "decode.h"

#include <string.h>

#include "envelope.h"
#include "fields.h"

/* One record on its way. */
struct decoding {
    const struct decoder *decoder;
    struct arena *arena;
    const struct record *record;
    struct envelope envelope;
    json_t *data; /* owned, binary mode */
    const struct signature_key *signer;
    struct event *ev;
    struct err *err;
};

static enum status find_type(struct decoding *d)
{
    enum event_type type = event_type_from_name(d->envelope.type);

    if (type == EVENT_TYPES)
        return err_reject(d->err, REASON_UNKNOWN_TYPE, "attribute type is none that comes in",
                          NULL);
    if (!(event_kinds[type].topics & 1u << d->record->place.topic))
        return err_reject(d->err, REASON_WRONG_TOPIC, "attribute type ", event_kinds[type].name,
                          " does not belong on this topic", NULL);
    d->ev = arena_alloc(d->arena, sizeof *d->ev);
    d->ev->type = type;
    return STATUS_OK;
}

static enum status bad_signature(struct decoding *d, const char *why)
{
    return err_reject(d->err, REASON_BAD_SIGNATURE, why, NULL);
}

static enum status check_signature(struct decoding *d)
{
    size_t key_count, count;
    const struct header *key = record_find_header(d->record, "signature-key", &key_count);
    const struct header *signature = record_find_header(d->record, "signature", &count);

    if (key_count != 1 || count != 1)
        return bad_signature(d, "header signature-key or signature is missing or comes twice");
    if (!key->value.at || !signature->value.at || memchr(key->value.at, '\0', key->value.len))
        return bad_signature(d, "header signature-key or signature is no text");
    d->signer = signature_verify(d->decoder->signature_keys,
                                 arena_strndup(d->arena, key->value.at, key->value.len),
                                 &signature->value, d->envelope.id, d->envelope.type,
                                 d->envelope.time_text, &d->record->value);
    if (!d->signer)
        return bad_signature(d, "the key is not known, or the signature is not of this record");
    return STATUS_OK;
}

/* Binary mode: the value is the data. */
static enum status read_data(struct decoding *d)
{
    if (d->envelope.structured)
        return STATUS_OK;
    enum status status = json_read_object(&d->record->value, &d->data, d->err);
    d->envelope.data = d->data;
    return status;
}

static const char *key_text(struct decoding *d)
{
    const struct bytes *key = &d->record->key;

    if (!key->at || memchr(key->at, '\0', key->len))
        return NULL;
    return arena_strndup(d->arena, key->at, key->len);
}

#define TIMESTAMP_MAX_MS INT64_C(253402300799999) /* of the year 9999 */

/* A producer may stamp its records with anything: cut to what an instant can be. */
static int64_t instant_of(int64_t timestamp_ms)
{
    if (timestamp_ms < 0)
        return 0;
    return (timestamp_ms < TIMESTAMP_MAX_MS ? timestamp_ms : TIMESTAMP_MAX_MS) * 1000;
}

static void fill_event(struct decoding *d)
{
    struct event *ev = d->ev;

    ev->place = d->record->place;
    ev->key = key_text(d);
    ev->source = arena_strdup(d->arena, d->envelope.source);
    ev->id = arena_strdup(d->arena, d->envelope.id);
    ev->time = d->envelope.time;
    ev->kafka_time = instant_of(d->record->timestamp_ms);
    ev->latest = ev->time;
}

static bool is_remembered(const struct event *ev)
{
    return ev->type != EVENT_WATCH_PLAYED && ev->type != EVENT_LIVE_ATTENDED;
}

static enum status read_event(struct decoding *d)
{
    bool demanded;

    if (find_type(d) != STATUS_OK)
        return STATUS_REJECT;
    demanded = event_kinds[d->ev->type].is_signed && d->decoder->signatures_required;
    if (demanded && check_signature(d) != STATUS_OK)
        return STATUS_REJECT;
    if (read_data(d) != STATUS_OK)
        return STATUS_REJECT;
    fill_event(d);
    if (fields_read(d->decoder, d->arena, &d->envelope, d->ev, d->err) != STATUS_OK)
        return STATUS_REJECT;
    if (demanded && !signature_key_is_for(d->signer, d->ev->bank))
        return bad_signature(d, "the key is not one of the bank that the data names");
    if (is_remembered(d->ev))
        fields_hash_content(d->arena, d->ev);
    return STATUS_OK;
}

enum status decode_record(const struct decoder *decoder, struct arena *arena,
                          const struct record *record, struct event **ev, struct err *err)
{
    struct decoding d = {.decoder = decoder, .arena = arena, .record = record, .err = err};
    enum status status = envelope_read(&d.envelope, arena, record, err);

    if (status == STATUS_OK)
        status = read_event(&d);
    *ev = status == STATUS_OK ? d.ev : NULL;
    json_decref(d.data);
    envelope_finish(&d.envelope);
    return status;
}
