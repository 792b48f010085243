// The gateway's few own pages: the way in, and the one that says why a workspace is closed. The page
// tells the console around it by message, which a sandboxed frame may do; the link is for a page alone.
import type { Site } from "../domain/host.ts"

export const ENTRANCE = "/.gh/enter"
export const PAGE_SCRIPT = "/.gh/page.js"

/** Goes on by refresh, not by redirect: only then are the next requests of the same origin. */
export function entrancePage(): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/lab"><title>Opening the workspace</title><p>Opening the workspace…</p></html>\n`
}

const STYLE =
  "body{font:14px/1.45 Inter,system-ui,sans-serif;max-width:34rem;margin:15vh auto 0;padding:0 1rem;color:#1d2422;background:#fff}" +
  "h1{font-size:1.25rem}code{font-family:'IBM Plex Mono',monospace}a{color:#0b6b57}" +
  "@media (prefers-color-scheme:dark){body{color:#e4e9e7;background:#151a19}a{color:#5cc4ab}}"

export function closedPage(site: Site, code: string, message: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The workspace is closed</title><style>${STYLE}</style><script src="${PAGE_SCRIPT}" data-code="${escapeHtml(code)}" data-console="${escapeHtml(site.origin)}"></script></head><body><main><h1>The workspace is closed here</h1><p>${escapeHtml(message)}</p><p>Saved work is kept. <a href="${escapeHtml(site.origin)}/">Back to the console</a></p><p><code>${escapeHtml(code)}</code></p></main></body></html>\n`
}

/** Tells the console which reason the page shows: {glasshouse: "workspace-closed", code}. */
export const PAGE_SCRIPT_TEXT = `const { code, console: home } = document.currentScript.dataset
if (parent !== window) parent.postMessage({ glasshouse: "workspace-closed", code }, home)
`

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}
