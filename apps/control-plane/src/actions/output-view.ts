// A request as one reader may see it: a checker blind before both have voted, the project nothing of a
// turn until it is over, and every button with its reason.
import type { Static } from "typebox"
import type { Comment, Finding, RequestFile, RequestView } from "#contract/output-views.ts"
import { EVENTS, type EventCode } from "#contract/events.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"
import {
  decideFile,
  decisionsAreTold,
  holderOf,
  nextSentence,
  REVIEWS_NEEDED,
  seesComment,
  votesAreOpen,
} from "../domain/outputs.ts"
import { eventSentence } from "../domain/sentences.ts"
import { castVotes, listNames, listSteps, submittedReviewers, type CheckRow } from "../store/outputs.ts"
import type { Asked } from "./change.ts"
import { assertMay, assertPerson, may } from "./load.ts"
import { submitReviewTies, voteTies } from "./output-reviews.ts"
import { loadRequest, stateOf, submitTies, type Loaded } from "./output-loaded.ts"
import { downloadTies, getRelease, releaseTies } from "./releases.ts"

type View = Static<typeof RequestView>
type FileView = Static<typeof RequestFile>

interface Reader {
  readonly actor: PersonActor
  readonly reviews: boolean
  readonly names: ReadonlyMap<string, string>
}

export async function viewRequest(ctx: Ctx, asked: Asked, request: string): Promise<View> {
  const actor = assertPerson(asked.actor)
  const loaded = await loadRequest(ctx, ctx.db, actor, request)
  const { known, parts } = loaded
  assertMay(ctx, actor, "request.view", known)
  const reviews = may(ctx, actor, "request.review", known).allowed
  const steps = await listSteps(ctx.db, request)
  const people = [
    parts.request.author_id,
    ...parts.reviews.map((r) => r.person_id),
    ...parts.comments.map((c) => c.person_id),
    ...steps.flatMap((s) => (s.person_id === null ? [] : [s.person_id])),
  ]
  const reader: Reader = { actor, reviews, names: await listNames(ctx.db, people) }
  const state = stateOf(loaded)
  const submitted = submittedReviewers(parts).size
  const mine = parts.reviews.find((r) => r.person_id === actor.person)
  return {
    id: parts.request.id,
    number: parts.request.number,
    project: { id: known.project.id, number: known.project.number, title: known.project.title },
    author: { id: parts.request.author_id, name: reader.names.get(parts.request.author_id) ?? "" },
    title: parts.request.title,
    state,
    turn: parts.request.turn,
    holder: holderOf(state),
    next: nextSentence(state, submitted),
    createdAt: parts.request.created_at.toISOString(),
    submittedAt: parts.request.submitted_at?.toISOString() ?? null,
    policy: parts.request.policy,
    groups: parts.groups.map((g) => ({ id: g.id, name: g.name, context: g.context })),
    files: await viewFiles(ctx, loaded, reader),
    comments: viewComments(loaded, reader),
    reviews: {
      needed: REVIEWS_NEEDED,
      submitted,
      mine: mine === undefined ? null : mine.submitted_at === null ? "open" : "submitted",
      by: reviews
        ? parts.reviews.map((r) => ({ id: r.person_id, name: reader.names.get(r.person_id) ?? "" }))
        : [],
    },
    timeline: steps.map((s) => ({
      at: s.at.toISOString(),
      sentence: sentenceOf(s.code, reader, s.person_id, parts.request.author_id, s.facts),
      index: s.index,
      state: STEP_STATES[s.code] ?? "none",
    })),
    release: await viewReleaseLine(ctx, request),
    actions: {
      edit: may(ctx, actor, "request.edit", known),
      submit: may(ctx, actor, "request.submit", known, submitTies(parts)),
      withdraw: may(ctx, actor, "request.withdraw", known),
      comment: may(ctx, actor, "request.comment", known),
      submitReview: may(ctx, actor, "review.submit", known, submitReviewTies(loaded, actor.person)),
      return: may(ctx, actor, "request.return", known),
      reject: may(ctx, actor, "request.reject", known),
      release: may(ctx, actor, "request.release", known, state === "released" ? [] : releaseTies(loaded)),
      revoke: await revokePermission(ctx, actor, request),
    },
  }
}

