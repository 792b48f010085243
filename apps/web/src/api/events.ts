// Live updates: one socket that only names topics, never facts. It opens with a one-time ticket; when it is
// lost, the page says so, and when it is back everything on screen is fetched again, because something may
// have been missed.
import type { QueryClient } from "@tanstack/react-query"
import { useEffect, useSyncExternalStore } from "react"
import { call } from "./client.ts"
import { ApiError } from "./errors.ts"
import { endedByServer } from "./session.ts"
import { concerns, topicOf } from "./topics.ts"

export type Line = "opening" | "live" | "lost"

let line: Line = "opening"
const listeners = new Set<() => void>()

function become(next: Line): void {
  line = next
  for (const each of listeners) each()
}

export function useLine(): Line {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => line,
  )
}

const LONGEST_WAIT_MS = 15_000
const CLOSED_BY_SESSION = 4401
/** the server hears of at most 64 topics on one socket */
const MOST_TOPICS = 60

/** How long to wait before the next try: 0.5 s, doubling to 15 s. */
export function waitBeforeTry(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(tries, 6))
}

/** The topic that a message names; anything else is ignored. */
export function readTopic(text: string): string | undefined {
  try {
    const { topic } = JSON.parse(text) as { topic?: unknown }
    return typeof topic === "string" ? topic : undefined
  } catch {
    return undefined
  }
}

function openLine(client: QueryClient): () => void {
  let closed = false
  let socket: WebSocket | undefined
  let retry: number | undefined
  let tries = 0
  let heard = new Set<string>()
  let fresh = true

  async function open(): Promise<void> {
    try {
      const { ticket } = await call("sessionTicket")
      if (closed) return
      const address = new URL("/api/live", location.href)
      address.protocol = location.protocol === "https:" ? "wss:" : "ws:"
      address.searchParams.set("ticket", ticket)
      socket = new WebSocket(address)
    } catch (error) {
      // a session that ended says so itself; everything else is tried again
      if (!(error instanceof ApiError && error.status === 401)) again()
      return
    }
    socket.addEventListener("open", () => {
      tries = 0
      heard = new Set()
      become("live")
      subscribe()
    })
    socket.addEventListener("message", (event) => {
      const topic = readTopic(String(event.data))
      if (topic === undefined) return
      // the greeting names everything; on the first socket the page has just been fetched
      if (fresh && topic === "everything") {
        fresh = false
        return
      }
      void client.invalidateQueries({ predicate: (query) => concerns(topic, query.queryKey) })
    })
    socket.addEventListener("close", (event) => {
      if (closed) return
      if (event.code === CLOSED_BY_SESSION && event.reason === "session_ended") endedByServer()
      else again()
    })
  }

  function again(): void {
    if (closed) return
    if (tries > 0) become("lost")
    retry = window.setTimeout(() => void open(), waitBeforeTry(tries))
    tries += 1
  }

  function subscribe(): void {
    if (socket?.readyState !== WebSocket.OPEN) return
    const wanted = new Set<string>()
    for (const query of client.getQueryCache().findAll({ type: "active" })) {
      const topic = topicOf(query.queryKey)
      if (topic) wanted.add(topic)
    }
    const more = [...wanted].filter((topic) => !heard.has(topic))
    if (more.length === 0) return
    if (heard.size + more.length > MOST_TOPICS) {
      // a fresh socket hears only what is on screen now
      socket.close()
      return
    }
    for (const topic of more) heard.add(topic)
    socket.send(JSON.stringify({ subscribe: more }))
  }

  const stopWatching = client.getQueryCache().subscribe((event) => {
    if (event.type === "observerAdded") subscribe()
  })
  void open()
  return () => {
    closed = true
    stopWatching()
    window.clearTimeout(retry)
    socket?.close()
  }
}

export function useEvents(client: QueryClient, signedIn: boolean): void {
  useEffect(() => (signedIn ? openLine(client) : undefined), [client, signedIn])
}
