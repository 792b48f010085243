// The answer key as a value: parameters of the synthetic data, typed.
import { readFileSync } from "node:fs"

type AgeSplit = { under70: number; over70: number }
export type Outcome = {
  perHundredThousandYears: number
  inflation: number
  perDecade: number
  male: number
  codes: string[]
  hazardRatio: { AZ: AgeSplit; PF: AgeSplit }
}
export type AnswerKey = {
  people: number
  start: string
  end: string
  afterExposure: number
  products: { AZ: string; PF: string }
  firstAZDay: number
  shareAZ: number
  uptake: { fromAge: number; share: number; firstDay: number; days: number }[]
  outcomes: Record<string, Outcome>
  diseases: {
    name: string
    code: string
    logit: number
    perDecade: number
    male: number
    deprivation: number
    smoker: number
  }[]
  medicines: { disease: string; share: number; bnf: string; dmd: string; quantity: number }[]
}

export function readAnswerKey(): AnswerKey {
  return JSON.parse(readFileSync(new URL("answer-key.json", import.meta.url), "utf8")) as AnswerKey
}
