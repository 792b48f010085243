// What is stopped and why, and the one action that stops everything. Lifting takes two people.
import { IconHandStop } from "@tabler/icons-react"
import { useState } from "react"
import { useChange, useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { AskReason } from "../components/ask-reason.tsx"
import { Fault, PageFault } from "../components/fault.tsx"
import { PageHead, useTitle } from "../components/page.tsx"
import { Empty, LoadingRows } from "../ui/notes.tsx"
import { State } from "../ui/state.tsx"
import { TableBox } from "../ui/table-box.tsx"
import { WhyNotButton } from "../ui/why-not.tsx"
import { formatDateTime } from "../util/format.ts"
import { PlaceHold } from "./place-hold.tsx"

type Hold = Answer<"holdList">["holds"][number]

const kindWords: Record<Hold["kind"], string> = {
  expired: "Something ran out",
  training: "Training",
  incident: "Incident",
  legal: "Legal",
}

const refetch = ["holdList", "projectGet", "projectList", "dataSetList"] as const

export function Holds() {
  useTitle("Holds")
  const list = useRead("holdList", {}, { every: 15_000 })
  const [asking, setAsking] = useState<"everything" | "one">()
  const place = useChange("holdPlace", { refetch, onDone: () => setAsking(undefined) })
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead
        title="Holds"
        lead="What is stopped now. A hold ends sessions, reads and downloads within 5 seconds."
      >
        {list.data ? (
          <>
            <WhyNotButton action={list.data.actions.place} reasonAt="left" onPress={() => setAsking("one")}>
              Place a hold
            </WhyNotButton>
            <WhyNotButton
              action={list.data.actions.stopEverything}
              icon={<IconHandStop size={16} stroke={1.5} color="var(--red)" aria-hidden />}
              reasonAt="left"
              onPress={() => setAsking("everything")}
            >
              Stop everything
            </WhyNotButton>
          </>
        ) : null}
      </PageHead>
      {list.data ? (
        list.data.holds.length === 0 ? (
          <Empty title="Nothing is on hold" />
        ) : (
          <HoldsTable holds={list.data.holds} />
        )
      ) : (
        <LoadingRows rows={5} />
      )}
      {asking === "everything" ? (
        <AskReason
          title="Stop everything?"
          button="Stop everything"
          busy={place.isPending}
          error={place.error}
          onClose={() => setAsking(undefined)}
          onGive={(reason) =>
            place.mutate({ body: { subject: "installation", subjectId: null, kind: "incident", reason } })
          }
        >
          <p>
            Every notebook closes, no data is read and nothing is downloaded, for everyone, within 5 seconds.
            Files in workspaces are kept. Going on takes two people, one of them not you.
          </p>
        </AskReason>
      ) : null}
      {asking === "one" ? <PlaceHold onClose={() => setAsking(undefined)} /> : null}
    </div>
  )
}

function HoldsTable({ holds }: { holds: readonly Hold[] }) {
  const [lifting, setLifting] = useState<Hold>()
  const propose = useChange("holdProposeLift", {
    refetch,
    onDone: () => setLifting(undefined),
    said: "Lifting is proposed; a second person confirms it.",
  })
  const confirm = useChange("holdConfirmLift", { refetch, said: "The hold is lifted." })
  return (
    <>
      {confirm.error ? <Fault error={confirm.error} /> : null}
      <TableBox label="Holds">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">On hold</th>
              <th scope="col">Why</th>
              <th scope="col">By</th>
              <th scope="col">Since</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {holds.map((hold) => (
              <tr key={hold.id}>
                <th scope="row">
                  <State kind="blocked">{hold.subject.name}</State>
                  <div className="meta">{hold.subject.kind.replace("_", " ")}</div>
                </th>
                <td>
                  {hold.reason}
                  <div className="meta">
                    {kindWords[hold.kind]}, <code>{hold.cause}</code>
                  </div>
                  {hold.lift ? (
                    <div style={{ marginTop: 4 }}>
                      <State kind="waits">
                        {hold.lift.proposedBy.name} proposes to lift it: {hold.lift.reason}
                      </State>
                    </div>
                  ) : null}
                </td>
                <td>{hold.by}</td>
                <td>
                  {formatDateTime(hold.from)}
                  {hold.until ? <div className="meta">until {formatDateTime(hold.until)}</div> : null}
                </td>
                <td>
                  {hold.lift ? (
                    <WhyNotButton
                      action={hold.actions.confirmLift}
                      className="small-button"
                      busy={confirm.isPending}
                      onPress={() =>
                        confirm.mutate({
                          params: { hold: hold.id },
                          body: { proposedAt: hold.lift?.proposedAt ?? "" },
                        })
                      }
                    >
                      Lift as second person
                      <span className="visually-hidden">: {hold.subject.name}</span>
                    </WhyNotButton>
                  ) : (
                    <WhyNotButton
                      action={hold.actions.proposeLift}
                      className="small-button"
                      onPress={() => setLifting(hold)}
                    >
                      Propose to lift
                      <span className="visually-hidden">: {hold.subject.name}</span>
                    </WhyNotButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {lifting ? (
        <AskReason
          title={`Propose to lift the hold on ${lifting.subject.name}?`}
          button="Propose"
          busy={propose.isPending}
          error={propose.error}
          onClose={() => setLifting(undefined)}
          onGive={(reason) => propose.mutate({ params: { hold: lifting.id }, body: { reason, until: null } })}
        >
          <p>It stays until a second person confirms. One of the two must not have placed it.</p>
        </AskReason>
      ) : null}
    </>
  )
}
