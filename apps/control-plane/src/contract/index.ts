// Every operation of the API, in one list.
import { agreementOperations } from "./agreements.ts"
import { dataSetOperations } from "./data-sets.ts"
import { logOperations } from "./log.ts"
import type { Operation } from "./operation.ts"
import { outputOperations } from "./outputs.ts"
import { peopleOperations } from "./people.ts"
import { platformOperations } from "./platform.ts"
import { projectOperations } from "./projects.ts"
import { registerOperations } from "./register.ts"
import { workspaceOperations } from "./workspaces.ts"

const all = [
  ...platformOperations,
  ...peopleOperations,
  ...projectOperations,
  ...agreementOperations,
  ...dataSetOperations,
  ...workspaceOperations,
  ...outputOperations,
  ...logOperations,
  ...registerOperations,
] as const

export type AnyOperation = (typeof all)[number]
export type OperationId = AnyOperation["id"]
export type OperationOf<I extends OperationId> = Extract<AnyOperation, { id: I }>
export const operations: readonly Operation[] = all
export const operationById: ReadonlyMap<string, Operation> = new Map(all.map((o) => [o.id, o]))
