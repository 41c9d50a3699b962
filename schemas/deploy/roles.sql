-- Deploy xueshi:roles to pg
-- The variable "schema" names the schema (xueshid.conf: postgresql.schema).
BEGIN;

DO $$
DECLARE
    role name;
BEGIN
    FOREACH role IN ARRAY ARRAY['xueshi_owner', 'xueshi_migrator', 'xueshi_app', 'xueshi_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
    END LOOP;
    GRANT xueshi_owner TO xueshi_migrator;
END
$$;

CREATE SCHEMA :"schema" AUTHORIZATION xueshi_owner;
GRANT USAGE ON SCHEMA :"schema" TO xueshi_app, xueshi_reader;
COMMENT ON SCHEMA :"schema" IS 'xueshid: progress, payments and certificates of continuing education';

COMMIT;
