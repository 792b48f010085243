// An error as a person reads it: what happened, what to do, and the code and request id to copy.
import { Button, CopyButton } from "@mantine/core"
import { IconAlertOctagon, IconCheck, IconCopy } from "@tabler/icons-react"
import { Link } from "react-router"
import { toApiError } from "../api/errors.ts"
import { useTitle } from "./page.tsx"

export function Codes({ code, request }: { code: string; request?: string | undefined }) {
  const text = request ? `${code} ${request}` : code
  return (
    <span className="codes">
      <span>
        Code <code>{code}</code>
      </span>
      {request ? (
        <span>
          Request <code>{request}</code>
        </span>
      ) : null}
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <button type="button" className="link-button" onClick={copy}>
            {copied ? <IconCheck size={12} aria-hidden /> : <IconCopy size={12} aria-hidden />}{" "}
            {copied ? "Copied" : "Copy"}
          </button>
        )}
      </CopyButton>
    </span>
  )
}

interface FaultProps {
  error: unknown
  onRetry?: (() => void) | undefined
  flat?: boolean
}

export function Fault({ error, onRetry, flat = false }: FaultProps) {
  const fault = toApiError(error)
  return (
    <div className={`note-box red-box${flat ? " flat" : ""}`} role="alert">
      <IconAlertOctagon size={16} stroke={1.5} aria-hidden />
      <div>
        <strong>{fault.message}</strong>
        {fault.way ? <span className="text-2">{fault.way}</span> : null}
        {fault.fields.length > 0 ? (
          <ul>
            {fault.fields.map((field) => (
              <li key={field.path}>
                <code>{field.path}</code> {field.message}
              </li>
            ))}
          </ul>
        ) : null}
        {onRetry ? (
          <Button className="small-button" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
        <Codes code={fault.code} request={fault.request} />
      </div>
    </div>
  )
}

export function NotFound() {
  useTitle("Nothing here")
  return (
    <div className="page narrow">
      <h1 tabIndex={-1}>There is nothing here that you may see</h1>
      <p className="text-2" style={{ margin: "8px 0 16px", maxWidth: "60ch" }}>
        The address may be wrong, or it may belong to a project that you are not part of. Both look the same
        from here, on purpose.
      </p>
      <p>
        <Link to="/home">Go to your home page</Link>
      </p>
    </div>
  )
}

/** A whole page that could not be got: not found, refused, or broken. */
export function PageFault({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const fault = toApiError(error)
  if (fault.status === 404) return <NotFound />
  return <BrokenPage error={error} refused={fault.status === 403} {...(onRetry ? { onRetry } : {})} />
}

function BrokenPage({ error, refused, onRetry }: { error: unknown; refused: boolean; onRetry?: () => void }) {
  const title = refused ? "You may not see this" : "This page could not be shown"
  useTitle(title)
  return (
    <div className="page narrow">
      <h1 tabIndex={-1}>{title}</h1>
      <div style={{ marginTop: 16 }}>
        <Fault error={error} onRetry={refused ? undefined : onRetry} />
      </div>
    </div>
  )
}
