// Every page in each of its states: who looks, where, and what must be on the screen before it is judged. A
// state that a page cannot have says why, so that nothing is left out in silence.
import type { Seeded } from "./seed.ts"
import { CLOTTING, LIVER, SAMPLE_REASON } from "./seed.ts"

export const STATES = ["full", "empty", "error", "forbidden"] as const
export type StateName = (typeof STATES)[number]

export interface View {
  /** undefined: not signed in */
  readonly who?: string
  readonly path: string
  readonly heading: string | RegExp
  /** what is seen below the heading: a seeded row, or the sentence of the state */
  readonly shows: string | RegExp
}

/** A view, or why there is none. */
export type Cell = View | { readonly none: string }

type Row = Partial<Record<StateName, Cell>> & { readonly full: View }

export const SERVER_BROKE = "Something broke while this was read."

const PUBLIC = { none: "open to everyone" }
const ONE_THING = { none: "it shows one thing, which is there or not found" }
const STATIC = { none: "it reads nothing from the server" }
const NOTHING_HERE = "There is nothing here that you may see"
const MAY_NOT = "You may not see this"
const NO_POWER = /Your roles do not include this/

const hidden = (who: string, path: string): View => ({
  who,
  path,
  heading: NOTHING_HERE,
  shows: /it may belong to a project that you are not part of/,
})
const refused = (who: string, path: string): View => ({ who, path, heading: MAY_NOT, shows: NO_POWER })
const signedOut = (path: string): View => ({
  path,
  heading: "Sign in to see this page",
  shows: /You need your password and a one-time code/,
})

