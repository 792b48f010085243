// What an invitation offers, for the person who holds its link. The token is in the fragment, so that no server
// and no log on the way sees it.
import { useMutation } from "@tanstack/react-query"
import { useEffect } from "react"
import { useLocation, useNavigate } from "react-router"
import { call, type Answer } from "../api/client.ts"
import type { ApiError } from "../api/errors.ts"
import { useChange } from "../api/queries.ts"
import { Fault } from "../components/fault.tsx"
import { nameRole } from "../components/me.ts"
import { useTitle } from "../components/page.tsx"
import { Empty, LoadingRows } from "../ui/notes.tsx"
import { WhyNotButton } from "../ui/why-not.tsx"
import { formatDate, formatDateTime } from "../util/format.ts"

/** The token of a link such as /invitation#token or /invitation?token=… */
export function readToken(hash: string, search: string): string {
  const fragment = hash.replace(/^#/, "").replace(/^token=/, "")
  return fragment || (new URLSearchParams(search).get("token") ?? "")
}

export function Invitation() {
  useTitle("Invitation")
  const { hash, search } = useLocation()
  const token = readToken(hash, search)
  const navigate = useNavigate()
  const read = useMutation<Answer<"invitationGet">, ApiError>({
    mutationFn: () => call("invitationGet", { body: { token } }),
  })
  const accept = useChange("invitationAccept", {
    refetch: ["projectList", "homeGet", "sessionGet"],
    onDone: ({ project }) => void navigate(`/projects/${project}`),
  })
  const { mutate } = read
  useEffect(() => {
    if (token) mutate()
  }, [token, mutate])
  return (
    <div className="page narrow">
      <h1 tabIndex={-1}>Invitation</h1>
      <div style={{ marginTop: 16 }}>
        {token ? null : (
          <Empty title="This link is not complete">
            Open it again from the mail, or ask for another one.
          </Empty>
        )}
        {read.error ? <Fault error={read.error} /> : null}
        {read.isPending ? <LoadingRows /> : null}
        {read.data ? (
          <section className="pane">
            <div className="pane-head">
              <h2>{read.data.project.title}</h2>
              <span className="meta">{read.data.project.number}</span>
            </div>
            <div className="pane-body">
              <dl className="facts">
                <div>
                  <dt>Your part</dt>
                  <dd>{nameRole(read.data.role)}</dd>
                </div>
                <div>
                  <dt>Invited by</dt>
                  <dd>{read.data.invitedBy}</dd>
                </div>
                <div>
                  <dt>Member until</dt>
                  <dd>{formatDate(read.data.until)}</dd>
                </div>
                <div>
                  <dt>Link works until</dt>
                  <dd>{formatDateTime(read.data.expiresAt)}</dd>
                </div>
              </dl>
              <div style={{ marginTop: 14 }}>
                <WhyNotButton
                  action={read.data.actions.accept}
                  variant="filled"
                  reasonAt="under"
                  busy={accept.isPending}
                  onPress={() => accept.mutate({ body: { token } })}
                >
                  Join the project
                </WhyNotButton>
              </div>
              {accept.error ? <Fault error={accept.error} flat /> : null}
            </div>
          </section>
        ) : null}
      </div>
    </div>
  )
}
