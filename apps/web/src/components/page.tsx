// What every page says about itself: its title in the tab, its place in the header, and its heading.
// The place is kept in one small store, because the header lives outside the page.
import { useEffect, useSyncExternalStore, type ReactNode } from "react"

export interface Crumb {
  label: string
  to?: string
}

export interface Place {
  crumbs: readonly Crumb[]
  /** pages that need the whole width of the header do without the find box; Ctrl K still works */
  find: boolean
}

let place: Place = { crumbs: [], find: true }
const listeners = new Set<() => void>()

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => place,
  )
}

/** Names the page in the tab and in the header. Crumbs without an address are where one is. */
export function useTitle(title: string, crumbs: readonly Crumb[] = [{ label: title }], find = true): void {
  const key = JSON.stringify([crumbs, find])
  useEffect(() => {
    document.title = `${title} · Glasshouse`
  }, [title])
  useEffect(() => {
    const [list, shown] = JSON.parse(key) as [Crumb[], boolean]
    place = { crumbs: list, find: shown }
    for (const each of listeners) each()
  }, [key])
}

interface PageHeadProps {
  title: string
  lead?: ReactNode
  tag?: ReactNode
  children?: ReactNode
}

export function PageHead({ title, lead, tag, children }: PageHeadProps) {
  return (
    <div className="page-head">
      <div>
        <div className="title-line">
          <h1 tabIndex={-1}>{title}</h1>
          {tag}
        </div>
        {lead ? <p className="lead">{lead}</p> : null}
      </div>
      {children ? <div className="acts">{children}</div> : null}
    </div>
  )
}
