// A project opens on the drawing of its own rooms.
import {
  IconAlertTriangle,
  IconDoorEnter,
  IconEye,
  IconFileText,
  IconSend,
  IconUsers,
} from "@tabler/icons-react"
import { useMediaQuery } from "@mantine/hooks"
import { useNavigate, useParams, Link } from "react-router"
import type { Answer } from "../../api/client.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { AgreementBar, warnAgreement } from "../../components/agreement-bar.tsx"
import { Fault, PageFault } from "../../components/fault.tsx"
import { FloorPlan, type ProjectView } from "../../components/floor-plan/floor-plan.tsx"
import { LogChip } from "../../components/log-chip.tsx"
import { useMe } from "../../components/me.ts"
import { PageHead, useTitle } from "../../components/page.tsx"
import { WayOut } from "../../components/way-out.tsx"
import { LoadingRows, Warning } from "../../ui/notes.tsx"
import { PersonBadge } from "../../ui/person.tsx"
import { State, Tag, stateIcons } from "../../ui/state.tsx"
import { Near } from "../../ui/when.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDate, formatMany, joinWords } from "../../util/format.ts"
import "./project.css"

export function Project() {
  const project = useParams()["project"] ?? ""
  const view = useRead("projectGet", { params: { project } }, { every: 30_000 })
  if (view.data) return <ProjectPage view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} label="Loading the project" />
    </div>
  )
}

function ProjectPage({ view }: { view: ProjectView }) {
  useTitle(view.project.title, [{ label: "Projects", to: "/projects" }, { label: view.project.title }])
  const phone = useMediaQuery("(max-width: 719px)") ?? false
  const warning = view.agreement ? warnAgreement(view.agreement.daysLeft) : undefined
  return (
    <div className="page">
      <PageHead
        title={view.project.title}
        lead={phone ? undefined : describeProject(view)}
        tag={
          phone && view.agreement && warning ? (
            <Tag kind={warning.kind} icon={stateIcons.warning}>
              {formatMany(view.agreement.daysLeft, "day")} left
            </Tag>
          ) : undefined
        }
      >
        {phone ? null : <Doors view={view} />}
      </PageHead>
      {view.holds.map((hold) => (
        <div key={hold.id} style={{ marginBottom: 12 }}>
          <Warning>
            <strong>This project is on hold.</strong> {hold.reason}
          </Warning>
        </div>
      ))}
      <FloorPlan view={view} />
      <div className="project-panels">
        <PeoplePanel view={view} />
        <AgreementPanel view={view} />
        <ActivityPanel view={view} />
      </div>
      {phone ? (
        <div className="phone-bar">
          <Doors view={view} />
        </div>
      ) : null}
    </div>
  )
}

function describeProject(view: ProjectView): string {
  const partners = view.partners.length > 0 ? `, with ${joinWords(view.partners)}` : ""
  return `${view.summary} ${view.organisation.name}${partners}.`
}

/** The two things to do from here: enter the workspace, ask for release. */
function Doors({ view }: { view: ProjectView }) {
  const navigate = useNavigate()
  const open = useChange("workspaceOpen", {
    onDone: ({ workspace }) => location.assign(`/workspaces/${workspace}`),
  })
  const begin = useChange("requestCreate", {
    refetch: ["projectGet"],
    onDone: ({ id }) => void navigate(`/requests/${id}/edit`),
  })
  const project = view.project.id
  return (
    <>
      <WhyNotButton
        action={view.actions.requestCreate}
        way={
          view.actions.workspaceOpen.allowed ? (
            <WayOut action={view.actions.requestCreate} project={project} />
          ) : null
        }
        icon={<IconSend size={16} stroke={1.5} aria-hidden />}
        reasonAt="left"
        busy={begin.isPending}
        onPress={() => begin.mutate({ params: { project }, body: { title: "Untitled request" } })}
      >
        Ask for release
      </WhyNotButton>
      <WhyNotButton
        action={view.actions.workspaceOpen}
        way={<WayOut action={view.actions.workspaceOpen} project={project} />}
        icon={<IconDoorEnter size={16} stroke={1.5} aria-hidden />}
        variant="filled"
        reasonAt="left"
        busy={open.isPending}
        onPress={() => open.mutate({ params: { project } })}
      >
        Enter workspace
      </WhyNotButton>
      {open.error ? <Fault error={open.error} /> : null}
      {begin.error ? <Fault error={begin.error} /> : null}
    </>
  )
}

