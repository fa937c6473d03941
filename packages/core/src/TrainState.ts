/**
 * Everything that a run needs to continue, as one value: tensors by name and a plain part with a Schema. Nothing that
 * affects a run lives outside it. `toData` and `fromData` are inverse to each other.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Best, EndedWith } from "./Best.ts"
import { Decision } from "./Decision.ts"
import { Values } from "./Event.ts"
import { Course } from "./internal/loop/Course.ts"
import * as Pace from "./internal/loop/Pace.ts"
import * as Progress from "./Progress.ts"
import * as TensorNames from "./TensorNames.ts"
import * as Tensors from "./Tensors.ts"
import * as Update from "./Update.ts"

/** One line of the history: the values at the end of an epoch or of a validation between epochs. */
export interface HistoryEntry {
  readonly epoch: number
  readonly step: number
  readonly samples: number
  /** The rate at the start of the epoch, of the first parameter group. */
  readonly learningRate: number
  readonly values: Values
}
export const HistoryEntry: Schema.Codec<HistoryEntry> = Schema.Struct({
  epoch: Schema.Natural,
  step: Schema.Natural,
  samples: Schema.Natural,
  learningRate: Schema.Number,
  values: Values
})

export { Best }

/** How callbacks ended a run: the reasons that they gave, and their ids. */
export interface Ended {
  readonly reason: string
  readonly by: ReadonlyArray<string>
}
export const Ended: Schema.Codec<Ended> = Schema.Struct({ reason: Schema.String, by: Schema.Array(Schema.String) })

/** The last batch before a boundary. */
interface LastBatch {
  readonly samples: number
  readonly values: Values
  readonly learningRate: number
}

/** The part of the state that is not tensors. */
export interface Plain {
  readonly version: 1
  readonly seed: number
  /** The number of times that the run has been resumed. */
  readonly attempt: number
  readonly progress: Progress.Progress
  /** How the run goes through its data; null before it has started. */
  readonly course: Course | null
  /** The number of updates per epoch, over the whole run, for schedules in epochs. */
  readonly pace: Pace.Pace
  /**
   * Why callbacks ended the run, and which; null while it may continue. A run that callbacks ended stays ended, as long
   * as one of them is part of it, until a resume requests more. A limit that was reached is not kept: it is reached
   * again where it still holds.
   */
  readonly ended: Ended | null
  /** The product of all factors that controllers requested. */
  readonly learningRateScale: number
  /** The patterns that controllers have thawed, sorted; absent while there are none. See `freezes` of a controller. */
  readonly thawed?: ReadonlyArray<string>
  /** Encoded metric states of the running epoch, by metric. */
  readonly metrics: { readonly [metric: string]: Schema.Json }
  readonly history: ReadonlyArray<HistoryEntry>
  /** The best value of each monitor so far, as its metric says, and where it was. */
  readonly best: { readonly [monitor: string]: Best }
  /** The values whose weights are kept, by the rule that judged them; see `Best.keyOf`. */
  readonly kept: { readonly [rule: string]: Best }
  /** The values measured on the present parameters, by monitor. */
  readonly measured: Values
  /** The best value whose weights the state has since the run ended; null while they are the last ones. */
  readonly endedWith: EndedWith | null
  /** Encoded state of each stateful callback, by id. */
  readonly callbacks: { readonly [id: string]: Schema.Json }
  readonly validated: { readonly step: number; readonly elapsedSeconds: number }
  /** Batches that were left out, by reason. */
  readonly skipped: {
    readonly empty: number
    readonly controller: number
    readonly nonFinite: number
    readonly nonFiniteInARow: number
  }
  readonly rollback: { readonly step: number; readonly times: number }
  /**
   * What still has to be done at this position: the boundary after the last batch (hooks, validation, saving) had
   * started and not ended when the run was interrupted or failed. Null when the next thing is the next batch.
   */
  readonly boundary: { readonly decision: Decision; readonly last: LastBatch | null } | null
}

/** A key that states of before do not have, with what it then is. */
const added = <T, E>(schema: Schema.Codec<T, E>, value: E) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

