// JupyterLab in its frame, driven as a person would: by what is on the screen and by keyboard.
import type { Frame, FrameLocator, Locator, Page } from "playwright"

export function notebookFrame(page: Page): FrameLocator {
  return page.frameLocator('iframe[title="Notebook"]')
}

/** Waits until JupyterLab's shell is there. */
export async function waitForLab(page: Page, milliseconds = 90_000): Promise<FrameLocator> {
  const frame = notebookFrame(page)
  await frame.locator("#jp-main-dock-panel").waitFor({ timeout: milliseconds })
  return frame
}

/** A kernel that is not connected drops cells without a word: the status bar says when it is. */
export async function waitForIdle(frame: FrameLocator, milliseconds = 90_000): Promise<void> {
  await frame.locator("#jp-main-statusbar").getByText("| Idle").waitFor({ timeout: milliseconds })
}

/** The notebook in front; others may be open behind it. */
const front = (frame: FrameLocator) => frame.locator(".jp-NotebookPanel:visible").first()

/** Opens a notebook, or brings it to the front where it is open already. */
export async function openNotebook(frame: FrameLocator, name: string): Promise<void> {
  await frame.locator(".jp-DirListing-item", { hasText: name }).first().dblclick()
  await frame
    .locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current", { hasText: name })
    .first()
    .waitFor()
  await front(frame).waitFor()
  await waitForIdle(frame)
}

/** Runs every cell of the open notebook and waits until the last one has its number. */
export async function runAllCells(page: Page, frame: FrameLocator, milliseconds = 180_000): Promise<void> {
  const cells = front(frame).locator(".jp-CodeCell")
  await cells.locator(".cm-content").first().click()
  await frame.getByRole("menuitem", { name: "Run", exact: true }).click()
  await frame.getByRole("menuitem", { name: "Run All Cells", exact: true }).click()
  await cells
    .last()
    .locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ })
    .waitFor({ timeout: milliseconds })
  await page.keyboard.press("Escape")
}

/** Adds a cell at the end, runs it, and returns it once it has finished. */
export async function runCell(
  page: Page,
  frame: FrameLocator,
  code: string,
  milliseconds = 120_000,
): Promise<Locator> {
  const panel = front(frame)
  const cells = panel.locator(".jp-CodeCell")
  await panel.locator(".jp-Notebook-footer").click()
  const cell = cells.last()
  await cell.locator(".cm-content").click()
  await page.keyboard.insertText(code)
  await page.keyboard.press("Control+Enter")
  await cell.locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ }).waitFor({ timeout: milliseconds })
  return cell
}

/** The notebook's frame by its own origin, for what is asked in its place. */
export function notebookOf(page: Page): Frame {
  const frame = page.frames().find((one) => one.url().includes(".ws."))
  if (frame === undefined) throw new Error("no notebook")
  return frame
}

/** Opens a notebook by its address within the frame; whatever else was open stays open behind it. */
export async function openByAddress(page: Page, name: string): Promise<FrameLocator> {
  const frame = notebookOf(page)
  const there = frame.waitForURL((url) => url.pathname === `/lab/tree/${name}`)
  await frame.evaluate((path) => location.assign(path), `/lab/tree/${name}`)
  await there
  const lab = await waitForLab(page)
  await lab.getByRole("tab", { name, selected: true }).waitFor()
  await waitForIdle(lab)
  return lab
}
