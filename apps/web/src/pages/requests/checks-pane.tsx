// The checks beside the form: what each file violates or leaves open, and what is satisfied.
import { FindingBox, SatisfiedList } from "../../components/finding-box.tsx"
import { groupFindings, sortFindings, type RequestFile, type RequestView } from "../../components/findings.ts"
import { LoadingRows } from "../../ui/notes.tsx"
import { formatMany } from "../../util/format.ts"

export function ChecksPane({ view }: { view: RequestView }) {
  const files = view.files.filter((file) => !file.withdrawn && file.kind === "output")
  const done = files.filter((file) => file.check.state === "done" || file.check.state === "failed")
  const share = files.length === 0 ? 0 : (done.length / files.length) * 100
  const satisfied = files.flatMap((file) => file.check.findings.filter((each) => each.status === "satisfied"))
  return (
    <section className="checks" aria-label="Checks">
      <div className="checks-head">
        <div>
          <h2>Checks</h2>
          <span className="meta" role="status">
            {done.length} of {formatMany(files.length, "file")} checked. The checkers see the same.
          </span>
        </div>
        <div className="bar-track">
          <span style={{ width: `${share}%` }} />
        </div>
      </div>
      {files.length === 0 ? (
        <p className="pane-body small text-2">Checks begin as soon as a file is added.</p>
      ) : null}
      {files.map((file) => (
        <FileChecks key={file.id} file={file} />
      ))}
      <SatisfiedList findings={satisfied} />
    </section>
  )
}

function FileChecks({ file }: { file: RequestFile }) {
  if (file.check.state === "failed") {
    return (
      <article className="finding violated">
        <header>
          <h3>The checks could not be finished</h3>
          <code className="file-name">{file.path}</code>
        </header>
        <p className="said-by-engine">
          Take the file out and add it again. If it stays, ask for release anyway: the checkers see that it
          was not checked.
        </p>
      </article>
    )
  }
  if (file.check.state !== "done") {
    return (
      <div className="finding">
        <LoadingRows rows={2} label={`Checking ${file.path}`} />
      </div>
    )
  }
  const open = sortFindings(file.check.findings).filter((finding) => finding.status !== "satisfied")
  return groupFindings(open).map((group, at) => (
    <FindingBox key={`${file.id} ${group.first.rule} ${at}`} group={group} file={file.path} />
  ))
}
