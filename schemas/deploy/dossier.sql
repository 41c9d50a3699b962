-- Deploy xueshi:dossier to pg
-- What is kept of each trainee. The distribution key leads every key: trainee_id, or the table's own
-- (payment_code, id_hash). Hours are tenths, money fen, media seconds, instants UTC.
BEGIN;
SET LOCAL ROLE xueshi_owner;
SET LOCAL search_path TO :"schema";

CREATE TABLE trainee (
    trainee_id text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE trainee IS 'One row for each trainee that an event ever named: what a batch locks';

CREATE TABLE payment_code (
    payment_code text COLLATE "C" PRIMARY KEY,
    trainee_id text COLLATE "C",
    enrollment_id text COLLATE "C",
    CHECK ((trainee_id IS NULL) = (enrollment_id IS NULL))
);
COMMENT ON TABLE payment_code IS 'Whose code it is (R7); without trainee: named by a bank, not known (yet)';

CREATE TABLE id_hash (
    id_hash bytea PRIMARY KEY CHECK (length(id_hash) = 32)
);
COMMENT ON TABLE id_hash IS 'One row for each ID number (keyed hash) that was ever claimed: what a batch locks';

CREATE TABLE id_claim (
    id_hash bytea NOT NULL,
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (id_hash, trainee_id, enrollment_id)
);
COMMENT ON TABLE id_claim IS 'Enrollments with an ID number that no review has rejected (R6)';

CREATE TABLE enrollment (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    term_id text COLLATE "C" NOT NULL,
    payment_code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    employer text NOT NULL,
    prefecture text NOT NULL,
    id_number_masked text NOT NULL CHECK (id_number_masked ~ '^[0-9]{3}[*]{11}[0-9]{3}[0-9X]$'),
    id_number bytea NOT NULL,
    mobile bytea NOT NULL,
    title_level text NOT NULL,
    base_id text NOT NULL,
    employer_kind text NOT NULL,
    photo_sha256 text NOT NULL,
    photo_uri text NOT NULL,
    id_hash bytea NOT NULL CHECK (length(id_hash) = 32),
    content bytea NOT NULL CHECK (length(content) = 32),
    submitted_at timestamptz NOT NULL,
    approved_at timestamptz,
    rejected_at timestamptz,
    withdrawn_at timestamptz,
    survey_at timestamptz,
    revision bigint NOT NULL CHECK (revision >= 0),
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 6),
    paid boolean NOT NULL,
    approved boolean NOT NULL,
    active_at timestamptz,
    hours bigint NOT NULL CHECK (hours >= 0),
    survey_done boolean NOT NULL,
    missing smallint NOT NULL,
    due_at timestamptz,
    approved_said boolean NOT NULL,
    survey_due_said boolean NOT NULL,
    PRIMARY KEY (trainee_id, enrollment_id),
    CONSTRAINT completed_is_due CHECK ((state = 2) = (due_at IS NOT NULL)),
    CONSTRAINT ended_has_no_hours CHECK (state < 4 OR hours = 0)
) WITH (fillfactor = 80);
COMMENT ON TABLE enrollment IS 'One trainee in one term: what was submitted, the facts since, and what follows from them as last said';
COMMENT ON COLUMN enrollment.id_number IS 'Sealed (AES-256-GCM, bound to row and column)';
COMMENT ON COLUMN enrollment.mobile IS 'Sealed likewise';
COMMENT ON COLUMN enrollment.id_hash IS 'Keyed hash of the ID number: sameness without the number';
COMMENT ON COLUMN enrollment.state IS '0 pending, 1 active, 2 completed, 3 disqualified, 4 rejected, 5 withdrawn, 6 refunded';
COMMENT ON COLUMN enrollment.missing IS 'Sum of 1 payment, 2 approval, 4 hours, 8 survey, 16 reinstatement';
COMMENT ON COLUMN enrollment.revision IS 'Changes said by enrollment.changed, from 1';

