// Who holds which role of the installation or of a data set. Each takes two people, neither the appointee.
import { Button, Modal, Select, TextInput, Textarea } from "@mantine/core"
import { IconUserPlus } from "@tabler/icons-react"
import { useState } from "react"
import { useChange, useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { AskReason } from "../components/ask-reason.tsx"
import { Fault, PageFault } from "../components/fault.tsx"
import { nameRole } from "../components/me.ts"
import { PageHead, useTitle } from "../components/page.tsx"
import { BusyButton } from "../ui/busy-button.tsx"
import { Empty, LoadingRows } from "../ui/notes.tsx"
import { State, type StateKind } from "../ui/state.tsx"
import { TableBox } from "../ui/table-box.tsx"
import { WhyNotButton } from "../ui/why-not.tsx"
import { formatDate } from "../util/format.ts"

type Appointment = Answer<"appointmentList">["appointments"][number]

const looks: Record<Appointment["state"], { kind: StateKind; words: string }> = {
  proposed: { kind: "waits", words: "Waits for a second person" },
  active: { kind: "done", words: "Active" },
  ended: { kind: "quiet", words: "Ended" },
}

const refetch = ["appointmentList", "sessionGet"] as const

export function Roles() {
  useTitle("Roles")
  const list = useRead("appointmentList", {})
  const [proposing, setProposing] = useState(false)
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead
        title="Roles"
        lead="Who may do what, since when, and who agreed to it. Two people are needed, neither the one appointed."
      >
        {list.data ? (
          <WhyNotButton
            action={list.data.actions.propose}
            variant="filled"
            icon={<IconUserPlus size={16} stroke={1.5} aria-hidden />}
            reasonAt="left"
            onPress={() => setProposing(true)}
          >
            Propose a role
          </WhyNotButton>
        ) : null}
      </PageHead>
      {list.data ? (
        list.data.appointments.length === 0 ? (
          <Empty title="Nobody holds a role yet" />
        ) : (
          <Appointments appointments={list.data.appointments} />
        )
      ) : (
        <LoadingRows rows={6} />
      )}
      {list.data?.actions.propose.allowed ? <People /> : null}
      {proposing ? <ProposeForm onClose={() => setProposing(false)} /> : null}
    </div>
  )
}

