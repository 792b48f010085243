import { getSite, isReady, viewPlatform } from "../actions/platform.ts"
import type { Handlers } from "./handler.ts"

export const platformHandlers = {
  healthLive: async () => ({ live: true }) as const,
  healthReady: async ({ ctx, reply }) => {
    const health = await isReady(ctx)
    if (!health.ready) void reply.code(503)
    void reply.header("cache-control", "no-store")
    return health
  },
  siteGet: async ({ ctx }) => getSite(ctx),
  platformGet: async ({ ctx, asked }) => viewPlatform(ctx, asked),
} satisfies Partial<Handlers>
