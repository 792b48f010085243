// The people of the battery, signed in, and what they share while they work: the ledger, the source of
// chance, and whether it is time to go home.
import type { Installation } from "../../../infra/installation.ts"
import { Person } from "../../support/person.ts"
import { Ledger } from "./ledger.ts"

export const PEOPLE = ["priya", "hannah", "amara", "jonas", "mei", "ines", "kwame", "lena", "tomasz"] as const
export type Name = (typeof PEOPLE)[number]

export interface Project {
  readonly id: string
  readonly title: string
}

export interface Crew {
  readonly installation: Installation
  readonly people: Readonly<Record<Name, Person>>
  readonly liver: Project
  readonly clotting: Project
  readonly ledger: Ledger
  readonly random: () => number
  readonly tag: string
  over: boolean
}

export async function gather(installation: Installation, seed: number, random: () => number): Promise<Crew> {
  const people = Object.fromEntries(PEOPLE.map((name) => [name, new Person(installation, name)])) as Record<
    Name,
    Person
  >
  await Promise.all(PEOPLE.map((name) => people[name].signIn()))
  const listed = await people.amara.call("projectList")
  if (listed.kind !== "done") throw new Error(`no projects: ${listed.code}`)
  const projects = (listed.value["projects"] as { project: { id: string; title: string } }[]).map(
    ({ project }) => project,
  )
  const find = (start: string): Project => {
    const found = projects.find(({ title }) => title.startsWith(start))
    if (found === undefined) throw new Error(`no project ${start}`)
    return found
  }
  return {
    installation,
    people,
    liver: find("Liver"),
    clotting: find("Vaccination"),
    ledger: new Ledger(),
    random,
    tag: `f${seed}x${Date.now().toString(36)}`,
    over: false,
  }
}

/** Between two doings; a person is no machine gun. */
export function pause(crew: Crew, least: number, most: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, least + crew.random() * (most - least)))
}

export function choose<T>(crew: Crew, from: readonly T[]): T | undefined {
  return from[Math.floor(crew.random() * from.length)]
}

/** Tries again while there is no trustworthy answer: for steps that are no subject themselves. */
export async function patiently<T>(work: () => Promise<T>, milliseconds = 180_000): Promise<T> {
  const end = performance.now() + milliseconds
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_500))
    }
  }
}
