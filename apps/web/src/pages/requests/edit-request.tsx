// Asking for release: pick files, group them, say what each is and how small numbers were handled, while the
// checks run beside. What is typed is saved by itself.
import { ActionIcon, Select, Textarea, TextInput } from "@mantine/core"
import { IconCheck, IconPhoto, IconPlus, IconTable, IconX } from "@tabler/icons-react"
import { useEffect, useRef, useState } from "react"
import { Link, useNavigate, useParams } from "react-router"
import { call } from "../../api/client.ts"
import { ApiError } from "../../api/errors.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault, PageFault } from "../../components/fault.tsx"
import type { RequestFile, RequestView } from "../../components/findings.ts"
import { useTitle } from "../../components/page.tsx"
import { LoadingRows, Warning } from "../../ui/notes.tsx"
import { WhyNotButton } from "../../ui/why-not.tsx"
import { formatBytes, formatMany, formatTime } from "../../util/format.ts"
import { AddFiles } from "./add-files.tsx"
import { ChecksPane } from "./checks-pane.tsx"
import { draftOf, fileChanges, sameDraft, type Draft, type GroupDraft } from "./draft.ts"
import { FileState } from "./file-state.tsx"
import "./edit-request.css"

const SAVE_AFTER_MS = 900

export function EditRequest() {
  const request = useParams()["request"] ?? ""
  const view = useRead("requestGet", { params: { request } }, { every: 5_000 })
  if (view.data) return <Form view={view.data} />
  if (view.error) return <PageFault error={view.error} onRetry={() => void view.refetch()} />
  return (
    <div className="page">
      <LoadingRows rows={8} />
    </div>
  )
}

function Form({ view }: { view: RequestView }) {
  useTitle(
    "Ask for release",
    [
      { label: "Projects", to: "/projects" },
      { label: view.project.title, to: `/projects/${view.project.id}` },
      { label: "Ask for release" },
    ],
    false,
  )
  const { draft, change, saved, error, saveNow } = useSavedDraft(view)
  const [purpose, setPurpose] = useState(() => sessionStorage.getItem(`purpose ${view.id}`) ?? "")
  const [adding, setAdding] = useState(false)
  const navigate = useNavigate()
  const submit = useChange("requestSubmit", {
    refetch: ["requestGet", "projectGet", "requestList"],
    onDone: () => void navigate(`/requests/${view.id}`),
  })
  if (!view.actions.edit.allowed) {
    return (
      <div className="page narrow">
        <h1 tabIndex={-1}>{view.title}</h1>
        <p style={{ margin: "12px 0" }}>{view.actions.edit.reason}</p>
        <Link to={`/requests/${view.id}`}>See the request</Link>
      </div>
    )
  }
  return (
    <>
      <div className="edit-request">
        <div className="write">
          <div className="page-head" style={{ marginBottom: 12 }}>
            <h1 tabIndex={-1}>Ask for release</h1>
            <span className="small text-3" role="status">
              {saved ? (
                <>
                  <IconCheck size={14} stroke={1.5} aria-hidden /> Draft saved {formatTime(saved)}. Members of
                  the project can see it too.
                </>
              ) : (
                "Members of the project can see this draft."
              )}
            </span>
          </div>
          {view.state === "returned" ? (
            <div style={{ marginBottom: 12 }}>
              <Warning>
                <strong>Returned to you.</strong> <Link to={`/requests/${view.id}`}>Read the comments</Link>,
                change what they ask for, and ask again.
              </Warning>
            </div>
          ) : null}
          <div className="field-pair">
            <TextInput
              label="Name"
              maxLength={200}
              value={draft.title}
              onChange={(event) => change({ ...draft, title: event.currentTarget.value })}
            />
            <TextInput
              label="What is it for?"
              maxLength={1000}
              placeholder="Table 2 and figure 3 of the paper"
              value={purpose}
              onChange={(event) => {
                setPurpose(event.currentTarget.value)
                sessionStorage.setItem(`purpose ${view.id}`, event.currentTarget.value)
              }}
            />
          </div>
          {draft.groups.map((group, at) => (
            <Group
              key={group.id ?? `new ${at}`}
              view={view}
              group={group}
              onChange={(next) =>
                change({ ...draft, groups: draft.groups.map((each, place) => (place === at ? next : each)) })
              }
            />
          ))}
          <button type="button" className="add-files" onClick={() => setAdding(true)}>
            <IconPlus size={16} stroke={1.5} aria-hidden />
            <span>
              <strong>Add files</strong> that were pushed from your workspace
            </span>
          </button>
          {view.groups.length > 0 ? (
            <p style={{ marginTop: 10 }}>
              <button
                type="button"
                className="link-button"
                onClick={() =>
                  change({
                    ...draft,
                    groups: [
                      ...draft.groups,
                      { id: null, name: "Another group", context: "", smallNumbers: "" },
                    ],
                  })
                }
              >
                Add a group
              </button>
            </p>
          ) : null}
          {error ? <Fault error={error} flat onRetry={saveNow} /> : null}
          {submit.error ? <Fault error={submit.error} /> : null}
        </div>
        <ChecksPane view={view} />
      </div>
      <div className="send-bar">
        <span className="text-2">
          {formatMany(view.reviews.needed, "checker")} will look, each without seeing the other.
        </span>
        <WhyNotButton
          action={view.actions.submit}
          variant="filled"
          reasonAt="left"
          busy={submit.isPending}
          onPress={() => {
            void saveNow().then((kept) => {
              if (kept) submit.mutate({ params: { request: view.id }, body: { note: purpose } })
            })
          }}
        >
          Ask for release
        </WhyNotButton>
      </div>
      {adding ? <AddFiles view={view} onClose={() => setAdding(false)} /> : null}
    </>
  )
}