async function viewFiles(ctx: Ctx, loaded: Loaded, reader: Reader): Promise<FileView[]> {
  const { known, parts } = loaded
  const { actor } = reader
  const state = stateOf(loaded)
  const open = votesAreOpen(state, submittedReviewers(parts).size)
  const release = await ctx.db
    .selectFrom("release as r")
    .innerJoin("release_file as f", "f.release_id", "r.id")
    .selectAll("f")
    .where("r.request_id", "=", parts.request.id)
    .execute()
  const releaseKnown = release[0] ? await getRelease(ctx, ctx.db, actor, release[0].release_id) : undefined
  const edit = may(ctx, actor, "request.edit", known)
  const view = may(ctx, actor, "file.view", known)
  // Files differ in a few ties only: the same question is asked once.
  const answers = new Map<string, ReturnType<typeof may>>()
  const once = (key: string, answer: () => ReturnType<typeof may>) => {
    const found = answers.get(key) ?? answer()
    answers.set(key, found)
    return found
  }
  const votePermission = (ties: string[]) =>
    once(`vote|${ties.join()}`, () => may(ctx, actor, "file.vote", known, ties))
  const downloadPermission = (ties: string[]) =>
    once(`download|${ties.join()}`, () =>
      may(ctx, actor, "release.download", releaseKnown ?? notReleased(loaded), ties),
    )
  return parts.files.map((f) => {
    const decision = f.kind === "output" ? decideFile(f.candidate_sha256, castVotes(parts, f.id)) : null
    const told = reader.reviews ? open : decisionsAreTold(state) && open
    const own = parts.votes.find((v) => v.file_id === f.id && v.person_id === actor.person)
    const released = release.find((r) => r.file_id === f.id)
    return {
      id: f.id,
      group: f.group_id,
      path: f.path,
      kind: f.kind,
      description: f.description,
      smallNumbers: f.small_numbers,
      size: f.candidate_size,
      mediaKind: f.media_kind,
      submitted: f.submitted_sha256,
      candidate: f.candidate_sha256,
      renderer: f.renderer,
      withdrawn: false,
      check: viewCheck(f.kind === "output" ? parts.checks.get(f.id) : undefined, f.kind, reader.reviews),
      myVote: own?.candidate_sha256 === f.candidate_sha256 ? own.vote : null,
      votes:
        reader.reviews && open
          ? castVotes(parts, f.id)
              .filter((v) => v.person !== actor.person)
              .map((v) => ({
                person: { id: v.person, name: reader.names.get(v.person) ?? "" },
                vote: v.vote,
              }))
          : [],
      decision: told ? decision : null,
      actions: {
        vote: votePermission(voteTies(loaded, actor.person, f)),
        view,
        edit,
        remove: edit,
        download: downloadPermission(
          released && releaseKnown ? downloadTies(released, actor.person, ctx.clock.now()) : ["unpublished"],
        ),
      },
    }
  })
}

/** What a download button says before there is a release. */
function notReleased(loaded: Loaded) {
  return { resource: { kind: "Release", id: loaded.known.row.id } as const, facts: loaded.known.facts }
}

/** Findings for checkers stay with checkers; a verdict that rests on one alone is not told either. */
export function viewCheck(
  check: CheckRow | undefined,
  kind: string,
  forCheckers: boolean,
): FileView["check"] {
  if (!check) {
    const state = kind === "output" ? ("waits" as const) : ("done" as const)
    return { state, verdict: null, engine: null, policy: null, findings: [] }
  }
  const all = check.findings as Static<typeof Finding>[]
  const findings = forCheckers ? all : all.filter((f) => f.audience === "all")
  const failed: Static<typeof Finding>[] =
    check.state === "failed"
      ? [
          {
            rule: "unreadable",
            ruleVersion: "1",
            source: "The platform: what the machine could not check is looked at by people",
            status: "not-verifiable",
            known: "none",
            severity: "review",
            audience: "all",
            message: `Not checked by the machine: ${reasonInWords(check.reason)}.`,
          },
        ]
      : []
  return {
    state: check.state,
    verdict: check.state === "done" ? verdictOf(findings, check.verdict) : null,
    engine: check.engine,
    policy: check.policy as FileView["check"]["policy"],
    findings: [...failed, ...findings],
  }
}

