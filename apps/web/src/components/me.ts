// The signed-in person, for the shell and the pages. Roles are shown, never used to decide.
import { useRead } from "../api/queries.ts"
import type { Answer } from "../api/client.ts"
import { useSession } from "../api/session.ts"

export type Me = Answer<"sessionGet">

const roleWords: Record<Me["appointments"][number]["role"], string> = {
  researcher: "Researcher",
  project_admin: "Project admin",
  output_checker: "Output checker",
  data_manager: "Data manager",
  custodian: "Custodian",
  auditor: "Auditor",
  operator: "Operator",
}

export function nameRole(role: Me["appointments"][number]["role"]): string {
  return roleWords[role]
}

/** One line for the header: the roles a person holds, without repeats. */
export function describeRoles(me: Me): string {
  const words = [...new Set(me.appointments.map((each) => roleWords[each.role]))]
  return words.length > 2 ? `${words.slice(0, 2).join(", ")} and more` : words.join(", ") || "No role yet"
}

export function useMe() {
  const session = useSession()
  return useRead("sessionGet", {}, { enabled: session === "in" })
}
