import assert from "node:assert/strict"
import { test } from "node:test"
import { join } from "node:path"
import type { PersonActor } from "./actor.ts"
import { loadAccess, type Facts } from "./decide.ts"
import { isRefusalCode } from "./sentences.ts"

const access = loadAccess(join(import.meta.dirname, "../../../../policies/access"))
const actor: PersonActor = {
  kind: "person",
  person: "aaaaaaaaaaaa",
  name: "A",
  email: "a@example.org",
  organisation: "bbbbbbbbbbbb",
  session: "cccccccccccc",
  appointments: [],
  acr: "gh-session",
  authTime: 0,
}
const facts = (f: Partial<Facts>): Facts => ({ roles: [], ties: [], blocked: [], ...f })
const project = { kind: "Project", id: "dddddddddddd" } as const
const code = (d: ReturnType<typeof access.decide>) => (d.allow ? "allow" : d.code)

test("a researcher opens a workspace in their project, and nobody else does", () => {
  assert.equal(
    code(access.decide(actor, "workspace.open", project, facts({ roles: ["researcher"] }))),
    "allow",
  )
  assert.equal(
    code(access.decide(actor, "workspace.open", project, facts({ roles: ["project_admin"] }))),
    "not_permitted",
  )
  assert.equal(
    code(access.decide(actor, "workspace.open", project, facts({ roles: ["auditor"] }))),
    "not_permitted",
  )
})

test("what one may not know of is not found, also for powers that one lacks", () => {
  assert.equal(code(access.decide(actor, "project.view", project, facts({}))), "not_found")
  assert.equal(
    code(access.decide(actor, "member.invite", project, facts({ roles: ["operator"] }))),
    "not_found",
  )
})

test("stops come before roles, in the order of the file", () => {
  const blocked = ["training_expired", "hold_project"]
  assert.equal(
    code(access.decide(actor, "workspace.open", project, facts({ roles: ["researcher"], blocked }))),
    "hold_project",
  )
  assert.equal(
    code(access.decide(actor, "project.view", project, facts({ roles: ["researcher"], blocked }))),
    "allow",
  )
  assert.equal(
    code(
      access.decide(
        actor,
        "member.remove",
        project,
        facts({ roles: ["project_admin"], blocked: ["hold_installation"] }),
      ),
    ),
    "allow",
  )
})

test("a checker with a part in the project cannot vote, and reads why", () => {
  const request = { kind: "Request", id: "eeeeeeeeeeee", state: "independent" } as const
  assert.equal(
    code(access.decide(actor, "file.vote", request, facts({ roles: ["output_checker"] }))),
    "allow",
  )
  assert.equal(
    code(
      access.decide(actor, "file.vote", request, facts({ roles: ["output_checker"], ties: ["conflict"] })),
    ),
    "conflict_of_interest",
  )
  assert.equal(
    code(
      access.decide(
        actor,
        "file.vote",
        { ...request, state: "released" },
        facts({ roles: ["output_checker"] }),
      ),
    ),
    "wrong_state",
  )
  assert.equal(
    code(
      access.decide(
        actor,
        "request.view",
        { ...request, state: "draft" },
        facts({ roles: ["output_checker"], ties: ["unsubmitted"] }),
      ),
    ),
    "not_found",
  )
})

test("every code that a policy can answer with has a sentence", () => {
  for (const [name, text] of Object.entries(access.files)) {
    for (const match of text.matchAll(/@code\("([^"]+)"\)/g))
      assert.ok(isRefusalCode(match[1]!), `${name}: ${match[1]}`)
  }
})
