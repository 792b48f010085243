// How the states of a request are shown: kind of state, icon and words. The server decides what they allow.
import { IconArrowBackUp, IconHourglass, IconPencil, IconUsers } from "@tabler/icons-react"
import type { Answer } from "../api/client.ts"
import type { Icon, StateKind } from "../ui/state.tsx"

type RequestState = Answer<"requestGet">["state"]

interface Look {
  kind: StateKind
  words: string
  icon?: Icon
}

const looks: Record<RequestState, Look> = {
  draft: { kind: "plain", words: "Being written", icon: IconPencil },
  checking: { kind: "moving", words: "Checks are running" },
  independent: { kind: "waits", words: "Waits for checkers", icon: IconHourglass },
  consolidating: { kind: "moving", words: "Checkers compare", icon: IconUsers },
  returned: { kind: "waits", words: "Returned to its author", icon: IconArrowBackUp },
  approved: { kind: "moving", words: "Approved, about to be released" },
  released: { kind: "done", words: "Released" },
  rejected: { kind: "blocked", words: "Rejected" },
  withdrawn: { kind: "quiet", words: "Withdrawn" },
  revoked: { kind: "blocked", words: "Revoked" },
}

export function describeRequest(state: RequestState, yours = false): Look {
  if (state === "returned" && yours) return { ...looks.returned, words: "Returned to you" }
  return looks[state]
}
