-- An installation's database as version 0001 of the schema left it: a walk through the demonstration, with
-- at least one row of nearly every table. Never changed: newer code has to migrate it.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
ALTER SCHEMA public OWNER TO glasshouse_owner;
CREATE DOMAIN public.gh_id AS text
	CONSTRAINT gh_id_check CHECK ((VALUE ~ '^[a-z2-7]{12}$'::text));
ALTER DOMAIN public.gh_id OWNER TO glasshouse_owner;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.agreement_decision (
    project_id public.gh_id NOT NULL,
    version integer NOT NULL,
    data_set_id public.gh_id NOT NULL,
    decision text DEFAULT 'waits'::text NOT NULL,
    person_id public.gh_id,
    reason text,
    at timestamp with time zone,
    CONSTRAINT agreement_decision_decision_check CHECK ((decision = ANY (ARRAY['waits'::text, 'approved'::text, 'refused'::text])))
);
ALTER TABLE public.agreement_decision OWNER TO glasshouse_owner;
CREATE TABLE public.agreement_signature (
    project_id public.gh_id NOT NULL,
    version integer NOT NULL,
    person_id public.gh_id NOT NULL,
    sha256 text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.agreement_signature OWNER TO glasshouse_owner;
CREATE TABLE public.agreement_version (
    project_id public.gh_id NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    document text NOT NULL,
    sha256 text NOT NULL,
    reason text NOT NULL,
    proposed_by public.gh_id,
    proposed_at timestamp with time zone DEFAULT now() NOT NULL,
    in_force_at timestamp with time zone,
    until date NOT NULL,
    ended_at timestamp with time zone,
    event_outbox bigint,
    CONSTRAINT agreement_version_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'proposed'::text, 'in_force'::text, 'superseded'::text, 'refused'::text, 'ended'::text]))),
    CONSTRAINT agreement_version_version_check CHECK ((version > 0))
);
ALTER TABLE public.agreement_version OWNER TO glasshouse_owner;
CREATE TABLE public.appointment (
    id public.gh_id NOT NULL,
    person_id public.gh_id NOT NULL,
    role text NOT NULL,
    scope_kind text NOT NULL,
    scope_id public.gh_id,
    from_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone,
    reason text NOT NULL,
    state text NOT NULL,
    proposed_by public.gh_id,
    confirmed_by public.gh_id,
    bootstrap boolean DEFAULT false NOT NULL,
    ended_at timestamp with time zone,
    ended_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT appointment_check CHECK (((scope_kind = 'installation'::text) = (scope_id IS NULL))),
    CONSTRAINT appointment_check1 CHECK ((bootstrap OR (proposed_by IS NULL) OR ((proposed_by)::text <> (person_id)::text) OR (scope_kind = 'project'::text))),
    CONSTRAINT appointment_check2 CHECK (((confirmed_by IS NULL) OR (((confirmed_by)::text <> (person_id)::text) AND ((confirmed_by)::text <> (proposed_by)::text)))),
    CONSTRAINT appointment_scope_kind_check CHECK ((scope_kind = ANY (ARRAY['installation'::text, 'project'::text, 'data_set'::text]))),
    CONSTRAINT appointment_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'active'::text, 'ended'::text])))
);
ALTER TABLE public.appointment OWNER TO glasshouse_owner;
CREATE TABLE public.data_set (
    id public.gh_id NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    organisation_id public.gh_id NOT NULL,
    contract jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.data_set OWNER TO glasshouse_owner;
CREATE TABLE public."extract" (
    id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    manifest jsonb,
    sha256 text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ready_at timestamp with time zone,
    CONSTRAINT extract_state_check CHECK ((state = ANY (ARRAY['preparing'::text, 'ready'::text, 'failed'::text])))
);
ALTER TABLE public."extract" OWNER TO glasshouse_owner;
CREATE TABLE public.extract_object (
    extract_id public.gh_id NOT NULL,
    key text NOT NULL,
    table_name text NOT NULL,
    store_bucket text NOT NULL,
    store_key text NOT NULL,
    size bigint NOT NULL,
    etag text NOT NULL,
    sha256 text NOT NULL,
    row_count bigint NOT NULL,
    last_modified timestamp with time zone NOT NULL
);
ALTER TABLE public.extract_object OWNER TO glasshouse_owner;
CREATE TABLE public.extract_snapshot (
    extract_id public.gh_id NOT NULL,
    snapshot_id public.gh_id NOT NULL
);
ALTER TABLE public.extract_snapshot OWNER TO glasshouse_owner;
CREATE TABLE public.hold (
    id public.gh_id NOT NULL,
    subject_kind text NOT NULL,
    subject_id public.gh_id,
    within_project public.gh_id,
    kind text NOT NULL,
    cause text NOT NULL,
    reason text NOT NULL,
    by_kind text NOT NULL,
    by_id text NOT NULL,
    from_at timestamp with time zone DEFAULT now() NOT NULL,
    until_at timestamp with time zone,
    lift_proposed_by public.gh_id,
    lift_reason text,
    lift_until timestamp with time zone,
    lift_proposed_at timestamp with time zone,
    lifted_by text,
    lifted_at timestamp with time zone,
    CONSTRAINT hold_by_kind_check CHECK ((by_kind = ANY (ARRAY['person'::text, 'system'::text]))),
    CONSTRAINT hold_check CHECK (((subject_kind = 'installation'::text) = (subject_id IS NULL))),
    CONSTRAINT hold_check1 CHECK (((lifted_by IS NULL) OR (lifted_by <> by_id) OR (by_kind = 'system'::text) OR (lift_proposed_by IS NULL) OR ((lift_proposed_by)::text <> by_id))),
    CONSTRAINT hold_kind_check CHECK ((kind = ANY (ARRAY['expired'::text, 'training'::text, 'incident'::text, 'legal'::text]))),
    CONSTRAINT hold_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['person'::text, 'project'::text, 'data_set'::text, 'organisation'::text, 'release'::text, 'installation'::text])))
);
ALTER TABLE public.hold OWNER TO glasshouse_owner;
CREATE TABLE public.identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id public.gh_id NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.identity OWNER TO glasshouse_owner;
CREATE TABLE public.identity_event_seen (
    id text NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.identity_event_seen OWNER TO glasshouse_owner;
CREATE TABLE public.intent (
    id public.gh_id NOT NULL,
    run_id public.gh_id NOT NULL,
    kind text NOT NULL,
    extract_id public.gh_id,
    key text,
    log_index bigint NOT NULL,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    bytes bigint,
    requests bigint,
    outcome text,
    CONSTRAINT intent_kind_check CHECK ((kind = ANY (ARRAY['object'::text, 'list'::text]))),
    CONSTRAINT intent_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'unknown'::text])))
);
ALTER TABLE public.intent OWNER TO glasshouse_owner;
CREATE TABLE public.invitation (
    id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    until date NOT NULL,
    token_hash bytea NOT NULL,
    state text NOT NULL,
    invited_by public.gh_id NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_by public.gh_id,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT invitation_state_check CHECK ((state = ANY (ARRAY['sent'::text, 'accepted'::text, 'withdrawn'::text, 'expired'::text])))
);
ALTER TABLE public.invitation OWNER TO glasshouse_owner;
CREATE TABLE public.mail (
    id public.gh_id NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL
);
ALTER TABLE public.mail OWNER TO glasshouse_owner;
CREATE TABLE public.notebook_session (
    hash bytea NOT NULL,
    session_id public.gh_id NOT NULL,
    workspace_id public.gh_id NOT NULL,
    run_id public.gh_id NOT NULL,
    person_id public.gh_id NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    renewed_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    ended_code text,
    shown_unlogged bigint DEFAULT 0 NOT NULL,
    shown_logged_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.notebook_session OWNER TO glasshouse_owner;
CREATE TABLE public.organisation (
    id public.gh_id NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.organisation OWNER TO glasshouse_owner;
CREATE TABLE public.output_check (
    request_id public.gh_id NOT NULL,
    turn integer NOT NULL,
    file_id public.gh_id NOT NULL,
    state text NOT NULL,
    verdict text,
    engine text,
    policy jsonb,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    reason text,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT output_check_state_check CHECK ((state = ANY (ARRAY['waits'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
ALTER TABLE public.output_check OWNER TO glasshouse_owner;
CREATE TABLE public.output_comment (
    id public.gh_id NOT NULL,
    request_id public.gh_id NOT NULL,
    file_id public.gh_id,
    group_id public.gh_id,
    turn integer NOT NULL,
    person_id public.gh_id NOT NULL,
    part text NOT NULL,
    visibility text NOT NULL,
    text text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT output_comment_part_check CHECK ((part = ANY (ARRAY['author'::text, 'member'::text, 'checker'::text]))),
    CONSTRAINT output_comment_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'checkers'::text])))
);
ALTER TABLE public.output_comment OWNER TO glasshouse_owner;
CREATE TABLE public.output_file (
    id public.gh_id NOT NULL,
    request_id public.gh_id NOT NULL,
    group_id public.gh_id NOT NULL,
    path text NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    small_numbers text NOT NULL,
    size bigint NOT NULL,
    media_kind text NOT NULL,
    submitted_sha256 text NOT NULL,
    candidate_sha256 text NOT NULL,
    renderer text,
    withdrawn_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT output_file_kind_check CHECK ((kind = ANY (ARRAY['output'::text, 'supporting'::text, 'code'::text])))
);
ALTER TABLE public.output_file OWNER TO glasshouse_owner;
CREATE TABLE public.output_group (
    id public.gh_id NOT NULL,
    request_id public.gh_id NOT NULL,
    name text NOT NULL,
    context text NOT NULL,
    "position" integer NOT NULL,
    removed_at timestamp with time zone
);
ALTER TABLE public.output_group OWNER TO glasshouse_owner;
CREATE TABLE public.output_request (
    id public.gh_id NOT NULL,
    number text NOT NULL,
    project_id public.gh_id NOT NULL,
    author_id public.gh_id NOT NULL,
    title text NOT NULL,
    state text NOT NULL,
    turn integer DEFAULT 1 NOT NULL,
    policy text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    submitted_at timestamp with time zone,
    turn_at timestamp with time zone,
    held_seconds bigint DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.output_request OWNER TO glasshouse_owner;
CREATE TABLE public.output_review (
    request_id public.gh_id NOT NULL,
    turn integer NOT NULL,
    person_id public.gh_id NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    submitted_at timestamp with time zone
);
ALTER TABLE public.output_review OWNER TO glasshouse_owner;
CREATE TABLE public.output_step (
    id bigint NOT NULL,
    request_id public.gh_id NOT NULL,
    turn integer NOT NULL,
    code text NOT NULL,
    person_id public.gh_id,
    facts jsonb NOT NULL,
    outbox_id bigint,
    log_index bigint,
    at timestamp with time zone NOT NULL,
    CONSTRAINT output_step_check CHECK (((outbox_id IS NULL) <> (log_index IS NULL)))
);
ALTER TABLE public.output_step OWNER TO glasshouse_owner;
ALTER TABLE public.output_step ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.output_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.output_vote (
    file_id public.gh_id NOT NULL,
    turn integer NOT NULL,
    person_id public.gh_id NOT NULL,
    vote text NOT NULL,
    candidate_sha256 text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT output_vote_vote_check CHECK ((vote = ANY (ARRAY['approve'::text, 'change'::text, 'reject'::text])))
);
ALTER TABLE public.output_vote OWNER TO glasshouse_owner;
CREATE TABLE public.person (
    id public.gh_id NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    organisation_id public.gh_id NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT person_state_check CHECK ((state = ANY (ARRAY['active'::text, 'removed'::text])))
);
ALTER TABLE public.person OWNER TO glasshouse_owner;
CREATE TABLE public.policy_bundle (
    sha256 text NOT NULL,
    files jsonb NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.policy_bundle OWNER TO glasshouse_owner;
CREATE TABLE public.project (
    id public.gh_id NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    organisation_id public.gh_id NOT NULL,
    partners text[] DEFAULT '{}'::text[] NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT project_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
ALTER TABLE public.project OWNER TO glasshouse_owner;
CREATE SEQUENCE public.project_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.project_number OWNER TO glasshouse_owner;
CREATE TABLE public.release (
    id public.gh_id NOT NULL,
    request_id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    record text NOT NULL,
    record_sha256 text NOT NULL,
    released_by public.gh_id NOT NULL,
    released_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by public.gh_id,
    revoked_reason text
);
ALTER TABLE public.release OWNER TO glasshouse_owner;
CREATE TABLE public.release_file (
    release_id public.gh_id NOT NULL,
    file_id public.gh_id NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    path text NOT NULL,
    claimed_by public.gh_id,
    claimed_at timestamp with time zone,
    attempt_id public.gh_id,
    attempt_at timestamp with time zone,
    downloaded_at timestamp with time zone,
    downloaded_by public.gh_id
);
ALTER TABLE public.release_file OWNER TO glasshouse_owner;
CREATE SEQUENCE public.request_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.request_number OWNER TO glasshouse_owner;
CREATE TABLE public.run (
    id public.gh_id NOT NULL,
    workspace_id public.gh_id NOT NULL,
    generation integer NOT NULL,
    node text,
    wanted text NOT NULL,
    observed text DEFAULT 'absent'::text NOT NULL,
    absences integer DEFAULT 0 NOT NULL,
    step text,
    steps jsonb DEFAULT '[]'::jsonb NOT NULL,
    probes jsonb,
    code text,
    agreement_version integer NOT NULL,
    extract_id public.gh_id,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    stopped_at timestamp with time zone,
    observed_at timestamp with time zone,
    CONSTRAINT run_observed_check CHECK ((observed = ANY (ARRAY['preparing'::text, 'running'::text, 'exited'::text, 'failed'::text, 'absent'::text, 'unknown'::text]))),
    CONSTRAINT run_wanted_check CHECK ((wanted = ANY (ARRAY['running'::text, 'stopped'::text])))
);
ALTER TABLE public.run OWNER TO glasshouse_owner;
CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.schema_migration OWNER TO glasshouse_owner;
CREATE TABLE public.service_identity (
    id public.gh_id NOT NULL,
    name text NOT NULL,
    client text NOT NULL,
    scopes text[] NOT NULL,
    until timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.service_identity OWNER TO glasshouse_owner;
CREATE TABLE public.session (
    id public.gh_id NOT NULL,
    person_id public.gh_id NOT NULL,
    issuer text NOT NULL,
    sid text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    ended_code text
);
ALTER TABLE public.session OWNER TO glasshouse_owner;
CREATE TABLE public.setting (
    key text NOT NULL,
    value jsonb NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.setting OWNER TO glasshouse_owner;
CREATE TABLE public.shown (
    person_id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    day date NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL
);
ALTER TABLE public.shown OWNER TO glasshouse_owner;
CREATE TABLE public.snapshot (
    id public.gh_id NOT NULL,
    data_set_id public.gh_id NOT NULL,
    number integer NOT NULL,
    manifest jsonb NOT NULL,
    sha256 text NOT NULL,
    row_count bigint NOT NULL,
    people bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.snapshot OWNER TO glasshouse_owner;
CREATE TABLE public.stage_job (
    id public.gh_id NOT NULL,
    stage text NOT NULL,
    submission_id public.gh_id,
    extract_id public.gh_id,
    params jsonb NOT NULL,
    state text DEFAULT 'waits'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    progress jsonb,
    result jsonb,
    code text,
    message text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT stage_job_state_check CHECK ((state = ANY (ARRAY['waits'::text, 'running'::text, 'succeeded'::text, 'failed'::text])))
);
ALTER TABLE public.stage_job OWNER TO glasshouse_owner;
CREATE TABLE public.step_up_spent (
    session_id public.gh_id NOT NULL,
    auth_time bigint NOT NULL,
    operation text NOT NULL,
    spent_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.step_up_spent OWNER TO glasshouse_owner;
CREATE TABLE public.submission (
    id public.gh_id NOT NULL,
    data_set_id public.gh_id NOT NULL,
    state text NOT NULL,
    report jsonb,
    code text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT submission_state_check CHECK ((state = ANY (ARRAY['running'::text, 'accepted'::text, 'rejected'::text, 'failed'::text])))
);
ALTER TABLE public.submission OWNER TO glasshouse_owner;
CREATE TABLE public.terms (
    version integer NOT NULL,
    text text NOT NULL,
    valid_days integer DEFAULT 365 NOT NULL,
    from_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.terms OWNER TO glasshouse_owner;
CREATE TABLE public.terms_acceptance (
    person_id public.gh_id NOT NULL,
    version integer NOT NULL,
    accepted_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.terms_acceptance OWNER TO glasshouse_owner;
CREATE TABLE public.ticket (
    hash bytea NOT NULL,
    kind text NOT NULL,
    session_id public.gh_id NOT NULL,
    workspace_id public.gh_id,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT ticket_kind_check CHECK ((kind = ANY (ARRAY['events'::text, 'notebook'::text])))
);
ALTER TABLE public.ticket OWNER TO glasshouse_owner;
CREATE TABLE public.training (
    person_id public.gh_id NOT NULL,
    kind text NOT NULL,
    until date NOT NULL,
    evidence text NOT NULL,
    recorded_by public.gh_id,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.training OWNER TO glasshouse_owner;
CREATE TABLE public.upload (
    id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    person_id public.gh_id NOT NULL,
    run_id public.gh_id NOT NULL,
    path text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    media_kind text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    removed_at timestamp with time zone
);
ALTER TABLE public.upload OWNER TO glasshouse_owner;
CREATE TABLE public.workspace (
    id public.gh_id NOT NULL,
    project_id public.gh_id NOT NULL,
    person_id public.gh_id NOT NULL,
    state text NOT NULL,
    code text,
    last_human_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_state_check CHECK ((state = ANY (ARRAY['stopped'::text, 'opening'::text, 'running'::text, 'stopping'::text, 'failed'::text, 'deleting'::text, 'deleted'::text])))
);
ALTER TABLE public.workspace OWNER TO glasshouse_owner;
INSERT INTO public.agreement_decision VALUES
	('jwpdk5enzr4q', 1, 'wrwb6fmvetze', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, '7zoxcttt6f6d', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 'grekw2azn2ub', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 'lbmlxnjh4zdm', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 'lzqdhonhicu4', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 't7lmxdcc2pox', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 'zg5wur2o5poy', 'approved', NULL, 'From the bootstrap file', '2026-11-25 11:12:00.307+00');
INSERT INTO public.agreement_signature VALUES
	('jwpdk5enzr4q', 1, '7tyb46hn4bw3', '60f77fc3a88e0ebfd2b0ed21838a54167e0971d6dd37b7070b2fbea8752ac224', '2026-11-25 11:12:00.307+00'),
	('jwpdk5enzr4q', 1, 'fwcwagbd5acf', '60f77fc3a88e0ebfd2b0ed21838a54167e0971d6dd37b7070b2fbea8752ac224', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, '7tyb46hn4bw3', 'c183005d9c71462d72d7997ae2b972711351eade07afe40c5c3fe9eb042e2d0d', '2026-11-25 11:12:00.307+00'),
	('xrj5x4hqkjd5', 1, 'vgsbibbozxja', 'c183005d9c71462d72d7997ae2b972711351eade07afe40c5c3fe9eb042e2d0d', '2026-11-25 11:12:00.307+00');
INSERT INTO public.agreement_version VALUES
	('jwpdk5enzr4q', 1, 'in_force', '{"cohort":null,"confidentialityBasis":"De-identified data; no confidential patient information leaves the safe setting","dataSets":[{"dataSet":"nafld","purpose":null,"tables":[{"columns":["age","male","weight","height","bmi","case_person_id","futime","status"],"filter":[],"table":"nafld1"},{"columns":["days","test","value"],"filter":[],"table":"nafld2"},{"columns":["days","event"],"filter":[],"table":"nafld3"}]}],"dates":null,"derivedTables":null,"legalBasis":{"article6":"6(1)(e) task in the public interest","article9":"9(2)(j) scientific research"},"linkage":{"allowed":true,"words":"The three tables of the register are joined by the project''s own person id."},"optOut":{"reason":null,"rule":"national_opt_out_applied"},"outputPolicy":{"preset":"nhs-england-sde"},"overrides":null,"parties":[{"organisation":"Northbridge University Hospital","part":"controller"},{"organisation":"University of Eastmoor","part":"recipient"}],"people":{"most":10,"roles":["researcher","project admin"]},"purpose":{"benefit":"Doctors will know who needs closer follow-up, and patients will know what their liver disease means for them.","lay":"Researchers compare how long people live with and without fatty liver disease. They see no names, addresses or NHS numbers.","research":"Estimate survival of people with non-alcoholic fatty liver disease against people of the same age and sex without it, and how age, weight and laboratory values change it."},"refresh":{"every":"on_request"},"schema":"glasshouse-agreement/1","specialConditions":null,"term":{"from":"2026-11-25","until":"2027-07-23"},"territory":["United Kingdom"],"title":"Liver disease and survival","workspace":null}', '60f77fc3a88e0ebfd2b0ed21838a54167e0971d6dd37b7070b2fbea8752ac224', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.31+00', '2026-11-25 11:12:00.313+00', '2027-07-23', NULL, NULL),
	('xrj5x4hqkjd5', 1, 'in_force', '{"cohort":null,"confidentialityBasis":"De-identified data; no confidential patient information leaves the safe setting","dataSets":[{"dataSet":"demographics","purpose":null,"tables":[{"columns":["YEAR_OF_BIRTH","SEX","ETHNIC","REGION","IMD_QUINTILE","CARE_HOME"],"filter":[],"table":"people"}]},{"dataSet":"vaccine","purpose":null,"tables":[{"columns":["RECORDED_DATE","VACCINE_PRODUCT_CODE","VACCINATION_PROCEDURE_CODE","VACCINATION_SITUATION_CODE","DOSE_SEQUENCE","NOT_GIVEN","CARE_SETTING_TYPE_CODE"],"filter":[],"table":"status"}]},{"dataSet":"hes","purpose":null,"tables":[{"columns":["FYEAR","ADMIDATE","EPISTART","EPIEND","EPIORDER","ADMIMETH","CLASSPAT","STARTAGE_CALC","SEX","DIAG_4_01","DIAG_4_02","DIAG_4_03","DIAG_4_CONCAT"],"filter":[],"table":"apc"}]},{"dataSet":"ons","purpose":null,"tables":[{"columns":["SEX","REG_DATE","REG_DATE_OF_DEATH","S_UNDERLYING_COD_ICD10","S_COD_CODE_1","S_COD_CODE_2"],"filter":[],"table":"deaths"}]},{"dataSet":"primary_care","purpose":null,"tables":[{"columns":["ProcessingPeriodDate","PrescribedBNFCode","PrescribeddmdCode","PaidQuantity"],"filter":[],"table":"meds"}]},{"dataSet":"gdppr","purpose":null,"tables":[{"columns":["DATE","RECORD_DATE","CODE","VALUE1_CONDITION"],"filter":[],"table":"events"}]}],"dates":null,"derivedTables":null,"legalBasis":{"article6":"6(1)(e) task in the public interest","article9":"9(2)(i) public health"},"linkage":{"allowed":true,"words":"Tables are joined by the project''s own person id."},"optOut":{"reason":null,"rule":"national_opt_out_applied"},"outputPolicy":{"preset":"nhs-england-sde"},"overrides":null,"parties":[{"organisation":"National Demonstration Register","part":"controller"},{"organisation":"Harrow Vale Institute","part":"recipient"}],"people":{"most":10,"roles":["researcher","project admin"]},"purpose":{"benefit":"People who decide about vaccination, and those who advise them, will know how rare these events are.","lay":"Researchers count blood clots after vaccination in linked, de-identified records. They see no names, addresses or NHS numbers.","research":"Measure how often venous, arterial and rare clotting events follow a first vaccination, by product and age."},"refresh":{"every":"on_request"},"schema":"glasshouse-agreement/1","specialConditions":["Counts of rare clotting events are released only after two checkers have looked at the whole table."],"term":{"from":"2026-11-25","until":"2027-02-16"},"territory":["United Kingdom"],"title":"Vaccination and rare clotting events","workspace":null}', 'c183005d9c71462d72d7997ae2b972711351eade07afe40c5c3fe9eb042e2d0d', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.322+00', '2026-11-25 11:12:00.327+00', '2027-02-16', NULL, NULL);
INSERT INTO public.appointment VALUES
	('i3v5zlskjhns', 'fwcwagbd5acf', 'researcher', 'project', 'jwpdk5enzr4q', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('mcjimfzrpytf', 'vgsbibbozxja', 'researcher', 'project', 'xrj5x4hqkjd5', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('ofttzpbplky3', '7tyb46hn4bw3', 'project_admin', 'project', 'jwpdk5enzr4q', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('wie4bnny5jja', '7tyb46hn4bw3', 'project_admin', 'project', 'xrj5x4hqkjd5', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('uwmy2yxteuva', '6v7mb3lbguwa', 'output_checker', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('ee65dzddsa6u', '4jcey526hmg3', 'output_checker', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('27leyc72moyv', 'oj2hrtjaixwx', 'output_checker', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('jac6fgsgekkd', 'atlgtzwzy2vo', 'data_manager', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('2itgdkucdlw7', 'eqenb7jh63ic', 'custodian', 'data_set', 't7lmxdcc2pox', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('xkcdl2xehtv2', 'eqenb7jh63ic', 'custodian', 'data_set', 'grekw2azn2ub', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('nrlumhnzzepf', 'eqenb7jh63ic', 'custodian', 'data_set', 'lbmlxnjh4zdm', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('jy6kpp5wzfpx', 'eqenb7jh63ic', 'custodian', 'data_set', 'wrwb6fmvetze', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('gq6yqr6227lp', 'eqenb7jh63ic', 'custodian', 'data_set', 'lzqdhonhicu4', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('2lrmk3zs7txe', 'eqenb7jh63ic', 'custodian', 'data_set', '7zoxcttt6f6d', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('ivehmvi375oa', 'eqenb7jh63ic', 'custodian', 'data_set', 'zg5wur2o5poy', '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('qhbrigeeaisz', 'uznpdqi4ep5j', 'auditor', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00'),
	('bvd3vfzc2dd3', 'l4u6gjvdrs6z', 'operator', 'installation', NULL, '2026-11-25 11:12:00.251+00', NULL, 'From the bootstrap file', 'active', NULL, NULL, true, NULL, NULL, '2026-11-25 11:12:00.2265+00');
INSERT INTO public.data_set VALUES
	('t7lmxdcc2pox', 'demographics', 'Demographics: one row a person', 'Year of birth, sex, ethnic group, region and deprivation of everyone registered with a practice.', 'auuj5udjv2s2', '{"code": "demographics", "title": "Demographics: one row a person", "schema": 1, "source": "Synthetic, drawn from a seed with the margins of apps/data-pipeline/src/demo/answer-key.json.", "tables": [{"key": ["NHS_NUMBER"], "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "people", "order": [], "rules": [], "title": "People", "fields": [{"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "required": true}, {"name": "SURNAME", "type": "text", "label": "Family name", "publish": "drop", "maxLength": 100}, {"name": "FORENAME", "type": "text", "label": "Given name", "publish": "drop", "maxLength": 100}, {"as": "YEAR_OF_BIRTH", "name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "quasi": true, "publish": "year", "required": true, "notAfterReceipt": true}, {"name": "POSTCODE", "type": "text", "label": "Postcode", "domain": "postcode", "publish": "drop", "severity": "warn"}, {"name": "PRACTICE", "type": "text", "label": "Practice of registration", "domain": "ods", "publish": "drop", "severity": "warn"}, {"name": "SEX", "type": "text", "label": "Sex", "quasi": true, "values": {"1": "male", "2": "female", "9": "not known"}, "publish": "keep", "required": true}, {"name": "ETHNIC", "type": "text", "label": "Ethnic group", "quasi": true, "values": {"Asian": "Asian or Asian British", "Black": "Black or Black British", "Mixed": "Mixed", "Other": "Other ethnic groups", "White": "White"}, "publish": "keep", "severity": "warn"}, {"name": "REGION", "type": "text", "label": "Region of residence", "quasi": true, "values": {"London": "London", "North East": "North East", "North West": "North West", "South East": "South East", "South West": "South West", "East Midlands": "East Midlands", "West Midlands": "West Midlands", "East of England": "East of England", "Yorkshire and The Humber": "Yorkshire and The Humber"}, "publish": "keep", "severity": "warn"}, {"max": 5, "min": 1, "name": "IMD_QUINTILE", "type": "integer", "label": "Deprivation, fifths (1 = most deprived)", "publish": "keep", "severity": "warn"}, {"name": "CARE_HOME", "type": "integer", "label": "Lives in a care home", "values": {"0": "no", "1": "yes"}, "publish": "keep", "severity": "warn"}], "person": {"identifiers": {"sex": "SEX", "surname": "SURNAME", "forename": "FORENAME", "postcode": "POSTCODE", "nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row a person on 8 December 2020."}], "caution": "Demonstration data: nobody in it exists. NHS numbers are of the test range 999.", "summary": "Year of birth, sex, ethnic group, region and deprivation of everyone registered with a practice.", "version": 1, "coverage": "England (synthetic)", "onOptOut": "remove_next_snapshot", "custodian": "National Health Data Office", "frequency": "monthly", "conformsTo": ["NHS Data Dictionary: person stated gender, ethnic category"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('grekw2azn2ub', 'gdppr', 'General practice data for planning and research', 'Coded events of general practice records: diagnoses, smoking, measurements.', 'auuj5udjv2s2', '{"code": "gdppr", "title": "General practice data for planning and research", "schema": 1, "source": "Synthetic, drawn from a seed; disease by logistic models on age, sex, deprivation and smoking.", "tables": [{"key": [], "date": "DATE", "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "events", "order": ["DATE", "CODE"], "rules": [{"id": "born-before-event", "says": "nothing is recorded before birth", "expect": {"op": "le", "other": "DATE", "column": "DATE_OF_BIRTH"}, "severity": "reject-row"}], "title": "Coded events", "fields": [{"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "required": true}, {"name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "publish": "drop", "required": true, "notAfterReceipt": true}, {"name": "PRACTICE", "type": "text", "label": "Practice (ODS)", "domain": "ods", "publish": "drop", "severity": "warn"}, {"name": "DATE", "type": "date", "label": "Day of the event", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "RECORD_DATE", "type": "date", "label": "Day of recording", "publish": "keep", "severity": "warn", "notAfterReceipt": true}, {"name": "CODE", "type": "text", "label": "SNOMED CT concept", "domain": "snomed", "publish": "keep", "required": true}, {"name": "VALUE1_CONDITION", "type": "number", "label": "Value", "publish": "keep", "severity": "warn"}], "person": {"identifiers": {"nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row a code recorded."}], "caution": "Demonstration data: nobody in it exists.", "summary": "Coded events of general practice records: diagnoses, smoking, measurements.", "version": 1, "coverage": "England (synthetic), to December 2020", "onOptOut": "stop_new", "custodian": "National Health Data Office", "frequency": "fortnightly", "conformsTo": ["SNOMED CT"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('lbmlxnjh4zdm', 'hes', 'Hospital episodes', 'Episodes of admitted patient care with dates and up to five diagnoses.', 'auuj5udjv2s2', '{"code": "hes", "title": "Hospital episodes", "schema": 1, "source": "Synthetic, drawn from a seed; clotting events carry the planted effects of apps/data-pipeline/src/demo/answer-key.json.", "tables": [{"key": ["EPIKEY"], "date": "EPISTART", "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "apc", "order": ["EPISTART", "EPIORDER", "DIAG_4_01"], "rules": [{"id": "ends-after-start", "says": "an episode does not end before it starts", "expect": {"any": [{"op": "null", "column": "EPIEND"}, {"op": "ge", "other": "EPISTART", "column": "EPIEND"}]}, "severity": "reject-row"}, {"id": "born-before-episode", "says": "nobody is admitted before birth", "expect": {"op": "le", "other": "EPISTART", "column": "DATE_OF_BIRTH"}, "severity": "reject-row"}], "title": "Admitted patient care", "fields": [{"name": "EPIKEY", "type": "text", "label": "Episode number", "publish": "drop", "required": true, "maxLength": 20}, {"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "required": true}, {"name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "publish": "drop", "required": true, "notAfterReceipt": true}, {"name": "FYEAR", "type": "text", "label": "Financial year", "publish": "keep", "required": true, "maxLength": 4}, {"name": "ADMIDATE", "type": "date", "label": "Day of admission", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "EPISTART", "type": "date", "label": "First day of the episode", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "EPIEND", "type": "date", "label": "Last day of the episode", "publish": "keep", "severity": "warn", "notAfterReceipt": true}, {"max": 99, "min": 1, "name": "EPIORDER", "type": "integer", "label": "Order of the episode in its spell", "publish": "keep"}, {"name": "ADMIMETH", "type": "text", "label": "Method of admission", "values": {"11": "waiting list", "12": "booked", "13": "planned", "21": "emergency department", "22": "general practitioner", "28": "other emergency"}, "publish": "keep", "severity": "warn"}, {"name": "CLASSPAT", "type": "text", "label": "Class of patient", "values": {"1": "ordinary admission", "2": "day case"}, "publish": "keep", "severity": "warn"}, {"cap": 90, "max": 120, "min": 0, "name": "STARTAGE_CALC", "type": "integer", "unit": "years", "label": "Age at the start of the episode", "publish": "cap"}, {"name": "SEX", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female", "9": "not known"}, "publish": "keep", "severity": "warn"}, {"name": "DIAG_4_01", "type": "text", "label": "First diagnosis", "domain": "icd10", "publish": "keep", "required": true}, {"name": "DIAG_4_02", "type": "text", "label": "Second diagnosis", "domain": "icd10", "publish": "keep", "severity": "warn"}, {"name": "DIAG_4_03", "type": "text", "label": "Third diagnosis", "domain": "icd10", "publish": "keep", "severity": "warn"}, {"name": "DIAG_4_CONCAT", "type": "text", "label": "All diagnoses, comma separated", "publish": "keep", "maxLength": 200}, {"name": "PROCODE3", "type": "text", "label": "Provider (ODS)", "domain": "ods", "publish": "drop", "severity": "warn"}], "person": {"identifiers": {"nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row an episode under one consultant."}], "caution": "Demonstration data: nobody in it exists. Base rates of the outcomes are raised so that a fifth of a million people are enough.", "summary": "Episodes of admitted patient care with dates and up to five diagnoses.", "version": 1, "coverage": "England (synthetic), 2016 to March 2021", "onOptOut": "remove_next_snapshot", "custodian": "National Health Data Office", "frequency": "monthly", "conformsTo": ["ICD-10"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('wrwb6fmvetze', 'nafld', 'Non-alcoholic fatty liver disease: population register', 'People of one county with non-alcoholic fatty liver disease (NAFLD) and up to four people of the same age and sex without it, their laboratory values and later diagnoses, followed for up to twenty years.', 'ixnequyj62bk', '{"code": "nafld", "title": "Non-alcoholic fatty liver disease: population register", "schema": 1, "source": "The real, published register nafld1, nafld2 and nafld3 of the R package survival (Allen et al., Hepatology 2018; Therneau). All values that researchers see are as published.", "tables": [{"key": ["id"], "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "nafld1", "order": [], "rules": [{"id": "sex-agrees", "says": "sex and male say the same", "expect": {"any": [{"all": [{"op": "eq", "value": "1", "column": "sex"}, {"op": "eq", "value": 1, "column": "male"}]}, {"all": [{"op": "eq", "value": "2", "column": "sex"}, {"op": "eq", "value": 0, "column": "male"}]}]}, "severity": "warn"}], "title": "People", "fields": [{"name": "nhs_number", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "required": true}, {"name": "surname", "type": "text", "label": "Family name", "publish": "drop", "maxLength": 100}, {"name": "forename", "type": "text", "label": "Given name", "publish": "drop", "maxLength": 100}, {"name": "date_of_birth", "type": "date", "label": "Date of birth", "publish": "drop", "required": true, "notAfterReceipt": true}, {"name": "postcode", "type": "text", "label": "Postcode", "domain": "postcode", "publish": "drop", "severity": "warn"}, {"name": "sex", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female"}, "publish": "drop", "required": true}, {"min": 1, "name": "id", "type": "integer", "label": "Study number", "publish": "drop", "required": true}, {"cap": 90, "max": 120, "min": 0, "name": "age", "type": "integer", "unit": "years", "label": "Age at entry", "quasi": true, "publish": "cap", "required": true}, {"name": "male", "type": "integer", "label": "Male", "quasi": true, "values": {"0": "female", "1": "male"}, "publish": "keep", "required": true}, {"max": 400, "min": 20, "name": "weight", "type": "number", "unit": "kg", "label": "Weight", "publish": "keep", "severity": "warn"}, {"max": 250, "min": 50, "name": "height", "type": "number", "unit": "cm", "label": "Height", "publish": "keep", "severity": "warn"}, {"max": 150, "min": 5, "name": "bmi", "type": "number", "unit": "kg/m2", "label": "Body mass index", "publish": "keep", "severity": "warn"}, {"as": "case_person_id", "min": 1, "name": "case_id", "type": "integer", "label": "The person with NAFLD to whom this person is matched", "publish": "person"}, {"max": 20000, "min": 0, "name": "futime", "type": "integer", "unit": "days", "label": "Days to death or last follow-up", "publish": "keep", "required": true}, {"name": "status", "type": "integer", "label": "Died", "values": {"0": "alive at last follow-up", "1": "died"}, "publish": "keep", "required": true}], "person": {"localId": "id", "identifiers": {"sex": "sex", "surname": "surname", "forename": "forename", "postcode": "postcode", "nhsNumber": "nhs_number", "dateOfBirth": "date_of_birth"}}, "description": "One row a person: age and sex at entry, body measures, follow-up and death."}, {"key": [], "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "nafld2", "order": ["days", "test", "value"], "rules": [], "title": "Laboratory and clinic values", "fields": [{"min": 1, "name": "id", "type": "integer", "label": "Study number", "publish": "drop", "required": true}, {"max": 20000, "min": -20000, "name": "days", "type": "integer", "unit": "days", "label": "Days from entry", "publish": "keep", "required": true}, {"name": "test", "type": "text", "label": "Test", "values": {"dbp": "diastolic blood pressure, mmHg", "hdl": "HDL cholesterol, mg/dL", "sbp": "systolic blood pressure, mmHg", "chol": "total cholesterol, mg/dL", "fib4": "FIB-4 fibrosis score", "smoke": "smoking, 0 no, 1 yes"}, "publish": "keep", "required": true}, {"max": 100000, "min": 0, "name": "value", "type": "number", "label": "Value", "publish": "keep", "required": true}], "person": {"reference": {"table": "nafld1", "column": "id"}}, "description": "One row a measurement: cholesterol, HDL, blood pressure, FIB-4 score, smoking."}, {"key": [], "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "nafld3", "order": ["days", "event"], "rules": [], "title": "Diagnoses", "fields": [{"min": 1, "name": "id", "type": "integer", "label": "Study number", "publish": "drop", "required": true}, {"max": 20000, "min": -40000, "name": "days", "type": "integer", "unit": "days", "label": "Days from entry", "publish": "keep", "required": true}, {"name": "event", "type": "text", "label": "Event", "values": {"MI": "myocardial infarction", "htn": "hypertension", "afib": "atrial fibrillation", "nafld": "non-alcoholic fatty liver disease", "stroke": "stroke", "ang/isc": "angina or ischaemia", "diabetes": "diabetes", "dyslipidemia": "dyslipidaemia", "heart failure": "heart failure", "cardiac arrest": "cardiac arrest"}, "publish": "keep", "required": true}], "person": {"reference": {"table": "nafld1", "column": "id"}}, "description": "One row an event: the day a diagnosis was first recorded."}], "caution": "Demonstration data. The published id is already a study number, so the NHS numbers, names, birth dates and postcodes that this installation lands and links are made up from a seed (NHS numbers of the test range 999). They never reach a project. Times are days from entry; there are no calendar dates.", "summary": "People of one county with non-alcoholic fatty liver disease (NAFLD) and up to four people of the same age and sex without it, their laboratory values and later diagnoses, followed for up to twenty years.", "version": 1, "coverage": "Olmsted County, Minnesota, 1997 to 2014", "onOptOut": "remove_next_snapshot", "custodian": "Northbridge University Hospital", "frequency": "once", "conformsTo": ["ICD-10 groups as named in the paper"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('lzqdhonhicu4', 'ons', 'Deaths', 'Registrations of death with the underlying cause and the causes mentioned.', 'raym5cmgutml', '{"code": "ons", "title": "Deaths", "schema": 1, "source": "Synthetic, drawn from a seed.", "tables": [{"key": ["REGISTRATION"], "date": "REG_DATE_OF_DEATH", "file": {"minRows": 1, "maxAsideShare": 0.1}, "name": "deaths", "order": ["REG_DATE_OF_DEATH", "REG_DATE"], "rules": [{"id": "registered-after-death", "says": "a death is not registered before it happens", "expect": {"op": "ge", "other": "REG_DATE_OF_DEATH", "column": "REG_DATE"}, "severity": "reject-row"}, {"id": "born-before-death", "says": "nobody dies before birth", "expect": {"op": "le", "other": "REG_DATE_OF_DEATH", "column": "DATE_OF_BIRTH"}, "severity": "reject-row"}], "title": "Deaths", "fields": [{"name": "REGISTRATION", "type": "text", "label": "Registration number", "publish": "drop", "required": true, "maxLength": 20}, {"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "severity": "warn"}, {"name": "SURNAME", "type": "text", "label": "Family name", "publish": "drop", "maxLength": 100}, {"name": "FORENAME", "type": "text", "label": "Given name", "publish": "drop", "maxLength": 100}, {"name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "format": "%Y%m%d", "publish": "drop", "required": true, "notAfterReceipt": true}, {"name": "POSTCODE", "type": "text", "label": "Postcode", "domain": "postcode", "publish": "drop", "severity": "warn"}, {"name": "SEX", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female", "9": "not known"}, "publish": "keep", "severity": "warn"}, {"name": "REG_DATE", "type": "date", "label": "Day of registration", "format": "%Y%m%d", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "REG_DATE_OF_DEATH", "type": "date", "label": "Day of death", "format": "%Y%m%d", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "S_UNDERLYING_COD_ICD10", "type": "text", "label": "Underlying cause", "domain": "icd10", "publish": "keep", "severity": "warn"}, {"name": "S_COD_CODE_1", "type": "text", "label": "First cause mentioned", "domain": "icd10", "publish": "keep", "severity": "warn"}, {"name": "S_COD_CODE_2", "type": "text", "label": "Second cause mentioned", "domain": "icd10", "publish": "keep", "severity": "warn"}], "person": {"identifiers": {"sex": "SEX", "surname": "SURNAME", "forename": "FORENAME", "postcode": "POSTCODE", "nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row a registration."}], "caution": "Demonstration data: nobody in it exists. A few deaths are registered twice, as in real registers.", "summary": "Registrations of death with the underlying cause and the causes mentioned.", "version": 1, "coverage": "England (synthetic), 8 December 2020 to 18 March 2021", "onOptOut": "remove_next_snapshot", "custodian": "Civil Registration Office", "frequency": "weekly", "conformsTo": ["ICD-10"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('7zoxcttt6f6d', 'primary_care', 'Medicines dispensed in primary care', 'Medicines dispensed by month, with BNF and dm+d codes.', 'auuj5udjv2s2', '{"code": "primary_care", "title": "Medicines dispensed in primary care", "schema": 1, "source": "Synthetic, drawn from a seed, conditional on the diseases of the person.", "tables": [{"key": [], "date": "ProcessingPeriodDate", "file": {"minRows": 1, "maxAsideShare": 0.05}, "name": "meds", "order": ["ProcessingPeriodDate", "PrescribedBNFCode", "PaidQuantity"], "rules": [], "title": "Dispensed medicines", "fields": [{"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "severity": "warn"}, {"name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "publish": "drop", "severity": "warn"}, {"name": "ProcessingPeriodDate", "type": "date", "label": "Month", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "PrescribedBNFCode", "type": "text", "label": "BNF code", "domain": "bnf", "publish": "keep", "required": true}, {"name": "PrescribeddmdCode", "type": "text", "label": "dm+d code", "domain": "dmd", "publish": "keep", "severity": "warn"}, {"max": 100000, "min": 0, "name": "PaidQuantity", "type": "number", "label": "Quantity", "publish": "keep"}, {"name": "CostCentreODSCode", "type": "text", "label": "Practice (ODS)", "domain": "ods", "publish": "drop", "severity": "warn"}], "person": {"optional": true, "identifiers": {"nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row an item dispensed; the month, never the day."}], "caution": "Demonstration data: nobody in it exists. About one row in twenty has no person, as in the real table.", "summary": "Medicines dispensed by month, with BNF and dm+d codes.", "version": 1, "coverage": "England (synthetic), September to November 2020", "onOptOut": "remove_next_snapshot", "custodian": "National Health Data Office", "frequency": "monthly", "conformsTo": ["BNF", "dm+d"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00'),
	('zg5wur2o5poy', 'vaccine', 'COVID-19 vaccination', 'Doses of COVID-19 vaccine offered and given, by product, dose and day.', 'auuj5udjv2s2', '{"code": "vaccine", "title": "COVID-19 vaccination", "schema": 1, "source": "Synthetic, drawn from a seed; roll-out by age as in winter 2020 to 2021.", "tables": [{"key": ["NHS_NUMBER", "RECORDED_DATE", "VACCINATION_PROCEDURE_CODE", "VACCINE_PRODUCT_CODE"], "date": "RECORDED_DATE", "file": {"minRows": 1, "maxAsideShare": 0.1}, "name": "status", "order": ["RECORDED_DATE", "VACCINATION_PROCEDURE_CODE", "VACCINE_PRODUCT_CODE"], "rules": [{"id": "product-when-given", "says": "a dose that was given names its product", "expect": {"any": [{"op": "eq", "value": "TRUE", "column": "NOT_GIVEN"}, {"op": "not-null", "column": "VACCINE_PRODUCT_CODE"}]}, "severity": "reject-row"}], "title": "Vaccination status", "fields": [{"name": "NHS_NUMBER", "type": "text", "label": "NHS number", "domain": "nhs-number", "publish": "drop", "required": true}, {"name": "DATE_OF_BIRTH", "type": "date", "label": "Date of birth", "publish": "drop", "required": true, "notAfterReceipt": true}, {"name": "RECORDED_DATE", "type": "date", "label": "Day recorded", "publish": "keep", "required": true, "notAfterReceipt": true}, {"name": "VACCINE_PRODUCT_CODE", "type": "text", "label": "Vaccine product", "domain": "dmd", "values": {"39114911000001105": "COVID-19 Vaccine AstraZeneca", "39115611000001103": "COVID-19 mRNA Vaccine Pfizer/BioNTech", "39326911000001101": "COVID-19 mRNA Vaccine Moderna"}, "publish": "keep"}, {"name": "VACCINATION_PROCEDURE_CODE", "type": "text", "label": "Procedure", "domain": "snomed", "values": {"1324681000000101": "first dose", "1324691000000104": "second dose"}, "publish": "keep", "required": true}, {"name": "VACCINATION_SITUATION_CODE", "type": "text", "label": "Situation (why not given)", "domain": "snomed", "publish": "keep", "severity": "warn"}, {"max": 3, "min": 1, "name": "DOSE_SEQUENCE", "type": "integer", "label": "Dose", "publish": "keep"}, {"name": "NOT_GIVEN", "type": "text", "label": "Not given", "values": {"TRUE": "declined or not given", "FALSE": "given"}, "publish": "keep", "required": true}, {"name": "CARE_SETTING_TYPE_CODE", "type": "text", "label": "Care setting", "publish": "keep", "severity": "warn", "maxLength": 20}, {"name": "SITE_CODE", "type": "text", "label": "Site of administration (ODS)", "domain": "ods", "publish": "drop", "severity": "warn"}], "person": {"identifiers": {"nhsNumber": "NHS_NUMBER", "dateOfBirth": "DATE_OF_BIRTH"}}, "description": "One row a dose recorded, with the product and whether it was given."}], "caution": "Demonstration data: nobody in it exists.", "summary": "Doses of COVID-19 vaccine offered and given, by product, dose and day.", "version": 1, "coverage": "England (synthetic), 8 December 2020 to 18 March 2021", "onOptOut": "remove_next_snapshot", "custodian": "National Health Data Office", "frequency": "daily", "conformsTo": ["SNOMED CT", "dm+d"], "accessRights": "Projects with an agreement approved by the custodian"}', '2026-11-25 11:12:00.2265+00');
INSERT INTO public."extract" VALUES
	('ffinud2pks3l', 'jwpdk5enzr4q', 1, 'ready', '{"id": "ffinud2pks3l", "format": 1, "people": 17549, "tables": [{"name": "nafld_nafld1", "rows": 17549, "table": "nafld1", "title": "People", "people": 17549, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "age", "type": "integer", "unit": "years", "label": "Age at entry"}, {"name": "male", "type": "integer", "label": "Male", "values": {"0": "female", "1": "male"}}, {"name": "weight", "type": "number", "unit": "kg", "label": "Weight"}, {"name": "height", "type": "number", "unit": "cm", "label": "Height"}, {"name": "bmi", "type": "number", "unit": "kg/m2", "label": "Body mass index"}, {"name": "case_person_id", "type": "integer", "label": "The person with NAFLD to whom this person is matched"}, {"name": "futime", "type": "integer", "unit": "days", "label": "Days to death or last follow-up"}, {"name": "status", "type": "integer", "label": "Died", "values": {"0": "alive at last follow-up", "1": "died"}}], "dataSet": "nafld", "objects": [{"etag": "56e8eb391bffbb02616d21064e5034c8", "path": "jwpdk5enzr4q/ffinud2pks3l/nafld_nafld1/part-0.parquet", "rows": 17549, "bytes": 256553, "sha256": "42b2581d868e12dc49ce5b0ec447654b61d4059cb7566f6046009e7b2d5b9f9b"}], "snapshot": "bxrcgwjqa3xb", "smallCells": 0.0017}, {"name": "nafld_nafld2", "rows": 400123, "table": "nafld2", "title": "Laboratory and clinic values", "people": 15666, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "days", "type": "integer", "unit": "days", "label": "Days from entry"}, {"name": "test", "type": "text", "label": "Test", "values": {"dbp": "diastolic blood pressure, mmHg", "hdl": "HDL cholesterol, mg/dL", "sbp": "systolic blood pressure, mmHg", "chol": "total cholesterol, mg/dL", "fib4": "FIB-4 fibrosis score", "smoke": "smoking, 0 no, 1 yes"}}, {"name": "value", "type": "number", "label": "Value"}], "dataSet": "nafld", "objects": [{"etag": "e716de1e4fda28c36140d1d0f64cbc11", "path": "jwpdk5enzr4q/ffinud2pks3l/nafld_nafld2/part-0.parquet", "rows": 400123, "bytes": 1382473, "sha256": "60ec591e14965995274a2e9717fcac8c02982853429bdbfebc51c91fcdd1785d"}], "snapshot": "bxrcgwjqa3xb", "smallCells": null}, {"name": "nafld_nafld3", "rows": 34327, "table": "nafld3", "title": "Diagnoses", "people": 12453, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "days", "type": "integer", "unit": "days", "label": "Days from entry"}, {"name": "event", "type": "text", "label": "Event", "values": {"MI": "myocardial infarction", "htn": "hypertension", "afib": "atrial fibrillation", "nafld": "non-alcoholic fatty liver disease", "stroke": "stroke", "ang/isc": "angina or ischaemia", "diabetes": "diabetes", "dyslipidemia": "dyslipidaemia", "heart failure": "heart failure", "cardiac arrest": "cardiac arrest"}}], "dataSet": "nafld", "objects": [{"etag": "a49852ab40a798c00bb2c06c3cbe3ec6", "path": "jwpdk5enzr4q/ffinud2pks3l/nafld_nafld3/part-0.parquet", "rows": 34327, "bytes": 110642, "sha256": "726a6b00d6a149df4d0669235e9b6e33e22824f9c7608a7bfa836f17ec61b8ef"}], "snapshot": "bxrcgwjqa3xb", "smallCells": null}], "project": "jwpdk5enzr4q", "agreement": {"id": "jwpdk5enzr4q", "sha256": "60f77fc3a88e0ebfd2b0ed21838a54167e0971d6dd37b7070b2fbea8752ac224", "version": 1}, "snapshots": [{"sha256": "6957ee7e73ca230578868cfefd5a7d040804ab506e7d002ab528080d9ada16a9", "dataSet": "nafld", "snapshot": "bxrcgwjqa3xb"}], "contentSha256": "ea1d608cb5cf932d9227dc89a52da7a00b4ea16a1e0e25a9ee249f3dba76043d"}', 'b6c663a29fd509f595eac690dbcd20ee9596653375fe9ec3c8e8f7d3bbc487e4', '2026-11-25 11:14:05.912+00', '2026-11-25 11:14:31.934+00'),
	('42a2uaexiqwl', 'xrj5x4hqkjd5', 1, 'ready', '{"id": "42a2uaexiqwl", "format": 1, "people": 200002, "tables": [{"name": "demographics_people", "rows": 200000, "table": "people", "title": "People", "people": 200000, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "YEAR_OF_BIRTH", "type": "integer", "label": "Date of birth: year"}, {"name": "SEX", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female", "9": "not known"}}, {"name": "ETHNIC", "type": "text", "label": "Ethnic group", "values": {"Asian": "Asian or Asian British", "Black": "Black or Black British", "Mixed": "Mixed", "Other": "Other ethnic groups", "White": "White"}}, {"name": "REGION", "type": "text", "label": "Region of residence", "values": {"London": "London", "North East": "North East", "North West": "North West", "South East": "South East", "South West": "South West", "East Midlands": "East Midlands", "West Midlands": "West Midlands", "East of England": "East of England", "Yorkshire and The Humber": "Yorkshire and The Humber"}}, {"name": "IMD_QUINTILE", "type": "integer", "label": "Deprivation, fifths (1 = most deprived)"}, {"name": "CARE_HOME", "type": "integer", "label": "Lives in a care home", "values": {"0": "no", "1": "yes"}}], "dataSet": "demographics", "objects": [{"etag": "772b22157c9d89d45756be7b062d782f", "path": "xrj5x4hqkjd5/42a2uaexiqwl/demographics_people/part-0.parquet", "rows": 200000, "bytes": 588991, "sha256": "de2c8429caab76521d564c97415095a02468df145e81459ac366dc3190aaa789"}], "snapshot": "degvzm5jnsud", "smallCells": 0.1015}, {"name": "vaccine_status", "rows": 84839, "table": "status", "title": "Vaccination status", "people": 81712, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "RECORDED_DATE", "type": "date", "label": "Day recorded"}, {"name": "VACCINE_PRODUCT_CODE", "type": "text", "label": "Vaccine product", "values": {"39114911000001105": "COVID-19 Vaccine AstraZeneca", "39115611000001103": "COVID-19 mRNA Vaccine Pfizer/BioNTech", "39326911000001101": "COVID-19 mRNA Vaccine Moderna"}}, {"name": "VACCINATION_PROCEDURE_CODE", "type": "text", "label": "Procedure", "values": {"1324681000000101": "first dose", "1324691000000104": "second dose"}}, {"name": "VACCINATION_SITUATION_CODE", "type": "text", "label": "Situation (why not given)"}, {"name": "DOSE_SEQUENCE", "type": "integer", "label": "Dose"}, {"name": "NOT_GIVEN", "type": "text", "label": "Not given", "values": {"TRUE": "declined or not given", "FALSE": "given"}}, {"name": "CARE_SETTING_TYPE_CODE", "type": "text", "label": "Care setting"}], "dataSet": "vaccine", "objects": [{"etag": "cb08336f66cb45a57d67c51445b4de34", "path": "xrj5x4hqkjd5/42a2uaexiqwl/vaccine_status/part-0.parquet", "rows": 84839, "bytes": 193973, "sha256": "4c48ee309c24f5c4799b4c3a7fd40eade235dacefdc58d9b2692a1bb08499c6c"}], "snapshot": "23thgd3b2ejc", "smallCells": null}, {"name": "hes_apc", "rows": 112144, "table": "apc", "title": "Admitted patient care", "people": 89340, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "FYEAR", "type": "text", "label": "Financial year"}, {"name": "ADMIDATE", "type": "date", "label": "Day of admission"}, {"name": "EPISTART", "type": "date", "label": "First day of the episode"}, {"name": "EPIEND", "type": "date", "label": "Last day of the episode"}, {"name": "EPIORDER", "type": "integer", "label": "Order of the episode in its spell"}, {"name": "ADMIMETH", "type": "text", "label": "Method of admission", "values": {"11": "waiting list", "12": "booked", "13": "planned", "21": "emergency department", "22": "general practitioner", "28": "other emergency"}}, {"name": "CLASSPAT", "type": "text", "label": "Class of patient", "values": {"1": "ordinary admission", "2": "day case"}}, {"name": "STARTAGE_CALC", "type": "integer", "unit": "years", "label": "Age at the start of the episode"}, {"name": "SEX", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female", "9": "not known"}}, {"name": "DIAG_4_01", "type": "text", "label": "First diagnosis"}, {"name": "DIAG_4_02", "type": "text", "label": "Second diagnosis"}, {"name": "DIAG_4_03", "type": "text", "label": "Third diagnosis"}, {"name": "DIAG_4_CONCAT", "type": "text", "label": "All diagnoses, comma separated"}], "dataSet": "hes", "objects": [{"etag": "9719dbff866fb77151af8a5743fe26f2", "path": "xrj5x4hqkjd5/42a2uaexiqwl/hes_apc/part-0.parquet", "rows": 112144, "bytes": 1032878, "sha256": "b723297c13c40a19959bfa54f82c4bc2f61a5a5076360c20d5164e827ec607ef"}], "snapshot": "ahhl77rgefv7", "smallCells": null}, {"name": "ons_deaths", "rows": 475, "table": "deaths", "title": "Deaths", "people": 472, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "SEX", "type": "text", "label": "Sex", "values": {"1": "male", "2": "female", "9": "not known"}}, {"name": "REG_DATE", "type": "date", "label": "Day of registration"}, {"name": "REG_DATE_OF_DEATH", "type": "date", "label": "Day of death"}, {"name": "S_UNDERLYING_COD_ICD10", "type": "text", "label": "Underlying cause"}, {"name": "S_COD_CODE_1", "type": "text", "label": "First cause mentioned"}, {"name": "S_COD_CODE_2", "type": "text", "label": "Second cause mentioned"}], "dataSet": "ons", "objects": [{"etag": "0bb8d0a2fc16f23e6934d1526c94f328", "path": "xrj5x4hqkjd5/42a2uaexiqwl/ons_deaths/part-0.parquet", "rows": 475, "bytes": 4814, "sha256": "4de3ac10fbc42ee85599eafc3b3e0e197b54187854092aa10ac3ad135c0ac834"}], "snapshot": "qyejeqrotdz6", "smallCells": null}, {"name": "primary_care_meds", "rows": 159720, "table": "meds", "title": "Dispensed medicines", "people": 50150, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "ProcessingPeriodDate", "type": "date", "label": "Month"}, {"name": "PrescribedBNFCode", "type": "text", "label": "BNF code"}, {"name": "PrescribeddmdCode", "type": "text", "label": "dm+d code"}, {"name": "PaidQuantity", "type": "number", "label": "Quantity"}], "dataSet": "primary_care", "objects": [{"etag": "d962bf1ea8846feade4f4bccd10c2ee2", "path": "xrj5x4hqkjd5/42a2uaexiqwl/primary_care_meds/part-0.parquet", "rows": 159720, "bytes": 192125, "sha256": "05695d22f23a19084b6674fed28ab1ee38cb0f965649b02b65ac82745cb51526"}], "snapshot": "fnj4lzxodd53", "smallCells": null}, {"name": "gdppr_events", "rows": 497629, "table": "events", "title": "Coded events", "people": 179970, "columns": [{"name": "person_id", "type": "integer", "label": "Person, in this project only"}, {"name": "DATE", "type": "date", "label": "Day of the event"}, {"name": "RECORD_DATE", "type": "date", "label": "Day of recording"}, {"name": "CODE", "type": "text", "label": "SNOMED CT concept"}, {"name": "VALUE1_CONDITION", "type": "number", "label": "Value"}], "dataSet": "gdppr", "objects": [{"etag": "3be352fd59c95e69daba0d6ab5ab9654", "path": "xrj5x4hqkjd5/42a2uaexiqwl/gdppr_events/part-0.parquet", "rows": 497629, "bytes": 2385413, "sha256": "e7fd122cea6007985be8859d93191e826e3a32317db9c14799afc7387455a2c4"}], "snapshot": "7sw5hjdzrspf", "smallCells": null}], "project": "xrj5x4hqkjd5", "agreement": {"id": "xrj5x4hqkjd5", "sha256": "c183005d9c71462d72d7997ae2b972711351eade07afe40c5c3fe9eb042e2d0d", "version": 1}, "snapshots": [{"sha256": "7f75e64c2ff48f3d055f463c7713708fb971acb12c904feee847bfe60ea22479", "dataSet": "demographics", "snapshot": "degvzm5jnsud"}, {"sha256": "ae7db8973909871880f9f60a1f595c476f0f9d8bdcbb6cfdd3b24930a684af47", "dataSet": "vaccine", "snapshot": "23thgd3b2ejc"}, {"sha256": "815e11f732b57c3480d69e6c1d183c4d96d313e224397aff757c3ed67f9d90a5", "dataSet": "hes", "snapshot": "ahhl77rgefv7"}, {"sha256": "955e2c7291870353a9dc8970ac1bbc6868e3163b4f9830c19b4e21b2cb7d6794", "dataSet": "ons", "snapshot": "qyejeqrotdz6"}, {"sha256": "e0c5c4168bd4ce46c997eec235f93318606330ace2be5863fe4837a1e2abdb34", "dataSet": "primary_care", "snapshot": "fnj4lzxodd53"}, {"sha256": "93ec95f431dd45dfd8b74074a36bc1852c9d9cedbbd55e8a01df83e80299ff76", "dataSet": "gdppr", "snapshot": "7sw5hjdzrspf"}], "contentSha256": "74d9f2b84ece5179bccb31ad0f81b840aeec0957c10f5515307186128637e6f2"}', 'e2b54b68f8299ecf8c7c66202bc3629df4de0d574a06549d13319c970ec61652', '2026-11-25 11:14:30.099+00', '2026-11-25 11:14:57.976+00');
INSERT INTO public.extract_object VALUES
	('ffinud2pks3l', 'nafld_nafld1/part-0.parquet', 'nafld_nafld1', 'project', 'jwpdk5enzr4q/ffinud2pks3l/nafld_nafld1/part-0.parquet', 256553, '56e8eb391bffbb02616d21064e5034c8', '42b2581d868e12dc49ce5b0ec447654b61d4059cb7566f6046009e7b2d5b9f9b', 17549, '2026-11-25 11:14:31.934+00'),
	('ffinud2pks3l', 'nafld_nafld2/part-0.parquet', 'nafld_nafld2', 'project', 'jwpdk5enzr4q/ffinud2pks3l/nafld_nafld2/part-0.parquet', 1382473, 'e716de1e4fda28c36140d1d0f64cbc11', '60ec591e14965995274a2e9717fcac8c02982853429bdbfebc51c91fcdd1785d', 400123, '2026-11-25 11:14:31.934+00'),
	('ffinud2pks3l', 'nafld_nafld3/part-0.parquet', 'nafld_nafld3', 'project', 'jwpdk5enzr4q/ffinud2pks3l/nafld_nafld3/part-0.parquet', 110642, 'a49852ab40a798c00bb2c06c3cbe3ec6', '726a6b00d6a149df4d0669235e9b6e33e22824f9c7608a7bfa836f17ec61b8ef', 34327, '2026-11-25 11:14:31.934+00'),
	('42a2uaexiqwl', 'demographics_people/part-0.parquet', 'demographics_people', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/demographics_people/part-0.parquet', 588991, '772b22157c9d89d45756be7b062d782f', 'de2c8429caab76521d564c97415095a02468df145e81459ac366dc3190aaa789', 200000, '2026-11-25 11:14:57.976+00'),
	('42a2uaexiqwl', 'vaccine_status/part-0.parquet', 'vaccine_status', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/vaccine_status/part-0.parquet', 193973, 'cb08336f66cb45a57d67c51445b4de34', '4c48ee309c24f5c4799b4c3a7fd40eade235dacefdc58d9b2692a1bb08499c6c', 84839, '2026-11-25 11:14:57.976+00'),
	('42a2uaexiqwl', 'hes_apc/part-0.parquet', 'hes_apc', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/hes_apc/part-0.parquet', 1032878, '9719dbff866fb77151af8a5743fe26f2', 'b723297c13c40a19959bfa54f82c4bc2f61a5a5076360c20d5164e827ec607ef', 112144, '2026-11-25 11:14:57.976+00'),
	('42a2uaexiqwl', 'ons_deaths/part-0.parquet', 'ons_deaths', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/ons_deaths/part-0.parquet', 4814, '0bb8d0a2fc16f23e6934d1526c94f328', '4de3ac10fbc42ee85599eafc3b3e0e197b54187854092aa10ac3ad135c0ac834', 475, '2026-11-25 11:14:57.976+00'),
	('42a2uaexiqwl', 'primary_care_meds/part-0.parquet', 'primary_care_meds', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/primary_care_meds/part-0.parquet', 192125, 'd962bf1ea8846feade4f4bccd10c2ee2', '05695d22f23a19084b6674fed28ab1ee38cb0f965649b02b65ac82745cb51526', 159720, '2026-11-25 11:14:57.976+00'),
	('42a2uaexiqwl', 'gdppr_events/part-0.parquet', 'gdppr_events', 'project', 'xrj5x4hqkjd5/42a2uaexiqwl/gdppr_events/part-0.parquet', 2385413, '3be352fd59c95e69daba0d6ab5ab9654', 'e7fd122cea6007985be8859d93191e826e3a32317db9c14799afc7387455a2c4', 497629, '2026-11-25 11:14:57.976+00');
INSERT INTO public.extract_snapshot VALUES
	('ffinud2pks3l', 'bxrcgwjqa3xb'),
	('42a2uaexiqwl', 'degvzm5jnsud'),
	('42a2uaexiqwl', '23thgd3b2ejc'),
	('42a2uaexiqwl', 'ahhl77rgefv7'),
	('42a2uaexiqwl', 'qyejeqrotdz6'),
	('42a2uaexiqwl', 'fnj4lzxodd53'),
	('42a2uaexiqwl', '7sw5hjdzrspf');
INSERT INTO public.identity VALUES
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '02e10d15-3f29-480a-a6a0-e05868b0f62b', 'fwcwagbd5acf', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '1319186a-d565-49f5-a4dd-fd23282ba098', 'vgsbibbozxja', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '04cc076a-3cd2-4047-b79e-bda0c0523672', '7tyb46hn4bw3', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', 'c30855a0-ac61-4c75-b9c0-92dad9f6a2b5', '6v7mb3lbguwa', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '622f642c-726e-4e8b-874a-4af7b8586b63', '4jcey526hmg3', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', 'a36c09eb-1a96-40e2-b66d-3c0fd4df856f', 'oj2hrtjaixwx', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '34b1c028-1a9c-4479-aa37-e016aabcf8ea', 'atlgtzwzy2vo', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '0302a6b9-0f39-4fa1-b97d-86c2ae4ef08c', 'eqenb7jh63ic', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', 'a35833de-35cd-45ba-8bc0-738c8977ff03', 'uznpdqi4ep5j', '2026-11-25 11:12:00.2265+00'),
	('http://id.glasshouse.localhost:8080/realms/glasshouse', '897ed1cb-38df-4c36-bc57-24235319f03e', 'l4u6gjvdrs6z', '2026-11-25 11:12:00.2265+00');
INSERT INTO public.identity_event_seen VALUES
	('login:VppyWENWJTfvYb4K1mgRoSeS', '2026-11-25 23:34:04.065+00'),
	('login:mz88QE3n0N32IoiikkD5tlpR', '2026-11-25 23:48:00.169+00');
INSERT INTO public.intent VALUES
	('46dgx7wli2gn', '4cwglz6tti7j', 'object', 'ffinud2pks3l', 'nafld_nafld1/part-0.parquet', 138, '2026-11-25 11:15:01.685+00', '2026-11-25 11:16:01.685+00', '2026-11-25 11:15:05.316+00', 147456, 3, 'done'),
	('33svslqxpi6x', '4cwglz6tti7j', 'object', 'ffinud2pks3l', 'nafld_nafld2/part-0.parquet', 139, '2026-11-25 11:15:01.735+00', '2026-11-25 11:16:01.735+00', '2026-11-25 11:15:05.387+00', 16384, 1, 'done');
INSERT INTO public.mail VALUES
	('2ob5logbofzv', 'mei@demo.example', 'A request for release waits for output checkers', 'A request for release waits in the queue. Sign in and look at it here:
http://glasshouse.localhost:8080/queue
', '2026-11-25 13:03:22.385495+00', NULL, 0),
	('3cidtvq65x3w', 'jonas@demo.example', 'A request for release waits for output checkers', 'A request for release waits in the queue. Sign in and look at it here:
http://glasshouse.localhost:8080/queue
', '2026-11-25 13:14:52.076979+00', NULL, 0);
INSERT INTO public.organisation VALUES
	('auuj5udjv2s2', 'National Health Data Office', '2026-11-25 11:12:00.2265+00'),
	('ixnequyj62bk', 'Northbridge University Hospital', '2026-11-25 11:12:00.2265+00'),
	('raym5cmgutml', 'Civil Registration Office', '2026-11-25 11:12:00.2265+00'),
	('p7ipaxdfgegi', 'University of Eastmoor', '2026-11-25 11:12:00.2265+00'),
	('ngh3zi6a3x53', 'Harrow Vale Institute', '2026-11-25 11:12:00.2265+00'),
	('zl6drcrrs55n', 'Glasshouse Operations', '2026-11-25 11:12:00.2265+00'),
	('pz4wdbgbxsdw', 'National Demonstration Register', '2026-11-25 11:12:00.2265+00'),
	('hgnhfap4srl5', 'Data Use Watch', '2026-11-25 11:12:00.2265+00');
INSERT INTO public.output_check VALUES
	('wavjxdfrndcx', 1, '4uc2kz2kdhmw', 'done', 'violated', '1.0.0', '{"name": "nhs-england-sde", "sha256": "b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51", "version": "1.0.0"}', '[{"rule": "threshold", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "violated", "message": "“4” is a count of 4, below the threshold of 10.", "audience": "all", "location": {"row": 1, "column": "mrna"}, "severity": "block", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“10037” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 0, "column": "people"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“22” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 0, "column": "vector"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“58” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 0, "column": "mrna"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“9676” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 1, "column": "people"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“41” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 1, "column": "vector"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“9724” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 2, "column": "people"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“18” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 2, "column": "vector"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“49” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 2, "column": "mrna"}, "severity": "review", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "violated", "message": "“67” is not rounded to the nearest 5 (9 of 12 counts of this table are not).", "audience": "all", "location": {"row": 2, "column": "all_events"}, "severity": "review", "ruleVersion": "1"}, {"rule": "zero-cell", "known": "file", "source": "NHS England SDE output rules: 0 is used as a mask, so a zero says nothing", "status": "satisfied", "message": "Nothing of this kind: no count is zero.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "class-disclosure", "known": "file", "source": "not stated by NHS England: no limit is set", "status": "satisfied", "message": "This policy sets no limit for the share of one answer in a group.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "dominance", "known": "file", "source": "not stated by the organisation; ACRO default.yaml: nk 2/0.90, p% 0.10", "status": "satisfied", "message": "Nothing of this kind: no column adds up or averages amounts; every column was told to be labels, counts, shares or models.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "degrees-of-freedom", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: 10 degrees of freedom", "status": "satisfied", "message": "Nothing of this kind: no model or test was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "endpoint", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: no minimum, maximum or extreme percentile", "status": "satisfied", "message": "Nothing of this kind: no minimum, maximum, range or percentile was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "recovery", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "satisfied", "message": "Nothing of this kind: no count is hidden.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "differencing", "known": "file", "source": "NHS England SDE output rules: a difference below the threshold is a count below the threshold", "status": "satisfied", "message": "No earlier release was given; 0 tables of this request have the same cells and none differs by a few people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unit-record", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "Rows are groups: they have labels and numbers of people or statistics, and no key of people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "identifier", "known": "file", "source": "NHS Data Dictionary (check digit); design of person_id; not stated by NHS England beyond identifiers themselves", "status": "satisfied", "message": "No health number, postcode, address of a person or date of birth, and no number in this project''s or another project''s person_id range; every cell was looked at.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "hidden-content", "known": "file", "source": "own rule of the engine: a checker must see everything that leaves", "status": "satisfied", "message": "Nothing was found that a person looking at the file would not see.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "file-type", "known": "file", "source": "NHS England SDE output rules: aggregated results only, fit for the public domain; NHS England SDE output rules: no record-level data leaves", "status": "satisfied", "message": "The content is csv, told from its bytes, and the policy accepts that.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unreadable", "known": "file", "source": "own rule of the engine: what cannot be read cannot be checked", "status": "satisfied", "message": "The whole file was read as csv.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "size", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 16 MiB; not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "122 bytes, within 16777216 bytes and 5000 rows.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "formula", "known": "file", "source": "own rule of the engine: a released table must not run when it is opened", "status": "satisfied", "message": "No cell is a formula and nothing in the file runs.", "audience": "all", "severity": "info", "ruleVersion": "1"}]', NULL, '2026-11-25 12:04:25.534+00', '2026-11-25 12:04:26.288+00'),
	('wavjxdfrndcx', 1, '22uw5jog7hev', 'done', 'satisfied', '1.0.0', '{"name": "nhs-england-sde", "sha256": "b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51", "version": "1.0.0"}', '[{"rule": "threshold", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "satisfied", "message": "No count from 1 to 9 in the table; every count was read.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "zero-cell", "known": "file", "source": "NHS England SDE output rules: 0 is used as a mask, so a zero says nothing", "status": "satisfied", "message": "Nothing of this kind: no count is zero.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "class-disclosure", "known": "file", "source": "not stated by NHS England: no limit is set", "status": "satisfied", "message": "This policy sets no limit for the share of one answer in a group.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "dominance", "known": "file", "source": "not stated by the organisation; ACRO default.yaml: nk 2/0.90, p% 0.10", "status": "satisfied", "message": "Nothing of this kind: no column adds up or averages amounts; every column was told to be labels, counts, shares or models.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "degrees-of-freedom", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: 10 degrees of freedom", "status": "satisfied", "message": "Nothing of this kind: no model or test was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "endpoint", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: no minimum, maximum or extreme percentile", "status": "satisfied", "message": "Nothing of this kind: no minimum, maximum, range or percentile was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "recovery", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "satisfied", "message": "Nothing of this kind: no count is hidden.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "differencing", "known": "file", "source": "NHS England SDE output rules: a difference below the threshold is a count below the threshold", "status": "satisfied", "message": "No earlier release was given; 0 tables of this request have the same cells and none differs by a few people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "satisfied", "message": "Every count is rounded to the nearest 5, and shares fit the rounded counts.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unit-record", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "Rows are groups: they have labels and numbers of people or statistics, and no key of people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "identifier", "known": "file", "source": "NHS Data Dictionary (check digit); design of person_id; not stated by NHS England beyond identifiers themselves", "status": "satisfied", "message": "No health number, postcode, address of a person or date of birth, and no number in this project''s or another project''s person_id range; every cell was looked at.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "hidden-content", "known": "file", "source": "own rule of the engine: a checker must see everything that leaves", "status": "satisfied", "message": "Nothing was found that a person looking at the file would not see.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "file-type", "known": "file", "source": "NHS England SDE output rules: aggregated results only, fit for the public domain; NHS England SDE output rules: no record-level data leaves", "status": "satisfied", "message": "The content is csv, told from its bytes, and the policy accepts that.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unreadable", "known": "file", "source": "own rule of the engine: what cannot be read cannot be checked", "status": "satisfied", "message": "The whole file was read as csv.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "size", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 16 MiB; not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "35 bytes, within 16777216 bytes and 5000 rows.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "formula", "known": "file", "source": "own rule of the engine: a released table must not run when it is opened", "status": "satisfied", "message": "No cell is a formula and nothing in the file runs.", "audience": "all", "severity": "info", "ruleVersion": "1"}]', NULL, '2026-11-25 12:04:25.534+00', '2026-11-25 12:04:26.288+00'),
	('wavjxdfrndcx', 2, '22uw5jog7hev', 'done', 'satisfied', '1.0.0', '{"name": "nhs-england-sde", "sha256": "b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51", "version": "1.0.0"}', '[{"rule": "threshold", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "satisfied", "message": "No count from 1 to 9 in the table; every count was read.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "zero-cell", "known": "file", "source": "NHS England SDE output rules: 0 is used as a mask, so a zero says nothing", "status": "satisfied", "message": "Nothing of this kind: no count is zero.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "class-disclosure", "known": "file", "source": "not stated by NHS England: no limit is set", "status": "satisfied", "message": "This policy sets no limit for the share of one answer in a group.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "dominance", "known": "file", "source": "not stated by the organisation; ACRO default.yaml: nk 2/0.90, p% 0.10", "status": "satisfied", "message": "Nothing of this kind: no column adds up or averages amounts; every column was told to be labels, counts, shares or models.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "degrees-of-freedom", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: 10 degrees of freedom", "status": "satisfied", "message": "Nothing of this kind: no model or test was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "endpoint", "known": "file", "source": "not stated by the organisation; field guidance: ESSnet 2009 and DwB 2015 rule-of-thumb model: no minimum, maximum or extreme percentile", "status": "satisfied", "message": "Nothing of this kind: no minimum, maximum, range or percentile was found in the file.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "recovery", "known": "file", "source": "NHS England SDE output rules: counts below 10 are suppressed, shown as 0 or *", "status": "satisfied", "message": "Nothing of this kind: no count is hidden.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "differencing", "known": "file", "source": "NHS England SDE output rules: a difference below the threshold is a count below the threshold", "status": "satisfied", "message": "No earlier release was given; 0 tables of this request have the same cells and none differs by a few people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "rounding", "known": "file", "source": "NHS England SDE output rules: all counts above 10 are rounded to the nearest 5", "status": "satisfied", "message": "Every count is rounded to the nearest 5, and shares fit the rounded counts.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unit-record", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "Rows are groups: they have labels and numbers of people or statistics, and no key of people.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "identifier", "known": "file", "source": "NHS Data Dictionary (check digit); design of person_id; not stated by NHS England beyond identifiers themselves", "status": "satisfied", "message": "No health number, postcode, address of a person or date of birth, and no number in this project''s or another project''s person_id range; every cell was looked at.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "hidden-content", "known": "file", "source": "own rule of the engine: a checker must see everything that leaves", "status": "satisfied", "message": "Nothing was found that a person looking at the file would not see.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "file-type", "known": "file", "source": "NHS England SDE output rules: aggregated results only, fit for the public domain; NHS England SDE output rules: no record-level data leaves", "status": "satisfied", "message": "The content is csv, told from its bytes, and the policy accepts that.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "unreadable", "known": "file", "source": "own rule of the engine: what cannot be read cannot be checked", "status": "satisfied", "message": "The whole file was read as csv.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "size", "known": "file", "source": "not stated by the organisation; OpenSAFELY job-runner: 16 MiB; not stated by the organisation; OpenSAFELY job-runner: 5,000 rows (the former NHS England limit of 1,000 rows and 30 columns was removed)", "status": "satisfied", "message": "35 bytes, within 16777216 bytes and 5000 rows.", "audience": "all", "severity": "info", "ruleVersion": "1"}, {"rule": "formula", "known": "file", "source": "own rule of the engine: a released table must not run when it is opened", "status": "satisfied", "message": "No cell is a formula and nothing in the file runs.", "audience": "all", "severity": "info", "ruleVersion": "1"}]', NULL, '2026-11-25 12:24:53.801+00', '2026-11-25 12:24:54.151+00');
INSERT INTO public.output_comment VALUES
	('va35y4juzbr4', 'wavjxdfrndcx', '4uc2kz2kdhmw', NULL, 1, '6v7mb3lbguwa', 'checker', 'public', 'Please hide the counts below 10, and one more.', '2026-11-25 12:05:03.708+00'),
	('uzkkjeyqrg7g', 'wavjxdfrndcx', '22uw5jog7hev', NULL, 1, '6v7mb3lbguwa', 'checker', 'public', 'Please hide the counts below 10, and one more.', '2026-11-25 12:05:11.171+00'),
	('c6dtnat2njz5', 'wavjxdfrndcx', '4uc2kz2kdhmw', NULL, 1, '4jcey526hmg3', 'checker', 'public', 'Please hide the counts below 10, and one more.', '2026-11-25 12:08:21.325+00'),
	('vac7lizosi6c', 'wavjxdfrndcx', '22uw5jog7hev', NULL, 1, '4jcey526hmg3', 'checker', 'public', 'Please hide the counts below 10, and one more.', '2026-11-25 12:08:36.56+00'),
	('jqxuhc7uzunq', 'wavjxdfrndcx', NULL, NULL, 1, '4jcey526hmg3', 'checker', 'public', 'Please hide counts below 10.', '2026-11-25 12:24:36.352+00');
INSERT INTO public.output_file VALUES
	('22uw5jog7hev', 'wavjxdfrndcx', 'cbrtyukzg7c4', 't2.csv', 'output', 'People', 'none', 35, 'csv', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', NULL, NULL, '2026-11-25 12:04:24.375+00'),
	('4uc2kz2kdhmw', 'wavjxdfrndcx', 'cbrtyukzg7c4', 't1.csv', 'output', 'Events', 'none hidden', 122, 'csv', '5e3ba1786e2fecf803e86b06f345e477b34294041e1e5417a025e3c6c564f0e4', '5e3ba1786e2fecf803e86b06f345e477b34294041e1e5417a025e3c6c564f0e4', NULL, '2026-11-25 12:24:47.492+00', '2026-11-25 12:04:24.365+00');
INSERT INTO public.output_group VALUES
	('cbrtyukzg7c4', 'wavjxdfrndcx', 'Main tables', 'People by sex, for the flow diagram', 0, NULL);
INSERT INTO public.output_request VALUES
	('wavjxdfrndcx', 'R-0001', 'xrj5x4hqkjd5', 'vgsbibbozxja', 'Clotting by age', 'released', 2, 'nhs-england-sde', '2026-11-25 12:04:24.34+00', '2026-11-25 12:04:24.387+00', '2026-11-25 12:24:52.579+00', 16, '2026-11-25 12:27:11.863+00');
INSERT INTO public.output_review VALUES
	('wavjxdfrndcx', 1, '6v7mb3lbguwa', '2026-11-25 12:05:05.261+00', '2026-11-25 12:05:16.773+00'),
	('wavjxdfrndcx', 1, '4jcey526hmg3', '2026-11-25 12:08:30.696+00', '2026-11-25 12:08:42.149+00'),
	('wavjxdfrndcx', 2, '6v7mb3lbguwa', '2026-11-25 12:26:32.447+00', '2026-11-25 12:26:36.705+00'),
	('wavjxdfrndcx', 2, '4jcey526hmg3', '2026-11-25 12:27:00.687+00', '2026-11-25 12:27:05.206+00');
INSERT INTO public.output_step OVERRIDING SYSTEM VALUE VALUES
	(1, 'wavjxdfrndcx', 1, 'output.requested', 'vgsbibbozxja', '{"number": "R-0001", "request": "wavjxdfrndcx"}', 170, NULL, '2026-11-25 12:04:24.342+00'),
	(2, 'wavjxdfrndcx', 1, 'output.submitted', 'vgsbibbozxja', '{"turn": 1, "files": 2, "number": "R-0001", "policy": "nhs-england-sde", "request": "wavjxdfrndcx"}', 173, NULL, '2026-11-25 12:04:24.389+00'),
	(3, 'wavjxdfrndcx', 1, 'output.checked', NULL, '{"turn": 1, "engine": "1.0.0", "failed": 0, "number": "R-0001", "policy": "b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51", "request": "wavjxdfrndcx", "violated": 1, "notVerifiable": 0}', 174, NULL, '2026-11-25 12:04:26.294+00'),
	(4, 'wavjxdfrndcx', 1, 'output.reviewed', '6v7mb3lbguwa', '{"turn": 1, "state": "independent", "needed": 2, "number": "R-0001", "request": "wavjxdfrndcx", "submitted": 1}', 181, NULL, '2026-11-25 12:05:16.788+00'),
	(5, 'wavjxdfrndcx', 1, 'output.reviewed', '4jcey526hmg3', '{"turn": 1, "state": "consolidating", "needed": 2, "number": "R-0001", "request": "wavjxdfrndcx", "submitted": 2}', 190, NULL, '2026-11-25 12:08:42.152+00'),
	(6, 'wavjxdfrndcx', 1, 'output.returned', '4jcey526hmg3', '{"turn": 1, "number": "R-0001", "comment": "jqxuhc7uzunq", "request": "wavjxdfrndcx"}', 193, NULL, '2026-11-25 12:24:36.354+00'),
	(7, 'wavjxdfrndcx', 2, 'output.submitted', 'vgsbibbozxja', '{"turn": 2, "files": 1, "number": "R-0001", "policy": "nhs-england-sde", "request": "wavjxdfrndcx"}', 198, NULL, '2026-11-25 12:24:52.581+00'),
	(8, 'wavjxdfrndcx', 2, 'output.checked', NULL, '{"turn": 2, "engine": "1.0.0", "failed": 0, "number": "R-0001", "policy": "b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51", "request": "wavjxdfrndcx", "violated": 0, "notVerifiable": 0}', 199, NULL, '2026-11-25 12:24:54.155+00'),
	(9, 'wavjxdfrndcx', 2, 'output.reviewed', '6v7mb3lbguwa', '{"turn": 2, "state": "independent", "needed": 2, "number": "R-0001", "request": "wavjxdfrndcx", "submitted": 1}', 208, NULL, '2026-11-25 12:26:36.739+00'),
	(10, 'wavjxdfrndcx', 2, 'output.reviewed', '4jcey526hmg3', '{"turn": 2, "state": "approved", "needed": 2, "number": "R-0001", "request": "wavjxdfrndcx", "submitted": 2}', 213, NULL, '2026-11-25 12:27:05.21+00'),
	(11, 'wavjxdfrndcx', 2, 'output.released', '4jcey526hmg3', '{"turn": 2, "files": 1, "number": "R-0001", "record": "e336eaaf48d1ee2cf65a34783072c2e75b43c8012ad80ef8cda6afeae8d0020e", "release": "wgznzjwlftk4", "request": "wavjxdfrndcx"}', 214, NULL, '2026-11-25 12:27:11.869+00'),
	(12, 'wavjxdfrndcx', 2, 'output.downloaded', 'vgsbibbozxja', '{"file": "22uw5jog7hev", "bytes": 35, "number": "R-0001", "sha256": "17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe", "release": "wgznzjwlftk4", "request": "wavjxdfrndcx"}', NULL, 415, '2026-11-25 12:27:30.259+00');
INSERT INTO public.output_vote VALUES
	('4uc2kz2kdhmw', 1, '6v7mb3lbguwa', 'change', '5e3ba1786e2fecf803e86b06f345e477b34294041e1e5417a025e3c6c564f0e4', '2026-11-25 12:05:05.261+00'),
	('22uw5jog7hev', 1, '6v7mb3lbguwa', 'change', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', '2026-11-25 12:05:11.249+00'),
	('4uc2kz2kdhmw', 1, '4jcey526hmg3', 'change', '5e3ba1786e2fecf803e86b06f345e477b34294041e1e5417a025e3c6c564f0e4', '2026-11-25 12:08:30.696+00'),
	('22uw5jog7hev', 1, '4jcey526hmg3', 'change', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', '2026-11-25 12:08:36.604+00'),
	('22uw5jog7hev', 2, '6v7mb3lbguwa', 'approve', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', '2026-11-25 12:26:32.447+00'),
	('22uw5jog7hev', 2, '4jcey526hmg3', 'approve', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', '2026-11-25 12:27:00.687+00');
INSERT INTO public.person VALUES
	('fwcwagbd5acf', 'Priya Raman', 'priya@demo.example', 'p7ipaxdfgegi', 'active', '2026-11-25 11:12:00.2265+00'),
	('vgsbibbozxja', 'Hannah Okafor', 'hannah@demo.example', 'ngh3zi6a3x53', 'active', '2026-11-25 11:12:00.2265+00'),
	('7tyb46hn4bw3', 'Amara Lindqvist', 'amara@demo.example', 'p7ipaxdfgegi', 'active', '2026-11-25 11:12:00.2265+00'),
	('6v7mb3lbguwa', 'Jonas Weber', 'jonas@demo.example', 'zl6drcrrs55n', 'active', '2026-11-25 11:12:00.2265+00'),
	('4jcey526hmg3', 'Mei Tanaka', 'mei@demo.example', 'zl6drcrrs55n', 'active', '2026-11-25 11:12:00.2265+00'),
	('oj2hrtjaixwx', 'Tomasz Nowak', 'tomasz@demo.example', 'zl6drcrrs55n', 'active', '2026-11-25 11:12:00.2265+00'),
	('atlgtzwzy2vo', 'Inês Carvalho', 'ines@demo.example', 'pz4wdbgbxsdw', 'active', '2026-11-25 11:12:00.2265+00'),
	('eqenb7jh63ic', 'Ruth Abramson', 'ruth@demo.example', 'pz4wdbgbxsdw', 'active', '2026-11-25 11:12:00.2265+00'),
	('uznpdqi4ep5j', 'Kwame Mensah', 'kwame@demo.example', 'hgnhfap4srl5', 'active', '2026-11-25 11:12:00.2265+00'),
	('l4u6gjvdrs6z', 'Lena Fischer', 'lena@demo.example', 'zl6drcrrs55n', 'active', '2026-11-25 11:12:00.2265+00');
INSERT INTO public.project VALUES
	('jwpdk5enzr4q', 'P-0001', 'Liver disease and survival', 'Does fatty liver disease shorten life, and for whom?', 'p7ipaxdfgegi', '{"Northbridge University Hospital"}', 'active', '2026-11-25 11:12:00.2265+00'),
	('xrj5x4hqkjd5', 'P-0002', 'Vaccination and rare clotting events', 'Does vaccination change the risk of rare clotting events, and for whom?', 'ngh3zi6a3x53', '{"University of Eastmoor"}', 'active', '2026-11-25 11:12:00.2265+00');
INSERT INTO public.release VALUES
	('wgznzjwlftk4', 'wavjxdfrndcx', 'xrj5x4hqkjd5', '{"accessPolicy":"f954569b9c28097c3887c757854a3cc08c9dc2031bbd2f7d3d331cd58ba8e9bc","agreement":{"sha256":"c183005d9c71462d72d7997ae2b972711351eade07afe40c5c3fe9eb042e2d0d","version":1},"author":"vgsbibbozxja","disclosure":{"engine":"1.0.0","policy":{"name":"nhs-england-sde","sha256":"b17b6d01e112306fc3212d90f40b9bda2ba47e9451ac51548ae15375c7289f51","version":"1.0.0"},"preset":"nhs-england-sde","rules":{"class-disclosure":"1","degrees-of-freedom":"1","differencing":"1","dominance":"1","endpoint":"1","file-type":"1","formula":"1","hidden-content":"1","identifier":"1","recovery":"1","rounding":"1","size":"1","threshold":"1","unit-record":"1","unreadable":"1","zero-cell":"1"},"thresholds":{"accepted":["csv","tsv","text","json","png","jpeg"],"by_request":["svg","html","markdown","notebook","code","xlsx","ods","zip","pdf","docx","pptx","gzip","tar"],"class_share":null,"degrees_of_freedom":10,"differencing":10,"dominance":{"k":0.9,"n":2,"p":0.1},"extremes":"forbid","identifier_columns":[],"masks_refused":[],"max_bytes":16777216,"max_rows":5000,"refused":["parquet","feather","dta","sav","sas7bdat","rds","rda","sqlite","duckdb","numpy","hdf5","pickle","torch","onnx","gguf","matlab","gph","executable","archive-unsupported","encrypted"],"rounding":{"midpoint":[],"nearest":[5],"totals":"any"},"threshold":10,"zeros":"allowed"}},"files":[{"candidate":"17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe","check":{"findings":{"not-verifiable":0,"satisfied":16,"violated":0},"reason":null,"state":"done","verdict":"satisfied"},"id":"22uw5jog7hev","path":"t2.csv","renderer":null,"size":35,"submitted":"17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe","votes":[{"candidate":"17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe","person":"6v7mb3lbguwa","vote":"approve"},{"candidate":"17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe","person":"4jcey526hmg3","vote":"approve"}]}],"project":{"id":"xrj5x4hqkjd5","number":"P-0002"},"release":"wgznzjwlftk4","releasedAt":"2026-11-25T12:27:11.863Z","releasedBy":"4jcey526hmg3","request":{"id":"wavjxdfrndcx","number":"R-0001","turn":2},"reviews":[{"person":"6v7mb3lbguwa","submittedAt":"2026-11-25T12:26:36.705Z"},{"person":"4jcey526hmg3","submittedAt":"2026-11-25T12:27:05.206Z"}],"schema":"glasshouse-release/1","seenOnly":[]}', 'e336eaaf48d1ee2cf65a34783072c2e75b43c8012ad80ef8cda6afeae8d0020e', '4jcey526hmg3', '2026-11-25 12:27:11.863+00', '2026-11-25 12:27:11.967+00', NULL, NULL, NULL);
INSERT INTO public.release_file VALUES
	('wgznzjwlftk4', '22uw5jog7hev', '17f273d353326c72e5efa2e94d736fd30d5f8b421ee3f5ab4c20f63014858cbe', 35, 't2.csv', 'vgsbibbozxja', '2026-11-25 12:27:30.184+00', NULL, '2026-11-25 12:27:30.184+00', '2026-11-25 12:27:30.257+00', 'vgsbibbozxja');
INSERT INTO public.run VALUES
	('4cwglz6tti7j', '3rea5wxlszsm', 1, 'node-1', 'stopped', 'absent', 0, NULL, '[{"step": "workspace", "startedAt": "2026-11-25T11:12:32.287Z", "finishedAt": "2026-11-25T11:12:33.321Z"}, {"step": "probes", "startedAt": "2026-11-25T11:12:33.321Z", "finishedAt": "2026-11-25T11:12:34.364Z"}, {"step": "notebook", "startedAt": "2026-11-25T11:12:34.364Z", "finishedAt": "2026-11-25T11:12:36.287Z"}]', '[{"id": "interfaces", "held": true, "detail": "refused"}, {"id": "routes", "held": true, "detail": "refused"}, {"id": "connect-out", "held": true, "detail": "refused"}, {"id": "datagram-out", "held": true, "detail": "refused"}, {"id": "names", "held": true, "detail": "refused"}, {"id": "raw-sockets", "held": true, "detail": "refused"}, {"id": "socket-families", "held": true, "detail": "refused"}, {"id": "netlink", "held": true, "detail": "refused"}, {"id": "io-uring", "held": true, "detail": "refused"}, {"id": "ptrace", "held": true, "detail": "refused"}, {"id": "other-memory", "held": true, "detail": "refused"}, {"id": "bpf", "held": true, "detail": "refused"}, {"id": "keyrings", "held": true, "detail": "refused"}, {"id": "namespaces", "held": true, "detail": "refused"}, {"id": "mounting", "held": true, "detail": "refused"}, {"id": "compatibility-calls", "held": true, "detail": "refused"}, {"id": "capabilities", "held": true, "detail": "refused"}, {"id": "new-privileges", "held": true, "detail": "refused"}, {"id": "user", "held": true, "detail": "refused"}, {"id": "root-files", "held": true, "detail": "refused"}, {"id": "machine-files", "held": true, "detail": "refused"}, {"id": "engine-socket", "held": true, "detail": "refused"}, {"id": "devices", "held": true, "detail": "refused"}, {"id": "late-mounts", "held": true, "detail": "refused"}, {"id": "limits", "held": true, "detail": "refused"}, {"id": "processes", "held": true, "detail": "refused"}]', 'stopped', 1, NULL, '2026-11-25 11:12:30.766+00', '2026-11-25 11:12:36.287+00', '2026-11-25 11:15:09.249+00', '2026-11-25 11:12:36.287+00'),
	('anvcoyva7csc', 'ybb72jeylwln', 2, 'node-1', 'stopped', 'absent', 0, NULL, '[]', '[]', 'door_died', 1, '42a2uaexiqwl', '2026-11-25 12:31:39.478+00', '2026-11-25 12:31:51.656+00', '2026-11-25 12:51:36.506+00', '2026-11-25 12:31:51.656+00');
INSERT INTO public.schema_migration VALUES
	(1, 'core', '2026-11-25 13:44:35.579023+00');
INSERT INTO public.session VALUES
	('4cd2ibuz5cii', 'fwcwagbd5acf', 'http://id.glasshouse.localhost:8080/realms/glasshouse', 'xxA7rPe6TZb39XnYhew6ISdf', '2026-11-25 12:45:49.448+00', '2026-11-25 12:47:04.499+00', '2026-11-25 13:17:05.814+00', 'idle'),
	('2e6rebyb2ayj', '6v7mb3lbguwa', 'http://id.glasshouse.localhost:8080/realms/glasshouse', 'i25qrq0aJug26dV6KaoB3dqO', '2026-11-25 12:47:45.896+00', '2026-11-25 12:49:02.427+00', '2026-11-25 13:19:05.949+00', 'idle'),
	('2rwxqg5fpgoi', 'vgsbibbozxja', 'http://id.glasshouse.localhost:8080/realms/glasshouse', 'VppyWENWJTfvYb4K1mgRoSeS', '2026-11-25 12:27:24.384+00', '2026-11-25 12:27:24.384+00', '2026-11-25 12:58:49.586+00', 'idle');
INSERT INTO public.setting VALUES
	('landings', '[{"seed": 20261101, "dataSets": ["nafld"], "generator": "nafld"}, {"seed": 20261101, "people": 200000, "dataSets": ["demographics", "vaccine", "hes", "ons", "primary_care", "gdppr"], "generator": "national"}]', '2026-11-25 11:12:00.2265+00'),
	('bootstrapped', '"2026-11-25T11:12:00.337Z"', '2026-11-25 11:12:00.2265+00'),
	('identity_cursor', '1795614175068', '2026-11-25 13:42:56.107+00');
INSERT INTO public.shown VALUES
	('fwcwagbd5acf', 'jwpdk5enzr4q', '2026-11-25', 3704676);
INSERT INTO public.snapshot VALUES
	('bxrcgwjqa3xb', 'wrwb6fmvetze', 1, '{"code": "1", "rows": 451999, "drift": [], "format": 1, "people": 17549, "tables": [{"rows": 17549, "table": "nafld1", "latest": null, "object": {"etag": "050876fcc0e359866632e61f37d0564f", "path": "nafld/bxrcgwjqa3xb/nafld1.parquet", "rows": 17549, "bytes": 398502, "sha256": "3bdb4a24a3ab364854f103a742903d6bd49b3e19b5f1b53c616ebf2f9d8546a2"}, "people": 17549, "columns": [{"name": "age", "complete": 1}, {"name": "male", "complete": 1}, {"name": "weight", "complete": 0.7272779075730811}, {"name": "height", "complete": 0.8194768932702718}, {"name": "bmi", "complete": 0.7173058293919882}, {"name": "case_person_id", "complete": 0.997036868197618}, {"name": "futime", "complete": 1}, {"name": "status", "complete": 1}, {"name": "link_method", "complete": 1}]}, {"rows": 400123, "table": "nafld2", "latest": null, "object": {"etag": "a6fa0fed856a96a645d7cddd3e212b4f", "path": "nafld/bxrcgwjqa3xb/nafld2.parquet", "rows": 400123, "bytes": 1489374, "sha256": "bf043314abf7b082b4d4556adce0b642bd24194177682ce1e09c94b011c524ec"}, "people": 15666, "columns": [{"name": "days", "complete": 1}, {"name": "test", "complete": 1}, {"name": "value", "complete": 1}, {"name": "link_method", "complete": 1}]}, {"rows": 34327, "table": "nafld3", "latest": null, "object": {"etag": "24ca7ddbf50a693f91eb1decfcb1e4c5", "path": "nafld/bxrcgwjqa3xb/nafld3.parquet", "rows": 34327, "bytes": 188715, "sha256": "4ecca6d732e93783dbc9344c3b4398e8ed63cdf4a2b98bc944f10bff65505af4"}, "people": 12453, "columns": [{"name": "days", "complete": 1}, {"name": "event", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:03.972Z", "dataSet": "nafld", "parents": [{"sha256": "e502aac466ef2cf762d1218daf7de567781c84b159de3ccd55b42d9922db0785", "submission": "pjgqgzsg4kfm"}], "profile": [{"rows": 17550, "table": "nafld1", "people": 17550, "columns": [{"name": "age", "complete": 1, "quantiles": {"p5": 28, "p50": 53, "p95": 78}}, {"name": "male", "counts": [{"count": 9350, "value": "0"}, {"count": 8200, "value": "1"}], "complete": 1}, {"name": "weight", "complete": 0.73, "quantiles": {"p5": 55.4, "p50": 83.9, "p95": 128}}, {"name": "height", "complete": 0.82, "quantiles": {"p5": 154, "p50": 169, "p95": 186}}, {"name": "bmi", "complete": 0.72, "quantiles": {"p5": 20.8, "p50": 28.9, "p95": 43.4}}, {"name": "case_person_id", "complete": 1}, {"name": "futime", "complete": 1, "quantiles": {"p5": 438, "p50": 2150, "p95": 5520}}, {"name": "status", "counts": [{"count": 16185, "value": "0"}, {"count": 1365, "value": "1"}], "complete": 1}, {"name": "link_method", "counts": [{"count": 17550, "value": "new-person"}], "complete": 1}]}, {"rows": 400125, "table": "nafld2", "people": 15665, "columns": [{"name": "days", "complete": 1, "quantiles": {"p5": -4670, "p50": -530, "p95": 3390}}, {"name": "test", "counts": [{"count": 161260, "value": "hdl"}, {"count": 161260, "value": "chol"}, {"count": 33430, "value": "dbp"}, {"count": 33430, "value": "sbp"}, {"count": 7010, "value": "smoke"}, {"count": 3740, "value": "fib4"}], "complete": 1}, {"name": "value", "complete": 1, "quantiles": {"p5": 28, "p50": 51, "p95": 146}}, {"name": "link_method", "counts": [{"count": 400125, "value": "new-person"}], "complete": 1}]}, {"rows": 34325, "table": "nafld3", "people": 12455, "columns": [{"name": "days", "complete": 1, "quantiles": {"p5": -5400, "p50": -672, "p95": 2480}}, {"name": "event", "counts": [{"count": 10460, "value": "dyslipidemia"}, {"count": 7095, "value": "htn"}, {"count": 3850, "value": "nafld"}, {"count": 3450, "value": "diabetes"}, {"count": 2235, "value": "ang/isc"}, {"count": 2055, "value": "stroke"}, {"count": 1935, "value": "afib"}, {"count": 1870, "value": "heart failure"}, {"count": 1200, "value": "MI"}, {"count": 175, "value": "cardiac arrest"}], "complete": 1}, {"name": "link_method", "counts": [{"count": 34325, "value": "new-person"}], "complete": 1}]}], "contract": {"sha256": "e1c260bf26ea50c3e236db079ed323c08b7b966a82fc691eea5eab982dc4e32c", "version": 1}, "previous": null, "snapshot": "bxrcgwjqa3xb"}', '6957ee7e73ca230578868cfefd5a7d040804ab506e7d002ab528080d9ada16a9', 451999, 17549, '2026-11-25 11:14:05.901+00'),
	('23thgd3b2ejc', 'zg5wur2o5poy', 1, '{"code": "1", "rows": 84839, "drift": [], "format": 1, "people": 81712, "tables": [{"rows": 84839, "table": "status", "latest": "2021-03-18", "object": {"etag": "2cbe92a4392e0f43eb499b657d48dc71", "path": "vaccine/23thgd3b2ejc/status.parquet", "rows": 84839, "bytes": 771574, "sha256": "6cc165f1d1550c41e7e551770cb7acf5f253d870850339ada0556edacb93303d"}, "people": 81712, "columns": [{"name": "RECORDED_DATE", "complete": 1}, {"name": "VACCINE_PRODUCT_CODE", "complete": 0.9764495102488242}, {"name": "VACCINATION_PROCEDURE_CODE", "complete": 1}, {"name": "VACCINATION_SITUATION_CODE", "complete": 0.023550489751175758}, {"name": "DOSE_SEQUENCE", "complete": 1}, {"name": "NOT_GIVEN", "complete": 1}, {"name": "CARE_SETTING_TYPE_CODE", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:09.866Z", "dataSet": "vaccine", "parents": [{"sha256": "f0ef158bfac3e5e5973397e44882001e83b4aa8b7fec48d8aa669cf4c74a5ed2", "submission": "i7ymq24rautv"}], "profile": [{"rows": 84840, "table": "status", "people": 81710, "columns": [{"name": "RECORDED_DATE", "months": [{"count": 3550, "month": "2020-12"}, {"count": 29935, "month": "2021-01"}, {"count": 36240, "month": "2021-02"}, {"count": 15115, "month": "2021-03"}], "complete": 1}, {"name": "VACCINE_PRODUCT_CODE", "counts": [{"count": 41910, "value": "39114911000001105"}, {"count": 40930, "value": "39115611000001103"}], "complete": 0.98}, {"name": "VACCINATION_PROCEDURE_CODE", "counts": [{"count": 81880, "value": "1324681000000101"}, {"count": 2960, "value": "1324691000000104"}], "complete": 1}, {"name": "VACCINATION_SITUATION_CODE", "counts": [{"count": 2000, "value": "1324721000000108"}], "complete": 0.02}, {"name": "DOSE_SEQUENCE", "complete": 1, "quantiles": {"p5": 1, "p50": 1, "p95": 1}}, {"name": "NOT_GIVEN", "counts": [{"count": 82840, "value": "FALSE"}, {"count": 2000, "value": "TRUE"}], "complete": 1}, {"name": "CARE_SETTING_TYPE_CODE", "counts": [{"count": 84025, "value": "9"}, {"count": 815, "value": "1"}], "complete": 1}, {"name": "link_method", "counts": [{"count": 63345, "value": "new-person"}, {"count": 21415, "value": "nhs-dob"}, {"count": 80, "value": "nhs-dob-swapped"}], "complete": 1}]}], "contract": {"sha256": "c9da835cf3250025c2cbdda23459b0dad43d030821017560593357bdfe093290", "version": 1}, "previous": null, "snapshot": "23thgd3b2ejc"}', 'ae7db8973909871880f9f60a1f595c476f0f9d8bdcbb6cfdd3b24930a684af47', 84839, 81712, '2026-11-25 11:14:12.038+00'),
	('qyejeqrotdz6', 'lzqdhonhicu4', 1, '{"code": "1", "rows": 475, "drift": [], "format": 1, "people": 472, "tables": [{"rows": 475, "table": "deaths", "latest": "2021-03-18", "object": {"etag": "cae1502545298cf1f8827fa54e3aab5a", "path": "ons/qyejeqrotdz6/deaths.parquet", "rows": 475, "bytes": 8099, "sha256": "158cc4d7f38f92fa9ced6cdd81484700fe3258543b07a4a19f5528eb485c083a"}, "people": 472, "columns": [{"name": "SEX", "complete": 1}, {"name": "REG_DATE", "complete": 1}, {"name": "REG_DATE_OF_DEATH", "complete": 1}, {"name": "S_UNDERLYING_COD_ICD10", "complete": 1}, {"name": "S_COD_CODE_1", "complete": 1}, {"name": "S_COD_CODE_2", "complete": 0.5957894736842105}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:15.557Z", "dataSet": "ons", "parents": [{"sha256": "4a67e4321d915babe50debfd18366bad926975a537cec5a0668611d28ffa69b0", "submission": "y4edo4u6bfmh"}], "profile": [{"rows": 475, "table": "deaths", "people": 470, "columns": [{"name": "SEX", "counts": [{"count": 240, "value": "1"}, {"count": 235, "value": "2"}, {"count": null, "value": "9"}], "complete": 1}, {"name": "REG_DATE", "complete": 1}, {"name": "REG_DATE_OF_DEATH", "months": [{"count": 125, "month": "2020-12"}, {"count": 135, "month": "2021-01"}, {"count": 135, "month": "2021-02"}, {"count": 80, "month": "2021-03"}], "complete": 1}, {"name": "S_UNDERLYING_COD_ICD10", "counts": [{"count": 55, "value": "J449"}, {"count": 50, "value": "I259"}, {"count": 50, "value": "C61X"}, {"count": 50, "value": "U071"}, {"count": 45, "value": "C349"}, {"count": 45, "value": "J189"}, {"count": 45, "value": "C509"}, {"count": 45, "value": "I219"}, {"count": 40, "value": "I64X"}, {"count": 40, "value": "F03X"}], "complete": 1}, {"name": "S_COD_CODE_1", "counts": [{"count": 55, "value": "J449"}, {"count": 50, "value": "I259"}, {"count": 50, "value": "C61X"}, {"count": 50, "value": "U071"}, {"count": 45, "value": "C349"}, {"count": 45, "value": "J189"}, {"count": 45, "value": "C509"}, {"count": 45, "value": "I219"}, {"count": 40, "value": "I64X"}, {"count": 40, "value": "F03X"}], "complete": 1}, {"name": "S_COD_CODE_2", "counts": [{"count": 70, "value": "E119"}, {"count": 65, "value": "I10X"}, {"count": 60, "value": "N189"}, {"count": 45, "value": "J960"}, {"count": 40, "value": "I489"}], "complete": 0.6}, {"name": "link_method", "counts": [{"count": 400, "value": "nhs-dob"}, {"count": 50, "value": "new-person"}, {"count": 10, "value": "superseded-nhs"}], "complete": 1}]}], "contract": {"sha256": "a29d19ab6ba817ffdbef10bb7250759eee57d3c71cde002d54b106a62d46b7ba", "version": 1}, "previous": null, "snapshot": "qyejeqrotdz6"}', '955e2c7291870353a9dc8970ac1bbc6868e3163b4f9830c19b4e21b2cb7d6794', 475, 472, '2026-11-25 11:14:17.905+00'),
	('ahhl77rgefv7', 'lbmlxnjh4zdm', 1, '{"code": "1", "rows": 112144, "drift": [], "format": 1, "people": 89340, "tables": [{"rows": 112144, "table": "apc", "latest": "2021-03-18", "object": {"etag": "1fb6a766eb3f8438cb082b013394fd14", "path": "hes/ahhl77rgefv7/apc.parquet", "rows": 112144, "bytes": 1625702, "sha256": "e6821c472124113ec2b14238841822ffa703fce89fe43e93c3db8c983e384e0d"}, "people": 89340, "columns": [{"name": "FYEAR", "complete": 1}, {"name": "ADMIDATE", "complete": 1}, {"name": "EPISTART", "complete": 1}, {"name": "EPIEND", "complete": 1}, {"name": "EPIORDER", "complete": 1}, {"name": "ADMIMETH", "complete": 1}, {"name": "CLASSPAT", "complete": 1}, {"name": "STARTAGE_CALC", "complete": 1}, {"name": "SEX", "complete": 1}, {"name": "DIAG_4_01", "complete": 1}, {"name": "DIAG_4_02", "complete": 0.5961085746896847}, {"name": "DIAG_4_03", "complete": 0.29813454130403766}, {"name": "DIAG_4_CONCAT", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:19.148Z", "dataSet": "hes", "parents": [{"sha256": "9f0196e83f51ffa1e284e0d416b7b4ea552706c0f9d9edc53953433d2a9e7418", "submission": "3q4cabdwmmue"}], "profile": [{"rows": 112145, "table": "apc", "people": 89340, "columns": [{"name": "FYEAR", "counts": [{"count": 21790, "value": "1819"}, {"count": 21715, "value": "1920"}, {"count": 21700, "value": "1718"}, {"count": 21650, "value": "1617"}, {"count": 19820, "value": "2021"}, {"count": 5475, "value": "1516"}], "complete": 1}, {"name": "ADMIDATE", "complete": 1}, {"name": "EPISTART", "months": [{"count": 1860, "month": "2016-01"}, {"count": 1770, "month": "2016-02"}, {"count": 1845, "month": "2016-03"}, {"count": 1715, "month": "2016-04"}, {"count": 1800, "month": "2016-05"}, {"count": 1790, "month": "2016-06"}, {"count": 1840, "month": "2016-07"}, {"count": 1855, "month": "2016-08"}, {"count": 1795, "month": "2016-09"}, {"count": 1800, "month": "2016-10"}, {"count": 1835, "month": "2016-11"}, {"count": 1750, "month": "2016-12"}, {"count": 1855, "month": "2017-01"}, {"count": 1765, "month": "2017-02"}, {"count": 1835, "month": "2017-03"}, {"count": 1770, "month": "2017-04"}, {"count": 1810, "month": "2017-05"}, {"count": 1850, "month": "2017-06"}, {"count": 1840, "month": "2017-07"}, {"count": 1900, "month": "2017-08"}, {"count": 1755, "month": "2017-09"}, {"count": 1800, "month": "2017-10"}, {"count": 1765, "month": "2017-11"}, {"count": 1900, "month": "2017-12"}, {"count": 1815, "month": "2018-01"}, {"count": 1690, "month": "2018-02"}, {"count": 1805, "month": "2018-03"}, {"count": 1815, "month": "2018-04"}, {"count": 1845, "month": "2018-05"}, {"count": 1765, "month": "2018-06"}, {"count": 1875, "month": "2018-07"}, {"count": 1950, "month": "2018-08"}, {"count": 1770, "month": "2018-09"}, {"count": 1795, "month": "2018-10"}, {"count": 1745, "month": "2018-11"}, {"count": 1830, "month": "2018-12"}, {"count": 1875, "month": "2019-01"}, {"count": 1620, "month": "2019-02"}, {"count": 1910, "month": "2019-03"}, {"count": 1765, "month": "2019-04"}, {"count": 1795, "month": "2019-05"}, {"count": 1795, "month": "2019-06"}, {"count": 1845, "month": "2019-07"}, {"count": 1875, "month": "2019-08"}, {"count": 1770, "month": "2019-09"}, {"count": 1880, "month": "2019-10"}, {"count": 1780, "month": "2019-11"}, {"count": 1805, "month": "2019-12"}, {"count": 1845, "month": "2020-01"}, {"count": 1765, "month": "2020-02"}, {"count": 1790, "month": "2020-03"}, {"count": 1780, "month": "2020-04"}, {"count": 1910, "month": "2020-05"}, {"count": 1795, "month": "2020-06"}, {"count": 1855, "month": "2020-07"}, {"count": 1880, "month": "2020-08"}, {"count": 1850, "month": "2020-09"}, {"count": 1935, "month": "2020-10"}, {"count": 1750, "month": "2020-11"}, {"count": 1395, "month": "2020-12"}, {"count": 1485, "month": "2021-01"}, {"count": 1340, "month": "2021-02"}, {"count": 840, "month": "2021-03"}], "complete": 1}, {"name": "EPIEND", "complete": 1}, {"name": "EPIORDER", "complete": 1, "quantiles": {"p5": 1, "p50": 1, "p95": 1}}, {"name": "ADMIMETH", "counts": [{"count": 64245, "value": "11"}, {"count": 47900, "value": "21"}], "complete": 1}, {"name": "CLASSPAT", "counts": [{"count": 97740, "value": "1"}, {"count": 14405, "value": "2"}], "complete": 1}, {"name": "STARTAGE_CALC", "complete": 1, "quantiles": {"p5": 15, "p50": 50, "p95": 81}}, {"name": "SEX", "counts": [{"count": 57165, "value": "2"}, {"count": 54845, "value": "1"}, {"count": 130, "value": "9"}], "complete": 1}, {"name": "DIAG_4_01", "counts": [{"count": 9220, "value": "J449"}, {"count": 9085, "value": "H269"}, {"count": 9020, "value": "K409"}, {"count": 8965, "value": "I10X"}, {"count": 8950, "value": "C509"}, {"count": 8950, "value": "J181"}, {"count": 8925, "value": "E119"}, {"count": 8920, "value": "R074"}, {"count": 8870, "value": "K529"}, {"count": 8840, "value": "N390"}, {"count": 8820, "value": "N183"}, {"count": 8770, "value": "M179"}, {"count": 280, "value": "I64X"}, {"count": 270, "value": "I210"}, {"count": 265, "value": "I211"}, {"count": 260, "value": "I639"}, {"count": 260, "value": "I219"}, {"count": 255, "value": "G08X"}, {"count": 255, "value": "I214"}, {"count": 235, "value": "I676"}, {"count": 220, "value": "I634"}, {"count": 210, "value": "I801"}, {"count": 200, "value": "I260"}, {"count": 190, "value": "I828"}, {"count": 190, "value": "I269"}, {"count": 190, "value": "I802"}, {"count": 190, "value": "I803"}, {"count": 180, "value": "I829"}, {"count": 150, "value": "D695"}, {"count": 150, "value": "D696"}, {"count": 140, "value": "S820"}, {"count": 130, "value": "D694"}, {"count": 130, "value": "D693"}, {"count": 125, "value": "S826"}, {"count": 120, "value": "T12X"}, {"count": 110, "value": "S720"}, {"count": 110, "value": "S923"}], "complete": 1}, {"name": "DIAG_4_02", "counts": [{"count": 13480, "value": "Z864"}, {"count": 13480, "value": "I10X"}, {"count": 13340, "value": "F329"}, {"count": 13325, "value": "J459"}, {"count": 13225, "value": "E119"}], "complete": 0.6}, {"name": "DIAG_4_03", "counts": [{"count": 8585, "value": "Z921"}, {"count": 8420, "value": "E780"}, {"count": 8280, "value": "N179"}, {"count": 8145, "value": "Z867"}], "complete": 0.3}, {"name": "DIAG_4_CONCAT", "complete": 1}, {"name": "link_method", "counts": [{"count": 112145, "value": "nhs-dob"}], "complete": 1}]}], "contract": {"sha256": "2a3ed1bfc5a2f56d7c8486c4ff49289a6a64f340d799f1be14c4b22d8bdaf462", "version": 1}, "previous": null, "snapshot": "ahhl77rgefv7"}', '815e11f732b57c3480d69e6c1d183c4d96d313e224397aff757c3ed67f9d90a5', 112144, 89340, '2026-11-25 11:14:19.909+00'),
	('degvzm5jnsud', 't7lmxdcc2pox', 1, '{"code": "1", "rows": 200000, "drift": [], "format": 1, "people": 200000, "tables": [{"rows": 200000, "table": "people", "latest": null, "object": {"etag": "75814b7f1c6a34c7f233de63c54824e1", "path": "demographics/degvzm5jnsud/people.parquet", "rows": 200000, "bytes": 1985099, "sha256": "7509b08298711b37a86499f8d0d7362ba470a74a6690f7432738f200b3c9ab0f"}, "people": 200000, "columns": [{"name": "YEAR_OF_BIRTH", "complete": 1}, {"name": "SEX", "complete": 1}, {"name": "ETHNIC", "complete": 1}, {"name": "REGION", "complete": 1}, {"name": "IMD_QUINTILE", "complete": 1}, {"name": "CARE_HOME", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:21.143Z", "dataSet": "demographics", "parents": [{"sha256": "0c3147b4f887103859ca9117d1fa87aa2faeec081001329bc2a18d5f562762f4", "submission": "nhvl3mn64ert"}], "profile": [{"rows": 200000, "table": "people", "people": 200000, "columns": [{"name": "YEAR_OF_BIRTH", "complete": 1, "quantiles": {"p5": 1940, "p50": 1980, "p95": 2010}}, {"name": "SEX", "counts": [{"count": 102025, "value": "2"}, {"count": 97770, "value": "1"}, {"count": 200, "value": "9"}], "complete": 1}, {"name": "ETHNIC", "counts": [{"count": 164815, "value": "White"}, {"count": 16350, "value": "Asian"}, {"count": 8905, "value": "Other"}, {"count": 6970, "value": "Black"}, {"count": 2960, "value": "Mixed"}], "complete": 1}, {"name": "REGION", "counts": [{"count": 33055, "value": "South East"}, {"count": 31480, "value": "London"}, {"count": 26120, "value": "North West"}, {"count": 22370, "value": "East of England"}, {"count": 20800, "value": "West Midlands"}, {"count": 19795, "value": "South West"}, {"count": 19735, "value": "Yorkshire and The Humber"}, {"count": 17220, "value": "East Midlands"}, {"count": 9425, "value": "North East"}], "complete": 1}, {"name": "IMD_QUINTILE", "complete": 1, "quantiles": {"p5": 1, "p50": 3, "p95": 5}}, {"name": "CARE_HOME", "counts": [{"count": 199390, "value": "0"}, {"count": 610, "value": "1"}], "complete": 1}, {"name": "link_method", "counts": [{"count": 138970, "value": "new-person"}, {"count": 60815, "value": "nhs-dob"}, {"count": 210, "value": "nhs-dob-swapped"}], "complete": 1}]}], "contract": {"sha256": "675582bf9998e1136486fc0b2898d10d7bb471754571bd4eb804f08d9ea05291", "version": 1}, "previous": null, "snapshot": "degvzm5jnsud"}', '7f75e64c2ff48f3d055f463c7713708fb971acb12c904feee847bfe60ea22479', 200000, 200000, '2026-11-25 11:14:21.897+00'),
	('fnj4lzxodd53', '7zoxcttt6f6d', 1, '{"code": "1", "rows": 159720, "drift": [], "format": 1, "people": 50150, "tables": [{"rows": 159720, "table": "meds", "latest": "2020-11-01", "object": {"etag": "730a86877c55a9681d4bd30aebd14844", "path": "primary_care/fnj4lzxodd53/meds.parquet", "rows": 159720, "bytes": 466748, "sha256": "aacc6ea60863e88c5028b1b871ba027f46ede60b4c998fd58ca3f558e4ab423c"}, "people": 50150, "columns": [{"name": "ProcessingPeriodDate", "complete": 1}, {"name": "PrescribedBNFCode", "complete": 1}, {"name": "PrescribeddmdCode", "complete": 1}, {"name": "PaidQuantity", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:23.271Z", "dataSet": "primary_care", "parents": [{"sha256": "50252fb1cd3ddd9c2b471358788c9e194e535152b8c89ca7150426d2841183a5", "submission": "oaykpwccruef"}], "profile": [{"rows": 159720, "table": "meds", "people": 50150, "columns": [{"name": "ProcessingPeriodDate", "months": [{"count": 53215, "month": "2020-09"}, {"count": 53270, "month": "2020-10"}, {"count": 53235, "month": "2020-11"}], "complete": 1}, {"name": "PrescribedBNFCode", "counts": [{"count": 79465, "value": "0206020A0AAABAB"}, {"count": 30370, "value": "0407010H0AAAMAM"}, {"count": 25600, "value": "0601022B0AAABAB"}, {"count": 13940, "value": "0212000B0AAABAB"}, {"count": 5915, "value": "0209000A0AAABAB"}, {"count": 4430, "value": "0208020V0AAAAAA"}], "complete": 1}, {"name": "PrescribeddmdCode", "counts": [{"count": 79465, "value": "319283006"}, {"count": 30370, "value": "322236009"}, {"count": 25600, "value": "325278007"}, {"count": 13940, "value": "320030001"}, {"count": 5915, "value": "319775004"}, {"count": 4430, "value": "319733000"}], "complete": 1}, {"name": "PaidQuantity", "complete": 1, "quantiles": {"p5": 28, "p50": 28, "p95": 100}}, {"name": "link_method", "counts": [{"count": 150035, "value": "nhs-dob"}, {"count": 9685, "value": "none"}], "complete": 1}]}], "contract": {"sha256": "5987bf26559bd215ce186c237005c883fe69de18e7cdcb036b40b097dbf1974d", "version": 1}, "previous": null, "snapshot": "fnj4lzxodd53"}', 'e0c5c4168bd4ce46c997eec235f93318606330ace2be5863fe4837a1e2abdb34', 159720, 50150, '2026-11-25 11:14:23.947+00'),
	('7sw5hjdzrspf', 'grekw2azn2ub', 1, '{"code": "1", "rows": 497629, "drift": [], "format": 1, "people": 179970, "tables": [{"rows": 497629, "table": "events", "latest": "2020-12-07", "object": {"etag": "edfcff30241c16fdf4287884007549e5", "path": "gdppr/7sw5hjdzrspf/events.parquet", "rows": 497629, "bytes": 3351925, "sha256": "007e884d2e6e4aa371bd358dc6bef2779cf41d8c45eea0b94410773632170a96"}, "people": 179970, "columns": [{"name": "DATE", "complete": 1}, {"name": "RECORD_DATE", "complete": 1}, {"name": "CODE", "complete": 1}, {"name": "VALUE1_CONDITION", "complete": 0.3704466580524849}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:28.699Z", "dataSet": "gdppr", "parents": [{"sha256": "c119b8b8fbcbe24faf2a5941f913e7330a7eb9c547eb9302bb2da00b0b126fa6", "submission": "6vgapzak6nx5"}], "profile": [{"rows": 497630, "table": "events", "people": 179970, "columns": [{"name": "DATE", "months": [{"count": 190, "month": "2009-12"}, {"count": 1005, "month": "2010-01"}, {"count": 970, "month": "2010-02"}, {"count": 1060, "month": "2010-03"}, {"count": 960, "month": "2010-04"}, {"count": 1010, "month": "2010-05"}, {"count": 1030, "month": "2010-06"}, {"count": 1055, "month": "2010-07"}, {"count": 1040, "month": "2010-08"}, {"count": 1015, "month": "2010-09"}, {"count": 1110, "month": "2010-10"}, {"count": 1010, "month": "2010-11"}, {"count": 1085, "month": "2010-12"}, {"count": 1075, "month": "2011-01"}, {"count": 935, "month": "2011-02"}, {"count": 1070, "month": "2011-03"}, {"count": 1015, "month": "2011-04"}, {"count": 995, "month": "2011-05"}, {"count": 1010, "month": "2011-06"}, {"count": 1065, "month": "2011-07"}, {"count": 995, "month": "2011-08"}, {"count": 990, "month": "2011-09"}, {"count": 1000, "month": "2011-10"}, {"count": 985, "month": "2011-11"}, {"count": 970, "month": "2011-12"}, {"count": 1035, "month": "2012-01"}, {"count": 935, "month": "2012-02"}, {"count": 1065, "month": "2012-03"}, {"count": 1045, "month": "2012-04"}, {"count": 1030, "month": "2012-05"}, {"count": 1005, "month": "2012-06"}, {"count": 1040, "month": "2012-07"}, {"count": 1050, "month": "2012-08"}, {"count": 990, "month": "2012-09"}, {"count": 1005, "month": "2012-10"}, {"count": 1020, "month": "2012-11"}, {"count": 1015, "month": "2012-12"}, {"count": 1035, "month": "2013-01"}, {"count": 895, "month": "2013-02"}, {"count": 1065, "month": "2013-03"}, {"count": 975, "month": "2013-04"}, {"count": 1015, "month": "2013-05"}, {"count": 1015, "month": "2013-06"}, {"count": 985, "month": "2013-07"}, {"count": 1030, "month": "2013-08"}, {"count": 915, "month": "2013-09"}, {"count": 1010, "month": "2013-10"}, {"count": 1040, "month": "2013-11"}, {"count": 970, "month": "2013-12"}, {"count": 1025, "month": "2014-01"}, {"count": 950, "month": "2014-02"}, {"count": 970, "month": "2014-03"}, {"count": 1015, "month": "2014-04"}, {"count": 1040, "month": "2014-05"}, {"count": 975, "month": "2014-06"}, {"count": 1075, "month": "2014-07"}, {"count": 980, "month": "2014-08"}, {"count": 1015, "month": "2014-09"}, {"count": 1010, "month": "2014-10"}, {"count": 1015, "month": "2014-11"}, {"count": 1045, "month": "2014-12"}, {"count": 1035, "month": "2015-01"}, {"count": 940, "month": "2015-02"}, {"count": 1075, "month": "2015-03"}, {"count": 1025, "month": "2015-04"}, {"count": 1015, "month": "2015-05"}, {"count": 960, "month": "2015-06"}, {"count": 1065, "month": "2015-07"}, {"count": 1075, "month": "2015-08"}, {"count": 1010, "month": "2015-09"}, {"count": 1060, "month": "2015-10"}, {"count": 1035, "month": "2015-11"}, {"count": 995, "month": "2015-12"}, {"count": 1070, "month": "2016-01"}, {"count": 1050, "month": "2016-02"}, {"count": 1060, "month": "2016-03"}, {"count": 985, "month": "2016-04"}, {"count": 1030, "month": "2016-05"}, {"count": 1015, "month": "2016-06"}, {"count": 1060, "month": "2016-07"}, {"count": 1030, "month": "2016-08"}, {"count": 980, "month": "2016-09"}, {"count": 1215, "month": "2016-10"}, {"count": 4585, "month": "2016-11"}, {"count": 4670, "month": "2016-12"}, {"count": 4610, "month": "2017-01"}, {"count": 4250, "month": "2017-02"}, {"count": 4880, "month": "2017-03"}, {"count": 4530, "month": "2017-04"}, {"count": 4675, "month": "2017-05"}, {"count": 4530, "month": "2017-06"}, {"count": 4675, "month": "2017-07"}, {"count": 4850, "month": "2017-08"}, {"count": 4455, "month": "2017-09"}, {"count": 4815, "month": "2017-10"}, {"count": 4610, "month": "2017-11"}, {"count": 4720, "month": "2017-12"}, {"count": 4690, "month": "2018-01"}, {"count": 4270, "month": "2018-02"}, {"count": 4660, "month": "2018-03"}, {"count": 4580, "month": "2018-04"}, {"count": 4835, "month": "2018-05"}, {"count": 5575, "month": "2018-06"}, {"count": 8160, "month": "2018-07"}, {"count": 8280, "month": "2018-08"}, {"count": 7640, "month": "2018-09"}, {"count": 8225, "month": "2018-10"}, {"count": 7885, "month": "2018-11"}, {"count": 8100, "month": "2018-12"}, {"count": 10735, "month": "2019-01"}, {"count": 10700, "month": "2019-02"}, {"count": 12085, "month": "2019-03"}, {"count": 11555, "month": "2019-04"}, {"count": 12060, "month": "2019-05"}, {"count": 11520, "month": "2019-06"}, {"count": 11970, "month": "2019-07"}, {"count": 11955, "month": "2019-08"}, {"count": 11730, "month": "2019-09"}, {"count": 11865, "month": "2019-10"}, {"count": 11580, "month": "2019-11"}, {"count": 11990, "month": "2019-12"}, {"count": 11790, "month": "2020-01"}, {"count": 11205, "month": "2020-02"}, {"count": 12055, "month": "2020-03"}, {"count": 11615, "month": "2020-04"}, {"count": 12015, "month": "2020-05"}, {"count": 11590, "month": "2020-06"}, {"count": 11990, "month": "2020-07"}, {"count": 12040, "month": "2020-08"}, {"count": 11455, "month": "2020-09"}, {"count": 12045, "month": "2020-10"}, {"count": 11900, "month": "2020-11"}, {"count": 2670, "month": "2020-12"}], "complete": 1}, {"name": "RECORD_DATE", "complete": 1}, {"name": "CODE", "counts": [{"count": 105955, "value": "266919005"}, {"count": 98875, "value": "60621009"}, {"count": 85470, "value": "271649006"}, {"count": 45155, "value": "8517006"}, {"count": 36815, "value": "38341003"}, {"count": 31270, "value": "414916001"}, {"count": 28860, "value": "77176002"}, {"count": 22475, "value": "35489007"}, {"count": 11920, "value": "44054006"}, {"count": 6685, "value": "363346000"}, {"count": 5720, "value": "22298006"}, {"count": 5560, "value": "709044004"}, {"count": 4080, "value": "49436004"}, {"count": 3975, "value": "13645005"}, {"count": 3155, "value": "230690007"}, {"count": 1090, "value": "59282003"}, {"count": 575, "value": "52448006"}], "complete": 1}, {"name": "VALUE1_CONDITION", "complete": 0.37, "quantiles": {"p5": 20.6, "p50": 32.7, "p95": 151}}, {"name": "link_method", "counts": [{"count": 497630, "value": "nhs-dob"}], "complete": 1}]}], "contract": {"sha256": "ea3a4499ec741348df8fcba921a253b89e9ee517683df35b91809959869bae64", "version": 1}, "previous": null, "snapshot": "7sw5hjdzrspf"}', '93ec95f431dd45dfd8b74074a36bc1852c9d9cedbbd55e8a01df83e80299ff76', 497629, 179970, '2026-11-25 11:14:30.072+00');
INSERT INTO public.stage_job VALUES
	('3lr352ilbazt', 'snapshot', 'nhvl3mn64ert', NULL, '{"dataSet": "demographics", "previous": null, "snapshot": "degvzm5jnsud"}', 'succeeded', 0, NULL, '{"manifest": {"code": "1", "rows": 200000, "drift": [], "format": 1, "people": 200000, "tables": [{"rows": 200000, "table": "people", "latest": null, "object": {"etag": "75814b7f1c6a34c7f233de63c54824e1", "path": "demographics/degvzm5jnsud/people.parquet", "rows": 200000, "bytes": 1985099, "sha256": "7509b08298711b37a86499f8d0d7362ba470a74a6690f7432738f200b3c9ab0f"}, "people": 200000, "columns": [{"name": "YEAR_OF_BIRTH", "complete": 1}, {"name": "SEX", "complete": 1}, {"name": "ETHNIC", "complete": 1}, {"name": "REGION", "complete": 1}, {"name": "IMD_QUINTILE", "complete": 1}, {"name": "CARE_HOME", "complete": 1}, {"name": "link_method", "complete": 1}]}], "created": "2026-11-25T11:14:21.143Z", "dataSet": "demographics", "parents": [{"sha256": "0c3147b4f887103859ca9117d1fa87aa2faeec081001329bc2a18d5f562762f4", "submission": "nhvl3mn64ert"}], "profile": [{"rows": 200000, "table": "people", "people": 200000, "columns": [{"name": "YEAR_OF_BIRTH", "complete": 1, "quantiles": {"p5": 1940, "p50": 1980, "p95": 2010}}, {"name": "SEX", "counts": [{"count": 102025, "value": "2"}, {"count": 97770, "value": "1"}, {"count": 200, "value": "9"}], "complete": 1}, {"name": "ETHNIC", "counts": [{"count": 164815, "value": "White"}, {"count": 16350, "value": "Asian"}, {"count": 8905, "value": "Other"}, {"count": 6970, "value": "Black"}, {"count": 2960, "value": "Mixed"}], "complete": 1}, {"name": "REGION", "counts": [{"count": 33055, "value": "South East"}, {"count": 31480, "value": "London"}, {"count": 26120, "value": "North West"}, {"count": 22370, "value": "East of England"}, {"count": 20800, "value": "West Midlands"}, {"count": 19795, "value": "South West"}, {"count": 19735, "value": "Yorkshire and The Humber"}, {"count": 17220, "value": "East Midlands"}, {"count": 9425, "value": "North East"}], "complete": 1}, {"name": "IMD_QUINTILE", "complete": 1, "quantiles": {"p5": 1, "p50": 3, "p95": 5}}, {"name": "CARE_HOME", "counts": [{"count": 199390, "value": "0"}, {"count": 610, "value": "1"}], "complete": 1}, {"name": "link_method", "counts": [{"count": 138970, "value": "new-person"}, {"count": 60815, "value": "nhs-dob"}, {"count": 210, "value": "nhs-dob-swapped"}], "complete": 1}]}], "contract": {"sha256": "675582bf9998e1136486fc0b2898d10d7bb471754571bd4eb804f08d9ea05291", "version": 1}, "previous": null, "snapshot": "degvzm5jnsud"}, "manifestPath": "manifests/demographics/degvzm5jnsud.json", "manifestSha256": "7f75e64c2ff48f3d055f463c7713708fb971acb12c904feee847bfe60ea22479"}', NULL, NULL, '2026-11-25 11:13:59.847+00', '2026-11-25 11:14:20.28+00', '2026-11-25 11:14:21.894+00'),
	('3kitavih7ebn', 'deidentify', 'oaykpwccruef', NULL, '{"dataSet": "primary_care", "snapshot": "fnj4lzxodd53", "submissions": ["oaykpwccruef"]}', 'succeeded', 0, '{"done": 20000, "unit": "subjects", "total": 50150}', '{"tables": [{"rows": 159720, "table": "meds"}], "dataSet": "primary_care", "objects": [{"etag": "730a86877c55a9681d4bd30aebd14844", "path": "primary_care/fnj4lzxodd53/meds.parquet", "rows": 159720, "bytes": 466748, "sha256": "aacc6ea60863e88c5028b1b871ba027f46ede60b4c998fd58ca3f558e4ab423c"}], "contents": "primary_care/fnj4lzxodd53/contents.json", "snapshot": "fnj4lzxodd53"}', NULL, NULL, '2026-11-25 11:13:21.36+00', '2026-11-25 11:14:00.176+00', '2026-11-25 11:14:05.889+00');
INSERT INTO public.submission VALUES
	('3q4cabdwmmue', 'lbmlxnjh4zdm', 'accepted', '{"link": {"minted": 0, "people": 89340, "dataSet": "hes", "methods": {"nhs-dob": 89340}, "subjects": 89340, "conflicts": 0, "submission": "3q4cabdwmmue"}, "validate": {"rules": [{"rule": "domain-icd10", "count": 20, "table": "apc", "column": "DIAG_4_01", "severity": "reject-row"}, {"rule": "ends-after-start", "count": 30, "table": "apc", "column": null, "severity": "reject-row"}], "report": "hes/3q4cabdwmmue/report.json", "tables": [{"rows": 112194, "aside": 50, "table": "apc", "accepted": 112144, "warnings": 0}], "dataSet": "hes", "verdict": "accepted", "findings": [{"row": 112145, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112146, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112147, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112148, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112149, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112150, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112151, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112152, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112153, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112154, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112155, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112156, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112157, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112158, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112159, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112160, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112161, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112162, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112163, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112164, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112165, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112166, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112167, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112168, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112169, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112170, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112171, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112172, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112173, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112174, "file": "apc.csv", "rule": "ends-after-start", "column": null, "severity": "reject-row"}, {"row": 112175, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112176, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112177, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112178, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112179, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112180, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112181, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112182, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112183, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112184, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112185, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112186, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112187, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112188, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112189, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112190, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112191, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112192, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112193, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}, {"row": 112194, "file": "apc.csv", "rule": "domain-icd10", "column": "DIAG_4_01", "severity": "reject-row"}], "submission": "3q4cabdwmmue"}}', NULL, '2026-11-25 11:12:00.335+00', '2026-11-25 11:13:19.432+00'),
	('y4edo4u6bfmh', 'lzqdhonhicu4', 'accepted', NULL, NULL, '2026-11-25 11:12:00.335+00', '2026-11-25 11:13:01.268+00'),
	('oaykpwccruef', '7zoxcttt6f6d', 'accepted', NULL, NULL, '2026-11-25 11:12:00.336+00', '2026-11-25 11:13:21.357+00'),
	('6vgapzak6nx5', 'grekw2azn2ub', 'accepted', NULL, NULL, '2026-11-25 11:12:00.336+00', '2026-11-25 11:13:45.692+00'),
	('pjgqgzsg4kfm', 'wrwb6fmvetze', 'accepted', NULL, NULL, '2026-11-25 11:12:00.333+00', '2026-11-25 11:12:43.222+00'),
	('i7ymq24rautv', 'zg5wur2o5poy', 'accepted', NULL, NULL, '2026-11-25 11:12:00.334+00', '2026-11-25 11:12:57.226+00'),
	('nhvl3mn64ert', 't7lmxdcc2pox', 'accepted', NULL, NULL, '2026-11-25 11:12:00.334+00', '2026-11-25 11:13:09.247+00');
INSERT INTO public.terms VALUES
	(1, 'You work on data about people who did not choose you. Use it only for the purpose of the agreement. Do not try to find out who anyone is. Take nothing out except through a request for release. Tell the operator at once when something looks wrong. Everything you do here is recorded and can be checked by the public.', 365, '2026-11-25 11:12:00.228+00');
INSERT INTO public.terms_acceptance VALUES
	('fwcwagbd5acf', 1, '2026-11-25 11:12:00.251+00'),
	('vgsbibbozxja', 1, '2026-11-25 11:12:00.251+00'),
	('7tyb46hn4bw3', 1, '2026-11-25 11:12:00.251+00'),
	('6v7mb3lbguwa', 1, '2026-11-25 11:12:00.251+00'),
	('4jcey526hmg3', 1, '2026-11-25 11:12:00.251+00'),
	('oj2hrtjaixwx', 1, '2026-11-25 11:12:00.251+00'),
	('atlgtzwzy2vo', 1, '2026-11-25 11:12:00.251+00'),
	('eqenb7jh63ic', 1, '2026-11-25 11:12:00.251+00'),
	('uznpdqi4ep5j', 1, '2026-11-25 11:12:00.251+00'),
	('l4u6gjvdrs6z', 1, '2026-11-25 11:12:00.251+00');
INSERT INTO public.training VALUES
	('fwcwagbd5acf', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('vgsbibbozxja', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('7tyb46hn4bw3', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('6v7mb3lbguwa', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('4jcey526hmg3', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('oj2hrtjaixwx', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('atlgtzwzy2vo', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('eqenb7jh63ic', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('uznpdqi4ep5j', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00'),
	('l4u6gjvdrs6z', 'safe_researcher', '2027-09-21', 'From the bootstrap file', NULL, '2026-11-25 11:12:00.251+00');
INSERT INTO public.workspace VALUES
	('3rea5wxlszsm', 'jwpdk5enzr4q', 'fwcwagbd5acf', 'running', 'door_died', '2026-11-25 13:40:57.962+00', '2026-11-25 11:12:30.578373+00', '2026-11-25 12:58:26.016+00'),
	('ybb72jeylwln', 'xrj5x4hqkjd5', 'vgsbibbozxja', 'running', 'door_died', '2026-11-25 12:58:25+00', '2026-11-25 11:57:26.079523+00', '2026-11-25 12:58:25+00');
SELECT pg_catalog.setval('public.output_step_id_seq', 92, true);
SELECT pg_catalog.setval('public.project_number', 2, true);
SELECT pg_catalog.setval('public.request_number', 41, true);
ALTER TABLE ONLY public.agreement_decision
    ADD CONSTRAINT agreement_decision_pkey PRIMARY KEY (project_id, version, data_set_id);
ALTER TABLE ONLY public.agreement_signature
    ADD CONSTRAINT agreement_signature_pkey PRIMARY KEY (project_id, version, person_id);
ALTER TABLE ONLY public.agreement_version
    ADD CONSTRAINT agreement_version_pkey PRIMARY KEY (project_id, version);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.data_set
    ADD CONSTRAINT data_set_code_key UNIQUE (code);
ALTER TABLE ONLY public.data_set
    ADD CONSTRAINT data_set_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.extract_object
    ADD CONSTRAINT extract_object_pkey PRIMARY KEY (extract_id, key);
ALTER TABLE ONLY public."extract"
    ADD CONSTRAINT extract_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.extract_snapshot
    ADD CONSTRAINT extract_snapshot_pkey PRIMARY KEY (extract_id, snapshot_id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity_event_seen
    ADD CONSTRAINT identity_event_seen_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_pkey PRIMARY KEY (issuer, subject);
ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_token_hash_key UNIQUE (token_hash);
ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notebook_session
    ADD CONSTRAINT notebook_session_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_name_key UNIQUE (name);
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_check
    ADD CONSTRAINT output_check_pkey PRIMARY KEY (file_id, turn);
ALTER TABLE ONLY public.output_comment
    ADD CONSTRAINT output_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_file
    ADD CONSTRAINT output_file_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_group
    ADD CONSTRAINT output_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_request
    ADD CONSTRAINT output_request_number_key UNIQUE (number);
ALTER TABLE ONLY public.output_request
    ADD CONSTRAINT output_request_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_review
    ADD CONSTRAINT output_review_pkey PRIMARY KEY (request_id, turn, person_id);
ALTER TABLE ONLY public.output_step
    ADD CONSTRAINT output_step_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.output_vote
    ADD CONSTRAINT output_vote_pkey PRIMARY KEY (file_id, turn, person_id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.policy_bundle
    ADD CONSTRAINT policy_bundle_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_number_key UNIQUE (number);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.release_file
    ADD CONSTRAINT release_file_pkey PRIMARY KEY (release_id, file_id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_request_id_key UNIQUE (request_id);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_workspace_id_generation_key UNIQUE (workspace_id, generation);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.service_identity
    ADD CONSTRAINT service_identity_client_key UNIQUE (client);
ALTER TABLE ONLY public.service_identity
    ADD CONSTRAINT service_identity_name_key UNIQUE (name);
ALTER TABLE ONLY public.service_identity
    ADD CONSTRAINT service_identity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_issuer_sid_key UNIQUE (issuer, sid);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.shown
    ADD CONSTRAINT shown_pkey PRIMARY KEY (person_id, project_id, day);
ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_data_set_id_number_key UNIQUE (data_set_id, number);
ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stage_job
    ADD CONSTRAINT stage_job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.step_up_spent
    ADD CONSTRAINT step_up_spent_pkey PRIMARY KEY (session_id, auth_time, operation);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.terms_acceptance
    ADD CONSTRAINT terms_acceptance_pkey PRIMARY KEY (person_id, version);
ALTER TABLE ONLY public.terms
    ADD CONSTRAINT terms_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.training
    ADD CONSTRAINT training_pkey PRIMARY KEY (person_id, kind);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT workspace_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX agreement_one_in_force ON public.agreement_version USING btree (project_id) WHERE (state = 'in_force'::text);
CREATE UNIQUE INDEX appointment_once ON public.appointment USING btree (person_id, role, scope_kind, COALESCE((scope_id)::text, ''::text)) WHERE (state = ANY (ARRAY['proposed'::text, 'active'::text]));
CREATE INDEX appointment_scope ON public.appointment USING btree (scope_kind, scope_id) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX hold_cause ON public.hold USING btree (subject_kind, COALESCE((subject_id)::text, ''::text), COALESCE((within_project)::text, ''::text), cause) WHERE ((lifted_at IS NULL) AND (by_kind = 'system'::text));
CREATE INDEX hold_in_force ON public.hold USING btree (subject_kind, subject_id) WHERE (lifted_at IS NULL);
CREATE INDEX intent_open ON public.intent USING btree (expires_at) WHERE (finished_at IS NULL);
CREATE INDEX intent_run ON public.intent USING btree (run_id, issued_at);
CREATE UNIQUE INDEX invitation_open ON public.invitation USING btree (project_id, lower(email)) WHERE (state = 'sent'::text);
CREATE INDEX output_check_open ON public.output_check USING btree (request_id) WHERE (state = ANY (ARRAY['waits'::text, 'running'::text]));
CREATE INDEX output_check_request ON public.output_check USING btree (request_id, turn);
CREATE INDEX output_comment_request ON public.output_comment USING btree (request_id, at);
CREATE UNIQUE INDEX output_file_path ON public.output_file USING btree (request_id, path) WHERE (withdrawn_at IS NULL);
CREATE INDEX output_file_request ON public.output_file USING btree (request_id);
CREATE INDEX output_request_project ON public.output_request USING btree (project_id, created_at DESC);
CREATE INDEX output_request_state ON public.output_request USING btree (state);
CREATE INDEX output_step_request ON public.output_step USING btree (request_id, id);
CREATE UNIQUE INDEX person_email ON public.person USING btree (lower(email));
CREATE UNIQUE INDEX run_one ON public.run USING btree (workspace_id) WHERE (wanted = 'running'::text);
CREATE INDEX session_person ON public.session USING btree (person_id) WHERE (ended_at IS NULL);
CREATE INDEX stage_job_open ON public.stage_job USING btree (created_at) WHERE (state = ANY (ARRAY['waits'::text, 'running'::text]));
CREATE INDEX upload_person ON public.upload USING btree (project_id, person_id, created_at DESC);
CREATE UNIQUE INDEX workspace_one ON public.workspace USING btree (project_id, person_id) WHERE (state <> 'deleted'::text);
ALTER TABLE ONLY public.agreement_decision
    ADD CONSTRAINT agreement_decision_data_set_id_fkey FOREIGN KEY (data_set_id) REFERENCES public.data_set(id);
ALTER TABLE ONLY public.agreement_decision
    ADD CONSTRAINT agreement_decision_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.agreement_decision
    ADD CONSTRAINT agreement_decision_project_id_version_fkey FOREIGN KEY (project_id, version) REFERENCES public.agreement_version(project_id, version);
ALTER TABLE ONLY public.agreement_signature
    ADD CONSTRAINT agreement_signature_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.agreement_signature
    ADD CONSTRAINT agreement_signature_project_id_version_fkey FOREIGN KEY (project_id, version) REFERENCES public.agreement_version(project_id, version);
ALTER TABLE ONLY public.agreement_version
    ADD CONSTRAINT agreement_version_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.agreement_version
    ADD CONSTRAINT agreement_version_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.data_set
    ADD CONSTRAINT data_set_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.extract_object
    ADD CONSTRAINT extract_object_extract_id_fkey FOREIGN KEY (extract_id) REFERENCES public."extract"(id);
ALTER TABLE ONLY public."extract"
    ADD CONSTRAINT extract_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public."extract"
    ADD CONSTRAINT extract_project_id_version_fkey FOREIGN KEY (project_id, version) REFERENCES public.agreement_version(project_id, version);
ALTER TABLE ONLY public.extract_snapshot
    ADD CONSTRAINT extract_snapshot_extract_id_fkey FOREIGN KEY (extract_id) REFERENCES public."extract"(id);
ALTER TABLE ONLY public.extract_snapshot
    ADD CONSTRAINT extract_snapshot_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.snapshot(id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_lift_proposed_by_fkey FOREIGN KEY (lift_proposed_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT identity_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_extract_id_fkey FOREIGN KEY (extract_id) REFERENCES public."extract"(id);
ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.run(id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.notebook_session
    ADD CONSTRAINT notebook_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.notebook_session
    ADD CONSTRAINT notebook_session_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.run(id);
ALTER TABLE ONLY public.notebook_session
    ADD CONSTRAINT notebook_session_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.session(id);
ALTER TABLE ONLY public.notebook_session
    ADD CONSTRAINT notebook_session_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspace(id);
ALTER TABLE ONLY public.output_check
    ADD CONSTRAINT output_check_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.output_file(id);
ALTER TABLE ONLY public.output_check
    ADD CONSTRAINT output_check_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_comment
    ADD CONSTRAINT output_comment_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.output_file(id);
ALTER TABLE ONLY public.output_comment
    ADD CONSTRAINT output_comment_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.output_group(id);
ALTER TABLE ONLY public.output_comment
    ADD CONSTRAINT output_comment_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.output_comment
    ADD CONSTRAINT output_comment_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_file
    ADD CONSTRAINT output_file_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.output_group(id);
ALTER TABLE ONLY public.output_file
    ADD CONSTRAINT output_file_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_group
    ADD CONSTRAINT output_group_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_request
    ADD CONSTRAINT output_request_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.output_request
    ADD CONSTRAINT output_request_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.output_review
    ADD CONSTRAINT output_review_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.output_review
    ADD CONSTRAINT output_review_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_step
    ADD CONSTRAINT output_step_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.output_step
    ADD CONSTRAINT output_step_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.output_vote
    ADD CONSTRAINT output_vote_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.output_file(id);
ALTER TABLE ONLY public.output_vote
    ADD CONSTRAINT output_vote_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.release_file
    ADD CONSTRAINT release_file_claimed_by_fkey FOREIGN KEY (claimed_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.release_file
    ADD CONSTRAINT release_file_downloaded_by_fkey FOREIGN KEY (downloaded_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.release_file
    ADD CONSTRAINT release_file_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.output_file(id);
ALTER TABLE ONLY public.release_file
    ADD CONSTRAINT release_file_release_id_fkey FOREIGN KEY (release_id) REFERENCES public.release(id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_released_by_fkey FOREIGN KEY (released_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.output_request(id);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_extract_id_fkey FOREIGN KEY (extract_id) REFERENCES public."extract"(id);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT run_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspace(id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.shown
    ADD CONSTRAINT shown_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.shown
    ADD CONSTRAINT shown_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_data_set_id_fkey FOREIGN KEY (data_set_id) REFERENCES public.data_set(id);
ALTER TABLE ONLY public.stage_job
    ADD CONSTRAINT stage_job_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submission(id);
ALTER TABLE ONLY public.step_up_spent
    ADD CONSTRAINT step_up_spent_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.session(id);
ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_data_set_id_fkey FOREIGN KEY (data_set_id) REFERENCES public.data_set(id);
ALTER TABLE ONLY public.terms_acceptance
    ADD CONSTRAINT terms_acceptance_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.terms_acceptance
    ADD CONSTRAINT terms_acceptance_version_fkey FOREIGN KEY (version) REFERENCES public.terms(version);
ALTER TABLE ONLY public.ticket
    ADD CONSTRAINT ticket_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.session(id);
ALTER TABLE ONLY public.training
    ADD CONSTRAINT training_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.training
    ADD CONSTRAINT training_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.person(id);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.run(id);
ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT workspace_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.person(id);
ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT workspace_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);
GRANT USAGE ON SCHEMA public TO glasshouse_app;
GRANT USAGE ON SCHEMA public TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agreement_decision TO glasshouse_app;
GRANT SELECT ON TABLE public.agreement_decision TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agreement_signature TO glasshouse_app;
GRANT SELECT ON TABLE public.agreement_signature TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agreement_version TO glasshouse_app;
GRANT SELECT ON TABLE public.agreement_version TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.appointment TO glasshouse_app;
GRANT SELECT ON TABLE public.appointment TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.data_set TO glasshouse_app;
GRANT SELECT ON TABLE public.data_set TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public."extract" TO glasshouse_app;
GRANT SELECT ON TABLE public."extract" TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.extract_object TO glasshouse_app;
GRANT SELECT ON TABLE public.extract_object TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.extract_snapshot TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.hold TO glasshouse_app;
GRANT SELECT ON TABLE public.hold TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.identity TO glasshouse_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_event_seen TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.intent TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.invitation TO glasshouse_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.notebook_session TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.organisation TO glasshouse_app;
GRANT SELECT ON TABLE public.organisation TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.output_check TO glasshouse_app;
GRANT SELECT ON TABLE public.output_check TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.output_comment TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.output_file TO glasshouse_app;
GRANT SELECT ON TABLE public.output_file TO glasshouse_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.output_group TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.output_request TO glasshouse_app;
GRANT SELECT ON TABLE public.output_request TO glasshouse_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.output_review TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.output_step TO glasshouse_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.output_vote TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.person TO glasshouse_app;
GRANT SELECT ON TABLE public.person TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.policy_bundle TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.project TO glasshouse_app;
GRANT SELECT ON TABLE public.project TO glasshouse_reader;
GRANT USAGE ON SEQUENCE public.project_number TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.release TO glasshouse_app;
GRANT SELECT ON TABLE public.release TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.release_file TO glasshouse_app;
GRANT SELECT ON TABLE public.release_file TO glasshouse_reader;
GRANT USAGE ON SEQUENCE public.request_number TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.run TO glasshouse_app;
GRANT SELECT ON TABLE public.run TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.service_identity TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.session TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.setting TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.shown TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.snapshot TO glasshouse_app;
GRANT SELECT ON TABLE public.snapshot TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.stage_job TO glasshouse_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.step_up_spent TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.submission TO glasshouse_app;
GRANT SELECT ON TABLE public.submission TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.terms TO glasshouse_app;
GRANT SELECT ON TABLE public.terms TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.terms_acceptance TO glasshouse_app;
GRANT SELECT ON TABLE public.terms_acceptance TO glasshouse_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.ticket TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.training TO glasshouse_app;
GRANT SELECT ON TABLE public.training TO glasshouse_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE public.upload TO glasshouse_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.workspace TO glasshouse_app;
GRANT SELECT ON TABLE public.workspace TO glasshouse_reader;
