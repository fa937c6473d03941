/**
 * Trains by a config file and prints our column of the README's table: errors in percent on the training, held-out and
 * test images, and the SHA-256 of the final parameters, which is the same on every machine.
 *
 *     node --conditions=@etude/source papers/lenet-5/scripts/table.ts [config.yaml]
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import path from "node:path"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { Backend, Trainer } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Yaml from "yaml"
import { experiment } from "../src/index.ts"

const file = process.argv[2] ?? path.join(import.meta.dirname, "..", "config.yaml")
const { options, train: config } = Yaml.parse(readFileSync(file, "utf8"))

const program = Effect.gen(function* () {
  const backend = yield* Backend.Backend
  const { task, data } = yield* experiment.make(
    yield* Schema.decodeEffect(experiment.options)(options),
    config.seed,
    "."
  )
  const { state, elapsedSeconds, counts } = yield* Trainer.train(task, {
    config,
    data: { train: data.train, ...(data.validation === undefined ? {} : { validation: data.validation }) }
  })
  const hash = createHash("sha256")
  const names = Object.keys(state.parameters).sort()
  for (const name of names) hash.update(name).update(new Uint8Array(state.parameters[name]!.dataSync().buffer))
  console.log(`${backend.name}: ${counts.steps} steps in ${elapsedSeconds.toFixed(0)} s; sha256 ${hash.digest("hex")}`)
  for (const [name, set] of Object.entries({ train: data.train, heldOut: data.validation, test: data.test })) {
    if (set === undefined || !("read" in set)) continue
    const { accuracy } = (yield* Trainer.test(task, { state, data: set as typeof data.train })).values
    console.log(`${name}: error ${(100 * (1 - accuracy!)).toFixed(2)} % of ${set.length}`)
  }
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(PlanExecutor.on(Wasm.layer))))