function PeoplePanel({ view }: { view: ProjectView }) {
  const me = useMe().data?.person.id
  return (
    <section>
      <div className="panel-head ruled">
        <h2>People</h2>
        <Link className="head-link" to={`/projects/${view.project.id}/people`}>
          All {view.people.length} and their training
        </Link>
      </div>
      <ul className="people-list">
        {view.people.slice(0, 5).map((member) => (
          <li key={member.person.id}>
            <PersonBadge name={member.person.name} you={member.person.id === me} />
            <div className="grow">
              <strong>
                {member.person.name}
                {member.person.id === me ? ", you" : ""}
              </strong>
              <span className="meta">{describeMember(member)}</span>
            </div>
            <MemberWarning member={member} />
          </li>
        ))}
      </ul>
      {view.actions.useView.allowed ? (
        <p style={{ marginTop: 8 }}>
          <Link className="head-link" to={`/projects/${view.project.id}/use`}>
            What they use, per person and month
          </Link>
        </p>
      ) : null}
    </section>
  )
}

type Member = ProjectView["people"][number]

const SOON_DAYS = 30

function describeMember(member: Member): string {
  const role = member.role === "project_admin" ? "Project admin" : "Researcher"
  if (member.role === "project_admin") return `${role}, ${member.organisation}`
  if (member.training && member.training.daysLeft > SOON_DAYS) {
    return `${role}, training until ${formatDate(member.training.until)}`
  }
  return role
}

export function MemberWarning({ member }: { member: Member }) {
  if (member.holds.length > 0) return <State kind="blocked">On hold</State>
  const { training, daysLeft } = member
  if (training && training.daysLeft <= SOON_DAYS) {
    return (
      <State kind={training.daysLeft <= 7 ? "blocked" : "waits"} icon={stateIcons.warning}>
        {training.daysLeft <= 0
          ? "Training ended"
          : `Training ends in ${formatMany(training.daysLeft, "day")}`}
      </State>
    )
  }
  if (daysLeft !== null && daysLeft <= 90) {
    return (
      <State kind={daysLeft <= 7 ? "blocked" : "waits"} icon={stateIcons.warning}>
        {daysLeft <= 0 ? "Membership ended" : `${formatMany(daysLeft, "day")} left`}
      </State>
    )
  }
  return null
}

function AgreementPanel({ view }: { view: ProjectView }) {
  const { agreement } = view
  const navigate = useNavigate()
  const to = `/projects/${view.project.id}/agreement`
  return (
    <section>
      <div className="panel-head">
        <h2>Agreement</h2>
        {agreement ? (
          <Link className="head-link" to={`${to}/${agreement.version}`}>
            Read version {agreement.version}
          </Link>
        ) : null}
      </div>
      {agreement ? (
        <>
          <AgreementBar time={agreement} />
          <ul className="words-list">
            {agreement.words.map((words, at) => {
              const Glyph = at === 0 ? IconUsers : at === 1 ? IconEye : IconFileText
              return (
                <li key={words}>
                  <Glyph size={14} stroke={1.5} aria-hidden />
                  <span>{words}</span>
                </li>
              )
            })}
          </ul>
        </>
      ) : (
        <p className="small text-2" style={{ marginBottom: 10 }}>
          <IconAlertTriangle size={14} stroke={1.5} aria-hidden /> No agreement is in force, so no data can be
          read.
        </p>
      )}
      <div style={{ marginTop: 14 }}>
        <WhyNotButton action={view.actions.agreementPropose} onPress={() => void navigate(`${to}?propose`)}>
          Ask to renew
        </WhyNotButton>
      </div>
    </section>
  )
}

function ActivityPanel({ view }: { view: ProjectView }) {
  const project = view.project.id
  const may = view.actions.activityView
  const activity = useRead(
    "projectActivity",
    { params: { project }, query: { limit: 6 } },
    { enabled: may.allowed },
  )
  return (
    <section>
      <div className="panel-head ruled">
        <h2>Activity</h2>
        {may.allowed ? (
          <Link className="head-link" to={`/projects/${project}/activity`}>
            Everything in the log
          </Link>
        ) : null}
      </div>
      {may.allowed ? null : <p className="small text-2">{may.reason}</p>}
      {activity.error ? <Fault error={activity.error} flat /> : null}
      {may.allowed && activity.isPending ? <LoadingRows rows={5} /> : null}
      {activity.data ? <ActivityLines lines={activity.data.lines} /> : null}
    </section>
  )
}

export function ActivityLines({ lines }: { lines: Answer<"projectActivity">["lines"] }) {
  if (lines.length === 0)
    return <p className="small text-2">Nothing has happened here yet. Enter the workspace to begin.</p>
  return (
    <ul className="activity">
      {lines.map((line, at) => (
        <li key={line.index ?? `waiting ${at}`}>
          <Near at={line.at} />
          <span>
            {line.outcome === "refused" ? <span className="refused-word">Refused: </span> : null}
            {line.outcome === "failed" ? <span className="refused-word">Failed: </span> : null}
            {line.sentence}
          </span>
          <LogChip index={line.index} />
        </li>
      ))}
    </ul>
  )
}
