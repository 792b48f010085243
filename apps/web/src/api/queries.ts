// React Query over the typed client: keys are [operation, input], so the event socket can name an operation
// and everything that shows it is fetched again.
import {
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import { useCallback, useRef } from "react"
import type { OperationId } from "#contract/index.ts"
import { call, type Answer, type Input } from "./client.ts"
import { ApiError } from "./errors.ts"
import { confirmWithCode } from "./step-up.ts"

const REFUSED = new Set([401, 403, 404])

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // What may no longer be seen must not stay on the screen. A server that is away may come back: then it stays.
    onError(error, query) {
      if (error instanceof ApiError && REFUSED.has(error.status)) query.setState({ data: undefined })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      networkMode: "always",
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
      retryDelay: (count) => 500 * 2 ** count,
    },
    mutations: { networkMode: "always", retry: false },
  },
})

interface Options {
  enabled?: boolean
  /** milliseconds between fetches, for what moves by itself */
  every?: number | false
  /** fetched once for this page's life: each fetch is an entry of the log */
  once?: boolean
}

/** Reads an operation. `data` stays on screen while it is fetched again. */
export function useRead<I extends OperationId>(id: I, input: Input<I>, options: Options = {}) {
  return useQuery<Answer<I>, ApiError>({
    queryKey: [id, input],
    queryFn: ({ signal }) => (call as (...all: unknown[]) => Promise<Answer<I>>)(id, input, signal),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
    ...(options.once ? { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false } : {}),
  })
}

/** Reads a list page by page; the server names the next page by the place in the log before which it begins. */
export function useReadPages<I extends "logSearch" | "projectActivity">(id: I, input: Input<I>) {
  return useInfiniteQuery<Answer<I>, ApiError, Answer<I>[], unknown[], number | undefined>({
    queryKey: [id, input, "pages"],
    queryFn: ({ signal, pageParam }) => {
      const query = {
        ...(input.query as object | undefined),
        ...(pageParam === undefined ? {} : { before: pageParam }),
      }
      return (call as (...all: unknown[]) => Promise<Answer<I>>)(id, { ...input, query }, signal)
    },
    initialPageParam: undefined,
    getNextPageParam: (page) => (page as { next: number | null }).next ?? undefined,
    select: (data) => data.pages,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

/** Changes something, then fetches again what may show it. A call that needs a one-time code asks for it. */
export function useChange<I extends OperationId>(
  id: I,
  options: { refetch?: readonly OperationId[]; onDone?: (answer: Answer<I>) => void; said?: string } = {},
) {
  const client = useQueryClient()
  const sent = useRef<Sent>(undefined)
  const change = useMutation<Answer<I>, ApiError, Input<I>>({
    mutationKey: [id],
    mutationFn: async (input) => {
      try {
        return await (call as (...all: unknown[]) => Promise<Answer<I>>)(id, input)
      } catch (error) {
        if (error instanceof ApiError && error.code === "step_up_required") {
          return await confirmWithCode({
            id,
            input,
            refetch: options.refetch ?? [],
            said: options.said ?? "Done.",
          })
        }
        throw error
      }
    },
    // what was refused did nothing: pressing again is meant, however soon
    onError: () => {
      sent.current = undefined
    },
    onSuccess: async (answer) => {
      options.onDone?.(answer)
      await refetchOperations(client, options.refetch ?? [])
    },
  })
  const { mutate } = change
  return {
    ...change,
    mutate: useCallback(
      (input: Input<I>) => {
        const now = performance.now()
        if (isSecondPress(sent.current, input, now)) return
        sent.current = { input: JSON.stringify(input), at: now }
        mutate(input)
      },
      [mutate],
    ),
  }
}

interface Sent {
  input: string
  at: number
}

/** Two presses of a double click are further apart than a page needs to show that the first is under way. */
const DOUBLE_CLICK_MS = 500

/** The same change again, so soon that nobody can have meant it twice. */
export function isSecondPress(sent: Sent | undefined, input: unknown, now: number): boolean {
  return sent !== undefined && now - sent.at < DOUBLE_CLICK_MS && sent.input === JSON.stringify(input)
}

export async function refetchOperations(client: QueryClient, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => client.invalidateQueries({ queryKey: [id] })))
}
