/** Law 13: a run is the same on every machine. Its digest is a constant, whatever runs it. */
import { assert, it } from "@effect/vitest"
import * as Subjects from "@etude/testing/subjects/Subjects"
import type * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as EmitterExecutor from "./EmitterExecutor.ts"
import { cache, unavailable } from "./nativeCode.ts"
import * as Networks from "./networks.ts"
import * as RowPlans from "./RowPlans.ts"
import * as RunDigest from "./RunDigest.ts"

export interface SameRun {
  readonly subject: Trajectory.Subject
  /**
   * SHA-256 of the run. Where it changes on purpose, the executor needs another name too (`PlanExecutor`), since checkpoints
   * made before can't be gone on with bit for bit.
   */
  readonly digest: string
}

const network = (name: string, given: Parameters<typeof Networks.subjectOf>[1]): Trajectory.Subject => {
  const subject = Networks.subjectOf(name, given, 32)
  return { ...subject, config: { ...subject.config, until: { steps: 4 } } }
}

/** With random bits and statistics. */
export const dropout: SameRun = {
  subject: Subjects.dropout,
  digest: "62d440931678e6f36241e196c0863cdf664bb0cb27369b36f95dea3233f80477"
}

/** With microbatches, clipping, validation, averages and noise, too. */
export const everything: SameRun = {
  subject: Subjects.everything,
  digest: "2ad699e423044070f798e9089682af08bdcd2fee17ce307734d7e4bbca0b95d4"
}

export const lenet5: SameRun = {
  subject: network("LeNet-5", Networks.lenet5),
  digest: "47ca57fc3f0a4c94b20a1568231abe4fb507c61befe244ed4b356d31a9b225ab"
}
export const residual: SameRun = {
  subject: network("a residual network", Networks.residual),
  digest: "a7b2580202067aa2dd5315fb4cf54038b6aa92b2043cf02a809d6d7bbe0838f4"
}

/** Each thread takes its part of every task, however small. */
export const onWebAssembly = (threads: number) =>
  EmitterExecutor.layer((arena) => Effect.map(WasmEmitter.make({ threads, arena }), RowPlans.sharing))

export const onNative = (threads: number, machine?: ReadonlyArray<string>) =>
  EmitterExecutor.layer((arena) =>
    Effect.map(NativeEmitter.make({ arena, threads, cache, ...(machine && { machine }) }), RowPlans.sharing)
  )

export const sameOnWebAssembly = ({ subject, digest }: SameRun, threads: number): void => {
  it.live(`${subject.name}, on WebAssembly with threads: ${threads}`, () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* RunDigest.run(subject, onWebAssembly(threads)), digest)
    })
  )
}

export const sameOnNative = ({ subject, digest }: SameRun, threads: number, machine?: ReadonlyArray<string>): void => {
  const what = machine === undefined ? "this processor" : machine.join(" ")
  it.live.skipIf(unavailable !== undefined)(
    `${subject.name}, in native code for ${what} with threads: ${threads}`,
    () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* RunDigest.run(subject, onNative(threads, machine)), digest)
      })
  )
}
