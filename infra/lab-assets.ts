// The hashes of Lab's own files, for the gateway: it serves to a browser only what an image brought along.
// Earlier images stay listed while their runs may go on.
import { existsSync } from "node:fs"
import path from "node:path"
import type { Installation } from "./installation.ts"
import { run } from "./run.ts"
import { writeWhole } from "./state.ts"

export async function ensureLabAssets(
  installation: Installation,
  reference: string | undefined,
): Promise<void> {
  if (reference === undefined) return
  const file = path.join(installation.state, "assets", `${reference.replaceAll(/[^a-z0-9]/g, "-")}.json`)
  if (existsSync(file)) return
  const list = ["--entrypoint", "cat", reference, "/opt/glasshouse/assets.json"]
  const text = await run("docker", ["run", "--rm", "--network", "none", "--log-driver", "none", ...list])
  writeWhole(file, text, 0o644)
}
