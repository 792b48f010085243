// From an event to what is stored of it: three groups of canonical bytes, a salt each, their
// commitments as the leaf, and the groups of a whole batch sealed together.
import { randomBytes } from "node:crypto"
import { canonicalJson } from "#transparency/canonical.ts"
import { commit, formatLeaf, GROUPS, SALT_BYTES, type Group, type Opening } from "#transparency/leaf.ts"
import { MAX_ENTRY_BYTES } from "#transparency/tiles.ts"
import { EVENTS } from "../contract/events.ts"
import { nodeHash } from "./hash.ts"
import { decrypt, encrypt } from "./keys.ts"
import type { AuditEvent, RegisterEntry } from "./types.ts"

const MAX_GROUP_BYTES = 256 * 1024

/** Bytes of an access event by group, or those of a register entry. */
export type Item = { groups: Record<Group, Uint8Array> } | { entry: Uint8Array }

export type SealedGroups = Record<Group, Buffer>

/** Throws when the event is not one: a mistake of the caller's, never of the log's. */
export function itemOfEvent(event: AuditEvent): Item {
  assertInstant(event.time)
  const { code, time, actor, session, subject, detail, ...facts } = event
  const { family, version } = EVENTS[code]
  return {
    groups: {
      who: canonicalBytes({ kind: actor.kind, id: actor.id, session, subject }, MAX_GROUP_BYTES),
      facts: canonicalBytes({ ...facts, code, family, version, time }, MAX_GROUP_BYTES),
      detail: canonicalBytes(detail ?? {}, MAX_GROUP_BYTES),
    },
  }
}

export function itemOfEntry(entry: RegisterEntry): Item {
  assertInstant(entry.time)
  return { entry: canonicalBytes(entry, MAX_ENTRY_BYTES) }
}

function canonicalBytes(value: unknown, limit: number): Uint8Array {
  const bytes = Buffer.from(canonicalJson(value))
  if (bytes.length > limit)
    throw new RangeError(`an event group has ${bytes.length} bytes, more than ${limit}`)
  return bytes
}

function assertInstant(time: string): void {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) || Number.isNaN(Date.parse(time))) {
    throw new TypeError(`${time} is not a UTC instant with milliseconds`)
  }
}

export function itemBytes(item: Item): number {
  if ("entry" in item) return item.entry.length
  return item.groups.who.length + item.groups.facts.length + item.groups.detail.length
}

const ITEM_SALT_BYTES = GROUPS.length * SALT_BYTES

/** The salts of `n` items. Drawn at once: a call to the generator costs more than the bytes. */
export function drawSalts(n: number): Buffer {
  return randomBytes(n * ITEM_SALT_BYTES)
}

/** The public leaf of an item, and what opens it (nothing for a register entry). `salts` are those of its batch, `i` its place there. */
export function leafOfItem(
  item: Item,
  salts: Buffer,
  i: number,
): { leaf: Uint8Array; openings?: Record<Group, Opening> } {
  if ("entry" in item) return { leaf: item.entry }
  const opening = (group: Group, place: number): Opening => {
    const at = i * ITEM_SALT_BYTES + place * SALT_BYTES
    return { salt: salts.subarray(at, at + SALT_BYTES), bytes: item.groups[group] }
  }
  const openings = { who: opening("who", 0), facts: opening("facts", 1), detail: opening("detail", 2) }
  const leaf = formatLeaf({
    who: commit(nodeHash, "who", openings.who),
    facts: commit(nodeHash, "facts", openings.facts),
    detail: commit(nodeHash, "detail", openings.detail),
  })
  return { leaf, openings }
}

export interface BatchPlace {
  log: string
  start: number
  n: number
  /** Month of the keys, `2026-11`. */
  period: string
}

/** One group of all entries of a batch: (salt ‖ length as 4 bytes big-endian ‖ bytes) each, sealed to its place. */
export function sealGroup(
  key: Buffer,
  group: Group,
  place: BatchPlace,
  openings: readonly Opening[],
): Buffer {
  const parts: Uint8Array[] = []
  for (const { salt, bytes } of openings) {
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(bytes.length)
    parts.push(salt, length, bytes)
  }
  return encrypt(key, Buffer.concat(parts), sealContext(group, place))
}

export function openGroup(key: Buffer, group: Group, place: BatchPlace, sealed: Uint8Array): Opening[] {
  const plain = decrypt(key, sealed, sealContext(group, place))
  const openings: Opening[] = []
  let at = 0
  while (at < plain.length) {
    const end = at + SALT_BYTES + 4 + plain.readUInt32BE(at + SALT_BYTES)
    openings.push({
      salt: plain.subarray(at, at + SALT_BYTES),
      bytes: plain.subarray(at + SALT_BYTES + 4, end),
    })
    at = end
  }
  if (at !== plain.length || openings.length !== place.n)
    throw new Error("a sealed group is not of its batch")
  return openings
}

function sealContext(group: Group, place: BatchPlace): string {
  return `glasshouse/sealed/v1\n${place.log}\n${group}\n${place.period}\n${place.start}\n${place.n}`
}

/** An item on its way through the outbox, under the outbox key of the month. */
export function sealItem(key: Buffer, context: string, item: Item): Buffer {
  const text =
    "entry" in item
      ? { entry: Buffer.from(item.entry).toString("utf8") }
      : {
          who: Buffer.from(item.groups.who).toString("utf8"),
          facts: Buffer.from(item.groups.facts).toString("utf8"),
          detail: Buffer.from(item.groups.detail).toString("utf8"),
        }
  return encrypt(key, Buffer.from(JSON.stringify(text)), context)
}

export function openItem(key: Buffer, context: string, sealed: Uint8Array): Item {
  const text = JSON.parse(decrypt(key, sealed, context).toString("utf8")) as Record<string, string>
  const part = (name: string): Uint8Array => {
    const value = text[name]
    if (value === undefined) throw new Error(`an outbox row has no ${name}`)
    return Buffer.from(value)
  }
  if (text["entry"] !== undefined) return { entry: part("entry") }
  return { groups: { who: part("who"), facts: part("facts"), detail: part("detail") } }
}

/** UTC month of the keys. */
export function periodOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7)
}
