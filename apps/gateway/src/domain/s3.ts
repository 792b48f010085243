// The read-only S3 subset that workspaces use: which request is meant, how a list is cut into pages.
// Everything else of S3 is answered "not implemented" or, for writing, "method not allowed".

export type S3Object = { key: string; size: number; etag: string; lastModified: string }

export type S3Request =
  | { kind: "list"; bucket: string; query: ListQuery }
  | { kind: "get" | "head"; bucket: string; key: string }
  | { kind: "head-bucket"; bucket: string }

export type ListQuery = {
  prefix: string
  delimiter: string
  /** keys up to and including this one are skipped */
  after: string
  maxKeys: number
  encodeKeys: boolean
  token: string | undefined
}

export class S3Error extends Error {
  readonly code: string
  readonly status: number
  /** @param code stable, as S3 names it or one of ours in lower case */
  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = status
  }
}

const MAX_KEYS = 1000
const BUCKET = /^(data|extract-[a-z2-7]{12})$/

/** Any signature is accepted and ignored: the socket is the identity. */
const IGNORED_QUERY = /^(x-amz-.*|x-id|awsaccesskeyid|signature|expires)$/i
const LIST_QUERY = new Set([
  "list-type",
  "prefix",
  "delimiter",
  "continuation-token",
  "start-after",
  "max-keys",
  "encoding-type",
  "fetch-owner",
])

export function readName(path: string): { bucket: string; key: string } {
  const [bucket = "", ...rest] = path.slice(1).split("/")
  return { bucket, key: rest.join("/") }
}

/** @throws S3Error for what is not offered */
export function readS3Request(method: string, path: string, query: URLSearchParams): S3Request {
  const { bucket, key } = readName(path)
  if (bucket === "") throw new S3Error(403, "AccessDenied", "Buckets are not listed here. Read s3://data/.")
  if (!BUCKET.test(bucket))
    throw new S3Error(404, "NoSuchBucket", "There is no such bucket in this workspace.")
  if (method !== "GET" && method !== "HEAD") {
    throw new S3Error(
      405,
      "MethodNotAllowed",
      "Project data is read-only. Results leave by glasshouse.request_output().",
    )
  }
  const names = [...new Set(query.keys())].filter((name) => !IGNORED_QUERY.test(name))
  if (key !== "") {
    if (names.length > 0) throw new S3Error(501, "NotImplemented", `Not offered here: ${names.join(", ")}.`)
    return { kind: method === "GET" ? "get" : "head", bucket, key }
  }
  if (method === "HEAD") return { kind: "head-bucket", bucket }
  const foreign = names.filter((name) => !LIST_QUERY.has(name))
  if (foreign.length > 0) throw new S3Error(501, "NotImplemented", `Not offered here: ${foreign.join(", ")}.`)
  if (query.get("list-type") !== "2")
    throw new S3Error(501, "NotImplemented", "Only ListObjectsV2 is offered.")
  return { kind: "list", bucket, query: readListQuery(query) }
}

function readListQuery(query: URLSearchParams): ListQuery {
  const maxKeys = query.get("max-keys") ?? String(MAX_KEYS)
  if (!/^\d{1,9}$/.test(maxKeys)) throw new S3Error(400, "InvalidArgument", "max-keys is not a number.")
  const encoding = query.get("encoding-type")
  if (encoding !== null && encoding !== "url")
    throw new S3Error(400, "InvalidArgument", "encoding-type must be url.")
  const token = query.get("continuation-token") ?? undefined
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    after: token === undefined ? (query.get("start-after") ?? "") : readToken(token),
    maxKeys: Math.min(Number(maxKeys), MAX_KEYS),
    encodeKeys: encoding === "url",
    token,
  }
}

export type Page = { contents: S3Object[]; prefixes: string[]; next: string | undefined }

/** Cuts one page; order is that of UTF-8 bytes, a common prefix counts as one key. */
export function pageOf(objects: readonly S3Object[], query: ListQuery): Page {
  const page: Page = { contents: [], prefixes: [], next: undefined }
  let last = ""
  for (const object of sortByKey(objects)) {
    if (!object.key.startsWith(query.prefix)) continue
    const group = groupOf(object.key, query)
    const name = group ?? object.key
    // A group that ended the page before is told already, although its keys sort after its name.
    if (
      compareUtf8(object.key, query.after) <= 0 ||
      (group !== undefined && group === query.after) ||
      name === last
    )
      continue
    if (page.contents.length + page.prefixes.length >= query.maxKeys) {
      if (query.maxKeys > 0) page.next = writeToken(last)
      return page
    }
    if (group === undefined) page.contents.push(object)
    else page.prefixes.push(group)
    last = name
  }
  return page
}

function groupOf(key: string, query: ListQuery): string | undefined {
  if (query.delimiter === "") return undefined
  const at = key.indexOf(query.delimiter, query.prefix.length)
  return at === -1 ? undefined : key.slice(0, at + query.delimiter.length)
}

function sortByKey(objects: readonly S3Object[]): S3Object[] {
  return [...objects].sort((a, b) => compareUtf8(a.key, b.key))
}

function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

// Our own tokens: the store's hold internals of the store.
function writeToken(after: string): string {
  return Buffer.from(`1:${after}`).toString("base64url")
}

function readToken(token: string): string {
  const text = /^[\w-]{1,2048}$/.test(token) ? Buffer.from(token, "base64url").toString("utf8") : ""
  if (!text.startsWith("1:"))
    throw new S3Error(400, "InvalidArgument", "The continuation token is not valid.")
  return text.slice(2)
}
