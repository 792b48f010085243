// The way out, over a real database and a real log: from a pushed file to a download, turns, blindness,
// splits, conflicts, double clicks.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { submitRequest } from "../src/actions/output-requests.ts"
import { commentOnRequest, returnRequest, submitReview, voteOnFile } from "../src/actions/output-reviews.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { releaseRequest } from "../src/actions/releases.ts"
import { checks } from "../src/reconcile/checks.ts"
import { releases } from "../src/reconcile/releases.ts"
import { startOutputStack, type OutputStack, type PersonName } from "./output-stack.ts"

let stack: OutputStack
before(async () => {
  stack = await startOutputStack()
})
after(() => stack[Symbol.asyncDispose]())

const SAFE = "region,count\nNorth,20\nSouth,35\n"
const view = async (person: PersonName, request: string) =>
  viewRequest(stack.ctx, await stack.as(person), request)

/** How many of these promises failed with which code. */
async function outcomes(work: Promise<unknown>[]): Promise<Record<string, number>> {
  const settled = await Promise.allSettled(work)
  const counts: Record<string, number> = {}
  for (const one of settled) {
    const code =
      one.status === "fulfilled" ? "done" : ((one.reason as { code?: string }).code ?? String(one.reason))
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

test("a file goes from the workspace to its author's disk through two people, every step in the log", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "out/table.csv": SAFE })
  const file = files["out/table.csv"]!
  assert.equal((await view("first", request)).state, "independent")
  await stack.vote("first", request, "approve")
  const early = await stack.call("first", "POST", `/api/requests/${request}/release`)
  assert.equal(early.body.code, "two_approvals_needed")
  await stack.vote("second", request, "approve")
  assert.equal((await view("author", request)).state, "approved")

  const released = await stack.call("first", "POST", `/api/requests/${request}/release`)
  assert.equal(released.status, 200)
  const { release } = released.body
  const soon = await stack.call("author", "POST", `/api/releases/${release}/files/${file.id}/download`)
  assert.equal(soon.body.code, "not_yet_published")
  await releases(ctx)
  const downloaded = await stack.call("author", "POST", `/api/releases/${release}/files/${file.id}/download`)
  assert.equal(downloaded.status, 200)
  assert.equal(downloaded.raw.toString(), SAFE)
  assert.equal(downloaded.headers["content-type"], "application/octet-stream")
  assert.match(String(downloaded.headers["content-disposition"]), /^attachment; filename="table.csv"/)
  assert.equal(downloaded.headers["x-content-type-options"], "nosniff")
  assert.match(String(downloaded.headers["audit-index"]), /^\d+$/)

  await ctx.audit.projectNow()
  const events = await ctx.audit.search({ project: stack.project, family: "outputs" }, 100)
  const codes = new Set(events.map((e) => e.code))
  for (const code of [
    "filePushed",
    "requested",
    "fileAdded",
    "submitted",
    "checked",
    "voted",
    "reviewed",
    "released",
    "downloaded",
  ])
    assert.ok(codes.has(`output.${code}`), code)

  const { timeline } = await view("author", request)
  assert.ok(timeline.every((t) => t.index !== null))
  assert.ok(timeline.some((t) => /^You asked for release of 1 file$/.test(t.sentence)))

  const { body } = await stack.call("author", "GET", `/api/releases/${release}`)
  assert.equal(body.record.files[0].candidate, file.candidate)
  assert.equal(body.record.files[0].votes.length, 2)
  assert.equal(body.record.disclosure.thresholds.threshold, 10)
})

test("the public register names organisations and counts, and no person", async () => {
  const { ctx, people } = stack
  const { release } = await stack.released({ "register.csv": SAFE })
  const log = ctx.audit.currentLog("register")
  await ctx.audit.publishNow()
  const size = ctx.audit.healthy().logs.find((l) => l.log === log)?.size ?? 0
  const entries = (await ctx.audit.readRegister(log, 0, size)).filter((e) => e.entry["release"] === release)
  assert.equal(entries.length, 1)
  const text = JSON.stringify(entries[0]?.entry)
  assert.match(text, /A university/)
  for (const id of Object.values(people)) assert.doesNotMatch(text, new RegExp(id))
  assert.doesNotMatch(text, /Faye|Anna|register\.csv/)
})

