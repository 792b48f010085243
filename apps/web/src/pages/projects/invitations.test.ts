import { expect, test, vi } from "vitest"

vi.mock("../../api/keycloak.ts", () => ({ accessToken: async () => "token", codeIsFresh: () => false }))
vi.mock("../../api/session.ts", () => ({ endedByServer: vi.fn() }))

const { findOpen } = await import("./invitations.tsx")

const of = (id: string, state: "sent" | "withdrawn" | "expired" | "accepted", email: string) => ({
  id,
  state,
  email,
  name: "A. Osei",
  role: "researcher" as const,
  until: "2027-01-01",
  expiresAt: "2027-01-01T00:00:00Z",
  actions: { withdraw: { allowed: true } },
})

test("the open invitation to an address is found however it is written; what is over stands in nobody's way", () => {
  const all = [of("a", "withdrawn", "a.osei@example.ac.uk"), of("b", "sent", "A.Osei@example.ac.uk")]
  expect(findOpen(all, " a.osei@Example.ac.uk ")?.id).toBe("b")
  expect(findOpen(all.slice(0, 1), "a.osei@example.ac.uk")).toBeUndefined()
  expect(findOpen(all, "b.osei@example.ac.uk")).toBeUndefined()
})
