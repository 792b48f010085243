// A real gateway between a real browser and a notebook server that lies: whatever is asked, it answers with
// hostile pages. The page that holds the frame is the smallest one with the console's frame and policy.
import { createServer, type Server } from "node:http"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { AddressInfo } from "node:net"
import { startNotebook } from "../../apps/gateway/test/fake-notebook.ts"
import { HOST, type Rig, RUN, startRig, WORKSPACE } from "../../apps/gateway/test/rig.ts"

const OTHER_RUN = "dddddddddddd"
const OTHER = "eeeeeeeeeeee"
const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-modals"
export const SHELL = `http://${HOST.slice(HOST.indexOf(".ws.") + 4)}`
export const NOTEBOOK = `http://${HOST}`
export const OTHER_NOTEBOOK = NOTEBOOK.replace(WORKSPACE, OTHER)

export const PLAIN = `${SHELL}/plain`
/** As if notebooks had no host name of their own. */
export const SAME = `${SHELL}/same`
const BARE_PAGE = `<!doctype html><p id="gh-there">x</p>`
const OPEN_FILES: Record<string, [string, string]> = {
  "/plain": ["text/html", BARE_PAGE],
  "/frame": ["text/html", BARE_PAGE],
  "/same": ["text/html", `<!doctype html><iframe title="Notebook" src="/frame"></iframe>`],
  "/gh-shared.js": [
    "text/javascript",
    `const ports = []; onconnect = ({ ports: [port] }) => { ports.push(port); port.onmessage = ({ data }) => ports.forEach((each) => each.postMessage(data)) }`,
  ],
}

export interface HostileServer extends AsyncDisposable {
  readonly rig: Rig
  /**
   * where pages with a frame are: /workspaces/WORKSPACE, or /workspaces/OTHER to hold its cookie; beside them
   * SAME, whose frame is of the shell's own origin, and PLAIN, which has no frame
   */
  readonly shellPort: number
  /** what the lying server answers to every navigation */
  serve(page: string): void
  /** with false, as if the console protected nothing */
  protect(isOn: boolean): void
}

export async function startHostileServer(): Promise<HostileServer> {
  const rig = await startRig()
  mkdirSync(join(rig.directory, "runs", OTHER_RUN))
  const other = await startNotebook(join(rig.directory, "runs", OTHER_RUN, "notebook.sock"))
  rig.controlPlane.runs = [
    { run: RUN, workspace: WORKSPACE },
    { run: OTHER_RUN, workspace: OTHER },
  ]
  await rig.gateway.doors.start()
  let isProtected = true
  let tickets = 0
  const shell = createServer((asked, answer) => {
    const open = OPEN_FILES[asked.url ?? ""]
    if (open !== undefined) return void answer.setHeader("content-type", open[0]).end(open[1])
    const workspace = (asked.url ?? "").split("/")[2] ?? ""
    const isOther = workspace === OTHER
    const ticket = `ticket-of-one-use-${++tickets}`
    const session = Buffer.alloc(32, tickets).toString("base64url")
    const lease = rig.lease({ session, workspace, run: isOther ? OTHER_RUN : RUN })
    rig.controlPlane.tickets.set(ticket, lease)
    const origin = isOther ? OTHER_NOTEBOOK : NOTEBOOK
    const source = `${origin}/.gh/enter?ticket=${ticket}`
    const frame = isProtected ? `sandbox="${SANDBOX}"` : `allow="clipboard-write *"`
    if (isProtected)
      answer.setHeader(
        "content-security-policy",
        `default-src 'none'; frame-src ${origin}; frame-ancestors 'none'`,
      )
    answer.setHeader("content-type", "text/html")
    answer.end(
      `<!doctype html><iframe title="Notebook" width="900" height="600" ${frame} src="${source}"></iframe>`,
    )
  })
  return {
    rig,
    shellPort: await listen(shell),
    serve: (page) => {
      rig.notebook.answer = (url) =>
        url.startsWith("/api/")
          ? { headers: { "content-type": "application/json" }, body: "{}" }
          : { headers: { "content-type": "text/html; charset=utf-8" }, body: page }
      other.state.answer = rig.notebook.answer
    },
    protect: (isOn) => void (isProtected = isOn),
    [Symbol.asyncDispose]: async () => {
      shell.closeAllConnections()
      shell.close()
      await rig.close()
      await other.close()
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}
