// A failure with a stable code and a sentence that may be shown: it names rules, tables and files, never a value.
export class PipelineError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
