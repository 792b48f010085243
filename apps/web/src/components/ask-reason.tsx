// A change that needs words: says what it will do, asks for a reason, then does it.
import { Button, Modal, Textarea } from "@mantine/core"
import { useState, type ReactNode } from "react"
import { BusyButton } from "../ui/busy-button.tsx"
import { Fault } from "./fault.tsx"

interface AskReasonProps {
  title: string
  children?: ReactNode
  label?: string
  button: string
  busy: boolean
  error: unknown
  onClose: () => void
  onGive: (reason: string) => void
}

export function AskReason({
  title,
  children,
  label = "Reason",
  button,
  busy,
  error,
  onClose,
  onGive,
}: AskReasonProps) {
  const [reason, setReason] = useState("")
  const [missing, setMissing] = useState(false)
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim() === "") setMissing(true)
          else onGive(reason.trim())
        }}
      >
        {children}
        <Textarea
          mt="md"
          label={label}
          description="It is kept in the log."
          maxLength={2000}
          value={reason}
          error={missing && reason.trim() === "" ? "Say why, in a sentence." : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {error ? <Fault error={error} flat /> : null}
        <div style={{ display: "flex", gap: 12, marginTop: 20 }}>
          <BusyButton type="submit" variant="filled" busy={busy}>
            {button}
          </BusyButton>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
