// The line above the desk: what is looked at, whose it is, how long it has waited, and sending the review.
import { IconClock, IconUsers } from "@tabler/icons-react"
import { useChange } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import type { RequestView } from "../../components/findings.ts"
import { LogChip } from "../../components/log-chip.tsx"
import { describeRequest } from "../../components/request-state.ts"
import { useNow } from "../../ui/now.ts"
import { Tag } from "../../ui/state.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDuration, formatTime } from "../../util/format.ts"

export function DeskHead({ view }: { view: RequestView }) {
  const look = describeRequest(view.state)
  const submit = useChange("reviewSubmit", {
    refetch: ["requestGet", "queueGet"],
    said: "Your review was sent.",
  })
  const asked = view.timeline.find((each) => each.index !== null && each.at >= (view.submittedAt ?? ""))
  return (
    <div className="desk-head">
      <h1 tabIndex={-1}>{view.title}</h1>
      <Tag kind={look.kind === "waits" ? "moving" : look.kind} icon={IconUsers}>
        Turn {view.turn}, {view.state === "independent" ? "independent review" : look.words.toLowerCase()}
      </Tag>
      <span className="text-2">
        Asked by {view.author.name}
        {view.submittedAt ? `, ${formatTime(view.submittedAt)}` : ""}
      </span>
      {asked ? <LogChip index={asked.index} /> : null}
      <div className="end">
        {view.submittedAt && view.holder === "checkers" ? (
          <span className="clock">
            <IconClock size={14} stroke={1.5} aria-hidden />
            <span>
              With checkers <Elapsed since={view.submittedAt} />
            </span>
          </span>
        ) : null}
        <WhyNotButton
          action={view.actions.submitReview}
          variant="filled"
          reasonAt="left"
          busy={submit.isPending}
          onPress={() => submit.mutate({ params: { request: view.id } })}
        >
          Send my review
        </WhyNotButton>
      </div>
      {submit.error ? <Fault error={submit.error} flat /> : null}
    </div>
  )
}

function Elapsed({ since }: { since: string }) {
  const now = useNow()
  return formatDuration((now - new Date(since).getTime()) / 1000)
}
