// A site's first people, named in a file when an installation without demonstration people is made. They get
// an account with a first password each, which they change at their first sign-in, where they also enrol
// their second factor. Two operators without a name stand in where a site names nobody, since every
// appointment takes two people.
import { randomBytes, randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { StepFailed } from "../steps.ts"
import type { Appointment } from "./demo-accounts.ts"

export interface FirstPerson {
  username: string
  name: string
  email: string
  organisation: string
  roles: Appointment[]
}

export interface FirstAccount extends FirstPerson {
  subject: string
  /** good for one sign-in */
  password: string
}

const FORMS: Record<"username" | "name" | "email" | "organisation", RegExp> = {
  username: /^[a-z][a-z0-9._-]{1,63}$/,
  name: /^[^\p{C}]{1,120}$/u,
  email: /^[^@\s]{1,64}@[a-z0-9.-]{1,190}$/i,
  organisation: /^[^\p{C}]{1,200}$/u,
}
const ROLES = ["output_checker", "data_manager", "custodian", "auditor", "operator"]
const SCOPE = /^(installation|data-set:(\*|[a-z][a-z0-9_-]*))$/

/** Says what is wrong in a person of the file, or answers undefined. */
function faultOf(value: unknown): string | undefined {
  const person = value as Partial<FirstPerson>
  for (const [field, form] of Object.entries(FORMS)) {
    const text = person?.[field as keyof typeof FORMS]
    if (typeof text !== "string" || !form.test(text)) return `${field} is ${JSON.stringify(text)}`
  }
  if (!Array.isArray(person.roles)) return "roles is not a list"
  for (const { role, scope } of person.roles) {
    if (!ROLES.includes(role)) return `role is ${JSON.stringify(role)}, not one of ${ROLES.join(", ")}`
    if (!SCOPE.test(scope))
      return `scope is ${JSON.stringify(scope)}, not installation, data-set:CODE or data-set:*`
  }
  return undefined
}

/** Throws an error whose message names the person and the field. */
export function parsePeople(text: string): FirstPerson[] {
  const { people } = JSON.parse(text) as { people?: unknown }
  if (!Array.isArray(people) || people.length < 2)
    throw new Error("`people` is a list of two or more: appointments take two people")
  people.forEach((person, index) => {
    const fault = faultOf(person)
    if (fault !== undefined) throw new Error(`person ${index + 1}: ${fault}`)
  })
  const names = (people as FirstPerson[]).flatMap(({ username, email }) => [username, email.toLowerCase()])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${twice} is there twice`)
  if (!(people as FirstPerson[]).some(({ roles }) => roles.some(({ role }) => role === "operator")))
    throw new Error("nobody is operator")
  return people as FirstPerson[]
}

function nameless(host: string): FirstPerson[] {
  return ["one", "two"].map((number) => ({
    username: `operator-${number}`,
    name: `Operator ${number}`,
    email: `operator-${number}@${host}`,
    organisation: "Operator of this installation",
    roles: [{ role: "operator", scope: "installation" }],
  }))
}

/** `file` is what GLASSHOUSE_BOOTSTRAP names. Throws StepFailed when it cannot be used. */
export function makeFirstAccounts(file: string | undefined, host: string): FirstAccount[] {
  let people: FirstPerson[]
  try {
    people = file === undefined ? nameless(host) : parsePeople(readFileSync(file, "utf8"))
  } catch (error) {
    throw new StepFailed(
      `GLASSHOUSE_BOOTSTRAP ${file}: ${(error as Error).message}`,
      "docs/operating.md shows its shape. Nothing was made of it.",
    )
  }
  return people.map(({ username, name, email, organisation, roles }) => ({
    ...{ username, name, email, organisation, roles },
    subject: randomUUID(),
    password: randomBytes(12).toString("base64url"),
  }))
}
