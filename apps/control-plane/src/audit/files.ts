// Files that are whole or not there, also after a power cut.
import { mkdir, open, rename } from "node:fs/promises"
import path from "node:path"

/** Replaces the file in one step; durable when it returns. Its directory is made when missing. */
export async function replaceFile(file: string, body: Uint8Array): Promise<void> {
  const directory = path.dirname(file)
  await mkdir(directory, { recursive: true })
  const next = `${file}.next-${process.pid}`
  const handle = await open(next, "w", 0o644)
  try {
    await handle.writeFile(body)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, file)
  const parent = await open(directory, "r")
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}
