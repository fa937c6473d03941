/**
 * A training process for tests that kill it: `node training.ts FOLDER STEPS sync|async BACKEND`. It goes on from the newest
 * intact checkpoint of the folder, saves often, and at the end prints one line with the SHA-256 of its final state.
 */
import { createHash } from "node:crypto"
import { appendFileSync } from "node:fs"
import { Auto, Cpu, Wasm } from "@etude/backend"
import { Callback, Checkpoints, Trainer, TrainState } from "@etude/core"
import * as Plugins from "@etude/testing/doubles/Plugins"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as AsyncSaving from "../../src/AsyncSaving.ts"
import * as FileStore from "../../src/FileStore.ts"
import * as Keep from "../../src/Keep.ts"
import * as SaveWhen from "../../src/SaveWhen.ts"
import * as Saving from "../../src/Saving.ts"

const [folder = "", steps = "", mode = "", backend = ""] = process.argv.slice(2)

const task = Tiny.perceptron({ dropout: 0.3, centred: "running" })
const config = {
  seed: 5,
  until: { steps: Number(steps) },
  batchSize: 4,
  microbatchSize: 3,
  optimizer: { _tag: "Adam" },
  learningRate: { _tag: "Cosine", rate: 0.01, over: { steps: Number(steps) } },
  validation: { every: { steps: 5 } }
} as const

/** SHA-256 of every tensor and of the plain part, without what is about time and attempts. */
const digest = (state: TrainState.TrainState): string => {
  const { plain, tensors } = TrainState.toData(state)
  const { attempt: _, ...rest } = plain as Record<string, any>
  const { elapsedSeconds: _1, ...progress } = rest["progress"]
  const { saver: _2, checkpoints: _3, ...callbacks } = rest["callbacks"]
  const { elapsedSeconds: _4, ...validated } = rest["validated"]
  const hash = createHash("sha256").update(JSON.stringify({ ...rest, progress, callbacks, validated }))
  for (const path of Object.keys(tensors).sort()) {
    const { values } = tensors[path]!
    hash.update(path).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest("hex")
}

const program = Effect.gen(function* () {
  const store = yield* Checkpoints.Checkpoints
  const latest = yield* store.latest
  const state = Option.map(latest, ({ data }) => TrainState.fromData(data))
  const resumedFrom = Option.map(latest, ({ saved }) => saved.id)
  // One line for each attempt: the test waits for it, and can tell where each began.
  appendFileSync(`${folder}.log`, `begin ${Option.match(resumedFrom, { onNone: () => 0, onSome: (id) => id })}\n`)
  process.stdout.write("begin\n")
  const result = yield* Trainer.train(task, {
    config,
    data: { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) },
    callbacks: Layer.mergeAll(
      Plugins.impatient(3),
      Plugins.averaging(),
      Saving.layer({
        when: SaveWhen.everySteps(2),
        keep: Keep.last(2),
        ...Option.match(resumedFrom, { onNone: () => ({}), onSome: (id) => ({ resumedFrom: id }) })
      }),
      Callback.observer({ id: "onlooker", hooks: { batchEnd: () => {} } })
    ),
    ...Option.match(state, { onNone: () => ({}), onSome: (given) => ({ state: given }) })
  })
  process.stdout.write(`${digest(result.state)}\n`)
}).pipe(Effect.scoped)

const files = FileStore.layer({ folder })
const stores = mode === "async" ? AsyncSaving.layer().pipe(Layer.provide(files)) : files
const backends = backend === "cpu" ? Cpu.layer : backend === "wasm" ? Wasm.layer : Auto.layer
Effect.runPromise(program.pipe(Effect.provide(Layer.mergeAll(stores, backends)))).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
