// Invitations: a link by mail, good for seven days, for one address. The account at the identity server
// is made when the invitation is, so that the link leads to a sign-in that works.
import { sql } from "kysely"
import type { Ctx } from "../context.ts"
import { addDays, civilDate, dateInWords, endOfDay } from "../domain/dates.ts"
import { Conflict, Denied, Invalid, NotFound } from "../domain/errors.ts"
import { sha256 } from "../domain/hash.ts"
import { newId, newSecret } from "../domain/id.ts"
import { refusalSentence } from "../domain/sentences.ts"
import type { Db, Tx } from "../store/db.ts"
import type { ProjectRow } from "../store/facts.ts"
import { lockProject } from "./agreement-versions.ts"
import { assertRolesCompatible } from "./appointments.ts"
import { change, type Asked } from "./change.ts"
import { endExpiryHolds } from "./holds.ts"
import { writeTo } from "./letters.ts"
import { assertMay, assertPerson, getProject, may } from "./load.ts"

const INVITATION_DAYS = 7

export interface Invite {
  readonly email: string
  readonly name: string
  readonly role: "researcher" | "project_admin"
  readonly until: string
}

/** A membership lasts at most as long as the agreement that it is under, or was. */
export function assertUntil(
  ctx: Ctx,
  until: string,
  project: Pick<ProjectRow, "agreement_until" | "last_until">,
): void {
  if (until < civilDate(ctx.clock.now(), ctx.config.zone)) throw new Invalid("date_in_past")
  const last = project.agreement_until ?? project.last_until
  if (last !== null && until > last)
    throw new Invalid("date_after_agreement", { agreementUntil: dateInWords(last) })
}

/** How many people an agreement allows is part of it: nobody widens it by inviting. */
async function assertRoom(tx: Tx, project: string, waiting: boolean): Promise<void> {
  await lockProject(tx, project)
  const { rows } = await sql<{ most: number | null; taken: number }>`
    select (v.document::jsonb #>> '{people,most}')::int as most,
      (select count(distinct person_id) from appointment
        where scope_kind = 'project' and scope_id = ${project} and state = 'active')
      + (select count(*) from invitation where project_id = ${project} and state = 'sent' and ${waiting}) as taken
    from agreement_version v where v.project_id = ${project} and v.state = 'in_force'`.execute(tx)
  const row = rows[0]
  if (row && row.most !== null && row.taken >= row.most)
    throw new Conflict("people_limit", { most: row.most })
}

export async function inviteMember(
  ctx: Ctx,
  asked: Asked,
  project: string,
  input: Invite,
): Promise<{ id: string; link: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const before = await getProject(ctx, ctx.db, actor, project)
  assertMay(ctx, actor, "member.invite", before)
  assertUntil(ctx, input.until, before.row)
  const email = input.email.trim().toLowerCase()
  // Idempotent at the identity server; when it does not answer, nothing has changed here.
  const account = await ctx.drivers.identity.ensureUser({ email, name: input.name })
  const id = newId()
  const token = newSecret()
  const link = `${ctx.config.site.origin}/invitation#${token}`
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    const known = await getProject(ctx, tx, actor, project)
    assertMay(ctx, actor, "member.invite", known)
    const person = await ensurePerson(ctx, tx, {
      email,
      name: input.name,
      organisation: known.row.organisation_id,
      subject: account.subject,
    })
    if (person.made)
      await record({ code: "person.created", subject: person.id, facts: {}, detail: { name: input.name } })
    const member = await tx
      .selectFrom("appointment")
      .select("id")
      .where("person_id", "=", person.id)
      .where("scope_id", "=", project)
      .where("role", "=", input.role)
      .where("state", "=", "active")
      .executeTakeFirst()
    if (member) throw new Conflict("already_member")
    await assertRoom(tx, project, true)
    const made = await tx
      .insertInto("invitation")
      .values({
        id,
        project_id: project,
        email,
        name: input.name,
        role: input.role,
        until: input.until,
        token_hash: sha256(token),
        state: "sent",
        invited_by: actor.person,
        expires_at: endOfDay(
          addDays(civilDate(ctx.clock.now(), ctx.config.zone), INVITATION_DAYS),
          ctx.config.zone,
        ),
        accepted_by: null,
      })
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst()
    if (!made) throw new Conflict("invitation_open")
    await writeTo(ctx, tx, email, {
      subject: "You are invited to Glasshouse",
      text: "You are invited to a project. The link works for seven days and only for this address. Sign in and read the invitation here:",
      link,
    })
    await record({
      code: "member.invited",
      project,
      subject: person.id,
      facts: { invitation: id, role: input.role, until: input.until },
      detail: { name: input.name },
    })
    await touch(`project:${project}`)
  })
  return { id, link, index }
}

async function ensurePerson(
  ctx: Ctx,
  tx: Tx,
  input: { email: string; name: string; organisation: string; subject: string },
): Promise<{ id: string; made: boolean }> {
  const issuer = ctx.config.identity.issuer
  const find = () =>
    tx
      .selectFrom("person")
      .select("id")
      .where((e) => e(e.fn<string>("lower", ["email"]), "=", input.email))
      .executeTakeFirst()
  let known = await find()
  let made = false
  if (!known) {
    // Two invitations of one new person in the same moment meet here: the second finds the first's.
    const inserted = await tx
      .insertInto("person")
      .values({ id: newId(), name: input.name, email: input.email, organisation_id: input.organisation })
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst()
    made = inserted !== undefined
    known = inserted ?? (await find())
  }
  if (!known) throw new Conflict("stale")
  const { id } = known
  await tx
    .insertInto("identity")
    .values({ issuer, subject: input.subject, person_id: id })
    .onConflict((c) => c.doNothing())
    .execute()
  return { id, made }
}

