// What the tests of the witness share: logs that grow, and requests over HTTP.
import { mkdtempSync, rmSync } from "node:fs"
import http from "node:http"
import { tmpdir } from "node:os"
import path from "node:path"
import type { TestContext } from "node:test"
import { formatAddCheckpoint } from "#transparency/add-checkpoint.ts"
import { signCheckpoint } from "#transparency/checkpoint.ts"
import { foldPerfect } from "#transparency/edge.ts"
import { hashLeaf, proveConsistency, treeRoot, type NodeReader } from "#transparency/merkle.ts"
import { SIGNATURE_COSIGNATURE, type NoteSigner, type VerifierKey } from "#transparency/note.ts"
import { makeTestSigner, nodeSha256 } from "#transparency/testing.ts"
import { Memory } from "../src/memory.ts"
import { createWitnessServer } from "../src/server.ts"
import { Witness } from "../src/witness.ts"

export function makeDirectory(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), "witness-"))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A log of entries that a word and their number make. */
export class GrowingLog {
  readonly signer: NoteSigner
  readonly #word: string
  readonly #leaves: Uint8Array[] = []

  constructor(signer: NoteSigner, word = "entry") {
    this.signer = signer
    this.#word = word
  }

  #nodes(size: number): NodeReader {
    while (this.#leaves.length < size)
      this.#leaves.push(hashLeaf(nodeSha256, Buffer.from(`${this.#word} ${this.#leaves.length}`)))
    return (level, index) =>
      foldPerfect(nodeSha256, this.#leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  }

  root(size: number): Uint8Array {
    return treeRoot(nodeSha256, this.#nodes(size), size)
  }

  checkpoint(size: number): Promise<string> {
    return signCheckpoint({ origin: this.signer.key.name, size, root: this.root(size) }, this.signer)
  }

  proof(oldSize: number, size: number): Uint8Array[] {
    return proveConsistency(nodeSha256, this.#nodes(size), oldSize, size)
  }

  async request(oldSize: number, size: number): Promise<string> {
    const proof = oldSize > size ? [] : this.proof(oldSize, size)
    return formatAddCheckpoint({ oldSize, proof, checkpoint: await this.checkpoint(size) })
  }
}

export const witnessSigner = makeTestSigner("example.com/witness", SIGNATURE_COSIGNATURE)

export interface Served {
  port: number
  memory: Memory
  witness: Witness
  problems: unknown[]
}

export async function serveTestWitness(
  t: TestContext,
  logs: ReadonlyMap<string, readonly VerifierKey[]>,
  directory = makeDirectory(t),
): Promise<Served> {
  const memory = new Memory(directory)
  const witness = new Witness({ signer: witnessSigner, logs, memory, now: Date.now })
  const problems: unknown[] = []
  const server = createWitnessServer({ witness, logs, vkey: "v", onProblem: (e) => problems.push(e) })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
    memory[Symbol.dispose]()
  })
  return { port: (server.address() as { port: number }).port, memory, witness, problems }
}

export interface Response {
  status: number
  type: string
  body: string
}

export function ask(
  port: number,
  body: string | Uint8Array | undefined,
  { method = body === undefined ? "GET" : "POST", url = "/add-checkpoint" } = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: "127.0.0.1", path: url, method, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("error", reject)
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          type: response.headers["content-type"] ?? "",
          body: Buffer.concat(parts).toString(),
        }),
      )
    })
    request.on("error", reject)
    request.end(body)
  })
}
