// Changes to one membership: what will happen is said, in the server's sentences, before it happens.
import { Button, Modal, TextInput } from "@mantine/core"
import { useState } from "react"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { memberRefetch as refetch, type Member } from "./member.ts"

interface MemberChangeProps {
  project: string
  member: Member
  action: "renew" | "remove"
  onClose: () => void
}

/** Says what will happen, in the server's sentences, before it happens. */
export function MemberChange({ project, member, action, onClose }: MemberChangeProps) {
  const params = { project, person: member.person.id }
  const effects = useRead("memberEffects", { params, query: { action } })
  const renew = useChange("memberRenew", { refetch, onDone: onClose })
  const remove = useChange("memberRemove", { refetch, onDone: onClose })
  const [until, setUntil] = useState("")
  const [reason, setReason] = useState("")
  const [tried, setTried] = useState(false)
  const missing = action === "renew" ? until === "" : reason.trim() === ""
  return (
    <Modal
      opened
      onClose={onClose}
      title={action === "renew" ? `Renew ${member.person.name}?` : `Remove ${member.person.name}?`}
    >
      {effects.error ? <Fault error={effects.error} flat /> : null}
      {effects.isPending ? <LoadingRows rows={2} /> : null}
      <ul style={{ listStyle: "disc", paddingLeft: 18, display: "grid", gap: 4 }} className="small">
        {effects.data?.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <form
        style={{ display: "grid", gap: 12, marginTop: 14 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (missing) return
          if (action === "renew") renew.mutate({ params, body: { until } })
          else remove.mutate({ params, body: { reason: reason.trim() } })
        }}
      >
        {action === "renew" ? (
          <TextInput
            type="date"
            label="Member until"
            description="A membership ends at midnight of that day."
            value={until}
            error={tried && missing ? "Choose a day." : undefined}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label="Reason"
            description="It is kept in the log."
            maxLength={2000}
            value={reason}
            error={tried && missing ? "Say why, in a sentence." : undefined}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {(renew.error ?? remove.error) ? <Fault error={renew.error ?? remove.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <BusyButton type="submit" variant="filled" busy={renew.isPending || remove.isPending}>
            {action === "renew" ? "Renew" : "Remove"}
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}

export function TrainingForm({
  project,
  member,
  onClose,
}: {
  project: string
  member: Member
  onClose: () => void
}) {
  const record = useChange("trainingRecord", { refetch, onDone: onClose })
  const [kind, setKind] = useState("Safe researcher training")
  const [until, setUntil] = useState("")
  const [evidence, setEvidence] = useState("")
  const [tried, setTried] = useState(false)
  return (
    <Modal opened onClose={onClose} title={`Training of ${member.person.name}`}>
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!kind.trim() || !until || !evidence.trim()) return
          record.mutate({
            params: { project, person: member.person.id },
            body: { kind: kind.trim(), until, evidence: evidence.trim() },
          })
        }}
      >
        <TextInput
          label="Training"
          maxLength={200}
          value={kind}
          error={tried && !kind.trim() ? "Name the training." : undefined}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label="In date until"
          value={until}
          error={tried && !until ? "Choose a day." : undefined}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <TextInput
          label="Evidence"
          description="Where the certificate can be seen."
          maxLength={2000}
          value={evidence}
          error={tried && !evidence.trim() ? "Say where it can be seen." : undefined}
          onChange={(event) => setEvidence(event.currentTarget.value)}
        />
        {record.error ? <Fault error={record.error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
          <BusyButton type="submit" variant="filled" busy={record.isPending}>
            Record it
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
