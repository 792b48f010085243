// The few errors there are. Each carries a stable code; the sentence comes from the catalogue. Thrown
// by actions and store, mapped to HTTP once, in http/errors.ts.
import type { Params } from "./sentences.ts"

export abstract class Problem extends Error {
  abstract readonly status: number
  readonly code: string
  readonly params: Params
  constructor(code: string, params: Params = {}, options?: ErrorOptions) {
    super(code, options)
    this.code = code
    this.params = params
  }
}

/** The actor may know the thing, but not do this with it. */
export class Denied extends Problem {
  override readonly status = 403
}

/** Not there, or not for this actor to know of: both look the same. */
export class NotFound extends Problem {
  override readonly status = 404
  constructor(options?: ErrorOptions) {
    super("not_found", {}, options)
  }
}

/** The thing has moved on: a stale tab, a double click, somebody else was first. */
export class Conflict extends Problem {
  override readonly status = 409
}

export class Invalid extends Problem {
  override readonly status = 400
}

export class Unauthenticated extends Problem {
  override readonly status = 401
}

export class TooMany extends Problem {
  override readonly status = 429
}

/** A part that is needed does not answer, or the log cannot be written. */
export class Unavailable extends Problem {
  override readonly status = 503
}