function Group({
  view,
  group,
  onChange,
}: {
  view: RequestView
  group: GroupDraft
  onChange: (next: GroupDraft) => void
}) {
  const files = view.files.filter((file) => file.group === group.id)
  const outputs = files.filter((file) => file.kind === "output").length
  const others = files.length - outputs
  return (
    <section className="pane group-box" aria-label={`Group ${group.name}`}>
      <div className="pane-head">
        <TextInput
          className="group-name"
          aria-label="Name of the group"
          variant="unstyled"
          maxLength={200}
          value={group.name}
          onChange={(event) => onChange({ ...group, name: event.currentTarget.value })}
        />
        <span className="meta">
          {formatMany(outputs, "file")} to release{others > 0 ? `, ${others} supporting` : ""}
        </span>
      </div>
      <div className="field-pair">
        <Textarea
          label="What is it?"
          maxLength={4000}
          value={group.context}
          onChange={(event) => onChange({ ...group, context: event.currentTarget.value })}
        />
        <Textarea
          label="How were small numbers handled?"
          maxLength={4000}
          value={group.smallNumbers}
          onChange={(event) => onChange({ ...group, smallNumbers: event.currentTarget.value })}
        />
      </div>
      {files.map((file) => (
        <FileRow key={file.id} view={view} file={file} />
      ))}
    </section>
  )
}

const kindLabels = [
  { value: "output", label: "To be released" },
  { value: "supporting", label: "Supporting file" },
  { value: "code", label: "Code that made it" },
]

function FileRow({ view, file }: { view: RequestView; file: RequestFile }) {
  const edit = useChange("fileEdit", { refetch: ["requestGet"] })
  const remove = useChange("fileRemove", { refetch: ["requestGet"] })
  const Glyph = ["png", "jpeg", "svg"].includes(file.mediaKind) ? IconPhoto : IconTable
  return (
    <div className="file-row">
      <Glyph size={16} stroke={1.5} color="var(--text-3)" aria-hidden />
      <div className="name">
        <code>{file.path}</code>
        <div className="meta">{formatBytes(file.size)}</div>
        {(edit.error ?? remove.error) ? <Fault error={edit.error ?? remove.error} flat /> : null}
      </div>
      <div className="file-kind">
        <Select
          aria-label={`What ${file.path} is`}
          data={kindLabels}
          value={file.kind}
          onChange={(kind) => {
            if (kind !== "output" && kind !== "supporting" && kind !== "code") return
            edit.mutate({
              params: { request: view.id, file: file.id },
              body: {
                group: file.group,
                kind,
                description: file.description,
                smallNumbers: file.smallNumbers,
              },
            })
          }}
        />
      </div>
      <div className="file-state">
        <FileState file={file} />
      </div>
      <ActionIcon
        className="file-remove"
        aria-label={`Take ${file.path} out`}
        size={28}
        aria-busy={remove.isPending}
        onClick={() => {
          if (!remove.isPending) remove.mutate({ params: { request: view.id, file: file.id } })
        }}
      >
        <IconX size={16} stroke={1.5} aria-hidden />
      </ActionIcon>
    </div>
  )
}

/** Typing changes the draft at once and the server a moment later; a failed save keeps what was typed. */
function useSavedDraft(view: RequestView) {
  const [typed, setTyped] = useState<Draft>()
  const [saved, setSaved] = useState<string>()
  const [error, setError] = useState<unknown>()
  const server = draftOf(view)
  const draft = typed ?? server
  const groups = useChange("groupPut", { refetch: ["requestGet"] })
  const latest = useRef({ view, typed })
  useEffect(() => {
    latest.current = { view, typed }
  })

  async function saveNow(): Promise<boolean> {
    const { view: now, typed: wanted } = latest.current
    if (!wanted || sameDraft(wanted, draftOf(now))) return true
    if (wanted.title.trim() === "" || wanted.groups.some((group) => group.name.trim() === "")) {
      setError(
        new ApiError(0, {
          code: "name_missing",
          message: "The request and each group need a name.",
          way: "Nothing is lost. It is saved as soon as they have one.",
        }),
      )
      return false
    }
    try {
      for (const change of fileChanges(now, wanted)) {
        const { file, ...body } = change
        await call("fileEdit", { params: { request: now.id, file }, body })
      }
      await groups.mutateAsync({
        params: { request: now.id },
        body: {
          title: wanted.title,
          groups: wanted.groups.map(({ id, name, context }) => ({ id, name, context })),
        },
      })
      setError(undefined)
      setSaved(new Date().toISOString())
      setTyped((current) => (current && sameDraft(current, wanted) ? undefined : current))
      return true
    } catch (failed) {
      setError(failed)
      return false
    }
  }

  useEffect(() => {
    if (!typed) return
    const timer = window.setTimeout(() => void saveNow(), SAVE_AFTER_MS)
    return () => window.clearTimeout(timer)
    // saveNow reads what is newest through the ref
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed])

  return { draft, change: setTyped, saved, error, saveNow }
}
