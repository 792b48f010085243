// A new version begins as the one shown. Each part of the schema that a project changes has a field; what the
// change comes to is said in words before it is sent.
import { Button, Checkbox, Modal, NumberInput, Select, Textarea, TextInput } from "@mantine/core"
import { useState } from "react"
import type { Answer } from "../../api/client.ts"
import { useChange, useRead } from "../../api/queries.ts"
import { Fault } from "../../components/fault.tsx"
import { BusyButton } from "../../ui/busy-button.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { compareDrafts, presetWords, refreshWords, type AgreementDocument } from "./agreement-words.ts"

type Detail = Answer<"agreementVersionGet">

export function Propose({ project, from, onClose }: { project: string; from: number; onClose: () => void }) {
  const detail = useRead("agreementVersionGet", { params: { project, version: from } })
  return (
    <Modal opened onClose={onClose} title="Propose a new version" size="xl">
      {detail.data ? (
        <ProposeForm project={project} detail={detail.data} onClose={onClose} />
      ) : detail.error ? (
        <Fault error={detail.error} flat />
      ) : (
        <LoadingRows />
      )}
    </Modal>
  )
}

function ProposeForm({ project, detail, onClose }: { project: string; detail: Detail; onClose: () => void }) {
  const [draft, setDraft] = useState(detail.document)
  const [reason, setReason] = useState("")
  const [tried, setTried] = useState(false)
  const propose = useChange("agreementPropose", { refetch: ["agreementGet", "projectGet"], onDone: onClose })
  const changes = compareDrafts(detail.document, draft)
  return (
    <form
      className="propose-form"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (reason.trim() === "" || changes.length === 0) return
        propose.mutate({ params: { project }, body: { document: draft, reason: reason.trim() } })
      }}
    >
      <p className="small text-2">
        The version in force stays until every custodian has decided. Nobody can widen an agreement alone.
      </p>
      <TermAndPeople draft={draft} onChange={setDraft} />
      <Purpose draft={draft} onChange={setDraft} />
      <DataSets start={detail.document} draft={draft} onChange={setDraft} />
      <Outputs draft={draft} onChange={setDraft} />
      <section aria-label="What this changes" className="pane" aria-live="polite">
        <div className="pane-head">
          <h3>What this changes</h3>
        </div>
        {changes.length === 0 ? (
          <p className={`pane-body small ${tried ? "red-words" : "text-2"}`}>
            Nothing yet. Change at least one thing.
          </p>
        ) : (
          <dl className="facts pane-body">
            {changes.map((change) => (
              <div key={change.what}>
                <dt>{change.what}</dt>
                <dd>
                  <del>{change.before}</del> <ins>{change.after}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <Textarea
        label="Reason"
        description="The custodians read it."
        minRows={2}
        maxLength={2000}
        value={reason}
        error={tried && reason.trim() === "" ? "Say why, in a sentence." : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {propose.error ? <Fault error={propose.error} flat /> : null}
      <div style={{ display: "flex", gap: 12, marginTop: 6 }}>
        <BusyButton type="submit" variant="filled" busy={propose.isPending}>
          Propose
        </BusyButton>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

interface PartProps {
  draft: AgreementDocument
  onChange: (next: AgreementDocument) => void
}

function readNumber(value: string | number): number | null {
  return typeof value === "number" ? value : null
}

function TermAndPeople({ draft, onChange }: PartProps) {
  const { term, people, dates } = draft
  return (
    <fieldset>
      <legend>How long, and for how many</legend>
      <div className="field-row">
        <TextInput
          type="date"
          label="From"
          value={term.from}
          onChange={(event) => onChange({ ...draft, term: { ...term, from: event.currentTarget.value } })}
        />
        <TextInput
          type="date"
          label="Until"
          value={term.until}
          onChange={(event) => onChange({ ...draft, term: { ...term, until: event.currentTarget.value } })}
        />
        <NumberInput
          label="Most people"
          min={1}
          max={1000}
          allowDecimal={false}
          value={people?.most ?? ""}
          onChange={(most) =>
            onChange({
              ...draft,
              people: { roles: people?.roles ?? ["researcher"], most: readNumber(most) },
            })
          }
        />
      </div>
      <div className="field-row">
        <TextInput
          type="date"
          label="Records from"
          value={dates?.from ?? ""}
          onChange={(event) =>
            onChange({ ...draft, dates: readDates(event.currentTarget.value, dates?.until ?? "") })
          }
        />
        <TextInput
          type="date"
          label="Records until"
          value={dates?.until ?? ""}
          onChange={(event) =>
            onChange({ ...draft, dates: readDates(dates?.from ?? "", event.currentTarget.value) })
          }
        />
        <Select
          label="Renewal of the data"
          allowDeselect={false}
          data={Object.entries(refreshWords).map(([value, label]) => ({ value, label }))}
          value={draft.refresh.every}
          onChange={(every) => {
            if (every && isRefresh(every)) onChange({ ...draft, refresh: { every } })
          }}
        />
      </div>
    </fieldset>
  )
}

function readDates(from: string, until: string): AgreementDocument["dates"] {
  return from === "" && until === "" ? null : { from: from || null, until: until || null }
}

function isRefresh(value: string): value is keyof typeof refreshWords {
  return Object.hasOwn(refreshWords, value)
}

function isPreset(value: string): value is keyof typeof presetWords {
  return Object.hasOwn(presetWords, value)
}

function Purpose({ draft, onChange }: PartProps) {
  const { purpose } = draft
  return (
    <fieldset>
      <legend>What for</legend>
      {(
        [
          ["lay", "In plain words, for the public register"],
          ["benefit", "Benefit to the public"],
          ["research", "Research question"],
        ] as const
      ).map(([key, label]) => (
        <Textarea
          key={key}
          label={label}
          minRows={2}
          maxLength={10_000}
          required
          value={purpose[key]}
          onChange={(event) =>
            onChange({ ...draft, purpose: { ...purpose, [key]: event.currentTarget.value } })
          }
        />
      ))}
    </fieldset>
  )
}

function DataSets({ start, draft, onChange }: PartProps & { start: AgreementDocument }) {
  function setColumns(dataSet: string, table: string, columns: string[]): void {
    onChange({
      ...draft,
      dataSets: draft.dataSets.map((set) =>
        set.dataSet === dataSet
          ? { ...set, tables: set.tables.map((each) => (each.table === table ? { ...each, columns } : each)) }
          : set,
      ),
    })
  }
  return (
    <fieldset>
      <legend>Data sets and columns</legend>
      {draft.dataSets.flatMap((set) =>
        set.tables.map((table) => {
          const before =
            start.dataSets
              .find((each) => each.dataSet === set.dataSet)
              ?.tables.find((each) => each.table === table.table)?.columns ?? []
          const offered = [...new Set([...before, ...table.columns])]
          return (
            <details key={`${set.dataSet} ${table.table}`}>
              <summary>
                <code>
                  {set.dataSet}_{table.table}
                </code>{" "}
                <span className="meta">
                  {table.columns.length} of {offered.length} columns
                </span>
              </summary>
              <div className="column-boxes">
                {offered.map((column) => (
                  <Checkbox
                    key={column}
                    label={<code>{column}</code>}
                    checked={table.columns.includes(column)}
                    // a table keeps at least one column
                    disabled={table.columns.length === 1 && table.columns.includes(column)}
                    onChange={(event) =>
                      setColumns(
                        set.dataSet,
                        table.table,
                        event.currentTarget.checked
                          ? [...table.columns, column]
                          : table.columns.filter((each) => each !== column),
                      )
                    }
                  />
                ))}
              </div>
              <AddColumn
                name={`${set.dataSet}_${table.table}`}
                onAdd={(column) => {
                  if (!table.columns.includes(column))
                    setColumns(set.dataSet, table.table, [...table.columns, column])
                }}
              />
            </details>
          )
        }),
      )}
    </fieldset>
  )
}

const COLUMN = /^[A-Za-z][A-Za-z0-9_]{0,62}$/

function AddColumn({ name, onAdd }: { name: string; onAdd: (column: string) => void }) {
  const [column, setColumn] = useState("")
  const wrong = column !== "" && !COLUMN.test(column)
  return (
    <div className="add-column">
      <TextInput
        label={`One more column of ${name}`}
        description="By its name in the data set; the custodian sees that it is new."
        maxLength={63}
        value={column}
        error={wrong ? "A name has letters, digits and underscores." : undefined}
        onChange={(event) => setColumn(event.currentTarget.value)}
      />
      <Button
        className="small-button"
        onClick={() => {
          if (!COLUMN.test(column)) return
          onAdd(column)
          setColumn("")
        }}
      >
        Add <span className="visually-hidden">the column to {name}</span>
      </Button>
    </div>
  )
}

function Outputs({ draft, onChange }: PartProps) {
  const { overrides } = draft
  function setOverrides(next: { threshold?: number | null; rounding?: number | null }): void {
    const both = { threshold: overrides?.threshold ?? null, rounding: overrides?.rounding ?? null, ...next }
    onChange({ ...draft, overrides: both.threshold === null && both.rounding === null ? null : both })
  }
  return (
    <fieldset>
      <legend>Outputs and conditions</legend>
      <div className="field-row">
        <Select
          label="Rules for outputs"
          allowDeselect={false}
          data={Object.entries(presetWords).map(([value, label]) => ({ value, label }))}
          value={draft.outputPolicy.preset}
          onChange={(preset) => {
            if (preset && isPreset(preset)) onChange({ ...draft, outputPolicy: { preset } })
          }}
        />
        <NumberInput
          label="Hide counts below"
          min={1}
          max={1000}
          allowDecimal={false}
          value={overrides?.threshold ?? ""}
          onChange={(value) => setOverrides({ threshold: readNumber(value) })}
        />
        <NumberInput
          label="Round counts to"
          min={1}
          max={1000}
          allowDecimal={false}
          value={overrides?.rounding ?? ""}
          onChange={(value) => setOverrides({ rounding: readNumber(value) })}
        />
      </div>
      <Textarea
        label="Special conditions"
        description="One a line."
        minRows={2}
        value={draft.specialConditions?.join("\n") ?? ""}
        onChange={(event) => {
          const text = event.currentTarget.value
          onChange({ ...draft, specialConditions: text === "" ? null : text.split("\n") })
        }}
      />
    </fieldset>
  )
}
