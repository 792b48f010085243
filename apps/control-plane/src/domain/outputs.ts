// Rules of the way out: what the votes on a file come to, when a phase is over, who sees whose words. All
// pure; actions load, ask here, and write.
import { REQUEST_STATES, type RequestState, type Vote } from "#contract/vocabulary.ts"
import { REQUEST, type Holder } from "./lifecycle.ts"
import type { PowerName } from "./powers.ts"
import { votedWords } from "./sentences.ts"

/** So many people, none with a part in the project, must have reviewed and approved. */
export const REVIEWS_NEEDED = 2
export const MOST_FILES = 1_000
export const MOST_GROUPS = 50

export type FileDecision = "approved" | "change" | "rejected" | "split"

export interface CastVote {
  readonly person: string
  readonly vote: Vote
  /** hash of the bytes that were voted on */
  readonly candidate: string
}

/**
 * What submitted votes on one file come to; null while fewer than two people have voted on these bytes.
 * Two approvals approve, so that a third person settles a split; agreement on anything else is that; the
 * rest is split. A vote on other bytes, or a second one of the same person, counts for nothing.
 */
export function decideFile(candidate: string, votes: readonly CastVote[]): FileDecision | null {
  const byPerson = new Map<string, Vote>()
  for (const v of votes) if (v.candidate === candidate) byPerson.set(v.person, v.vote)
  const cast = [...byPerson.values()]
  if (cast.length < REVIEWS_NEEDED) return null
  if (cast.filter((v) => v === "approve").length >= REVIEWS_NEEDED) return "approved"
  if (cast.every((v) => v === "change")) return "change"
  if (cast.every((v) => v === "reject")) return "rejected"
  return "split"
}

/** The state that the votes ask for, seen from a checkers' state; the same state when nothing moves. */
export function decideRequest(
  state: "independent" | "consolidating",
  submittedReviews: number,
  outputs: readonly (FileDecision | null)[],
): "independent" | "consolidating" | "approved" {
  if (submittedReviews < REVIEWS_NEEDED) return state
  if (outputs.length > 0 && outputs.every((d) => d === "approved")) return "approved"
  return "consolidating"
}

/** A person who has no review in a consolidating turn may join only while some file is split. */
export function thirdIsNeeded(outputs: readonly (FileDecision | null)[]): boolean {
  return outputs.some((d) => d === "split" || d === null)
}

/** Have the votes of this turn been opened to the other checkers? */
export function votesAreOpen(state: RequestState, submittedReviews: number): boolean {
  return state !== "independent" && submittedReviews >= REVIEWS_NEEDED
}

/** Is this turn over for its author, so that what was said to them is read? */
function turnIsOver(state: RequestState): boolean {
  return !["checking", "independent", "consolidating", "approved"].includes(state)
}

/** May members of the project read what was decided per file? */
export function decisionsAreTold(state: RequestState): boolean {
  return (
    state === "returned" ||
    state === "approved" ||
    state === "released" ||
    state === "rejected" ||
    state === "revoked"
  )
}

export interface CommentSight {
  readonly turn: number
  readonly part: "author" | "member" | "checker"
  readonly visibility: "public" | "checkers"
  readonly own: boolean
}

/**
 * Checkers work blind: nobody reads another checker's words of a turn before both have voted, and the
 * project reads nothing of a turn until it is over, and then only what was meant for it.
 */
export function seesComment(
  comment: CommentSight,
  request: { readonly state: RequestState; readonly turn: number },
  reader: { readonly reviews: boolean },
): boolean {
  if (comment.own || comment.part !== "checker") return true
  if (reader.reviews) return comment.turn < request.turn || request.state !== "independent"
  return comment.visibility === "public" && (comment.turn < request.turn || turnIsOver(request.state))
}

export function holderOf(state: RequestState): Exclude<Holder, "custodians" | "member"> {
  return REQUEST[state].holder as Exclude<Holder, "custodians" | "member">
}

/** The turn that an author prepares or that is being worked on. */
export function workingTurn(state: RequestState, turn: number): number {
  return state === "returned" ? turn + 1 : turn
}

/** States that a request enters by this power: asking again there is a double click, not a refusal. */
export function statesAfter(power: PowerName): readonly RequestState[] {
  const after = REQUEST_STATES.flatMap((from) => {
    const to = REQUEST[from].on[power]
    return to !== undefined && to !== from ? [to] : []
  })
  return [...new Set(after)]
}

/** Who waits for what, in words. */
export function nextSentence(state: RequestState, submittedReviews: number): string {
  const reviews = `${votedWords(submittedReviews, REVIEWS_NEEDED)}.`
  const sentences: Readonly<Record<RequestState, string>> = {
    draft: "Its author adds files, says what they are, and asks for release.",
    checking: "The machine checks the files. Output checkers are told when it is done.",
    independent: `${reviews} Each works alone; nobody sees another's votes before both are in.`,
    consolidating: `${reviews} They do not agree on every file, so they talk it over; a third checker may join.`,
    returned: "Its author reads the comments, changes what they ask for, and asks for release again.",
    approved: "Two checkers approved every file. An output checker releases them.",
    released: "Each file can be downloaded once from the release.",
    rejected: "Nothing more happens. A new request can be made.",
    withdrawn: "Nothing more happens. A new request can be made.",
    revoked: "Downloads are stopped. Nothing more happens.",
  }
  return sentences[state]
}

/** Seconds that the checkers have had a request: the clock stops while its author holds it. */
export function waitedSeconds(submittedAt: Date, heldSeconds: number, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - submittedAt.getTime()) / 1_000) - heldSeconds)
}
