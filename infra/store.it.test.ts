// The object store as others on its network could use it: knowing somebody's access key, which is no
// secret, must not be enough to write. Each spelling was accepted by the store before its image closed it.
import assert from "node:assert/strict"
import { request } from "node:http"
import { test } from "node:test"

const store = new URL(process.env["GLASSHOUSE_STORE_URL"] ?? "http://missing.invalid:9000")

function put(path: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: store.hostname, port: store.port, method: "PUT", path, headers },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    call.on("error", reject)
    call.end(body)
  })
}

/** One header block of a tar archive and its content: what the store would unpack. */
function tarOf(name: string, text: string): Buffer {
  const block = Buffer.alloc(1536)
  block.write(name, 0)
  block.write("0000644\0", 100)
  block.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124)
  block.write("0", 156)
  block.write("        ", 148)
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  block.write(text, 512)
  return block
}

/** The body as a client sends it with a trailer: chunks by length, then a checksum nobody asks for. */
function chunked(content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${content.length.toString(16)}\r\n`),
    content,
    Buffer.from("\r\n0\r\n\r\n\r\n"),
  ])
}

const stamp = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`
const credential = (user: string) => `${user}/${stamp.slice(0, 8)}/us-east-1/s3/aws4_request`
const signature = "0".repeat(64)

function forged(user: string, content: Buffer): { headers: Record<string, string>; body: Buffer } {
  const body = chunked(content)
  return {
    body,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credential(user)}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
      "x-amz-date": stamp,
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": String(content.length),
      "content-length": String(body.length),
    },
  }
}

test("an access key without its secret writes nothing, in any of the three ways that once worked", async () => {
  const text = Buffer.from("forged")
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": credential("control-plane"),
    "X-Amz-Date": stamp,
    "X-Amz-Expires": "600",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": signature,
  }).toString()
  const plain = forged("control-plane", text)
  const { authorization: _, ...unsigned } = plain.headers
  const archive = forged("stage-extract", Buffer.alloc(0))
  const tar = tarOf("forged.txt", "forged")
  const answers = {
    header: await put("/released/forged-header", plain.headers, plain.body),
    query: await put(`/released/forged-query?${query}`, unsigned, plain.body),
    archive: await put(
      "/project/forged.tar",
      {
        ...archive.headers,
        "content-length": String(tar.length),
        "x-amz-meta-snowball-auto-extract": "true",
      },
      tar,
    ),
  }
  for (const [way, status] of Object.entries(answers))
    assert.ok(status >= 400 && status < 500, `${way}: ${status}`)
})
