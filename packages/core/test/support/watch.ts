import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Callback from "../../src/Callback.ts"
import { Checkpoints } from "../../src/Checkpoints.ts"
import { CheckpointError } from "../../src/Errors.ts"

/** Every hook there is, in the order of the documentation. */
export const hookNames = [
  "resumed",
  "trainBegin",
  "epochBegin",
  "batchBegin",
  "batchEnd",
  "batchSkipped",
  "validationBegin",
  "validationBatchBegin",
  "validationBatchEnd",
  "validationEnd",
  "epochEnd",
  "checkpointSaved",
  "interrupted",
  "failed",
  "trainEnd",
  "testBegin",
  "testBatchBegin",
  "testBatchEnd",
  "testEnd",
  "predictBegin",
  "predictBatchBegin",
  "predictBatchEnd",
  "predictEnd"
] as const satisfies ReadonlyArray<Callback.HookName>

/** Notes every hook as `name epoch.batch.step`, with what else tells one from another. */
export const watcher = (id = "watcher") => {
  const seen: Array<string> = []
  const note = (name: string) => (event: any) => {
    const { epoch, batch, step } = event.progress
    const more = [event.name, event.reason].filter((part) => part !== undefined)
    if (name.includes("Batch")) more.push(`batch ${event.batch}`)
    seen.push([name, `${epoch}.${batch}.${step}`, ...more].join(" "))
  }
  const hooks = Object.fromEntries(hookNames.map((name) => [name, note(name)]))
  return { seen, layer: Callback.observer({ id, hooks }) }
}

/** A store of checkpoints that keeps the steps it was asked to save. */
export const checkpoints = (fails = false) => {
  const steps: Array<number> = []
  const missing = Effect.die(new Error("this double only saves"))
  const layer = Layer.succeed(Checkpoints, {
    save: (state) => {
      const { epoch, batch, step } = state.plain.progress
      if (fails) return Effect.fail(new CheckpointError({ path: `step-${step}`, reason: "the disk is full" }))
      return Effect.sync(() => {
        steps.push(step)
        const { attempt } = state.plain
        return {
          id: `step-${step}`,
          path: `checkpoints/step-${step}`,
          epoch,
          batch,
          step,
          attempt,
          values: {},
          bytes: 0
        }
      })
    },
    load: () => missing,
    latest: Effect.succeed(Option.none()),
    best: () => missing,
    list: missing,
    verify: () => missing,
    delete: () => missing,
    settled: Effect.void
  })
  return { steps, layer }
}
