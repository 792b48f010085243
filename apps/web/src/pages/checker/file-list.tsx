// Left pane of the desk: files by group. The icon of a file is my own vote, never a finding.
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconEye, IconMessage2 } from "@tabler/icons-react"
import { countFindings, type RequestFile, type RequestView } from "../../components/findings.ts"
import { formatMany } from "../../util/format.ts"

interface FileListProps {
  view: RequestView
  current: RequestFile | undefined
  seen: ReadonlySet<string>
  onPick: (file: RequestFile) => void
}

/** Files in the order in which they stand on the desk: to release by group, then supporting, then code. */
export function deskOrder(view: RequestView): RequestFile[] {
  const here = view.files.filter((file) => !file.withdrawn)
  const outputs = view.groups.flatMap((group) =>
    here.filter((file) => file.group === group.id && file.kind === "output"),
  )
  return [
    ...outputs,
    ...here.filter((file) => file.kind === "supporting"),
    ...here.filter((file) => file.kind === "code"),
  ]
}

export function FileList({ view, current, seen, onPick }: FileListProps) {
  const files = deskOrder(view)
  const supporting = files.filter((file) => file.kind !== "output")
  return (
    <>
      {view.groups.map((group) => {
        const inGroup = files.filter((file) => file.group === group.id && file.kind === "output")
        if (inGroup.length === 0) return null
        return (
          <section className="group" key={group.id}>
            <h2>{group.name}</h2>
            <p className="meta">{formatMany(inGroup.length, "file")} to release</p>
            {inGroup.map((file) => (
              <FileButton
                key={file.id}
                file={file}
                current={current?.id === file.id}
                seen={seen}
                onPick={onPick}
              />
            ))}
          </section>
        )
      })}
      {supporting.length > 0 ? (
        <section className="group">
          <h2>Supporting, never released</h2>
          <p className="meta">{formatMany(supporting.length, "file")}</p>
          {supporting.map((file) => (
            <FileButton
              key={file.id}
              file={file}
              current={current?.id === file.id}
              seen={seen}
              onPick={onPick}
            />
          ))}
        </section>
      ) : null}
    </>
  )
}

const voteIcons = { approve: IconCircleCheck, change: IconMessage2, reject: IconCircleX } as const
const voteWords = { approve: "You approved", change: "You asked for change", reject: "You rejected" } as const

interface FileButtonProps {
  file: RequestFile
  current: boolean
  seen: ReadonlySet<string>
  onPick: (file: RequestFile) => void
}

function FileButton({ file, current, seen, onPick }: FileButtonProps) {
  const Glyph = file.kind === "output" ? (file.myVote ? voteIcons[file.myVote] : IconCircleDashed) : IconEye
  return (
    <button
      type="button"
      className="desk-file"
      aria-current={current ? "true" : undefined}
      data-vote={file.kind === "output" ? (file.myVote ?? "none") : undefined}
      onClick={() => onPick(file)}
    >
      <Glyph size={16} stroke={1.5} className={file.myVote ?? ""} aria-hidden />
      <code>{file.path}</code>
      <span className="meta">{describeFile(file, seen.has(file.id))}</span>
    </button>
  )
}

function describeFile(file: RequestFile, seen: boolean): string {
  if (file.kind !== "output") return seen ? "Looked at" : "Not looked at yet"
  if (file.myVote) return voteWords[file.myVote]
  if (!seen) return "Not looked at yet"
  const counts = countFindings(file.check.findings)
  const open = counts.violated + counts["not-verifiable"]
  return `No vote yet, ${formatMany(open, "finding")}`
}
