// Where a refused person can change what stands in the way, as a link beside the server's sentence.
import { Link } from "react-router"
import type { Permission } from "../ui/why-not.tsx"

const ways: Readonly<Record<string, { to: (project: string) => string; words: string }>> = {
  agreement_unsigned: { to: (project) => `/projects/${project}/agreement`, words: "Read and sign it" },
  terms_expired: { to: () => "/home", words: "Read and accept them" },
}

interface WayOutProps {
  action: Permission | undefined
  project: string
  /** out of the workspace's own document */
  anew?: boolean
}

export function WayOut({ action, project, anew = false }: WayOutProps) {
  const way = action && !action.allowed ? ways[action.code ?? ""] : undefined
  if (!way) return null
  return (
    <Link to={way.to(project)} reloadDocument={anew} className="nowrap">
      {way.words}
    </Link>
  )
}
