// What the checks say about one file, in a few words.
import { countFindings, type RequestFile } from "../../components/findings.ts"
import { State, stateIcons } from "../../ui/state.tsx"

export function FileState({ file }: { file: RequestFile }) {
  if (file.kind === "supporting") return <State kind="plain">Never released</State>
  if (file.kind === "code") return <State kind="plain">Code</State>
  const { check } = file
  if (check.state === "failed") return <State kind="blocked">Not checked</State>
  if (check.state !== "done") return <State kind="moving">Checking</State>
  const counts = countFindings(check.findings)
  if (check.verdict === "violated") {
    return (
      <State kind="blocked" icon={stateIcons.violated}>
        {counts.violated} violated
      </State>
    )
  }
  if (check.verdict === "not-verifiable") {
    return (
      <State kind="waits" icon={stateIcons.notVerifiable}>
        {counts["not-verifiable"]} not verifiable
      </State>
    )
  }
  return <State kind="done">Satisfied</State>
}
