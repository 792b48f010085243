// Every rule of the engine, in the order of the report.
import { RULES, type RuleId } from "../report.ts"
import { classDisclosure, zeroCell } from "./cells.ts"
import { differencing } from "./differencing.ts"
import { fileType, formula, hiddenContent, size, unreadable } from "./file.ts"
import { identifier } from "./identifier.ts"
import { recovery } from "./recovery.ts"
import { rounding } from "./rounding.ts"
import type { Rule } from "./rule.ts"
import { degreesOfFreedom, dominance, endpoint } from "./statistics.ts"
import { threshold } from "./threshold.ts"
import { unitRecord } from "./unit-record.ts"

const BY_ID: Record<RuleId, Rule> = {
  threshold,
  "zero-cell": zeroCell,
  "class-disclosure": classDisclosure,
  dominance,
  "degrees-of-freedom": degreesOfFreedom,
  endpoint,
  recovery,
  differencing,
  rounding,
  "unit-record": unitRecord,
  identifier,
  "hidden-content": hiddenContent,
  "file-type": fileType,
  unreadable,
  size,
  formula,
}

export const ALL_RULES: readonly Rule[] = RULES.map((id) => BY_ID[id])
