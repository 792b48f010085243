import type { RequestFile, RequestView } from "../../components/findings.ts"

/** What the author wrote about the file and its group. */
export function AuthorSays({ view, file }: { view: RequestView; file: RequestFile }) {
  const group = view.groups.find((each) => each.id === file.group)
  const said = [
    ["What the author says", file.description || group?.context],
    ["Small numbers", file.smallNumbers],
    ["About the group", file.description && group?.context !== file.description ? group?.context : undefined],
  ].filter((each): each is [string, string] => Boolean(each[1]))
  return (
    <div className="desk-author">
      {said.length === 0 ? <p>The author said nothing about this file.</p> : null}
      {said.map(([title, words]) => (
        <div key={title}>
          <h3>{title}</h3>
          <p>{words}</p>
        </div>
      ))}
    </div>
  )
}
