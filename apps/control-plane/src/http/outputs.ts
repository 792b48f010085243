import { listRequests, viewQueue } from "../actions/output-lists.ts"
import { addFile, editFile, removeFile } from "../actions/output-files.ts"
import { viewFile } from "../actions/output-file-view.ts"
import { createRequest, putGroups, submitRequest, withdrawRequest } from "../actions/output-requests.ts"
import {
  commentOnRequest,
  rejectRequest,
  returnRequest,
  submitReview,
  voteOnFile,
} from "../actions/output-reviews.ts"
import { viewRequest } from "../actions/output-view.ts"
import { downloadFile } from "../actions/release-download.ts"
import { releaseRequest, revokeRelease, viewRelease } from "../actions/releases.ts"
import { listUploads } from "../actions/uploads.ts"
import type { Handlers } from "./handler.ts"

export const outputHandlers = {
  uploadList: async ({ ctx, asked, params }) => listUploads(ctx, asked, params.project),
  requestList: async ({ ctx, asked, params }) => listRequests(ctx, asked, params.project),
  requestCreate: async ({ ctx, asked, params, body }) =>
    createRequest(ctx, asked, params.project, body.title),
  requestGet: async ({ ctx, asked, params }) => viewRequest(ctx, asked, params.request),
  groupPut: async ({ ctx, asked, params, body }) => putGroups(ctx, asked, params.request, body),
  fileAdd: async ({ ctx, asked, params, body }) => addFile(ctx, asked, params.request, body),
  fileEdit: async ({ ctx, asked, params, body }) => editFile(ctx, asked, params.request, params.file, body),
  fileRemove: async ({ ctx, asked, params }) => removeFile(ctx, asked, params.request, params.file),
  requestSubmit: async ({ ctx, asked, params, body }) => submitRequest(ctx, asked, params.request, body.note),
  requestWithdraw: async ({ ctx, asked, params, body }) =>
    withdrawRequest(ctx, asked, params.request, body.reason),
  requestComment: async ({ ctx, asked, params, body }) => commentOnRequest(ctx, asked, params.request, body),
  queueGet: async ({ ctx, asked }) => viewQueue(ctx, asked),
  fileView: async ({ ctx, asked, params, query }) => viewFile(ctx, asked, params.request, params.file, query),
  fileVote: async ({ ctx, asked, params, body }) => voteOnFile(ctx, asked, params.request, params.file, body),
  reviewSubmit: async ({ ctx, asked, params }) => submitReview(ctx, asked, params.request),
  requestReturn: async ({ ctx, asked, params, body }) =>
    returnRequest(ctx, asked, params.request, body.comment),
  requestReject: async ({ ctx, asked, params, body }) =>
    rejectRequest(ctx, asked, params.request, body.reason),
  requestRelease: async ({ ctx, asked, params }) => releaseRequest(ctx, asked, params.request),
  releaseRevoke: async ({ ctx, asked, params, body }) =>
    revokeRelease(ctx, asked, params.release, body.reason),
  releaseGet: async ({ ctx, asked, params }) => viewRelease(ctx, asked, params.release),
  releaseDownload: async ({ ctx, asked, params, reply }) => {
    const download = await downloadFile(ctx, asked, params.release, params.file)
    const ended = (complete: boolean) => {
      void download.ended(complete).catch((error: unknown) => {
        ctx.log.error({ cause: String(error) }, "the end of a download could not be recorded")
      })
    }
    // The first of the two counts: finished is handed over whole, closed without it is broken off.
    reply.raw.once("finish", () => ended(true))
    reply.raw.once("close", () => ended(false))
    return reply.headers({ ...download.headers, "audit-index": download.index }).send(download.body)
  },
} satisfies Partial<Handlers>
