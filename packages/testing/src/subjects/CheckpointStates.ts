/** States to save, with everything in them that is easily lost, and how two of them differ. */
import type { RunDescription } from "@etude/core/Checkpoints"
import { proceed } from "@etude/core/Decision"
import type { Values } from "@etude/core/Event"
import { entry } from "@etude/core/Lookup"
import * as TrainState from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"

export interface At {
  readonly epoch: number
  readonly batch?: number
  readonly step?: number
  readonly attempt?: number
  /** The history, oldest first. */
  readonly history?: ReadonlyArray<Values>
  /** Tells states at one position apart. */
  readonly mark?: number
}

/** −0, the smallest number, infinities, and NaNs with payloads, the signalling one included. */
const oddBits = [0x80000000, 0x00000001, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fa12345, 0xffc54321, 0x3f800000]

const odd = (mark: number): tf.Tensor =>
  tf.tensor(new Float32Array(Uint32Array.from([...oddBits, mark]).buffer), [3, 3], "float32")

/** A state at a position, with tensors of every group, dtype and rank. Its tensors belong to the caller. */
export const stateAt = (at: At): TrainState.TrainState => {
  const { epoch, batch = 0, step = epoch * 10 + batch, attempt = 1, history = [], mark = 0 } = at
  const plain = TrainState.initialPlain(7)
  const progress = { epoch, batch, step, samples: step * 4, elapsedSeconds: 0.1 + 0.2 + step }
  return {
    plain: {
      ...plain,
      attempt,
      progress,
      learningRateScale: 0.1 + mark,
      metrics: { mean: { sum: -0, count: 3, of: ["größe", null, true] } },
      history: history.map((values, index) => ({
        epoch: index,
        step: index,
        samples: index,
        learningRate: 1e-7,
        values
      })),
      measured: history.at(-1) ?? {},
      best: { loss: { value: Number.NEGATIVE_INFINITY, epoch: 0, step: 0 } },
      callbacks: { "early stopping": { waited: 2, best: 1e300 } },
      boundary: {
        decision: { ...proceed, saveNow: true, scaleLearningRate: [0.5, 0.1] },
        last: { samples: 3, values: { loss: Number.NaN, "1": -0 }, learningRate: 5e-324 }
      }
    },
    parameters: { "dense/kernel": odd(mark), "dense/bias": tf.zeros([2]), größe: tf.scalar(0.1) },
    statistics: { "norm/mean": tf.tensor([-0, 1.5]) },
    slots: { m: { "dense/kernel": odd(mark + 1) }, steps: { "": tf.scalar(-7, "int32") } },
    callbacks: {
      average: { "dense/bias": tf.tensor([1, 2, 3], [3], "int32") },
      mask: { "": tf.tensor([true, false], [2], "bool") }
    },
    best: { loss: { parameters: { "dense/bias": tf.zeros([0, 3]) }, statistics: {}, callbacks: {} } },
    rollback: { slots: { m: { "dense/kernel": odd(mark + 2) } } },
    last: { parameters: { "dense/bias": tf.zeros([2]) } }
  }
}

/** A description with all its parts. */
export const description: RunDescription = {
  task: "law",
  config: { seed: 7, learningRate: { _tag: "Constant", rate: -0 }, note: "ä\u2028" },
  configHash: "0".repeat(64),
  backend: { name: "cpu", version: "4.22.0", device: "CPU", threads: 1 },
  executor: "eager",
  topology: { "": { layers: [{ units: 2 }] } }
}

const bytesOf = ({ values }: TrainState.TensorData): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

const sameTensor = (a: TrainState.TensorData, b: TrainState.TensorData): boolean => {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.values.length !== b.values.length) return false
  const [left, right] = [bytesOf(a), bytesOf(b)]
  return left.every((byte, index) => byte === right[index])
}

/** The path of the first place at which two JSON values differ, −0 and 0 included. */
export const jsonDifference = (a: unknown, b: unknown, path: string): string | undefined => {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? undefined : `${path} is ${shown(a)} instead of ${shown(b)}`
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = jsonDifference(Reflect.get(a, key), Reflect.get(b, key), path === "" ? key : `${path}.${key}`)
    if (difference !== undefined) return difference
  }
  return undefined
}
const shown = (value: unknown): string => (Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? "absent"))

/** The first place at which a state differs from the expected one, as the rest of a sentence. */
export const difference = (
  found: TrainState.TrainStateData,
  expected: TrainState.TrainStateData
): string | undefined => {
  const plain = jsonDifference(found.plain, expected.plain, "")
  if (plain !== undefined) return plain
  const [names, wanted] = [Object.keys(found.tensors).sort(), Object.keys(expected.tensors).sort()]
  if (names.join() !== wanted.join()) return `the tensors are ${names.join(", ")} instead of ${wanted.join(", ")}`
  const other = names.find((name) => !sameTensor(entry(found.tensors, name), entry(expected.tensors, name)))
  return other === undefined ? undefined : `${other} is not the same bit for bit`
}
