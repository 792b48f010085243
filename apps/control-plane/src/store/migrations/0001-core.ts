// People, projects, agreements, data sets, workspaces and outputs. Owner makes; the application role
// gets what it needs table by table; the read-only role reads states but no secrets' hashes.
import { sql, type Kysely } from "kysely"

export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)

  await run(`create domain gh_id as text check (value ~ '^[a-z2-7]{12}$')`)

  // --- people ---------------------------------------------------------------------------------
  await run(`create table organisation (
    id gh_id primary key,
    name text not null unique,
    created_at timestamptz not null default now())`)
  await run(`create table person (
    id gh_id primary key,
    name text not null,
    email text not null,
    organisation_id gh_id not null references organisation,
    state text not null default 'active' check (state in ('active', 'removed')),
    created_at timestamptz not null default now())`)
  await run(`create unique index person_email on person (lower(email))`)
  await run(`create table identity (
    issuer text not null,
    subject text not null,
    person_id gh_id not null references person,
    created_at timestamptz not null default now(),
    primary key (issuer, subject))`)
  await run(`create table training (
    person_id gh_id not null references person,
    kind text not null,
    until date not null,
    evidence text not null,
    recorded_by gh_id references person,
    recorded_at timestamptz not null default now(),
    primary key (person_id, kind))`)
  await run(`create table terms (
    version integer primary key,
    text text not null,
    valid_days integer not null default 365,
    from_at timestamptz not null default now())`)
  await run(`create table terms_acceptance (
    person_id gh_id not null references person,
    version integer not null references terms,
    accepted_at timestamptz not null default now(),
    primary key (person_id, version))`)
  await run(`create table service_identity (
    id gh_id primary key,
    name text not null unique,
    client text not null unique,
    scopes text[] not null,
    until timestamptz not null,
    created_at timestamptz not null default now())`)
  await run(`create table appointment (
    id gh_id primary key,
    person_id gh_id not null references person,
    role text not null,
    scope_kind text not null check (scope_kind in ('installation', 'project', 'data_set')),
    scope_id gh_id,
    from_at timestamptz not null,
    until_at timestamptz,
    reason text not null,
    state text not null check (state in ('proposed', 'active', 'ended')),
    proposed_by gh_id references person,
    confirmed_by gh_id references person,
    bootstrap boolean not null default false,
    ended_at timestamptz,
    ended_reason text,
    created_at timestamptz not null default now(),
    check ((scope_kind = 'installation') = (scope_id is null)),
    check (bootstrap or proposed_by is null or proposed_by <> person_id or scope_kind = 'project'),
    check (confirmed_by is null or (confirmed_by <> person_id and confirmed_by <> proposed_by)))`)
  await run(
    `create unique index appointment_once on appointment (person_id, role, scope_kind, coalesce(scope_id, '')) where state in ('proposed', 'active')`,
  )
  await run(`create index appointment_scope on appointment (scope_kind, scope_id) where state = 'active'`)
  await run(`create table hold (
    id gh_id primary key,
    subject_kind text not null check (subject_kind in ('person', 'project', 'data_set', 'organisation', 'release', 'installation')),
    subject_id gh_id,
    -- a membership that expired stops its person in this project only
    within_project gh_id,
    kind text not null check (kind in ('expired', 'training', 'incident', 'legal')),
    cause text not null,
    reason text not null,
    by_kind text not null check (by_kind in ('person', 'system')),
    by_id text not null,
    from_at timestamptz not null default now(),
    until_at timestamptz,
    lift_proposed_by gh_id references person,
    lift_reason text,
    lift_until timestamptz,
    lift_proposed_at timestamptz,
    lifted_by text,
    lifted_at timestamptz,
    check ((subject_kind = 'installation') = (subject_id is null)),
    check (lifted_by is null or lifted_by <> by_id or by_kind = 'system' or lift_proposed_by is null or lift_proposed_by <> by_id))`)
  await run(`create index hold_in_force on hold (subject_kind, subject_id) where lifted_at is null`)
  // One hold of a cause per subject at a time: expiry that is noticed twice writes one.
  await run(
    `create unique index hold_cause on hold (subject_kind, coalesce(subject_id, ''), coalesce(within_project, ''), cause) where lifted_at is null and by_kind = 'system'`,
  )

  // --- sessions -------------------------------------------------------------------------------
  await run(`create table session (
    id gh_id primary key,
    person_id gh_id not null references person,
    issuer text not null,
    sid text not null,
    started_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    ended_at timestamptz,
    ended_code text,
    unique (issuer, sid))`)
  await run(`create index session_person on session (person_id) where ended_at is null`)
  await run(`create table step_up_spent (
    session_id gh_id not null references session,
    auth_time bigint not null,
    operation text not null,
    spent_at timestamptz not null default now(),
    primary key (session_id, auth_time, operation))`)
  await run(`create table ticket (
    hash bytea primary key,
    kind text not null check (kind in ('events', 'notebook')),
    session_id gh_id not null references session,
    workspace_id gh_id,
    expires_at timestamptz not null,
    used_at timestamptz)`)

  // --- projects and agreements -----------------------------------------------------------------
  await run(`create sequence project_number`)
  await run(`create table project (
    id gh_id primary key,
    number text not null unique,
    title text not null,
    summary text not null,
    organisation_id gh_id not null references organisation,
    partners text[] not null default '{}',
    state text not null default 'active' check (state in ('active', 'closed')),
    created_at timestamptz not null default now())`)
  await run(`create table invitation (
    id gh_id primary key,
    project_id gh_id not null references project,
    email text not null,
    name text not null,
    role text not null,
    until date not null,
    token_hash bytea not null unique,
    state text not null check (state in ('sent', 'accepted', 'withdrawn', 'expired')),
    invited_by gh_id not null references person,
    expires_at timestamptz not null,
    accepted_by gh_id references person,
    created_at timestamptz not null default now())`)
  await run(
    `create unique index invitation_open on invitation (project_id, lower(email)) where state = 'sent'`,
  )
  await run(`create table data_set (
    id gh_id primary key,
    code text not null unique,
    title text not null,
    description text not null,
    organisation_id gh_id not null references organisation,
    contract jsonb not null,
    created_at timestamptz not null default now())`)
  await run(`create table agreement_version (
    project_id gh_id not null references project,
    version integer not null check (version > 0),
    state text not null check (state in ('draft', 'proposed', 'in_force', 'superseded', 'refused', 'ended')),
    document text not null,
    sha256 text not null,
    reason text not null,
    proposed_by gh_id references person,
    proposed_at timestamptz not null default now(),
    in_force_at timestamptz,
    until date not null,
    ended_at timestamptz,
    event_outbox bigint,
    primary key (project_id, version))`)
  await run(
    `create unique index agreement_one_in_force on agreement_version (project_id) where state = 'in_force'`,
  )
  await run(`create table agreement_decision (
    project_id gh_id not null,
    version integer not null,
    data_set_id gh_id not null references data_set,
    decision text not null default 'waits' check (decision in ('waits', 'approved', 'refused')),
    person_id gh_id references person,
    reason text,
    at timestamptz,
    primary key (project_id, version, data_set_id),
    foreign key (project_id, version) references agreement_version)`)
  await run(`create table agreement_signature (
    project_id gh_id not null,
    version integer not null,
    person_id gh_id not null references person,
    sha256 text not null,
    at timestamptz not null default now(),
    primary key (project_id, version, person_id),
    foreign key (project_id, version) references agreement_version)`)

  // --- data -----------------------------------------------------------------------------------
  await run(`create table submission (
    id gh_id primary key,
    data_set_id gh_id not null references data_set,
    state text not null check (state in ('running', 'accepted', 'rejected', 'failed')),
    report jsonb,
    code text,
    created_at timestamptz not null default now(),
    finished_at timestamptz)`)
  await run(`create table stage_job (
    id gh_id primary key,
    stage text not null,
    submission_id gh_id references submission,
    extract_id gh_id,
    params jsonb not null,
    state text not null default 'waits' check (state in ('waits', 'running', 'succeeded', 'failed')),
    attempts integer not null default 0,
    progress jsonb,
    result jsonb,
    code text,
    message text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz)`)
  await run(`create index stage_job_open on stage_job (created_at) where state in ('waits', 'running')`)
  await run(`create table snapshot (
    id gh_id primary key,
    data_set_id gh_id not null references data_set,
    number integer not null,
    manifest jsonb not null,
    sha256 text not null,
    row_count bigint not null,
    people bigint not null,
    created_at timestamptz not null default now(),
    unique (data_set_id, number))`)
  await run(`create table extract (
    id gh_id primary key,
    project_id gh_id not null references project,
    version integer not null,
    state text not null check (state in ('preparing', 'ready', 'failed')),
    manifest jsonb,
    sha256 text,
    created_at timestamptz not null default now(),
    ready_at timestamptz,
    foreign key (project_id, version) references agreement_version)`)
  await run(`create table extract_snapshot (
    extract_id gh_id not null references extract,
    snapshot_id gh_id not null references snapshot,
    primary key (extract_id, snapshot_id))`)
  await run(`create table extract_object (
    extract_id gh_id not null references extract,
    key text not null,
    table_name text not null,
    store_bucket text not null,
    store_key text not null,
    size bigint not null,
    etag text not null,
    sha256 text not null,
    row_count bigint not null,
    last_modified timestamptz not null,
    primary key (extract_id, key))`)

  // --- workspaces -----------------------------------------------------------------------------
  await run(`create table workspace (
    id gh_id primary key,
    project_id gh_id not null references project,
    person_id gh_id not null references person,
    state text not null check (state in ('stopped', 'opening', 'running', 'stopping', 'failed', 'deleting', 'deleted')),
    code text,
    last_human_at timestamptz,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now())`)
  await run(`create unique index workspace_one on workspace (project_id, person_id) where state <> 'deleted'`)
  await run(`create table run (
    id gh_id primary key,
    workspace_id gh_id not null references workspace,
    generation integer not null,
    node text,
    wanted text not null check (wanted in ('running', 'stopped')),
    observed text not null default 'absent' check (observed in ('preparing', 'running', 'exited', 'failed', 'absent', 'unknown')),
    absences integer not null default 0,
    step text,
    steps jsonb not null default '[]',
    probes jsonb,
    code text,
    agreement_version integer not null,
    extract_id gh_id references extract,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    stopped_at timestamptz,
    observed_at timestamptz,
    unique (workspace_id, generation))`)
  await run(`create unique index run_one on run (workspace_id) where wanted = 'running'`)
  await run(`create table notebook_session (
    hash bytea primary key,
    session_id gh_id not null references session,
    workspace_id gh_id not null references workspace,
    run_id gh_id not null references run,
    person_id gh_id not null references person,
    created_at timestamptz not null default now(),
    renewed_at timestamptz not null default now(),
    ended_at timestamptz,
    ended_code text,
    -- bytes shown that no event speaks of yet
    shown_unlogged bigint not null default 0,
    shown_logged_at timestamptz not null default now())`)
  await run(`create table shown (
    person_id gh_id not null references person,
    project_id gh_id not null references project,
    day date not null,
    bytes bigint not null default 0,
    primary key (person_id, project_id, day))`)
  await run(`create table intent (
    id gh_id primary key,
    run_id gh_id not null references run,
    kind text not null check (kind in ('object', 'list')),
    extract_id gh_id references extract,
    key text,
    log_index bigint not null,
    issued_at timestamptz not null default now(),
    expires_at timestamptz not null,
    finished_at timestamptz,
    bytes bigint,
    requests bigint,
    outcome text check (outcome in ('done', 'unknown')))`)
  await run(`create index intent_open on intent (expires_at) where finished_at is null`)
  await run(`create index intent_run on intent (run_id, issued_at)`)

  // --- outputs --------------------------------------------------------------------------------
  await run(`create sequence request_number`)
  await run(`create table upload (
    id gh_id primary key,
    project_id gh_id not null references project,
    person_id gh_id not null references person,
    run_id gh_id not null references run,
    path text not null,
    size bigint not null,
    sha256 text not null,
    media_kind text not null,
    created_at timestamptz not null default now(),
    -- the bytes are gone; what was added to a request has a copy of its own
    removed_at timestamptz)`)
  await run(`create index upload_person on upload (project_id, person_id, created_at desc)`)
  await run(`create table output_request (
    id gh_id primary key,
    number text not null unique,
    project_id gh_id not null references project,
    author_id gh_id not null references person,
    title text not null,
    state text not null,
    turn integer not null default 1,
    policy text not null,
    created_at timestamptz not null default now(),
    submitted_at timestamptz,
    -- when the present turn was sent to the checkers
    turn_at timestamptz,
    held_seconds bigint not null default 0,
    changed_at timestamptz not null default now())`)
  await run(`create index output_request_project on output_request (project_id, created_at desc)`)
  await run(`create index output_request_state on output_request (state)`)
  await run(`create table output_group (
    id gh_id primary key,
    request_id gh_id not null references output_request,
    name text not null,
    context text not null,
    position integer not null,
    removed_at timestamptz)`)
  await run(`create table output_file (
    id gh_id primary key,
    request_id gh_id not null references output_request,
    group_id gh_id not null references output_group,
    path text not null,
    kind text not null check (kind in ('output', 'supporting', 'code')),
    description text not null,
    small_numbers text not null,
    size bigint not null,
    media_kind text not null,
    submitted_sha256 text not null,
    candidate_sha256 text not null,
    renderer text,
    withdrawn_at timestamptz,
    created_at timestamptz not null default now())`)
  await run(`create index output_file_request on output_file (request_id)`)
  await run(
    `create unique index output_file_path on output_file (request_id, path) where withdrawn_at is null`,
  )
  await run(`create table output_check (
    request_id gh_id not null references output_request,
    turn integer not null,
    file_id gh_id not null references output_file,
    state text not null check (state in ('waits', 'running', 'done', 'failed')),
    verdict text,
    engine text,
    policy jsonb,
    findings jsonb not null default '[]',
    reason text,
    -- also the claim: what finishes under another start than it began with is thrown away
    started_at timestamptz,
    finished_at timestamptz,
    primary key (file_id, turn))`)
  await run(`create index output_check_request on output_check (request_id, turn)`)
  await run(`create index output_check_open on output_check (request_id) where state in ('waits', 'running')`)
  await run(`create table output_review (
    request_id gh_id not null references output_request,
    turn integer not null,
    person_id gh_id not null references person,
    opened_at timestamptz not null default now(),
    submitted_at timestamptz,
    primary key (request_id, turn, person_id))`)
  await run(`create table output_vote (
    file_id gh_id not null references output_file,
    turn integer not null,
    person_id gh_id not null references person,
    vote text not null check (vote in ('approve', 'change', 'reject')),
    candidate_sha256 text not null,
    at timestamptz not null default now(),
    primary key (file_id, turn, person_id))`)
  await run(`create table output_comment (
    id gh_id primary key,
    request_id gh_id not null references output_request,
    file_id gh_id references output_file,
    group_id gh_id references output_group,
    turn integer not null,
    person_id gh_id not null references person,
    part text not null check (part in ('author', 'member', 'checker')),
    visibility text not null check (visibility in ('public', 'checkers')),
    text text not null,
    at timestamptz not null default now())`)
  await run(`create index output_comment_request on output_comment (request_id, at)`)
  // What happened to a request, each with the outbox row of its event, so that a timeline knows places in
  // the log without reading the log.
  await run(`create table output_step (
    id bigint generated always as identity primary key,
    request_id gh_id not null references output_request,
    turn integer not null,
    code text not null,
    person_id gh_id references person,
    facts jsonb not null,
    -- a change's event comes through the outbox, a download's is in the log before its bytes
    outbox_id bigint,
    log_index bigint,
    at timestamptz not null,
    check ((outbox_id is null) <> (log_index is null)))`)
  await run(`create index output_step_request on output_step (request_id, id)`)
  await run(`create table release (
    id gh_id primary key,
    request_id gh_id not null unique references output_request,
    project_id gh_id not null references project,
    record text not null,
    record_sha256 text not null,
    released_by gh_id not null references person,
    released_at timestamptz not null default now(),
    published_at timestamptz,
    revoked_at timestamptz,
    revoked_by gh_id references person,
    revoked_reason text)`)
  await run(`create table release_file (
    release_id gh_id not null references release,
    file_id gh_id not null references output_file,
    sha256 text not null,
    size bigint not null,
    path text not null,
    -- who began to download, and when first; only they may try again, for a short time
    claimed_by gh_id references person,
    claimed_at timestamptz,
    -- the attempt that is open now
    attempt_id gh_id,
    attempt_at timestamptz,
    downloaded_at timestamptz,
    downloaded_by gh_id references person,
    primary key (release_id, file_id))`)

  // --- platform -------------------------------------------------------------------------------
  await run(`create table setting (
    key text primary key,
    value jsonb not null,
    changed_at timestamptz not null default now())`)
  await run(`create table policy_bundle (
    sha256 text primary key,
    files jsonb not null,
    loaded_at timestamptz not null default now())`)
  await run(`create table mail (
    id gh_id primary key,
    recipient text not null,
    subject text not null,
    body text not null,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    attempts integer not null default 0)`)
  await run(`create table identity_event_seen (
    id text primary key,
    at timestamptz not null)`)

  await run(`grant usage on schema public to glasshouse_app, glasshouse_reader`)
  await run(`grant select, insert, update on
    organisation, person, identity, training, terms, terms_acceptance, service_identity, appointment, hold,
    session, step_up_spent, ticket, project, invitation, data_set, agreement_version, agreement_decision,
    agreement_signature, submission, stage_job, snapshot, extract, extract_snapshot, extract_object, workspace,
    run, notebook_session, shown, intent, upload, output_request, output_group, output_file, output_check,
    output_review, output_vote, output_comment, output_step, release, release_file, setting, policy_bundle, mail,
    identity_event_seen to glasshouse_app`)
  await run(
    `grant delete on step_up_spent, ticket, output_vote, output_review, output_group, mail, identity_event_seen to glasshouse_app`,
  )
  await run(`grant usage on sequence project_number, request_number to glasshouse_app`)
  await run(`grant select on organisation, person, training, terms, terms_acceptance, appointment, hold, project,
    data_set, agreement_version, agreement_decision, agreement_signature, submission, snapshot, extract,
    extract_object, workspace, run, output_request, output_file, output_check, release, release_file to glasshouse_reader`)
}
