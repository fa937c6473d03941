import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"
import { checkpoints } from "./support/watch.ts"

/** A tracer that notes each span below the names of those that it is in. */
const noting = () => {
  const spans: Array<string> = []
  const paths = new Map<string, string>()
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const parent = options.parent._tag === "Some" ? paths.get(options.parent.value.spanId) : undefined
      const path = parent === undefined ? options.name : `${parent} > ${options.name}`
      paths.set(span.spanId, path)
      spans.push(path)
      return span
    }
  })
  return { spans, layer: Layer.succeed(Tracer.Tracer, tracer) }
}

describe("the trace of a run", () => {
  it.effect("shows its epochs, validations and saving", () => {
    const { spans, layer } = noting()
    const saving = Callback.controller({ id: "saving", hooks: { epochEnd: () => Decision.saveNow } })
    return Effect.gen(function* () {
      const data = { train: numbers(5), validation: numbers(3) }
      const { state } = yield* Trainer.train(task, {
        config: { ...config, until: { epochs: 2 } },
        data,
        callbacks: saving
      })
      yield* Trainer.test(task, { state, data: data.validation })
      assert.deepStrictEqual(spans, [
        "Trainer.train",
        "Trainer.train > epoch",
        "Trainer.train > epoch > validate",
        "Trainer.train > epoch > save",
        "Trainer.train > epoch",
        "Trainer.train > epoch > validate",
        "Trainer.train > epoch > save",
        "validate"
      ])
    }).pipe(Effect.provide([Cpu.layer, checkpoints().layer, layer]))
  })
})
