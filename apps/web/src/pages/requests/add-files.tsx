// Choosing files that were pushed from the workspace. A copy is frozen by its hash when it is added.
import { Button, Checkbox, Modal, Select } from "@mantine/core"
import { useState } from "react"
import { call } from "../../api/client.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import type { RequestView } from "../../components/findings.ts"
import { BusyButton } from "../../ui/busy-button.tsx"
import { Empty, LoadingRows } from "../../ui/notes.tsx"
import { Near } from "../../ui/when.tsx"
import { formatBytes, formatMany } from "../../util/format.ts"

interface AddFilesProps {
  view: RequestView
  onClose: () => void
}

export function AddFiles({ view, onClose }: AddFilesProps) {
  const uploads = useRead("uploadList", { params: { project: view.project.id } })
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [group, setGroup] = useState(view.groups[0]?.id ?? null)
  const [error, setError] = useState<unknown>()
  const add = useChange("fileAdd", { refetch: ["requestGet"] })
  const [busy, setBusy] = useState(false)
  const taken = new Set(view.files.map((file) => file.submitted))
  const offered = (uploads.data?.uploads ?? []).filter((upload) => !taken.has(upload.sha256))

  async function addChosen(): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      const target = group ?? (await makeGroup(view))
      for (const upload of chosen) {
        await add.mutateAsync({
          params: { request: view.id },
          body: { upload, group: target, kind: "output", description: "", smallNumbers: "" },
        })
      }
      onClose()
    } catch (failed) {
      setError(failed)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal opened onClose={onClose} title="Add files" size="lg">
      {uploads.isPending ? <LoadingRows /> : null}
      {uploads.error ? <Fault error={uploads.error} flat onRetry={() => void uploads.refetch()} /> : null}
      {uploads.data && offered.length === 0 ? (
        <Empty flat title="No file has been pushed from your workspace yet">
          In a notebook, run <code>glasshouse.request_output("My table", files=["table.csv"])</code>. The file
          then appears here.
        </Empty>
      ) : null}
      <ul className="upload-list">
        {offered.map((upload) => (
          <li key={upload.id}>
            <Checkbox
              checked={chosen.has(upload.id)}
              onChange={(event) => {
                const next = new Set(chosen)
                if (event.currentTarget.checked) next.add(upload.id)
                else next.delete(upload.id)
                setChosen(next)
              }}
              label={<code>{upload.path}</code>}
              description={
                <span>
                  {formatBytes(upload.size)}, pushed <Near at={upload.at} />
                </span>
              }
            />
          </li>
        ))}
      </ul>
      {view.groups.length > 1 ? (
        <Select
          mt="lg"
          label="Group"
          data={view.groups.map((each) => ({ value: each.id, label: each.name }))}
          value={group}
          onChange={setGroup}
        />
      ) : null}
      {error ? <Fault error={error} flat /> : null}
      <div style={{ display: "flex", gap: 12, marginTop: 20 }}>
        <BusyButton
          variant="filled"
          disabled={chosen.size === 0}
          busy={busy}
          onClick={() => void addChosen()}
        >
          {chosen.size === 0 ? "Add files" : `Add ${formatMany(chosen.size, "file")}`}
        </BusyButton>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Modal>
  )
}

/** A request begins without groups; the first file brings the first one. */
async function makeGroup(view: RequestView): Promise<string> {
  const { groups } = await call("groupPut", {
    params: { request: view.id },
    body: { title: view.title, groups: [{ id: null, name: "Tables", context: "" }] },
  })
  const [first] = groups
  if (!first) throw new Error("the server made no group")
  return first
}