test("the public page counts what left, also what was registered in the first form of the entry", async () => {
  const { ctx } = stack
  const { number } = await ctx.db
    .selectFrom("project")
    .select("number")
    .where("id", "=", stack.project)
    .executeTakeFirstOrThrow()
  const write = (entry: { kind: "agreement.inForce" | "output.released" } & Record<string, unknown>) =>
    ctx.db.transaction().execute(async (tx) => {
      await ctx.audit.registerInTransaction(tx, { version: 1, time: "2026-11-01T12:00:00.000Z", ...entry })
    })
  const count = async () => {
    await ctx.audit.publishNow()
    const { body } = await stack.call("author", "GET", `/api/register/${number}`)
    return { ...body.entry, sentences: body.history.map((each: { sentence: string }) => each.sentence) }
  }
  await write({
    kind: "agreement.inForce",
    project: number,
    agreementVersion: 1,
    title: "Liver",
    organisations: [],
    dataSets: [],
    from: "2026-01-01",
    until: "2150-01-01",
  })
  const before = await count()
  await stack.released({ "counted.csv": SAFE })
  await write({ kind: "output.released", project: stack.project, number, files: 3 })
  const after = await count()
  assert.equal(after.releases, before.releases + 2)
  assert.equal(after.filesReleased, before.filesReleased + 4)
  assert.deepEqual(after.sentences.slice(0, 2), [
    "3 files were released after two checkers had approved.",
    "1 file was released after two checkers had approved.",
  ])
})

test("checkers are blind to each other, and the project to both, until it is time", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "blind.csv": SAFE })
  const file = files["blind.csv"]!
  const first = await stack.as("first")
  await voteOnFile(ctx, first, request, file.id, { vote: "change", candidate: file.candidate })
  await commentOnRequest(ctx, first, request, {
    file: file.id,
    group: null,
    text: "Too small",
    visibility: "public",
  })
  await commentOnRequest(ctx, first, request, {
    file: null,
    group: null,
    text: "Among us",
    visibility: "checkers",
  })
  await submitReview(ctx, first, request)

  const own = await view("first", request)
  assert.equal(own.files[0]?.myVote, "change")
  assert.equal(own.comments.length, 2)
  for (const person of ["second", "author", "colleague"] as const) {
    const seen = await view(person, request)
    assert.equal(seen.reviews.submitted, 1, person)
    assert.deepEqual(seen.files[0]?.votes, [], person)
    assert.equal(seen.files[0]?.decision, null, person)
    assert.deepEqual(seen.comments, [], person)
    assert.doesNotMatch(JSON.stringify({ ...seen, reviews: undefined }), /Faye/, person)
  }
  await stack.vote("second", request, "approve")
  const after = await view("second", request)
  assert.equal(after.state, "consolidating")
  assert.deepEqual(
    after.files[0]?.votes.map((v) => [v.person.name, v.vote]),
    [["Faye First", "change"]],
  )
  assert.equal(after.files[0]?.decision, "split")
  assert.equal(after.comments.length, 2)
  const author = await view("author", request)
  assert.deepEqual([author.comments, author.files[0]?.votes, author.files[0]?.decision], [[], [], null])

  await returnRequest(ctx, await stack.as("second"), request, "Round the counts, please")
  const told = await view("author", request)
  assert.deepEqual(
    told.comments.map((c) => [c.person.name, c.text]),
    [
      ["An output checker", "Too small"],
      ["An output checker", "Round the counts, please"],
    ],
  )
  assert.deepEqual(told.files[0]?.votes, [])
  assert.doesNotMatch(JSON.stringify(told), /Faye|Seth|Among us/)
})

test("a returned request is fixed and goes through a new turn with no votes", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "fix.csv": "region,count\nNorth,20\nSouth,3\n" })
  const checked = await view("author", request)
  assert.equal(checked.files[0]?.check.verdict, "violated")
  assert.ok(checked.files[0]?.check.findings.some((f) => f.rule === "threshold" && f.status === "violated"))
  await returnRequest(ctx, await stack.as("first"), request, "South is below ten")
  stack.pass(3_600)

  const upload = await stack.push("fix.csv", SAFE)
  const { groups } = await view("author", request)
  const body = { upload, group: groups[0]!.id, kind: "output", description: "d", smallNumbers: "left out" }
  const added = await stack.call("author", "POST", `/api/requests/${request}/files`, body)
  assert.equal(added.status, 200)
  assert.notEqual(added.body.id, files["fix.csv"]!.id)
  await checks(ctx)
  const draft = await view("author", request)
  assert.equal(draft.files.length, 1)
  assert.equal(draft.files[0]?.check.verdict, "satisfied")

  await submitRequest(ctx, await stack.as("author"), request, "Left it out")
  await checks(ctx)
  const again = await view("second", request)
  assert.deepEqual([again.state, again.turn, again.reviews.submitted], ["independent", 2, 0])
  const { body: queue } = await stack.call("second", "GET", "/api/checker/queue")
  const item = queue.requests.find((r: { id: string }) => r.id === request)
  assert.ok(item.waitedSeconds < 600, "the hour with its author does not count")
  const stale = await stack.call(
    "second",
    "POST",
    `/api/requests/${request}/files/${files["fix.csv"]!.id}/vote`,
    {
      vote: "approve",
      candidate: files["fix.csv"]!.candidate,
    },
  )
  assert.equal(stale.status, 404)
})

