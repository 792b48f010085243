// C2SP tlog-policy: which logs and witnesses a reader trusts, and which witnesses are enough.
import { equalBytes, FormatError } from "./bytes.ts"
import { verifyCosignature } from "./cosignature.ts"
import {
  formatVkey,
  parseVkey,
  SIGNATURE_COSIGNATURE,
  SIGNATURE_ED25519,
  signaturesBy,
  SignatureError,
} from "./note.ts"
import type { Note, VerifierKey } from "./note.ts"
import type { Hasher } from "./sha256.ts"

export interface TlogPolicy {
  logs: { key: VerifierKey; url?: string }[]
  witnesses: { name: string; key: VerifierKey; url?: string }[]
  groups: { name: string; needed: number; members: string[] }[]
  /** Name of a witness or group, or "none". */
  quorum: string
}

export function parsePolicy(hash: Hasher, text: string): TlogPolicy {
  const policy: TlogPolicy = { logs: [], witnesses: [], groups: [], quorum: "" }
  for (const [i, line] of text.split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "")
    if (words.length === 0 || words[0]?.startsWith("#")) continue
    try {
      addLine(hash, policy, words)
    } catch (error) {
      if (error instanceof FormatError) throw new FormatError(`policy line ${i + 1}: ${error.message}`)
      throw error
    }
  }
  if (policy.quorum === "") throw new FormatError("the policy has no quorum line")
  return policy
}

function addLine(hash: Hasher, policy: TlogPolicy, words: string[]): void {
  const [kind, name = "", third = "", ...rest] = words
  if (kind === "log" && words.length >= 2 && words.length <= 3) {
    const key = parseVkey(hash, name)
    if (key.type !== SIGNATURE_ED25519) throw new FormatError("this key is not a log's")
    assertNewKey(policy.logs, key)
    policy.logs.push(third === "" ? { key } : { key, url: third })
  } else if (kind === "witness" && words.length >= 3 && words.length <= 4) {
    assertNewName(policy, name)
    const key = parseVkey(hash, third)
    if (key.type !== SIGNATURE_COSIGNATURE) throw new FormatError("this key is not a witness's")
    assertNewKey(policy.witnesses, key)
    const [url] = rest
    policy.witnesses.push(url === undefined ? { name, key } : { name, key, url })
  } else if (kind === "group" && words.length >= 4) {
    assertNewName(policy, name)
    if (new Set(rest).size !== rest.length) throw new FormatError("a member is named twice")
    for (const member of rest) {
      if (!isDefined(policy, member)) throw new FormatError(`${member} is not defined above`)
    }
    policy.groups.push({ name, needed: parseNeeded(third, rest.length), members: rest })
  } else if (kind === "quorum" && words.length === 2) {
    if (policy.quorum !== "") throw new FormatError("a second quorum line")
    if (name !== "none" && !isDefined(policy, name)) throw new FormatError(`${name} is not defined above`)
    policy.quorum = name
  } else {
    throw new FormatError("not a line of a policy")
  }
}

function parseNeeded(word: string, members: number): number {
  if (word === "all") return members
  if (word === "any") return 1
  const needed = /^[1-9][0-9]{0,3}$/.test(word) ? Number(word) : 0
  if (needed < 1 || needed > members)
    throw new FormatError("a group needs between one and all of its members")
  return needed
}

function isDefined(policy: TlogPolicy, name: string): boolean {
  return [...policy.witnesses, ...policy.groups].some((known) => known.name === name)
}

function assertNewName(policy: TlogPolicy, name: string): void {
  if (name === "none" || isDefined(policy, name)) throw new FormatError(`the name ${name} is taken`)
}

function assertNewKey(known: { key: VerifierKey }[], key: VerifierKey): void {
  if (known.some((other) => equalBytes(other.key.publicKey, key.publicKey))) {
    throw new FormatError("the same key twice")
  }
}

export function formatPolicy(policy: TlogPolicy): string {
  const end = (url: string | undefined): string => (url === undefined ? "" : ` ${url}`)
  return [
    ...policy.logs.map((log) => `log ${formatVkey(log.key)}${end(log.url)}\n`),
    ...policy.witnesses.map((w) => `witness ${w.name} ${formatVkey(w.key)}${end(w.url)}\n`),
    ...policy.groups.map((group) => `group ${group.name} ${group.needed} ${group.members.join(" ")}\n`),
    `quorum ${policy.quorum}\n`,
  ].join("")
}

/** Names of the witnesses whose cosignature verifies. Throws SignatureError when a known one fails or the quorum is not reached. */
export async function verifyQuorum(policy: TlogPolicy, note: Note): Promise<string[]> {
  const witnessed = new Set<string>()
  for (const { name, key } of policy.witnesses) {
    if (signaturesBy(note, key).length === 0) continue
    await verifyCosignature(note, key)
    witnessed.add(name)
  }
  const names = [...witnessed]
  for (const group of policy.groups) {
    if (group.members.filter((member) => witnessed.has(member)).length >= group.needed)
      witnessed.add(group.name)
  }
  if (policy.quorum !== "none" && !witnessed.has(policy.quorum)) {
    throw new SignatureError(
      `the quorum ${policy.quorum} is not reached: cosigned by ${names.join(", ") || "nobody"}`,
    )
  }
  return names
}
