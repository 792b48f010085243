// A project: its rooms, people, agreement, use and activity.
import { Type } from "typebox"
import {
  CivilDate,
  Created,
  Done,
  Email,
  Id,
  Instant,
  LogIndex,
  Name,
  OrganisationRef,
  PersonRef,
  Place,
  ProjectRef,
  Sentence,
  actions,
  nullable,
  oneOf,
  operation,
  strict,
} from "./operation.ts"
import { AGREEMENT_STATES, PROJECT_ROLES, REQUEST_STATES, WORKSPACE_STATES } from "./vocabulary.ts"

const project = strict({ project: Id })

export const LogLine = strict({
  index: LogIndex,
  at: Instant,
  code: Type.String(),
  outcome: oneOf(["done", "refused", "failed", "unknown"]),
  /** the sentence of the catalogue, in this reader's words ("You read …") */
  sentence: Type.String(),
})

export const Member = strict({
  person: PersonRef,
  organisation: Type.String(),
  role: oneOf(PROJECT_ROLES),
  since: Instant,
  until: nullable(Instant),
  daysLeft: nullable(Type.Integer()),
  training: nullable(strict({ until: CivilDate, daysLeft: Type.Integer() })),
  terms: nullable(Instant),
  /** codes of what stops this person now */
  holds: Type.Array(Type.String()),
  actions: actions(["renew", "remove", "recordTraining"]),
})

export const Invitation = strict({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: oneOf(PROJECT_ROLES),
  until: CivilDate,
  state: oneOf(["sent", "accepted", "withdrawn", "expired"]),
  expiresAt: Instant,
  actions: actions(["withdraw"]),
})

export const Door = strict({
  id: oneOf(["data", "quarantine", "outside"]),
  state: oneOf(["open", "waits", "blocked"]),
  /** counts since 00:00 in the site's zone */
  today: Type.Integer(),
  todayBytes: nullable(Type.Integer()),
  last: nullable(strict({ at: Instant, what: Type.String(), index: LogIndex })),
  /** what it would take to open it, or why it is shut */
  note: Type.String(),
  code: nullable(Type.String()),
})

export const AgreementBar = strict({
  id: Id,
  version: Type.Integer(),
  state: oneOf(AGREEMENT_STATES),
  from: CivilDate,
  until: CivilDate,
  daysLeft: Type.Integer(),
  daysTotal: Type.Integer(),
  /** short plain sentences */
  words: Type.Array(Type.String()),
})

export const ProjectView = strict({
  project: ProjectRef,
  summary: Type.String(),
  organisation: OrganisationRef,
  partners: Type.Array(Type.String()),
  state: oneOf(["active", "held", "closed"]),
  holds: Type.Array(strict({ id: Id, cause: Type.String(), reason: Type.String() })),
  dataRoom: strict({
    extract: nullable(Type.String()),
    snapshot: nullable(Type.String()),
    people: nullable(Type.Integer()),
    preparing: nullable(
      strict({ step: Type.String(), done: Type.Number(), total: Type.Number(), unit: Type.String() }),
    ),
    tables: Type.Array(strict({ name: Type.String(), rows: Type.Integer() })),
  }),
  workspace: strict({
    working: Type.Integer(),
    desks: Type.Array(
      strict({
        person: PersonRef,
        you: Type.Boolean(),
        workspace: nullable(Id),
        state: oneOf(WORKSPACE_STATES),
        since: nullable(Instant),
        note: Type.String(),
      }),
    ),
  }),
  quarantine: strict({
    files: Type.Integer(),
    requests: Type.Array(
      strict({
        id: Id,
        number: Type.String(),
        title: Type.String(),
        files: Type.Integer(),
        state: oneOf(REQUEST_STATES),
        since: Instant,
        note: Type.String(),
        yours: Type.Boolean(),
      }),
    ),
  }),
  outside: strict({
    files: Type.Integer(),
    releases: Type.Array(
      strict({ id: Id, title: Type.String(), at: Instant, files: Type.Integer(), revoked: Type.Boolean() }),
    ),
  }),
  doors: Type.Array(Door),
  agreement: nullable(AgreementBar),
  people: Type.Array(Member),
  actions: actions([
    "workspaceOpen",
    "requestCreate",
    "memberInvite",
    "agreementPropose",
    "holdPlace",
    "activityView",
    "useView",
  ]),
})

