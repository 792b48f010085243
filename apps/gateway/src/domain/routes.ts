// The part of Jupyter's interface that a browser may use, as one list. What is not here is denied:
// raw files, conversions, terminals, language servers, extension management, shutdown and whatever a
// workspace adds by itself.

/**
 * What passes through a route and how it is treated:
 * `document` an HTML page of Lab; `asset` Lab's own static files; `style` themes, which the server rewrites; `api` small JSON;
 * `contents` files and listings, logged and inspected; `kernel` and `events` WebSockets.
 */
export type RouteKind = "document" | "asset" | "style" | "api" | "contents" | "kernel" | "events"

type Route = { methods: readonly string[]; path: RegExp; kind: RouteKind; human?: true }

const UUID = "[0-9A-Za-z-]{1,64}"
const NAME = "[0-9A-Za-z._-]{1,64}"

// Of nbconvert only the list of formats: Lab asks for it at its start. Converting is not offered.
const ROUTES: readonly Route[] = [
  { methods: ["GET"], path: /^\/lab\/?$/, kind: "document" },
  { methods: ["GET"], path: /^\/lab\/(tree|workspaces|doc)\/.{1,1024}$/u, kind: "document" },
  { methods: ["GET"], path: /^\/static\/[0-9A-Za-z._/@-]{1,300}$/, kind: "asset" },
  { methods: ["GET"], path: /^\/lab\/extensions\/[0-9A-Za-z._/@-]{1,300}$/, kind: "asset" },
  { methods: ["GET"], path: /^\/lab\/api\/themes\/[0-9A-Za-z._/@-]{1,300}$/, kind: "style" },
  { methods: ["GET"], path: /^\/lab\/api\/(settings|workspaces|translations|build)\/?$/, kind: "api" },
  { methods: ["GET", "PUT"], path: /^\/lab\/api\/settings\/[@0-9A-Za-z._:/-]{1,200}$/, kind: "api" },
  { methods: ["GET", "PUT", "DELETE"], path: /^\/lab\/api\/workspaces\/[0-9A-Za-z._-]{1,100}$/, kind: "api" },
  { methods: ["GET"], path: /^\/lab\/api\/translations\/[0-9A-Za-z_-]{1,32}$/, kind: "api" },
  { methods: ["GET"], path: /^\/api\/?$/, kind: "api" },
  { methods: ["GET"], path: /^\/api\/(me|kernelspecs|sessions|kernels|nbconvert|resolvePath)$/, kind: "api" },
  { methods: ["GET"], path: new RegExp(`^/api/kernelspecs/${NAME}$`), kind: "api" },
  {
    methods: ["GET"],
    path: new RegExp(`^/kernelspecs/${NAME}/logo-[0-9a-z]{1,8}\\.(png|svg)$`),
    kind: "api",
  },
  { methods: ["POST"], path: /^\/api\/(sessions|kernels)$/, kind: "api", human: true },
  { methods: ["GET"], path: new RegExp(`^/api/(sessions|kernels)/${UUID}$`), kind: "api" },
  { methods: ["PATCH"], path: new RegExp(`^/api/sessions/${UUID}$`), kind: "api", human: true },
  { methods: ["DELETE"], path: new RegExp(`^/api/(sessions|kernels)/${UUID}$`), kind: "api", human: true },
  {
    methods: ["POST"],
    path: new RegExp(`^/api/kernels/${UUID}/(interrupt|restart)$`),
    kind: "api",
    human: true,
  },
  { methods: ["GET", "PUT"], path: /^\/api\/contents(\/.{0,1024})?$/u, kind: "contents" },
  {
    methods: ["POST", "PATCH", "DELETE"],
    path: /^\/api\/contents(\/.{0,1024})?$/u,
    kind: "contents",
    human: true,
  },
]

const KERNEL_SOCKET = new RegExp(`^/api/kernels/(${UUID})/channels$`)
const EVENT_SOCKET = /^\/api\/events\/subscribe$/

/** Query parameters that turn a page into a download or carry a foreign credential. */
const DENIED_QUERY = ["download", "token", "_xsrf"]

export type Match =
  | { allowed: true; kind: RouteKind; human: boolean; kernel: string | undefined }
  | { allowed: false; code: "path_denied" | "method_denied" | "query_denied" }

/** Judges a request or an upgrade; `path` is decoded once, as readTarget gives it. */
export function matchRoute(method: string, path: string, query: URLSearchParams, upgrade: boolean): Match {
  if (DENIED_QUERY.some((name) => query.has(name))) return { allowed: false, code: "query_denied" }
  if (upgrade) return matchSocket(method, path)
  const here = ROUTES.filter((route) => route.path.test(path))
  if (here.length === 0) return { allowed: false, code: "path_denied" }
  const route = here.find((candidate) => candidate.methods.includes(method))
  if (route === undefined) return { allowed: false, code: "method_denied" }
  return { allowed: true, kind: route.kind, human: route.human === true, kernel: undefined }
}

function matchSocket(method: string, path: string): Match {
  if (method !== "GET") return { allowed: false, code: "method_denied" }
  const kernel = KERNEL_SOCKET.exec(path)?.[1]
  if (kernel !== undefined) return { allowed: true, kind: "kernel", human: false, kernel }
  if (EVENT_SOCKET.test(path)) return { allowed: true, kind: "events", human: false, kernel: undefined }
  return { allowed: false, code: "path_denied" }
}
