// Client of custody's socket for one stage. Batches are cut here; the protocol packs columns of fixed width.
import { Agent, request } from "undici"
import * as protocol from "#custody/protocol.ts"
import { PipelineError } from "../domain/errors.ts"

export type Subjects = {
  /** hex digests; null where the subject lacks what the rung needs */
  subject: readonly string[]
  nhsDob: readonly (string | null)[]
  nhsDobSwapped: readonly (string | null)[]
  nhsName: readonly (string | null)[]
  nameDobPostcode: readonly (string | null)[]
}

export type Custody = {
  link(
    dataSet: string,
    submission: string,
    subjects: Subjects,
  ): Promise<{ references: string[]; methods: protocol.LinkMethod[]; minted: number; conflicts: number }>
  masters(
    dataSet: string,
    submission: string,
    subjects: readonly string[],
  ): Promise<{ masters: bigint[]; methods: protocol.LinkMethod[] }>
  offer(project: string, extract: string, masters: readonly bigint[]): Promise<void>
  assign(project: string, extract: string): Promise<protocol.AssignAnswer>
  personIds(project: string, masters: readonly bigint[]): Promise<bigint[]>
  close(): Promise<void>
}

/** Items a call; the protocol allows more, but progress should show and memory stay flat. */
export const BATCH = 20_000

export function openCustody(access: { socket: string; token: string }): Custody {
  const dispatcher = new Agent({
    connect: { socketPath: access.socket },
    connections: 1,
    headersTimeout: 300_000,
    bodyTimeout: 300_000,
  })
  async function call<T>(path: string, body: unknown): Promise<T> {
    let answer
    try {
      answer = await request(`http://custody${path}`, {
        dispatcher,
        method: "POST",
        headers: { authorization: `Bearer ${access.token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    } catch (cause) {
      throw new PipelineError("custody_unavailable", "custody did not answer", { cause })
    }
    const value = (await answer.body.json()) as T & { code?: string; message?: string }
    if (answer.statusCode !== 200) {
      throw new PipelineError(`custody_${value.code ?? "failed"}`, value.message ?? "custody refused")
    }
    return value
  }
  return {
    async link(dataSet, submission, s) {
      const answer = await call<protocol.LinkAnswer>("/v1/subjects/link", {
        dataSet,
        submission,
        count: s.subject.length,
        subjects: packDigests(s.subject),
        nhsDob: packDigests(s.nhsDob),
        nhsDobSwapped: packDigests(s.nhsDobSwapped),
        nhsName: packDigests(s.nhsName),
        nameDobPostcode: packDigests(s.nameDobPostcode),
      })
      const references = Buffer.from(answer.references, "base64")
      return {
        references: s.subject.map((_, i) => references.toString("hex", i * 16, i * 16 + 16)),
        methods: unpackMethods(answer.methods),
        minted: answer.minted,
        conflicts: answer.conflicts,
      }
    },
    async masters(dataSet, submission, subjects) {
      const body = { dataSet, submission, count: subjects.length, subjects: packDigests(subjects) }
      const answer = await call<protocol.SubjectsAnswer>("/v1/subjects/lookup", body)
      return { masters: unpackIds(answer.masters), methods: unpackMethods(answer.methods) }
    },
    async offer(project, extract, masters) {
      const body = { extract, count: masters.length, masters: packIds(masters) }
      await call(`/v1/projects/${project}/people/offer`, body)
    },
    assign: (project, extract) => call(`/v1/projects/${project}/people/assign`, { extract }),
    async personIds(project, masters) {
      const body = { count: masters.length, masters: packIds(masters) }
      return unpackIds(
        (await call<protocol.PeopleAnswer>(`/v1/projects/${project}/people/lookup`, body)).personIds,
      )
    },
    close: () => dispatcher.close(),
  }
}

export function packDigests(digests: readonly (string | null)[]): string {
  const bytes = Buffer.alloc(digests.length * protocol.DIGEST_BYTES)
  digests.forEach((d, i) => d !== null && bytes.write(d, i * protocol.DIGEST_BYTES, "hex"))
  return bytes.toString("base64")
}

export function packIds(ids: readonly bigint[]): string {
  const bytes = Buffer.alloc(ids.length * protocol.ID_BYTES)
  ids.forEach((id, i) => bytes.writeBigInt64LE(id, i * protocol.ID_BYTES))
  return bytes.toString("base64")
}

export function unpackIds(packed: string): bigint[] {
  const bytes = Buffer.from(packed, "base64")
  return Array.from({ length: bytes.length / protocol.ID_BYTES }, (_, i) =>
    bytes.readBigInt64LE(i * protocol.ID_BYTES),
  )
}

function unpackMethods(packed: string): protocol.LinkMethod[] {
  return [...Buffer.from(packed, "base64")].map((m) => protocol.LINK_METHODS[m] ?? "none")
}
