// Letters: that there is something to look at, and where; nothing of a project is in one. The row is written
// and its job added in the change that has something to say.
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import { newId } from "../domain/id.ts"
import type { Tx } from "../store/db.ts"

export interface Letter {
  readonly subject: string
  readonly text: string
  readonly link: string
}

export async function writeTo(ctx: Pick<Ctx, "jobs">, tx: Tx, email: string, letter: Letter): Promise<void> {
  const id = newId()
  await tx
    .insertInto("mail")
    .values({
      id,
      recipient: email,
      subject: letter.subject,
      body: `${letter.text}\n\n${letter.link}\n`,
      sent_at: null,
    })
    .execute()
  await ctx.jobs.add(tx, "mail", { id })
}

export async function writeToPerson(
  ctx: Pick<Ctx, "jobs">,
  tx: Tx,
  person: string,
  letter: Letter,
): Promise<void> {
  const to = await tx
    .selectFrom("person")
    .select("email")
    .where("id", "=", person)
    .where("state", "=", "active")
    .executeTakeFirst()
  if (!to) return
  await writeTo(ctx, tx, to.email, letter)
}

/** To every output checker who has no part in the project or its organisations. */
export async function writeToCheckers(
  ctx: Pick<Ctx, "jobs">,
  tx: Tx,
  project: string,
  now: Date,
  letter: Letter,
): Promise<void> {
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
  for (const { email } of rows) await writeTo(ctx, tx, email, letter)
}
