/** Ending what can't be ended at once: the training of a trial, which is saved first. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Runs an effect to its end even when it is interrupted, which `leave` is told then. */
export const leaving = <A, E, R>(effect: Effect.Effect<A, E, R>, leave: Effect.Effect<void>): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.forkChild(Effect.interruptible(effect)), (fiber) =>
      restore(Fiber.join(fiber)).pipe(Effect.onInterrupt(() => Effect.andThen(leave, Fiber.await(fiber))))
    )
  )
