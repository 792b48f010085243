import { useRead } from "../../api/queries.ts"

/** The title of a project for crumbs, from the list that find uses as well. */
export function useProjectTitle(project: string): string {
  const list = useRead("projectList", {})
  return list.data?.projects.find((each) => each.project.id === project)?.project.title ?? "Project"
}
