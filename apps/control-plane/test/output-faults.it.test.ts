// What can go wrong on the way out: hostile pushes, a sandbox that dies, a store that fails or was tampered
// with, a log that cannot be written, downloads that break off. Nothing leaves twice, nothing unapproved.
import assert from "node:assert/strict"
import { Readable } from "node:stream"
import { after, before, beforeEach, test } from "node:test"
import { MAX_FILE_BYTES } from "#contract/outputs.ts"
import { viewFile } from "../src/actions/output-file-view.ts"
import { returnRequest } from "../src/actions/output-reviews.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { downloadFile } from "../src/actions/release-download.ts"
import { releaseRequest, revokeRelease } from "../src/actions/releases.ts"
import { checkFiles, pushFile, requestFromWorkspace } from "../src/actions/uploads.ts"
import { AuditUnavailable } from "../src/audit/types.ts"
import type { Ctx } from "../src/context.ts"
import { newId } from "../src/domain/id.ts"
import { NeighbourRefused, NeighbourUnreachable } from "../src/drivers/http-socket.ts"
import { checks } from "../src/reconcile/checks.ts"
import { releases } from "../src/reconcile/releases.ts"
import { uploads } from "../src/reconcile/uploads.ts"
import { IDS_BASE, startOutputStack, type OutputStack } from "./output-stack.ts"

let stack: OutputStack
before(async () => {
  stack = await startOutputStack()
})
after(() => stack[Symbol.asyncDispose]())
beforeEach(() => {
  stack.store.fail = undefined
  stack.sandbox.breaks = undefined
  stack.sandbox.during = undefined
  stack.sandbox.answers = undefined
})

const SAFE = "region,count\nNorth,20\nSouth,35\n"
const bytes = (text: string | Buffer) => Readable.from([Buffer.from(text)], { objectMode: false })

/** The same control plane with a log that refuses. */
function unwritable(ctx: Ctx): Ctx {
  const refuse = () => {
    throw new AuditUnavailable("the log cannot be written")
  }
  return {
    ...ctx,
    audit: new Proxy(ctx.audit, {
      get: (audit, name) => {
        if (["append", "assertHealthy", "appendInTransaction"].includes(String(name))) return refuse
        const value: unknown = Reflect.get(audit, name)
        return typeof value === "function" ? (value.bind(audit) as unknown) : value
      },
    }),
  }
}

const uploadCount = async () =>
  Number(
    (
      await stack.ctx.db
        .selectFrom("upload")
        .select((e) => e.fn.countAll().as("n"))
        .executeTakeFirstOrThrow()
    ).n,
  )

test("a push that is too large, untrue, broken off or unlogged leaves nothing", async () => {
  const { ctx, run, store } = stack
  const before = [await uploadCount(), store.objects.size]
  const endless = Readable.from(
    (function* () {
      for (let n = 0; n <= MAX_FILE_BYTES; n += 1_048_576) yield Buffer.alloc(1_048_576)
    })(),
    { objectMode: false },
  )
  await assert.rejects(pushFile(ctx, run, "big.csv", endless), { message: "too large" })
  await assert.rejects(pushFile(ctx, run, "a.csv", bytes("x"), "0".repeat(64)), { code: "hash_mismatch" })
  const broken = new Readable({ read() {} })
  broken.push("half")
  queueMicrotask(() => broken.destroy(new Error("gone")))
  await assert.rejects(pushFile(ctx, run, "a.csv", broken), { code: "store_unavailable" })
  await assert.rejects(pushFile(ctx, run, "..", bytes("x")), { code: "bad_file_name" })
  await assert.rejects(pushFile(unwritable(ctx), run, "a.csv", bytes("x")), { code: "audit_unavailable" })
  stack.store.fail = (verb) => verb === "put"
  await assert.rejects(pushFile(ctx, run, "a.csv", bytes("x")), { code: "store_unavailable" })
  assert.deepEqual([await uploadCount(), store.objects.size], before)
})

test("a run that was stopped, or never was, pushes nothing", async () => {
  await assert.rejects(pushFile(stack.ctx, newId(), "a.csv", bytes("x")), { code: "not_found" })
})

