// The way out, as its people walk it: a notebook asks, two checkers look, one of them releases.
import type { FrameLocator, Page } from "playwright"
import { SITE } from "./browser.ts"
import { review, withFreshCode, type Choice } from "./desk.ts"
import { runCell } from "./notebook.ts"
import type { Person } from "./people.ts"

export interface AskedFile {
  readonly path: string
  /** the file's text; written in the workspace first */
  readonly text: string
  readonly smallNumbers?: string
}

/** One count below ten. */
export const SMALL_COUNT: AskedFile = {
  path: "results/deaths.csv",
  text: "age_band,alive,died\n18-49,410,4\n50-69,620,95\n70+,380,240\n",
  smallNumbers: "not yet handled",
}

/** Nothing to find under the presets of the field: large counts, rounded to 5. */
export const CLEAN: AskedFile = {
  path: "results/joined.csv",
  text: "age_band,alive,died\n18-69,1030,100\n70+,380,240\n",
  smallNumbers: "bands joined, rounded to 5",
}

/** Writes the files in the workspace and asks for their release from the notebook. */
export async function askFromNotebook(
  page: Page,
  lab: FrameLocator,
  title: string,
  files: readonly AskedFile[],
): Promise<void> {
  const cell = await runCell(page, lab, writeAsk(title, files))
  await cell.getByText("is with the output checkers").waitFor({ timeout: 60_000 })
}

/** Writes a file and pushes it, so that a request in the console can take it up. */
export async function pushFromNotebook(page: Page, lab: FrameLocator, file: AskedFile): Promise<void> {
  const code = [
    "import glasshouse, pathlib",
    `pathlib.Path(${JSON.stringify(file.path)}).write_text(${JSON.stringify(file.text)})`,
    `glasshouse.check(${JSON.stringify(file.path)})`,
    `print("checked")`,
  ].join("\n")
  const cell = await runCell(page, lab, code)
  await cell.getByText("checked").last().waitFor()
}

function writeAsk(title: string, files: readonly AskedFile[]): string {
  const writes = files.map(
    (file) => `pathlib.Path(${JSON.stringify(file.path)}).write_text(${JSON.stringify(file.text)})`,
  )
  const asked = files.map(
    (file) =>
      `{"path": ${JSON.stringify(file.path)}, "description": "made by a cell", "small_numbers": ${JSON.stringify(file.smallNumbers ?? "")}}`,
  )
  return [
    "import glasshouse, pathlib",
    `pathlib.Path("results").mkdir(exist_ok=True)`,
    ...writes,
    `glasshouse.request_output(${JSON.stringify(title)}, context="Deaths by age band, whole cohort", files=[${asked.join(", ")}])`,
  ].join("\n")
}

/** The machine has checked it when it stands in the queue. */
export async function waitInQueue(page: Page, title: string): Promise<void> {
  await page.goto(`${SITE}/queue`)
  await page.getByRole("link", { name: title }).first().waitFor({ timeout: 90_000 })
}

export async function reviewAs(
  person: Person,
  title: string,
  choose: (file: string) => Choice,
): Promise<void> {
  await waitInQueue(person.page, title)
  await review(person.page, person.username, title, choose)
}

/** On the desk of a request that two people approved. */
export async function releaseAs(person: Person): Promise<void> {
  const { page, username } = person
  await page.reload()
  const release = page.getByRole("button", { name: "Release", exact: true })
  await withFreshCode(page, username, () => release.click(), {
    done: page.getByText(/^Turn \d+, released$/),
  })
}
