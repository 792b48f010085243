// A workspace: state × action × role. What each is told stands here as a person would write it down.
import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import { ROLES, WORKSPACE_STATES, type WorkspaceState } from "#contract/vocabulary.ts"
import { readTable } from "./table.ts"
import { loadAccess } from "./decide.ts"
import { WORKSPACE } from "./lifecycle.ts"
import { POWERS, type PowerName } from "./powers.ts"
import { askMatrix } from "./requests-matrix.ts"
import { isRefusalCode, refusalSentence } from "./sentences.ts"

const access = loadAccess(join(import.meta.dirname, "../../../../policies/access"))
const powers = [
  "workspace.view",
  "workspace.open",
  "workspace.enter",
  "workspace.stop",
  "workspace.delete",
] as const satisfies readonly PowerName[]

/** The researcher whose workspace it is. */
const OWNER = readTable(`
            view  open         enter        stop         delete
  stopped   yes   yes          wrong_state  wrong_state  yes
  opening   yes   yes          wrong_state  yes          workspace_running
  running   yes   yes          yes          yes          workspace_running
  stopping  yes   yes          wrong_state  wrong_state  wrong_state
  failed    yes   yes          wrong_state  yes          yes
  deleting  yes   wrong_state  wrong_state  wrong_state  wrong_state
  deleted   yes   wrong_state  wrong_state  wrong_state  wrong_state
`)

/** Somebody whose workspace it is, and who is in the project as something else by now. */
const FORMER = readTable(`
            view  open           enter          stop         delete
  stopped   yes   not_permitted  not_permitted  wrong_state  yes
  opening   yes   not_permitted  not_permitted  yes          workspace_running
  running   yes   not_permitted  not_permitted  yes          workspace_running
  stopping  yes   not_permitted  not_permitted  wrong_state  wrong_state
  failed    yes   not_permitted  not_permitted  yes          yes
  deleting  yes   not_permitted  not_permitted  wrong_state  wrong_state
  deleted   yes   not_permitted  not_permitted  wrong_state  wrong_state
`)

/** What stops the owner of a workspace, by what is stopped: closing and looking go on, but for who is removed. */
const STOPPED = readTable(`
                       view            open                enter               stop            delete
  person_removed       person_removed  person_removed      person_removed      person_removed  person_removed
  hold_installation    yes             hold_installation   hold_installation   yes             yes
  hold_person          yes             hold_person         hold_person         yes             hold_person
  hold_organisation    yes             hold_organisation   hold_organisation   yes             yes
  hold_project         yes             hold_project        hold_project        yes             yes
  hold_data_set        yes             hold_data_set       hold_data_set       yes             yes
  agreement_expired    yes             agreement_expired   agreement_expired   yes             yes
  agreement_missing    yes             agreement_missing   agreement_missing   yes             yes
  agreement_unsigned   yes             agreement_unsigned  agreement_unsigned  yes             yes
  membership_expired   yes             membership_expired  membership_expired  yes             yes
  training_expired     yes             training_expired    training_expired    yes             yes
  terms_expired        yes             terms_expired       terms_expired       yes             terms_expired
`)

/** In which state each power is asked for under a stop: one that allows it otherwise. */
const OPEN_TO: Readonly<Record<(typeof powers)[number], WorkspaceState>> = {
  "workspace.view": "running",
  "workspace.open": "stopped",
  "workspace.enter": "running",
  "workspace.stop": "running",
  "workspace.delete": "stopped",
}

interface Who {
  readonly roles: readonly string[]
  readonly ties: readonly string[]
  readonly blocked?: readonly string[]
}

/** yes, or the code; a refusal has a sentence that a person can read. */
function told(who: Who, power: PowerName, state: WorkspaceState): string {
  const answer = askMatrix(
    access,
    who,
    power,
    { kind: "Workspace", id: "cccccccccccc", state },
    {
      ties: state === "opening" || state === "running" ? ["has_run"] : [],
      blocked: who.blocked ?? [],
    },
  )
  if (answer === "allow") return "yes"
  assert.ok(isRefusalCode(answer) && refusalSentence(answer).length > 10, `${answer} has a sentence`)
  return answer
}

const columnOf = (power: PowerName) => power.replace("workspace.", "")

test("the tables speak of every state and every power there is", () => {
  const known = Object.keys(POWERS).filter((name) => name.startsWith("workspace."))
  assert.deepEqual(known.toSorted(), [...powers].toSorted())
  for (const table of [OWNER, FORMER]) assert.deepEqual(Object.keys(table), [...WORKSPACE_STATES])
})

for (const [name, table, who] of [
  ["its owner", OWNER, { roles: ["researcher"], ties: ["member", "owner"] }],
  ["its owner, who is a project admin now", FORMER, { roles: ["project_admin"], ties: ["member", "owner"] }],
] as const)
  test(`state × action: ${name}`, () => {
    for (const state of WORKSPACE_STATES)
      for (const power of powers)
        assert.equal(told(who, power, state), table[state]?.[columnOf(power)], `${power} while ${state}`)
  })

test("state × action × role: to everybody else it is not there", () => {
  const others: Who[] = ROLES.flatMap((role) => [
    { roles: [role], ties: [] },
    { roles: [role], ties: ["member"] },
    { roles: [role], ties: ["installation_role"] },
    { roles: [role], ties: [], blocked: ["hold_installation"] },
  ])
  for (const who of [...others, { roles: [], ties: [] }])
    for (const state of WORKSPACE_STATES)
      for (const power of powers)
        assert.equal(told(who, power, state), "not_found", `${JSON.stringify(who)}: ${power} while ${state}`)
})

test("what stops people × action", () => {
  for (const [stop, row] of Object.entries(STOPPED))
    for (const power of powers)
      assert.equal(
        told({ roles: ["researcher"], ties: ["member", "owner"], blocked: [stop] }, power, OPEN_TO[power]),
        row[columnOf(power)],
        `${power} under ${stop}`,
      )
})

test("what the owner may do is a move of the lifecycle, and every move of it is somebody's", () => {
  for (const state of WORKSPACE_STATES)
    for (const power of powers.filter((one) => one !== "workspace.view"))
      assert.equal(
        OWNER[state]?.[columnOf(power)] === "yes",
        power in WORKSPACE[state].on,
        `${power} while ${state}`,
      )
  const left = WORKSPACE_STATES.filter(
    (state) => Object.keys(WORKSPACE[state].on).length + WORKSPACE[state].system.length === 0,
  )
  assert.deepEqual(left, ["deleted"], "no other state is the end")
})
