// Which waiting stages may begin. The order in which submissions are linked decides who is who: a data set that
// knows its people well (name, birth date, address) makes the person that a sparser row is then found to be. Were
// the sparser one first, it would make a person of its own, and one human being would be two.

export interface OpenJob {
  readonly id: string
  readonly stage: string
  readonly state: "waits" | "running"
  readonly params: Readonly<Record<string, unknown>>
}

const BEFORE_LINKED = ["land", "validate", "link"]

/** Waiting jobs that need not wait for another, in the order given. `first`: data sets that are linked first. */
export function readyJobs<J extends OpenJob>(jobs: readonly J[], first: ReadonlySet<string>): J[] {
  const comes = jobs.some((j) => BEFORE_LINKED.includes(j.stage) && dataSetsOf(j).some((d) => first.has(d)))
  return jobs.filter(
    (j) => j.state === "waits" && !(comes && j.stage === "link" && !dataSetsOf(j).some((d) => first.has(d))),
  )
}

function dataSetsOf(job: OpenJob): string[] {
  const { dataSet, submissions } = job.params
  if (typeof dataSet === "string") return [dataSet]
  if (!Array.isArray(submissions)) return []
  return submissions.flatMap((s: { dataSet?: unknown }) => (typeof s.dataSet === "string" ? [s.dataSet] : []))
}
