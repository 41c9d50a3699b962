-- Revert xueshi:dossier from pg
BEGIN;
SET LOCAL search_path TO :"schema";
DROP TABLE anomaly, certificate_version, certificate, year_record, credit, refund, payment,
    exam_grant, attempt, taken_day, progress, bar, enrollment, id_claim, id_hash, payment_code, trainee;
COMMIT;