/** The rows of the table, by route; the error state is the full one with a server that answers 500. */
export function listStates(seeded: Seeded): Readonly<Record<string, Row>> {
  const liver = `/projects/${seeded.liver}`
  const clotting = `/projects/${seeded.clotting}`
  return {
    "/": {
      full: { path: "/", heading: /Sealed rooms/, shows: "organisations that use data" },
      empty: { none: "its figures are there from the first day" },
      forbidden: PUBLIC,
    },
    "/register": {
      full: { path: "/register", heading: "Who uses the data, and why", shows: LIVER },
      empty: {
        path: "/register?q=no+such+words",
        heading: "Who uses the data, and why",
        shows: /No project/,
      },
      forbidden: PUBLIC,
    },
    "/register/:number": {
      full: { path: "/register/P-0001", heading: LIVER, shows: "Benefit to the public" },
      empty: ONE_THING,
      forbidden: { path: "/register/P-9999", heading: /^No project P-9999/, shows: "Back to the register" },
    },
    "/log": {
      full: { path: "/log", heading: "The log", shows: /glasshouse\/[a-z2-7]{12}\/register\/\d{4}\+/ },
      empty: { none: "the first entry is made at the first start" },
      forbidden: PUBLIC,
    },
    "/how-it-works": {
      full: { path: "/how-it-works", heading: "How it works", shows: "Four rooms" },
      empty: STATIC,
      error: STATIC,
      forbidden: PUBLIC,
    },
    "/home": {
      full: { who: "priya", path: "/home", heading: /^Hello, Priya/, shows: "P-0001" },
      empty: { who: "lena", path: "/home", heading: /^Hello, Lena/, shows: "Nothing waits for you." },
      forbidden: signedOut("/home"),
    },
    "/projects": {
      full: { who: "priya", path: "/projects", heading: "Projects", shows: LIVER },
      empty: { who: "lena", path: "/projects", heading: "Projects", shows: "You are in no project yet" },
      forbidden: signedOut("/projects"),
    },
    "/projects/:project": {
      full: { who: "priya", path: liver, heading: LIVER, shows: "nafld_nafld1" },
      empty: {
        who: "hannah",
        path: clotting,
        heading: CLOTTING,
        shows: "No request for release is on its way.",
      },
      forbidden: hidden("hannah", liver),
    },
    "/projects/:project/data": {
      full: { who: "priya", path: `${liver}/data`, heading: "Data room", shows: "person_id" },
      empty: { none: "both projects of the demonstration have their extract" },
      forbidden: hidden("hannah", `${liver}/data`),
    },
    "/projects/:project/workspace": {
      full: { who: "priya", path: `${liver}/workspace`, heading: "Workspace", shows: "Shown today" },
      empty: { who: "amara", path: `${clotting}/workspace`, heading: "Workspace", shows: /People at work/ },
      forbidden: hidden("hannah", `${liver}/workspace`),
    },
    "/projects/:project/requests": {
      full: { who: "priya", path: `${liver}/requests`, heading: "Quarantine", shows: "Survival by year" },
      empty: {
        who: "hannah",
        path: `${clotting}/requests`,
        heading: "Quarantine",
        shows: "Nothing has been asked for yet",
      },
      forbidden: hidden("hannah", `${liver}/requests`),
    },
    "/projects/:project/releases": {
      full: { who: "priya", path: `${liver}/releases`, heading: "Outside", shows: "Released" },
      empty: {
        who: "hannah",
        path: `${clotting}/releases`,
        heading: "Outside",
        shows: "Nothing has left yet",
      },
      forbidden: hidden("hannah", `${liver}/releases`),
    },
    "/projects/:project/people": {
      full: { who: "amara", path: `${liver}/people`, heading: "People", shows: "Hannah Okafor" },
      empty: { none: "a project always has the admin who leads it" },
      forbidden: hidden("hannah", `${liver}/people`),
    },
    "/projects/:project/use": {
      full: { who: "amara", path: `${liver}/use`, heading: "Use", shows: "By person" },
      empty: { who: "amara", path: `${clotting}/use`, heading: "Use", shows: /Nothing has been used yet/ },
      forbidden: refused("priya", `${liver}/use`),
    },
    "/projects/:project/activity": {
      full: {
        who: "priya",
        path: `${liver}/activity`,
        heading: "Activity",
        shows: /entered the notebook|opened a file|read the log/,
      },
      empty: { none: "a project begins with the events that made it" },
      forbidden: hidden("hannah", `${liver}/activity`),
    },
    "/projects/:project/agreement": {
      full: {
        who: "priya",
        path: `${liver}/agreement`,
        heading: /^Agreement, version/,
        shows: "Safe people",
      },
      empty: { none: "both projects of the demonstration have an agreement in force" },
      forbidden: hidden("hannah", `${liver}/agreement`),
    },
    "/projects/:project/agreement/:version": {
      full: {
        who: "ruth",
        path: `${liver}/agreement/1`,
        heading: "Agreement, version 1",
        shows: "Signed by",
      },
      empty: ONE_THING,
      forbidden: hidden("hannah", `${liver}/agreement/1`),
    },
    "/requests/:request": {
      full: {
        who: "priya",
        path: `/requests/${seeded.asked}`,
        heading: /^Deaths by age/,
        shows: "results/deaths.csv",
      },
      empty: {
        who: "priya",
        path: `/requests/${seeded.bare}`,
        heading: "Untitled request",
        shows: "No file has been added yet.",
      },
      forbidden: hidden("hannah", `/requests/${seeded.asked}`),
    },
    "/requests/:request/edit": {
      full: {
        who: "priya",
        path: `/requests/${seeded.draft}/edit`,
        heading: "Ask for release",
        shows: /A count is below the threshold/,
      },
      empty: {
        who: "priya",
        path: `/requests/${seeded.bare}/edit`,
        heading: "Ask for release",
        shows: "Checks begin as soon as a file is added.",
      },
      forbidden: hidden("hannah", `/requests/${seeded.draft}/edit`),
    },
    "/releases/:release": {
      full: {
        who: "priya",
        path: `/releases/${seeded.release}`,
        heading: /^Deaths by age/,
        shows: "results/joined.csv",
      },
      empty: ONE_THING,
      forbidden: hidden("hannah", `/releases/${seeded.release}`),
    },
    "/queue": {
      full: { who: "jonas", path: "/queue", heading: "Queue", shows: /^Deaths by age/ },
      empty: { none: "it is empty before the first request only, and the seed has made one" },
      forbidden: refused("priya", "/queue"),
    },
    "/queue/:request": {
      full: {
        who: "jonas",
        path: `/queue/${seeded.asked}`,
        heading: /^Deaths by age/,
        shows: /A count is below the threshold/,
      },
      empty: ONE_THING,
      forbidden: refused("priya", `/queue/${seeded.asked}`),
    },
    "/audit": {
      full: { who: "kwame", path: "/audit", heading: "Who did what, under which rule", shows: "Allowed" },
      empty: {
        who: "kwame",
        path: "/audit?from=2001-01-01&until=2001-01-02",
        heading: "Who did what, under which rule",
        shows: /Nothing was found|No event/,
      },
      forbidden: refused("priya", "/audit"),
    },
    "/data-sets": {
      full: { who: "ines", path: "/data-sets", heading: "Data sets", shows: "COVID-19 vaccination" },
      empty: {
        who: "priya",
        path: "/data-sets",
        heading: "Data sets",
        shows: "There is no data set that you may know of",
      },
      forbidden: signedOut("/data-sets"),
    },
    "/data-sets/:dataSet": {
      full: {
        who: "ines",
        path: `/data-sets/${seeded.dataSet}`,
        heading: /fatty liver/,
        shows: "nafld_nafld1",
      },
      empty: { none: "every data set of the demonstration has landed" },
      forbidden: hidden("priya", `/data-sets/${seeded.dataSet}`),
    },
    "/data-sets/:dataSet/submissions/:submission": {
      full: {
        who: "ines",
        path: `/data-sets/${seeded.dataSet}/submissions/${seeded.submission}`,
        heading: /submission/i,
        shows: "Stages",
      },
      empty: ONE_THING,
      forbidden: hidden("priya", `/data-sets/${seeded.dataSet}/submissions/${seeded.submission}`),
    },
    "/applications": {
      full: { who: "ruth", path: "/applications", heading: "Applications", shows: LIVER },
      empty: {
        who: "ines",
        path: "/applications",
        heading: "Applications",
        shows: "No application waits for you",
      },
      forbidden: signedOut("/applications"),
    },
    "/roles": {
      full: { who: "lena", path: "/roles", heading: "Roles", shows: "Kwame Mensah" },
      empty: { none: "the bootstrap file names the first holders" },
      forbidden: signedOut("/roles"),
    },
    "/holds": {
      full: { who: "lena", path: "/holds", heading: "Holds", shows: SAMPLE_REASON },
      empty: { who: "priya", path: "/holds", heading: "Holds", shows: "Nothing is on hold" },
      forbidden: signedOut("/holds"),
    },
    "/platform": {
      full: { who: "lena", path: "/platform", heading: "Platform", shows: "data stages" },
      empty: { none: "its parts are always there" },
      forbidden: refused("priya", "/platform"),
    },
    "/invitation": {
      full: { who: "hannah", path: seeded.invitation, heading: "Invitation", shows: LIVER },
      empty: {
        who: "hannah",
        path: "/invitation",
        heading: "Invitation",
        shows: "This link is not complete",
      },
      forbidden: {
        who: "priya",
        path: "/invitation#nothing-like-a-token",
        heading: "Invitation",
        shows: /not (found|valid)|does not|no longer|nothing/i,
      },
    },
    "/workspaces/:workspace": {
      full: { who: "priya", path: `/workspaces/${seeded.workspace}`, heading: LIVER, shows: "Running" },
      empty: { none: "a workspace is there from its first opening" },
      forbidden: hidden("hannah", `/workspaces/${seeded.workspace}`),
    },
    "*": {
      full: { who: "priya", path: "/no/such/page", heading: NOTHING_HERE, shows: "Go to your home page" },
      empty: STATIC,
      error: STATIC,
      forbidden: { none: "it is what a forbidden page looks like" },
    },
  }
}
