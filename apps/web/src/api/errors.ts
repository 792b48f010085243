// What went wrong, as the server says it. Pages show `message`, `way`, and the code and request id to copy.

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly way: string | undefined
  readonly request: string | undefined
  readonly fields: readonly { path: string; message: string }[]

  constructor(
    status: number,
    body: {
      code: string
      message: string
      way?: string | undefined
      request?: string | undefined
      fields?: readonly { path: string; message: string }[] | undefined
    },
  ) {
    super(body.message)
    this.name = "ApiError"
    this.status = status
    this.code = body.code
    this.way = body.way
    this.request = body.request
    this.fields = body.fields ?? []
  }
}

/** Turns an answer that is no success into an error; answers that are not ours (a proxy's page) included. */
export async function readError(response: Response): Promise<ApiError> {
  let body: unknown
  try {
    body = await response.json()
  } catch {
    body = undefined
  }
  const request = response.headers.get("x-request-id") ?? undefined
  if (isErrorBody(body)) return new ApiError(response.status, { request, ...body })
  return new ApiError(response.status, {
    code: `http_${response.status}`,
    message:
      response.status >= 500
        ? "The platform could not answer. Look first whether what you sent is there already."
        : "The platform did not accept this.",
    way: "Try again. If it stays, send the code below to the people who run this place.",
    request,
  })
}

function isErrorBody(
  body: unknown,
): body is { code: string; message: string; way?: string; request?: string } {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "message" in body &&
    typeof body.message === "string"
  )
}

export function unreachable(): ApiError {
  return new ApiError(0, {
    code: "unreachable",
    message: "The platform cannot be reached from this browser.",
    way: "What you wrote is still here. It is sent again when you press the button again.",
  })
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(0, {
    code: "console_fault",
    message: "The console made a mistake on this page. Nothing was sent.",
    way: "Load the page again.",
  })
}
