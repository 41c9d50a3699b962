-- Verify xueshi:roles on pg
BEGIN;
SELECT 1 / (count(*) = 4)::int FROM pg_roles
 WHERE rolname IN ('xueshi_owner', 'xueshi_migrator', 'xueshi_app', 'xueshi_reader');
SELECT pg_catalog.has_schema_privilege('xueshi_app', :'schema', 'usage');
ROLLBACK;
