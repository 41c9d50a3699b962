-- Revert xueshi:log from pg
BEGIN;
SET LOCAL search_path TO :"schema";
DROP FUNCTION fence(bigint, bigint);
DROP TABLE identity, dead_letter, held, relay, outbox, journal_range, journal, catalogue, clock,
    position, partition_count;
DROP SEQUENCE journal_number;
COMMIT;
