// One project in plain words, what was used so far, and every change with its place in the public log.
import { IconDownload, IconCheck, IconSitemap } from "@tabler/icons-react"
import { Link, useParams } from "react-router"
import { useRead } from "../../api/queries.ts"
import type { Answer } from "../../api/client.ts"
import { Fault } from "../../components/fault.tsx"
import { useVerified } from "../../components/log-chip.tsx"
import { useTitle } from "../../components/page.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { Tag } from "../../ui/state.tsx"
import { formatCount, formatDate, formatMany, joinWords } from "../../util/format.ts"
import { Figures } from "./figures.tsx"
import { entryStates } from "./register.tsx"
import { VerifyBox } from "./verify-box.tsx"
import "../../components/log-chip.css"

export function RegisterProject() {
  const number = useParams()["number"] ?? ""
  const page = useRead("registerGet", { params: { number } })
  if (page.data) return <Entry page={page.data} />
  if (page.error) return <NoEntry error={page.error} number={number} onRetry={() => void page.refetch()} />
  return <LoadingRows rows={8} />
}

function NoEntry({
  error,
  number,
  onRetry,
}: {
  error: { status: number }
  number: string
  onRetry: () => void
}) {
  useTitle(number)
  return (
    <>
      <h1 tabIndex={-1}>
        {error.status === 404 ? `No project ${number} in the register` : "This page could not be shown"}
      </h1>
      <p className="lead">
        <Link to="/register">Back to the register</Link>
      </p>
      {error.status === 404 ? null : <Fault error={error} onRetry={onRetry} />}
    </>
  )
}

function Entry({ page }: { page: Answer<"registerGet"> }) {
  const { entry } = page
  useTitle(entry.title)
  const state = entryStates[entry.state]
  return (
    <>
      <nav className="crumbs" aria-label="Where you are">
        <Link to="/register">Register</Link>
        <span aria-hidden>/</span>
        <span>{entry.number}</span>
      </nav>
      <div className="public-columns">
        <div>
          <h1 tabIndex={-1}>{entry.title}</h1>
          <p className="lead">{entry.lay}</p>
          <p
            style={{
              display: "flex",
              flexWrap: "wrap",
              alignItems: "center",
              gap: "6px 10px",
              marginTop: 12,
            }}
            className="small text-2"
          >
            <Tag kind={state.kind}>{state.words}</Tag>
            <span>
              since {formatDate(entry.from)}, until {formatDate(entry.until)}
            </span>
            <span aria-hidden className="wide-only">
              ·
            </span>
            <span>{joinWords(entry.organisations)}</span>
          </p>
          <section>
            <div className="section-head">
              <h2>Use so far</h2>
              <span className="meta">From the log</span>
            </div>
            <Figures
              figures={[
                [
                  formatCount(entry.filesReleased),
                  `${entry.filesReleased === 1 ? "file" : "files"} released, in ${formatMany(entry.releases, "release")}`,
                ],
                [formatCount(entry.dataSets.length), entry.dataSets.length === 1 ? "data set" : "data sets"],
                [String(entry.agreementVersion), "version of the agreement"],
              ]}
            />
          </section>
          <section>
            <div className="section-head">
              <h2>What they may use, and why</h2>
            </div>
            <dl className="use-facts">
              <Fact name="Purpose">{page.purpose}</Fact>
              <Fact name="Benefit to the public">{page.benefit}</Fact>
              <Fact name="Data">{joinWords(entry.dataSets)}. No names, no addresses, no dates of birth.</Fact>
              <Fact name="People who opted out">{entry.optOut}</Fact>
              <Fact name="Legal basis">{entry.legalBasis}</Fact>
              {entry.confidentialityBasis ? (
                <Fact name="Confidentiality">{entry.confidentialityBasis}</Fact>
              ) : null}
            </dl>
          </section>
        </div>
        <aside>
          <VerifyBox log="register" index={entry.index} also={page.history.map((each) => each.index)}>
            Every line on this page is in a log that we cannot change unseen. This is its newest checkpoint.
          </VerifyBox>
          <section className="pane" style={{ marginTop: 0 }}>
            <div className="pane-head">
              <h2>History</h2>
              <span className="meta">{formatMany(page.history.length, "change")}</span>
            </div>
            <ul className="history pane-body">
              {page.history.map((change) => (
                <li key={change.index}>
                  <time dateTime={change.at}>{formatDate(change.at)}</time>
                  <span>{change.sentence}</span>
                  <RegisterChip index={change.index} />
                </li>
              ))}
            </ul>
          </section>
          <p className="small" style={{ display: "flex", flexWrap: "wrap", gap: "4px 16px" }}>
            <a href="/api/register.csv" download>
              <IconDownload size={14} stroke={1.5} aria-hidden /> CSV
            </a>
            <a href={`/api/register/${entry.number}`} download={`${entry.number}.json`}>
              <IconDownload size={14} stroke={1.5} aria-hidden /> JSON
            </a>
            <span className="text-3">Columns of the HDR UK data use register</span>
          </p>
        </aside>
      </div>
    </>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function RegisterChip({ index }: { index: number }) {
  const verified = useVerified("register", index)
  const Glyph = verified ? IconCheck : IconSitemap
  return (
    <span className={`chip${verified ? " verified" : ""}`} title="Place in the register log">
      <Glyph size={13} stroke={verified ? 2.5 : 1.5} aria-hidden />#{formatCount(index)}
      {verified ? <span className="visually-hidden">, verified here</span> : null}
    </span>
  )
}
