// A vote counts while the person who cast it may still vote: every way to lose that, between the votes and
// the release, over a real database.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { viewRequest } from "../src/actions/output-view.ts"
import { releaseRequest } from "../src/actions/releases.ts"
import { newId } from "../src/domain/id.ts"
import { votes } from "../src/reconcile/votes.ts"
import { startOutputStack, type OutputStack, type PersonName } from "./output-stack.ts"

let stack: OutputStack
before(async () => {
  stack = await startOutputStack()
})
after(() => stack[Symbol.asyncDispose]())

const SAFE = "region,count\nNorth,20\nSouth,35\n"
const view = async (person: PersonName, request: string) =>
  viewRequest(stack.ctx, await stack.as(person), request)

type Undo = () => Promise<unknown>

async function hold(kind: "person" | "project" | "installation", subject: string | null): Promise<Undo> {
  const id = newId()
  await stack.ctx.db
    .insertInto("hold")
    .values({
      id,
      subject_kind: kind,
      subject_id: subject,
      within_project: null,
      kind: "incident",
      cause: "placed",
      reason: "An incident",
      by_kind: "system",
      by_id: "test",
      until_at: null,
      lift_proposed_by: null,
      lift_reason: null,
      lift_until: null,
      lift_proposed_at: null,
      lifted_by: null,
      lifted_at: null,
    })
    .execute()
  return () =>
    stack.ctx.db.updateTable("hold").set({ lifted_at: stack.ctx.clock.now() }).where("id", "=", id).execute()
}

/** Ways in which the first checker stops being one, each with its way back. */
const LOSSES: Readonly<Record<string, (person: string) => Promise<Undo>>> = {
  "the role was ended": async (person) => {
    const set = (state: "active" | "ended") =>
      stack.ctx.db.updateTable("appointment").set({ state }).where("person_id", "=", person).execute()
    await set("ended")
    return () => set("active")
  },
  "the role ran out": async (person) => {
    const set = (until_at: Date | null) =>
      stack.ctx.db.updateTable("appointment").set({ until_at }).where("person_id", "=", person).execute()
    await set(new Date(stack.ctx.clock.now().getTime() - 1_000))
    return () => set(null)
  },
  "the person is held": (person) => hold("person", person),
  "training has run out": async (person) => {
    const set = (until: string) =>
      stack.ctx.db.updateTable("training").set({ until }).where("person_id", "=", person).execute()
    await set("2001-01-01")
    return () => set("2199-01-01")
  },
  "the person was removed": async (person) => {
    const set = (state: "active" | "removed") =>
      stack.ctx.db.updateTable("person").set({ state }).where("id", "=", person).execute()
    await set("removed")
    return () => set("active")
  },
  "they belong to the project's organisation now": async (person) => {
    const { db } = stack.ctx
    const { organisation_id: own } = await db
      .selectFrom("person")
      .select("organisation_id")
      .where("id", "=", person)
      .executeTakeFirstOrThrow()
    const { organisation_id: other } = await db
      .selectFrom("project")
      .select("organisation_id")
      .where("id", "=", stack.project)
      .executeTakeFirstOrThrow()
    const set = (organisation_id: string) =>
      db.updateTable("person").set({ organisation_id }).where("id", "=", person).execute()
    await set(other)
    return () => set(own)
  },
}

for (const [loss, lose] of Object.entries(LOSSES)) {
  test(`an approval counts no more when ${loss}, and again when that is over`, async () => {
    const { ctx, people } = stack
    const { request } = await stack.submitted({ "table.csv": SAFE })
    await stack.vote("first", request, "approve")
    await stack.vote("second", request, "approve")
    assert.equal((await view("second", request)).state, "approved")
    const undo = await lose(people.first)

    const refused = await stack.call("second", "POST", `/api/requests/${request}/release`)
    assert.equal(refused.body.code, "two_approvals_needed")
    const seen = await view("second", request)
    assert.deepEqual([seen.actions.release.allowed, seen.reviews.submitted], [false, 1])
    await votes(ctx)
    assert.equal((await view("second", request)).state, "consolidating")
    await votes(ctx)
    assert.equal(
      (await view("second", request)).timeline.filter((t) => /counts no more/.test(t.sentence)).length,
      1,
    )
    await undo()
    await votes(ctx)
    const back = await view("second", request)
    assert.deepEqual([back.state, back.actions.release.allowed], ["approved", true])
  })
}

test("a third checker takes the place of a vote that counts no more, and the record names only those that do", async () => {
  const { ctx, people } = stack
  const { request } = await stack.submitted({ "third.csv": SAFE })
  await stack.vote("first", request, "approve")
  await stack.vote("second", request, "approve")
  const undo = await LOSSES["the role was ended"]!(people.first)
  await votes(ctx)
  await stack.vote("third", request, "approve")
  assert.equal((await view("third", request)).state, "approved")
  const { release } = await releaseRequest(ctx, await stack.as("third"), request)
  const { body } = await stack.call("author", "GET", `/api/releases/${release}`)
  const named = (list: { person: string }[]) => list.map((v) => v.person).toSorted()
  assert.deepEqual(named(body.record.files[0].votes), [people.second, people.third].toSorted())
  assert.deepEqual(named(body.record.reviews), [people.second, people.third].toSorted())
  await undo()
})

test("a vote that blocks counts no more either", async () => {
  const { ctx, people } = stack
  const { request } = await stack.submitted({ "split.csv": SAFE })
  await stack.vote("first", request, "approve")
  const { files } = await view("second", request)
  await stack.call("second", "POST", `/api/requests/${request}/comments`, {
    file: files[0]!.id,
    group: null,
    text: "No",
    visibility: "public",
  })
  await stack.vote("second", request, "change")
  assert.equal((await view("first", request)).state, "consolidating")
  const undo = await LOSSES["the person is held"]!(people.second)
  await stack.vote("third", request, "approve")
  assert.equal((await view("first", request)).state, "approved")
  await undo()
  await votes(ctx)
  // Two approvals still approve, as they would have with all three.
  assert.equal((await view("first", request)).state, "approved")
})

test("what stops everybody undoes no vote; the release itself is refused meanwhile", async () => {
  const { ctx } = stack
  const { request } = await stack.submitted({ "stop.csv": SAFE })
  await stack.vote("first", request, "approve")
  await stack.vote("second", request, "approve")
  for (const [kind, subject] of [
    ["installation", null],
    ["project", stack.project],
  ] as const) {
    const undo = await hold(kind, subject)
    const refused = await stack.call("first", "POST", `/api/requests/${request}/release`)
    assert.equal(refused.body.code, `hold_${kind}`)
    await votes(ctx)
    await undo()
    assert.equal((await view("first", request)).state, "approved")
  }
  assert.equal((await stack.call("first", "POST", `/api/requests/${request}/release`)).status, 200)
})
