// Tables of the two logs. The application role may add to them and move the head; nothing but the
// owner may change or remove what is in them. DELETE exists on the outbox alone (and on the search
// projection, which is rebuilt from the log and is never the record).
import { sql, type Kysely } from "kysely"

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table log (
      id text primary key check (id ~ '^(access|register)-[0-9]{4}$'),
      name text not null check (name in ('access', 'register')),
      year integer not null,
      origin text not null unique,
      vkey text not null,
      min_index bigint not null default 0,
      created_at timestamptz not null default now(),
      unique (name, year)
    )`.execute(db)

  // The compare-and-swap point: a batch is committed by moving this row from the size that the
  // committer knows, and by nothing else.
  await sql`
    create table log_head (
      log_id text primary key references log,
      size bigint not null check (size >= 0),
      root bytea not null check (octet_length(root) = 32),
      updated_at timestamptz not null default now()
    )`.execute(db)

  // Public: entries as one tlog-tiles bundle body, and their leaf hashes. Kept for ever.
  await sql`
    create table log_batch (
      log_id text not null references log,
      start bigint not null check (start >= 0),
      n integer not null check (n > 0),
      leaves bytea not null,
      leaf_hashes bytea not null check (octet_length(leaf_hashes) = n * 32),
      committed_at timestamptz not null default now(),
      primary key (log_id, start)
    )`.execute(db)

  // Private: the salts and bytes behind the commitments, sealed group by group under the keys of one
  // month, so that a group can be erased for ever by destroying its key while proofs go on working.
  await sql`
    create table log_event (
      log_id text not null references log,
      start bigint not null check (start >= 0),
      n integer not null check (n > 0),
      period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      who bytea not null,
      facts bytea not null,
      detail bytea not null,
      primary key (log_id, start)
    )`.execute(db)

  // Full tiles only; partial ones are computed, so no row is ever rewritten.
  await sql`
    create table log_tile (
      log_id text not null references log,
      level smallint not null check (level between 0 and 6),
      n bigint not null check (n >= 0),
      root bytea not null check (octet_length(root) = 32),
      data bytea not null check (octet_length(data) = 8192),
      primary key (log_id, level, n)
    )`.execute(db)

  await sql`
    create table log_key (
      log_id text not null references log,
      grp text not null check (grp in ('who', 'facts', 'detail', 'outbox')),
      period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      wrapped bytea not null,
      created_at timestamptz not null default now(),
      primary key (log_id, grp, period)
    )`.execute(db)

  await sql`
    create table checkpoint (
      id bigint generated always as identity primary key,
      log_id text not null references log,
      size bigint not null check (size >= 0),
      note text not null,
      published_at timestamptz not null
    )`.execute(db)
  await sql`create index checkpoint_newest on checkpoint (log_id, id desc)`.execute(db)

  await sql`
    create table cosignature (
      log_id text not null references log,
      size bigint not null check (size >= 0),
      witness text not null,
      line text not null,
      received_at timestamptz not null default now(),
      primary key (log_id, size, witness, line)
    )`.execute(db)

  // Events of state changes wait here, sealed, from their transaction's commit until the sequencer
  // has moved them into a log.
  await sql`
    create table audit_outbox (
      id bigint generated always as identity primary key,
      created_at timestamptz not null default now(),
      log_name text not null check (log_name in ('access', 'register')),
      key_log text not null,
      period text not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      event bytea not null
    )`.execute(db)

  // Where each outbox row went. The primary key is what makes "exactly once" a rule of the database.
  await sql`
    create table audit_sequenced (
      outbox_id bigint primary key,
      log_id text not null references log,
      idx bigint not null check (idx >= 0),
      unique (log_id, idx)
    )`.execute(db)

  // Search projection: ids and codes, no free text; UNLOGGED, so that neither write-ahead log nor
  // dump holds it. Its progress row is lost together with it, which is what starts a rebuild.
  await sql`
    create unlogged table audit_event (
      log_id text not null,
      idx bigint not null,
      time timestamptz not null,
      code text not null,
      family text not null,
      outcome text not null check (outcome in ('done', 'refused', 'failed', 'unknown')),
      actor_kind text not null,
      actor_id text not null,
      subject text,
      project text,
      data_set text,
      workspace text,
      run text,
      agreement_version integer,
      decision text,
      intent bigint,
      request text,
      primary key (log_id, idx)
    )`.execute(db)
  for (const column of ["actor_id", "subject", "project", "data_set", "workspace", "run", "family"]) {
    await sql`create index on audit_event (${sql.ref(column)}, log_id desc, idx desc)`.execute(db)
  }
  await sql`create index on audit_event (time)`.execute(db)
  await sql`create index on audit_event (code, log_id desc, idx desc)`.execute(db)
  await sql`
    create unlogged table audit_projection (
      log_id text primary key,
      next_idx bigint not null
    )`.execute(db)

  // Sealed and hashed bytes do not compress; saying so spares the attempt on every append.
  await sql`alter table log_batch alter leaves set storage external, alter leaf_hashes set storage external`.execute(
    db,
  )
  await sql`alter table log_event alter who set storage external, alter facts set storage external, alter detail set storage external`.execute(
    db,
  )
  await sql`alter table log_tile alter data set storage external`.execute(db)

  await sql`
    grant select, insert on log, log_head, log_batch, log_event, log_tile, log_key, checkpoint, cosignature,
      audit_outbox, audit_sequenced, audit_event, audit_projection to glasshouse_app`.execute(db)
  await sql`grant update (size, root, updated_at) on log_head to glasshouse_app`.execute(db)
  await sql`grant delete on audit_outbox to glasshouse_app`.execute(db)
  await sql`grant update (next_idx) on audit_projection to glasshouse_app`.execute(db)
  await sql`
    grant select on log, log_head, log_batch, log_event, log_tile, log_key, checkpoint, cosignature,
      audit_sequenced, audit_event, audit_projection to glasshouse_reader`.execute(db)
}
