// Where the command line reads logs from: a site over HTTP, or a mirror in a directory.
import http from "node:http"
import https from "node:https"
import { readFile } from "node:fs/promises"
import path from "node:path"
import type { Fetcher } from "./verify-log.ts"

/** A bundle of 256 entries of 65,535 bytes, with room. */
const MAX_BODY_BYTES = 20 * 1024 * 1024
const TIMEOUT_MS = 30_000

/** Only what the published formats use: nothing that a list or a tile number says leads out of the directory. */
export function directoryFetcher(directory: string): Fetcher {
  const root = path.resolve(directory)
  return async (requested) => {
    const file = path.join(root, requested)
    if (!file.startsWith(root + path.sep)) throw new Error(`${requested} leads out of ${directory}`)
    try {
      return await readFile(file)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "ENOENT" || code === "ENOTDIR") return undefined
      throw error
    }
  }
}

export function siteFetcher(site: string): Fetcher {
  const base = new URL(site)
  if (base.protocol !== "http:" && base.protocol !== "https:") throw new Error(`${site} is not a web address`)
  const transport = base.protocol === "https:" ? https : http
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 8 })
  return (requested) =>
    new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(new Error(`${new URL(requested, base).href}: ${describe(error)}`, { cause: error }))
      const request = transport.get(
        new URL(requested, base),
        {
          agent,
          timeout: TIMEOUT_MS,
          headers: { accept: "application/json, */*;q=0.5" },
          ...localLookup(base),
        },
        (response) => {
          const parts: Buffer[] = []
          let length = 0
          response.on("data", (part: Buffer) => {
            length += part.length
            parts.push(part)
            if (length > MAX_BODY_BYTES) request.destroy(new Error("the answer is too long"))
          })
          response.on("error", fail)
          response.on("end", () => {
            if (response.statusCode === 200) resolve(Buffer.concat(parts))
            else if (response.statusCode === 404) resolve(undefined)
            else fail(new Error(`answered ${response.statusCode}`))
          })
        },
      )
      request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
      request.on("error", fail)
    })
}

/** Names under .localhost are this machine (RFC 6761 §6.3), which not every resolver knows. */
function localLookup(base: URL): Pick<http.RequestOptions, "lookup"> {
  if (base.hostname !== "localhost" && !base.hostname.endsWith(".localhost")) return {}
  return {
    lookup: (_name, options, callback) => {
      if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }])
      else callback(null, "127.0.0.1", 4)
    },
  }
}

function describe(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === "ECONNREFUSED") return "nobody answers there; is the platform running (npm start)?"
  return error.message
}
