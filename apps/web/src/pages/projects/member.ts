import type { Answer } from "../../api/client.ts"

export type Members = Answer<"memberList">
export type Member = Members["members"][number]

/** what shows members, and is read anew when one changes */
export const memberRefetch = ["memberList", "projectGet"] as const
