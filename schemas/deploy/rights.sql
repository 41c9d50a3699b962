-- Deploy xueshi:rights to pg
-- Least rights: app folds, reader looks. What is only ever added cannot be changed by anybody.
BEGIN;
SET LOCAL ROLE xueshi_owner;
SET LOCAL search_path TO :"schema";

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'XU002';
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'Guard of append-only tables: raises XU002';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal', 'journal_range', 'identity', 'dead_letter', 'exam_grant',
                                'refund', 'credit', 'anomaly', 'catalogue'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO xueshi_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['position', 'clock', 'relay', 'partition_count', 'trainee',
                                'payment_code', 'id_hash', 'enrollment', 'bar', 'progress', 'taken_day',
                                'attempt', 'payment', 'year_record', 'certificate',
                                'certificate_version'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO xueshi_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['outbox', 'held', 'id_claim'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO xueshi_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['position', 'clock', 'relay', 'partition_count', 'catalogue',
                                'journal', 'journal_range', 'trainee', 'payment_code', 'bar', 'progress',
                                'taken_day', 'attempt', 'exam_grant', 'payment', 'refund', 'credit',
                                'year_record', 'certificate', 'certificate_version', 'anomaly'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO xueshi_reader', name);
    END LOOP;
END
$$;

-- What is sealed stays out of the reader's sight.
GRANT SELECT (topic, partition, record_offset, number, reason, message, event_type, trainee_id,
              payment_code) ON dead_letter TO xueshi_reader;
GRANT SELECT (subject, topic, partition, record_offset, stamp) ON held TO xueshi_reader;
GRANT SELECT (number, seq, topic) ON outbox TO xueshi_reader;
GRANT SELECT (trainee_id, enrollment_id, term_id, payment_code, name, employer, prefecture,
              id_number_masked, title_level, base_id, employer_kind, submitted_at, approved_at,
              rejected_at, withdrawn_at, survey_at, revision, state, paid, approved,
              active_at, hours, survey_done, missing, due_at) ON enrollment TO xueshi_reader;
GRANT USAGE ON SEQUENCE journal_number TO xueshi_app;
REVOKE ALL ON FUNCTION fence(bigint, bigint), refuse_change() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fence(bigint, bigint), refuse_change() TO xueshi_app;

COMMIT;
