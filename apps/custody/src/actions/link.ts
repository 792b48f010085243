// Joins subjects of a submission to people (link), and hands the masters of linked subjects out (deidentify).
import { randomBytes } from "node:crypto"
import type { Keys, IdentityKind } from "../domain/keys.ts"
import { NotFound } from "../domain/errors.ts"
import { resolveSubject, type SubjectTokens } from "../domain/ladder.ts"
import { block, isZero, unpack } from "../domain/packed.ts"
import {
  DIGEST_BYTES,
  ID_BYTES,
  LINK_METHODS,
  type LinkAnswer,
  type LinkRequest,
  type SubjectsAnswer,
  type SubjectsRequest,
} from "../protocol.ts"
import type { Db } from "../store/db.ts"
import * as identity from "../store/identity.ts"
import { record } from "../store/journal.ts"

/** Masters have bit 62 set: far above every person id, so one that strays can be recognised. */
function mintMaster(): bigint {
  return (randomBytes(8).readBigUInt64LE() & 0x3fff_ffff_ffff_ffffn) | 0x4000_0000_0000_0000n
}

function tokensOf(keys: Keys, kind: IdentityKind, packed: Buffer, count: number): (string | undefined)[] {
  const tokens = keys.identityTokens(kind, packed).toString("hex")
  return Array.from({ length: count }, (_, i) =>
    isZero(block(packed, i, DIGEST_BYTES)) ? undefined : tokens.slice(i * 32, i * 32 + 32),
  )
}

export async function linkSubjects(db: Db, keys: Keys, request: LinkRequest): Promise<LinkAnswer> {
  const { count } = request
  const read = (
    field: "subjects" | "nhsDob" | "nhsDobSwapped" | "nhsName" | "nameDobPostcode",
    kind: IdentityKind,
  ) => tokensOf(keys, kind, unpack(request[field], count, DIGEST_BYTES, field), count)
  const subjects = read("subjects", "subject").map((t) => t ?? "")
  const nhsDob = read("nhsDob", "nhsDob")
  const swapped = read("nhsDobSwapped", "nhsDob")
  const nhsName = read("nhsName", "nhsName")
  const nameDobPostcode = read("nameDobPostcode", "nameDobPostcode")
  const references = Buffer.alloc(count * DIGEST_BYTES)
  const methods = Buffer.alloc(count)
  return db.transaction().execute(async (tx) => {
    await identity.lockLinking(tx)
    const source = await identity.ensureSource(tx, request.dataSet, request.submission)
    const done = await identity.loadSubjects(tx, source, subjects)
    const wanted = new Set([...nhsDob, ...swapped, ...nhsName, ...nameDobPostcode])
    wanted.delete(undefined)
    const index = await identity.loadKeys(tx, [...wanted] as string[])
    const before = new Map(index)
    const minted: identity.MintedMaster[] = []
    const fresh: identity.SubjectRow[] = []
    const decided: bigint[] = []
    let conflicts = 0
    const mint = () => {
      const master = mintMaster()
      minted.push({ master, reference: randomBytes(DIGEST_BYTES).toString("hex") })
      return master
    }
    for (let i = 0; i < count; i++) {
      const token = subjects[i] as string
      const earlier = done.get(token)
      if (earlier) {
        decided.push(earlier.master)
        methods[i] = earlier.method
        continue
      }
      const tokens: SubjectTokens = {
        nhsDob: nhsDob[i],
        nhsDobSwapped: swapped[i],
        nhsName: nhsName[i],
        nameDobPostcode: nameDobPostcode[i],
      }
      const link = resolveSubject(tokens, index, mint)
      const row = { token, master: link.master, method: LINK_METHODS.indexOf(link.method) }
      if (link.conflict) conflicts++
      methods[i] = row.method
      decided.push(link.master)
      fresh.push(row)
      done.set(token, row)
    }
    await identity.saveMasters(tx, minted)
    await identity.saveKeys(tx, new Map([...index].filter(([k, v]) => !before.has(k) || before.get(k) !== v)))
    await identity.saveSubjects(tx, source, fresh)
    const known = await identity.loadReferences(tx, decided)
    decided.forEach((m, i) => references.write(known.get(m) ?? "", i * DIGEST_BYTES, "hex"))
    await record(tx, "link", "subjects.link", request.submission, count)
    return {
      references: references.toString("base64"),
      methods: methods.toString("base64"),
      minted: minted.length,
      conflicts,
    }
  })
}

export async function lookupSubjects(db: Db, keys: Keys, request: SubjectsRequest): Promise<SubjectsAnswer> {
  const { count } = request
  const tokens = tokensOf(keys, "subject", unpack(request.subjects, count, DIGEST_BYTES, "subjects"), count)
  return db.transaction().execute(async (tx) => {
    const source = await identity.findSource(tx, request.dataSet, request.submission)
    if (source === undefined) throw new NotFound("submission_unknown", "this submission was never linked")
    const found = await identity.loadSubjects(
      tx,
      source,
      tokens.filter((t) => t !== undefined),
    )
    const masters = Buffer.alloc(count * ID_BYTES)
    const methods = Buffer.alloc(count)
    tokens.forEach((token, i) => {
      const row = token === undefined ? undefined : found.get(token)
      if (!row) return
      masters.writeBigInt64LE(row.master, i * ID_BYTES)
      methods[i] = row.method
    })
    await record(tx, "deidentify", "subjects.lookup", request.submission, count)
    return { masters: masters.toString("base64"), methods: methods.toString("base64") }
  })
}
