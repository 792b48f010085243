// Who may and may not: the platform, sessions, appointments, holds and invitations.
import { confirmAppointment, proposeAppointment } from "../../src/actions/appointments.ts"
import { proposeLift } from "../../src/actions/hold-lifts.ts"
import { placeHold } from "../../src/actions/holds.ts"
import { noteGateway } from "../../src/actions/platform.ts"
import { inviteMember } from "../../src/actions/invitations.ts"
import { newId } from "../../src/domain/id.ts"
import { proposalOf } from "../lifting.ts"
import { insertPerson } from "../seed.ts"
import type { Cases, World } from "./world.ts"

const NOBODY_IN_PARTICULAR = "what it answers is about the asker alone"

async function someone(w: World): Promise<string> {
  const [row] = await w.sql("select organisation_id as id from person where id = $1", [w.people.first])
  return insertPerson(w.ctx, `Someone ${newId()}`, String(row?.["id"]))
}

async function proposed(w: World): Promise<string> {
  const asked = await w.as("operator")
  return (
    await proposeAppointment(w.ctx, asked, {
      person: await someone(w),
      role: "output_checker",
      scope: "installation",
      scopeId: null,
      until: null,
      reason: "Needed",
    })
  ).id
}

async function held(w: World): Promise<string> {
  return (
    await placeHold(w.ctx, await w.as("auditor"), {
      subject: "person",
      subjectId: await someone(w),
      kind: "incident",
      reason: "Looked into",
    })
  ).id
}

async function invited(w: World, email?: string): Promise<{ token: string; person: string; id: string }> {
  const person = await someone(w)
  const made = await inviteMember(w.ctx, await w.as("admin"), w.project, {
    email: email ?? `${person}@example.org`,
    name: "Someone New",
    role: "researcher",
    until: "2150-01-01",
  })
  return { token: made.link.split("#")[1] ?? "", person, id: made.id }
}

