-- Verify xueshi:rights on pg
BEGIN;
SET LOCAL search_path TO :"schema";
SELECT 1 / has_table_privilege('xueshi_app', 'enrollment', 'INSERT')::int;
SELECT 1 / (NOT has_table_privilege('xueshi_app', 'journal', 'DELETE'))::int;
SELECT 1 / (NOT has_column_privilege('xueshi_reader', 'enrollment', 'id_number', 'SELECT'))::int;
SELECT 1 / (NOT has_table_privilege('xueshi_reader', 'enrollment', 'UPDATE'))::int;
SELECT 1 / (count(*) = 9)::int FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = :'schema'::regnamespace AND t.tgname = 'append_only';
ROLLBACK;
