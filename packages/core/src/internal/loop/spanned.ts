/**
 * Spans of a run: a trace shows `Trainer.train`, `epoch`, `validate` and `save`. Unlike those of `Effect.fn` and
 * `Effect.withSpan` they leave no stack frames in the causes of failures: what a run fails with is what was found.
 */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

export const spanned =
  (name: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan>> =>
    Effect.useSpan(name, (span) => Effect.provideService(self, Tracer.ParentSpan, span))
