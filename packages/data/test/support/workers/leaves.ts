/** A program that reads in threads, with a scope that it closes, or leaves open, and then has nothing more to do. */
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Workers from "../../../src/Workers.ts"

const [way, from] = process.argv.slice(2)
const module = new URL("./data.ts", import.meta.url)
const program = Effect.gen(function* () {
  const dataset = yield* Workers.dataset(module, { export: from ?? "numbers", workers: 2 })
  const read = dataset.read(Int32Array.of(1, 2), Draw.fixed)
  if (from === "hanging") {
    yield* Effect.forkChild(Effect.isEffect(read) ? read : Effect.void, { startImmediately: true })
  } else console.log((Effect.isEffect(read) ? yield* read : read).inputs.constructor.name)
})
const scope = Scope.makeUnsafe()
await Effect.runPromise(Scope.provide(program, scope))
if (way === "closes") await Effect.runPromise(Scope.close(scope, Exit.void))