async function findOpen(ctx: Ctx, db: Db | Tx, token: string) {
  const row = await db
    .selectFrom("invitation as i")
    .innerJoin("project as p", "p.id", "i.project_id")
    .innerJoin("person as q", "q.id", "i.invited_by")
    .select([
      "i.id",
      "i.project_id",
      "i.email",
      "i.role",
      "i.until",
      "i.state",
      "i.expires_at",
      "p.number",
      "p.title",
      "q.name as inviter",
    ])
    .where("i.token_hash", "=", sha256(token))
    .executeTakeFirst()
  if (!row || row.state !== "sent" || row.expires_at <= ctx.clock.now())
    throw new Denied("invitation_invalid")
  return row
}

export async function readInvitation(ctx: Ctx, asked: Asked, token: string) {
  const actor = assertPerson(asked.actor)
  const row = await findOpen(ctx, ctx.db, token)
  const own = row.email === actor.email.toLowerCase()
  return {
    project: { id: row.project_id, number: row.number, title: row.title },
    role: row.role,
    invitedBy: row.inviter,
    until: row.until,
    expiresAt: row.expires_at.toISOString(),
    actions: {
      accept: own
        ? { allowed: true }
        : {
            allowed: false,
            code: "invitation_other_person",
            reason: refusalSentence("invitation_other_person"),
          },
    },
  }
}

export async function acceptInvitation(
  ctx: Ctx,
  asked: Asked,
  token: string,
): Promise<{ project: string; index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { value, index } = await change(ctx, asked, async (tx, recorder) => {
    const { record, touch } = recorder
    const row = await findOpen(ctx, tx, token)
    if (row.email !== actor.email.toLowerCase()) throw new Denied("invitation_other_person")
    const taken = await tx
      .updateTable("invitation")
      .set({ state: "accepted", accepted_by: actor.person })
      .where("id", "=", row.id)
      .where("state", "=", "sent")
      .returning("invited_by")
      .executeTakeFirst()
    if (!taken) throw new Conflict("already_done")
    await assertRolesCompatible(tx, actor.person, row.role)
    await assertRoom(tx, row.project_id, false)
    const made = await tx
      .insertInto("appointment")
      .values({
        id: newId(),
        person_id: actor.person,
        role: row.role,
        scope_kind: "project",
        scope_id: row.project_id,
        from_at: ctx.clock.now(),
        until_at: endOfDay(row.until, ctx.config.zone),
        reason: "Invited to the project",
        state: "active",
        proposed_by: taken.invited_by,
        confirmed_by: null,
        ended_at: null,
        ended_reason: null,
      })
      .onConflict((c) => c.doNothing())
      .returning("id")
      .executeTakeFirst()
    if (!made) throw new Conflict("already_member")
    // Somebody who comes back is not stopped by the end of their last time.
    await endExpiryHolds(ctx, tx, recorder, {
      subject: "person",
      id: actor.person,
      within: row.project_id,
      cause: "membership_expired",
      by: "membership",
    })
    await record({
      code: "member.joined",
      project: row.project_id,
      facts: { invitation: row.id, role: row.role, until: row.until },
    })
    await touch(`project:${row.project_id}`, `person:${actor.person}`)
    return row.project_id
  })
  return { project: value, index }
}

export async function withdrawInvitation(
  ctx: Ctx,
  asked: Asked,
  project: string,
  invitation: string,
): Promise<{ index: number | null }> {
  const actor = assertPerson(asked.actor)
  const { index } = await change(ctx, asked, async (tx, { record, touch }) => {
    assertMay(ctx, actor, "member.invite", await getProject(ctx, tx, actor, project))
    const row = await tx
      .selectFrom("invitation")
      .select("state")
      .where("id", "=", invitation)
      .where("project_id", "=", project)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new NotFound()
    if (row.state !== "sent") throw new Conflict("already_done")
    await tx.updateTable("invitation").set({ state: "withdrawn" }).where("id", "=", invitation).execute()
    await record({ code: "invitation.withdrawn", project, facts: { invitation } })
    await touch(`project:${project}`)
  })
  return { index }
}

export async function listInvitations(ctx: Ctx, asked: Asked, project: string) {
  const actor = assertPerson(asked.actor)
  const known = await getProject(ctx, ctx.db, actor, project)
  const withdraw = may(ctx, actor, "member.invite", known)
  if (!withdraw.allowed && withdraw.code === "not_permitted") return []
  const rows = await ctx.db
    .selectFrom("invitation")
    .selectAll()
    .where("project_id", "=", project)
    .where("state", "in", ["sent", "expired"])
    .orderBy("created_at", "desc")
    .limit(200)
    .execute()
  return rows.map((r) => ({
    id: r.id,
    email: r.email,
    name: r.name,
    role: r.role,
    until: r.until,
    state: r.state,
    expiresAt: r.expires_at.toISOString(),
    actions: { withdraw },
  }))
}
