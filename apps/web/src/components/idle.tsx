// Signs out after the server's idle time, with a warning two minutes before. Only what a person does counts:
// keys, pointer, touch; and in a workspace, the activity that the gateway saw in the notebook.
import { Button, Group, Modal } from "@mantine/core"
import { useEffect, useState } from "react"
import { lastActivity, noteActivity } from "../api/activity.ts"
import { call } from "../api/client.ts"
import { leave } from "../api/session.ts"
import { useNow } from "../ui/now.ts"
import { formatDuration } from "../util/format.ts"

const WARN_SECONDS = 120
const HUMAN = ["pointerdown", "keydown", "wheel", "touchstart"] as const

/** Seconds until the session ends, given when somebody last did something. */
export function secondsLeft(idleSeconds: number, activeAt: number, now: number): number {
  return idleSeconds - (now - activeAt) / 1000
}

export function IdleGuard({ idleSeconds }: { idleSeconds: number }) {
  const now = useNow()
  const [asking, setAsking] = useState(false)
  useEffect(() => {
    for (const kind of HUMAN) window.addEventListener(kind, noteActivity, { passive: true })
    return () => {
      for (const kind of HUMAN) window.removeEventListener(kind, noteActivity)
    }
  }, [])
  const left = secondsLeft(idleSeconds, lastActivity(), now)
  const warn = left <= WARN_SECONDS || asking
  const over = left <= 0
  useEffect(() => {
    if (over) {
      void call("sessionEnd")
        .catch(() => undefined)
        .then(leave)
    }
  }, [over])
  if (!warn || over) return null
  return (
    <Modal opened onClose={stay} title="Are you still there?" size="sm">
      <p>
        Nothing has happened here for a while. You will be signed out in{" "}
        <strong>{formatDuration(Math.min(left, WARN_SECONDS))}</strong>. Work in your workspace is kept.
      </p>
      <Group mt="lg" gap="md">
        <Button variant="filled" onClick={stay} data-autofocus>
          Stay signed in
        </Button>
        <Button onClick={() => void leave()}>Sign out</Button>
      </Group>
    </Modal>
  )

  function stay(): void {
    setAsking(true)
    noteActivity()
    void call("sessionGet")
      .catch(() => undefined)
      .finally(() => setAsking(false))
  }
}
