import {
  confirmAppointment,
  endAppointment,
  listAppointmentsForAll,
  proposeAppointment,
} from "../actions/appointments.ts"
import { getHome } from "../actions/home.ts"
import { confirmLift, listHolds, proposeLift } from "../actions/hold-lifts.ts"
import { placeHold } from "../actions/holds.ts"
import { acceptInvitation, readInvitation } from "../actions/invitations.ts"
import { acceptTerms, getMe, listPeople, removePerson } from "../actions/people.ts"
import { endOwnSession, makeEventsTicket } from "../actions/session.ts"
import type { Handlers } from "./handler.ts"

export const peopleHandlers = {
  sessionGet: async ({ ctx, asked }) => getMe(ctx, asked),
  sessionEnd: async ({ ctx, asked }) => endOwnSession(ctx, asked),
  sessionTicket: async ({ ctx, asked }) => makeEventsTicket(ctx, asked),
  termsAccept: async ({ ctx, asked, body }) => acceptTerms(ctx, asked, body.version),
  homeGet: async ({ ctx, asked }) => getHome(ctx, asked),
  personList: async ({ ctx, asked }) => listPeople(ctx, asked),
  personRemove: async ({ ctx, asked, params, body }) => removePerson(ctx, asked, params.person, body.reason),
  appointmentList: async ({ ctx, asked }) => listAppointmentsForAll(ctx, asked),
  appointmentPropose: async ({ ctx, asked, body }) => proposeAppointment(ctx, asked, body),
  appointmentConfirm: async ({ ctx, asked, params }) => confirmAppointment(ctx, asked, params.appointment),
  appointmentEnd: async ({ ctx, asked, params, body }) =>
    endAppointment(ctx, asked, params.appointment, body.reason),
  holdList: async ({ ctx, asked }) => listHolds(ctx, asked),
  holdPlace: async ({ ctx, asked, body }) => placeHold(ctx, asked, body),
  holdProposeLift: async ({ ctx, asked, params, body }) => proposeLift(ctx, asked, params.hold, body),
  holdConfirmLift: async ({ ctx, asked, params, body }) =>
    confirmLift(ctx, asked, params.hold, body.proposedAt),
  invitationGet: async ({ ctx, asked, body }) => readInvitation(ctx, asked, body.token),
  invitationAccept: async ({ ctx, asked, body }) => acceptInvitation(ctx, asked, body.token),
} satisfies Partial<Handlers>