export const projectOperations = [
  operation({
    id: "projectList",
    method: "GET",
    path: "/api/projects",
    summary: "Projects that I may see",
    serves: "metadata",
    event: { none: "names and states of what this person may see anyway" },
    response: strict({
      projects: Type.Array(
        strict({
          project: ProjectRef,
          organisation: Type.String(),
          roles: Type.Array(Type.String()),
          state: oneOf(["active", "held", "closed"]),
          agreementUntil: nullable(CivilDate),
        }),
      ),
    }),
  }),
  operation({
    id: "projectGet",
    method: "GET",
    path: "/api/projects/:project",
    summary: "The floor plan of a project",
    serves: "metadata",
    event: { none: "states and counts of this person's own project" },
    params: project,
    response: ProjectView,
  }),
  operation({
    id: "projectActivity",
    method: "GET",
    path: "/api/projects/:project/activity",
    summary: "What happened in this project, from the log",
    serves: "record",
    event: "log.read",
    params: project,
    query: strict({
      before: Type.Optional(Place),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    }),
    response: strict({ lines: Type.Array(LogLine), next: nullable(Type.Integer()) }),
  }),
  operation({
    id: "projectUse",
    method: "GET",
    path: "/api/projects/:project/use",
    summary: "Hours, reads, bytes shown and requests, per person and month",
    serves: "metadata",
    event: { none: "counts for those who lead the project" },
    params: project,
    response: strict({
      months: Type.Array(
        strict({
          month: Type.String(),
          hours: Type.Number(),
          readBytes: Type.Integer(),
          shownBytes: Type.Integer(),
          requests: Type.Integer(),
          turnaroundHours: nullable(Type.Number()),
        }),
      ),
      people: Type.Array(
        strict({
          person: PersonRef,
          month: Type.String(),
          hours: Type.Number(),
          readBytes: Type.Integer(),
          shownBytes: Type.Integer(),
        }),
      ),
      /** bytes on disk; null while the node does not answer */
      storage: nullable(strict({ homeBytes: Type.Integer(), sharedBytes: Type.Integer() })),
    }),
  }),
  operation({
    id: "memberList",
    method: "GET",
    path: "/api/projects/:project/members",
    summary: "Members and invitations",
    serves: "metadata",
    event: { none: "people of this person's own project" },
    params: project,
    response: strict({
      members: Type.Array(Member),
      invitations: Type.Array(Invitation),
      actions: actions(["invite"]),
    }),
  }),
  operation({
    id: "memberInvite",
    method: "POST",
    path: "/api/projects/:project/invitations",
    summary: "Invite a person by mail",
    serves: "metadata",
    event: "member.invited",
    params: project,
    body: strict({ email: Email, name: Name, role: oneOf(PROJECT_ROLES), until: CivilDate }),
    /** `link` is shown once to the inviter as well */
    response: strict({ id: Id, link: Type.String(), index: LogIndex }),
  }),
  operation({
    id: "invitationWithdraw",
    method: "POST",
    path: "/api/projects/:project/invitations/:invitation/withdraw",
    summary: "Withdraw an invitation",
    serves: "metadata",
    event: "invitation.withdrawn",
    params: strict({ project: Id, invitation: Id }),
    response: Done,
  }),
  operation({
    id: "memberEffects",
    method: "GET",
    path: "/api/projects/:project/members/:person/effects",
    summary: "What renewing or removing a member would do",
    serves: "metadata",
    event: { none: "a preview; nothing changes" },
    params: strict({ project: Id, person: Id }),
    query: strict({ action: oneOf(["renew", "remove"]) }),
    response: strict({ sentences: Type.Array(Type.String()) }),
  }),
  operation({
    id: "memberRenew",
    method: "POST",
    path: "/api/projects/:project/members/:person/renew",
    summary: "Renew a membership",
    serves: "metadata",
    event: "member.renewed",
    params: strict({ project: Id, person: Id }),
    body: strict({ until: CivilDate }),
    response: Done,
  }),
  operation({
    id: "memberRemove",
    method: "POST",
    path: "/api/projects/:project/members/:person/remove",
    summary: "Remove a member; open sessions end within 5 seconds",
    serves: "metadata",
    event: "member.removed",
    params: strict({ project: Id, person: Id }),
    body: strict({ reason: Sentence }),
    response: Done,
  }),
  operation({
    id: "trainingRecord",
    method: "POST",
    path: "/api/projects/:project/members/:person/training",
    summary: "Record that a member passed a training",
    serves: "metadata",
    event: "training.recorded",
    params: strict({ project: Id, person: Id }),
    body: strict({ kind: Name, until: CivilDate, evidence: Sentence }),
    response: Done,
  }),
]
export { Created }
