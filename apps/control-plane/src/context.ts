// What actions are given: the database, the log, the policies, the clock and the world behind small
// interfaces. Built once, in main.ts (or by a test), never imported as a value.
import type { Pool } from "pg"
import type { Cosignatures } from "./audit/cosignatures.ts"
import type { Audit } from "./audit/types.ts"
import type { Config } from "./config.ts"
import type { Access } from "./domain/decide.ts"
import type { AgentDriver } from "./drivers/agent.ts"
import type { CustodyDriver } from "./drivers/custody.ts"
import type { IdentityDriver } from "./drivers/identity.ts"
import type { Jobs } from "./drivers/jobs.ts"
import type { Live } from "./drivers/live.ts"
import type { MailDriver } from "./drivers/mail.ts"
import type { ObjectStore } from "./drivers/objects.ts"
import type { Db } from "./store/db.ts"

export interface Clock {
  now(): Date
}

export interface Logger {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

export interface Drivers {
  readonly agent: AgentDriver
  readonly custody: CustodyDriver
  readonly identity: IdentityDriver
  readonly mail: MailDriver
  readonly objects: ObjectStore
}

export interface Ctx {
  readonly config: Config
  readonly db: Db
  readonly pool: Pool
  readonly audit: Audit
  readonly cosignatures: Cosignatures
  readonly access: Access
  readonly clock: Clock
  readonly drivers: Drivers
  readonly live: Live
  readonly jobs: Jobs
  readonly log: Logger
}
