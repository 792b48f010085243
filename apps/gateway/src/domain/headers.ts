// Which headers cross the gateway, and which ones it sets itself. Both directions are lists of what
// passes: a new header of a browser or of a workspace is dropped until somebody adds it here.
import { notebookOrigin, type Site } from "./host.ts"

export type Headers = Record<string, string | string[] | undefined>

/** Constant and not secret: the unix socket is the identity (nothing secret lies in a container). */
const JUPYTER_AUTHORIZATION = "token workspace"

const TO_NOTEBOOK = [
  "accept",
  "accept-language",
  "content-type",
  "content-length",
  "if-none-match",
  "if-modified-since",
]
const TO_BROWSER = ["content-type", "content-length", "etag", "last-modified"]

/** Headers for Jupyter: Host and Origin stay as the browser sent them, cookies and credentials never pass. */
export function headersToNotebook(headers: Headers): Record<string, string> {
  const passed: Record<string, string> = {
    authorization: JUPYTER_AUTHORIZATION,
    "accept-encoding": "identity",
  }
  for (const name of ["host", "origin", ...TO_NOTEBOOK]) {
    const value = headers[name]
    if (typeof value === "string") passed[name] = value
  }
  return passed
}

export function headersToBrowser(headers: Headers): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of TO_BROWSER) {
    const value = headers[name]
    if (typeof value === "string") passed[name] = value
  }
  return passed
}

const SANDBOX = "sandbox allow-scripts allow-same-origin allow-forms allow-modals"
const PERMISSIONS = [
  "accelerometer",
  "autoplay",
  "camera",
  "clipboard-read",
  "clipboard-write",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "picture-in-picture",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
]

/**
 * The headers of every answer at a notebook's host. Scripts come from Lab's asset paths only, so that
 * no file of a person and no output can run script; 'unsafe-eval' is what Lab's schema compiler needs.
 */
export function guardHeaders(site: Site, workspace: string): Record<string, string> {
  const own = notebookOrigin(site, workspace)
  return guard([
    `script-src 'unsafe-eval' ${own}/static/ ${own}/lab/extensions/`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "media-src data: blob:",
    `frame-ancestors ${site.origin}`,
    "form-action 'self'",
    "base-uri 'self'",
    SANDBOX,
  ])
}

/** For the gateway's own small pages: a style in the page, one script of our own, nothing else. */
export function pageHeaders(site: Site, workspace: string | undefined): Record<string, string> {
  const script = workspace === undefined ? "'none'" : `${notebookOrigin(site, workspace)}/.gh/page.js`
  return {
    ...guard([
      `script-src ${script}`,
      "style-src 'unsafe-inline'",
      `frame-ancestors ${site.origin}`,
      "form-action 'none'",
      "base-uri 'none'",
    ]),
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
  }
}

function guard(policy: readonly string[]): Record<string, string> {
  return {
    "content-security-policy": [
      "default-src 'none'",
      "frame-src 'none'",
      "object-src 'none'",
      ...policy,
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "permissions-policy": PERMISSIONS.map((feature) => `${feature}=()`).join(", "),
    "x-dns-prefetch-control": "off",
    // What no policy of content covers: names looked up and connections made ahead of time, and WebRTC.
    // Chromium has it; where a browser has not, these two remain.
    "connection-allowlist": "(response-origin)",
  }
}

export type FetchJudgement =
  | { allowed: true }
  | { allowed: false; code: "cross_site" | "not_framed" | "service_worker" }

/** Every request but the entrance: from the same origin, and pages only inside the console's frame. */
export function judgeFetch(headers: Headers): FetchJudgement {
  if (headers["sec-fetch-site"] !== "same-origin") return { allowed: false, code: "cross_site" }
  return judgeDestination(headers)
}

/** The entrance: a navigation of the console's frame, which is of the same site. */
export function judgeEntrance(headers: Headers): FetchJudgement {
  const site = headers["sec-fetch-site"]
  if (site !== "same-site" && site !== "same-origin") return { allowed: false, code: "cross_site" }
  if (headers["sec-fetch-mode"] !== "navigate" || headers["sec-fetch-dest"] !== "iframe") {
    return { allowed: false, code: "not_framed" }
  }
  return { allowed: true }
}

function judgeDestination(headers: Headers): FetchJudgement {
  if (headers["service-worker"] !== undefined || headers["sec-fetch-dest"] === "serviceworker") {
    return { allowed: false, code: "service_worker" }
  }
  if (headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] !== "iframe") {
    return { allowed: false, code: "not_framed" }
  }
  return { allowed: true }
}
