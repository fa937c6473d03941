/** The page's worker: trains on request, then answers with the trained model. */
import * as Wasm from "@etude/backend/Wasm"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import { StepExecutor } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { fetchFrom, first, split } from "./Digits.ts"
import { digestOf } from "./digest.ts"
import type { Settings, ToPage, ToWorker } from "./Messages.ts"
import { stepsOf, train } from "./training.ts"
import * as Visitor from "./Visitor.ts"

const here = new URL(".", location.href)
const tell = (message: ToPage): void => postMessage(message)

const trained = Effect.fnUntraced(function* ({ epochs, images }: Settings, said: Queue.Dequeue<ToWorker>) {
  const digits = first(yield* Effect.promise(() => fetchFrom(here)), images)
  const { name } = yield* StepExecutor.StepExecutor
  const { length } = digits.labels
  tell({ _tag: "Ready", executor: name, images: length, steps: stepsOf(length, epochs) })
  const visitor = { said, tell, image: Visitor.inTurn(split(digits).heldOut) }
  const { state, reason, counts } = yield* train({ digits, epochs, callbacks: Visitor.layer(visitor) })
  const digest = (yield* Effect.promise(() => digestOf(state.parameters))) ?? ""
  tell({ _tag: "Ended", reason, step: counts.steps, digest })
  for (;;) Visitor.answer(yield* Queue.take(said), state, visitor)
})

const executed = (threads: number) =>
  Layer.provideMerge(PlanExecutor.layerWith({ threads }), Wasm.layerWith({ paths: here.href }))

const program = Effect.gen(function* () {
  const said = yield* Queue.unbounded<ToWorker>()
  addEventListener("message", ({ data }: MessageEvent<ToWorker>) => Queue.offerUnsafe(said, data))
  const message = yield* Queue.take(said)
  if (message._tag !== "Start") return yield* Effect.die(new Error("Nothing was started yet."))
  return yield* Effect.provide(trained(message, said), executed(message.threads))
})

const failed = (error: { readonly message: string }) =>
  Effect.sync(() => tell({ _tag: "Failed", message: error.message }))

Effect.runFork(
  program.pipe(
    Effect.scoped,
    Effect.catch(failed),
    Effect.catchDefect((defect) => failed(new Error(String(defect))))
  )
)
