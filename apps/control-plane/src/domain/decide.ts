// The one entry that decides. Cedar (policies/access/*.cedar) answers who; the lifecycle table answers
// when; facts are computed before and passed in. The same decision serves the check, the disabled
// button and the audit entry.
import { createHash } from "node:crypto"
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import * as cedar from "@cedar-policy/cedar-wasm/nodejs"
import type { Permission } from "#contract/operation.ts"
import { type Actor, actorId } from "./actor.ts"
import { Denied, NotFound } from "./errors.ts"
import { stateAllows } from "./lifecycle.ts"
import { POWERS, REVEALS, type PowerName, type ResourceKind } from "./powers.ts"
import { refusalSentence, type Params } from "./sentences.ts"

export interface Resource {
  readonly kind: ResourceKind
  readonly id: string
  readonly state?: string | undefined
}

/**
 * roles: of this actor on this resource, from appointments in force. ties: what links the actor to it
 * (member, author, owner, conflict, proposer, subject, placer, voted …). blocked: codes of what stops
 * things now (hold_*, *_expired, …). params: words for the sentences.
 */
export interface Facts {
  readonly roles: readonly string[]
  readonly ties: readonly string[]
  readonly blocked: readonly string[]
  readonly params?: Params | undefined
}

export type Decision =
  | { readonly allow: true }
  | { readonly allow: false; readonly code: string; readonly params: Params }

export interface Access {
  readonly sha256: string
  readonly files: Readonly<Record<string, string>>
  decide(actor: Actor, power: PowerName, resource: Resource, facts: Facts): Decision
}

let loaded = 0

/** Parses the policies once. Throws when one does not parse or a forbid has no @code. */
export function loadAccess(directory: string): Access {
  const names = readdirSync(directory)
    .filter((n) => n.endsWith(".cedar"))
    .sort()
  const files = Object.fromEntries(names.map((n) => [n, readFileSync(join(directory, n), "utf8")]))
  return buildAccess(files)
}

export function buildAccess(files: Readonly<Record<string, string>>): Access {
  const hash = createHash("sha256")
  const policies: Record<string, string> = {}
  // Order of files and of policies in them: the first forbid that fired names the refusal.
  const forbids: { id: string; code: string }[] = []
  for (const [name, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${text}\0`)
    const parts = cedar.policySetTextToParts(text)
    if (parts.type === "failure") throw new Error(`${name}: ${parts.errors.map((e) => e.message).join("; ")}`)
    // The parser returns policies in no particular order; where they stand in the file is what counts.
    const place = (policy: string) => {
      const at = text.indexOf(policy.trim())
      if (at < 0) throw new Error(`${name}: a policy does not stand in the file as it was parsed`)
      return at
    }
    parts.policies.sort((a, b) => place(a) - place(b))
    parts.policies.forEach((policy, i) => {
      const id = `${name}#${i}`
      policies[id] = policy
      const json = cedar.policyToJson(policy)
      if (json.type === "failure") throw new Error(`${id}: ${json.errors.map((e) => e.message).join("; ")}`)
      if (json.json.effect === "forbid") {
        const code = json.json.annotations?.["code"]
        if (typeof code !== "string" || code === "") throw new Error(`${id}: a forbid needs @code("…")`)
        forbids.push({ id, code })
      }
    })
  }
  const set = `access-${++loaded}`
  const parsed = cedar.preparsePolicySet(set, { staticPolicies: policies })
  if (parsed.type === "failure") throw new Error(parsed.errors.map((e) => e.message).join("; "))

  function ask(actor: Actor, power: PowerName, resource: Resource, facts: Facts): Decision {
    const principal = {
      type: actor.kind === "person" ? "Person" : actor.kind === "service" ? "Service" : "System",
      id: actorId(actor),
    }
    const action = { type: "Action", id: power }
    const group = { type: "Action", id: POWERS[power].group }
    const uid = { type: resource.kind, id: resource.id }
    const answer = cedar.statefulIsAuthorized({
      principal,
      action,
      resource: uid,
      context: { roles: [...facts.roles], ties: [...facts.ties], blocked: [...facts.blocked] },
      preparsedPolicySetId: set,
      entities: [
        { uid: action, attrs: {}, parents: [group] },
        { uid: principal, attrs: {}, parents: [] },
        { uid, attrs: {}, parents: [] },
      ],
    })
    if (answer.type === "failure") throw new Error(answer.errors.map((e) => e.message).join("; "))
    const { decision, diagnostics } = answer.response
    // A policy that could not be evaluated might have been a forbid.
    if (diagnostics.errors.length > 0)
      throw new Error(diagnostics.errors.map((e) => `${e.policyId}: ${e.error.message}`).join("; "))
    if (decision === "allow") return { allow: true }
    const fired = forbids.find((f) => diagnostics.reason.includes(f.id))
    return { allow: false, code: fired?.code ?? "not_permitted", params: facts.params ?? {} }
  }

  function decide(actor: Actor, power: PowerName, resource: Resource, facts: Facts): Decision {
    const who = ask(actor, power, resource, facts)
    // Who may not know of it is told nothing else: a hold or a missing vote would say that it is there.
    const reveals = REVEALS[resource.kind]
    if (!who.allow && reveals !== null) {
      const seen = reveals === power ? who : ask(actor, reveals, resource, facts)
      if (!seen.allow && seen.code === "not_permitted") return { allow: false, code: "not_found", params: {} }
    }
    if (!who.allow) return who
    if (resource.state !== undefined && stateAllows(resource.kind, resource.state, power) === "no") {
      return { allow: false, code: "wrong_state", params: { ...facts.params, state: resource.state } }
    }
    return who
  }

  return { sha256: hash.digest("hex"), files, decide }
}

export function assertAllowed(decision: Decision): void {
  if (decision.allow) return
  if (decision.code === "not_found") throw new NotFound()
  throw new Denied(decision.code, decision.params)
}

/** What a view says of a button. */
export function permission(decision: Decision): Permission {
  if (decision.allow) return { allowed: true }
  return { allowed: false, code: decision.code, reason: refusalSentence(decision.code, decision.params) }
}
