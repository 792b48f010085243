// The platform itself: health, and what an operator sees.
import { Type } from "typebox"
import { Id, Instant, nullable, oneOf, operation, strict } from "./operation.ts"

const Part = strict({ part: Type.String(), ready: Type.Boolean(), message: nullable(Type.String()) })

export const platformOperations = [
  operation({
    id: "healthLive",
    method: "GET",
    path: "/api/health/live",
    summary: "The process answers",
    serves: "public",
    event: { none: "public" },
    response: strict({ live: Type.Literal(true) }),
  }),
  operation({
    id: "healthReady",
    method: "GET",
    path: "/api/health/ready",
    summary: "Every part is ready, or which is not",
    serves: "public",
    event: { none: "public" },
    response: strict({ ready: Type.Boolean(), parts: Type.Array(Part) }),
  }),
  operation({
    id: "siteGet",
    method: "GET",
    path: "/api/site",
    summary: "What the console needs before sign-in: identity server, notebook domain, zone",
    serves: "public",
    event: { none: "public" },
    response: strict({
      identity: Type.String(),
      realm: Type.String(),
      client: Type.String(),
      notebookDomain: Type.String(),
      zone: Type.String(),
      installation: Type.String(),
      demo: Type.Boolean(),
    }),
  }),
  operation({
    id: "platformGet",
    method: "GET",
    path: "/api/platform",
    summary: "Parts, nodes, containers wanted and actual, queues, disk",
    serves: "metadata",
    event: { none: "states and counts for operators, no data" },
    response: strict({
      version: Type.String(),
      parts: Type.Array(Part),
      nodes: Type.Array(
        strict({
          node: Type.String(),
          engine: Type.String(),
          cpus: Type.Integer(),
          memoryBytes: Type.Integer(),
          diskFreeBytes: Type.Integer(),
          reachable: Type.Boolean(),
        }),
      ),
      runs: Type.Array(
        strict({
          run: Id,
          workspace: Id,
          wanted: oneOf(["running", "stopped"]),
          observed: oneOf(["preparing", "running", "exited", "failed", "absent", "unknown"]),
          since: Instant,
        }),
      ),
      queues: Type.Array(
        strict({
          name: Type.String(),
          waiting: Type.Integer(),
          active: Type.Integer(),
          failed: Type.Integer(),
        }),
      ),
      log: strict({
        size: Type.Integer(),
        outbox: Type.Integer(),
        oldestSeconds: nullable(Type.Number()),
        writable: Type.Boolean(),
      }),
      policies: Type.Array(strict({ name: Type.String(), sha256: Type.String() })),
      mail: strict({ waiting: Type.Integer(), page: nullable(Type.String()) }),
    }),
  }),
]