CREATE TABLE bar (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    rank integer NOT NULL,
    barred_at timestamptz NOT NULL,
    reinstated_at timestamptz CHECK (reinstated_at >= barred_at),
    PRIMARY KEY (trainee_id, enrollment_id, rank)
);
COMMENT ON TABLE bar IS 'Disqualifications [barred_at, reinstated_at) in log order (R23); null: open';

CREATE TABLE progress (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    course_id text COLLATE "C" NOT NULL,
    covered bytea NOT NULL,
    covered_s bigint NOT NULL CHECK (covered_s >= 0),
    presence_us bigint NOT NULL CHECK (presence_us >= 0),
    learned_at timestamptz,
    cut_reports bigint NOT NULL CHECK (cut_reports >= 0),
    credited_said boolean NOT NULL,
    PRIMARY KEY (trainee_id, enrollment_id, course_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE progress IS 'Watched time of one course (R17)';
COMMENT ON COLUMN progress.covered IS 'Media seconds played, as intervals: base-128 varints, zigzag of the first bound, then length and gap in turn';
COMMENT ON COLUMN progress.presence_us IS 'Live courses: microseconds present inside the broadcast';

CREATE TABLE taken_day (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    taken bytea NOT NULL,
    PRIMARY KEY (trainee_id, enrollment_id, day)
) WITH (fillfactor = 70);
COMMENT ON TABLE taken_day IS 'Wall-clock time that was claimed on one civil day: a second counts once (R17.3)';
COMMENT ON COLUMN taken_day.day IS 'Days from 1970-01-01 of the civil date in the programme''s zone';
COMMENT ON COLUMN taken_day.taken IS 'Intervals in microseconds since 1970, coded as progress.covered';

CREATE TABLE attempt (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    course_id text COLLATE "C" NOT NULL,
    attempt_id text COLLATE "C" NOT NULL,
    paper_id text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    attempted_at timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    score bigint NOT NULL CHECK (score BETWEEN 0 AND 100),
    passed boolean NOT NULL,
    content bytea NOT NULL CHECK (length(content) = 32),
    verdict smallint NOT NULL CHECK (verdict BETWEEN 0 AND 6),
    attempts_left bigint NOT NULL CHECK (attempts_left >= 0),
    said bigint NOT NULL CHECK (said > 0),
    failed_said boolean NOT NULL,
    PRIMARY KEY (trainee_id, enrollment_id, course_id, attempt_id)
);
COMMENT ON TABLE attempt IS 'Exams (R19 to R23), with the verdict as last said';
COMMENT ON COLUMN attempt.verdict IS '0 open, 1 counted, 2 exhausted, 3 before_learning, 4 outside_training, 5 barred, 6 never_learned';

CREATE TABLE exam_grant (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    grant_id text COLLATE "C" NOT NULL,
    course_id text COLLATE "C" NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    granted_at timestamptz NOT NULL,
    extra bigint NOT NULL CHECK (extra BETWEEN 1 AND 3),
    content bytea NOT NULL CHECK (length(content) = 32),
    PRIMARY KEY (trainee_id, enrollment_id, grant_id)
);
COMMENT ON TABLE exam_grant IS 'Extra attempts with actor and reason (R21)';

CREATE TABLE payment (
    payment_code text COLLATE "C" NOT NULL,
    bank text COLLATE "C" NOT NULL,
    bank_txn_id text COLLATE "C" NOT NULL,
    arrival bigint NOT NULL,
    settled boolean NOT NULL,
    partition integer,
    record_offset bigint,
    settled_at timestamptz,
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    content bytea,
    late boolean NOT NULL,
    currency text,
    settles boolean NOT NULL,
    receipt_no text,
    owed smallint NOT NULL CHECK (owed BETWEEN 0 AND 4),
    refund_requested boolean NOT NULL,
    over_refund_said boolean NOT NULL,
    PRIMARY KEY (payment_code, bank, bank_txn_id),
    CONSTRAINT settled_has_its_facts CHECK (settled = (settled_at IS NOT NULL AND content IS NOT NULL AND amount_fen > 0)),
    CONSTRAINT settles_only_if_settled CHECK (settled OR NOT settles)
);
CREATE UNIQUE INDEX payment_settles_once ON payment (payment_code) WHERE settles;
COMMENT ON TABLE payment IS 'Money of one (code, bank, transaction), R8 and R9';
COMMENT ON COLUMN payment.arrival IS 'Order in which the rows of the code came into being, from 0';
COMMENT ON COLUMN payment.owed IS '0 nothing, 1 wrong_amount, 2 already_settled, 3 enrollment_ended, 4 unknown_code';

CREATE TABLE refund (
    payment_code text COLLATE "C" NOT NULL,
    bank text COLLATE "C" NOT NULL,
    bank_txn_id text COLLATE "C" NOT NULL,
    refund_txn_id text COLLATE "C" NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    refunded_at timestamptz NOT NULL,
    content bytea NOT NULL CHECK (length(content) = 32),
    PRIMARY KEY (payment_code, bank, bank_txn_id, refund_txn_id)
);
COMMENT ON TABLE refund IS 'Money given back by the banks';

CREATE TABLE credit (
    trainee_id text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    evidence_no text COLLATE "C" NOT NULL,
    year bigint NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    hours bigint NOT NULL CHECK (hours BETWEEN 1 AND 2000),
    credited_at timestamptz NOT NULL,
    content bytea NOT NULL CHECK (length(content) = 32),
    PRIMARY KEY (trainee_id, provider, evidence_no)
);
COMMENT ON TABLE credit IS 'Imported public hours (R2)';

CREATE TABLE year_record (
    trainee_id text COLLATE "C" NOT NULL,
    year bigint NOT NULL,
    revision bigint NOT NULL CHECK (revision > 0),
    public_hours bigint NOT NULL CHECK (public_hours >= 0),
    professional_hours bigint NOT NULL CHECK (professional_hours >= 0),
    complete boolean NOT NULL,
    PRIMARY KEY (trainee_id, year)
);
COMMENT ON TABLE year_record IS 'A trainee''s year (R2), as last said by year.changed';

CREATE TABLE certificate (
    trainee_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    certificate_no text COLLATE "C" NOT NULL CHECK (certificate_no ~ '^[0-9]{4}-[A-Z0-9]{4}-[0-9A-Z]{12}-[0-9A-Z]$'),
    ordered boolean NOT NULL,
    stands boolean NOT NULL,
    enrollment_id text COLLATE "C",
    issued_at timestamptz,
    digest bytea CHECK (length(digest) = 32),
    content bytea CHECK (length(content) = 32),
    PRIMARY KEY (trainee_id, programme_id),
    CONSTRAINT ordered_away_does_not_stand CHECK (NOT (ordered AND stands)),
    CONSTRAINT standing_has_content CHECK (NOT stands OR (enrollment_id IS NOT NULL AND issued_at IS NOT NULL AND digest IS NOT NULL))
);
COMMENT ON TABLE certificate IS 'The certificate of a trainee in a programme (R25, R29): at most one';

CREATE TABLE certificate_version (
    trainee_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    issued_at timestamptz NOT NULL,
    revoked_at timestamptz CHECK (revoked_at >= issued_at),
    PRIMARY KEY (trainee_id, programme_id, version)
);
COMMENT ON TABLE certificate_version IS 'Every version that was issued';
COMMENT ON COLUMN certificate_version.revoked_at IS 'Null: stands, or was replaced by the next version';

CREATE TABLE anomaly (
    trainee_id text COLLATE "C" NOT NULL,
    enrollment_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    detail text NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (trainee_id, enrollment_id, kind, subject)
);
COMMENT ON TABLE anomaly IS 'Signs of cheating and other oddities, each once (R17.6)';

COMMIT;
