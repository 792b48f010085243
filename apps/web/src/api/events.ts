// Live updates: one socket that only names operations to fetch again. It opens with a one-time ticket; when it is lost, the page says so, and when it is back everything
// on screen is fetched again, because something may have been missed.
import type { QueryClient } from "@tanstack/react-query"
import { useEffect, useSyncExternalStore } from "react"
import { call } from "./client.ts"
import { ApiError } from "./errors.ts"
import { refetchOperations } from "./queries.ts"
import { endedByServer } from "./session.ts"

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

/** How long to wait before the next try: 0.5 s, doubling to 15 s. */
export function waitBeforeTry(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(tries, 6))
}

/** What a message asks for. Anything else is ignored: the socket carries no facts. */
export function readMessage(text: string): { refetch: readonly string[]; ended: boolean } {
  try {
    const message = JSON.parse(text) as { refetch?: unknown; ended?: unknown }
    const refetch = Array.isArray(message.refetch)
      ? message.refetch.filter((id): id is string => typeof id === "string")
      : []
    return { refetch, ended: message.ended !== undefined && message.ended !== false }
  } catch {
    return { refetch: [], ended: false }
  }
}

function openLine(client: QueryClient): () => void {
  let closed = false
  let socket: WebSocket | undefined
  let retry: number | undefined
  let tries = 0

  async function open(): Promise<void> {
    try {
      const { ticket } = await call("sessionTicket")
      if (closed) return
      const address = new URL("/api/events", location.href)
      address.protocol = location.protocol === "https:" ? "wss:" : "ws:"
      address.searchParams.set("ticket", ticket)
      socket = new WebSocket(address)
    } catch (error) {
      // a session that ended says so itself; everything else is tried again
      if (!(error instanceof ApiError && error.status === 401)) again()
      return
    }
    socket.addEventListener("open", () => {
      const missed = line === "lost"
      tries = 0
      become("live")
      if (missed) void client.invalidateQueries()
    })
    socket.addEventListener("message", (event) => {
      const { refetch, ended } = readMessage(String(event.data))
      if (ended) endedByServer()
      void refetchOperations(client, refetch)
    })
    socket.addEventListener("close", again)
  }

  function again(): void {
    if (closed) return
    if (tries > 0) become("lost")
    retry = window.setTimeout(() => void open(), waitBeforeTry(tries))
    tries += 1
  }

  void open()
  return () => {
    closed = true
    window.clearTimeout(retry)
    socket?.close()
  }
}

export function useEvents(client: QueryClient, signedIn: boolean): void {
  useEffect(() => (signedIn ? openLine(client) : undefined), [client, signedIn])
}
