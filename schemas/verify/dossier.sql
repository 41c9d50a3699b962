-- Verify xueshi:dossier on pg
BEGIN;
SET LOCAL search_path TO :"schema";
SELECT trainee_id, enrollment_id, id_number, mobile, state, missing FROM enrollment WHERE false;
SELECT trainee_id, enrollment_id, course_id, covered FROM progress WHERE false;
SELECT trainee_id, enrollment_id, day, taken FROM taken_day WHERE false;
SELECT trainee_id, enrollment_id, course_id, attempt_id, verdict FROM attempt WHERE false;
SELECT payment_code, bank, bank_txn_id, amount_fen, owed FROM payment WHERE false;
SELECT trainee_id, programme_id, certificate_no, stands FROM certificate WHERE false;
SELECT trainee_id, programme_id, version, digest FROM certificate_version WHERE false;
SELECT trainee_id, year, complete FROM year_record WHERE false;
ROLLBACK;
