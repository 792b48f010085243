// Health check of a container: `healthy.js URL` (answers 2xx), `healthy.js unix:SOCKET:/PATH` (the same on a
// socket) or `healthy.js unix:SOCKET` (a connection is accepted). Exit code 0 or 1.
import { connect } from "node:net"
import { request } from "node:http"
import process from "node:process"

const target = process.argv[2] ?? ""
const end = (healthy) => process.exit(healthy ? 0 : 1)
setTimeout(() => end(false), 3500)

const [, socketPath, path] = /^unix:([^:]+)(?::(\/.*))?$/.exec(target) ?? []
if (socketPath !== undefined && path === undefined) {
  connect(socketPath)
    .on("connect", () => end(true))
    .on("error", () => end(false))
} else {
  const answered = (response) => end(response.statusCode >= 200 && response.statusCode < 300)
  const call = socketPath === undefined ? request(target, answered) : request({ socketPath, path }, answered)
  call.on("error", () => end(false))
  call.end()
}
