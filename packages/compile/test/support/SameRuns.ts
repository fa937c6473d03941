/** Law 13: a run is the same on every machine. Each function registers a test. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import * as Digests from "./Digests.ts"
import * as EmitterExecutor from "./EmitterExecutor.ts"
import { cache, unavailable } from "./nativeCode.ts"
import * as Sharing from "./Sharing.ts"

export const onNative = (threads: number, machine?: ReadonlyArray<string>) =>
  EmitterExecutor.layer((arena) =>
    Effect.map(NativeEmitter.make({ arena, threads, cache, ...(machine && { machine }) }), Sharing.all)
  )

export const sameOnWebAssembly = (run: Digests.SameRun, threads: number): void => {
  it.live(`${run.subject.name}, on WebAssembly with threads: ${threads}`, () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Digests.measure(run, Digests.onWebAssembly(threads)), run.digest)
    })
  )
}

export const sameOnNative = (run: Digests.SameRun, threads: number, machine?: ReadonlyArray<string>): void => {
  const what = machine === undefined ? "this processor" : machine.join(" ")
  const name = `${run.subject.name}, in native code for ${what} with threads: ${threads}`
  it.live.skipIf(unavailable !== undefined)(name, () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Digests.measure(run, onNative(threads, machine)), run.digest)
    })
  )
}