/** A plain part as older states have it: without the keys that came later. */
type Later = "course" | "pace" | "ended" | "kept" | "measured" | "endedWith"
type PlainEncoded = Omit<Plain, Later> & Partial<Pick<Plain, Later>>
export const Plain: Schema.Codec<Plain, PlainEncoded> = Schema.Struct({
  version: Schema.Literal(1),
  seed: Schema.Int,
  attempt: Schema.Natural,
  progress: Progress.Progress,
  course: added(Schema.NullOr(Course), null),
  pace: added(Pace.Pace, []),
  ended: added(Schema.NullOr(Ended), null),
  learningRateScale: Schema.Number,
  thawed: Schema.optionalKey(Schema.Array(Schema.String)),
  metrics: Schema.Record(Schema.String, Schema.Json),
  history: Schema.Array(HistoryEntry),
  best: Schema.Record(Schema.String, Best),
  kept: added(Schema.Record(Schema.String, Best), {}),
  measured: added(Values, {}),
  endedWith: added(Schema.NullOr(EndedWith), null),
  callbacks: Schema.Record(Schema.String, Schema.Json),
  validated: Schema.Struct({ step: Schema.Natural, elapsedSeconds: Schema.Finite }),
  skipped: Schema.Struct({
    empty: Schema.Natural,
    controller: Schema.Natural,
    nonFinite: Schema.Natural,
    nonFiniteInARow: Schema.Natural
  }),
  rollback: Schema.Struct({ step: Schema.Natural, times: Schema.Natural }),
  boundary: Schema.NullOr(
    Schema.Struct({
      decision: Decision,
      last: Schema.NullOr(Schema.Struct({ samples: Schema.Natural, values: Values, learningRate: Schema.Number }))
    })
  )
})

/** The weights at the best value of a monitor, and the callbacks' averages with which it was measured. */
export type BestWeights = {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  readonly callbacks: Tensors.Owned
}

/** The tensors that a rollback restores. */
export type RollbackTensors = BestWeights & { readonly slots: Tensors.Owned }

export interface TrainState {
  readonly plain: Plain
  /** The tensors that optimizers change. */
  readonly parameters: Tensors.Tensors
  /** Running statistics of batch normalization and the like. */
  readonly statistics: Tensors.Tensors
  /** Optimizer slots by slot and parameter: `slots["m"]["conv1/kernel"]`. */
  readonly slots: Tensors.Owned
  /** Tensors of callbacks by id. */
  readonly callbacks: Tensors.Owned
  /** The weights of the best values that somebody asked to keep, by `Best.keyOf` of the rule. */
  readonly best: { readonly [rule: string]: BestWeights }
  /** The tensors to roll back to; empty unless the non-finite policy is `Rollback`. */
  readonly rollback: Partial<RollbackTensors>
  /** The last weights, from which training continues, where the run ended with the best ones; else empty. */
  readonly last: Partial<BestWeights>
}

/** The groups of tensors in a state. */
export const tensorGroups = ["parameters", "statistics", "slots", "callbacks", "best", "rollback", "last"] as const
export type TensorGroup = (typeof tensorGroups)[number]

/** The plain part before the first step. */
export const initialPlain = (seed: number): Plain => ({
  version: 1,
  seed,
  attempt: 1,
  progress: Progress.start,
  course: null,
  pace: [],
  ended: null,
  learningRateScale: 1,
  metrics: {},
  history: [],
  best: {},
  kept: {},
  measured: {},
  endedWith: null,
  callbacks: {},
  validated: { step: 0, elapsedSeconds: 0 },
  skipped: { empty: 0, controller: 0, nonFinite: 0, nonFiniteInARow: 0 },
  rollback: { step: 0, times: 0 },
  boundary: null
})

/** A second set of handles on the same tensors: nothing is copied, and each state is disposed on its own. */
export const retain = ({ plain, ...tensors }: TrainState): TrainState => ({ plain, ...Tensors.retainTree(tensors) })

/** Gives the memory of all its tensors back. */
export const dispose = (state: TrainState): void => {
  for (const group of tensorGroups) Tensors.disposeTree(state[group])
}

