// What a battery of `npm run prove` is. Each is one file e2e/prove/NAME.ts; what it is made of lies in the
// folder of the same name. It counts for itself and fails when a count it states was not reached.
import type { Installation } from "../../infra/installation.ts"

export interface Stack {
  readonly installation: Installation
  /** what integration tests and journeys read; process.env has it too while a battery runs */
  readonly environment: Readonly<Record<string, string>>
  /** everything random in a battery comes from it */
  readonly seed: number
  /** how much of the battery to do, in its own unit; undefined is the full battery */
  readonly rounds: number | undefined
  /** only these parts of a battery that has parts; undefined is all of them */
  readonly parts: readonly string[] | undefined
  print(line: string): void
}

export interface Tally {
  readonly passed: number
  readonly failed: number
}

export interface Battery {
  /** one line */
  readonly description: string
  run(stack: Stack): Promise<Tally>
}

/** A seeded source of numbers in [0, 1): mulberry32, enough to choose moments and order. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Counts what held and prints what did not. */
export class Findings {
  passed = 0
  readonly failures: string[] = []
  readonly #print: (line: string) => void

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  check(holds: boolean, what: string): boolean {
    if (holds) this.passed += 1
    else {
      this.failures.push(what)
      this.#print(`  ✗ ${what}`)
    }
    return holds
  }

  tally(): Tally {
    return { passed: this.passed, failed: this.failures.length }
  }
}
