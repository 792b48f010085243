// Verify in this browser: fetches public tiles and the newest checkpoint, proves the entry in, and says in
// three sentences what was shown. Failure says exactly what did not hold.
import { Button } from "@mantine/core"
import { IconCheck, IconDownload, IconShieldCheck } from "@tabler/icons-react"
import { useEffect, useRef, useState, type ReactNode } from "react"
import {
  leafMatches,
  openingsMatch,
  verifyEntry,
  type LogName,
  type ShownOpening,
  type Verified,
} from "../api/log-proof.ts"
import { BusyButton } from "../ui/busy-button.tsx"
import { State, stateIcons } from "../ui/state.tsx"
import { formatCount, formatMany, formatRelative, formatSeconds } from "../util/format.ts"
import { markVerified } from "./log-chip.tsx"
import { ProofDrawing } from "./proof-drawing.tsx"
import "./proof.css"

interface ProofPanelProps {
  log: LogName
  index: number
  /** base64 of the leaf that the page was given; must be the one in the log */
  leaf?: string | undefined
  openings?: readonly ShownOpening[] | undefined
  children?: ReactNode
}

type Attempt =
  | { state: "idle" | "running" }
  | { state: "good"; proof: Verified }
  | { state: "bad"; message: string; code: string }

/** Another entry begins anew: what was verified of the last one says nothing about it. */
export function ProofPanel(props: ProofPanelProps) {
  return <Proof key={`${props.log} ${props.index}`} {...props} />
}

function Proof({ log, index, leaf, openings, children }: ProofPanelProps) {
  const [attempt, setAttempt] = useState<Attempt>({ state: "idle" })
  const acts = useRef<HTMLDivElement>(null)
  // what was found stands above the button that was pressed, and must not push it out of sight
  useEffect(() => {
    if (attempt.state === "good" || attempt.state === "bad")
      acts.current?.scrollIntoView({ block: "nearest" })
  }, [attempt.state])

  async function verify(): Promise<void> {
    setAttempt({ state: "running" })
    try {
      const proof = await verifyEntry(log, index)
      if (leaf && !leafMatches(proof.leaf, leaf)) {
        throw Object.assign(new Error("The log holds another entry at this place than the one shown."), {
          code: "leaf_differs",
        })
      }
      if (openings && !openingsMatch(proof.leaf, openings)) {
        throw Object.assign(new Error("What is shown is not what the log committed to."), {
          code: "opening_differs",
        })
      }
      markVerified(log, index)
      setAttempt({ state: "good", proof })
    } catch (error) {
      setAttempt({
        state: "bad",
        message: error instanceof Error ? error.message : "The proof could not be checked.",
        code: readCode(error),
      })
    }
  }

  return (
    <div>
      <div className={`proof ${attempt.state}`} aria-live="polite">
        {attempt.state === "good" ? (
          <Good proof={attempt.proof} checkedWords={Boolean(openings && openings.length > 0)} />
        ) : attempt.state === "bad" ? (
          <>
            <div className="proof-head">
              <State kind="blocked" icon={stateIcons.violated}>
                Not verified
              </State>
              <code className="text-3">{attempt.code}</code>
            </div>
            <div className="proof-body">{attempt.message}</div>
          </>
        ) : (
          <div className="proof-body text-2">
            This browser can check that the entry is in the log, from the log's public files alone.
          </div>
        )}
      </div>
      <div className="event-acts" ref={acts}>
        <BusyButton
          variant={attempt.state === "good" ? "default" : "filled"}
          leftSection={<IconShieldCheck size={16} stroke={1.5} aria-hidden />}
          busy={attempt.state === "running"}
          onClick={() => void verify()}
        >
          {attempt.state === "good" ? "Verify again" : "Verify in this browser"}
        </BusyButton>
        {attempt.state === "good" ? (
          <Button
            leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />}
            onClick={() => downloadProof(attempt.proof, log)}
          >
            Download proof
          </Button>
        ) : null}
        {children}
      </div>
    </div>
  )
}

function Good({ proof, checkedWords }: { proof: Verified; checkedWords: boolean }) {
  return (
    <>
      <div className="proof-head">
        <State kind="done">Verified in this browser</State>
        <span className="meta">
          {formatSeconds(proof.at)}, took {Math.max(1, Math.round(proof.tookMs))} ms
        </span>
      </div>
      <div className="proof-body">
        <ProofDrawing sides={proof.sides} />
        <div className="proof-ends meta">
          <span>this event</span>
          <span>root of checkpoint {formatCount(proof.size)}</span>
        </div>
        <ul className="proof-sentences">
          <Sentence>
            {formatMany(proof.hashes, "hash", "hashes")} {proof.hashes === 1 ? "leads" : "lead"} from this
            event to the root
            {checkedWords ? ", and what is shown here is what the entry committed to" : ""}
          </Sentence>
          <Sentence>
            The root is signed by the log key <code>{proof.origin}</code>
          </Sentence>
          <Sentence>{describeWitnesses(proof)}</Sentence>
        </ul>
      </div>
    </>
  )
}

function Sentence({ children }: { children: ReactNode }) {
  return (
    <li>
      <IconCheck size={14} stroke={1.5} aria-hidden />
      <span>{children}</span>
    </li>
  )
}

/** Only witnesses whose keys are known are said to have signed; others are named as lines. */
export function describeWitnesses(proof: Pick<Verified, "witnesses">): string {
  const checked = proof.witnesses.filter((each) => each.at !== undefined)
  const newest = checked
    .map((each) => each.at ?? "")
    .toSorted()
    .at(-1)
  if (newest) {
    return `${formatMany(checked.length, "witness", "witnesses")} signed the same root, last ${formatRelative(newest, Date.now())}`
  }
  const names = proof.witnesses.map((each) => each.name)
  if (names.length > 0)
    return `Lines of ${names.join(", ")} stand on the checkpoint; their keys are not listed here`
  return "No witness has signed this checkpoint; it rests on the log key alone"
}

function readCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "verify_failed"
}

export function downloadProof(proof: Verified, log: LogName): void {
  const url = URL.createObjectURL(new Blob([proof.proof], { type: "text/plain" }))
  const link = document.createElement("a")
  link.href = url
  link.download = `${log}-${proof.index}.tlog-proof`
  link.click()
  URL.revokeObjectURL(url)
}
