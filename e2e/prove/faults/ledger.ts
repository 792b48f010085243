// What the people of the battery did, and what they were told. Acknowledged is what was answered with
// success: it must be there afterwards, once. Unanswered may be there or not, but never twice.
import type { OperationId } from "#contract/index.ts"
import type { Input, Person, Told } from "../../support/person.ts"

export interface Fact {
  readonly who: string
  readonly person: string
  readonly what: OperationId | "cell" | "file" | "request"
  /** unique among all facts of its kind, and findable afterwards */
  readonly key: string
  /** place in the access log, when the answer named one */
  readonly index: number | undefined
  readonly given: Readonly<Record<string, string | number>>
  readonly value: Readonly<Record<string, unknown>>
}

export interface Downloaded {
  readonly release: string
  readonly file: string
  readonly who: string
  readonly sha256: string
  readonly index: number
}

export class Ledger {
  readonly facts: Fact[] = []
  /** keys of what was asked and not answered: may be there once, or not at all */
  readonly open = new Set<string>()
  /** code → how often people were refused or left without an answer */
  readonly refusals = new Map<string, number>()
  readonly silences = new Map<string, number>()
  readonly downloads: Downloaded[] = []
  /** answers that served a wrong thing: none may be here */
  readonly wrong: string[] = []
  /** what people were told of a lost run: workspace state, code, sentence */
  readonly told: { workspace: string; code: string; reason: string }[] = []
  slowest = 0
  #number = 0

  next(prefix: string): string {
    this.#number += 1
    return `${prefix}-${this.#number}`
  }

  /** Calls, and writes down what became of it. */
  async perform(
    person: Person,
    what: OperationId,
    key: string,
    input: Input = {},
    given: Fact["given"] = {},
  ): Promise<Told> {
    this.open.add(key)
    const began = performance.now()
    const told = await person.call(what, input)
    this.slowest = Math.max(this.slowest, performance.now() - began)
    if (told.kind === "done") {
      this.open.delete(key)
      const index = told.value["index"]
      this.facts.push({
        who: person.username,
        person: person.id,
        what,
        key,
        index: typeof index === "number" ? index : undefined,
        given: { ...(input.params as Record<string, string>), ...given },
        value: told.value,
      })
    } else if (told.kind === "refused") {
      this.open.delete(key)
      this.count(this.refusals, `${what}: ${told.code}`)
    } else this.count(this.silences, `${told.status} ${told.code}`)
    return told
  }

  acknowledge(person: Person, what: Fact["what"], key: string, given: Fact["given"] = {}): void {
    this.open.delete(key)
    this.facts.push({
      who: person.username,
      person: person.id,
      what,
      key,
      index: undefined,
      given,
      value: {},
    })
  }

  count(where: Map<string, number>, code: string): void {
    where.set(code, (where.get(code) ?? 0) + 1)
  }

  of(what: Fact["what"]): Fact[] {
    return this.facts.filter((fact) => fact.what === what)
  }
}
