// A notebook without a browser's screen: the entrance with its ticket, Jupyter's small interfaces, and one
// kernel socket on which cells are run one after the other. Speaks as JupyterLab does, through the gateway.
import { randomUUID } from "node:crypto"
import type { WebSocket } from "ws"
import type { Person, Told } from "./person.ts"
import { ask, openSocket, readJson, type Answer } from "./wire.ts"

const PROTOCOL = "v1.kernel.websocket.jupyter.org"

/** No answer that can be trusted came; `code` says which end broke. */
export class Lost extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

export interface Ran {
  readonly messageId: string
  readonly ok: boolean
  /** what it printed, and the error's name when it failed */
  readonly text: string
}

function writeFrame(channel: string, type: string, messageId: string, content: unknown): Buffer {
  const header = {
    msg_id: messageId,
    msg_type: type,
    username: "",
    session: "glasshouse-client",
    date: new Date().toISOString(),
    version: "5.3",
  }
  const parts = [channel, JSON.stringify(header), "{}", "{}", JSON.stringify(content)].map((text) =>
    Buffer.from(text),
  )
  const head = Buffer.alloc(8 * (parts.length + 2))
  head.writeBigUInt64LE(BigInt(parts.length + 1), 0)
  let offset = head.length
  head.writeBigUInt64LE(BigInt(offset), 8)
  for (const [index, part] of parts.entries()) {
    offset += part.length
    head.writeBigUInt64LE(BigInt(offset), 8 * (index + 2))
  }
  return Buffer.concat([head, ...parts])
}

interface Message {
  type: string
  parent: string
  content: Record<string, unknown>
}

function readFrame(bytes: Buffer): Message {
  const at = (index: number) => Number(bytes.readBigUInt64LE(8 * index))
  const part = (index: number) =>
    JSON.parse(bytes.subarray(at(index), at(index + 1)).toString("utf8")) as never
  const header = part(2) as { msg_type: string }
  const parent = part(3) as { msg_id?: string }
  return { type: header.msg_type, parent: parent.msg_id ?? "", content: part(5) }
}

export class Notebook {
  readonly #person: Person
  readonly workspace: string
  readonly #origin: string
  #cookie = ""
  #socket: WebSocket | undefined
  kernel = ""

  constructor(person: Person, workspace: string) {
    this.#person = person
    this.workspace = workspace
    const { protocol, host } = new URL(person.origin)
    this.#origin = `${protocol}//${workspace}.ws.${host}`
  }

