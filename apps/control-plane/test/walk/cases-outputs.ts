// Who may and may not: requests, files, reviews and releases.
import { createRequest, putGroups } from "../../src/actions/output-requests.ts"
import { voteOnFile } from "../../src/actions/output-reviews.ts"
import { addFile } from "../../src/actions/output-files.ts"
import type { Cases, World } from "./world.ts"

const TABLE = { "table.csv": "region,count\nnorth,120\nsouth,235\n" }
const OUTSIDERS = [
  { as: "neighbour", status: 404, code: "not_found" },
  { as: "operator", status: 404, code: "not_found" },
  { as: "stranger", status: 404, code: "not_found" },
] as const

interface Draft {
  request: string
  group: string
  upload: string
  file: string
}

async function draft(w: World): Promise<Draft> {
  const asked = await w.as("author")
  const { id: request } = await createRequest(w.ctx, asked, w.project, "Counts")
  const { groups } = await putGroups(w.ctx, asked, request, {
    title: "Counts",
    groups: [{ id: null, name: "Tables", context: "Counts of the study" }],
  })
  const group = groups[0] ?? ""
  const said = { group, kind: "output", description: "A table", smallNumbers: "Rounded" } as const
  const { id: file } = await addFile(w.ctx, asked, request, {
    upload: await w.push("table.csv", TABLE["table.csv"]),
    ...said,
  })
  return { request, group, file, upload: await w.push("other.csv", TABLE["table.csv"]) }
}

async function withCheckers(w: World): Promise<{ request: string; file: string; candidate: string }> {
  const { request, files } = await w.submitted(TABLE)
  const file = files["table.csv"]
  return { request, file: file?.id ?? "", candidate: file?.candidate ?? "" }
}

async function approved(w: World): Promise<{ request: string; file: string }> {
  const made = await withCheckers(w)
  await w.vote("first", made.request, "approve")
  await w.vote("second", made.request, "approve")
  return made
}

async function out(w: World): Promise<{ release: string; file: string }> {
  const { release, files } = await w.released(TABLE)
  return { release, file: files["table.csv"]?.id ?? "" }
}

