/* The statement that writes each table. */
#include "store_tables.h"

/* An empty byte string stands for "not brought by this
 * batch": the row's own outlives it. */
const struct table_writer table_writers[TABLES] = {
    [TABLE_PAYMENT_CODE] =
        {"ttt", "UPDATE payment_code c SET trainee_id = n.trainee_id, enrollment_id ="
                " n.enrollment_id FROM unnest($1, $2, $3) AS n (payment_code, trainee_id,"
                " enrollment_id) WHERE c.payment_code = n.payment_code"},
    [TABLE_ENROLLMENT] =
        {"ttttttttbbtttttbbzzzzzisoozioszoo",
         "INSERT INTO enrollment AS e (trainee_id, enrollment_id, term_id, payment_code, name,"
         " employer, prefecture, id_number_masked, id_number, mobile, title_level, base_id,"
         " employer_kind, photo_sha256, photo_uri, id_hash, content, submitted_at, approved_at,"
         " rejected_at, withdrawn_at, survey_at, revision, state, paid, approved, active_at, hours,"
         " survey_done, missing, due_at, approved_said, survey_due_said) SELECT * FROM unnest($1,"
         " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,"
         " $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"
         " ON CONFLICT (trainee_id, enrollment_id) DO UPDATE SET name = excluded.name,"
         " employer = excluded.employer, mobile = CASE WHEN length(excluded.mobile) = 0"
         " THEN e.mobile ELSE excluded.mobile END, approved_at = excluded.approved_at,"
         " rejected_at = excluded.rejected_at, withdrawn_at = excluded.withdrawn_at,"
         " survey_at = excluded.survey_at, revision = excluded.revision, state = excluded.state,"
         " paid = excluded.paid, approved = excluded.approved, active_at = excluded.active_at,"
         " hours = excluded.hours, survey_done = excluded.survey_done,"
         " missing = excluded.missing, due_at = excluded.due_at,"
         " approved_said = excluded.approved_said, survey_due_said = excluded.survey_due_said"},
    [TABLE_BAR] = {"ttnzz",
                   "INSERT INTO bar (trainee_id, enrollment_id, rank, barred_at, reinstated_at)"
                   " SELECT * FROM unnest($1, $2, $3, $4, $5)"
                   " ON CONFLICT (trainee_id, enrollment_id, rank) DO UPDATE SET"
                   " reinstated_at = excluded.reinstated_at"},
    [TABLE_PROGRESS] =
        {"tttbiizio",
         "INSERT INTO progress AS p (trainee_id, enrollment_id, course_id, covered, covered_s,"
         " presence_us, learned_at, cut_reports, credited_said)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
         " ON CONFLICT (trainee_id, enrollment_id, course_id) DO UPDATE SET"
         " covered = CASE WHEN length(excluded.covered) = 0 THEN p.covered"
         " ELSE excluded.covered END, covered_s = excluded.covered_s,"
         " presence_us = excluded.presence_us, learned_at = excluded.learned_at,"
         " cut_reports = excluded.cut_reports, credited_said = excluded.credited_said"},
    [TABLE_TAKEN_DAY] = {"ttib", "INSERT INTO taken_day (trainee_id, enrollment_id, day, taken)"
                                 " SELECT * FROM unnest($1, $2, $3, $4)"
                                 " ON CONFLICT (trainee_id, enrollment_id, day) DO UPDATE SET"
                                 " taken = excluded.taken"},
    [TABLE_ATTEMPT] =
        {"tttttnizziobsiio",
         "INSERT INTO attempt (trainee_id, enrollment_id, course_id, attempt_id, paper_id,"
         " partition, record_offset, attempted_at, started_at, score, passed, content, verdict,"
         " attempts_left, said, failed_said) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8,"
         " $9, $10, $11, $12, $13, $14, $15, $16)"
         " ON CONFLICT (trainee_id, enrollment_id, course_id, attempt_id) DO UPDATE SET"
         " verdict = excluded.verdict, attempts_left = excluded.attempts_left,"
         " said = excluded.said, failed_said = excluded.failed_said"},
    [TABLE_GRANT] = {"ttttttnizib",
                     "INSERT INTO exam_grant (trainee_id, enrollment_id, grant_id, course_id,"
                     " actor, reason, partition, record_offset, granted_at, extra, content)"
                     " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"},
    [TABLE_PAYMENT] =
        {"tttionizibototsoo",
         "INSERT INTO payment (payment_code, bank, bank_txn_id, arrival, settled, partition,"
         " record_offset, settled_at, amount_fen, content, late, currency, settles, receipt_no,"
         " owed, refund_requested, over_refund_said) SELECT * FROM unnest($1, $2, $3, $4, $5, $6,"
         " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
         " ON CONFLICT (payment_code, bank, bank_txn_id) DO UPDATE SET settled = excluded.settled,"
         " partition = excluded.partition, record_offset = excluded.record_offset,"
         " settled_at = excluded.settled_at, amount_fen = excluded.amount_fen,"
         " content = excluded.content, late = excluded.late, currency = excluded.currency,"
         " settles = excluded.settles, receipt_no = excluded.receipt_no, owed = excluded.owed,"
         " refund_requested = excluded.refund_requested,"
         " over_refund_said = excluded.over_refund_said"},
    [TABLE_REFUND] = {"ttttizb",
                      "INSERT INTO refund (payment_code, bank, bank_txn_id, refund_txn_id,"
                      " amount_fen, refunded_at, content)"
                      " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)"},
    [TABLE_CREDIT] = {"tttiizb",
                      "INSERT INTO credit (trainee_id, provider, evidence_no, year, hours,"
                      " credited_at, content) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)"},
    [TABLE_YEAR] = {"tiiiio",
                    "INSERT INTO year_record (trainee_id, year, revision, public_hours,"
                    " professional_hours, complete) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"
                    " ON CONFLICT (trainee_id, year) DO UPDATE SET revision = excluded.revision,"
                    " public_hours = excluded.public_hours,"
                    " professional_hours = excluded.professional_hours,"
                    " complete = excluded.complete"},
    [TABLE_CERTIFICATE] =
        {"tttootzbb",
         "INSERT INTO certificate (trainee_id, programme_id, certificate_no, ordered, stands,"
         " enrollment_id, issued_at, digest, content)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"
         " ON CONFLICT (trainee_id, programme_id) DO UPDATE SET ordered = excluded.ordered,"
         " stands = excluded.stands, enrollment_id = excluded.enrollment_id,"
         " issued_at = excluded.issued_at, digest = excluded.digest, content = excluded.content"},
    [TABLE_VERSION] = {"ttibzz",
                       "INSERT INTO certificate_version (trainee_id, programme_id, version, digest,"
                       " issued_at, revoked_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"
                       " ON CONFLICT (trainee_id, programme_id, version) DO UPDATE SET"
                       " revoked_at = excluded.revoked_at"},
    [TABLE_ANOMALY] = {"tttttz",
                       "INSERT INTO anomaly (trainee_id, enrollment_id, kind, subject, detail,"
                       " raised_at) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
    [TABLE_CLAIM] = {"btt", "INSERT INTO id_claim (id_hash, trainee_id, enrollment_id)"
                            " SELECT * FROM unnest($1, $2, $3)"},
    [TABLE_CLAIM_GONE] = {"btt",
                          "DELETE FROM id_claim c USING unnest($1, $2, $3)"
                          " AS g (id_hash, trainee_id, enrollment_id) WHERE c.id_hash = g.id_hash"
                          " AND c.trainee_id = g.trainee_id AND c.enrollment_id = g.enrollment_id"},
    [TABLE_IDENTITY] = {"tbbz", "INSERT INTO identity (subject, key, content, event_time)"
                                " SELECT * FROM unnest($1, $2, $3, $4)"},
    [TABLE_HELD] = {"tsnizb",
                    "INSERT INTO held (subject, topic, partition, record_offset, stamp, original)"
                    " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
    [TABLE_HELD_GONE] = {"tsni",
                         "DELETE FROM held h USING unnest($1, $2, $3, $4)"
                         " AS g (subject, topic, partition, record_offset)"
                         " WHERE h.subject = g.subject AND h.topic = g.topic"
                         " AND h.partition = g.partition AND h.record_offset = g.record_offset"},
    [TABLE_DEAD_LETTER] =
        {"sniitttttb",
         "INSERT INTO dead_letter (topic, partition, record_offset, number, reason, message,"
         " event_type, trainee_id, payment_code, original)"
         " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"},
    [TABLE_OUTBOX] = {"insbbb", "INSERT INTO outbox (number, seq, topic, key, headers, value)"
                                " SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"},
};
