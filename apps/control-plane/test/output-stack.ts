// The shared stack with what output tests say often: push, ask, vote, release.
import { Readable } from "node:stream"
import { pushFile, requestFromWorkspace } from "../src/actions/uploads.ts"
import { voteOnFile, submitReview } from "../src/actions/output-reviews.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { releaseRequest } from "../src/actions/releases.ts"
import { checks } from "../src/reconcile/checks.ts"
import { releases } from "../src/reconcile/releases.ts"
import type { Vote } from "#contract/vocabulary.ts"
import type { PersonName } from "./seed.ts"
import { startStack, type Stack } from "./stack.ts"

export type { PersonName } from "./seed.ts"
export { IDS_BASE, type Answer } from "./stack.ts"

export interface OutputStack extends Stack {
  /** Gives the agreement in force numbers of its own, or takes them away. */
  override(numbers: { threshold: number | null; rounding: number | null } | null): Promise<void>
  push(path: string, text: string | Buffer): Promise<string>
  /** A request of these files, sent and not checked yet. */
  sent(files: Record<string, string | Buffer>): Promise<string>
  /** A request of these files, sent and checked: with the checkers. */
  submitted(
    files: Record<string, string | Buffer>,
  ): Promise<{ request: string; files: Record<string, FileOf> }>
  vote(person: PersonName, request: string, vote: Vote): Promise<void>
  /** Released and published, out of nothing. */
  released(
    files: Record<string, string | Buffer>,
  ): Promise<{ request: string; release: string; files: Record<string, FileOf> }>
}

export interface FileOf {
  readonly id: string
  readonly candidate: string
}

export async function startOutputStack(): Promise<OutputStack> {
  const stack = await startStack()
  const { ctx, run, as } = stack

  async function sent(files: Record<string, string | Buffer>): Promise<string> {
    const pushed: Record<string, string> = {}
    for (const [path, text] of Object.entries(files)) pushed[path] = await push(path, text)
    const made = await requestFromWorkspace(ctx, run, {
      title: "Counts by region",
      groups: [
        {
          name: "Tables",
          context: "Counts of the study",
          files: Object.values(pushed).map((file) => ({
            file,
            kind: "output",
            description: "A table",
            smallNumbers: "Rounded to five, small ones left out",
          })),
        },
      ],
    })
    if (made.state !== "checking") throw new Error(made.reason)
    return made.request
  }

  async function submitted(files: Record<string, string | Buffer>) {
    const request = await sent(files)
    await checks(ctx)
    const view = await viewRequest(ctx, await as("author"), request)
    return {
      request,
      files: Object.fromEntries(view.files.map((f) => [f.path, { id: f.id, candidate: f.candidate }])),
    }
  }

  async function vote(person: PersonName, request: string, chosen: Vote): Promise<void> {
    const asked = await as(person)
    const view = await viewRequest(ctx, asked, request)
    for (const f of view.files.filter((x) => x.kind === "output"))
      await voteOnFile(ctx, asked, request, f.id, { vote: chosen, candidate: f.candidate })
    await submitReview(ctx, asked, request)
  }

  async function push(path: string, text: string | Buffer): Promise<string> {
    return (await pushFile(ctx, run, path, Readable.from([Buffer.from(text)], { objectMode: false }))).file
  }

  return {
    ...stack,
    push,
    sent,
    submitted,
    vote,
    async override(overrides) {
      const version = ctx.db.updateTable("agreement_version").where("project_id", "=", stack.project)
      const { document } = await ctx.db
        .selectFrom("agreement_version")
        .select("document")
        .where("project_id", "=", stack.project)
        .where("state", "=", "in_force")
        .executeTakeFirstOrThrow()
      await version.set({ document: JSON.stringify({ ...JSON.parse(document), overrides }) }).execute()
    },
    async released(files) {
      const made = await submitted(files)
      await vote("first", made.request, "approve")
      await vote("second", made.request, "approve")
      const { release } = await releaseRequest(ctx, await as("first"), made.request)
      await releases(ctx)
      return { ...made, release }
    },
  }
}