test("a split is talked over, a changed mind says why, and a third checker settles it", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "split.csv": SAFE })
  const file = files["split.csv"]!
  await stack.vote("first", request, "approve")
  const second = await stack.as("second")
  await voteOnFile(ctx, second, request, file.id, { vote: "change", candidate: file.candidate })
  await assert.rejects(submitReview(ctx, second, request), { code: "comment_needed" })
  await commentOnRequest(ctx, second, request, {
    file: file.id,
    group: null,
    text: "Why so?",
    visibility: "checkers",
  })
  await submitReview(ctx, second, request)
  await assert.rejects(
    voteOnFile(ctx, await stack.as("first"), request, file.id, { vote: "reject", candidate: file.candidate }),
    {
      code: "comment_needed",
    },
  )
  await stack.vote("third", request, "approve")
  assert.equal((await view("third", request)).state, "approved")
})

test("when two agree that something must change, no third is needed; a changed mind with words can approve", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "agree.csv": SAFE })
  const file = files["agree.csv"]!
  for (const person of ["first", "second"] as const) {
    const asked = await stack.as(person)
    await voteOnFile(ctx, asked, request, file.id, { vote: "change", candidate: file.candidate })
    await commentOnRequest(ctx, asked, request, {
      file: null,
      group: null,
      text: "Say how",
      visibility: "public",
    })
    await submitReview(ctx, asked, request)
  }
  const third = await view("third", request)
  assert.equal(third.files[0]?.actions.vote.code, "third_not_needed")
  for (const person of ["first", "second"] as const) {
    const asked = await stack.as(person)
    await commentOnRequest(ctx, asked, request, {
      file: file.id,
      group: null,
      text: "Clear now",
      visibility: "checkers",
    })
    await voteOnFile(ctx, asked, request, file.id, { vote: "approve", candidate: file.candidate })
  }
  assert.equal((await view("first", request)).state, "approved")
})

test("who has a part in it does not check it, and who has none does not know of it", async () => {
  const { request, files } = await stack.submitted({ "conflict.csv": SAFE })
  const file = files["conflict.csv"]!
  const at = `/api/requests/${request}`
  const ballot = { vote: "approve", candidate: file.candidate }
  for (const [path, body] of [
    [`${at}/files/${file.id}/vote`, ballot],
    [`${at}/review`, undefined],
    [`${at}/return`, { comment: "x" }],
    [`${at}/reject`, { reason: "x" }],
    [`${at}/release`, undefined],
  ] as const) {
    const insider = await stack.call("insider", "POST", path, body)
    assert.deepEqual([insider.status, insider.body.code], [403, "conflict_of_interest"], path)
    for (const person of ["stranger", "auditor"] as const)
      assert.equal((await stack.call(person, "POST", path, body)).status, 404, `${person} ${path}`)
    assert.equal((await stack.call("author", "POST", path, body)).status, 403, path)
  }
  const looked = await stack.call("insider", "GET", `${at}/files/${file.id}/view`)
  assert.equal(looked.body.code, "conflict_of_interest")
  assert.equal((await stack.call("stranger", "GET", at)).status, 404)
  const { body } = await stack.call("insider", "GET", "/api/checker/queue")
  assert.ok(body.conflicts > 0)
  assert.deepEqual(body.requests, [])
})

test("a draft is its project's own business", async () => {
  const made = await stack.call("author", "POST", `/api/projects/${stack.project}/requests`, {
    title: "Not yet",
  })
  assert.equal(made.status, 200)
  const at = `/api/requests/${made.body.id}`
  assert.equal((await stack.call("first", "GET", at)).status, 404)
  assert.equal((await stack.call("colleague", "GET", at)).status, 200)
  const denied = await stack.call("colleague", "PUT", `${at}/groups`, { title: "Mine", groups: [] })
  assert.equal(denied.status, 403)
  const empty = await stack.call("author", "POST", `${at}/submit`, { note: "" })
  assert.equal(empty.body.code, "nothing_to_release")
})

