// Votes and comments of this checker on the file in view.
import { useState, type RefObject } from "react"
import { useChange } from "../../api/queries.ts"
import type { RequestFile, RequestView } from "../../components/findings.ts"
import type { useDeskNotes } from "./notes.ts"
import type { Vote } from "./vote-box.tsx"

export function useReview(
  view: RequestView,
  file: RequestFile | undefined,
  notes: ReturnType<typeof useDeskNotes>,
  box: RefObject<HTMLTextAreaElement | null>,
) {
  const [checkersOnly, setCheckersOnly] = useState(false)
  const refetch = ["requestGet", "queueGet"] as const
  const voting = useChange("fileVote", { refetch, said: "Your vote was kept." })
  const commenting = useChange("requestComment", { refetch })
  const busy = voting.isPending || commenting.isPending

  async function send(vote: Vote | undefined): Promise<void> {
    if (!file) return
    const text = notes.textOf(file.id).trim()
    if (text !== "") {
      await commenting.mutateAsync({
        params: { request: view.id },
        body: { file: file.id, group: null, text, visibility: checkersOnly ? "checkers" : "public" },
      })
      notes.write(file.id, "")
    }
    if (vote) {
      await voting.mutateAsync({
        params: { request: view.id, file: file.id },
        body: { vote, candidate: file.candidate },
      })
    }
  }

  function vote(wanted: Vote): void {
    if (!file || file.kind !== "output" || !file.actions.vote.allowed || busy) return
    const wordless =
      notes.textOf(file.id).trim() === "" && !view.comments.some((each) => each.file === file.id)
    if (wanted !== "approve" && wordless) {
      box.current?.focus()
      return
    }
    void send(wanted).catch(() => undefined)
  }

  return {
    vote,
    comment: () => void send(undefined).catch(() => undefined),
    checkersOnly,
    setCheckersOnly,
    busy,
    error: voting.error ?? commenting.error,
  }
}