test("a name that was made to deceive is kept as what it is", async () => {
  const pushed = await pushFile(stack.ctx, stack.run, "../../x/\u202Efdp.csv", bytes(SAFE))
  assert.equal(pushed.path, "x/_fdp.csv")
})

test("a request from a workspace is whole or absent", async () => {
  const { ctx, run } = stack
  const file = await stack.push("whole.csv", SAFE)
  const said = { kind: "output", description: "", smallNumbers: "none" }
  const body = { title: "Whole", groups: [{ name: "A", context: "x", files: [{ file, ...said }] }] }
  const count = async () =>
    (await ctx.db.selectFrom("output_request").select("id").where("title", "=", "Whole").execute()).length
  stack.store.fail = (verb, name) => verb === "copy" && name.startsWith("quarantine/uploads/")
  await assert.rejects(requestFromWorkspace(ctx, run, body), { code: "store_unavailable" })
  stack.store.fail = undefined
  await assert.rejects(requestFromWorkspace(unwritable(ctx), run, body), { code: "audit_unavailable" })
  await assert.rejects(requestFromWorkspace(ctx, run, { ...body, title: "x\u0000" }), {
    code: "invalid_input",
  })
  await assert.rejects(
    requestFromWorkspace(ctx, run, {
      ...body,
      groups: [{ name: "A", context: "x", files: [{ file: newId(), ...said }] }],
    }),
    { code: "not_found" },
  )
  assert.equal(await count(), 0)
  const quiet = { ...body, groups: [{ ...body.groups[0]!, context: "" }] }
  const draft = await requestFromWorkspace(ctx, run, quiet)
  assert.equal(draft.state, "draft")
  assert.match(draft.reason ?? "", /Say for every group/)
})

test("researchers see what checkers will see, before asking, but not what is for checkers alone", async () => {
  const { ctx, run, sandbox } = stack
  const file = await stack.push("ids.csv", `person_id,n\n${IDS_BASE + 7},20\n${IDS_BASE + 8},30\n`)
  const secret = {
    rule: "differencing",
    rule_version: "1",
    source: "s",
    status: "violated",
    known: "ledger",
    severity: "review",
    audience: "checkers",
    location: {},
    message: "Another project released nearly the same",
  }
  sandbox.answers = (report) => {
    const r = report as { files: { findings: unknown[] }[] }
    for (const f of r.files) f.findings.push(secret)
    return r
  }
  const { files } = await checkFiles(ctx, run, { files: [file] })
  assert.equal(files[0]?.verdict, "violated")
  assert.ok(files[0]?.findings.some((f) => f.rule === "identifier" && f.status === "violated"))
  assert.doesNotMatch(JSON.stringify(files), /Another project/)
  const made = await stack.submitted({ "secret.csv": SAFE })
  const author = await viewRequest(ctx, await stack.as("author"), made.request)
  assert.doesNotMatch(JSON.stringify(author), /Another project/)
  assert.equal(author.files[0]?.check.verdict, "satisfied")
  const checker = await viewRequest(ctx, await stack.as("first"), made.request)
  assert.match(JSON.stringify(checker), /Another project/)
})

test("a file that kills the sandbox costs its own verdict and blocks nothing", async () => {
  const { ctx, sandbox } = stack
  sandbox.breaks = (names) =>
    names.some((n) => n.endsWith("bomb.csv"))
      ? new NeighbourRefused(
          422,
          "check_failed",
          JSON.stringify({ code: "check_failed", reason: "out_of_memory" }),
        )
      : undefined
  const { request } = await stack.submitted({ "bomb.csv": SAFE, "good.csv": SAFE })
  const seen = await viewRequest(ctx, await stack.as("first"), request)
  assert.equal(seen.state, "independent")
  const [bomb, good] = seen.files
  assert.equal(bomb?.check.state, "failed")
  assert.match(
    bomb?.check.findings[0]?.message ?? "",
    /Not checked by the machine: it needed too much memory/,
  )
  assert.equal(good?.check.state, "done")
  assert.equal(good?.check.verdict, "not-verifiable")
  assert.ok(good?.check.findings.some((f) => /one by one/.test(f.message)))
})

