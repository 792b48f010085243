// Lifecycles as tables: state → who holds it, and what may happen next. Rules, disabled buttons, the
// docs' diagrams and the state × action × role tests are all read from here.
import type { RequestState, WorkspaceState, AgreementState } from "#contract/vocabulary.ts"
import type { PowerName, ResourceKind } from "./powers.ts"

export type Holder = "author" | "checkers" | "system" | "nobody" | "custodians" | "member"

export interface StateRow<S extends string> {
  readonly holder: Holder
  /** power → state after it; the same state where only contents change */
  readonly on: Readonly<Partial<Record<PowerName, S>>>
  /** moves that only named system work makes */
  readonly system: readonly S[]
}
export type Lifecycle<S extends string> = Readonly<Record<S, StateRow<S>>>

const LOOK = <S extends RequestState>(s: S) => ({ "request.comment": s, "file.view": s }) as const

/** draft → checking → independent → consolidating → approved → released; returned begins a new turn. */
export const REQUEST: Lifecycle<RequestState> = {
  draft: {
    holder: "author",
    on: {
      "request.edit": "draft",
      "request.submit": "checking",
      "request.withdraw": "withdrawn",
      ...LOOK("draft"),
    },
    system: [],
  },
  checking: {
    holder: "system",
    on: { "request.withdraw": "withdrawn", "file.view": "checking" },
    system: ["independent"],
  },
  independent: {
    holder: "checkers",
    on: {
      "file.vote": "independent",
      "review.submit": "independent",
      "request.return": "returned",
      "request.reject": "rejected",
      "request.withdraw": "withdrawn",
      ...LOOK("independent"),
    },
    // two submitted reviews: agreed on approval, or to be talked over
    system: ["consolidating", "approved"],
  },
  consolidating: {
    holder: "checkers",
    on: {
      "file.vote": "consolidating",
      "review.submit": "consolidating",
      "request.return": "returned",
      "request.reject": "rejected",
      "request.withdraw": "withdrawn",
      ...LOOK("consolidating"),
    },
    system: ["approved"],
  },
  returned: {
    holder: "author",
    on: {
      "request.edit": "returned",
      "request.submit": "checking",
      "request.withdraw": "withdrawn",
      ...LOOK("returned"),
    },
    system: [],
  },
  approved: {
    holder: "checkers",
    on: {
      "request.release": "released",
      "request.return": "returned",
      "request.withdraw": "withdrawn",
      ...LOOK("approved"),
    },
    // a vote that counts no more
    system: ["consolidating"],
  },
  released: {
    holder: "nobody",
    on: { "request.comment": "released", "file.view": "released" },
    system: ["revoked"],
  },
  rejected: { holder: "nobody", on: { "file.view": "rejected" }, system: [] },
  withdrawn: { holder: "nobody", on: {}, system: [] },
  revoked: { holder: "nobody", on: { "file.view": "revoked" }, system: [] },
}

export const WORKSPACE: Lifecycle<WorkspaceState> = {
  stopped: {
    holder: "member",
    on: { "workspace.open": "opening", "workspace.delete": "deleting" },
    system: [],
  },
  opening: {
    holder: "system",
    on: { "workspace.open": "opening", "workspace.stop": "stopping" },
    system: ["running", "failed", "stopping"],
  },
  running: {
    holder: "member",
    on: { "workspace.open": "running", "workspace.enter": "running", "workspace.stop": "stopping" },
    system: ["stopping", "failed", "opening"],
  },
  // Who comes back while the last run is closing is in the queue for the next one.
  stopping: { holder: "system", on: { "workspace.open": "opening" }, system: ["stopped"] },
  failed: {
    holder: "member",
    on: { "workspace.open": "opening", "workspace.stop": "stopping", "workspace.delete": "deleting" },
    system: ["stopping"],
  },
  deleting: { holder: "system", on: {}, system: ["deleted"] },
  deleted: { holder: "nobody", on: {}, system: [] },
}

export const AGREEMENT: Lifecycle<AgreementState> = {
  draft: { holder: "member", on: {}, system: ["proposed"] },
  proposed: {
    holder: "custodians",
    on: { "agreement.decide": "proposed" },
    system: ["in_force", "refused", "superseded"],
  },
  in_force: { holder: "nobody", on: {}, system: ["superseded", "ended"] },
  superseded: { holder: "nobody", on: {}, system: [] },
  refused: { holder: "nobody", on: {}, system: [] },
  ended: { holder: "nobody", on: {}, system: [] },
}

const LIFECYCLES: Partial<Record<ResourceKind, Lifecycle<string>>> = {
  Request: REQUEST as Lifecycle<string>,
  Workspace: WORKSPACE as Lifecycle<string>,
  Agreement: AGREEMENT as Lifecycle<string>,
}

/** Is this power one that the lifecycle of the kind speaks of, and may it be used in this state? */
export function stateAllows(
  kind: ResourceKind,
  state: string,
  power: PowerName,
): "yes" | "no" | "not_governed" {
  const table = LIFECYCLES[kind]
  if (!table) return "not_governed"
  const governed = Object.values(table).some((row) => power in row.on)
  if (!governed) return "not_governed"
  const row = table[state]
  return row && power in row.on ? "yes" : "no"
}

/** The state after a power was used; throws when the table has no such move. */
export function nextState<S extends string>(table: Lifecycle<S>, state: S, power: PowerName): S {
  const next = table[state].on[power]
  if (next === undefined) throw new Error(`no move ${power} from ${state}`)
  return next
}

export function systemMoves<S extends string>(table: Lifecycle<S>, from: S, to: S): boolean {
  return table[from].system.includes(to)
}
