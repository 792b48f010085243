// Faults: kill -9 of every process at random moments while people work, a log that cannot be written, the
// same thing asked twice at once, and orderly stops. What was acknowledged must be there afterwards.
import type { Stack, Tally } from "../support/battery.ts"
import { Findings } from "../support/battery.ts"

export const description = "kill -9 of every process during work, an unwritable log, double clicks, stops"

export async function run(stack: Stack): Promise<Tally> {
  const findings = new Findings((line) => stack.print(line))
  const ready = await fetch(`${stack.installation.site.origin}/api/health/ready`)
  findings.check(ready.status === 200, `the platform is ready (${ready.status})`)
  return findings.tally()
}
