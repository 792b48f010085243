// Placing a hold on one thing: what, which, why.
import { Button, Modal, Select, Textarea } from "@mantine/core"
import { useState } from "react"
import { useChange, useRead } from "../api/queries.ts"
import { Fault } from "../components/fault.tsx"
import { BusyButton } from "../ui/busy-button.tsx"

const subjects = [
  { value: "person", label: "A person" },
  { value: "project", label: "A project" },
  { value: "data_set", label: "A data set" },
] as const

type Subject = (typeof subjects)[number]["value"]

export function PlaceHold({ onClose }: { onClose: () => void }) {
  const [subject, setSubject] = useState<Subject>("person")
  const [which, setWhich] = useState<string | null>(null)
  const [kind, setKind] = useState<"incident" | "legal">("incident")
  const [reason, setReason] = useState("")
  const [tried, setTried] = useState(false)
  const people = useRead("personList", {}, { enabled: subject === "person" })
  const projects = useRead("projectList", {}, { enabled: subject === "project" })
  const dataSets = useRead("dataSetList", {}, { enabled: subject === "data_set" })
  const place = useChange("holdPlace", {
    refetch: ["holdList", "projectGet", "projectList"],
    onDone: onClose,
  })
  const choices = {
    person: people.data?.people.map((each) => ({ value: each.id, label: each.name })),
    project: projects.data?.projects.map((each) => ({ value: each.project.id, label: each.project.title })),
    data_set: dataSets.data?.dataSets.map((each) => ({ value: each.id, label: each.title })),
  }[subject]
  return (
    <Modal opened onClose={onClose} title="Place a hold">
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!which || !reason.trim()) return
          place.mutate({ body: { subject, subjectId: which, kind, reason: reason.trim() } })
        }}
      >
        <p className="small text-2">
          It acts within 5 seconds: sessions, reads and downloads end. Lifting takes two people, one of them
          not you.
        </p>
        <Select
          label="On what"
          data={[...subjects]}
          value={subject}
          onChange={(value) => {
            setSubject(subjects.find((each) => each.value === value)?.value ?? "person")
            setWhich(null)
          }}
        />
        <Select
          label="Which"
          searchable
          data={choices ?? []}
          value={which}
          error={tried && !which ? "Choose one." : undefined}
          onChange={setWhich}
        />
        <Select
          label="Kind"
          data={[
            { value: "incident", label: "Incident" },
            { value: "legal", label: "Legal" },
          ]}
          value={kind}
          onChange={(value) => setKind(value === "legal" ? "legal" : "incident")}
        />
        <Textarea
          label="Reason"
          description="It is kept in the log."
          minRows={2}
          maxLength={2000}
          value={reason}
          error={tried && !reason.trim() ? "Say why, in a sentence." : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {place.error ? <Fault error={place.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <BusyButton type="submit" variant="filled" busy={place.isPending}>
            Place the hold
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
