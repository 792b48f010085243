// The one catalogue of sentences, by locale. The log keeps codes and parameters; what a person reads is
// made here, for the API, the console and the auditor alike.
import type { AuditEvent, EventCode } from "#contract/events.ts"

export type Params = Readonly<Record<string, string | number | boolean | null | undefined>>
type Sentence = (p: Params) => string

export const CATALOGUE_VERSION = 1

const list = (p: Params, key: string, otherwise: string) =>
  p[key] === undefined || p[key] === null ? otherwise : String(p[key])

/** code → what happened and what would change it */
const REFUSALS: Readonly<Record<string, Sentence>> = {
  not_permitted: () =>
    "Your roles do not include this. The person who leads the project or runs the installation can tell you who may.",
  not_found: () =>
    "There is nothing here that you may see. Check the address, or ask the person who gave it to you.",
  wrong_state: (p) => `This cannot be done while it is ${stateWord(String(p["state"] ?? "in this state"))}.`,
  person_removed: () => "Your account was removed from this installation.",
  hold_installation: (p) =>
    `Everything is stopped: ${list(p, "hold", "an incident is being looked into")}. Nothing was lost; work goes on when two people lift the hold.`,
  hold_person: (p) =>
    `You are on hold: ${list(p, "hold", "the reason is with the auditor")}. Ask the auditor or the operator.`,
  hold_organisation: (p) =>
    `Your organisation is on hold: ${list(p, "hold", "the reason is with the auditor")}.`,
  hold_project: (p) =>
    `This project is on hold: ${list(p, "hold", "the reason is with the auditor")}. Files and requests are kept.`,
  hold_data_set: (p) =>
    `A data set of this project is on hold: ${list(p, "hold", "the reason is with its custodian")}.`,
  hold_release: (p) => `This release is on hold: ${list(p, "hold", "the reason is with the auditor")}.`,
  agreement_expired: (p) =>
    `The agreement ended on ${list(p, "agreementUntil", "its last day")}. A project admin can propose a new version; work and files are kept.`,
  agreement_missing: () =>
    "No agreement is in force for this project. Its custodians have not approved one yet.",
  agreement_unsigned: (p) =>
    `You have not signed version ${list(p, "agreementVersion", "")} of the agreement. Read it and sign on the agreement page.`,
  membership_expired: (p) =>
    `Your membership ended on ${list(p, "membershipUntil", "its last day")}. A project admin can renew it.`,
  training_expired: (p) =>
    `Your training ended on ${list(p, "trainingUntil", "its last day")}. Take it again and ask a project admin to record it.`,
  terms_expired: () =>
    "You have not accepted the current terms of use. Read and accept them on your home page.",
  own_request: () => "You made this request or added files to it, so other checkers must review it.",
  conflict_of_interest: () =>
    "You have a part in this project or belong to one of its organisations, so other checkers must review it.",
  own_application: () => "You are part of this project, so another custodian must decide.",
  own_appointment: () => "Nobody appoints themselves. Two other people are needed.",
  own_membership: () => "This is about yourself, so another project admin must do it.",
  own_removal: () => "Nobody removes themselves. Another operator does it.",
  own_hold: () => "The hold is on you, so two other people must lift it.",
  second_person_needed: () => "You proposed this, so another person must confirm it.",
  placer_cannot_confirm: () => "You placed this hold, so another person must confirm that it is lifted.",
  no_lift_proposed: () => "Nobody has proposed to lift this hold yet.",
  files_not_voted: () => "Vote on every file first.",
  review_already_submitted: () => "You have submitted your review of this turn.",
  vote_already_submitted: () =>
    "You have submitted your review. Votes can change again when both reviews are in.",
  supporting_not_voted: () => "Supporting files and code are read, not released, so nobody votes on them.",
  third_not_needed: () =>
    "Two checkers have reviewed this and do not disagree on any file, so no third is needed.",
  comment_needed: () => "Say why in a comment on the file, its group or the request first.",
  download_underway: () => "This file is being downloaded. If that breaks off, it can be tried again.",
  group_not_empty: () => "The group has files. Move them to another group or take them out first.",
  hash_mismatch: () =>
    "The bytes that arrived are not the ones that were announced. Nothing was stored; push the file again.",
  bad_file_name: () => "The file has no name that can be kept. Give it a plain name and push it again.",
  too_many_bytes: (p) =>
    `You have pushed ${list(p, "limit", "as much as is allowed")} within a day. Try again tomorrow, or push less.`,
  two_approvals_needed: () =>
    "Opens when two checkers who are not on the project have approved the same files.",
  nothing_to_release: () => "The request has no file to release. Add at least one output.",
  context_missing: () =>
    "Say for every group what it is, and for every output how small numbers were handled.",
  file_refused: () => "A file is of a kind that never leaves.",
  file_refused_by_type: () => "A file is of a kind that never leaves. Take it out, or replace it by a table.",
  already_downloaded: (p) =>
    `This file was downloaded${p["by"] ? ` by ${p["by"]}` : ""}. A release is downloaded once; ask the checkers for a new release.`,
  release_revoked: () => "This release was revoked.",
  not_yet_published: () => "The release is being prepared. Try again in a moment.",
  run_stopped: () => "The workspace was stopped.",
  session_ended: () => "Your session ended. Sign in again; nothing was lost.",
  not_member: () => "You are no longer a member of this project.",
  shown_limit: () => "Today's allowance of bytes shown is used up. It starts again at midnight.",
  ticket_invalid: () => "This entrance was used or is too old. Open the workspace again from the console.",
  unauthenticated: () => "Sign in first.",
  token_invalid: () => "Your sign-in is not valid here. Sign in again.",
  person_unknown: () => "Nobody here knows this account. Ask the person who invited you for a link.",
  session_idle: () => "You were signed out after a time without activity. Nothing was lost.",
  step_up_required: () => "This decision needs a fresh one-time code. Enter it and the decision goes on.",
  rate_limited: (p) => `Too many requests. Try again in ${list(p, "seconds", "a few")} seconds.`,
  invalid_input: () =>
    "Something in the request is not as it should be. The fields are named below; nothing was changed.",
  too_large: (p) =>
    `This is larger than the limit of ${list(p, "limit", "the platform")}. Nothing was stored.`,
  audit_unavailable: () =>
    "The log cannot be written, so nothing is served and nothing is changed. Nothing was lost; try again in a moment.",
  store_unavailable: () => "The file store does not answer. Nothing was lost; try again in a moment.",
  identity_unavailable: () =>
    "The sign-in server does not answer as it should. Nothing was changed; try again in a moment.",
  agent_unavailable: () =>
    "The machine that runs workspaces does not answer. Running workspaces go on; try again in a moment.",
  database_unavailable: () => "The database does not answer. Nothing was lost; try again in a moment.",
  internal: () =>
    "Something went wrong on our side. Nothing was half done. Give the request id to the operator.",
  stale: () => "It changed since you opened this page. Look at it again and repeat what you wanted.",
  already_signed: () => "You have signed this version.",
  already_done: () => "This was done before.",
  already_exists: () => "This exists already.",
  already_member: () =>
    "This membership is there already. The list of the project's people says until when; a project admin renews it there.",
  invitation_open: () =>
    "An invitation to this address is still open, and only one can be. Withdraw it, then invite again.",
  invitation_invalid: () => "This invitation was used, withdrawn, or is too old. Ask for a new one.",
  invitation_other_person: () =>
    "This invitation was sent to another address. Sign in with that account, or ask for a new one.",
  exclusive_roles: () =>
    "An operator may not be researcher, output checker, custodian or auditor, nor the other way round.",
  scope_not_for_role: () => "This role is not given for that scope.",
  date_in_past: () => "The date is in the past.",
  term_over: () => "The term of this version is over. A project admin can propose a new one.",
  ends_by_renewal: () =>
    "This hold is about something that ran out. It ends by itself when that is renewed, and lifting it would open nothing.",
  people_limit: (p) =>
    `The agreement allows ${list(p, "most", "no more")} people. Widening that is a new version of the agreement.`,
  refresh_underway: () => "This is on its way already. Wait until it has finished.",
  no_provider: () => "Nothing delivers this data set yet, so there is no submission to land.",
  no_snapshot: () => "An extract needs an agreement in force and a snapshot of each of its data sets.",
  date_after_agreement: (p) =>
    `The date is after the agreement's last day, ${list(p, "agreementUntil", "")}.`,
  unknown_data_set: (p) => `There is no data set or table ${list(p, "name", "of that name")}.`,
  unknown_column: (p) => `There is no column ${list(p, "name", "of that name")}.`,
  candidate_changed: () => "The file is not the one that you looked at. Read it again before you vote.",
  last_project_admin: () => "This is the project's only admin. Invite another one first.",
  workspace_running: () => "Stop the workspace first.",
  opt_out_unavailable: () =>
    "This installation has no list of people who opted out, so an agreement cannot say that it was applied. Say why it does not apply, or that it is exempt.",
  upload_not_yours: () => "That file is not one that you pushed from your workspace.",
  too_many_files: (p) => `A request has at most ${list(p, "limit", "1,000")} files.`,
  host_unknown: () => "Nothing answers at this address.",
}

