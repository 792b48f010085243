// The whole product of a request's states, what can be done with it, and the people there are, asked of
// decide() and written as a page that a data protection officer can read. The page is checked in: a change
// of a policy or of the lifecycle shows as a change of this page.
import { REQUEST_STATES, type RequestState } from "#contract/vocabulary.ts"
import type { PersonActor } from "./actor.ts"
import type { Access, Facts, Resource } from "./decide.ts"
import { POWERS, type PowerName } from "./powers.ts"

interface Persona {
  readonly name: string
  readonly roles: readonly string[]
  readonly ties: readonly string[]
}

/** Everybody who can meet a request, and what ties them to it. */
export const PERSONAS: readonly Persona[] = [
  { name: "author", roles: ["researcher"], ties: ["member", "author", "conflict"] },
  { name: "researcher of the project", roles: ["researcher"], ties: ["member", "conflict"] },
  { name: "project admin", roles: ["project_admin"], ties: ["member", "conflict"] },
  { name: "output checker", roles: ["output_checker"], ties: ["installation_role"] },
  {
    name: "output checker with a part in the project or its organisations",
    roles: ["output_checker"],
    ties: ["installation_role", "conflict"],
  },
  {
    name: "output checker who is the author",
    roles: ["researcher", "output_checker"],
    ties: ["member", "author", "conflict", "installation_role"],
  },
  { name: "custodian", roles: ["custodian"], ties: ["installation_role"] },
  { name: "data manager", roles: ["data_manager"], ties: ["installation_role"] },
  { name: "auditor", roles: ["auditor"], ties: ["installation_role"] },
  { name: "operator", roles: ["operator"], ties: ["installation_role"] },
  { name: "researcher of another project", roles: [], ties: [] },
]

export const REQUEST_POWERS = (Object.keys(POWERS) as PowerName[]).filter((p) => POWERS[p].on === "Request")
export const RELEASE_POWERS = (Object.keys(POWERS) as PowerName[]).filter((p) => POWERS[p].on === "Release")

/** How far a release is, and the ties that say so. */
const RELEASE_STATES: readonly (readonly [string, readonly string[]])[] = [
  ["being published", ["unpublished"]],
  ["published", []],
  ["downloaded", ["downloaded"]],
  ["revoked", ["revoked"]],
]

/** What stops people, one at a time, against an otherwise perfect checker and author. */
const STOPS = [
  "person_removed",
  "hold_installation",
  "hold_person",
  "hold_organisation",
  "hold_project",
  "hold_data_set",
  "hold_release",
  "agreement_expired",
  "membership_expired",
  "training_expired",
  "terms_expired",
] as const

/** allow, or the code of the refusal */
export function askMatrix(
  access: Access,
  persona: Pick<Persona, "roles" | "ties">,
  power: PowerName,
  resource: Resource,
  more: Partial<Facts> = {},
): string {
  const actor: PersonActor = {
    kind: "person",
    person: "aaaaaaaaaaaa",
    name: "",
    email: "",
    organisation: "bbbbbbbbbbbb",
    session: "",
    appointments: [],
    acr: "",
    authTime: 0,
  }
  const decision = access.decide(actor, power, resource, {
    roles: persona.roles,
    ties: [...persona.ties, ...(more.ties ?? [])],
    blocked: more.blocked ?? [],
  })
  return decision.allow ? "allow" : decision.code
}

/** Ties that follow from the state: only a draft was never sent, and only an approved request is agreed on. */
export function tiesOfState(state: RequestState): string[] {
  return [
    ...(state === "draft" ? ["unsubmitted"] : []),
    ...(state === "approved" || state === "released" ? [] : ["not_approved"]),
  ]
}

export function requestsMatrix(access: Access): string {
  const lines = [
    "# Who may do what with a request for release",
    "",
    "Made from the policies beside it and from the lifecycle; do not edit. `yes` is allowed; a word is the code",
    "of the refusal; `–` is “not found”: the person may not know of it. Every cell assumes that nothing else",
    "stands in the way (all files voted on, context given); the last table says what holds and dates stop.",
  ]
  for (const persona of PERSONAS) {
    lines.push(
      "",
      `## ${capital(persona.name)}`,
      "",
      row(["state", ...REQUEST_POWERS]),
      rule(REQUEST_POWERS.length + 1),
    )
    for (const state of REQUEST_STATES) {
      const cells = REQUEST_POWERS.map((power) =>
        askMatrix(
          access,
          persona,
          power,
          { kind: "Request", id: "cccccccccccc", state },
          { ties: tiesOfState(state) },
        ),
      )
      lines.push(row([state, ...cells.map(cell)]))
    }
    lines.push("", row(["release", ...RELEASE_POWERS]), rule(RELEASE_POWERS.length + 1))
    for (const [name, ties] of RELEASE_STATES) {
      const cells = RELEASE_POWERS.map((power) =>
        askMatrix(access, persona, power, { kind: "Release", id: "cccccccccccc" }, { ties }),
      )
      lines.push(row([name, ...cells.map(cell)]))
    }
  }
  lines.push(
    "",
    "## What stops them",
    "",
    row(["stop", ...STOPPED.map(([who, power]) => `${who}: ${power}`)]),
    rule(STOPPED.length + 1),
  )
  for (const stop of STOPS) {
    const cells = STOPPED.map(([who, power, resource]) =>
      askMatrix(
        access,
        PERSONAS.find((p) => p.name === who)!,
        power,
        resource,
        { blocked: [stop] },
      ),
    )
    lines.push(row([stop, ...cells.map(cell)]))
  }
  return `${lines.join("\n")}\n`
}

const at = (state: RequestState): Resource => ({ kind: "Request", id: "cccccccccccc", state })
const STOPPED: readonly (readonly [string, PowerName, Resource])[] = [
  ["author", "request.view", at("returned")],
  ["author", "request.edit", at("returned")],
  ["author", "request.submit", at("returned")],
  ["author", "request.withdraw", at("returned")],
  ["author", "release.download", { kind: "Release", id: "cccccccccccc" }],
  ["output checker", "file.view", at("independent")],
  ["output checker", "file.vote", at("independent")],
  ["output checker", "request.return", at("independent")],
  ["output checker", "request.release", at("approved")],
  ["output checker", "release.revoke", { kind: "Release", id: "cccccccccccc" }],
]

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`
const rule = (columns: number) => `|${"---|".repeat(columns)}`
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
function cell(answer: string): string {
  return answer === "allow" ? "yes" : answer === "not_found" ? "–" : answer
}
