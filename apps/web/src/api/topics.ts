// What the event socket speaks of. The server names topics (project:<id>, request:<id>, queue …); a page
// listens to the topics of what it shows, and a topic that is named fetches those operations again. The log and
// the bytes of outputs are never pushed: each reading of them is an entry of the log itself.
import type { OperationId } from "#contract/index.ts"

type Param = "project" | "workspace" | "request" | "release" | "dataSet"

const withId: Record<Param, readonly OperationId[]> = {
  project: [
    "projectGet",
    "requestList",
    "memberList",
    "agreementGet",
    "agreementVersionGet",
    "catalogueGet",
    "uploadList",
    "projectUse",
  ],
  workspace: ["workspaceGet"],
  request: ["requestGet"],
  release: ["releaseGet"],
  dataSet: ["dataSetGet", "submissionGet"],
}

const alone: Record<string, readonly OperationId[]> = {
  queue: ["queueGet"],
  platform: ["platformGet"],
  log: ["logPulse"],
  holds: ["holdList", "projectGet", "dataSetGet", "workspaceGet"],
  installation: ["appointmentList", "holdList", "dataSetList", "projectList", "applicationList"],
  person: ["sessionGet", "homeGet", "projectList", "applicationList"],
}

const neverPushed: ReadonlySet<string> = new Set<OperationId>([
  "projectActivity",
  "fileView",
  "logSearch",
  "logChart",
  "logEntry",
  "logChip",
])

/** A query key is [operation, input]. */
export type Key = readonly unknown[]

function paramOf(key: Key, name: Param): string | undefined {
  const input = key[1] as { params?: Record<string, unknown> } | undefined
  const value = input?.params?.[name]
  return typeof value === "string" ? value : undefined
}

/** The topic that a query on screen wants to hear of. */
export function topicOf(key: Key): string | undefined {
  for (const name of Object.keys(withId) as Param[]) {
    const id = paramOf(key, name)
    if (id && withId[name].some((operation) => operation === key[0])) return `${name}:${id}`
  }
  if (key[0] === "queueGet") return "queue"
  if (key[0] === "platformGet") return "platform"
  return undefined
}

/** Whether a topic that was named means that this query is fetched again. */
export function concerns(topic: string, key: Key): boolean {
  const operation = String(key[0])
  if (neverPushed.has(operation)) return false
  if (topic === "everything") return true
  const [kind = "", id] = topic.split(":")
  if (kind in withId) {
    return withId[kind as Param].some((each) => each === operation) && paramOf(key, kind as Param) === id
  }
  return alone[kind]?.some((each) => each === operation) ?? false
}
