// A picture written anew, so that what leaves is what was looked at: pixels and drawn lines, and nothing
// beside them. Runs in the sandbox. The same bytes give the same result, and a result renders to itself.
import { renderJpeg } from "./jpeg.ts"
import { renderPng } from "./png.ts"
import { PictureError, type Rendered } from "./rendered.ts"
import { renderSvg } from "./svg.ts"

export { PictureError }

export const PICTURE_KINDS = ["png", "jpeg", "svg"] as const
export type PictureKind = (typeof PICTURE_KINDS)[number]

/** Larger pictures leave as they are, and it is said that they were not written anew. */
export const MAX_PICTURE_BYTES = 24 * 1024 * 1024

export function isPictureKind(kind: string): kind is PictureKind {
  return (PICTURE_KINDS as readonly string[]).includes(kind)
}

/** @throws PictureError */
export function renderPicture(kind: PictureKind, bytes: Uint8Array): Rendered {
  if (bytes.length > MAX_PICTURE_BYTES) throw new PictureError("picture_too_large", "more than 24 MiB")
  if (kind === "png") return renderPng(bytes)
  if (kind === "jpeg") return renderJpeg(bytes)
  return renderSvg(bytes)
}

/** Which code wrote a picture; changes whenever its result does. */
export function rendererOf(kind: PictureKind): string {
  return `glasshouse-${kind}/1`
}
