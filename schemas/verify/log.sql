-- Verify xueshi:log on pg
BEGIN;
SET LOCAL search_path TO :"schema";
SELECT topic, partition, epoch, next_offset, tick_stamp FROM position WHERE false;
SELECT number, kind, events, digest FROM journal WHERE false;
SELECT number, seq, topic, key, headers, value FROM outbox WHERE false;
SELECT subject, original FROM held WHERE false;
SELECT reason, original FROM dead_letter WHERE false;
SELECT subject, key, content FROM identity WHERE false;
SELECT 1 / (count(*) = 1)::int FROM clock;
SELECT 1 / (count(*) = 1)::int FROM relay;
SELECT fence(1, 1);
ROLLBACK;
