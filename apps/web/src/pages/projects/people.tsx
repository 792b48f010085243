// Members, roles, training and terms, with what runs out; invite, renew, remove. Each change shows what it
// will do before it does it.
import { Button, CopyButton, Modal, Select, TextInput } from "@mantine/core"
import { IconUserPlus } from "@tabler/icons-react"
import { useState } from "react"
import { useParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { useMe } from "../../components/me.ts"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { PersonBadge } from "../../ui/person.tsx"
import { State, type StateKind } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDate, formatMany } from "../../util/format.ts"
import { useProjectTitle } from "./project-title.ts"
import { MemberWarning } from "./project.tsx"
import "./project.css"

type Members = Answer<"memberList">
type Member = Members["members"][number]

const refetch = ["memberList", "projectGet"] as const

export function People() {
  const project = useParams()["project"] ?? ""
  const title = useProjectTitle(project)
  useTitle("People", [
    { label: "Projects", to: "/projects" },
    { label: title, to: `/projects/${project}` },
    { label: "People" },
  ])
  const list = useRead("memberList", { params: { project } })
  const [inviting, setInviting] = useState(false)
  if (list.error && !list.data) return <PageFault error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className="page">
      <PageHead
        title="People"
        lead="Who may enter this project, until when, and whether their training is in date."
      >
        {list.data ? (
          <WhyNotButton
            action={list.data.actions.invite}
            variant="filled"
            icon={<IconUserPlus size={16} stroke={1.5} aria-hidden />}
            reasonAt="left"
            onPress={() => setInviting(true)}
          >
            Invite
          </WhyNotButton>
        ) : null}
      </PageHead>
      {list.data ? (
        <>
          {list.data.members.length === 0 ? (
            <Empty title="Nobody is in this project yet">Invite its first member.</Empty>
          ) : (
            <MembersTable project={project} members={list.data.members} />
          )}
          <Invitations project={project} list={list.data} />
        </>
      ) : (
        <LoadingRows rows={6} />
      )}
      {inviting ? <InviteForm project={project} onClose={() => setInviting(false)} /> : null}
    </div>
  )
}

