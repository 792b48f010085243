// What every renderer answers, and how it says that it cannot.
export interface Rendered {
  readonly bytes: Uint8Array
  /** what was in the file and is not in the result, in words */
  readonly left: readonly string[]
}

/** Cannot be written anew: damaged, too large when unpacked, or of a kind that is not understood. */
export class PictureError extends Error {
  readonly reason: "picture_broken" | "picture_too_large" | "picture_unsupported"
  constructor(reason: PictureError["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}
