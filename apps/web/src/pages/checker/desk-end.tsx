// Foot of the left pane: how far the review is, and once checkers see each other, what they can do together.
import { useState } from "react"
import { useChange } from "../../api/queries.ts"
import { AskReason } from "../../components/ask-reason.tsx"
import { Fault } from "../../components/fault.tsx"
import type { RequestView } from "../../components/findings.ts"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { joinWords } from "../../util/format.ts"

const refetch = ["requestGet", "queueGet"] as const

export function DeskEnd({ view }: { view: RequestView }) {
  const { reviews } = view
  return (
    <div className="desk-author desk-others">
      <h3>
        {reviews.submitted} of {reviews.needed} checkers {reviews.submitted === 1 ? "has" : "have"} voted
      </h3>
      {view.state === "independent" ? (
        <p>
          {reviews.mine === "submitted"
            ? "You have sent yours. You see the other one when both are in."
            : "You see their vote and comments when you have sent yours. They cannot see yours."}
        </p>
      ) : reviews.by.length > 0 ? (
        <p>{joinWords(reviews.by.map((each) => each.name))}</p>
      ) : null}
      {view.state === "consolidating" || view.state === "approved" ? <Together view={view} /> : null}
    </div>
  )
}

function Together({ view }: { view: RequestView }) {
  const [asking, setAsking] = useState<"return" | "reject">()
  const close = (): void => setAsking(undefined)
  const giveBack = useChange("requestReturn", { refetch, onDone: close })
  const reject = useChange("requestReject", { refetch, onDone: close, said: "The request is rejected." })
  const release = useChange("requestRelease", { refetch, said: "Released." })
  const params = { request: view.id }
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <WhyNotButton
        action={view.actions.release}
        variant="filled"
        reasonAt="under"
        busy={release.isPending}
        onPress={() => release.mutate({ params })}
      >
        Release
      </WhyNotButton>
      <WhyNotButton action={view.actions.return} reasonAt="under" onPress={() => setAsking("return")}>
        Return to author
      </WhyNotButton>
      <WhyNotButton action={view.actions.reject} reasonAt="under" onPress={() => setAsking("reject")}>
        Reject for good
      </WhyNotButton>
      {release.error ? <Fault error={release.error} flat /> : null}
      {asking === "return" ? (
        <AskReason
          title="Return it to its author?"
          label="What should change?"
          button="Return it"
          busy={giveBack.isPending}
          error={giveBack.error}
          onClose={close}
          onGive={(comment) => giveBack.mutate({ params, body: { comment } })}
        >
          <p>The author sees the comments, changes files and asks again. The clock of the checkers stops.</p>
        </AskReason>
      ) : null}
      {asking === "reject" ? (
        <AskReason
          title="Reject it for good?"
          button="Reject it"
          busy={reject.isPending}
          error={reject.error}
          onClose={close}
          onGive={(reason) => reject.mutate({ params, body: { reason } })}
        >
          <p>Nothing of this request leaves, and it cannot be sent again. Its author may begin another.</p>
        </AskReason>
      ) : null}
    </div>
  )
}
