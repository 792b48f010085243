// Voting stays in place at the bottom of the right pane. A comment goes with the vote; asking for change
// without one takes the person to the box first.
import { Button, Checkbox, Kbd, Textarea } from "@mantine/core"
import { IconLock, IconMessage2, IconThumbUp } from "@tabler/icons-react"
import { useId, type RefObject } from "react"
import { Fault } from "../../components/fault.tsx"
import type { RequestFile } from "../../components/findings.ts"
import { BusyButton } from "../../ui/busy-button.tsx"

export type Vote = NonNullable<RequestFile["myVote"]>

interface VoteBoxProps {
  file: RequestFile
  text: string
  checkersOnly: boolean
  busy: boolean
  error: unknown
  box: RefObject<HTMLTextAreaElement | null>
  onText: (text: string) => void
  onCheckersOnly: (only: boolean) => void
  onVote: (vote: Vote) => void
  onComment: () => void
}

export function VoteBox(props: VoteBoxProps) {
  const { file, text, busy, error, box } = props
  const reasonId = useId()
  if (file.kind !== "output") {
    return (
      <div className="vote-box">
        <p className="text-2" style={{ marginBottom: 8 }}>
          A supporting file is never released, so nobody votes on it.
        </p>
        <CommentOnly {...props} />
      </div>
    )
  }
  const may = file.actions.vote
  const described = may.allowed ? {} : { "aria-describedby": reasonId }
  return (
    <div className="vote-box">
      <div className="votes">
        <BusyButton
          className={file.myVote === "approve" ? "mine" : ""}
          leftSection={
            may.allowed ? (
              <IconThumbUp size={16} stroke={1.5} aria-hidden />
            ) : (
              <IconLock size={16} aria-hidden />
            )
          }
          rightSection={<Kbd>a</Kbd>}
          aria-disabled={!may.allowed}
          aria-pressed={file.myVote === "approve"}
          busy={busy}
          onClick={() => (may.allowed ? props.onVote("approve") : undefined)}
          {...described}
        >
          Approve
        </BusyButton>
        <Button
          className={file.myVote === "change" ? "mine" : ""}
          leftSection={
            may.allowed ? (
              <IconMessage2 size={16} stroke={1.5} aria-hidden />
            ) : (
              <IconLock size={16} aria-hidden />
            )
          }
          rightSection={<Kbd>c</Kbd>}
          aria-disabled={!may.allowed}
          aria-pressed={file.myVote === "change"}
          onClick={() => (may.allowed ? props.onVote("change") : undefined)}
          {...described}
        >
          Ask for change
        </Button>
      </div>
      {may.allowed ? null : (
        <p className="text-2" id={reasonId} style={{ marginBottom: 8 }}>
          {may.reason}
        </p>
      )}
      {error ? <Fault error={error} flat /> : null}
      <CommentOnly {...props} box={box} text={text} />
    </div>
  )
}

function CommentOnly({
  file,
  text,
  checkersOnly,
  busy,
  box,
  onText,
  onCheckersOnly,
  onComment,
  onVote,
}: VoteBoxProps) {
  return (
    <>
      <Textarea
        ref={box}
        aria-label={`Comment on ${file.path}`}
        placeholder="What should change, or why it is safe"
        minRows={2}
        maxRows={6}
        maxLength={2000}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <div style={{ display: "flex", alignItems: "center", gap: 12, marginTop: 8, flexWrap: "wrap" }}>
        <Checkbox
          size="xs"
          label="Only checkers see this"
          checked={checkersOnly}
          onChange={(event) => onCheckersOnly(event.currentTarget.checked)}
        />
        {text.trim() === "" ? null : (
          <button
            type="button"
            className="link-button"
            aria-disabled={busy}
            onClick={() => (busy ? undefined : onComment())}
          >
            Comment without a vote
          </button>
        )}
        {file.kind === "output" && file.actions.vote.allowed ? (
          <button
            type="button"
            className="link-button"
            style={{ marginLeft: "auto" }}
            aria-pressed={file.myVote === "reject"}
            aria-disabled={busy}
            onClick={() => (busy ? undefined : onVote("reject"))}
          >
            {file.myVote === "reject" ? "You rejected this file" : "Reject this file"}
          </button>
        ) : null}
      </div>
    </>
  )
}
