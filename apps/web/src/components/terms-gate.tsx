// Before anything else, a person accepts the terms of use that are in force.
import type { ReactNode } from "react"
import { useChange } from "../api/queries.ts"
import { BusyButton } from "../ui/busy-button.tsx"
import { Fault } from "./fault.tsx"
import type { Me } from "./me.ts"

export function TermsGate({ me, children }: { me: Me; children: ReactNode }) {
  const accept = useChange("termsAccept", { refetch: ["sessionGet"] })
  if (me.terms.acceptedAt) return children
  return (
    <div className="page narrow">
      <h1 tabIndex={-1}>Terms of use, version {me.terms.version}</h1>
      <p className="text-2" style={{ margin: "4px 0 16px" }}>
        You are asked once for each version. Your answer is kept in the log.
      </p>
      <div className="pane">
        <div className="pane-body" style={{ whiteSpace: "pre-line", maxWidth: "76ch" }}>
          {me.terms.text}
        </div>
      </div>
      <div style={{ margin: "16px 0" }}>
        <BusyButton
          variant="filled"
          busy={accept.isPending}
          onClick={() => accept.mutate({ body: { version: me.terms.version } })}
        >
          I have read them and accept
        </BusyButton>
      </div>
      {accept.error ? <Fault error={accept.error} /> : null}
    </div>
  )
}
