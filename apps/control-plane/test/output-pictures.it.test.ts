// Pictures on the way out, an agreement's own numbers, and objects that nothing refers to, over a real
// database with the real engine.
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { after, afterEach, before, test } from "node:test"
import { crc32, deflateSync } from "node:zlib"
import { checkFiles } from "../src/actions/uploads.ts"
import { viewFile } from "../src/actions/output-file-view.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { NeighbourRefused, NeighbourUnreachable } from "../src/drivers/http-socket.ts"
import { checks } from "../src/reconcile/checks.ts"
import { sweepObjects } from "../src/reconcile/uploads.ts"
import { startOutputStack, type OutputStack } from "./output-stack.ts"

let stack: OutputStack
before(async () => {
  stack = await startOutputStack()
})
after(() => stack[Symbol.asyncDispose]())
afterEach(async () => {
  stack.sandbox.breaks = undefined
  stack.sandbox.draws = undefined
  stack.store.fail = undefined
  await stack.override(null)
})

const SECRET = "943 476 5919"
const SAFE = "region,count\nNorth,20\nSouth,35\n"

function chunk(type: string, body: Uint8Array): Buffer {
  const inside = Buffer.concat([Buffer.from(type), body])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(body.length, 0)
  ends.writeUInt32BE(crc32(inside), 4)
  return Buffer.concat([ends.subarray(0, 4), inside, ends.subarray(4)])
}
/** Two by two grey pixels, and an identifier beside them. */
function figure(text = SECRET): Buffer {
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0])),
    chunk("tEXt", Buffer.from(`Comment\0${text}`)),
    chunk("IDAT", deflateSync(Buffer.from([0, 10, 20, 0, 30, 40]))),
    chunk("IEND", Buffer.alloc(0)),
  ])
}
const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")
const view = async (person: "author" | "first" | "second", request: string) =>
  viewRequest(stack.ctx, await stack.as(person), request)
const stored = () => [...stack.store.objects.keys()].toSorted()

test("a figure is checked, shown, voted on and released as it was written anew", async () => {
  const png = figure()
  const { request, files, release } = await stack.released({ "figure.png": png, "table.csv": SAFE })
  const seen = (await view("first", request)).files.find((f) => f.path === "figure.png")!
  assert.equal(seen.submitted, hash(png))
  assert.notEqual(seen.candidate, seen.submitted)
  assert.equal(seen.renderer, "glasshouse-png/1")
  // What was handed in stays as it was; the new one lies beside it, and the sweep knows that it is needed.
  const place = `quarantine/requests/${request}/${seen.id}`
  for (const [name, sha256] of [
    ["submitted", seen.submitted],
    ["candidate", seen.submitted],
    ["rendered", seen.candidate],
  ])
    assert.equal(hash(stack.store.objects.get(`${place}/${name}`)!), sha256, name)
  assert.deepEqual(await stack.ctx.db.selectFrom("pending_object").selectAll().execute(), [])
  // Judged on what leaves: the identifier has gone, and it is said what was left out.
  assert.ok(!seen.check.findings.some((f) => f.rule === "identifier" && f.status === "violated"))
  assert.ok(seen.check.findings.some((f) => /left out: a part “tEXt”/.test(f.message)))
  assert.equal(seen.check.verdict, "not-verifiable")

  const shown = await viewFile(stack.ctx, await stack.as("first"), request, seen.id, {})
  assert.deepEqual([shown.kind, shown.imageType], ["image", "image/png"])
  const bytes = Buffer.from(shown.image ?? "", "base64")
  assert.equal(hash(bytes), seen.candidate)

  const got = await stack.call("author", "POST", `/api/releases/${release}/files/${seen.id}/download`)
  assert.equal(got.status, 200)
  assert.equal(hash(got.raw), seen.candidate)
  assert.ok(!got.raw.includes(SECRET))
  assert.equal(Number(got.headers["content-length"]), bytes.length)
  const { body } = await stack.call("author", "GET", `/api/releases/${release}`)
  const recorded = body.record.files.find((f: { path: string }) => f.path === "figure.png")
  assert.deepEqual(
    [recorded.submitted, recorded.candidate, recorded.renderer, recorded.size],
    [hash(png), seen.candidate, "glasshouse-png/1", bytes.length],
  )
  assert.equal(files["figure.png"]?.candidate, seen.candidate)
  await stack.ctx.audit.projectNow()
  const events = await stack.ctx.audit.search({ project: stack.project, family: "outputs" }, 200)
  assert.ok(events.some((e) => e.code === "output.rendered"))
})

