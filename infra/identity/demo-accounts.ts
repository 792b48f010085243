// The people of the demonstration: made up, one for every role, with a password and an enrolled one-time
// code each. Made once; the file in the state's secrets is the only place that knows them.
import { randomBytes, randomUUID } from "node:crypto"
import { makeTotpKey } from "./totp.ts"

export interface Appointment {
  role: string
  /** `installation`, `project:<demo project>` or `data-set:*` */
  scope: string
}

export interface DemoPerson {
  username: string
  name: string
  email: string
  organisation: string
  /** for people: what this account is for */
  about: string
  roles: Appointment[]
}

export interface DemoAccount extends DemoPerson {
  password: string
  /** Base32 */
  totp: string
  /** what tokens call this person: the `sub` claim */
  subject: string
  /** main role, for lists */
  role: string
}

const person = (
  username: string,
  name: string,
  organisation: string,
  about: string,
  ...roles: Appointment[]
): DemoPerson => ({ username, name, email: `${username}@demo.example`, organisation, about, roles })

const UNIVERSITY = "University of Eastmoor"
const INSTITUTE = "Harrow Vale Institute"
const OPERATOR = "Glasshouse Operations"
const REGISTER = "National Demonstration Register"
const WATCH = "Data Use Watch"

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person("priya", "Priya Raman", UNIVERSITY, "researcher, liver disease and survival", {
    role: "researcher",
    scope: "project:liver",
  }),
  person("hannah", "Hannah Okafor", INSTITUTE, "researcher, rare clotting events", {
    role: "researcher",
    scope: "project:clotting",
  }),
  person(
    "amara",
    "Amara Lindqvist",
    UNIVERSITY,
    "project admin of both projects",
    { role: "project_admin", scope: "project:liver" },
    { role: "project_admin", scope: "project:clotting" },
  ),
  person("jonas", "Jonas Weber", OPERATOR, "output checker", {
    role: "output_checker",
    scope: "installation",
  }),
  person("mei", "Mei Tanaka", OPERATOR, "output checker", { role: "output_checker", scope: "installation" }),
  person("tomasz", "Tomasz Nowak", OPERATOR, "output checker", {
    role: "output_checker",
    scope: "installation",
  }),
  person("ines", "Inês Carvalho", REGISTER, "data manager", { role: "data_manager", scope: "installation" }),
  person("ruth", "Ruth Abramson", REGISTER, "custodian of the data sets", {
    role: "custodian",
    scope: "data-set:*",
  }),
  person("kwame", "Kwame Mensah", WATCH, "auditor", { role: "auditor", scope: "installation" }),
  person("lena", "Lena Fischer", OPERATOR, "operator", { role: "operator", scope: "installation" }),
]

/** Adds what is secret; words of four letters would be guessed, so the password is 96 random bits. */
export function makeDemoAccounts(people: readonly DemoPerson[] = DEMO_PEOPLE): DemoAccount[] {
  return people.map((who) => ({
    ...who,
    role: who.roles[0]?.role ?? "",
    password: randomBytes(12).toString("base64url"),
    totp: makeTotpKey(),
    subject: randomUUID(),
  }))
}

export interface Bootstrap {
  issuer: string
  people: {
    username: string
    name: string
    email: string
    subject: string
    organisation: string
    roles: Appointment[]
  }[]
}

/** What the control plane reads at its first start: who may be bound to which person and role. No secrets. */
export function makeBootstrap(issuer: string, accounts: readonly Bootstrap["people"][number][]): Bootstrap {
  return {
    issuer,
    people: accounts.map(({ username, name, email, subject, organisation, roles }) => ({
      username,
      name,
      email,
      subject,
      organisation,
      roles,
    })),
  }
}
