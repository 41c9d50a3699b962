-- Deploy xueshi:log to pg
-- What ties PostgreSQL to Kafka. Instants are UTC; topics are the contract's, numbered in the order
-- enrollment 0, payment 1, watch-time 2, exam 3, payment-request 4, notification 5, progress 6,
-- certificate 7, dead-letter 8.
BEGIN;
SET LOCAL ROLE xueshi_owner;
SET LOCAL search_path TO :"schema";

CREATE TABLE partition_count (
    topic smallint PRIMARY KEY,
    count integer NOT NULL CHECK (count > 0)
);
COMMENT ON TABLE partition_count IS 'Partitions of each input topic, fixed at the first start: another count would move keys';

CREATE TABLE position (
    topic smallint NOT NULL CHECK (topic BETWEEN 0 AND 3),
    partition integer NOT NULL CHECK (partition >= 0),
    epoch bigint NOT NULL DEFAULT 0,
    owner text,
    next_offset bigint NOT NULL DEFAULT 0,
    applied bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    gaps bigint NOT NULL DEFAULT 0,
    tick_stamp timestamptz,
    PRIMARY KEY (topic, partition),
    CONSTRAINT every_offset_is_accounted CHECK (applied + duplicate + held + rejected + gaps = next_offset)
);
COMMENT ON TABLE position IS 'How far each input partition is folded; moved by compare-and-set on epoch and next_offset, in the transaction that holds the batch';
COMMENT ON COLUMN position.epoch IS 'Raised whenever a process takes the partition over; an older one can move nothing';
COMMENT ON COLUMN position.owner IS 'Instance that took it over last';
COMMENT ON COLUMN position.next_offset IS 'The first offset not yet folded';
COMMENT ON COLUMN position.applied IS 'Offsets passed whose record was applied; duplicate, held, rejected likewise, by the outcome when passed';
COMMENT ON COLUMN position.gaps IS 'Offsets passed without a record (control records, compaction, accepted gaps)';
COMMENT ON COLUMN position.tick_stamp IS 'Stamp of the last clock.ticked folded (fold.md section 1)';

CREATE TABLE clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    passed timestamptz
);
INSERT INTO clock DEFAULT VALUES;
COMMENT ON TABLE clock IS 'One row: locked shared by every batch, exclusively by a closing or reminder run';
COMMENT ON COLUMN clock.passed IS 'Reminders and closings before it are done; a term is closed when its close_at is before it. The microseconds rank runs that share an instant';

CREATE TABLE catalogue (
    programme_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    text text NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    actor text,
    reason text,
    PRIMARY KEY (programme_id, digest)
);
COMMENT ON TABLE catalogue IS 'Every catalogue text that was in force; the newest accepted one is';

CREATE SEQUENCE journal_number;

CREATE TABLE journal (
    number bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('batch', 'reminder', 'closing', 'catalogue', 'gap')),
    term_id text COLLATE "C",
    passed timestamptz,
    days_left smallint,
    events integer NOT NULL DEFAULT 0,
    digest bytea CHECK (length(digest) = 32),
    committed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((events > 0) = (digest IS NOT NULL))
);
COMMENT ON TABLE journal IS 'Every commit that folded something, numbered after its locks were held, so that the order of numbers agrees with theirs: a rebuild follows it';
COMMENT ON COLUMN journal.events IS 'How many events it published, dead letters left out';
COMMENT ON COLUMN journal.digest IS 'SHA-256 of ce_id LF topic LF of these events in order';
COMMENT ON COLUMN journal.passed IS 'Of a closing or reminder run: clock.passed afterwards';

CREATE TABLE journal_range (
    topic smallint NOT NULL,
    partition integer NOT NULL,
    from_offset bigint NOT NULL,
    next_offset bigint NOT NULL CHECK (next_offset > from_offset),
    epoch bigint NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (topic, partition, from_offset)
);
COMMENT ON TABLE journal_range IS 'The offsets [from_offset, next_offset) that a journal entry folded: contiguous and disjoint in each partition';

