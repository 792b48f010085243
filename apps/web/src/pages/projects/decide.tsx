// A custodian decides for one data set, with a reason and a fresh one-time code.
import { useState } from "react"
import { useChange } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { AskReason } from "../../components/ask-reason.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"

type Decision = Answer<"agreementGet">["versions"][number]["decisions"][number]

export function Decide({
  project,
  version,
  decision,
}: {
  project: string
  version: number
  decision: Decision
}) {
  const [asking, setAsking] = useState<"approved" | "refused">()
  const decide = useChange("agreementDecide", {
    refetch: ["agreementGet", "agreementVersionGet", "applicationList", "projectGet"],
    onDone: () => setAsking(undefined),
    said: "Your decision was kept.",
  })
  return (
    <span style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      <WhyNotButton
        action={decision.actions.decide}
        variant="filled"
        className="small-button"
        reasonAt="left"
        onPress={() => setAsking("approved")}
      >
        Approve
        <span className="visually-hidden"> for {decision.dataSet.title}</span>
      </WhyNotButton>
      {decision.actions.decide.allowed ? (
        <WhyNotButton
          action={decision.actions.decide}
          className="small-button"
          onPress={() => setAsking("refused")}
        >
          Refuse
          <span className="visually-hidden"> for {decision.dataSet.title}</span>
        </WhyNotButton>
      ) : null}
      {asking ? (
        <AskReason
          title={`${asking === "approved" ? "Approve" : "Refuse"} version ${version} for ${decision.dataSet.title}?`}
          button={asking === "approved" ? "Approve" : "Refuse"}
          busy={decide.isPending}
          error={decide.error}
          onClose={() => setAsking(undefined)}
          onGive={(reason) =>
            decide.mutate({
              params: { project, version },
              body: { dataSet: decision.dataSet.id, decision: asking, reason },
            })
          }
        >
          <p>
            {asking === "approved"
              ? "When every custodian has approved, this version comes into force and an extract is made from it."
              : "This version will not come into force. The one before stays as it is."}
          </p>
        </AskReason>
      ) : null}
    </span>
  )
}
