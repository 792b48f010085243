// The keys of the desk, at its foot and as a list.
import { Kbd, Modal } from "@mantine/core"
import { formatTime } from "../../util/format.ts"
import { deskKeys } from "./keys.ts"

export function KeyBar({ savedAt, onHelp }: { savedAt: string | undefined; onHelp: () => void }) {
  return (
    <div className="key-bar">
      <span>
        <Kbd>j</Kbd> <Kbd>k</Kbd> next, previous file
      </span>
      <span>
        <Kbd>n</Kbd> <Kbd>p</Kbd> next, previous finding
      </span>
      <span>
        <Kbd>o</Kbd> code that made it
      </span>
      <span>
        <Kbd>a</Kbd> approve
      </span>
      <span>
        <Kbd>c</Kbd> ask for change
      </span>
      <span>
        <Kbd>m</Kbd> comment
      </span>
      <span className="end">{savedAt ? `Kept in this tab ${formatTime(savedAt)}` : ""}</span>
      <button type="button" className="link-button" onClick={onHelp}>
        <Kbd>?</Kbd> all keys
      </button>
    </div>
  )
}

export function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys of the desk" size="sm">
      <dl className="facts">
        {deskKeys.map((each) => (
          <div key={each.key}>
            <dt>
              <Kbd>{each.key}</Kbd>
            </dt>
            <dd>{each.words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