export const peopleCases = {
  healthLive: { allowed: () => ({ as: "author" }), denied: [] },
  healthReady: {
    allowed: (w) => {
      noteGateway(w.ctx)
      return { as: "author" }
    },
    denied: [],
  },
  siteGet: { allowed: () => ({ as: "author" }), denied: [] },
  platformGet: {
    allowed: () => ({ as: "operator" }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
    ],
  },
  sessionGet: {
    allowed: () => ({ as: "author", session: newId() }),
    denied: [],
    everyone: NOBODY_IN_PARTICULAR,
  },
  sessionEnd: {
    allowed: () => ({ as: "author", session: newId() }),
    denied: [],
    everyone: NOBODY_IN_PARTICULAR,
    again: { status: 401, code: "session_ended" },
  },
  sessionTicket: {
    allowed: () => ({ as: "author" }),
    denied: [],
    everyone: NOBODY_IN_PARTICULAR,
    again: "another",
  },
  termsAccept: {
    allowed: () => ({ as: "author", body: { version: 1 } }),
    denied: [],
    everyone: NOBODY_IN_PARTICULAR,
    again: "another",
  },
  homeGet: { allowed: () => ({ as: "author" }), denied: [], everyone: NOBODY_IN_PARTICULAR },
  personList: {
    allowed: () => ({ as: "operator" }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "first", status: 403, code: "not_permitted" },
    ],
  },
  appointmentList: {
    allowed: () => ({ as: "author" }),
    denied: [],
    everyone: "who holds which role is open to all inside",
  },
  appointmentPropose: {
    allowed: async (w) => ({
      as: "operator",
      body: {
        person: await someone(w),
        role: "output_checker",
        scope: "installation",
        scopeId: null,
        until: null,
        reason: "Needed",
      },
    }),
    denied: async (w, ask) => [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
      {
        as: "operator",
        status: 403,
        code: "own_appointment",
        with: { body: { ...(ask.body as object), person: w.people.operator } },
      },
      {
        as: "operator",
        status: 403,
        code: "exclusive_roles",
        with: { body: { ...(ask.body as object), person: w.people.engineer } },
      },
    ],
    again: { status: 409, code: "already_exists" },
  },
  personRemove: {
    allowed: async (w) => ({
      as: "operator",
      params: { person: await someone(w) },
      body: { reason: "Left the hospital" },
    }),
    denied: async (w) => [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "admin", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "own_removal", with: { params: { person: w.people.operator } } },
    ],
    again: { status: 409, code: "already_done" },
  },
  appointmentConfirm: {
    allowed: async (w) => ({ as: "engineer", params: { appointment: await proposed(w) } }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "second_person_needed" },
    ],
    again: { status: 409, code: "already_done" },
  },
  appointmentEnd: {
    allowed: async (w) => {
      const appointment = await proposed(w)
      await confirmAppointment(w.ctx, await w.as("engineer"), appointment)
      return { as: "operator", params: { appointment }, body: { reason: "Over" } }
    },
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "first", status: 403, code: "not_permitted" },
    ],
    again: { status: 409, code: "already_done" },
  },
  holdList: {
    allowed: () => ({ as: "author" }),
    denied: [],
    everyone: "each sees what stops themselves; who may place holds sees all",
  },
  holdPlace: {
    allowed: async (w) => ({
      as: "auditor",
      body: { subject: "person", subjectId: await someone(w), kind: "incident", reason: "Looked into" },
    }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "admin", status: 403, code: "not_permitted" },
      { as: "first", status: 403, code: "not_permitted" },
    ],
    again: { status: 409, code: "already_exists" },
  },
  holdProposeLift: {
    allowed: async (w) => ({
      as: "operator",
      params: { hold: await held(w) },
      body: { reason: "It was nothing", until: null },
    }),
    denied: [
      { as: "author", status: 404, code: "not_found" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: "another",
  },
  holdConfirmLift: {
    allowed: async (w) => {
      const hold = await held(w)
      await proposeLift(w.ctx, await w.as("operator"), hold, { reason: "It was nothing", until: null })
      return { as: "engineer", params: { hold }, body: { proposedAt: await proposalOf(w, hold) } }
    },
    denied: [
      { as: "author", status: 404, code: "not_found" },
      { as: "operator", status: 403, code: "second_person_needed" },
      { as: "auditor", status: 403, code: "placer_cannot_confirm" },
    ],
    again: { status: 409, code: "already_done" },
  },
  invitationGet: {
    allowed: async (w) => {
      const { token, person } = await invited(w)
      return { as: person, body: { token } }
    },
    denied: [
      {
        as: "stranger",
        status: 403,
        code: "invitation_invalid",
        with: { body: { token: "x".repeat(43) } },
      },
    ],
  },
  invitationAccept: {
    allowed: async (w) => {
      const { token, person } = await invited(w)
      return { as: person, body: { token } }
    },
    denied: [
      { as: "stranger", status: 403, code: "invitation_other_person" },
      {
        as: "stranger",
        status: 403,
        code: "invitation_invalid",
        with: { body: { token: "x".repeat(43) } },
      },
    ],
    again: { status: 403, code: "invitation_invalid" },
  },
  projectList: { allowed: () => ({ as: "author" }), denied: [], everyone: "each sees their own" },
  projectGet: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: [
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "stranger", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
      { as: "first", status: 404, code: "not_found" },
      { as: "keeper", status: 404, code: "not_found" },
    ],
  },
  projectActivity: {
    allowed: (w) => ({ as: "author", params: { project: w.project }, query: { limit: 5 } }),
    denied: [
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
      { as: "manager", status: 403, code: "not_permitted" },
    ],
  },
  projectUse: {
    allowed: (w) => ({ as: "admin", params: { project: w.project } }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found" },
    ],
  },
  memberList: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: [
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
    ],
  },
  memberInvite: {
    allowed: async (w) => ({
      as: "admin",
      params: { project: w.project },
      body: {
        email: `${await someone(w)}@example.org`,
        name: "Someone New",
        role: "researcher",
        until: "2150-01-01",
      },
    }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "custodian", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
    ],
    again: { status: 409, code: "invitation_open" },
  },
  invitationWithdraw: {
    allowed: async (w) => ({
      as: "admin",
      params: { project: w.project, invitation: (await invited(w)).id },
    }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found" },
    ],
    again: { status: 409, code: "already_done" },
  },
  memberEffects: {
    allowed: (w) => ({
      as: "admin",
      params: { project: w.project, person: w.people.author },
      query: { action: "remove" },
    }),
    denied: (w) =>
      Promise.resolve([
        { as: "author", status: 403, code: "not_permitted" },
        { as: "neighbour", status: 404, code: "not_found" },
        {
          as: "admin",
          status: 403,
          code: "own_membership",
          with: { params: { project: w.project, person: w.people.admin }, query: { action: "renew" } },
        },
      ]),
  },
  memberRenew: {
    allowed: async (w) => ({
      as: "admin",
      params: { project: w.project, person: await w.member() },
      body: { until: "2160-01-01" },
    }),
    denied: (w) =>
      Promise.resolve([
        { as: "author", status: 403, code: "not_permitted" },
        { as: "neighbour", status: 404, code: "not_found" },
        {
          as: "admin",
          status: 403,
          code: "own_membership",
          with: { params: { project: w.project, person: w.people.admin } },
        },
      ]),
    again: "same",
  },
  memberRemove: {
    allowed: async (w) => ({
      as: "admin",
      params: { project: w.project, person: await w.member() },
      body: { reason: "Left the university" },
    }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "neighbour", status: 404, code: "not_found" },
      { as: "operator", status: 404, code: "not_found" },
    ],
    again: { status: 404, code: "not_found" },
  },
  trainingRecord: {
    allowed: async (w) => ({
      as: "admin",
      params: { project: w.project, person: await w.member() },
      body: { kind: "safe_researcher", until: "2150-01-01", evidence: "Certificate seen" },
    }),
    denied: (w) =>
      Promise.resolve([
        { as: "author", status: 403, code: "not_permitted" },
        { as: "neighbour", status: 404, code: "not_found" },
        {
          as: "admin",
          status: 403,
          code: "own_membership",
          with: { params: { project: w.project, person: w.people.admin } },
        },
      ]),
    again: "another",
  },
} satisfies Partial<Cases>