function Appointments({ appointments }: { appointments: readonly Appointment[] }) {
  const confirm = useChange("appointmentConfirm", { refetch, said: "The role is confirmed." })
  const [ending, setEnding] = useState<Appointment>()
  const end = useChange("appointmentEnd", {
    refetch,
    onDone: () => setEnding(undefined),
    said: "The role has ended.",
  })
  return (
    <>
      {confirm.error ? <Fault error={confirm.error} /> : null}
      <TableBox label="Roles">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Role</th>
              <th scope="col">State</th>
              <th scope="col">From, until</th>
              <th scope="col">Proposed and confirmed by</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {appointments.map((each) => (
              <tr key={each.id}>
                <th scope="row">{each.person.name}</th>
                <td>
                  {nameRole(each.role)}
                  <div className="meta">{each.scope.name}</div>
                </td>
                <td>
                  <State kind={looks[each.state].kind}>{looks[each.state].words}</State>
                </td>
                <td>
                  {formatDate(each.from)}
                  <div className="meta">{each.until ? `until ${formatDate(each.until)}` : "no end"}</div>
                </td>
                <td>
                  {each.bootstrap
                    ? "The bootstrap file"
                    : [each.proposedBy?.name, each.confirmedBy?.name].filter(Boolean).join(", ") ||
                      "Nobody yet"}
                  <div className="meta">{each.reason}</div>
                </td>
                <td>
                  <span style={{ display: "grid", gap: 6 }}>
                    {each.state === "proposed" ? (
                      <WhyNotButton
                        action={each.actions.confirm}
                        className="small-button"
                        busy={confirm.isPending}
                        onPress={() => confirm.mutate({ params: { appointment: each.id } })}
                      >
                        Confirm
                        <span className="visually-hidden">
                          {" "}
                          {each.person.name} as {nameRole(each.role)}
                        </span>
                      </WhyNotButton>
                    ) : null}
                    {each.state === "active" ? (
                      <WhyNotButton
                        action={each.actions.end}
                        className="small-button"
                        onPress={() => setEnding(each)}
                      >
                        End
                        <span className="visually-hidden">
                          {" "}
                          the role of {each.person.name} as {nameRole(each.role)}
                        </span>
                      </WhyNotButton>
                    ) : null}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {ending ? (
        <AskReason
          title={`End the role of ${ending.person.name}?`}
          button="End it"
          busy={end.isPending}
          error={end.error}
          onClose={() => setEnding(undefined)}
          onGive={(reason) => end.mutate({ params: { appointment: ending.id }, body: { reason } })}
        >
          <p>
            {ending.person.name} stops being {nameRole(ending.role).toLowerCase()} within 5 seconds. Open
            sessions end.
          </p>
        </AskReason>
      ) : null}
    </>
  )
}

type Somebody = Answer<"personList">["people"][number]

/** Everybody there is, for those who appoint; an operator removes whoever has left. */
function People() {
  const list = useRead("personList", {})
  const [removing, setRemoving] = useState<Somebody>()
  const remove = useChange("personRemove", {
    refetch: ["personList", "appointmentList"],
    onDone: () => setRemoving(undefined),
    said: "The person is removed.",
  })
  if (list.error && !list.data) return <Fault error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return <LoadingRows rows={4} />
  return (
    <section style={{ marginTop: 28 }}>
      <h2 style={{ marginBottom: 8 }}>People</h2>
      <TableBox label="People">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Organisation</th>
              <th scope="col">State</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.data.people.map((each) => (
              <tr key={each.id}>
                <th scope="row">{each.name}</th>
                <td>{each.organisation}</td>
                <td>
                  {each.state === "removed" ? (
                    <State kind="quiet">Removed</State>
                  ) : (
                    <State kind="done">Active</State>
                  )}
                </td>
                <td>
                  {each.state === "removed" ? null : (
                    <WhyNotButton
                      action={each.actions.remove}
                      className="small-button"
                      onPress={() => setRemoving(each)}
                    >
                      Remove
                      <span className="visually-hidden"> {each.name} from the installation</span>
                    </WhyNotButton>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {removing ? (
        <AskReason
          title={`Remove ${removing.name} from the installation?`}
          button="Remove"
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setRemoving(undefined)}
          onGive={(reason) => remove.mutate({ params: { person: removing.id }, body: { reason } })}
        >
          <p>
            Sessions, roles and memberships of {removing.name} end within 5 seconds. What was asked for, voted
            and signed stays in the record. This cannot be undone.
          </p>
        </AskReason>
      ) : null}
    </section>
  )
}

const offered = ["output_checker", "data_manager", "auditor", "operator", "custodian"] as const

function ProposeForm({ onClose }: { onClose: () => void }) {
  const people = useRead("personList", {})
  const dataSets = useRead("dataSetList", {})
  const propose = useChange("appointmentPropose", { refetch, onDone: onClose, said: "The role is proposed." })
  const [person, setPerson] = useState<string | null>(null)
  const [role, setRole] = useState<(typeof offered)[number]>("output_checker")
  const [dataSet, setDataSet] = useState<string | null>(null)
  const [until, setUntil] = useState("")
  const [reason, setReason] = useState("")
  const [tried, setTried] = useState(false)
  const ofDataSet = role === "custodian" || (role === "data_manager" && dataSet !== null)
  return (
    <Modal opened onClose={onClose} title="Propose a role">
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!person || !reason.trim() || (role === "custodian" && !dataSet)) return
          propose.mutate({
            body: {
              person,
              role,
              scope: ofDataSet ? "data_set" : "installation",
              scopeId: ofDataSet ? dataSet : null,
              until: until || null,
              reason: reason.trim(),
            },
          })
        }}
      >
        <Select
          label="Person"
          searchable
          data={(people.data?.people ?? []).map((each) => ({
            value: each.id,
            label: `${each.name}, ${each.organisation}`,
          }))}
          value={person}
          error={tried && !person ? "Choose a person." : undefined}
          onChange={setPerson}
        />
        <Select
          label="Role"
          data={offered.map((each) => ({ value: each, label: nameRole(each) }))}
          value={role}
          onChange={(value) => setRole(offered.find((each) => each === value) ?? "output_checker")}
        />
        {role === "custodian" || role === "data_manager" ? (
          <Select
            label="Data set"
            clearable
            data={(dataSets.data?.dataSets ?? []).map((each) => ({ value: each.id, label: each.title }))}
            value={dataSet}
            error={tried && role === "custodian" && !dataSet ? "Choose a data set." : undefined}
            onChange={setDataSet}
          />
        ) : null}
        <TextInput
          type="date"
          label="Until"
          description="Empty: no end."
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Textarea
          label="Reason"
          minRows={2}
          maxLength={2000}
          value={reason}
          error={tried && !reason.trim() ? "Say why, in a sentence." : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {propose.error ? <Fault error={propose.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <BusyButton type="submit" variant="filled" busy={propose.isPending}>
            Propose
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
