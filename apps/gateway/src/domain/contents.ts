// Rules for Jupyter's contents interface. Opening a notebook is reading its bytes, so reading cannot be
// forbidden; bulk and convenience are: no binary but a small image of a known kind, no file beyond its cap, no
// upload of binary, and every path is in the log before it is forwarded.

/** Caps in bytes of one answer, JSON included. */
export const CAPS = { directory: 4 << 20, notebook: 16 << 20, text: 1 << 20, image: 4 << 20 } as const
/** Cap in bytes of what is read into memory of one request or answer. */
export const MAX_CONTENTS = 16 << 20

export type ContentsJudgement =
  | { allowed: true }
  | { allowed: false; status: number; code: string; message: string }

const IMAGES: Record<string, (bytes: Buffer) => boolean> = {
  png: (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  jpg: isJpeg,
  jpeg: isJpeg,
  gif: (bytes) => /^GIF8[79]a/.test(bytes.subarray(0, 6).toString("latin1")),
  webp: (bytes) =>
    bytes.subarray(0, 4).toString("latin1") === "RIFF" && bytes.subarray(8, 12).toString("latin1") === "WEBP",
}

function isJpeg(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))
}

/** Before forwarding a read: a format that would be denied anyway is not even fetched. */
export function judgeRead(path: string, query: URLSearchParams): ContentsJudgement {
  if (query.get("format") === "base64" && !isImage(path)) return DENIED_BINARY
  return { allowed: true }
}

/** What the notebook server says it sends, judged by what it sends. `path` is the one asked for, `body` the whole answer. */
export function judgeAnswer(path: string, body: Buffer): ContentsJudgement {
  const model = readModel(body)
  if (model === undefined)
    return refuse(502, "notebook_answer", "The notebook server gave an answer that is no file or folder.")
  const { type, format, content } = model
  if (content === undefined || content === null) return judgeSize(body, CAPS.directory)
  if (type === "directory" && Array.isArray(content)) return judgeSize(body, CAPS.directory)
  if (type === "notebook" && typeof content === "object" && format === "json")
    return judgeSize(body, CAPS.notebook)
  if (type !== "file" || typeof content !== "string")
    return refuse(502, "notebook_answer", "The notebook server gave an unknown kind of file.")
  if (format === "text") return judgeSize(body, CAPS.text)
  return beginsAsImage(path, content) ? judgeSize(body, CAPS.image) : DENIED_BINARY
}

/** What a browser sends to be saved. `body` is the whole request. */
export function judgeWrite(body: Buffer): ContentsJudgement {
  if (body.length === 0) return { allowed: true }
  const model = readModel(body)
  if (model === undefined) return refuse(400, "bad_request", "The request is not a JSON object.")
  if (model["chunk"] !== undefined || model.format === "base64") {
    return refuse(
      403,
      "upload_denied",
      "Files are not uploaded here. Code and tables come in through an import request.",
    )
  }
  return { allowed: true }
}

/** Where a request moves or copies something: part of what the log keeps. */
export function describeMove(body: Buffer): string {
  const model = body.length === 0 ? undefined : readModel(body)
  const parts = [model?.["path"], model?.["copy_from"]].filter(
    (part) => typeof part === "string" && part !== "",
  )
  return parts.length === 0 ? "" : ` -> ${parts.join(" from ")}`
}

type Model = Record<string, unknown> & { type?: unknown; format?: unknown; content?: unknown }

function readModel(body: Buffer): Model | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Model) : undefined
  } catch {
    return undefined
  }
}

function judgeSize(body: Buffer, cap: number): ContentsJudgement {
  if (body.length <= cap) return { allowed: true }
  return refuse(
    413,
    "too_large",
    `This is larger than the ${cap >> 20} MiB that may be shown at once. Read it with code instead.`,
  )
}

function isImage(path: string): boolean {
  return Object.hasOwn(IMAGES, extensionOf(path))
}

function beginsAsImage(path: string, base64: string): boolean {
  const known = IMAGES[extensionOf(path)]
  return known !== undefined && known(Buffer.from(base64.slice(0, 64), "base64"))
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1).toLowerCase()
}

function refuse(status: number, code: string, message: string): ContentsJudgement {
  return { allowed: false, status, code, message }
}

const DENIED_BINARY: ContentsJudgement = refuse(
  403,
  "binary_denied",
  "Binary files are not shown in the browser. Read them with code; results leave by asking for release.",
)
