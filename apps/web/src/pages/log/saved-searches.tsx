// Searches that this browser remembers. They are links, so they can be sent to another auditor as well.
import { Button, Menu } from "@mantine/core"
import { useState, type ReactNode } from "react"
import { Link } from "react-router"

const KEY = "glasshouse-saved-searches"

interface Saved {
  name: string
  query: string
}

function read(): Saved[] {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Saved[]
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

export function SavedSearches({ query, icon }: { query: URLSearchParams; icon: ReactNode }) {
  const [saved, setSaved] = useState(read)
  const shown = new URLSearchParams(query)
  shown.delete("event")
  const text = shown.toString()
  const isSaved = saved.some((each) => each.query === text)

  function keep(next: Saved[]): void {
    setSaved(next)
    localStorage.setItem(KEY, JSON.stringify(next))
  }

  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button leftSection={icon}>Saved searches</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {saved.length === 0 ? <Menu.Label>None yet. They stay in this browser.</Menu.Label> : null}
        {saved.map((each) => (
          <Menu.Item key={each.query} component={Link} to={`/audit?${each.query}`}>
            {each.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {isSaved ? (
          <Menu.Item onClick={() => keep(saved.filter((each) => each.query !== text))}>
            Forget this search
          </Menu.Item>
        ) : (
          <Menu.Item onClick={() => keep([...saved, { name: nameSearch(shown), query: text }])}>
            Keep this search
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function nameSearch(query: URLSearchParams): string {
  const parts = [...query.entries()].map(([key, value]) => `${key} ${value}`)
  return parts.length === 0 ? "Everything" : parts.join(", ")
}
