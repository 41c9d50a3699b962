-- Revert xueshi:roles from pg
-- Roles belong to the whole cluster and stay.
BEGIN;
DROP SCHEMA :"schema";
COMMIT;
