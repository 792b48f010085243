import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { pageOf, readS3Request, S3Error, type ListQuery } from "./s3.ts"
import { writeError, writeList } from "./s3-xml.ts"

const read = (method: string, path: string, query = "") =>
  readS3Request(method, path, new URLSearchParams(query))
const codeOf = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof S3Error) return `${error.status} ${error.code}`
    throw error
  }
  return "allowed"
}
const object = (key: string) => ({ key, size: 3, etag: "e", lastModified: "2026-01-02T03:04:05Z" })

test("the subset: list, head, get; any signature is ignored", () => {
  assert.deepEqual(read("GET", "/data/labs/part-0.parquet", "x-id=GetObject&X-Amz-Signature=abc"), {
    kind: "get",
    bucket: "data",
    key: "labs/part-0.parquet",
  })
  assert.equal(read("HEAD", "/extract-abcdefghijkl/labs").kind, "head")
  assert.equal(read("HEAD", "/data").kind, "head-bucket")
  const list = read("GET", "/data", "list-type=2&prefix=labs%2F&max-keys=5000&encoding-type=url")
  assert.ok(
    list.kind === "list" &&
      list.query.prefix === "labs/" &&
      list.query.maxKeys === 1000 &&
      list.query.encodeKeys,
  )
})

test("everything else says so", () => {
  for (const method of ["PUT", "POST", "DELETE", "PATCH"])
    assert.equal(
      codeOf(() => read(method, "/data/x")),
      "405 MethodNotAllowed",
    )
  assert.equal(
    codeOf(() => read("GET", "/")),
    "403 AccessDenied",
  )
  for (const bucket of [
    "/linked",
    "/landed/x",
    "/extract-short/x",
    "/Data/x",
    "/data./x",
    "/extract-abcdefghijklm/x",
  ]) {
    assert.equal(
      codeOf(() => read("GET", bucket)),
      "404 NoSuchBucket",
      bucket,
    )
  }
  for (const query of ["acl", "uploads", "versionId=1", "tagging", "partNumber=1"]) {
    assert.equal(
      codeOf(() => read("GET", "/data/x", query)),
      "501 NotImplemented",
      query,
    )
  }
  assert.equal(
    codeOf(() => read("GET", "/data")),
    "501 NotImplemented",
  )
  assert.equal(
    codeOf(() => read("GET", "/data", "location")),
    "501 NotImplemented",
  )
  for (const bad of [
    "max-keys=x",
    "max-keys=-1",
    "encoding-type=xml",
    "continuation-token=%2e",
    "continuation-token=abc",
  ]) {
    assert.equal(
      codeOf(() => read("GET", "/data", `list-type=2&${bad}`)),
      "400 InvalidArgument",
      bad,
    )
  }
})

test("pages together are the whole list, once each, for every prefix, delimiter and page size", () => {
  const key = fc
    .array(fc.constantFrom("a", "b", "/", "é", "z", "~", "\u{1f600}"), { minLength: 1, maxLength: 6 })
    .map((letters) => letters.join(""))
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 30 }),
      fc.constantFrom("", "a", "a/", "b/"),
      fc.constantFrom("", "/"),
      fc.integer({ min: 1, max: 5 }),
      (keys, prefix, delimiter, maxKeys) => {
        const objects = keys.map(object)
        const told: string[] = []
        let token: string | undefined
        do {
          const asked = read(
            "GET",
            "/data",
            new URLSearchParams({
              "list-type": "2",
              prefix,
              delimiter,
              "max-keys": String(maxKeys),
              ...(token === undefined ? {} : { "continuation-token": token }),
            }).toString(),
          )
          assert.ok(asked.kind === "list")
          const page = pageOf(objects, asked.query)
          assert.ok(page.contents.length + page.prefixes.length <= maxKeys)
          told.push(...page.contents.map((one) => one.key), ...page.prefixes)
          token = page.next
        } while (token !== undefined)
        const wanted = new Set(
          keys.filter((one) => one.startsWith(prefix)).map((one) => groupOrKey(one, prefix, delimiter)),
        )
        assert.deepEqual(told.toSorted(), [...wanted].toSorted())
      },
    ),
  )
})

test("start-after inside a group still tells the group", () => {
  const query: ListQuery = {
    prefix: "",
    delimiter: "/",
    after: "a/1",
    maxKeys: 10,
    encodeKeys: false,
    token: undefined,
  }
  assert.deepEqual(pageOf([object("a/1"), object("a/2"), object("b")], query).prefixes, ["a/"])
})

test("XML escapes what it carries", () => {
  const query: ListQuery = {
    prefix: "<&>",
    delimiter: "",
    after: "",
    maxKeys: 10,
    encodeKeys: false,
    token: undefined,
  }
  const xml = writeList("data", query, { contents: [object('a"<b>&\u0001')], prefixes: [], next: "t" })
  assert.match(xml, /<Prefix>&lt;&amp;&gt;<\/Prefix>/)
  assert.match(xml, /<Key>a&quot;&lt;b&gt;&amp;\ufffd<\/Key>/)
  assert.match(xml, /<IsTruncated>true<\/IsTruncated><NextContinuationToken>t</)
  const encoded = writeList(
    "data",
    { ...query, encodeKeys: true },
    { contents: [object("a b/c+é")], prefixes: [], next: undefined },
  )
  assert.match(encoded, /<Key>a%20b\/c%2B%C3%A9<\/Key>/)
  assert.match(
    writeError(new S3Error(404, "NoSuchKey", "no <such>"), "/data/<x>", ""),
    /<Code>NoSuchKey<\/Code><Message>no &lt;such&gt;<\/Message><Resource>\/data\/&lt;x&gt;</,
  )
})

function groupOrKey(key: string, prefix: string, delimiter: string): string {
  const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length)
  return at === -1 ? key : key.slice(0, at + 1)
}