  /** A one-time ticket, exchanged for the notebook's cookie. Answers what the control plane said. */
  async enter(): Promise<Told> {
    const told = await this.#person.call("workspaceEnter", { params: { workspace: this.workspace } })
    if (told.kind !== "done") return told
    const answer = await this.#ask("GET", String(told.value["url"]).slice(this.#origin.length), undefined, {
      "sec-fetch-site": "same-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "iframe",
    })
    const given = answer.headers["set-cookie"]
    const cookie = (Array.isArray(given) ? given[0] : given)?.split(";")[0]
    if (answer.status !== 200 || cookie === undefined) throw new Lost(codeOf(answer))
    this.#cookie = cookie
    return told
  }

  get isEntered(): boolean {
    return this.#cookie !== ""
  }

  leave(): void {
    this.#cookie = ""
    this.drop()
  }

  drop(): void {
    this.#socket?.terminate()
    this.#socket = undefined
  }

  /** The kernels that run, as Jupyter lists them. @throws Lost */
  async kernels(): Promise<string[]> {
    const answer = await this.#ask("GET", "/api/kernels")
    if (answer.status !== 200) throw new Lost(codeOf(answer))
    return (readJson(answer) as { id: string }[]).map(({ id }) => id)
  }

  /** Starts a kernel. @throws Lost */
  async startKernel(name = "python3"): Promise<string> {
    const answer = await this.#ask("POST", "/api/kernels", JSON.stringify({ name }))
    if (answer.status !== 201) throw new Lost(codeOf(answer))
    this.kernel = (readJson(answer) as { id: string }).id
    return this.kernel
  }

  /** Saves a text file in the person's home. @throws Lost; then nobody can say whether it was kept */
  async save(name: string, text: string): Promise<Answer> {
    const body = JSON.stringify({ type: "file", format: "text", content: text })
    const answer = await this.#ask("PUT", `/api/contents/${name}`, body)
    if (answer.status !== 200 && answer.status !== 201) throw new Lost(codeOf(answer))
    return answer
  }

  /** A text file's content, or undefined when there is none. @throws Lost */
  async read(name: string): Promise<string | undefined> {
    const answer = await this.#ask("GET", `/api/contents/${name}?content=1&type=file&format=text`)
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw new Lost(codeOf(answer))
    return (readJson(answer) as { content: string }).content
  }

  /** Runs one cell and waits for the kernel's own reply. @throws Lost */
  async run(code: string, within = 60_000): Promise<Ran> {
    const socket = await this.#connect()
    const messageId = randomUUID()
    const text: string[] = []
    return await new Promise<Ran>((resolve, reject) => {
      const stop = (code_: string): void => {
        clearTimeout(timer)
        socket.off("message", hear)
        socket.off("close", closed)
        if (code_ !== "") {
          this.drop()
          reject(new Lost(code_))
        }
      }
      const timer = setTimeout(() => stop("no_reply"), within)
      const closed = (_code: number, reason: Buffer): void => stop(reason.toString("utf8") || "socket_closed")
      let reply: { ok: boolean; error: string } | undefined
      let isIdle = false
      const hear = (data: Buffer): void => {
        const message = readFrame(data)
        if (message.parent !== messageId) return
        if (message.type === "stream") text.push(String(message.content["text"]))
        if (message.type === "status" && message.content["execution_state"] === "idle") isIdle = true
        if (message.type === "execute_reply")
          reply = {
            ok: message.content["status"] === "ok",
            error:
              `${String(message.content["ename"] ?? "")} ${String(message.content["evalue"] ?? "")}`.trim(),
          }
        if (reply === undefined || !isIdle) return
        stop("")
        resolve({ messageId, ok: reply.ok, text: `${text.join("")}${reply.ok ? "" : reply.error}` })
      }
      socket.on("message", hear)
      socket.once("close", closed)
      socket.send(
        writeFrame("shell", "execute_request", messageId, {
          code,
          silent: false,
          store_history: true,
          user_expressions: {},
          allow_stdin: false,
          stop_on_error: false,
        }),
      )
    })
  }

  async #connect(): Promise<WebSocket> {
    if (this.#socket?.readyState === this.#socket?.OPEN && this.#socket !== undefined) return this.#socket
    this.drop()
    const url = `${this.#origin.replace(/^http/, "ws")}/api/kernels/${this.kernel}/channels?session_id=glasshouse-client`
    const socket = openSocket(url, [PROTOCOL], { origin: this.#origin, cookie: this.#cookie })
    socket.on("error", () => {})
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve())
      socket.once("unexpected-response", (_request, response) => {
        const chunks: Buffer[] = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => {
          const bytes = Buffer.concat(chunks)
          reject(new Lost(codeOf({ status: response.statusCode ?? 0, headers: {}, bytes })))
        })
        response.on("error", () => reject(new Lost("socket_failed")))
      })
      socket.once("close", () => reject(new Lost("socket_failed")))
    })
    this.#socket = socket
    return socket
  }

  async #ask(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = { "sec-fetch-site": "same-origin" },
  ): Promise<Answer> {
    try {
      return await ask(`${this.#origin}${path}`, {
        method,
        headers: {
          ...headers,
          ...(this.#cookie === "" ? {} : { cookie: this.#cookie }),
          ...(body === undefined ? {} : { "content-type": "application/json", origin: this.#origin }),
        },
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      throw new Lost(error instanceof Error ? ((error as { code?: string }).code ?? error.name) : "unknown")
    }
  }
}

function codeOf(answer: Answer): string {
  const body = readJson(answer) as { code?: unknown } | undefined
  return typeof body?.code === "string" ? body.code : `http_${answer.status}`
}
