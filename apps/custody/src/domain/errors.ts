// Errors with stable codes; mapped to HTTP in http/errors.ts only. Messages never hold an identifier.
export class CustodyError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
export class Denied extends CustodyError {}
export class NotFound extends CustodyError {}
export class Gone extends CustodyError {}
export class Conflict extends CustodyError {}
export class Invalid extends CustodyError {}