test("groups and files are edited, and what is missing is said", async () => {
  const { body: made } = await stack.call("author", "POST", `/api/projects/${stack.project}/requests`, {
    title: "Edit",
  })
  const at = `/api/requests/${made.id}`
  const put = (groups: unknown[]) => stack.call("author", "PUT", `${at}/groups`, { title: "Edit", groups })
  const { body: grouped } = await put([
    { id: null, name: "A", context: "" },
    { id: null, name: "B", context: "x" },
  ])
  const [a, b] = grouped.groups
  const upload = await stack.push("edit.csv", SAFE)
  const said = { group: a, kind: "output", description: "", smallNumbers: "" }
  const added = await stack.call("author", "POST", `${at}/files`, { upload, ...said })
  assert.equal(added.status, 200)
  assert.equal(
    (await stack.call("author", "POST", `${at}/submit`, { note: "" })).body.code,
    "context_missing",
  )
  assert.equal((await put([{ id: b, name: "B", context: "x" }])).body.code, "group_not_empty")
  assert.equal(
    (
      await stack.call("author", "PATCH", `${at}/files/${added.body.id}`, {
        ...said,
        group: b,
        smallNumbers: "none",
      })
    ).status,
    200,
  )
  assert.equal((await put([{ id: b, name: "B", context: "x" }])).status, 200)
  assert.equal((await stack.call("author", "POST", `${at}/submit`, { note: "go" })).status, 200)
  const { body } = await stack.call("author", "GET", at)
  assert.deepEqual([body.groups.length, body.files.length, body.comments[0].text], [1, 1, "go"])
  assert.equal(
    (await stack.call("author", "DELETE", `${at}/files/${added.body.id}`)).body.code,
    "wrong_state",
  )
  assert.equal((await stack.call("author", "POST", `${at}/withdraw`, { reason: "wrong" })).status, 200)
  assert.equal(
    (await stack.call("author", "POST", `${at}/withdraw`, { reason: "wrong" })).body.code,
    "already_done",
  )
})

test("texts that nothing can store are refused as input, not as a fault", async () => {
  const path = `/api/projects/${stack.project}/requests`
  for (const title of ["NUL \u0000", "half \ud800"]) {
    const answer = await stack.call("author", "POST", path, { title })
    assert.deepEqual([answer.status, answer.body.code], [400, "invalid_input"])
  }
})

test("somebody else's pushed file is not to be had", async () => {
  const upload = await stack.push("mine.csv", SAFE)
  const { body: made } = await stack.call("colleague", "POST", `/api/projects/${stack.project}/requests`, {
    title: "T",
  })
  const at = `/api/requests/${made.id}`
  const { body } = await stack.call("colleague", "PUT", `${at}/groups`, {
    title: "T",
    groups: [{ id: null, name: "A", context: "" }],
  })
  const answer = await stack.call("colleague", "POST", `${at}/files`, {
    upload,
    group: body.groups[0],
    kind: "output",
    description: "",
    smallNumbers: "",
  })
  assert.equal(answer.status, 404)
})

test("a vote is on the bytes that were looked at, and on outputs alone", async () => {
  const { ctx } = stack
  const { request, files } = await stack.submitted({ "bytes.csv": SAFE })
  const file = files["bytes.csv"]!
  const asked = await stack.as("first")
  await assert.rejects(
    voteOnFile(ctx, asked, request, file.id, { vote: "approve", candidate: "f".repeat(64) }),
    {
      code: "candidate_changed",
    },
  )
  await assert.rejects(submitReview(ctx, asked, request), { code: "files_not_voted" })
  await voteOnFile(ctx, asked, request, file.id, { vote: "approve", candidate: file.candidate })
  await submitReview(ctx, asked, request)
  await assert.rejects(
    voteOnFile(ctx, asked, request, file.id, { vote: "reject", candidate: file.candidate }),
    {
      code: "vote_already_submitted",
    },
  )
})

test("clicks that come twice, or from two tabs, do everything once", async () => {
  const { ctx } = stack
  const { request } = await stack.submitted({ "double.csv": SAFE })
  await stack.vote("first", request, "approve")
  const second = await stack.as("second")
  const seen = await view("second", request)
  for (const f of seen.files)
    await voteOnFile(ctx, second, request, f.id, { vote: "approve", candidate: f.candidate })
  const reviews = await outcomes([1, 2, 3, 4].map(() => submitReview(ctx, second, request)))
  assert.equal(reviews["done"], 1)
  const first = await stack.as("first")
  const released = await outcomes(
    [first, second, first, second].map((asked) => releaseRequest(ctx, asked, request)),
  )
  assert.deepEqual(released, { done: 1, already_done: 3 })
  const rows = await ctx.db.selectFrom("release").select("id").where("request_id", "=", request).execute()
  assert.equal(rows.length, 1)
  const submitted = await outcomes(
    [1, 2, 3].map(async () => submitRequest(ctx, await stack.as("author"), request, "")),
  )
  assert.equal(submitted["done"], undefined)
})
