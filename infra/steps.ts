// One line a step with its time. A step that fails says what to do, and because every step first looks at
// what is there, the next start goes on from it.
export class StepFailed extends Error {
  override name = "StepFailed"
  readonly advice: string
  constructor(what: string, advice: string, cause?: unknown) {
    super(what, { cause })
    this.advice = advice
  }
}

export interface Step {
  name: string
  /** answers a few words on what it found or did */
  run: (note: (line: string) => void) => Promise<string>
  /** what a person can do when it fails in a way the step did not foresee */
  advice: string
}

export type Print = (line: string) => void

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

export async function runSteps(steps: Step[], print: Print): Promise<void> {
  const width = Math.max(...steps.map((step) => step.name.length))
  for (const step of steps) {
    const began = performance.now()
    try {
      const said = await step.run((line) => print(`      ${line}`))
      print(
        `  ✓ ${step.name.padEnd(width)}  ${formatSeconds(performance.now() - began).padStart(8)}  ${said}`,
      )
    } catch (error) {
      print(`  ✗ ${step.name.padEnd(width)}  ${formatSeconds(performance.now() - began).padStart(8)}`)
      if (error instanceof StepFailed) throw error
      throw new StepFailed(
        `${step.name}: ${error instanceof Error ? error.message : String(error)}`,
        step.advice,
        error,
      )
    }
  }
}

export function describeFailure(error: unknown): string {
  if (error instanceof StepFailed) {
    const indent = (text: string) => text.split("\n").join("\n    ")
    return `\n  ${indent(error.message)}\n\n  What to do: ${indent(error.advice)}\n`
  }
  return `\n  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}
