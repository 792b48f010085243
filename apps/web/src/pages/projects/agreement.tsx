// The agreement of a project: the five safes as panels, who decided, and what changed between versions.
import { Link, useParams, useSearchParams } from "react-router"
import { useChange, useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import { LogChip } from "../../components/log-chip.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { State, Tag, stateIcons, type StateKind } from "../../ui/state.tsx"
import { TableBox } from "../../ui/table-box.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatDate, formatDateTime } from "../../util/format.ts"
import { describeChange } from "./agreement-words.ts"
import { Decide } from "./decide.tsx"
import { Propose } from "./propose-agreement.tsx"
import "./agreement.css"

type Agreement = Answer<"agreementGet">
type Detail = Answer<"agreementVersionGet">
type VersionState = Agreement["versions"][number]["state"]

export const versionLooks: Record<VersionState, { kind: StateKind; words: string }> = {
  draft: { kind: "quiet", words: "Draft" },
  proposed: { kind: "waits", words: "Waits for custodians" },
  in_force: { kind: "done", words: "In force" },
  superseded: { kind: "quiet", words: "Replaced" },
  refused: { kind: "blocked", words: "Refused" },
  ended: { kind: "quiet", words: "Ended" },
}

export function Agreement() {
  const { project = "", version } = useParams()
  const agreement = useRead("agreementGet", { params: { project } })
  if (agreement.data) return <AgreementPage agreement={agreement.data} chosen={Number(version)} />
  if (agreement.error) return <PageFault error={agreement.error} onRetry={() => void agreement.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

function AgreementPage({ agreement, chosen }: { agreement: Agreement; chosen: number }) {
  const { project, versions } = agreement
  useTitle("Agreement", [
    { label: "Projects", to: "/projects" },
    { label: project.title, to: `/projects/${project.id}` },
    { label: "Agreement" },
  ])
  const [query, setQuery] = useSearchParams()
  const shown =
    versions.find((each) => each.version === chosen) ??
    versions.find((each) => each.state === "in_force") ??
    versions.toSorted((a, b) => b.version - a.version)[0]
  const look = shown ? versionLooks[shown.state] : undefined
  const proposing = query.has("propose") && agreement.actions.propose.allowed
  return (
    <div className="page">
      <PageHead
        title={shown ? `Agreement, version ${shown.version}` : "Agreement"}
        lead={shown ? `Until ${formatDate(shown.until)}. Each version is kept as it was.` : undefined}
        tag={look ? <Tag kind={look.kind}>{look.words}</Tag> : undefined}
      >
        <WhyNotButton
          action={agreement.actions.propose}
          reasonAt="left"
          onPress={() => setQuery({ propose: "" })}
        >
          Propose a change
        </WhyNotButton>
      </PageHead>
      {versions.length > 1 ? (
        <nav className="version-links" aria-label="Versions">
          {versions
            .toSorted((a, b) => b.version - a.version)
            .map((each) => (
              <Link
                key={each.version}
                to={`/projects/${project.id}/agreement/${each.version}`}
                aria-current={each.version === shown?.version ? "page" : undefined}
              >
                Version {each.version}, {versionLooks[each.state].words.toLowerCase()}
              </Link>
            ))}
        </nav>
      ) : null}
      {shown ? (
        <VersionDetail project={project.id} version={shown.version} />
      ) : (
        <Empty title="There is no agreement yet">Until one is in force, no data can be read.</Empty>
      )}
      {proposing && shown ? (
        <Propose project={project.id} from={shown.version} onClose={() => setQuery({})} />
      ) : null}
    </div>
  )
}

function VersionDetail({ project, version }: { project: string; version: number }) {
  const detail = useRead("agreementVersionGet", { params: { project, version } })
  if (detail.error && !detail.data)
    return <Fault error={detail.error} onRetry={() => void detail.refetch()} />
  if (!detail.data) return <LoadingRows rows={8} />
  return <DetailBody project={project} detail={detail.data} />
}

function DetailBody({ project, detail }: { project: string; detail: Detail }) {
  const sign = useChange("agreementSign", { refetch: ["agreementVersionGet", "projectGet"] })
  const { version } = detail
  return (
    <div className="stack">
      <div className="safes">
        {detail.words.map((part) => (
          <section className="pane" key={part.heading}>
            <div className="pane-head">
              <h2>{part.heading}</h2>
            </div>
            <ul className="pane-body">
              {part.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {detail.changes.length > 0 ? <Changes changes={detail.changes} version={version.version} /> : null}
      <div className="columns">
        <section className="pane">
          <div className="pane-head">
            <h2>Decisions</h2>
            {version.index === null ? null : <LogChip index={version.index} />}
          </div>
          <ul className="rows in-pane">
            {version.decisions.map((decision) => (
              <li key={decision.dataSet.id} style={{ flexWrap: "wrap" }}>
                <span className="grow">
                  {decision.dataSet.title}
                  {decision.reason ? (
                    <span className="meta" style={{ display: "block" }}>
                      {decision.reason}
                    </span>
                  ) : null}
                </span>
                {decision.decision === "waits" ? (
                  <>
                    <State kind="waits">Waits for its custodian</State>
                    <Decide project={project} version={version.version} decision={decision} />
                  </>
                ) : (
                  <State kind={decision.decision === "approved" ? "done" : "blocked"}>
                    {decision.decision === "approved" ? "Approved" : "Refused"}
                    {decision.by ? ` by ${decision.by.name}` : ""}
                    {decision.at ? `, ${formatDate(decision.at)}` : ""}
                  </State>
                )}
              </li>
            ))}
          </ul>
        </section>
        <section className="pane">
          <div className="pane-head">
            <h2>Signed by</h2>
          </div>
          <div className="pane-body">
            {detail.signatures.length === 0 ? (
              <p className="small text-2">Nobody has signed it yet.</p>
            ) : null}
            <ul className="rows">
              {detail.signatures.map((signature) => (
                <li key={signature.person.id}>
                  <span className="grow">{signature.person.name}</span>
                  <span className="meta">{formatDateTime(signature.at)}</span>
                </li>
              ))}
            </ul>
            <div style={{ marginTop: 12 }}>
              <WhyNotButton
                action={detail.actions.sign}
                variant="filled"
                reasonAt="under"
                busy={sign.isPending}
                onPress={() =>
                  sign.mutate({
                    params: { project, version: version.version },
                    body: { sha256: version.sha256 },
                  })
                }
              >
                Sign this version
              </WhyNotButton>
            </div>
            {sign.error ? <Fault error={sign.error} flat /> : null}
            <p className="meta" style={{ marginTop: 12, overflowWrap: "anywhere" }}>
              sha256 <span className="mono">{version.sha256}</span>
            </p>
          </div>
        </section>
      </div>
    </div>
  )
}

function Changes({ changes, version }: { changes: Detail["changes"]; version: number }) {
  return (
    <section>
      <h2 style={{ marginBottom: 8 }}>What version {version} changes</h2>
      <TableBox label={`What version ${version} changes`}>
        <table className="grid diff">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Before</th>
              <th scope="col">Now</th>
              <th scope="col">Effect</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => {
              const words = describeChange(change)
              return (
                <tr key={change.path}>
                  <th scope="row">{words.what}</th>
                  <td className="before">{words.before}</td>
                  <td className="after">{words.after}</td>
                  <td>
                    {change.widens ? (
                      <State kind="waits" icon={stateIcons.warning}>
                        Allows more
                      </State>
                    ) : (
                      <State kind="plain">No more than before</State>
                    )}
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
