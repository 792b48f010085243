// The command line as people and the sandbox call it: exit codes, JSON, tar.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { after, test } from "node:test"
import { fileURLToPath } from "node:url"
import { runCommand, type CommandResult } from "./command.ts"
import type { Report } from "./report.ts"
import { RULES } from "./report.ts"

const CLI = fileURLToPath(new URL("./cli.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "check-output-"))
after(() => rmSync(folder, { recursive: true }))

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function run(args: string[], input: Uint8Array = new Uint8Array()): Promise<CommandResult> {
  return runCommand(args, () => input)
}

function tarOf(entries: Record<string, string | Uint8Array>, type = "0"): Buffer {
  const blocks: Buffer[] = []
  for (const [name, content] of Object.entries(entries)) {
    const body = Buffer.from(content)
    const head = Buffer.alloc(512)
    head.write(name, 0)
    head.write("0000644\0", 100)
    head.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124)
    head.write("        ", 148)
    head.write(type, 156)
    head.write("ustar\0", 257)
    head.write(
      `${head
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    )
    blocks.push(head, body, Buffer.alloc((512 - (body.length % 512)) % 512))
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const good = put("good.csv", "age,n\n0-17,150\n18+,60\n")
const bad = put("bad.csv", "age,n\n0-17,150\n18+,3\n")
const open = put("open.csv", "age,mean\n0-17,15.5\n18+,40.5\n")

test("exit codes: satisfied 0, violated 1, not verifiable 3, wrong use 2", async () => {
  assert.equal((await run([good])).code, 0)
  assert.equal((await run([good, open])).code, 3)
  assert.equal((await run([good, open, bad])).code, 1)
  for (const args of [
    [],
    ["--nonsense", good],
    [join(folder, "absent.csv")],
    ["--policy", "none-such", good],
    ["--ids", "7", good],
    [folder],
    ["--previous", join(folder, "absent"), good],
    ["--evidence", good, good],
  ]) {
    const result = await run(args)
    assert.equal(result.code, 2, args.join(" "))
    assert.equal(result.out, "")
    assert.match(result.err, /^check-output: /)
  }
})

test("an agreement's own threshold and rounding are options", async () => {
  const seven = put("seven.csv", "age,n\n0-17,150\n18+,8\n")
  const code = async (...more: string[]) => (await run(["--policy", "ons-srs", ...more, seven])).code
  assert.deepEqual([await code("--threshold", "7"), await code("--threshold", "9")], [1, 1])
  const opensafely = async (...more: string[]) => {
    const { out } = await run(["--json", "--policy", "opensafely", ...more, seven])
    const report = JSON.parse(out) as Report
    return report.files[0]?.findings.some((f) => f.rule === "threshold" && f.status === "violated")
  }
  assert.deepEqual([await opensafely(), await opensafely("--threshold", "10")], [false, true])
  for (const bad of ["0", "x", "-1", "99999"])
    assert.equal((await run(["--threshold", bad, seven])).code, 2, bad)
})

test("the JSON document has exactly the published shape", async () => {
  const report = JSON.parse((await run(["--json", "--policy", "opensafely", good, bad])).out) as Report
  assert.deepEqual(Object.keys(report), ["engine", "policy", "files"])
  assert.deepEqual(Object.keys(report.policy), ["name", "version", "sha256"])
  assert.deepEqual(
    report.files.map((f) => [f.path, f.kind, f.verdict]),
    [
      [good, "table", "satisfied"],
      [bad, "table", "violated"],
    ],
  )
  for (const file of report.files) {
    assert.deepEqual(Object.keys(file), ["path", "sha256", "kind", "verdict", "findings"])
    assert.deepEqual(new Set(file.findings.map((f) => f.rule)), new Set(RULES))
    for (const f of file.findings) {
      const keys = [
        "rule",
        "rule_version",
        "source",
        "status",
        "known",
        "severity",
        "audience",
        "location",
        "message",
      ]
      assert.deepEqual(
        Object.keys(f).filter((k) => k !== "recovered"),
        keys,
      )
      assert.equal(f.known === "none", f.status === "not-verifiable")
      assert.ok(!(f.severity === "info" && f.status === "violated"))
      assert.ok(Object.keys(f.location).every((k) => ["sheet", "row", "column", "path"].includes(k)))
    }
  }
})

test("the same inputs give the same bytes", async () => {
  assert.equal((await run(["--json", good, bad, open])).out, (await run(["--json", good, bad, open])).out)
})

test("supporting files, earlier releases, other projects' releases", async () => {
  const counts = put("counts.csv", "age,n\n0-17,150\n18+,60\n")
  assert.equal((await run(["--policy", "sail", open])).code, 3)
  const supported = JSON.parse((await run(["--json", "--supporting", counts, open])).out) as Report
  assert.equal(supported.files[0]?.findings.find((f) => f.rule === "threshold")?.known, "supporting")
  put("past/R-0001/good.csv", "age,n\n0-17,153\n18+,60\n")
  const past = JSON.parse(
    (await run(["--json", "--policy", "ons-srs", "--previous", join(folder, "past"), good])).out,
  ) as Report
  assert.equal(past.files[0]?.findings.find((f) => f.rule === "differencing")?.status, "violated")
  const ledger = JSON.parse(
    (await run(["--json", "--policy", "ons-srs", "--ledger", join(folder, "past"), good])).out,
  ) as Report
  assert.equal(ledger.files[0]?.findings.find((f) => f.rule === "differencing")?.audience, "checkers")
})

test("a tar on standard input, as the sandbox gets it", async () => {
  const tar = tarOf({
    "output/tables/a.csv": "age,mean\n0-17,15.5\n18+,40.5\n",
    "supporting/n.csv": "age,n\n0-17,150\n18+,60\n",
    "previous/R-0001/old.csv": "sex,n\nF,60\nM,70\n",
  })
  const result = await run(["--tar", "--json"], tar)
  const report = JSON.parse(result.out) as Report
  assert.deepEqual(
    report.files.map((f) => f.path),
    ["tables/a.csv"],
  )
  assert.equal(report.files[0]?.findings.find((f) => f.rule === "threshold")?.known, "supporting")
  for (const wrong of [
    tarOf({ "output/../../etc/passwd": "x" }),
    tarOf({ "/output/a.csv": "x" }),
    tarOf({ "elsewhere/a.csv": "x" }),
    tarOf({ "output/link": "" }, "2"),
    tarOf({ "output/a.csv": "age,n\n" }).subarray(0, 600),
    Buffer.from("no tar at all"),
    Buffer.alloc(0),
  ])
    assert.equal((await run(["--tar", "--json"], wrong)).code, 2)
})

test("names and cells never reach a terminal as control characters", async () => {
  const evil = put("evil\u001b[31m.csv", "age,n\n\u001b[2J,3\n18+,60\n")
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch((await run([evil])).out, /\u001b/)
})

test("the process itself: standard output, standard error, exit code, a tar through a pipe", () => {
  const file = spawnSync(process.execPath, [CLI, "--json", bad], { encoding: "utf8" })
  assert.equal(file.status, 1)
  assert.equal((JSON.parse(file.stdout) as Report).files[0]?.verdict, "violated")
  const tar = spawnSync(process.execPath, [CLI, "--tar", "--json"], {
    input: tarOf({ "output/a.csv": "age,n\n0-17,150\n18+,60\n" }),
    encoding: "utf8",
  })
  assert.equal(tar.status, 0, tar.stderr)
  const wrong = spawnSync(process.execPath, [CLI, "--nonsense"], { encoding: "utf8" })
  assert.deepEqual([wrong.status, wrong.stdout], [2, ""])
})
