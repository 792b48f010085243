// A project's number, its map of people, and the end of both.
import { randomBytes } from "node:crypto"
import { Gone, Invalid, NotFound } from "../domain/errors.ts"
import { personToken, type Keys } from "../domain/keys.ts"
import { unpack } from "../domain/packed.ts"
import { drawProjectNumber, projectRange, toPersonId } from "../domain/person-id.ts"
import {
  ID_BYTES,
  type AssignAnswer,
  type DestroyAnswer,
  type OfferRequest,
  type PeopleAnswer,
  type PeopleRequest,
  type RangeAnswer,
} from "../protocol.ts"
import type { Db, Tx } from "../store/db.ts"
import { record } from "../store/journal.ts"
import * as projects from "../store/projects.ts"

type LiveProject = { number: number; salt: Buffer }

export async function getLiveProject(tx: Db | Tx, project: string): Promise<LiveProject> {
  const row = await projects.findProject(tx, project)
  if (!row) throw new NotFound("project_unknown", "this project has no map")
  if (row.salt === null) throw new Gone("map_destroyed", "this project's map was destroyed")
  return { number: row.number, salt: row.salt }
}

async function ensureProject(tx: Tx, project: string): Promise<LiveProject> {
  for (let draw = 0; draw < 64; draw++) {
    const made = await projects.insertProject(tx, project, drawProjectNumber(), randomBytes(32))
    if (made || (await projects.findProject(tx, project))) return getLiveProject(tx, project)
  }
  throw new Error("no free project number after 64 draws")
}

function mastersOf(packed: string, count: number): bigint[] {
  const bytes = unpack(packed, count, ID_BYTES, "masters")
  return Array.from({ length: count }, (_, i) => bytes.readBigInt64LE(i * ID_BYTES))
}

export async function openProject(db: Db, project: string): Promise<RangeAnswer> {
  return db.transaction().execute(async (tx) => {
    const { number } = await ensureProject(tx, project)
    await record(tx, "control", "project.open", project, 0)
    return projectRange(number)
  })
}

/** The numbers stay this project's for ever, so the range is known after the map is destroyed too. */
export async function findRange(db: Db, project: string): Promise<RangeAnswer> {
  const row = await projects.findProject(db, project)
  if (!row) throw new NotFound("project_unknown", "this project has no map")
  return projectRange(row.number)
}

export async function offerPeople(
  db: Db,
  keys: Keys,
  project: string,
  request: OfferRequest,
): Promise<number> {
  const masters = mastersOf(request.masters, request.count)
  return db.transaction().execute(async (tx) => {
    const { number, salt } = await ensureProject(tx, project)
    const key = keys.projectKey(project, salt)
    const people = masters.map((master) => ({ master, token: personToken(key, master).toString("hex") }))
    try {
      await projects.saveOffer(tx, number, request.extract, people)
    } catch (cause) {
      if ((cause as { code?: string }).code !== "23503") throw cause
      throw new Invalid("master_unknown", "the offer holds a person that custody does not know")
    }
    await record(tx, "extract", "people.offer", project, masters.length)
    return masters.length
  })
}

export async function assignPeople(db: Db, project: string, extract: string): Promise<AssignAnswer> {
  return db.transaction().execute(async (tx) => {
    const { number } = await getLiveProject(tx, project)
    const assigned = await projects.assignRanks(tx, number, extract)
    await record(tx, "extract", "people.assign", project, assigned)
    return { assigned, people: await projects.countPeople(tx, number) }
  })
}

export async function lookupPeople(db: Db, project: string, request: PeopleRequest): Promise<PeopleAnswer> {
  const masters = mastersOf(request.masters, request.count)
  return db.transaction().execute(async (tx) => {
    const { number } = await getLiveProject(tx, project)
    const ranks = await projects.loadRanks(tx, number, masters)
    const ids = Buffer.alloc(masters.length * ID_BYTES)
    masters.forEach((master, i) => {
      const rank = ranks.get(master)
      if (rank !== undefined) ids.writeBigInt64LE(BigInt(toPersonId(number, rank)), i * ID_BYTES)
    })
    await record(tx, "extract", "people.lookup", project, masters.length)
    return { personIds: ids.toString("base64") }
  })
}

/** Idempotent: a second call answers the time of the first. */
export async function destroyProjectMap(db: Db, project: string): Promise<DestroyAnswer> {
  return db.transaction().execute(async (tx) => {
    const row = await projects.findProject(tx, project)
    if (!row) throw new NotFound("project_unknown", "this project has no map")
    if (row.destroyedAt) return { people: 0, destroyedAt: row.destroyedAt.toISOString() }
    const people = await projects.countPeople(tx, row.number)
    await projects.destroyMap(tx, row.number)
    await record(tx, "control", "project.destroy", project, people)
    const after = await projects.findProject(tx, project)
    return { people, destroyedAt: (after?.destroyedAt ?? new Date()).toISOString() }
  })
}
