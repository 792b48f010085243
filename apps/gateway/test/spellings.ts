// Ways to write the name of one object so that somebody on the way might read another: encodings, dots,
// slashes, case, look-alikes, other forms of an address. For objects that are not the asker's.

const encode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

const first = (path: string): string => path.split("/")[1] ?? ""
const rest = (path: string): string => path.slice(first(path).length + 1)
const onFirst =
  (change: (text: string) => string) =>
  (path: string): string =>
    `/${change(first(path))}${rest(path)}`

/** Each takes an absolute path and gives a request target. */
export const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  "as it is": (path) => path,
  "its first part encoded": onFirst(encode),
  "its first letter encoded": onFirst((text) => encode(text.slice(0, 1)) + text.slice(1)),
  "encoded in capitals": onFirst((text) => encode(text).toUpperCase()),
  "encoded whole": (path) => `/${path.slice(1).split("/").map(encode).join("/")}`,
  "encoded with its slashes": (path) => `/${encode(path.slice(1))}`,
  "encoded twice": (path) => `/${encode(path.slice(1)).replaceAll("%", "%25")}`,
  "encoded three times": (path) => `/${encode(path.slice(1)).replaceAll("%", "%2525")}`,
  "slashes encoded": (path) => `/${path.slice(1).replaceAll("/", "%2f")}`,
  "slashes doubled": (path) => path.replaceAll("/", "//"),
  "backslashes encoded": (path) => `/${path.slice(1).replaceAll("/", "%5c")}`,
  backslashes: (path) => `/${path.slice(1).replaceAll("/", "\\")}`,
  "from the own bucket": (path) => `/data/..${path}`,
  "from the own folder": (path) => `/data/labs/../..${path}`,
  "dots encoded": (path) => `/data/%2e%2e${path}`,
  "dots half encoded": (path) => `/data/.%2e${path}`,
  "dots encoded twice": (path) => `/data/%252e%252e${path}`,
  "dots and slash encoded": (path) => `/data/..%2f${path.slice(1)}`,
  "dots and backslash": (path) => `/data/..%5c${path.slice(1).replaceAll("/", "%5c")}`,
  "dots with a parameter": (path) => `/data/..;${path}`,
  "dots with a parameter of their own": (path) => `/data/..;x=1${path}`,
  "more dots": (path) => `/data/....//${path}`,
  "overlong dots": (path) => `/data/%c0%ae%c0%ae${path}`,
  "overlong slash": (path) => `/data/..%c0%af${path.slice(1)}`,
  "longer overlong slash": (path) => `/data/..%e0%80%af${path.slice(1)}`,
  "wide dots": (path) => `/data/%ef%bc%8e%ef%bc%8e${path}`,
  "wide slash": (path) => `/data/..%ef%bc%8f${path.slice(1)}`,
  "old wide encoding": (path) => `/data/%u002e%u002e${path}`,
  "one dot": (path) => `/.${path}`,
  "dots within": (path) => path.replace("/", "/./"),
  "a dot at the end": (path) => `${path}/.`,
  "a NUL": (path) => `${path}%00`,
  "a NUL and an own name": (path) => `${path}%00/labs/part-0.parquet`,
  "a line end": (path) => `${path}%0a`,
  "a header": (path) => `${path}%0d%0aHost:%20cccccccccccc`,
  "a tab before": (path) => `/%09${path.slice(1)}`,
  "a space before": (path) => `/%20${path.slice(1)}`,
  "a space at the end": (path) => `${path}%20`,
  capitals: onFirst((text) => text.toUpperCase()),
  "a capital": onFirst((text) => text.slice(0, 1).toUpperCase() + text.slice(1)),
  "a Cyrillic letter": onFirst((text) =>
    text.replaceAll(/[ao]/g, (letter) => encode(letter === "a" ? "а" : "о")),
  ),
  "a wide letter": onFirst(
    (text) => encode(String.fromCharCode(text.charCodeAt(0) + 0xfe_e0)) + text.slice(1),
  ),
  "an invisible letter": onFirst((text) => `${text.slice(0, 1)}%e2%80%8b${text.slice(1)}`),
  "a mark of order": onFirst((text) => `%ef%bb%bf${text}`),
  "a mark of direction": onFirst((text) => `%e2%80%ae${text}`),
  "a dot after the bucket": onFirst((text) => `${text}.`),
  "another server": (path) => `http://elsewhere${path}`,
  "this server in full": (path) => `http://127.0.0.1:9000${path}`,
  "a user": (path) => `http://user@127.0.0.1:9000${path}`,
  "another scheme": (path) => `https://elsewhere${path}`,
  "a fragment": (path) => `${path}#/data/labs/part-0.parquet`,
  "the own object as a query": (path) => `${path}?x-id=/data/labs/part-0.parquet`,
  signed: (path) => `${path}?X-Amz-Credential=cccccccccccc&X-Amz-Signature=0`,
  "a version of it": (path) => `${path}?versionId=null`,
  "its rights": (path) => `${path}?acl`,
  "a part of it": (path) => `${path}?partNumber=1`,
  "an upload of it": (path) => `${path}?uploadId=x&max-parts=1`,
  "the query encoded": (path) => `/data%3fprefix=${encode(path)}`,
  "a broken code": (path) => `${path}%`,
  "half a code": (path) => `${path}%2`,
  "a code that is none": (path) => `${path}%zz`,
}

/** Headers by which some servers let themselves be told another address or person. */
export const MISLEADING: readonly Record<string, string>[] = [
  { host: "extract-cccccccccccc.127.0.0.1:9000" },
  { host: "cccccccccccc.ws.glasshouse.localhost:8080" },
  { "x-original-url": "/data/labs/part-0.parquet", "x-rewrite-url": "/data/labs/part-0.parquet" },
  { "x-forwarded-host": "cccccccccccc", "x-forwarded-prefix": "/data", forwarded: "host=cccccccccccc" },
  { "x-glasshouse-run": "cccccccccccc", "x-run": "cccccccccccc", cookie: "run=cccccccccccc" },
  { authorization: "AWS4-HMAC-SHA256 Credential=cccccccccccc/20260101/us-east-1/s3/aws4_request" },
  { "x-amz-copy-source": "/project/x", "x-amz-expected-bucket-owner": "cccccccccccc" },
  { "x-http-method-override": "PUT", range: "bytes=0-9" },
]