test("an answer that is no report, or about other bytes, is no verdict", async () => {
  const { ctx, sandbox } = stack
  sandbox.answers = () => ({ engine: "x" })
  const first = await stack.submitted({ "noreport.csv": SAFE })
  sandbox.answers = (report) => {
    const r = report as { files: { sha256: string }[] }
    for (const f of r.files) f.sha256 = "e".repeat(64)
    return r
  }
  const second = await stack.submitted({ "otherbytes.csv": SAFE })
  for (const { request } of [first, second]) {
    const seen = await viewRequest(ctx, await stack.as("first"), request)
    assert.equal(seen.files[0]?.check.state, "failed")
    assert.equal(seen.files[0]?.check.verdict, null)
  }
})

test("when nobody answers, a request waits; after ten minutes people look without the machine", async () => {
  const { ctx, sandbox } = stack
  sandbox.breaks = () => new NeighbourUnreachable("no answer")
  const { request } = await stack.submitted({ "wait.csv": SAFE })
  const state = async () => (await viewRequest(ctx, await stack.as("author"), request)).state
  assert.equal(await state(), "checking")
  stack.pass(601)
  await checks(ctx)
  assert.equal(await state(), "independent")
  const seen = await viewRequest(ctx, await stack.as("first"), request)
  assert.match(seen.files[0]?.check.findings[0]?.message ?? "", /did not answer/)
})

test("two instances check a request once", async () => {
  const { ctx, sandbox } = stack
  const file = await stack.push("twice.csv", SAFE)
  const said = { kind: "output", description: "", smallNumbers: "none" }
  const { request } = await requestFromWorkspace(ctx, stack.run, {
    title: "Twice",
    groups: [{ name: "A", context: "x", files: [{ file, ...said }] }],
  })
  sandbox.archives.length = 0
  await Promise.all([checks(ctx), checks(ctx), checks(ctx)])
  assert.equal(sandbox.archives.filter((names) => names.includes("output/twice.csv")).length, 1)
  const steps = await ctx.db
    .selectFrom("output_step")
    .select("code")
    .where("request_id", "=", request)
    .execute()
  assert.equal(steps.filter((s) => s.code === "output.checked").length, 1)
})

test("a process that died during a check is taken over, and its late result is thrown away", async () => {
  const { ctx, sandbox } = stack
  let again: (() => Promise<void>) | undefined = async () => {
    again = undefined
    // While this check runs, its claim is old enough for another process to take it.
    stack.pass(300)
    await checks(ctx)
  }
  sandbox.during = async () => {
    await again?.()
  }
  const { request } = await stack.submitted({ "late.csv": SAFE })
  const seen = await viewRequest(ctx, await stack.as("first"), request)
  assert.equal(seen.state, "independent")
  assert.equal(seen.timeline.filter((t) => t.sentence.startsWith("The checks of")).length, 1)
})

test("what was released before is looked at with what is asked for now", async () => {
  const earlier = await stack.released({ "before.csv": SAFE })
  const { number } = await viewRequest(stack.ctx, await stack.as("author"), earlier.request)
  stack.sandbox.archives.length = 0
  await stack.submitted({ "after.csv": SAFE })
  assert.ok(stack.sandbox.archives.at(-1)?.includes(`previous/${number}/before.csv`))
})

test("publishing goes on where it was broken off, and publishes once", async () => {
  const { ctx, store } = stack
  const { request } = await stack.submitted({ "one.csv": SAFE, "two.csv": `${SAFE}East,40\n` })
  await stack.vote("first", request, "approve")
  await stack.vote("second", request, "approve")
  const { release } = await releaseRequest(ctx, await stack.as("first"), request)
  const published = async () =>
    (
      await ctx.db
        .selectFrom("release")
        .select("published_at")
        .where("id", "=", release)
        .executeTakeFirstOrThrow()
    ).published_at
  let copies = 0
  store.fail = (verb, name) => verb === "copy" && name.includes(request) && ++copies === 2
  await releases(ctx)
  assert.equal(await published(), null)
  store.fail = undefined
  await Promise.all([releases(ctx), releases(ctx)])
  const at = await published()
  assert.ok(at)
  await releases(ctx)
  assert.deepEqual(await published(), at)
  assert.equal([...store.objects.keys()].filter((k) => k.startsWith(`released/${release}/`)).length, 2)
})