CREATE TABLE outbox (
    number bigint NOT NULL,
    seq integer NOT NULL,
    topic smallint NOT NULL,
    key bytea,
    headers bytea NOT NULL,
    value bytea,
    PRIMARY KEY (number, seq)
);
COMMENT ON TABLE outbox IS 'What is to be published, dead letters included, in the order (number, seq); rows go when the Kafka transaction that carried them has committed';
COMMENT ON COLUMN outbox.number IS 'The journal entry';
COMMENT ON COLUMN outbox.headers IS 'Pairs of name and value, each as a 4-byte big-endian length and its bytes; length -1 is null';

CREATE TABLE relay (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL DEFAULT 0,
    owner text,
    renewed_at timestamptz NOT NULL DEFAULT '-infinity',
    transactions bigint NOT NULL DEFAULT 0
);
INSERT INTO relay DEFAULT VALUES;
COMMENT ON TABLE relay IS 'Who publishes the outbox: the epoch is raised by each takeover';
COMMENT ON COLUMN relay.transactions IS 'Kafka transactions whose rows are deleted. The last marker on xueshi.relay carries this number or the next: else this database is older than what was published';
COMMENT ON COLUMN relay.renewed_at IS 'The owner renews its lease; who finds it long past may take over; -infinity: given back';

CREATE TABLE held (
    subject text COLLATE "C" NOT NULL,
    topic smallint NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    stamp timestamptz NOT NULL,
    original bytea NOT NULL,
    PRIMARY KEY (subject, topic, partition, record_offset)
);
COMMENT ON TABLE held IS 'Records whose precondition is not here yet (fold.md section 4)';
COMMENT ON COLUMN held.subject IS 'trainee_id; on the payment topic the payment_code';
COMMENT ON COLUMN held.stamp IS 'The record''s stamp when it was read (fold.md section 1)';
COMMENT ON COLUMN held.original IS 'The whole record, sealed (AES-256-GCM)';

CREATE TABLE dead_letter (
    topic smallint NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    number bigint NOT NULL,
    reason text NOT NULL,
    message text NOT NULL,
    event_type text,
    trainee_id text COLLATE "C",
    payment_code text COLLATE "C",
    original bytea NOT NULL,
    PRIMARY KEY (topic, partition, record_offset)
);
CREATE INDEX dead_letter_trainee ON dead_letter (trainee_id) WHERE trainee_id IS NOT NULL;
COMMENT ON TABLE dead_letter IS 'Records that were refused, with the original for replay';
COMMENT ON COLUMN dead_letter.original IS 'The whole record, sealed (AES-256-GCM)';
COMMENT ON COLUMN dead_letter.number IS 'The journal entry that refused it';

CREATE TABLE identity (
    subject text COLLATE "C" NOT NULL,
    key bytea NOT NULL CHECK (length(key) = 16),
    content bytea NOT NULL CHECK (length(content) = 32),
    event_time timestamptz NOT NULL,
    PRIMARY KEY (subject, key)
);
COMMENT ON TABLE identity IS 'Events that were applied, by ce_source and ce_id within topic and subject (fold.md section 3)';
COMMENT ON COLUMN identity.key IS 'First 16 bytes of SHA-256 over topic, subject, source and id';
COMMENT ON COLUMN identity.content IS 'SHA-256 of type and fields: what "the same content" compares';

CREATE FUNCTION fence(moved bigint, expected bigint) RETURNS bigint
    LANGUAGE plpgsql AS $$
BEGIN
    IF moved <> expected THEN
        RAISE EXCEPTION 'the position is another owner''s by now' USING ERRCODE = 'XU001';
    END IF;
    RETURN moved;
END
$$;
COMMENT ON FUNCTION fence(bigint, bigint) IS 'Raises XU001 unless exactly the expected rows were moved';

COMMIT;
