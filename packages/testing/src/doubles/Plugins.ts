/** Callbacks of every kind for tests: with state, with decisions, with tensors and random draws. */
import * as Callback from "@etude/core/Callback"
import * as Decision from "@etude/core/Decision"
import { entry } from "@etude/core/Lookup"
import type { Progress } from "@etude/core/Progress"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Halves the learning rate when the loss of a batch was not below its best for `patience` batches. Its state is the point. */
export const impatient = (patience = 2, id = "impatient") =>
  Callback.controller({
    id,
    state: {
      schema: Schema.Struct({ best: Schema.Number, waited: Schema.Natural }),
      initial: { best: Number.POSITIVE_INFINITY, waited: 0 }
    },
    hooks: {
      batchEnd: ({ values }, { best, waited }) => {
        const loss = entry(values, "loss")
        if (loss < best) return [{ best: loss, waited: 0 }]
        if (waited + 1 < patience) return [{ best, waited: waited + 1 }]
        return [{ best, waited: 0 }, Decision.scaleLearningRate(0.5)]
      }
    }
  })

/** Counts every hook in which it may decide, and shrinks the learning rate a little at each of them, however often it acted. */
export const meddler = (id = "meddler") => {
  const act = (_event: unknown, { acted }: { readonly acted: number }) =>
    [{ acted: acted + 1 }, Decision.scaleLearningRate(1 - 0.01 * (acted % 3))] as const
  return Callback.controller({
    id,
    state: { schema: Schema.Struct({ acted: Schema.Natural }), initial: { acted: 0 } },
    hooks: {
      epochBegin: act,
      batchBegin: act,
      batchEnd: { when: ({ step }) => step % 2 === 0, run: (event, state) => Effect.sync(() => act(event, state)) },
      validationEnd: act,
      epochEnd: act
    }
  })
}

/** A running average of the parameters, a ← 0.9·a + 0.1·p, with which validation is done. */
export const averaging = (id = "averaging") =>
  Callback.transform({
    id,
    transform: {
      tensors: Tensors.retain,
      parameters: (parameters, tensors) => ({
        tensors: Tensors.map(tensors, (average, path) =>
          tf.add(tf.mul(average, 0.9), tf.mul(Tensors.get(parameters, path), 0.1))
        )
      })
    },
    hooks: { validationBegin: () => Decision.useParameters(id) }
  })

/** Adds noise of deviation 0.01 to the inputs, drawn from its own stream of the step. */
export const noise = (id = "noise") =>
  Callback.transform({
    id,
    transform: {
      batch: (batch, { random }) => {
        const inputs = batch.inputs as tf.Tensor
        return { ...batch, inputs: tf.add(inputs, tf.mul(RandomBits.normal(random, "inputs", inputs.shape), 0.01)) }
      }
    }
  })

/** Looks at everything at every hook, and draws random numbers on the host. */
export const onlooker = () => {
  const look = ({ progress, state }: Callback.At): void => {
    const stream = Rng.named(Rng.key(state().plain.seed), "onlooker")
    Rng.uniform(stream, progress.step)
    for (const tensor of Object.values(state().parameters)) tensor.dataSync()
  }
  return Callback.observer({
    id: "onlooker",
    hooks: {
      trainBegin: look,
      epochBegin: look,
      batchBegin: look,
      batchEnd: look,
      batchSkipped: look,
      validationBegin: look,
      validationBatchBegin: look,
      validationBatchEnd: look,
      validationEnd: look,
      epochEnd: look,
      trainEnd: look
    }
  })
}

/** Draws random numbers inside the step, and changes nothing. */
export const idleDrawer = () =>
  Callback.transform({
    id: "idleDrawer",
    transform: {
      batch: (batch, { random }) => {
        random.bits("unused", [1])
        return batch
      }
    }
  })

type AtStep = (progress: Progress) => boolean

const ending = (id: string, when: AtStep, run: () => Effect.Effect<void>) =>
  Callback.observer({ id, hooks: { batchEnd: { when, run } } })

/** Interrupts the run from inside, after the batches that satisfy `when`. */
export const interrupting = (when: AtStep) => ending("~testing/interrupting", when, () => Effect.interrupt)

/** Dies after the batches that satisfy `when`. */
export const dying = (when: AtStep) =>
  ending("~testing/dying", when, () => Effect.die(new Error("a defect, on purpose")))

/** The hooks at which a run can be cut between batches, besides `batchEnd`. */
export const cuts = ["trainBegin", "epochBegin", "validationBegin", "validationEnd", "epochEnd"] as const
export type Cut = (typeof cuts)[number]

const atCuts = (id: string, run: (cut: Cut, step: number) => Effect.Effect<void> | void) =>
  Callback.observer({
    id,
    hooks: Object.fromEntries(cuts.map((cut) => [cut, ({ progress }: Callback.At) => run(cut, progress.step)])) as {
      readonly [cut in Cut]: (event: Callback.At) => Effect.Effect<void> | void
    }
  })

/** Interrupts the run from inside at a hook, where so many steps have been done. */
export const interruptingAt = (cut: Cut, step: number) =>
  atCuts("~testing/interrupting", (hook, index) => (hook === cut && index === step ? Effect.interrupt : undefined))

/** Notes where a run can be cut. */
export const cutting = () => {
  const seen: Array<{ readonly cut: Cut; readonly step: number }> = []
  return { seen, layer: atCuts("~testing/cutting", (cut, step) => void seen.push({ cut, step })) }
}

/** The error that {@link quitting} fails with. */
export class Quit extends Schema.TaggedError<Quit>()("Quit", { step: Schema.Natural }) {
  override get message() {
    return `a callback failed after step ${this.step}, on purpose`
  }
}

/** Fails with {@link Quit} after the batches that satisfy `when`. */
export const quitting = (when: AtStep) =>
  Callback.observer({
    id: "~testing/quitting",
    hooks: { batchEnd: { when, run: ({ progress }) => Effect.fail(new Quit({ step: progress.step })) } }
  })

/** Finds something wrong before the first step. */
export const refusing = Callback.observer({
  id: "~testing/refusing",
  hooks: {},
  check: Effect.succeed([{ path: "callbacks.~testing/refusing", message: "refuses, on purpose" }])
})
