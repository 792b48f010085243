// For integration tests only: the stages as processes against the installation's store, with a custody process of
// the test's own (own master key, own tokens, own socket) on the installation's database.
import { spawn, type ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Client } from "minio"
import { STAGES, type Stage } from "./contract.ts"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
const PATIENCE_MS = 30_000

export function newId(): string {
  return Array.from(randomBytes(12), (b) => ALPHABET[b & 31]).join("")
}

export function need(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: this test needs a test installation`)
  return value
}

export type StageEnd = { code: number; lines: Record<string, unknown>[]; stderr: string }

export type TestStack = AsyncDisposable & {
  readonly directory: string
  readonly scratch: string
  readonly demoData: string
  readonly socket: string
  token(caller: string): Promise<string>
  /** Runs to the end; throws with the error's code when the stage failed. */
  stage<T>(stage: Stage, params: unknown): Promise<T>
  end(stage: Stage, params: unknown, env?: Record<string, string>): Promise<StageEnd>
  killCustody(): Promise<void>
  startCustody(): Promise<void>
}

/** The store as one of its users. */
export async function storeAs(user: string): Promise<Client> {
  const url = new URL(need("GLASSHOUSE_STORE_URL"))
  const secretKey = await readFile(join(need("GLASSHOUSE_TEST_SECRETS"), user, `store-${user}-key`), "utf8")
  return new Client({
    endPoint: url.hostname,
    port: Number(url.port || 80),
    useSSL: url.protocol === "https:",
    accessKey: user,
    secretKey: secretKey.trim(),
    region: "us-east-1",
  })
}

async function run(args: string[], env: Record<string, string>, input: string): Promise<StageEnd> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...env, PATH: process.env.PATH ?? "" } })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()))
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()))
  child.stdin.end(input)
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (c) => resolve(c ?? -1))
  })
  const lines = stdout
    .trim()
    .split("\n")
    .filter((l) => l !== "")
  return { code, lines: lines.map((l) => JSON.parse(l) as Record<string, unknown>), stderr }
}

async function makeSecrets(directory: string): Promise<void> {
  const source = need("GLASSHOUSE_TEST_SECRETS")
  await mkdir(join(directory, "custody"))
  await copyFile(
    join(source, "custody/database-custody-password"),
    join(directory, "custody/database-custody-password"),
  )
  await writeFile(join(directory, "custody/custody-master"), randomBytes(32).toString("base64"), {
    mode: 0o600,
  })
  await writeFile(join(directory, "custody/custody-control-token"), randomBytes(32).toString("base64"))
  for (const stage of STAGES) {
    await mkdir(join(directory, stage))
    const key = `store-stage-${stage}-key`
    await copyFile(join(source, `stage-${stage}`, key), join(directory, stage, key))
    const token = randomBytes(32).toString("base64")
    await writeFile(join(directory, stage, `custody-${stage}-token`), token)
    await writeFile(join(directory, "custody", `custody-${stage}-token`), token)
  }
}

/** Answers when the socket accepts a connection, or throws when custody ended or the time is over. */
async function untilListening(socket: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const probe = connect(socket, () => {
        probe.end()
        resolve(true)
      })
      probe.once("error", () => setImmediate(resolve, false))
    })
    if (open) return
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("custody does not listen")
  }
}

export async function startStack(): Promise<TestStack> {
  const directory = await mkdtemp(join(tmpdir(), "gh-data-"))
  const scratch = join(directory, "scratch")
  const demoData = join(directory, "demo")
  await mkdir(scratch)
  await mkdir(demoData)
  await makeSecrets(directory)
  const socket = join(directory, "custody.sock")
  const base = {
    GLASSHOUSE_STATE_DIR: directory,
    GLASSHOUSE_CUSTODY_SOCKET: socket,
    GLASSHOUSE_STORE_URL: need("GLASSHOUSE_STORE_URL"),
    GLASSHOUSE_DATABASE_HOST: need("GLASSHOUSE_DATABASE_HOST"),
    GLASSHOUSE_DATABASE_PORT: need("GLASSHOUSE_DATABASE_PORT"),
    GLASSHOUSE_SCRATCH: scratch,
    GLASSHOUSE_DEMO_DATA: demoData,
  }
  let custody: ChildProcess | undefined
  const startCustody = async () => {
    const env = { ...base, GLASSHOUSE_SECRETS_DIR: join(directory, "custody"), PATH: process.env.PATH ?? "" }
    custody = spawn(process.execPath, ["apps/custody/src/main.ts"], { cwd: ROOT, env, stdio: "ignore" })
    await untilListening(socket, custody)
  }
  const killCustody = async () => {
    const child = custody
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once("exit", resolve))
    child.kill("SIGKILL")
    await ended
  }
  await startCustody()
  const end = (stage: Stage, params: unknown, env: Record<string, string> = {}) =>
    run(
      ["apps/data-pipeline/src/main.ts", stage],
      { ...base, GLASSHOUSE_SECRETS_DIR: join(directory, stage), ...env },
      typeof params === "string" ? params : JSON.stringify(params),
    )
  return {
    directory,
    scratch,
    demoData,
    socket,
    end,
    killCustody,
    startCustody,
    token: (caller) => readFile(join(directory, "custody", `custody-${caller}-token`), "utf8"),
    async stage<T>(stage: Stage, params: unknown) {
      const { lines, code, stderr } = await end(stage, params)
      const last = lines.at(-1) as { result?: T; error?: { code: string; message: string } } | undefined
      if (code !== 0 || last?.result === undefined) {
        throw new Error(`${stage}: ${last?.error?.code} ${last?.error?.message} ${stderr}`)
      }
      const left = await readdir(scratch)
      if (left.length > 0) throw new Error(`${stage} left files in its scratch directory`)
      return last.result
    },
    async [Symbol.asyncDispose]() {
      await killCustody()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
