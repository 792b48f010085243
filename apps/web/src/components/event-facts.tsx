// One event in rows: who, what, project, rule, decision. Used by the chip's drawer and by the auditor's detail.
import { Link } from "react-router"
import type { Answer } from "../api/client.ts"
import { OutcomeState } from "./outcome.tsx"

type Row = Answer<"logSearch">["rows"][number]

interface EventFactsProps {
  row: Row
  policy?: string | null | undefined
  request?: string | null | undefined
  more?: readonly (readonly [string, string])[]
}

const actorKinds = { person: "a person", service: "a service", system: "the platform itself" } as const

export function EventFacts({ row, policy, request, more = [] }: EventFactsProps) {
  return (
    <dl className="facts">
      <div>
        <dt>Who</dt>
        <dd>
          {row.actor.name}
          <div className="meta">{actorKinds[row.actor.kind]}</div>
        </dd>
      </div>
      <div>
        <dt>What</dt>
        <dd>
          <code>{row.code}</code>
        </dd>
      </div>
      {row.project ? (
        <div>
          <dt>Project</dt>
          <dd>
            <Link to={`/projects/${row.project.id}`}>{row.project.title}</Link>
            <div className="meta">{row.project.number}</div>
          </dd>
        </div>
      ) : null}
      {more.map(([name, value], at) => (
        <div key={`${name} ${at}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {policy ? (
        <div>
          <dt>Rule</dt>
          <dd>
            <code className="text-2">{policy}</code>
          </dd>
        </div>
      ) : null}
      <div>
        <dt>Decision</dt>
        <dd>
          <OutcomeState outcome={row.outcome} />
        </dd>
      </div>
      {request ? (
        <div>
          <dt>Request</dt>
          <dd>
            <code className="text-2">{request}</code>
          </dd>
        </div>
      ) : null}
    </dl>
  )
}