test("bytes that are not the approved ones are never published, and never downloaded", async () => {
  const { ctx, store } = stack
  const { request, files } = await stack.submitted({ "tampered.csv": SAFE })
  const file = files["tampered.csv"]!
  await stack.vote("first", request, "approve")
  await stack.vote("second", request, "approve")
  const { release } = await releaseRequest(ctx, await stack.as("first"), request)
  const key = `quarantine/requests/${request}/${file.id}/candidate`
  const true_ = store.objects.get(key)!
  store.objects.set(key, Buffer.from("person,diagnosis\n"))
  await releases(ctx)
  const before = await stack.call("author", "POST", `/api/releases/${release}/files/${file.id}/download`)
  assert.equal(before.body.code, "not_yet_published")
  store.objects.set(key, true_)
  await releases(ctx)
  store.objects.set(`released/${release}/${file.id}`, Buffer.from("person,diagnosis\n"))
  const tampered = await stack.call("author", "POST", `/api/releases/${release}/files/${file.id}/download`)
  assert.equal(tampered.status, 503)
  assert.doesNotMatch(tampered.raw.toString(), /diagnosis/)
  // Nothing left, so it is not used up.
  store.objects.set(`released/${release}/${file.id}`, true_)
  const right = await stack.call("author", "POST", `/api/releases/${release}/files/${file.id}/download`)
  assert.equal(right.raw.toString(), SAFE)
})

test("a file is downloaded once, by whoever was first", async () => {
  const { release, files } = await stack.released({ "once.csv": SAFE })
  const at = `/api/releases/${release}/files/${files["once.csv"]!.id}/download`
  const answers = await Promise.all(
    (["author", "colleague", "author", "colleague"] as const).map((p) => stack.call(p, "POST", at)),
  )
  assert.equal(answers.filter((a) => a.status === 200).length, 1)
  for (const person of ["author", "colleague"] as const)
    assert.equal((await stack.call(person, "POST", at)).body.code, "already_downloaded")
  const { body } = await stack.call("colleague", "GET", `/api/releases/${release}`)
  assert.match(body.files[0].downloadedBy, /Anna|Carl/)
  assert.match(body.files[0].actions.download.reason, /A release is downloaded once/)
})

test("a download that broke off may be repeated by the same person, for ten minutes", async () => {
  const { ctx } = stack
  const { release, files } = await stack.released({ "broken.csv": SAFE })
  const { id } = files["broken.csv"]!
  const author = await stack.as("author")
  const first = await downloadFile(ctx, author, release, id)
  await assert.rejects(downloadFile(ctx, author, release, id), { code: "download_underway" })
  await first.ended(false)
  await assert.rejects(downloadFile(ctx, await stack.as("colleague"), release, id), {
    code: "already_downloaded",
  })
  const second = await downloadFile(ctx, author, release, id)
  await second.ended(false)
  stack.pass(601)
  await assert.rejects(downloadFile(ctx, author, release, id), { code: "already_downloaded" })
})

test("a download whose process died may be repeated once that is certain", async () => {
  const { ctx } = stack
  const { release, files } = await stack.released({ "died.csv": SAFE })
  const { id } = files["died.csv"]!
  const author = await stack.as("author")
  const dead = await downloadFile(ctx, author, release, id)
  stack.pass(120)
  await assert.rejects(downloadFile(ctx, author, release, id), { code: "download_underway" })
  stack.pass(190)
  const again = await downloadFile(ctx, author, release, id)
  // Its late end is not the end of the other one.
  await dead.ended(true)
  await assert.rejects(downloadFile(ctx, author, release, id), { code: "download_underway" })
  await again.ended(true)
  await assert.rejects(downloadFile(ctx, author, release, id), { code: "already_downloaded" })
})

test("without a log no byte of a file is shown or downloaded, and nothing is used up", async () => {
  const { ctx } = stack
  const { request, release, files } = await stack.released({ "log.csv": SAFE })
  const { id } = files["log.csv"]!
  const author = await stack.as("author")
  await assert.rejects(viewFile(unwritable(ctx), author, request, id, {}), { code: "audit_unavailable" })
  await assert.rejects(downloadFile(unwritable(ctx), author, release, id), { code: "audit_unavailable" })
  const late = { ...ctx, audit: unwritable(ctx).audit }
  late.audit.assertHealthy = () => {}
  await assert.rejects(downloadFile(late, author, release, id), { code: "audit_unavailable" })
  const after = await downloadFile(ctx, author, release, id)
  await after.ended(true)
})

