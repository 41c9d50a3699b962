-- Where it is recorded what is deployed: the tables of sqitch's registry, release 1.1
-- (https://sqitch.org), so that sqitch and xueshictl can take turns.
BEGIN;

CREATE SCHEMA IF NOT EXISTS :"registry";
SET LOCAL search_path TO :"registry";
COMMENT ON SCHEMA :"registry" IS 'What sqitch or xueshictl has deployed';

CREATE TABLE releases (
    version real PRIMARY KEY,
    installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    installer_name text NOT NULL,
    installer_email text NOT NULL
);
COMMENT ON TABLE releases IS 'Versions of these tables';
INSERT INTO releases (version, installer_name, installer_email)
VALUES (1.1, session_user, 'xueshictl');

CREATE TABLE projects (
    project text PRIMARY KEY,
    uri text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    creator_name text NOT NULL,
    creator_email text NOT NULL
);
COMMENT ON TABLE projects IS 'Plans, by name';

CREATE TABLE changes (
    change_id text PRIMARY KEY,
    script_hash text,
    change text NOT NULL,
    project text NOT NULL REFERENCES projects (project) ON UPDATE CASCADE,
    note text NOT NULL DEFAULT '',
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamptz NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL,
    UNIQUE (project, script_hash)
);
COMMENT ON TABLE changes IS 'What is deployed now';

CREATE TABLE tags (
    tag_id text PRIMARY KEY,
    tag text NOT NULL,
    project text NOT NULL REFERENCES projects (project) ON UPDATE CASCADE,
    change_id text NOT NULL REFERENCES changes (change_id) ON UPDATE CASCADE,
    note text NOT NULL DEFAULT '',
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamptz NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL,
    UNIQUE (project, tag)
);
COMMENT ON TABLE tags IS 'Names of states of the plan';

CREATE TABLE dependencies (
    change_id text NOT NULL REFERENCES changes (change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type text NOT NULL,
    dependency text NOT NULL,
    dependency_id text REFERENCES changes (change_id) ON UPDATE CASCADE,
    PRIMARY KEY (change_id, dependency),
    CONSTRAINT dependencies_check
        CHECK (type = CASE WHEN dependency_id IS NULL THEN 'conflict' ELSE 'require' END)
);
COMMENT ON TABLE dependencies IS 'What each deployed change requires';

CREATE TABLE events (
    event text NOT NULL
        CONSTRAINT events_event_check CHECK (event IN ('deploy', 'revert', 'fail', 'merge')),
    change_id text NOT NULL,
    change text NOT NULL,
    project text NOT NULL REFERENCES projects (project) ON UPDATE CASCADE,
    note text NOT NULL DEFAULT '',
    requires text[] NOT NULL DEFAULT '{}',
    conflicts text[] NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamptz NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
COMMENT ON TABLE events IS 'Everything that was ever deployed, reverted, or failed';

COMMIT;
