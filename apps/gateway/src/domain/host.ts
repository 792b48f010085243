// Which workspace a browser speaks to: taken from the host name only, never from a path. Every
// workspace has an origin of its own, so that one notebook's page can reach no other.

const ID = /^[a-z2-7]{12}$/

/** The public address of the installation, as the console and the notebooks are reached. */
export type Site = {
  /** origin of the console, for example http://glasshouse.localhost:8080 */
  origin: string
  /** host with port when it is not the scheme's own */
  host: string
  protocol: "http:" | "https:"
}

export function readSite(address: string): Site {
  const url = new URL(address)
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new Error(`not a web address: ${address}`)
  return { origin: url.origin, host: url.host, protocol: url.protocol }
}

export function isId(text: string): boolean {
  return ID.test(text)
}

/** The workspace id in `<id>.ws.<site host>`, or undefined for every other spelling. */
export function workspaceOfHost(site: Site, host: string | undefined): string | undefined {
  const suffix = `.ws.${site.host}`
  if (host === undefined || !host.endsWith(suffix)) return undefined
  const id = host.slice(0, -suffix.length)
  return isId(id) ? id : undefined
}

export function notebookOrigin(site: Site, workspace: string): string {
  return `${site.protocol}//${workspace}.ws.${site.host}`
}
