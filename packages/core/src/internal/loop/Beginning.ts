/** How a run begins: events, the first hooks, and what they decide. */
import * as Effect from "effect/Effect"
import * as Decision from "../../Decision.ts"
import * as Boundary from "./Boundary.ts"
import * as Continuation from "./Continuation.ts"
import type { Run } from "./Run.ts"
import * as RunState from "./RunState.ts"
import * as Validation from "./Validation.ts"

/** What the first event says of the run. */
const settingOf = ({ task, config, state, data, batches, monitors, backend, executor, description }: Run) => {
  const { name, version, device, reason } = backend
  return {
    task: task.name,
    seed: config.seed,
    config: description().config,
    parameters: Object.values(state.parameters).reduce((sum, { size }) => sum + size, 0),
    trainSamples: data.train.length,
    batchesPerEpoch: batches.batches,
    monitors,
    backend: { name, version, device, reason },
    executor: executor.name,
    ...(executor.description === undefined ? {} : { stepsRunAs: executor.description })
  }
}

/** Says that the run is resumed, and whether beyond the end that callbacks gave it. */
const resume = Effect.fnUntraced(function* (run: Run) {
  RunState.book(run, (books) => ({ ...books, attempt: books.attempt + 1 }))
  const { attempt, ended } = run.state.plain
  const ids = run.callbacks.map(({ id }) => id)
  const beyondEnd = Continuation.continues(ended, ids, run.beyondEnd)
  yield* run.tell.publish("Resumed", { attempt, ...(beyondEnd ? { beyondEnd } : {}), ...settingOf(run) })
  if (beyondEnd) RunState.book(run, (books) => ({ ...books, ended: null }))
  return yield* run.hooks.call("resumed", { description: run.description(), beyondEnd })
})

/** A few batches of each validation set, so that what is wrong with them shows before training. */
const checkSanity = Effect.fnUntraced(function* (run: Run) {
  const { sanityBatches } = run.config.validation
  if (sanityBatches === 0 || run.resumed !== undefined) return
  for (const dataset of Object.values(run.data.validations)) {
    yield* run.evaluate({ ...Validation.settingOf(run, sanityBatches), dataset, weights: run.state })
  }
})

/** Begins a run, or continues it; gives what was decided before the first batch. */
export const begin = Effect.fnUntraced(function* (run: Run) {
  let decision = Decision.proceed
  if (run.resumed !== undefined) decision = yield* resume(run)
  else yield* run.tell.publish("RunStarted", settingOf(run))
  yield* Effect.forEach(run.warnings, run.tell.warn, { discard: true })
  decision = Decision.join(decision, yield* run.hooks.call("trainBegin", { description: run.description() }))
  yield* Boundary.apply(run, decision)
  yield* checkSanity(run)
  yield* Boundary.save(run, decision)
  return decision
})
