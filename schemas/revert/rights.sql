-- Revert xueshi:rights from pg
BEGIN;
SET LOCAL search_path TO :"schema";
DROP FUNCTION refuse_change() CASCADE;
REVOKE ALL ON ALL TABLES IN SCHEMA :"schema" FROM xueshi_app, xueshi_reader;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA :"schema" FROM xueshi_app;
REVOKE ALL ON FUNCTION fence(bigint, bigint) FROM xueshi_app;
COMMIT;