/** A tensor's values on the host. */
export interface TensorData {
  readonly dtype: "float32" | "int32" | "bool"
  readonly shape: ReadonlyArray<number>
  readonly values: Float32Array | Int32Array | Uint8Array
}

/** A state without tensors: the plain part as JSON, the tensors as typed arrays by `group/path`. */
export interface TrainStateData {
  readonly plain: Schema.Json
  readonly tensors: { readonly [path: string]: TensorData }
}

const plainCodec = Schema.toCodecJson(Plain)
export const encodePlain = (plain: Plain): Schema.Json => Schema.encodeSync(plainCodec)(plain) as Schema.Json
export const decodePlain: (plain: unknown) => Plain = Schema.decodeUnknownSync(plainCodec)

/**
 * Tensors of callbacks that stand for parameters, as averages do: those of the same path and shape, by callback. The tensors
 * stay the state's.
 */
export const averages = ({ callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">): Tensors.Owned => {
  const all = Object.entries(callbacks).map(([id, tensors]) => {
    const averaged = Tensors.filter(tensors, (path) => {
      const parameter = Object.hasOwn(parameters, path) ? parameters[path] : undefined
      return parameter !== undefined && parameter.shape.join() === Tensors.get(tensors, path).shape.join()
    })
    return [id, averaged] as const
  })
  return Object.fromEntries(all.filter(([, averaged]) => Object.keys(averaged).length > 0))
}

/** The parameters with the tensors of these callbacks in the place of those of the same path. */
export const withAverages = (
  { callbacks, parameters }: Pick<TrainState, "callbacks" | "parameters">,
  ids: ReadonlyArray<string>
): Tensors.Tensors => Object.assign({}, parameters, ...ids.map((id) => Tensors.ofOwner(callbacks, id)))

/** What decides which weights a state is evaluated with. */
export type Evaluable = Pick<TrainState, "parameters" | "slots" | "callbacks" | "last">

/**
 * The parameters that a state is evaluated with: without what an optimizer says that they are ahead (see `Update.ahead`), unless the run
 * has ended with those already, and with the tensors of these callbacks in their places. The handles are the caller's.
 */
export const evaluated = (state: Evaluable, ids: ReadonlyArray<string> = []): Tensors.Tensors => {
  const ahead = Object.keys(state.last).length > 0 ? {} : Tensors.ofOwner(state.slots, Update.ahead)
  return Tensors.tidy(() =>
    Tensors.map(withAverages(state, ids), (tensor, path) => {
      const isTrained = tensor === state.parameters[path]
      const distance = isTrained && Object.hasOwn(ahead, path) ? ahead[path] : undefined
      return tf.keep(distance === undefined ? tf.clone(tensor) : tf.sub(tensor, distance))
    })
  )
}

/** The tensors of a group by their names in files, such as `slots/m/conv1/kernel`. */
export const named = (state: TrainState, group: TensorGroup): Tensors.Tensors =>
  TensorNames.flatten(group, state[group])

/** Reads every tensor of a state into plain data. */
export const toData = (state: TrainState): TrainStateData => {
  const tensors: Array<readonly [string, TensorData]> = []
  for (const group of tensorGroups) {
    for (const [name, tensor] of Object.entries(named(state, group))) {
      const values = tensor.dataSync().slice() as TensorData["values"]
      tensors.push([name, { dtype: tensor.dtype as TensorData["dtype"], shape: tensor.shape, values }])
    }
  }
  return { plain: encodePlain(state.plain), tensors: Object.fromEntries(tensors) }
}

/** Makes the state that plain data describes. Its tensors belong to the caller. Throws where a name is not one of a state. */
export const fromData = (data: TrainStateData): TrainState => {
  const plain = decodePlain(data.plain)
  const created: Array<readonly [string, tf.Tensor]> = []
  try {
    for (const [name, { values, shape, dtype }] of Object.entries(data.tensors)) {
      created.push([name, tf.keep(tf.tensor(values.slice(), [...shape], dtype))])
    }
    return { plain, ...TensorNames.tree(created) }
  } catch (error) {
    tf.dispose(created.map(([, tensor]) => tensor))
    throw error
  }
}
