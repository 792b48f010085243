// The console's own route table, read from its source: every address that it knows. A new route is in this
// list at once, and without a case of its own the walks over it fail.
import { readFileSync } from "node:fs"
import { join } from "node:path"

const TABLE = join(import.meta.dirname, "../../apps/web/src/routes.tsx")

/** Addresses with their parameters, such as `/projects/:project/data`; `*` is everything else. */
export function readRoutes(source = readFileSync(TABLE, "utf8")): string[] {
  const found = [...source.matchAll(/(?:path:\s*"([^"]+)"|index:\s*(true))[^{}]*lazy:/g)]
  const routes = found.map(([, path, index]) => (index ? "/" : path!.replace(/^\/?/, "/")))
  // the frame of the public pages is no page: it stands at "/" itself, beside its own index
  return [...new Set(routes.map((route) => (route === "/*" ? "*" : route)))]
}
