// Programs in containers whose input and output the agent carries: checks and stages.
import type { Duplex, Readable } from "node:stream"
import { PassThrough } from "node:stream"
import { createInterface } from "node:readline"
import { Collected, reach, type Engine } from "./engine.ts"

/** The stream to a container's standard input; attach before starting, or the first bytes are lost. */
export async function attachInput(engine: Engine, id: string): Promise<Duplex> {
  const stream = await reach(() =>
    engine.docker
      .getContainer(id)
      .attach({ stream: true, stdin: true, stdout: false, stderr: false, hijack: true }),
  )
  return stream as Duplex
}

export type Attached = {
  readonly input: Duplex
  readonly stdout: Collected
  readonly stderr: Collected
  readonly ended: Promise<void>
}

/** Input and both outputs, collected up to the limit. */
export async function attachAll(engine: Engine, id: string, stdoutLimit: number): Promise<Attached> {
  const input = (await reach(() =>
    engine.docker
      .getContainer(id)
      .attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true }),
  )) as Duplex
  const stdout = new Collected(stdoutLimit)
  const stderr = new Collected(20_000)
  engine.docker.modem.demuxStream(input, stdout, stderr)
  const ended = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"]) input.once(event, () => resolve())
  })
  return { input, stdout, stderr, ended }
}

/** Calls back for every line of a container's standard output from its first one; resolves when it ended. */
export async function followLines(engine: Engine, id: string, onLine: (line: string) => void): Promise<void> {
  const logs = (await reach(() =>
    engine.docker.getContainer(id).logs({ follow: true, stdout: true, stderr: false, tail: 100_000 }),
  )) as unknown as Readable
  const lines = new PassThrough()
  engine.docker.modem.demuxStream(logs, lines, new Collected(0))
  logs.once("end", () => lines.end())
  logs.once("error", () => lines.end())
  for await (const line of createInterface({ input: lines })) onLine(line)
}

/** Resolves with the exit code when a container that was started has ended. */
export async function waitForEnd(engine: Engine, id: string): Promise<number> {
  const { StatusCode } = await reach(() => engine.docker.getContainer(id).wait())
  return Number(StatusCode)
}
