// Pictures written anew, an agreement's own numbers, and objects that nothing refers to yet.
import { sql, type Kysely } from "kysely"

export async function up(db: Kysely<unknown>): Promise<void> {
  // What leaves may have another size than what was handed in, and how it came about is told.
  await sql`alter table output_file add column candidate_size bigint, add column rendering jsonb`.execute(db)
  await sql`update output_file set candidate_size = size`.execute(db)
  await sql`alter table output_file alter column candidate_size set not null`.execute(db)
  await sql`alter table output_request add column overrides jsonb`.execute(db)

  // A row is here from before an object is written until something refers to the object, so that a process
  // that is killed in between leaves nothing that cannot be found: nobody may list a bucket.
  await sql`
    create table pending_object (
      bucket text not null,
      key text not null,
      at timestamptz not null,
      primary key (bucket, key)
    )`.execute(db)
  await sql`create index pending_object_at on pending_object (at)`.execute(db)
  await sql`grant select, insert, update, delete on pending_object to glasshouse_app`.execute(db)
  await sql`grant select on pending_object to glasshouse_reader`.execute(db)
}
