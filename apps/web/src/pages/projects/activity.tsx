// Everything that happened in a project, from the log.
import { useParams } from "react-router"
import { useReadPages } from "../../api/queries.ts"
import { PageFault } from "../../components/fault.tsx"
import { PageHead, useTitle } from "../../components/page.tsx"
import { LoadingRows } from "../../ui/notes.tsx"
import { ActivityLines } from "./project.tsx"
import { useProjectTitle } from "./project-title.ts"

export function Activity() {
  const project = useParams()["project"] ?? ""
  const title = useProjectTitle(project)
  useTitle("Activity", [
    { label: "Projects", to: "/projects" },
    { label: title, to: `/projects/${project}` },
    { label: "Activity" },
  ])
  const pages = useReadPages("projectActivity", { params: { project }, query: { limit: 50 } })
  if (pages.error && !pages.data)
    return <PageFault error={pages.error} onRetry={() => void pages.refetch()} />
  return (
    <div className="page narrow">
      <PageHead
        title="Activity"
        lead="What happened in this project, from the log. That you read it here is in the log too."
      />
      {pages.data ? (
        <ActivityLines lines={pages.data.flatMap((page) => page.lines)} />
      ) : (
        <LoadingRows rows={8} />
      )}
      {pages.hasNextPage ? (
        <p style={{ marginTop: 14 }}>
          <button type="button" className="link-button" onClick={() => void pages.fetchNextPage()}>
            Show 50 more
          </button>
        </p>
      ) : null}
    </div>
  )
}
