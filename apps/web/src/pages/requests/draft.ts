// What is being written about a request, kept beside what the server has: the server's text stands until the
// person types, and again when what was typed has been saved.
import type { RequestView } from "../../components/findings.ts"

export interface GroupDraft {
  id: string | null
  name: string
  context: string
  smallNumbers: string
}

export interface Draft {
  title: string
  groups: GroupDraft[]
}

/** The server's request as a draft. How small numbers were handled is said once for a group. */
export function draftOf(view: RequestView): Draft {
  return {
    title: view.title,
    groups: view.groups.map((group) => ({
      id: group.id,
      name: group.name,
      context: group.context,
      smallNumbers:
        view.files.find((file) => file.group === group.id && file.smallNumbers)?.smallNumbers ?? "",
    })),
  }
}

export function sameDraft(a: Draft, b: Draft): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

export interface FileChange {
  file: string
  group: string
  kind: RequestView["files"][number]["kind"]
  description: string
  smallNumbers: string
}

/** Files whose words follow from what is said about their group; a file without words takes the group's. */
export function fileChanges(view: RequestView, draft: Draft): FileChange[] {
  const changes: FileChange[] = []
  for (const file of view.files) {
    const group = draft.groups.find((each) => each.id === file.group)
    if (!group) continue
    const before = view.groups.find((each) => each.id === file.group)?.context ?? ""
    const follows = file.description === "" || file.description === before
    const description = follows ? group.context : file.description
    if (description !== file.description || group.smallNumbers !== file.smallNumbers) {
      changes.push({
        file: file.id,
        group: file.group,
        kind: file.kind,
        description,
        smallNumbers: group.smallNumbers,
      })
    }
  }
  return changes
}