export const outputCases = {
  uploadList: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: OUTSIDERS,
  },
  requestList: {
    allowed: (w) => ({ as: "author", params: { project: w.project } }),
    denied: OUTSIDERS,
  },
  requestCreate: {
    allowed: (w) => ({ as: "author", params: { project: w.project }, body: { title: "Counts" } }),
    denied: [...OUTSIDERS, { as: "admin", status: 403, code: "not_permitted" }],
    again: "another",
  },
  requestGet: {
    allowed: async (w) => ({ as: "author", params: { request: (await draft(w)).request } }),
    denied: [...OUTSIDERS, { as: "first", status: 404, code: "not_found" }],
  },
  groupPut: {
    allowed: async (w) => {
      const made = await draft(w)
      return {
        as: "author",
        params: { request: made.request },
        body: { title: "Counts", groups: [{ id: made.group, name: "Tables", context: "Other words" }] },
      }
    },
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: "another",
  },
  fileAdd: {
    allowed: async (w) => {
      const made = await draft(w)
      return {
        as: "author",
        params: { request: made.request },
        body: {
          upload: made.upload,
          group: made.group,
          kind: "output",
          description: "Another table",
          smallNumbers: "Rounded",
        },
      }
    },
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: "another",
  },
  fileEdit: {
    allowed: async (w) => {
      const made = await draft(w)
      return {
        as: "author",
        params: { request: made.request, file: made.file },
        body: { group: made.group, kind: "output", description: "Better words", smallNumbers: "Rounded" },
      }
    },
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: "another",
  },
  fileRemove: {
    allowed: async (w) => {
      const made = await draft(w)
      return { as: "author", params: { request: made.request, file: made.file } }
    },
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: { status: 404, code: "not_found" },
  },
  requestSubmit: {
    allowed: async (w) => ({
      as: "author",
      params: { request: (await draft(w)).request },
      body: { note: "" },
    }),
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: { status: 409, code: "already_done" },
  },
  requestWithdraw: {
    allowed: async (w) => ({
      as: "author",
      params: { request: (await draft(w)).request },
      body: { reason: "Not needed" },
    }),
    denied: [
      ...OUTSIDERS,
      { as: "colleague", status: 403, code: "not_permitted" },
      { as: "first", status: 404, code: "not_found" },
    ],
    again: { status: 409, code: "already_done" },
  },
  requestComment: {
    allowed: async (w) => ({
      as: "author",
      params: { request: (await draft(w)).request },
      body: { file: null, group: null, text: "A word", visibility: "public" },
    }),
    denied: [...OUTSIDERS, { as: "first", status: 404, code: "not_found" }],
    again: "another",
  },
  queueGet: {
    allowed: () => ({ as: "first" }),
    denied: [
      { as: "author", status: 403, code: "not_permitted" },
      { as: "operator", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
    ],
  },
  fileView: {
    allowed: async (w) => {
      const made = await withCheckers(w)
      return { as: "first", params: { request: made.request, file: made.file }, query: { limit: 10 } }
    },
    denied: [...OUTSIDERS, { as: "insider", status: 403, code: "conflict_of_interest" }],
  },
  fileVote: {
    allowed: async (w) => {
      const made = await withCheckers(w)
      return {
        as: "first",
        params: { request: made.request, file: made.file },
        body: { vote: "approve", candidate: made.candidate },
      }
    },
    denied: [
      ...OUTSIDERS,
      { as: "insider", status: 403, code: "conflict_of_interest" },
      { as: "author", status: 403, code: "own_request" },
      { as: "colleague", status: 403, code: "conflict_of_interest" },
    ],
    again: "another",
  },
  reviewSubmit: {
    allowed: async (w) => {
      const made = await withCheckers(w)
      const asked = await w.as("first")
      await voteOnFile(w.ctx, asked, made.request, made.file, { vote: "approve", candidate: made.candidate })
      return { as: "first", params: { request: made.request } }
    },
    denied: [
      ...OUTSIDERS,
      { as: "second", status: 403, code: "files_not_voted" },
      { as: "insider", status: 403, code: "conflict_of_interest" },
      { as: "author", status: 403, code: "own_request" },
    ],
    again: { status: 403, code: "review_already_submitted" },
  },
  requestReturn: {
    allowed: async (w) => ({
      as: "first",
      params: { request: (await withCheckers(w)).request },
      body: { comment: "A small number" },
    }),
    denied: [
      ...OUTSIDERS,
      { as: "insider", status: 403, code: "conflict_of_interest" },
      { as: "author", status: 403, code: "own_request" },
    ],
    again: { status: 409, code: "already_done" },
  },
  requestReject: {
    allowed: async (w) => ({
      as: "first",
      params: { request: (await withCheckers(w)).request },
      body: { reason: "Never" },
    }),
    denied: [
      ...OUTSIDERS,
      { as: "insider", status: 403, code: "conflict_of_interest" },
      { as: "author", status: 403, code: "own_request" },
    ],
    again: { status: 409, code: "already_done" },
  },
  requestRelease: {
    allowed: async (w) => ({ as: "first", params: { request: (await approved(w)).request } }),
    denied: async (w) => {
      const fresh = await withCheckers(w)
      return [
        ...OUTSIDERS,
        { as: "insider", status: 403, code: "conflict_of_interest" },
        { as: "author", status: 403, code: "own_request" },
        {
          as: "first",
          status: 403,
          code: "two_approvals_needed",
          with: { params: { request: fresh.request } },
        },
      ]
    },
    again: { status: 409, code: "already_done" },
  },
  releaseRevoke: {
    allowed: async (w) => ({
      as: "second",
      params: { release: (await out(w)).release },
      body: { reason: "An error was found" },
    }),
    denied: [...OUTSIDERS, { as: "author", status: 403, code: "not_permitted" }],
    again: { status: 403, code: "release_revoked" },
  },
  releaseGet: {
    allowed: async (w) => ({ as: "author", params: { release: (await out(w)).release } }),
    denied: OUTSIDERS,
  },
  releaseDownload: {
    allowed: async (w) => {
      const made = await out(w)
      return { as: "author", params: { release: made.release, file: made.file } }
    },
    denied: [
      ...OUTSIDERS,
      { as: "second", status: 403, code: "not_permitted" },
      { as: "auditor", status: 403, code: "not_permitted" },
    ],
    settled: async (w, ask) => {
      // The last thing that a finished download writes.
      const [step] = await w.sql(
        "select 1 from output_step s join release r on r.request_id = s.request_id where r.id = $1 and s.code = 'output.downloaded'",
        [ask.params?.["release"]],
      )
      return step !== undefined
    },
    again: { status: 403, code: "already_downloaded" },
  },
} satisfies Partial<Cases>
