// What the agent answers when it does not do what was asked. Each carries a stable code and a sentence
// for whoever calls; http/app.ts maps the kinds to a status once.
export class AgentError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

/** 400: the caller's input is wrong; asking again changes nothing. */
export function invalid(code: string, message: string): AgentError {
  return new AgentError(400, code, message)
}

export function notFound(message: string): AgentError {
  return new AgentError(404, "not_found", message)
}

/** 409: true of another object right now. */
export function conflict(code: string, message: string): AgentError {
  return new AgentError(409, code, message)
}

/** 503: the engine or the disk does not do its part; asking again later may work. */
export function unavailable(code: string, message: string, cause?: unknown): AgentError {
  return new AgentError(503, code, message, { cause })
}
