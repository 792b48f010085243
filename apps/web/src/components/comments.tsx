// Comments of a request: who, in which part, about what; and the box for a new one.
import { Select, Textarea } from "@mantine/core"
import { useState } from "react"
import { useChange } from "../api/queries.ts"
import { PersonBadge } from "../ui/person.tsx"
import { Near } from "../ui/when.tsx"
import { WhyNotButton } from "../ui/why-not.tsx"
import { Fault } from "./fault.tsx"
import type { RequestView } from "./findings.ts"
import "./timeline.css"

const partWords = { author: "author", member: "member", checker: "output checker" } as const

export function Comments({ view, file }: { view: RequestView; file?: string }) {
  const shown = file ? view.comments.filter((comment) => comment.file === file) : view.comments
  if (shown.length === 0) return <p className="small text-2">No comments yet.</p>
  return (
    <div>
      {shown.map((comment) => (
        <article className="comment" key={comment.id}>
          <div style={{ display: "flex", alignItems: "center", gap: 8, flexWrap: "wrap" }}>
            <PersonBadge name={comment.person.name} small />
            <strong style={{ fontWeight: 500 }}>{comment.person.name}</strong>
            <span className="meta">
              {comment.person.name.endsWith("output checker") ? "" : `${partWords[comment.person.part]}, `}
              turn {comment.turn}, <Near at={comment.at} />
              {comment.visibility === "checkers" ? ", seen by checkers only" : ""}
            </span>
          </div>
          {comment.file && !file ? (
            <code className="text-3">{view.files.find((each) => each.id === comment.file)?.path ?? ""}</code>
          ) : null}
          <p>{comment.text}</p>
        </article>
      ))}
    </div>
  )
}

export function CommentBox({ view }: { view: RequestView }) {
  const [text, setText] = useState("")
  const [file, setFile] = useState("")
  const comment = useChange("requestComment", { refetch: ["requestGet"], onDone: () => setText("") })
  return (
    <div style={{ display: "grid", gap: 10, marginTop: 12 }}>
      <Textarea
        label="Your comment"
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        label="About"
        data={[
          { value: "", label: "The whole request" },
          ...view.files.map((each) => ({ value: each.id, label: each.path })),
        ]}
        value={file}
        onChange={(next) => setFile(next ?? "")}
      />
      {comment.error ? <Fault error={comment.error} flat /> : null}
      <WhyNotButton
        action={
          text.trim() === "" && view.actions.comment.allowed
            ? { allowed: false, reason: "Write something first." }
            : view.actions.comment
        }
        reasonAt="under"
        busy={comment.isPending}
        onPress={() =>
          comment.mutate({
            params: { request: view.id },
            body: { file: file || null, group: null, text: text.trim(), visibility: "public" },
          })
        }
      >
        Comment
      </WhyNotButton>
    </div>
  )
}
