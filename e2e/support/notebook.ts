// JupyterLab in its frame, driven as a person would: by what is on the screen and by keyboard.
import type { FrameLocator, Locator, Page } from "playwright"

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

export async function openNotebook(frame: FrameLocator, name: string): Promise<void> {
  const tab = frame.locator(".jp-NotebookPanel:visible")
  if ((await tab.count()) === 0)
    await frame.locator(".jp-DirListing-item", { hasText: name }).first().dblclick()
  await tab.first().waitFor()
  await waitForIdle(frame)
}

/** Runs every cell of the open notebook and waits until the last one has its number. */
export async function runAllCells(page: Page, frame: FrameLocator, milliseconds = 180_000): Promise<void> {
  await frame.locator(".jp-CodeCell .cm-content").first().click()
  await frame.getByRole("menuitem", { name: "Run", exact: true }).click()
  await frame.getByRole("menuitem", { name: "Run All Cells", exact: true }).click()
  const last = frame.locator(".jp-CodeCell").last()
  await last.locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ }).waitFor({ timeout: milliseconds })
  await page.keyboard.press("Escape")
}

/** Adds a cell at the end, runs it, and returns it once it has finished. */
export async function runCell(
  page: Page,
  frame: FrameLocator,
  code: string,
  milliseconds = 120_000,
): Promise<Locator> {
  // other notebooks may be open behind it
  const panel = frame.locator(".jp-NotebookPanel:visible").first()
  const cells = panel.locator(".jp-CodeCell")
  await panel.locator(".jp-Notebook-footer").click()
  const cell = cells.last()
  await cell.locator(".cm-content").click()
  await page.keyboard.insertText(code)
  await page.keyboard.press("Control+Enter")
  await cell.locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ }).waitFor({ timeout: milliseconds })
  return cell
}
