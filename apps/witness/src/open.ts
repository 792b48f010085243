// A witness as it lies in its directory: its key, what it has seen, and the file of logs that it knows.
import { mkdirSync, readFileSync } from "node:fs"
import { isKeyName, type NoteSigner, type VerifierKey } from "#transparency/note.ts"
import { parsePolicy } from "#transparency/policy.ts"
import { KeyProblem, makeKeyFile, readKey, sha256 } from "./key.ts"
import { hasMemory, Memory } from "./memory.ts"
import type { TrustedLogs } from "./witness.ts"

export interface Opened {
  signer: NoteSigner
  memory: Memory
}

/** Makes the witness at its first start. A key without its memory is refused: it would cosign any past. */
export function openWitness(directory: string, name: string | undefined): Opened {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  let signer = readKey(directory)
  if (signer !== undefined && !hasMemory(directory)) {
    throw new KeyProblem(
      `${directory} has a key, but what this witness has seen is gone. Make a new witness, with another name.`,
    )
  }
  if (signer === undefined && (name === undefined || !isKeyName(name))) {
    throw new KeyProblem(
      "A new witness needs --name: an address of yours without scheme, such as example.org/witness",
    )
  }
  if (signer !== undefined && name !== undefined && name !== signer.key.name) {
    throw new KeyProblem(`This witness is called ${signer.key.name}; a key has one name for ever.`)
  }
  const memory = new Memory(directory)
  try {
    if (signer === undefined) {
      if (memory.all().length > 0)
        throw new KeyProblem(`${directory} has seen logs, but its key is gone. Make a new witness.`)
      makeKeyFile(directory, name!)
      signer = readKey(directory)!
    }
    return { signer, memory }
  } catch (error) {
    memory[Symbol.dispose]()
    throw error
  }
}

/** The `log` lines of a tlog-policy file; a log may have several keys while they change. */
export function readLogs(file: string): TrustedLogs {
  const logs = new Map<string, VerifierKey[]>()
  for (const { key } of parsePolicy(sha256, readFileSync(file, "utf8")).logs) {
    logs.set(key.name, [...(logs.get(key.name) ?? []), key])
  }
  return logs
}
