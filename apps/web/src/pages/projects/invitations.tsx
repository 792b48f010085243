// Invitations of a project: who was asked, what became of it, and asking one more person. The link is shown once.
import { Button, CopyButton, Modal, Select, TextInput } from "@mantine/core"
import { useState } from "react"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { say } from "../../components/said.tsx"
import { State, type StateKind } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDate } from "../../util/format.ts"
import { memberRefetch as refetch, type Members } from "./member.ts"

const invitationLooks: Record<Members["invitations"][number]["state"], { kind: StateKind; words: string }> = {
  sent: { kind: "waits", words: "Sent" },
  accepted: { kind: "done", words: "Accepted" },
  withdrawn: { kind: "quiet", words: "Withdrawn" },
  expired: { kind: "quiet", words: "Expired" },
}

type Invitation = Members["invitations"][number]

/** The invitation that stands in the way of another one to the same address. */
export function findOpen(invitations: readonly Invitation[], email: string): Invitation | undefined {
  const address = email.trim().toLowerCase()
  return invitations.find((each) => each.state === "sent" && each.email.toLowerCase() === address)
}

/** The way out where an address has an open invitation already. */
function WithdrawOpen({ project, email, onDone }: { project: string; email: string; onDone: () => void }) {
  const list = useRead("memberList", { params: { project } })
  const withdraw = useChange("invitationWithdraw", {
    refetch,
    onDone: () => {
      say("The open invitation is withdrawn; its link opens nothing any more. Now invite again.")
      onDone()
    },
  })
  const open = findOpen(list.data?.invitations ?? [], email)
  if (!open) return null
  return (
    <div>
      <WhyNotButton
        action={open.actions.withdraw}
        reasonAt="under"
        busy={withdraw.isPending}
        onPress={() => withdraw.mutate({ params: { project, invitation: open.id } })}
      >
        Withdraw the open one, for {open.name}
      </WhyNotButton>
      {withdraw.error ? <Fault error={withdraw.error} flat /> : null}
    </div>
  )
}

export function Invitations({ project, list }: { project: string; list: Members }) {
  const withdraw = useChange("invitationWithdraw", { refetch })
  if (list.invitations.length === 0) return null
  return (
    <section style={{ marginTop: 28 }}>
      <h2 style={{ marginBottom: 8 }}>Invitations</h2>
      {withdraw.error ? <Fault error={withdraw.error} flat /> : null}
      <TableBox label="Invitations">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Part</th>
              <th scope="col">State</th>
              <th scope="col">Link works until</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.invitations.map((invitation) => {
              const look = invitationLooks[invitation.state]
              return (
                <tr key={invitation.id}>
                  <th scope="row">
                    {invitation.name}
                    <div className="meta">{invitation.email}</div>
                  </th>
                  <td>{invitation.role === "project_admin" ? "Project admin" : "Researcher"}</td>
                  <td>
                    <State kind={look.kind}>{look.words}</State>
                  </td>
                  <td>{formatDate(invitation.expiresAt)}</td>
                  <td>
                    {invitation.state === "sent" ? (
                      <WhyNotButton
                        action={invitation.actions.withdraw}
                        className="small-button"
                        busy={withdraw.isPending}
                        onPress={() => withdraw.mutate({ params: { project, invitation: invitation.id } })}
                      >
                        Withdraw
                        <span className="visually-hidden"> the invitation of {invitation.name}</span>
                      </WhyNotButton>
                    ) : null}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </TableBox>
    </section>
  )
}

export function InviteForm({ project, onClose }: { project: string; onClose: () => void }) {
  const invite = useChange("memberInvite", { refetch })
  const [email, setEmail] = useState("")
  const [name, setName] = useState("")
  const [role, setRole] = useState<"researcher" | "project_admin">("researcher")
  const [until, setUntil] = useState("")
  const [tried, setTried] = useState(false)
  const badEmail = !/^[^\s@<>"]+@[^\s@<>"]+$/.test(email)
  if (invite.data) {
    return (
      <Modal opened onClose={onClose} title="The invitation is on its way">
        <p>
          {name} gets a mail with this link. It works once. It is shown here this one time, in case the mail
          does not arrive.
        </p>
        <pre className="first-link">{invite.data.link}</pre>
        <div style={{ display: "flex", gap: 12, marginTop: 16 }}>
          <CopyButton value={invite.data.link}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy the link"}</Button>}
          </CopyButton>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </div>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title="Invite someone to this project">
      <p className="small text-2">
        They can enter when they have signed the agreement, accepted the terms and their training is in date.
      </p>
      <form
        style={{ display: "grid", gap: 12, marginTop: 12 }}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (badEmail || !name.trim() || !until) return
          invite.mutate({ params: { project }, body: { email, name: name.trim(), role, until } })
        }}
      >
        <TextInput
          label="Name"
          maxLength={200}
          value={name}
          error={tried && !name.trim() ? "Say who they are." : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          type="email"
          label="Mail address"
          maxLength={254}
          value={email}
          error={tried && badEmail ? "Write an address such as a.osei@example.ac.uk." : undefined}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label="Part"
          data={[
            { value: "researcher", label: "Researcher" },
            { value: "project_admin", label: "Project admin" },
          ]}
          value={role}
          onChange={(value) => setRole(value === "project_admin" ? "project_admin" : "researcher")}
        />
        <TextInput
          type="date"
          label="Member until"
          value={until}
          error={tried && !until ? "Choose a day." : undefined}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        {invite.error ? <Fault error={invite.error} flat /> : null}
        {invite.error?.code === "invitation_open" ? (
          <WithdrawOpen project={project} email={email} onDone={() => invite.reset()} />
        ) : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <BusyButton type="submit" variant="filled" busy={invite.isPending}>
            Invite
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
