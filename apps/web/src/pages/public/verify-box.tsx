// "Verify it yourself": shows the newest checkpoint of a log and checks it in this browser.
import { Button } from "@mantine/core"
import { IconDownload, IconRefresh } from "@tabler/icons-react"
import { useState, type ReactNode } from "react"
import { Link } from "react-router"
import {
  fetchCheckpoint,
  verifyEntry,
  type LogName,
  type OpenedCheckpoint,
  type Verified,
} from "../../api/log-proof.ts"
import { markVerified } from "../../components/log-chip.tsx"
import { describeWitnesses, downloadProof } from "../../components/proof-panel.tsx"
import { ProofDrawing } from "../../components/proof-drawing.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { State, stateIcons } from "../../ui/state.tsx"
import { formatTime } from "../../util/format.ts"
import { useQuery } from "@tanstack/react-query"

interface VerifyBoxProps {
  log: LogName
  /** the entry whose proof is "the proof of this page" */
  index?: number | undefined
  /** the history's entries, verified along with it */
  also?: readonly number[]
  title?: string
  children: ReactNode
}

type Outcome = { at: string; proof?: Verified } | { error: string; code: string }

export function VerifyBox({ log, index, also = [], title = "Verify it yourself", children }: VerifyBoxProps) {
  const checkpoint = useQuery<OpenedCheckpoint>({
    queryKey: ["checkpoint", log],
    queryFn: () => fetchCheckpoint(log),
    refetchInterval: 20_000,
    retry: false,
  })
  const [outcome, setOutcome] = useState<Outcome>()
  const [busy, setBusy] = useState(false)

  async function verify(): Promise<void> {
    setBusy(true)
    try {
      let proof: Verified | undefined
      for (const entry of new Set([...also, ...(index === undefined ? [] : [index])])) {
        const got = await verifyEntry(log, entry)
        markVerified(log, entry)
        if (entry === index) proof = got
      }
      if (index === undefined) await checkpoint.refetch({ throwOnError: true })
      setOutcome({ at: new Date().toISOString(), ...(proof ? { proof } : {}) })
    } catch (error) {
      setOutcome({
        error: error instanceof Error ? error.message : "It could not be checked.",
        code: error instanceof Error && "code" in error ? String(error.code) : "verify_failed",
      })
    } finally {
      setBusy(false)
    }
  }

  const verified = outcome && "at" in outcome ? outcome : undefined
  return (
    <section className="pane" style={{ marginTop: 0 }}>
      <div className="pane-head">
        <h2>{title}</h2>
        {verified ? (
          <State kind="done">Verified here, {formatTime(verified.at)}</State>
        ) : outcome ? (
          <State kind="blocked" icon={stateIcons.violated}>
            Not verified
          </State>
        ) : null}
      </div>
      <div className="pane-body">
        <p className="small text-2">{children}</p>
        {checkpoint.data ? (
          <>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
            <pre className="checkpoint" tabIndex={0} aria-label="Newest checkpoint">
              {shortenSignatures(checkpoint.data.text)}
            </pre>
            <p className="meta" style={{ marginBottom: 12 }}>
              {describeWitnesses(checkpoint.data)}.
            </p>
          </>
        ) : checkpoint.error ? (
          <p style={{ margin: "10px 0" }}>
            <State kind="blocked">{checkpoint.error.message}</State>
          </p>
        ) : (
          <LoadingRows rows={3} />
        )}
        {outcome && "error" in outcome ? (
          <p style={{ marginBottom: 12 }} role="alert">
            <State kind="blocked">
              {outcome.error} <code>{outcome.code}</code>
            </State>
          </p>
        ) : null}
        {verified?.proof ? <ProofDrawing sides={verified.proof.sides} /> : null}
        <div style={{ display: "flex", flexWrap: "wrap", gap: 8, marginTop: 4 }}>
          <BusyButton
            variant="filled"
            busy={busy}
            leftSection={<IconRefresh size={16} stroke={1.5} aria-hidden />}
            onClick={() => void verify()}
          >
            {outcome ? "Verify again" : "Verify in this browser"}
          </BusyButton>
          {verified?.proof ? (
            <Button
              leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />}
              onClick={() => verified.proof && downloadProof(verified.proof, log)}
            >
              Proof of this page
            </Button>
          ) : null}
        </div>
        <p className="small text-2" style={{ marginTop: 12 }}>
          Or use tools that are not ours. The proof is a <code>.tlog-proof</code> file in the open C2SP
          format. <Link to="/how-it-works#check">How to check it</Link>
        </p>
      </div>
    </section>
  )
}

/** Signature lines are long; their beginning is enough to tell them apart. */
export function shortenSignatures(note: string): string {
  return note
    .split("\n")
    .map((line) =>
      line.startsWith("\u2014 ") ? line.replace(/([A-Za-z0-9+/=]{6})[A-Za-z0-9+/=]+$/, "$1…") : line,
    )
    .join("\n")
    .trimEnd()
}