export function refusalSentence(code: string, params: Params = {}): string {
  const sentence = REFUSALS[code]
  return sentence ? sentence(params) : REFUSALS["not_permitted"]!(params)
}

export function isRefusalCode(code: string): boolean {
  return code in REFUSALS
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  draft: "a draft",
  checking: "being checked by the machine",
  independent: "with the checkers",
  consolidating: "with the checkers",
  returned: "with its author",
  approved: "approved",
  released: "released",
  rejected: "rejected",
  withdrawn: "withdrawn",
  revoked: "revoked",
  proposed: "waiting for the custodians",
  in_force: "in force",
  superseded: "superseded",
  refused: "refused",
  ended: "ended",
  stopped: "closed",
  opening: "opening",
  running: "open",
  stopping: "closing",
  failed: "failed",
  deleting: "being deleted",
  deleted: "deleted",
}
export function stateWord(state: string): string {
  return STATE_WORDS[state] ?? state
}

/** What the reader of an event may be told beside its facts: names for ids, and whether the actor is the reader. */
export interface Words {
  readonly actor: string
  readonly you: boolean
  readonly subject?: string | undefined
  readonly title?: string | undefined
}

type EventSentence = (w: Words, f: AuditEvent["facts"]) => string
const who = (w: Words) => (w.you ? "You" : w.actor)
// what the platform writes about a person is said of the person
const about = (w: Words) => (w.subject === "you" ? "You" : (w.subject ?? who(w)))
const of = (name: string) => (name === "you" ? "your" : `${name}'s`)
const subject = (w: Words) => capital(w.subject ?? "a person")
const whom = (w: Words) => w.subject ?? (w.you ? "you" : w.actor)
const bytes = (n: unknown): string => {
  const v = Number(n ?? 0)
  if (v < 1_000) return `${v} bytes`
  if (v < 1_000_000) return `${(v / 1_000).toFixed(0)} kB`
  if (v < 1_000_000_000) return `${(v / 1_000_000).toFixed(v < 10_000_000 ? 1 : 0)} MB`
  return `${(v / 1_000_000_000).toFixed(1)} GB`
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const files = (n: unknown) => (Number(n) === 1 ? "1 file" : `${Number(n ?? 0)} files`)
const named = (w: Words, otherwise: string) => w.title ?? otherwise

const EVENT_SENTENCES: Readonly<Record<EventCode, EventSentence>> = {
  "session.opened": (w) => `${who(w)} opened a session`,
  "session.ended": (w, f) => capital(`${of(whom(w))} session ended${f["code"] ? ` (${f["code"]})` : ""}`),
  "identity.signedIn": (w) => `${about(w)} signed in with a second factor`,
  "identity.signInFailed": (w) => `A sign-in as ${whom(w)} failed`,
  "identity.signedOut": (w) => `${about(w)} signed out`,
  "identity.secondFactorChanged": (w) => capital(`${of(whom(w))} second factor changed`),
  "identity.adminChanged": (w) => `${who(w)} changed the identity server`,
  "terms.accepted": (w, f) => `${who(w)} accepted version ${f["version"]} of the terms of use`,
  "training.recorded": (w, f) =>
    `${who(w)} recorded ${of(w.subject ?? "a member")} training until ${f["until"]}`,
  "person.created": (w) => `${subject(w)} ${w.subject === "you" ? "were" : "was"} added`,
  "person.removed": (w) => `${who(w)} removed ${w.subject ?? "a person"} from the installation`,
  "appointment.proposed": (w, f) => `${who(w)} proposed ${w.subject ?? "a person"} as ${roleWord(f["role"])}`,
  "appointment.confirmed": (w, f) =>
    `${who(w)} confirmed ${w.subject ?? "a person"} as ${roleWord(f["role"])}`,
  "appointment.ended": (w, f) =>
    `${who(w)} ended ${of(w.subject ?? "a person")} role as ${roleWord(f["role"])}`,
  "appointment.bootstrapped": (w, f) => `${subject(w)} became ${roleWord(f["role"])} from the bootstrap file`,
  "hold.placed": (w, f) =>
    w.title ? `${who(w)} placed a hold: ${w.title}` : `${who(w)} placed a hold (${f["cause"]})`,
  "hold.liftProposed": (w) => `${who(w)} proposed to lift a hold`,
  "hold.lifted": (w) => `${who(w)} lifted a hold`,
  "hold.resumed": (_w, f) => `A hold acts again, the time it was lifted for is over (${f["cause"]})`,
  "hold.ended": (_w, f) => `A hold ended by itself (${f["cause"]})`,
  "project.created": (w) => `Project ${named(w, "")} was created`.replace("  ", " "),
  "member.invited": (w, f) => `${who(w)} invited a person as ${roleWord(f["role"])}`,
  "invitation.withdrawn": (w) => `${who(w)} withdrew an invitation`,
  "invitation.expired": () => "An invitation ran out",
  "member.joined": (w, f) => `${who(w)} joined as ${roleWord(f["role"])}`,
  "member.renewed": (w, f) => `${who(w)} renewed ${w.subject ?? "a member"} until ${f["until"]}`,
  "member.removed": (w) => `${who(w)} removed ${w.subject ?? "a member"}`,
  "agreement.proposed": (w, f) => `${who(w)} proposed version ${f["version"]} of the agreement`,
  "agreement.decided": (w, f) =>
    `${who(w)} ${f["decision"] === "approved" ? "approved" : "refused"} version ${f["version"]} of the agreement for one data set`,
  "agreement.inForce": (_w, f) => `Version ${f["version"]} of the agreement came into force`,
  "agreement.refused": (_w, f) => `Version ${f["version"]} of the agreement was refused`,
  "agreement.ended": (_w, f) => `Version ${f["version"]} of the agreement ended`,
  "agreement.signed": (w, f) => `${who(w)} signed version ${f["version"]} of the agreement`,
  "data.refreshStarted": (w) => `${who(w)} began a new submission`,
  "data.stageStarted": (_w, f) => `Stage ${f["stage"]} began`,
  "data.stageFinished": (_w, f) =>
    `Stage ${f["stage"]} ${f["state"] === "succeeded" ? "finished" : "failed"}`,
  "data.snapshotPublished": (_w, f) =>
    `Snapshot ${f["number"]} was published, ${Number(f["rows"] ?? 0).toLocaleString("en-GB")} rows`,
  "data.extractStarted": (_w, f) => `An extract for version ${f["version"]} of the agreement began`,
  "data.extractPublished": (_w, f) => `The project's extract is ready, ${Number(f["tables"] ?? 0)} tables`,
  "workspace.opened": (w) => `${who(w)} opened ${w.you ? "your" : "a"} workspace`,
  "workspace.running": (w) => capital(`${of(whom(w))} workspace is running; its walls were probed`),
  "workspace.entered": (w) => `${who(w)} entered the notebook`,
  "workspace.left": (w) => `${who(w)} left the notebook`,
  "workspace.stopped": (w, f) =>
    `${f["code"] ? "The platform" : who(w)} closed ${w.you ? "your" : "a"} workspace${f["code"] ? ` (${f["code"]})` : ""}`,
  "workspace.lost": (_w, f) => `A workspace was lost (${f["code"]}); saved files are kept`,
  "workspace.failed": (_w, f) => `A workspace could not be opened (${f["code"]})`,
  "workspace.deleted": (w) => `${who(w)} deleted a workspace`,
  "notebook.message": (w, f) =>
    f["type"] === "execute_request"
      ? `${who(w)} ran code in the notebook`
      : `${who(w)} sent ${f["type"]} to the notebook`,
  "notebook.contents": (w, f) =>
    `${who(w)} ${f["method"] === "GET" ? "opened" : "changed"} a file in the workspace`,
  "notebook.shown": (w, f) => `${who(w)} ${w.you ? "were" : "was"} shown ${bytes(f["bytes"])}`,
  "data.listed": (w) => `${who(w)} listed the project's tables`,
  "data.readIntended": (w, f) => `${who(w)} began to read ${f["table"]}`,
  "data.read": (w, f) => `${who(w)} read ${f["table"]}, ${bytes(f["bytes"])}`,
  "output.requested": (w, f) => `${who(w)} began request ${f["number"]}`,
  "output.edited": (w, f) => `${who(w)} edited request ${f["number"]}`,
  "output.filePushed": (w, f) => `${who(w)} pushed a file from the workspace, ${bytes(f["bytes"])}`,
  "output.fileAdded": (w, f) => `${who(w)} added a file to request ${f["number"]}`,
  "output.fileRemoved": (w, f) => `${who(w)} took a file out of request ${f["number"]}`,
  "output.submitted": (w, f) => `${who(w)} asked for release of ${files(f["files"])}`,
  "output.checked": (_w, f) =>
    `The checks of request ${f["number"]} found ${many(f["violated"], "thing")} to look at`,
  "output.withdrawn": (w, f) => `${who(w)} withdrew request ${f["number"]}`,
  "output.commented": (w, f) => `${who(w)} commented on request ${f["number"]}`,
  "output.fileViewed": (w, f) => `${who(w)} looked at a file of request ${f["number"]}`,
  "output.rendered": (_w, f) => `A picture of request ${f["number"]} was written anew`,
  "output.voted": (w, f) => `${who(w)} voted on a file of request ${f["number"]}`,
  "output.reviewed": (_w, f) =>
    `${votedWords(Number(f["submitted"] ?? 0), Number(f["needed"] ?? 2))} on request ${f["number"]}`,
  "output.reopened": (_w, f) =>
    `Request ${f["number"]} is with its checkers again, because an approval of it counts no more`,
  "output.returned": (_w, f) => `Request ${f["number"]} was returned to its author`,
  "output.rejected": (_w, f) => `Request ${f["number"]} was rejected`,
  "output.released": (_w, f) => `Request ${f["number"]} was released, ${files(f["files"])}`,
  "output.revoked": (_w, f) => `The release of request ${f["number"]} was revoked`,
  "output.downloaded": (w, f) => `${who(w)} downloaded a released file, ${bytes(f["bytes"])}`,
  "log.read": (w) => `${who(w)} read the log`,
  "log.exported": (w, f) =>
    `${who(w)} exported ${Number(f["entries"] ?? 0).toLocaleString("en-GB")} entries of the log`,
  "intent.finished": (_w, f) =>
    `Intent #${Number(f["intent"] ?? 0).toLocaleString("en-GB")} ended as ${f["outcome"]}`,
  "platform.started": (_w, f) => `The platform started, version ${f["version"]}`,
  "policy.loaded": () => "A policy bundle was loaded",
  "access.refused": (w, f) =>
    `${who(w)} asked: ${w.title ?? f["operation"]} (${f["code"]})${Number(f["times"] ?? 1) > 1 ? `, ${f["times"]} times` : ""}`,
  "gateway.refused": (w, f) =>
    `${who(w)} asked the gateway for what it does not pass on (${f["code"]})${Number(f["times"] ?? 1) > 1 ? `, ${f["times"]} times` : ""}`,
}

/** "1 of 2 checkers has voted"; never who, nor what. */
export function votedWords(submitted: number, needed = 2): string {
  return `${submitted} of ${needed} checkers ${submitted === 1 ? "has" : "have"} voted`
}

function many(count: unknown, one: string): string {
  const number = Number(count ?? 0)
  if (number === 0) return "nothing"
  return number === 1 ? `1 ${one}` : `${number} ${one}s`
}

const ROLE_WORDS: Readonly<Record<string, string>> = {
  researcher: "researcher",
  project_admin: "project admin",
  output_checker: "output checker",
  data_manager: "data manager",
  custodian: "custodian",
  auditor: "auditor",
  operator: "operator",
}
export function roleWord(role: unknown): string {
  return ROLE_WORDS[String(role)] ?? String(role)
}

export function eventSentence(code: EventCode, words: Words, facts: AuditEvent["facts"]): string {
  return EVENT_SENTENCES[code](words, facts)
}
