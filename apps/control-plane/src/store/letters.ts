// Letters about requests. A letter says that there is something to look at, and where; nothing of a
// project is in it.
import { sql } from "kysely"
import { newId } from "../domain/id.ts"
import type { Tx } from "./db.ts"

export interface Letter {
  readonly subject: string
  readonly text: string
  readonly link: string
}

const bodyOf = (letter: Letter) => `${letter.text}\n\n${letter.link}\n`

export async function writeToPerson(tx: Tx, person: string, letter: Letter): Promise<void> {
  const to = await tx
    .selectFrom("person")
    .select("email")
    .where("id", "=", person)
    .where("state", "=", "active")
    .executeTakeFirst()
  if (!to) return
  await tx
    .insertInto("mail")
    .values({
      id: newId(),
      recipient: to.email,
      subject: letter.subject,
      body: bodyOf(letter),
      sent_at: null,
    })
    .execute()
}

/** To every output checker who has no part in the project or its organisations. */
export async function writeToCheckers(tx: Tx, project: string, now: Date, letter: Letter): Promise<void> {
  const { rows } = await sql<{ email: string }>`
    select distinct p.email from appointment a
    join person p on p.id = a.person_id and p.state = 'active'
    join project j on j.id = ${project}
    join organisation o on o.id = p.organisation_id
    where a.role = 'output_checker' and a.scope_kind = 'installation' and a.state = 'active'
      and a.from_at <= ${now} and (a.until_at is null or a.until_at > ${now})
      and p.organisation_id <> j.organisation_id and not o.name = any(j.partners)
      and not exists (select 1 from appointment b
        where b.person_id = p.id and b.scope_kind = 'project' and b.scope_id = j.id)`.execute(tx)
  if (rows.length === 0) return
  await tx
    .insertInto("mail")
    .values(
      rows.map((r) => ({
        id: newId(),
        recipient: r.email,
        subject: letter.subject,
        body: bodyOf(letter),
        sent_at: null,
      })),
    )
    .execute()
}
