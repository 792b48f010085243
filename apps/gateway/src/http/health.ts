// Health and figures on a loopback port of the container, for its own health check; no person's data.
import { createServer, type Server, type ServerResponse } from "node:http"

export type Figures = {
  /** milliseconds since the control plane last answered */
  silence: number
  sessions: number
  doors: number
  intents: number
  lostOutcomes: number
  lostRefusals: number
}

/** 200 while the control plane was heard in the last five seconds, else 503; the process is alive either way. */
export function createHealthServer(figures: () => Figures, isHeard: () => boolean): Server {
  return createServer((request, response) => {
    if (request.url === "/health") {
      return send(
        response,
        isHeard() ? 200 : 503,
        "application/json",
        JSON.stringify({ ok: isHeard(), ...figures() }),
      )
    }
    if (request.url === "/metrics")
      return send(response, 200, "text/plain; version=0.0.4", writeMetrics(figures()))
    send(response, 404, "text/plain", "nothing here\n")
  })
}

function writeMetrics(figures: Figures): string {
  return Object.entries(figures)
    .map(
      ([name, value]) =>
        `glasshouse_gateway_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} ${value}\n`,
    )
    .join("")
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body)
}
