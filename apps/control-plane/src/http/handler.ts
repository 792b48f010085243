// What a handler is: it unpacks, calls one action and returns; it decides nothing.
import type { FastifyReply, FastifyRequest } from "fastify"
import type { Static, TSchema } from "typebox"
import type { AnyOperation, OperationId, OperationOf } from "#contract/index.ts"
import type { Asked } from "../actions/change.ts"
import type { Ctx } from "../context.ts"
import type { PersonActor } from "../domain/actor.ts"

type Part<O, K extends string> = O extends { readonly [P in K]: infer S }
  ? S extends TSchema
    ? Static<S>
    : unknown
  : undefined

export interface Call<O extends AnyOperation> {
  readonly ctx: Ctx
  readonly asked: Asked & { readonly actor: PersonActor }
  readonly params: Part<O, "params">
  readonly query: Part<O, "query">
  readonly body: Part<O, "body">
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type Answer<O extends AnyOperation> = O["response"] extends TSchema
  ? Static<O["response"]>
  : FastifyReply | undefined

export type Handler<I extends OperationId> = (call: Call<OperationOf<I>>) => Promise<Answer<OperationOf<I>>>

export type Handlers<I extends OperationId = OperationId> = { readonly [K in I]: Handler<K> }