test("a picture that cannot be written anew is not shown, and its checks say so", async () => {
  const png = figure()
  const { request } = await stack.submitted({ "broken.png": png.subarray(0, png.length - 20) })
  const [file] = (await view("first", request)).files
  assert.deepEqual([file?.renderer, file?.candidate], [null, file?.submitted])
  assert.ok(
    file?.check.findings.some(
      (f) =>
        f.status === "not-verifiable" && /Not written anew, because the picture is damaged/.test(f.message),
    ),
  )
  const shown = await viewFile(stack.ctx, await stack.as("first"), request, file!.id, {})
  assert.deepEqual([shown.kind, shown.image], ["none", null])
  assert.match(shown.text ?? "", /could not be written anew: the picture is damaged/)
})

test("a drawing loses its script; a JPEG says that its compressed picture was copied", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path d="M0 0L1 1"/></svg>`
  const { request } = await stack.submitted({ "figure.svg": svg })
  const [file] = (await view("first", request)).files
  const shown = await viewFile(stack.ctx, await stack.as("first"), request, file!.id, {})
  assert.equal(shown.imageType, "image/svg+xml")
  assert.doesNotMatch(Buffer.from(shown.image ?? "", "base64").toString(), /script|alert/)
  assert.ok(!file!.check.findings.some((f) => f.rule === "formula" && f.status === "violated"))
})

test("what the sandbox says of a picture is not believed beyond its shape", async () => {
  const answers: Buffer[] = [
    Buffer.from("no line at all"),
    Buffer.from('{"renderer":"x"}\nbytes'),
    Buffer.from('{"renderer":"<b>","left":[]}\nbytes'),
    Buffer.from(
      `${JSON.stringify({ renderer: "x/1", left: Array.from({ length: 101 }, () => "x") })}\nbytes`,
    ),
    Buffer.from('{"renderer":"x/1","left":[]}\n'),
    Buffer.from("{\nbytes"),
  ]
  for (const answer of answers) {
    stack.sandbox.draws = () => answer
    const { request } = await stack.submitted({ "figure.png": figure() })
    const [file] = (await view("first", request)).files
    assert.equal(file?.renderer, null, answer.toString())
    assert.ok(file?.check.findings.some((f) => /Not written anew/.test(f.message)))
  }
})

test("a machine that does not answer leaves the request waiting, and then it is done once", async () => {
  let down = true
  let answered = 0
  stack.sandbox.breaks = (names) => {
    if (names[0] !== "picture.png") return undefined
    if (down) return new NeighbourUnreachable("down")
    answered += 1
    return undefined
  }
  const { request } = await stack.submitted({ "figure.png": figure() })
  assert.equal((await view("author", request)).state, "checking")
  down = false
  await checks(stack.ctx)
  await checks(stack.ctx)
  const seen = await view("author", request)
  assert.deepEqual([seen.state, seen.files[0]?.renderer, answered], ["independent", "glasshouse-png/1", 1])
  stack.sandbox.breaks = (names) =>
    names[0] === "picture.png" ? new NeighbourRefused(413, "too_large", "large") : undefined
  const large = await stack.submitted({ "figure.png": figure() })
  assert.match(JSON.stringify(await view("author", large.request)), /because the picture is too large/)
})

test("two instances write a picture once, and one that lost leaves nothing", async () => {
  const pushed = await stack.push("twice.png", figure("twice"))
  const made = await stack.call("author", "POST", `/api/projects/${stack.project}/requests`, {
    title: "Twice",
  })
  const groups = await stack.call("author", "PUT", `/api/requests/${made.body.id}/groups`, {
    title: "Twice",
    groups: [{ id: null, name: "g", context: "c" }],
  })
  const body = {
    upload: pushed,
    group: groups.body.groups[0],
    kind: "supporting",
    description: "",
    smallNumbers: "",
  }
  assert.equal((await stack.call("author", "POST", `/api/requests/${made.body.id}/files`, body)).status, 200)
  const table = { ...body, upload: await stack.push("t.csv", SAFE), kind: "output" }
  assert.equal((await stack.call("author", "POST", `/api/requests/${made.body.id}/files`, table)).status, 200)
  await Promise.all([checks(stack.ctx), checks(stack.ctx)])
  await checks(stack.ctx)
  const file = (await view("author", made.body.id)).files.find((f) => f.path === "twice.png")
  assert.equal(file?.renderer, "glasshouse-png/1")
  // Shown to its author as well, although it only supports.
  const shown = await viewFile(stack.ctx, await stack.as("author"), made.body.id, file!.id, {})
  assert.equal(shown.kind, "image")
})

test("checking before asking says of a figure what checkers will read", async () => {
  const file = await stack.push("early.png", figure())
  const { files } = await checkFiles(stack.ctx, stack.run, { files: [file] })
  const messages = files[0]?.findings.map((f) => `${f.rule} ${f.status} ${f.message}`).join("\n") ?? ""
  assert.doesNotMatch(messages, /identifier violated|hidden-content violated/)
  assert.match(messages, /Written anew/)
})

test("an agreement's own numbers judge the request, and are what the release is bound to", async () => {
  const small = "region,count\nNorth,20\nSouth,15\n"
  const before = await stack.submitted({ "own.csv": small })
  assert.equal((await view("author", before.request)).files[0]?.check.verdict, "satisfied")
  await stack.override({ threshold: 20, rounding: null })
  const { request } = await stack.submitted({ "own.csv": small })
  const { check } = (await view("author", request)).files[0]!
  assert.equal(check.verdict, "violated")
  assert.match(
    check.findings.find((f) => f.status === "violated")?.message ?? "",
    /below the threshold of 20/,
  )
  assert.equal(check.policy?.name, "nhs-england-sde+agreement")
  const { files } = await checkFiles(stack.ctx, stack.run, { files: [await stack.push("own2.csv", small)] })
  assert.equal(files[0]?.verdict, "violated")

  await stack.override({ threshold: 15, rounding: 10 })
  const { release } = await stack.released({ "bound.csv": "region,count\nNorth,20\nSouth,30\n" })
  const { body } = await stack.call("author", "GET", `/api/releases/${release}`)
  const { disclosure } = body.record
  assert.deepEqual(disclosure.overrides, { threshold: 15, rounding: 10 })
  assert.equal(disclosure.policy.name, "nhs-england-sde+agreement")
  assert.deepEqual([disclosure.thresholds.threshold, disclosure.thresholds.rounding.nearest], [15, [10]])
  // Looser numbers change nothing but the name.
  await stack.override({ threshold: 2, rounding: null })
  const loose = await stack.submitted({ "loose.csv": "region,count\nNorth,20\nSouth,5\n" })
  assert.equal((await view("author", loose.request)).files[0]?.check.verdict, "violated")
})

test("whatever is cut off between object and row is swept, and nothing else", async () => {
  await sweepObjects(stack.ctx)
  const kept = stored()
  // A process that is killed runs no clean-up: removing fails, and the row is what is left.
  stack.store.fail = (verb, name) =>
    verb === "remove" || (verb === "copy" && name.startsWith("quarantine/uploads/"))
  await assert.rejects(stack.submitted({ "cut.csv": SAFE }))
  stack.store.fail = (verb) => verb === "remove"
  const upload = await stack.push("late.csv", SAFE)
  const orphan = "quarantine/uploads/orphan"
  stack.store.objects.set(orphan, Buffer.from(SECRET))
  await stack.ctx.db
    .insertInto("pending_object")
    .values({ bucket: "quarantine", key: "uploads/orphan", at: stack.ctx.clock.now() })
    .execute()
  stack.store.fail = undefined
  await sweepObjects(stack.ctx)
  assert.ok(stack.store.objects.has(orphan), "a writer may still be at work")
  stack.pass(25 * 3_600)
  await sweepObjects(stack.ctx)
  assert.ok(!stack.store.objects.has(orphan))
  const left = stored().filter((key) => !kept.includes(key))
  assert.equal(left.length, 2, left.join("\n"))
  assert.ok(left.some((key) => key.endsWith(upload)))
  assert.deepEqual(await stack.ctx.db.selectFrom("pending_object").selectAll().execute(), [])
})
