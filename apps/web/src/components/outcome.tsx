import { IconBan, IconCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react"
import type { Answer } from "../api/client.ts"
import { State, type Icon, type StateKind } from "../ui/state.tsx"

type Outcome = Answer<"logSearch">["rows"][number]["outcome"]

export const outcomeLooks: Record<Outcome, { kind: StateKind; words: string; icon: Icon }> = {
  done: { kind: "plain", words: "Allowed", icon: IconCheck },
  refused: { kind: "blocked", words: "Refused", icon: IconBan },
  failed: { kind: "blocked", words: "Failed", icon: IconCircleX },
  unknown: { kind: "waits", words: "Outcome unknown", icon: IconHelpCircle },
}

export function OutcomeState({ outcome }: { outcome: Outcome }) {
  const look = outcomeLooks[outcome]
  return (
    <State kind={look.kind} icon={look.icon}>
      {look.words}
    </State>
  )
}
