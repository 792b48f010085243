// Filters as chips: each can be taken off; one menu adds another.
import { ActionIcon, Button, Modal, Select, TextInput } from "@mantine/core"
import { IconPlus, IconX } from "@tabler/icons-react"
import { useState } from "react"
import { useRead } from "../../api/queries.ts"
import { formatDate } from "../../util/format.ts"
import { families, familyWords, outcomes } from "./filter.ts"

interface FilterBarProps {
  query: URLSearchParams
  onChange: (changes: Record<string, string | undefined>) => void
}

const outcomeWords = { done: "allowed", refused: "refused", failed: "failed", unknown: "unknown" } as const

export function FilterBar({ query, onChange }: FilterBarProps) {
  const [adding, setAdding] = useState(false)
  const people = useRead("personList", {})
  const projects = useRead("projectList", {})
  const dataSets = useRead("dataSetList", {})
  const chips: { keys: string[]; name: string; value: string }[] = []
  const add = (key: string, name: string, value: string | undefined): void => {
    const given = query.get(key)
    if (given) chips.push({ keys: [key], name, value: value ?? given })
  }
  add(
    "project",
    "Project is",
    projects.data?.projects.find((each) => each.project.id === query.get("project"))?.project.title,
  )
  add("person", "Person is", people.data?.people.find((each) => each.id === query.get("person"))?.name)
  add(
    "dataSet",
    "Data set is",
    dataSets.data?.dataSets.find((each) => each.id === query.get("dataSet"))?.title,
  )
  add("workspace", "Workspace is", undefined)
  const family = families.find((each) => each === query.get("family"))
  add("family", "What is", family ? familyWords[family] : undefined)
  add("code", "Event is", undefined)
  const outcome = outcomes.find((each) => each === query.get("outcome"))
  add("outcome", "Decision is", outcome ? outcomeWords[outcome] : undefined)
  const from = query.get("from")
  const until = query.get("until")
  if (from || until) {
    chips.push({
      keys: ["from", "until"],
      name: "When",
      value: `${from ? formatDate(from) : "the beginning"} to ${until ? formatDate(until) : "now"}`,
    })
  }
  return (
    <div className="filters">
      {chips.map((chip) => (
        <span className="filter-chip" key={chip.name}>
          <span>{chip.name}</span>
          <strong className="wrap">{chip.value}</strong>
          <ActionIcon
            size={20}
            aria-label={`Remove ${chip.name} ${chip.value}`}
            onClick={() => onChange(Object.fromEntries(chip.keys.map((key) => [key, undefined])))}
          >
            <IconX size={14} stroke={1.5} aria-hidden />
          </ActionIcon>
        </span>
      ))}
      <button type="button" className="add-filter" onClick={() => setAdding(true)}>
        <IconPlus size={14} stroke={1.5} aria-hidden />
        Filter
      </button>
      {adding ? (
        <FilterForm
          query={query}
          people={people.data?.people.map((each) => ({ value: each.id, label: each.name })) ?? []}
          projects={
            projects.data?.projects.map((each) => ({ value: each.project.id, label: each.project.title })) ??
            []
          }
          dataSets={dataSets.data?.dataSets.map((each) => ({ value: each.id, label: each.title })) ?? []}
          onClose={() => setAdding(false)}
          onChange={onChange}
        />
      ) : null}
    </div>
  )
}

interface FilterFormProps extends FilterBarProps {
  people: { value: string; label: string }[]
  projects: { value: string; label: string }[]
  dataSets: { value: string; label: string }[]
  onClose: () => void
}

function FilterForm({ query, people, projects, dataSets, onClose, onChange }: FilterFormProps) {
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(query))
  const set = (key: string) => (value: string | null) => setValues((old) => ({ ...old, [key]: value ?? "" }))
  const keys = ["project", "person", "dataSet", "family", "outcome", "code", "from", "until"]
  return (
    <Modal opened onClose={onClose} title="Filter the log">
      <form
        style={{ display: "grid", gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          onChange(Object.fromEntries(keys.map((key) => [key, values[key] || undefined])))
          onClose()
        }}
      >
        <Select
          label="Project"
          data={projects}
          clearable
          searchable
          value={values["project"] ?? null}
          onChange={set("project")}
        />
        <Select
          label="Person"
          data={people}
          clearable
          searchable
          value={values["person"] ?? null}
          onChange={set("person")}
        />
        <Select
          label="Data set"
          data={dataSets}
          clearable
          searchable
          value={values["dataSet"] ?? null}
          onChange={set("dataSet")}
        />
        <Select
          label="What"
          clearable
          data={families.map((family) => ({ value: family, label: familyWords[family] }))}
          value={values["family"] ?? null}
          onChange={set("family")}
        />
        <Select
          label="Decision"
          clearable
          data={outcomes.map((outcome) => ({ value: outcome, label: outcomeWords[outcome] }))}
          value={values["outcome"] ?? null}
          onChange={set("outcome")}
        />
        <TextInput
          label="Event code"
          description="Such as output.released"
          value={values["code"] ?? ""}
          onChange={(event) => set("code")(event.currentTarget.value)}
        />
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 12 }}>
          <TextInput
            type="date"
            label="From"
            value={values["from"] ?? ""}
            onChange={(event) => set("from")(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="Until"
            value={values["until"] ?? ""}
            onChange={(event) => set("until")(event.currentTarget.value)}
          />
        </div>
        <div style={{ display: "flex", gap: 12, marginTop: 8 }}>
          <Button type="submit" variant="filled">
            Search
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Modal>
  )
}
