import { useLayoutEffect, useRef, type ReactNode } from "react"

interface TableBoxProps {
  label: string
  bare?: boolean
  /** on a phone each row becomes a small list; tables of figures keep their columns and scroll */
  columns?: boolean
  children: ReactNode
}

/** A table that may be wider than its place: it scrolls by itself, by keyboard too, and has a name. */
export function TableBox({ label, bare = false, columns = false, children }: TableBoxProps) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = box.current
    if (!element || columns) return
    nameCells(element)
    // rows come and go without this component being drawn again
    const observer = new MutationObserver(() => nameCells(element))
    observer.observe(element, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [columns])
  return (
    <div
      ref={box}
      className={`table-box${bare ? " bare" : ""}${columns ? "" : " stacks"}`}
      role="region"
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      {children}
    </div>
  )
}

/** Each cell carries its column's name, which the phone's layout shows before it. */
function nameCells(box: HTMLElement): void {
  const heads = [...box.querySelectorAll("thead th")].map((head) => head.textContent)
  for (const row of box.querySelectorAll<HTMLTableRowElement>("tbody tr")) {
    for (const [at, cell] of [...row.cells].entries()) {
      const name = at === 0 || cell.colSpan > 1 ? "" : (heads[at] ?? "")
      if (cell.dataset["head"] !== name) cell.dataset["head"] = name
    }
  }
}
