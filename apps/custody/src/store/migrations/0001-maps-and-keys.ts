// Tables of custody. No identifier is in any of them: tokens are keyed, masters and references are random.
// The two largest tables are written in the transaction that mints their masters and carry no foreign key.
import { sql, type Kysely } from "kysely"

export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `create table master (
       master bigint primary key check (master >= 4611686018427387904),
       reference bytea not null unique check (length(reference) = 16),
       minted_at timestamptz not null default now())`,
    // a null master: two people share this token, so it points at nobody
    `create table identity_key (
       token bytea primary key check (length(token) = 16),
       master bigint)`,
    `create table source (
       source integer generated always as identity primary key,
       data_set text not null, submission text not null, unique (data_set, submission))`,
    `create table subject (
       source integer not null references source, token bytea not null check (length(token) = 16),
       master bigint not null, method smallint not null, primary key (source, token))`,
    `create table project (
       project text primary key,
       number integer not null unique check (number between 1 and 1048575),
       salt bytea check (length(salt) = 32),
       opened_at timestamptz not null default now(), destroyed_at timestamptz,
       check ((salt is null) = (destroyed_at is not null)))`,
    `create table project_person (
       number integer not null references project (number),
       rank bigint not null check (rank between 1 and 4294967295),
       master bigint not null references master, primary key (number, rank), unique (number, master))`,
    `create table project_offer (
       number integer not null references project (number), extract text not null,
       master bigint not null references master, token bytea not null, primary key (number, extract, master))`,
    `create table reversal (
       reversal text primary key, project text not null references project, person_id bigint not null,
       reason text not null, person text not null, asked_at timestamptz not null default now(), opened_at timestamptz)`,
    `create table reversal_approval (
       reversal text not null references reversal, person text not null,
       approved_at timestamptz not null default now(), primary key (reversal, person))`,
    `create table journal (
       entry bigint generated always as identity primary key, at timestamptz not null default now(),
       caller text not null, verb text not null, subject text not null, count integer not null)`,
    `create function refuse_change() returns trigger language plpgsql as
       $$ begin raise exception 'the journal is append-only'; end $$`,
    `create trigger journal_append_only before update or delete or truncate on journal
       for each statement execute function refuse_change()`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
