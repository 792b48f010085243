import { expect, test } from "vitest"
import { readToken } from "./invitation.tsx"

test("the token is read from the fragment, else from the query", () => {
  expect(readToken("#abc", "")).toBe("abc")
  expect(readToken("#token=abc", "")).toBe("abc")
  expect(readToken("", "?token=abc")).toBe("abc")
  expect(readToken("", "")).toBe("")
})
