// Members, roles, training and terms, with what runs out; invite, renew, remove. Each change shows what it
// will do before it does it.
import { IconUserPlus } from "@tabler/icons-react"
import { useId, useState } from "react"
import { useParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import { PageFault } from "../../components/fault.tsx"
import { useMe } from "../../components/me.ts"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { PersonBadge } from "../../ui/person.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDate, formatMany } from "../../util/format.ts"
import { InviteForm, Invitations } from "./invitations.tsx"
import { MemberChange, TrainingForm } from "./member-change.tsx"
import type { Member } from "./member.ts"
import { useProjectTitle } from "./project-title.ts"
import { MemberWarning } from "./project.tsx"
import "./project.css"

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
  const [asking, setAsking] = useState<{ member: Member; action: MemberAction }>()
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
                  <MemberActs member={member} onAsk={(action) => setAsking({ member, action })} />
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
type MemberAction = keyof typeof actionWords

/** Buttons that are refused for one and the same reason say it once, under all of them. */
function MemberActs({ member, onAsk }: { member: Member; onAsk: (action: MemberAction) => void }) {
  const reasonId = useId()
  const may = {
    renew: member.actions.renew,
    training: member.actions.recordTraining,
    remove: member.actions.remove,
  }
  const all = Object.values(may)
  const shared = all.every((each) => !each.allowed && each.reason === all[0]?.reason) ? all[0] : undefined
  return (
    <span className="member-acts">
      {(["renew", "training", "remove"] as const).map((action) => (
        <WhyNotButton
          key={action}
          action={may[action]}
          className="small-button"
          reasonId={shared ? reasonId : undefined}
          onPress={() => onAsk(action)}
        >
          {actionWords[action]}
          <span className="visually-hidden"> {member.person.name}</span>
        </WhyNotButton>
      ))}
      {shared ? (
        <span className="small text-2" id={reasonId}>
          {shared.reason}
        </span>
      ) : null}
    </span>
  )
}