test("a revoked release and a held project give nothing out", async () => {
  const { ctx, project } = stack
  const { request, release, files } = await stack.released({ "stop.csv": SAFE })
  const at = `/api/releases/${release}/files/${files["stop.csv"]!.id}/download`
  const hold = newId()
  await ctx.db
    .insertInto("hold")
    .values({
      id: hold,
      subject_kind: "release",
      subject_id: release,
      within_project: null,
      kind: "incident",
      cause: "incident",
      reason: "under question",
      by_kind: "person",
      by_id: stack.people.auditor,
      until_at: null,
      lift_proposed_by: null,
      lift_reason: null,
      lift_until: null,
      lift_proposed_at: null,
      lifted_by: null,
      lifted_at: null,
    })
    .execute()
  assert.equal((await stack.call("author", "POST", at)).body.code, "hold_release")
  await ctx.db
    .updateTable("hold")
    .set({ subject_kind: "project", subject_id: project })
    .where("id", "=", hold)
    .execute()
  assert.equal((await stack.call("author", "POST", at)).body.code, "hold_project")
  await ctx.db
    .updateTable("hold")
    .set({ lifted_at: ctx.clock.now(), lifted_by: "x" })
    .where("id", "=", hold)
    .execute()
  await revokeRelease(ctx, await stack.as("second"), release, "A mistake")
  assert.equal((await stack.call("author", "POST", at)).body.code, "release_revoked")
  const again = await stack.call("second", "POST", `/api/releases/${release}/revoke`, { reason: "again" })
  assert.equal(again.body.code, "release_revoked")
  assert.equal((await viewRequest(ctx, await stack.as("author"), request)).state, "revoked")
})

test("a running download ends when the release is revoked", async () => {
  const { ctx } = stack
  const { release, files } = await stack.released({ "running.csv": `${SAFE}${"East,40\n".repeat(100_000)}` })
  const { id } = files["running.csv"]!
  const download = await downloadFile(ctx, await stack.as("author"), release, id)
  await revokeRelease(ctx, await stack.as("second"), release, "Stop")
  const ended = await new Promise<string>((resolve) => {
    download.body.once("error", (error: Error & { code?: string }) => resolve(error.code ?? error.message))
  })
  assert.equal(ended, "release_revoked")
  await download.ended(false)
})

test("a table is shown as text, formulas and markup and all; what is no text is not shown", async () => {
  const { ctx } = stack
  const html = "<script>alert(1)</script>"
  const { request, files } = await stack.submitted({
    "cells.csv": `name,count\n"=HYPERLINK(""http://x"")",20\n${html},35\n`,
    "page.html": `<!doctype html>${html}`,
    "notes.txt": `Notes ${html}\n`,
  })
  const asked = await stack.as("first")
  const see = (name: string) => viewFile(ctx, asked, request, files[name]!.id, { limit: 1, offset: 1 })
  const table = await see("cells.csv")
  assert.deepEqual([table.kind, table.totalRows, table.rows], ["table", 2, [[html, "35"]]])
  assert.equal((await see("notes.txt")).text, `Notes ${html}\n`)
  const page = await see("page.html")
  assert.deepEqual([page.kind, page.rows], ["none", []])
  assert.doesNotMatch(page.text ?? "", /alert/)
  assert.ok(typeof page.index === "number")
})

test("pushed files that nobody needs any more go after two weeks; their copies in requests stay", async () => {
  const { ctx, store } = stack
  const { request, files } = await stack.submitted({ "old.csv": SAFE })
  await returnRequest(ctx, await stack.as("first"), request, "Not yet")
  stack.pass(15 * 86_400)
  for (let left = 1; left > 0;) {
    await uploads(ctx)
    left = [...store.objects.keys()].filter((k) => k.startsWith("quarantine/uploads/")).length
  }
  const { body } = await stack.call("author", "GET", `/api/projects/${stack.project}/uploads`)
  assert.deepEqual(body.uploads, [])
  const shown = await viewFile(ctx, await stack.as("author"), request, files["old.csv"]!.id, {})
  assert.equal(shown.totalRows, 2)
})
