// The API as a signed-in page uses it, for what a journey must know but a person does not look at.
import type { Page } from "playwright"

/** Takes the token that the page itself sends, and asks with it. */
export async function askApi<T>(page: Page, path: string): Promise<{ status: number; body: T }> {
  const seen = page.waitForRequest(
    (r) => r.url().includes("/api/") && r.headers()["authorization"] !== undefined,
  )
  await page.reload()
  const authorization = (await seen).headers()["authorization"] ?? ""
  return page.evaluate(
    async ([url, header]) => {
      const answer = await fetch(url as string, { headers: { authorization: header as string } })
      return { status: answer.status, body: await answer.json() }
    },
    [path, authorization],
  )
}
