// Letters that could not be delivered are marked; a one-time code counts by its age, so nothing is spent; and
// what a service identity may do is said by its appointments.
import { sql, type Kysely } from "kysely"

export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  await run(`alter table mail add column failed_at timestamptz`)
  await run(`drop table step_up_spent`)
}
