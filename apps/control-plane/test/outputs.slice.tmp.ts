import assert from "node:assert/strict"
import { Readable } from "node:stream"
import { test } from "node:test"
import { startRig } from "./outputs.rig.tmp.ts"
import { pushFile, requestFromWorkspace, checkFiles, listOwnRequests, listUploads } from "../src/actions/uploads.ts"
import { viewRequest } from "../src/actions/output-view.ts"
import { viewQueue } from "../src/actions/output-lists.ts"
import { viewFile } from "../src/actions/output-file-view.ts"
import { voteOnFile, submitReview, returnRequest, commentOnRequest } from "../src/actions/output-reviews.ts"
import { submitRequest } from "../src/actions/output-requests.ts"
import { releaseRequest, viewRelease, revokeRelease } from "../src/actions/releases.ts"
import { downloadFile } from "../src/actions/release-download.ts"
import { reconcileChecks as checks } from "../src/reconcile/checks.ts"
import { reconcileReleases as releases } from "../src/reconcile/releases.ts"

test("slice", async () => {
  const rig = await startRig()
  try {
    const { ctx, run, project, people, as } = rig
    const pushed = await pushFile(ctx, run, "out/table.csv", Readable.from([Buffer.from("region,count\nNorth,20\nSouth,35\n")]))
    console.log(pushed, await checkFiles(ctx, run, { files: [pushed.file] }).then((r) => r.files[0]!.verdict))
    console.log(await listUploads(ctx, await as(people.researcher), project))
    const r = await requestFromWorkspace(ctx, run, { title: "T", groups: [{ name: "g", context: "a table", files: [{ file: pushed.file, kind: "output", description: "d", smallNumbers: "rounded" }] }] })
    console.log(r)
    await checks(ctx)
    const q = await viewQueue(ctx, await as(people.c1))
    console.log(q)
    const v = await viewRequest(ctx, await as(people.c1), r.request)
    console.log(JSON.stringify({ ...v, files: v.files.map((f) => ({ ...f, check: { ...f.check, findings: f.check.findings.length } })) }, null, 1))
    const f = v.files[0]!
    console.log(await viewFile(ctx, await as(people.c1), r.request, f.id, {}))
    for (const c of [people.c1, people.c2]) {
      await voteOnFile(ctx, await as(c), r.request, f.id, { vote: "approve", candidate: f.candidate })
      await submitReview(ctx, await as(c), r.request)
    }
    const rel = await releaseRequest(ctx, await as(people.c1), r.request)
    await releases(ctx)
    console.log(JSON.stringify(await viewRelease(ctx, await as(people.researcher), rel.release), null, 1))
    const d = await downloadFile(ctx, await as(people.researcher), rel.release, f.id)
    const bytes: Buffer[] = []
    for await (const c of d.body) bytes.push(c as Buffer)
    await d.ended(true)
    console.log(Buffer.concat(bytes).toString(), d.headers)
    await assert.rejects(downloadFile(ctx, await as(people.researcher), rel.release, f.id), { code: "already_downloaded" })
    console.log((await viewRequest(ctx, await as(people.researcher), r.request)).timeline)
    console.log(JSON.stringify(await listOwnRequests(ctx, run)))
  } finally { await rig.stop() }
})