function verdictOf(
  findings: readonly Static<typeof Finding>[],
  stored: string | null,
): FileView["check"]["verdict"] {
  if (stored === null) return null
  if (findings.some((f) => f.status === "violated")) return "violated"
  if (findings.some((f) => f.status === "not-verifiable")) return "not-verifiable"
  return "satisfied"
}

const REASONS: Readonly<Record<string, string>> = {
  time_limit: "it took too long",
  out_of_memory: "it needed too much memory",
  result_too_large: "it found more than can be kept",
  checker_died: "the checker broke on this file",
  unreadable_input: "the checker could not read it",
  bad_answer: "the checker's answer could not be understood",
  hash_mismatch: "the checker read other bytes than the ones that were frozen",
  too_large: "the files of the request are too large together",
  no_answer: "the machine that checks did not answer",
}
export function reasonInWords(reason: string | null): string {
  return REASONS[reason ?? ""] ?? "the reason is not known"
}

function viewComments(loaded: Loaded, reader: Reader): Static<typeof Comment>[] {
  const { parts } = loaded
  const at = { state: stateOf(loaded), turn: parts.request.turn }
  return parts.comments
    .filter((c) => seesComment({ ...c, own: c.person_id === reader.actor.person }, at, reader))
    .map((c) => ({
      id: c.id,
      person: {
        // The project learns what checkers say, not who they are.
        name:
          c.part === "checker" && !reader.reviews
            ? "An output checker"
            : (reader.names.get(c.person_id) ?? ""),
        part: c.part,
      },
      file: c.file_id,
      group: c.group_id,
      turn: c.turn,
      at: c.at.toISOString(),
      text: c.text,
      visibility: c.visibility,
    }))
}

const STEP_STATES: Readonly<Record<string, View["timeline"][number]["state"]>> = {
  "output.requested": "none",
  "output.submitted": "moving",
  "output.checked": "moving",
  "output.reviewed": "moving",
  "output.reopened": "waits",
  "output.returned": "waits",
  "output.released": "done",
  "output.downloaded": "done",
  "output.rejected": "blocked",
  "output.withdrawn": "blocked",
  "output.revoked": "blocked",
}

function sentenceOf(
  code: string,
  reader: Reader,
  person: string | null,
  author: string,
  facts: Record<string, string | number | boolean | null>,
): string {
  if (!(code in EVENTS)) return code
  const shown = reader.reviews || person === author || person === reader.actor.person
  const actor =
    person === null ? "The platform" : shown ? (reader.names.get(person) ?? "A person") : "An output checker"
  return eventSentence(code as EventCode, { actor, you: person === reader.actor.person }, facts)
}

async function viewReleaseLine(ctx: Ctx, request: string): Promise<View["release"]> {
  const row = await ctx.db
    .selectFrom("release")
    .select(["id", "released_at", "record_sha256", "revoked_at"])
    .where("request_id", "=", request)
    .executeTakeFirst()
  if (!row) return null
  return {
    id: row.id,
    at: row.released_at.toISOString(),
    record: row.record_sha256,
    revoked: row.revoked_at !== null,
  }
}

async function revokePermission(ctx: Ctx, actor: PersonActor, request: string) {
  const row = await ctx.db
    .selectFrom("release")
    .select("id")
    .where("request_id", "=", request)
    .executeTakeFirst()
  if (!row) return { allowed: false, code: "wrong_state", reason: "There is no release to revoke." }
  return may(ctx, actor, "release.revoke", await getRelease(ctx, ctx.db, actor, row.id))
}
