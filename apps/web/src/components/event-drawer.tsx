// What a log chip opens: who did what, when, under which rule, and the proof.
import { Drawer } from "@mantine/core"
import { useRead } from "../api/queries.ts"
import { LoadingRows } from "../ui/notes.tsx"
import { formatDateTime, formatCount } from "../util/format.ts"
import { EventFacts } from "./event-facts.tsx"
import { Fault } from "./fault.tsx"
import { ProofPanel } from "./proof-panel.tsx"

export function EventDrawer({ index, onClose }: { index: number; onClose: () => void }) {
  const chip = useRead("logChip", { params: { index } }, { once: true })
  return (
    <Drawer opened onClose={onClose} title={`Log entry #${formatCount(index)}`} size={482} padding="xl">
      {chip.error ? (
        <div style={{ marginBottom: 16 }}>
          <Fault error={chip.error} onRetry={() => void chip.refetch()} />
        </div>
      ) : null}
      {chip.isPending ? <LoadingRows rows={5} /> : null}
      {chip.data ? (
        <>
          <p className="meta">{formatDateTime(chip.data.row.at)}</p>
          <h3 className="event-title">{chip.data.row.sentence}</h3>
          <EventFacts row={chip.data.row} policy={chip.data.policy} request={chip.data.request} />
        </>
      ) : null}
      <div style={{ marginTop: 16 }}>
        <ProofPanel log="access" index={index} leaf={chip.data?.leaf} />
      </div>
    </Drawer>
  )
}
