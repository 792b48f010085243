// S3's answers as XML. Every text goes through one escape; nothing of a request is echoed unescaped.
import type { ListQuery, Page, S3Error } from "./s3.ts"

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

export function writeError(error: S3Error, resource: string, requestId: string): string {
  return `${DECLARATION}<Error>${element("Code", error.code)}${element("Message", error.message)}${element(
    "Resource",
    resource,
  )}${element("RequestId", requestId)}</Error>`
}

export function writeList(bucket: string, query: ListQuery, page: Page): string {
  const name = query.encodeKeys ? encodeKey : (key: string): string => key
  const contents = page.contents.map(
    (object) =>
      `<Contents>${element("Key", name(object.key))}${element("LastModified", isoTime(object.lastModified))}${element(
        "ETag",
        quoteEtag(object.etag),
      )}${element("Size", String(object.size))}${element("StorageClass", "STANDARD")}</Contents>`,
  )
  const prefixes = page.prefixes.map(
    (prefix) => `<CommonPrefixes>${element("Prefix", name(prefix))}</CommonPrefixes>`,
  )
  return [
    `${DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    element("Name", bucket),
    element("Prefix", name(query.prefix)),
    query.delimiter === "" ? "" : element("Delimiter", name(query.delimiter)),
    query.encodeKeys ? element("EncodingType", "url") : "",
    query.token === undefined ? "" : element("ContinuationToken", query.token),
    element("KeyCount", String(page.contents.length + page.prefixes.length)),
    element("MaxKeys", String(query.maxKeys)),
    element("IsTruncated", String(page.next !== undefined)),
    page.next === undefined ? "" : element("NextContinuationToken", page.next),
    ...contents,
    ...prefixes,
    "</ListBucketResult>",
  ].join("")
}

export function quoteEtag(etag: string): string {
  return `"${bareEtag(etag)}"`
}

export function bareEtag(etag: string): string {
  return etag.replace(/^"|"$/g, "")
}

/** HTTP date of an ISO time. */
export function httpTime(time: string): string {
  return new Date(time).toUTCString()
}

function isoTime(time: string): string {
  return new Date(time).toISOString()
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/")
}

function element(name: string, text: string): string {
  return `<${name}>${escape(text)}</${name}>`
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
}
