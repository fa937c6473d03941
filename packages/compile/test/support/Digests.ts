/**
 * Runs whose SHA-256 is a constant, whatever runs them. Where one changes on purpose, the executor needs another name too
 * (`PlanExecutor`), since checkpoints that were made before can't be gone on with bit for bit.
 */
import * as Wasm from "@etude/backend/Wasm"
import type { StepExecutor } from "@etude/core"
import * as Subjects from "@etude/testing/subjects/Subjects"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as EmitterExecutor from "./EmitterExecutor.ts"
import * as Networks from "./networks.ts"
import * as RunDigest from "./RunDigest.ts"
import * as Sharing from "./Sharing.ts"

export interface SameRun {
  readonly subject: Trajectory.Subject
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
  EmitterExecutor.layer((arena) => Effect.map(WasmEmitter.make({ threads, arena }), Sharing.all))

/** The digest of a run with this executor, recorded on the WASM backend as everywhere. */
export const measure = <E>(
  { subject }: SameRun,
  executor: Layer.Layer<StepExecutor.StepExecutor, E>,
  backend: ReturnType<typeof Wasm.layerWith> = Wasm.layer
) =>
  Trajectory.record(subject).pipe(
    Effect.flatMap((trajectory) => Effect.promise(() => RunDigest.of(trajectory))),
    Effect.provide(executor.pipe(Layer.provideMerge(backend)))
  )

/** In a page, which finds the backend's files beside it. */
export const inPage = (threads: number): Promise<string> =>
  Effect.runPromise(measure(lenet5, onWebAssembly(threads), Wasm.layerWith({ paths: "/" })))
