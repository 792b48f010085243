// The verbs of custody over Fastify. One line of log a call: caller, verb, status, milliseconds; no body, no id
// of a person. Every route names its verb, and the gatekeeper runs before the body is read.
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import Fastify, { type FastifyInstance } from "fastify"
import { sql } from "kysely"
import { Type, type TSchema } from "typebox"
import { linkSubjects, lookupSubjects } from "./actions/link.ts"
import * as projects from "./actions/projects.ts"
import * as reversals from "./actions/reversals.ts"
import type { Keys } from "./domain/keys.ts"
import { makeGatekeeper } from "./http/callers.ts"
import { mapErrors } from "./http/errors.ts"
import * as p from "./protocol.ts"
import type { Db } from "./store/db.ts"

export type Deps = {
  readonly db: Db
  readonly keys: Keys
  readonly tokens: Readonly<Record<p.Caller, string>>
  readonly say: (line: Record<string, unknown>) => void
}

const ProjectPath = Type.Object({ project: p.Id })
const ReversalPath = Type.Object({ reversal: p.Id })
const BODY_LIMIT = 8 * 1024 * 1024

export function buildApp(deps: Deps): FastifyInstance {
  const { db, keys } = deps
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT, return503OnClosing: true })
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  mapErrors(app, deps.say)
  const admit = makeGatekeeper(deps.tokens)
  const verb = (
    name: p.Verb,
    schema: { body?: TSchema; params?: TSchema; response: Record<number, TSchema> },
  ) => ({
    schema,
    config: { verb: name },
    onRequest: async (request: { headers: { authorization?: string | undefined } }) => {
      admit(request.headers.authorization, name)
    },
  })
  app.addHook("onResponse", async (request, reply) => {
    const name = (request.routeOptions.config as { verb?: string }).verb ?? "unknown"
    deps.say({ level: "info", verb: name, status: reply.statusCode, ms: Math.round(reply.elapsedTime) })
  })
  const r = app.withTypeProvider<TypeBoxTypeProvider>()

  // Of no caller: that the process answers and its database does, and nothing else.
  r.get("/v1/health", async () => {
    await sql`select 1`.execute(db)
    return { ready: true }
  })
  r.post(
    "/v1/subjects/link",
    verb("subjects.link", { body: p.LinkRequest, response: { 200: p.LinkAnswer } }),
    (request) => linkSubjects(db, keys, request.body as p.LinkRequest),
  )
  r.post(
    "/v1/subjects/lookup",
    verb("subjects.lookup", { body: p.SubjectsRequest, response: { 200: p.SubjectsAnswer } }),
    (request) => lookupSubjects(db, keys, request.body as p.SubjectsRequest),
  )
  const projectOf = (request: { params: unknown }) => (request.params as { project: string }).project
  const reversalOf = (request: { params: unknown }) => (request.params as { reversal: string }).reversal
  r.post(
    "/v1/projects/:project/people/offer",
    verb("people.offer", { params: ProjectPath, body: p.OfferRequest, response: { 200: p.OfferAnswer } }),
    async (request) => ({
      offered: await projects.offerPeople(db, keys, projectOf(request), request.body as p.OfferRequest),
    }),
  )
  r.post(
    "/v1/projects/:project/people/assign",
    verb("people.assign", { params: ProjectPath, body: p.AssignRequest, response: { 200: p.AssignAnswer } }),
    (request) => projects.assignPeople(db, projectOf(request), (request.body as { extract: string }).extract),
  )
  r.post(
    "/v1/projects/:project/people/lookup",
    verb("people.lookup", { params: ProjectPath, body: p.PeopleRequest, response: { 200: p.PeopleAnswer } }),
    (request) => projects.lookupPeople(db, projectOf(request), request.body as p.PeopleRequest),
  )
  r.put(
    "/v1/projects/:project",
    verb("project.open", { params: ProjectPath, response: { 200: p.RangeAnswer } }),
    (request) => projects.openProject(db, projectOf(request)),
  )
  r.get(
    "/v1/projects/:project/range",
    verb("project.range", { params: ProjectPath, response: { 200: p.RangeAnswer } }),
    (request) => projects.findRange(db, projectOf(request)),
  )
  r.delete(
    "/v1/projects/:project/map",
    verb("project.destroy", { params: ProjectPath, response: { 200: p.DestroyAnswer } }),
    (request) => projects.destroyProjectMap(db, projectOf(request)),
  )
  r.post(
    "/v1/reversals",
    verb("reversal.request", { body: p.ReversalRequest, response: { 200: p.ReversalAnswer } }),
    async (request) => ({ reversal: await reversals.requestReversal(db, request.body as p.ReversalRequest) }),
  )
  r.post(
    "/v1/reversals/:reversal/approvals",
    verb("reversal.approve", {
      params: ReversalPath,
      body: p.ApprovalRequest,
      response: { 200: p.ApprovalAnswer },
    }),
    async (request) => ({
      approvals: await reversals.approveReversal(
        db,
        reversalOf(request),
        (request.body as { person: string }).person,
      ),
    }),
  )
  r.post(
    "/v1/reversals/:reversal/open",
    verb("reversal.open", { params: ReversalPath, response: { 200: p.OpenAnswer } }),
    async (request) => ({ reference: await reversals.openReversal(db, reversalOf(request)) }),
  )
  return app
}
