// Every operation has its handler; one file per noun.
import type { Handlers } from "./handler.ts"
import { agreementHandlers } from "./agreements.ts"
import { dataSetHandlers } from "./data-sets.ts"
import { logHandlers } from "./log.ts"
import { outputHandlers } from "./outputs.ts"
import { peopleHandlers } from "./people.ts"
import { platformHandlers } from "./platform.ts"
import { projectHandlers } from "./projects.ts"
import { registerHandlers } from "./register.ts"
import { workspaceHandlers } from "./workspaces.ts"

export const handlers: Handlers = {
  ...platformHandlers,
  ...peopleHandlers,
  ...projectHandlers,
  ...agreementHandlers,
  ...dataSetHandlers,
  ...workspaceHandlers,
  ...outputHandlers,
  ...logHandlers,
  ...registerHandlers,
}
