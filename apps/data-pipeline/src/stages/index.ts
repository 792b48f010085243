// The stages by name, each behind its parameters' schema.
import type { TSchema } from "typebox"
import { Value } from "typebox/value"
import * as contract from "../contract.ts"
import { PipelineError } from "../domain/errors.ts"
import type { StageContext } from "../stage.ts"
import { deidentify } from "./deidentify.ts"
import { extract } from "./extract.ts"
import { land } from "./land.ts"
import { link } from "./link.ts"
import { snapshot } from "./snapshot.ts"
import { validate } from "./validate.ts"

function parse<T>(schema: TSchema, params: unknown): T {
  if (Value.Check(schema, params)) return params as T
  const [first] = Value.Errors(schema, params)
  throw new PipelineError("params_invalid", `the parameters are not valid at ${first?.instancePath || "/"}`)
}

/** Throws PipelineError with a stable code; anything else is a bug. */
export async function runStage(stage: contract.Stage, params: unknown, ctx: StageContext): Promise<unknown> {
  switch (stage) {
    case "land":
      return land(ctx, parse(contract.LandParams, params))
    case "validate":
      return validate(ctx, parse(contract.ValidateParams, params))
    case "link":
      return link(ctx, parse(contract.LinkParams, params))
    case "deidentify":
      return deidentify(ctx, parse(contract.DeidentifyParams, params))
    case "snapshot":
      return snapshot(ctx, parse(contract.SnapshotParams, params))
    case "extract":
      return extract(ctx, parse(contract.ExtractParams, params))
  }
}
