// What the agent does with an archive of files to check, or a picture, without a container around it: the same engine on
// the same bytes. Tests can break it, look into it, or change what it answers.
import { extract } from "tar-stream"
import { checkFiles, inputFromBytes, loadPolicy } from "#output-checker/check.ts"
import { overridePolicy } from "#output-checker/policy.ts"
import { PictureError, renderPicture, rendererOf, type PictureKind } from "#output-checker/render/picture.ts"
import type { CheckOptions } from "../src/drivers/agent.ts"
import { NeighbourRefused } from "../src/drivers/http-socket.ts"

export interface Sandbox {
  /** What is thrown instead of an answer, given the names in the archive. */
  breaks: ((names: string[]) => Error | undefined) | undefined
  /** Called when an archive has come in whole, before the answer. */
  during: (() => Promise<void>) | undefined
  /** Changes the engine's answer. */
  answers: ((report: unknown) => unknown) | undefined
  /** Changes a picture that was written anew, its line included. */
  draws: ((answer: Buffer) => Buffer) | undefined
  readonly archives: string[][]
}

export function makeSandbox(): Sandbox {
  return { breaks: undefined, during: undefined, answers: undefined, draws: undefined, archives: [] }
}

export async function runSandbox(
  sandbox: Sandbox,
  options: CheckOptions,
  tar: NodeJS.ReadableStream,
): Promise<unknown> {
  const entries: { name: string; bytes: Buffer }[] = []
  const reading = extract()
  tar.pipe(reading)
  tar.on("error", (error: Error) => reading.destroy(error))
  for await (const entry of reading) {
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    entries.push({ name: entry.header.name, bytes: Buffer.concat(parts) })
  }
  const names = entries.map((e) => e.name)
  sandbox.archives.push(names)
  await sandbox.during?.()
  const broken = sandbox.breaks?.(names)
  if (broken) throw broken
  const inside = (folder: string) =>
    entries
      .filter((e) => e.name.startsWith(`${folder}/`))
      .map((e) => ({ path: e.name.slice(folder.length + 1), bytes: e.bytes }))
  const report = await checkFiles(
    inside("output").map((f) => inputFromBytes(f.path, f.bytes)),
    overridePolicy(loadPolicy(options.policy), options),
    {
      supporting: inside("supporting").map((f) => inputFromBytes(f.path, f.bytes)),
      earlier: inside("previous").map((f) => {
        const [release = "", ...rest] = f.path.split("/")
        return { release, audience: "all" as const, input: inputFromBytes(rest.join("/"), f.bytes) }
      }),
      ...(options.ids === undefined ? {} : { idsBase: options.ids }),
    },
  )
  return sandbox.answers ? sandbox.answers(report) : report
}

export async function runPicture(
  sandbox: Sandbox,
  kind: string,
  stream: NodeJS.ReadableStream,
): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  const broken = sandbox.breaks?.([`picture.${kind}`])
  if (broken) throw broken
  try {
    const { bytes, left } = renderPicture(kind as PictureKind, Buffer.concat(parts))
    const about = JSON.stringify({ renderer: rendererOf(kind as PictureKind), left })
    const answer = Buffer.concat([Buffer.from(`${about}\n`), bytes])
    return sandbox.draws ? sandbox.draws(answer) : answer
  } catch (error) {
    if (!(error instanceof PictureError)) throw error
    const refused = { code: "check_failed", reason: error.reason }
    throw new NeighbourRefused(422, refused.code, JSON.stringify(refused))
  }
}