function MembersTable({ project, members }: { project: string; members: readonly Member[] }) {
  const me = useMe().data?.person.id
  const [asking, setAsking] = useState<{ member: Member; action: "renew" | "remove" | "training" }>()
  return (
    <>
      <TableBox label="Members">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Person</th>
              <th scope="col">Part</th>
              <th scope="col">Member until</th>
              <th scope="col">Training until</th>
              <th scope="col">Terms</th>
              <th scope="col">
                <span className="visually-hidden">What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.person.id}>
                <th scope="row">
                  <span style={{ display: "flex", gap: 10 }}>
                    <PersonBadge name={member.person.name} you={member.person.id === me} />
                    <span>
                      {member.person.name}
                      {member.person.id === me ? ", you" : ""}
                      <span className="meta" style={{ display: "block" }}>
                        {member.organisation}
                      </span>
                      <MemberWarning member={member} />
                    </span>
                  </span>
                </th>
                <td>{member.role === "project_admin" ? "Project admin" : "Researcher"}</td>
                <td>
                  {member.until ? formatDate(member.until) : "No end"}
                  {member.daysLeft === null ? null : (
                    <div className="meta">{formatMany(member.daysLeft, "day")} left</div>
                  )}
                </td>
                <td>{member.training ? formatDate(member.training.until) : "None recorded"}</td>
                <td>{member.terms ? `Accepted ${formatDate(member.terms)}` : "Not accepted yet"}</td>
                <td>
                  <span className="member-acts">
                    {(["renew", "training", "remove"] as const).map((action) => (
                      <WhyNotButton
                        key={action}
                        action={
                          action === "training" ? member.actions.recordTraining : member.actions[action]
                        }
                        className="small-button"
                        onPress={() => setAsking({ member, action })}
                      >
                        {actionWords[action]}
                        <span className="visually-hidden"> {member.person.name}</span>
                      </WhyNotButton>
                    ))}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      {asking?.action === "training" ? (
        <TrainingForm project={project} member={asking.member} onClose={() => setAsking(undefined)} />
      ) : asking ? (
        <MemberChange
          project={project}
          member={asking.member}
          action={asking.action}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </>
  )
}

const actionWords = { renew: "Renew", training: "Record training", remove: "Remove" } as const

interface MemberChangeProps {
  project: string
  member: Member
  action: "renew" | "remove"
  onClose: () => void
}

/** Says what will happen, in the server's sentences, before it happens. */
function MemberChange({ project, member, action, onClose }: MemberChangeProps) {
  const params = { project, person: member.person.id }
  const effects = useRead("memberEffects", { params, query: { action } })
  const renew = useChange("memberRenew", { refetch, onDone: onClose })
  const remove = useChange("memberRemove", { refetch, onDone: onClose })
  const [until, setUntil] = useState("")
  const [reason, setReason] = useState("")
  const [tried, setTried] = useState(false)
  const missing = action === "renew" ? until === "" : reason.trim() === ""
  return (
    <Modal
      opened
      onClose={onClose}
      title={action === "renew" ? `Renew ${member.person.name}?` : `Remove ${member.person.name}?`}
    >
      {effects.error ? <Fault error={effects.error} flat /> : null}
      {effects.isPending ? <LoadingRows rows={2} /> : null}
      <ul style={{ listStyle: "disc", paddingLeft: 18, display: "grid", gap: 4 }} className="small">
        {effects.data?.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <form
        style={{ display: "grid", gap: 12, marginTop: 14 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (missing) return
          if (action === "renew") renew.mutate({ params, body: { until } })
          else remove.mutate({ params, body: { reason: reason.trim() } })
        }}
      >
        {action === "renew" ? (
          <TextInput
            type="date"
            label="Member until"
            description="A membership ends at midnight of that day."
            value={until}
            error={tried && missing ? "Choose a day." : undefined}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label="Reason"
            description="It is kept in the log."
            maxLength={2000}
            value={reason}
            error={tried && missing ? "Say why, in a sentence." : undefined}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {(renew.error ?? remove.error) ? <Fault error={renew.error ?? remove.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <Button type="submit" variant="filled" loading={renew.isPending || remove.isPending}>
            {action === "renew" ? "Renew" : "Remove"}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}

function TrainingForm({
  project,
  member,
  onClose,
}: {
  project: string
  member: Member
  onClose: () => void
}) {
  const record = useChange("trainingRecord", { refetch, onDone: onClose })
  const [kind, setKind] = useState("Safe researcher training")
  const [until, setUntil] = useState("")
  const [evidence, setEvidence] = useState("")
  const [tried, setTried] = useState(false)
  return (
    <Modal opened onClose={onClose} title={`Training of ${member.person.name}`}>
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!kind.trim() || !until || !evidence.trim()) return
          record.mutate({
            params: { project, person: member.person.id },
            body: { kind: kind.trim(), until, evidence: evidence.trim() },
          })
        }}
      >
        <TextInput
          label="Training"
          maxLength={200}
          value={kind}
          error={tried && !kind.trim() ? "Name the training." : undefined}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label="In date until"
          value={until}
          error={tried && !until ? "Choose a day." : undefined}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <TextInput
          label="Evidence"
          description="Where the certificate can be seen."
          maxLength={2000}
          value={evidence}
          error={tried && !evidence.trim() ? "Say where it can be seen." : undefined}
          onChange={(event) => setEvidence(event.currentTarget.value)}
        />
        {record.error ? <Fault error={record.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <Button type="submit" variant="filled" loading={record.isPending}>
            Record it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}

const invitationLooks: Record<Members["invitations"][number]["state"], { kind: StateKind; words: string }> = {
  sent: { kind: "waits", words: "Sent" },
  accepted: { kind: "done", words: "Accepted" },
  withdrawn: { kind: "quiet", words: "Withdrawn" },
  expired: { kind: "quiet", words: "Expired" },
}

function Invitations({ project, list }: { project: string; list: Members }) {
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

function InviteForm({ project, onClose }: { project: string; onClose: () => void }) {
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
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <Button type="submit" variant="filled" loading={invite.isPending}>
            Invite
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
