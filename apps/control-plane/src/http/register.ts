import { getLanding, getRegisterProject, listRegister, registerCsv } from "../actions/register.ts"
import type { Handlers } from "./handler.ts"

export const registerHandlers = {
  registerList: async ({ ctx, query }) => listRegister(ctx, query.q),
  registerGet: async ({ ctx, params }) => getRegisterProject(ctx, params.number),
  registerCsv: async ({ ctx, reply }) =>
    reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="register.csv"')
      .send(await registerCsv(ctx)),
  landingGet: async ({ ctx }) => getLanding(ctx),
} satisfies Partial<Handlers>
