// The record of a release: what was decided, on which bytes, by whom, under which thresholds. One
// canonical document whose hash is in the log; it says ids, hashes and numbers, and no free text but
// the files' paths.
import { join } from "node:path"
import { loadPolicy, overridePolicy } from "#output-checker/policy.ts"
import { canonicalJson } from "#transparency/canonical.ts"
import type { Ctx } from "../context.ts"
import type { Tx } from "../store/db.ts"
import {
  castVotes,
  findOutputPolicy,
  outputsOf,
  policyOf,
  submittedReviewers,
  type OutputPolicy,
} from "../store/outputs.ts"
import type { Loaded } from "./output-loaded.ts"

interface StoredFinding {
  readonly rule: string
  readonly ruleVersion: string
  readonly status: string
}
interface StoredPolicy {
  readonly name: string
  readonly version: string
  readonly sha256: string
}

export async function buildRecord(
  ctx: Ctx,
  tx: Tx,
  loaded: Loaded,
  release: { release: string; by: string; at: Date },
): Promise<string> {
  const { parts, known } = loaded
  const outputs = outputsOf(parts)
  const checks = outputs.map((f) => parts.checks.get(f.id))
  const agreement = await findOutputPolicy(tx, parts.request.project_id)
  const policy = checks.map((c) => c?.policy as StoredPolicy | null | undefined).find((p) => p)
  const rules = new Map<string, string>()
  for (const check of checks)
    for (const f of (check?.findings ?? []) as StoredFinding[]) rules.set(f.rule, f.ruleVersion)
  return canonicalJson({
    schema: "glasshouse-release/1",
    release: release.release,
    releasedAt: release.at.toISOString(),
    releasedBy: release.by,
    request: { id: parts.request.id, number: parts.request.number, turn: parts.request.turn },
    project: { id: known.project.id, number: known.project.number },
    author: parts.request.author_id,
    agreement: agreement ? { version: agreement.version, sha256: agreement.sha256 } : null,
    accessPolicy: ctx.access.sha256,
    disclosure: {
      preset: parts.request.policy,
      overrides: parts.request.overrides,
      policy: policy ?? null,
      thresholds: policy ? thresholdsOf(ctx, policyOf(parts.request), policy) : null,
      engine: checks.find((c) => c?.engine)?.engine ?? null,
      rules: Object.fromEntries(rules),
    },
    reviews: parts.reviews
      .filter((r) => submittedReviewers(parts).has(r.person_id))
      .map((r) => ({ person: r.person_id, submittedAt: r.submitted_at?.toISOString() ?? null })),
    files: outputs.map((f) => {
      const check = parts.checks.get(f.id)
      return {
        id: f.id,
        path: f.path,
        size: f.candidate_size,
        submitted: f.submitted_sha256,
        candidate: f.candidate_sha256,
        renderer: f.renderer,
        check: {
          state: check?.state ?? "failed",
          verdict: check?.verdict ?? null,
          reason: check?.reason ?? null,
          findings: countStatuses((check?.findings ?? []) as StoredFinding[]),
        },
        votes: castVotes(parts, f.id).map((v) => ({
          person: v.person,
          vote: v.vote,
          candidate: v.candidate,
        })),
      }
    }),
    seenOnly: parts.files
      .filter((f) => f.kind !== "output")
      .map((f) => ({ id: f.id, kind: f.kind, sha256: f.candidate_sha256 })),
  })
}

function countStatuses(findings: readonly StoredFinding[]): Record<string, number> {
  const counts: Record<string, number> = { violated: 0, satisfied: 0, "not-verifiable": 0 }
  for (const f of findings) counts[f.status] = (counts[f.status] ?? 0) + 1
  return counts
}

/** The numbers of the policy that the checks ran under; null when that version is not the one at hand. */
function thresholdsOf(ctx: Ctx, asked: OutputPolicy, policy: StoredPolicy): unknown {
  const preset = loadPolicy(asked.preset, join(ctx.config.policiesDir, "disclosure"))
  const found = overridePolicy(preset, asked.overrides ?? {})
  return found.sha256 === policy.sha256 ? found.parameters : null
}
