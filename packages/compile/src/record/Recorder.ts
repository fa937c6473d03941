/**
 * Runs a program once, eagerly, and takes down which kernels it calls. It listens at tfjs' engine, where every kernel, every
 * value of JavaScript's and every read passes; what kernels do inside is theirs. A program that could not be run faithfully
 * from the recording ends in `Unrecordable`. To see whether a program is still the same it is run again without computing.
 */
import * as Bytes from "@etude/core/kernels/Bytes"
import type { TensorTree } from "@etude/core/Tensors"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Leaves from "../Leaves.ts"
import { only } from "../Lists.ts"
import * as Hollow from "./Hollow.ts"
import * as Kernels from "./Kernels.ts"
import type { DType, Operation, Recording, Source } from "./Recording.ts"
import type { Call, Result, Running } from "./Running.ts"
import { replacing } from "./replacing.ts"
import * as Sources from "./Sources.ts"
import * as Unrecordable from "./Unrecordable.ts"

export interface Recorded<Out extends TensorTree> {
  readonly recording: Recording
  /** The program's result. The caller owns the tensors. */
  readonly outputs: Out
}

/** Distinguishes an input's bytes from whole numbers: tfjs sees int32 in both. */
export type IsBytes = (tensor: tf.Tensor) => boolean

/** What has been recorded of a program so far. */
interface Heard {
  readonly sources: Sources.Sources
  readonly operations: Array<Operation>
  /** The nesting depth of running kernels. */
  depth: number
  /** The reason why the recording is unusable; the program itself must not fail because of it. */
  problem: Unrecordable.Unrecordable | undefined
}

type RunKernel = (kernel: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap) => Result

const takeDown = (
  { sources, operations }: Heard,
  { kernel, inputs, attributes, taken }: Omit<Call, "index" | "constants">,
  result: Result
): void => {
  const made = Array.isArray(result) ? result : [result]
  if (kernel === Bytes.uploadName) {
    const { values, shape } = attributes as tf.NamedAttrMap & Bytes.UploadAttributes
    sources.given(only(made), values, { shape, dtype: "uint8" })
    return
  }
  const index = operations.length
  const named = Object.entries(inputs)
  const outputs = made.map((tensor) => Sources.specOf(tensor, `what ${kernel} gives`))
  operations.push({
    kernel,
    attributes: Kernels.snapshot(attributes ?? {}) as Readonly<Record<string, unknown>>,
    inputs: taken,
    outputs,
    givesList: Array.isArray(result),
    sharing: made.map(({ dataId }) => named.find(([, input]) => input?.dataId === dataId)?.[0])
  })
  for (const [output, tensor] of made.entries()) sources.made(tensor, { _tag: "Operation", index, output })
}

/** A `runKernel` that records outermost calls. */
const listening =
  (heard: Heard, running: Running, runKernel: RunKernel): RunKernel =>
  (kernel, inputs, attributes) => {
    const run = () => runKernel(kernel, inputs, attributes)
    if (heard.depth > 0) return running.inner(kernel, inputs, run)
    if (Kernels.isDrawing(kernel)) throw Unrecordable.drawing(kernel, "tfjs'")
    if (Kernels.isShapedByValues(kernel)) throw Unrecordable.shapedByValues(kernel)
    const taken: Record<string, Source> = {}
    for (const [name, tensor] of Object.entries(inputs))
      if (tensor !== undefined && tensor !== null) taken[name] = heard.sources.of(tensor, kernel)
    const call = { kernel, inputs, attributes, taken }
    const isGiven = kernel === Bytes.uploadName
    const place = { index: heard.operations.length, constants: heard.sources.constants }
    heard.depth++
    let result: Result
    try {
      result = isGiven ? run() : running.outermost({ ...call, ...place }, run)
    } finally {
      heard.depth--
    }
    takeDown(heard, call, result)
    return result
  }

type Engine = ReturnType<typeof tf.engine>

/** The replacements for the engine's own members. */
const membersOf = (heard: Heard, running: Running, engine: Engine): { readonly [name: string]: unknown } => {
  const lastKernel = () => heard.operations.at(-1)?.kernel
  const [runKernel, makeTensor] = [engine.runKernel.bind(engine), engine.makeTensor.bind(engine)]
  const [readSync, read, incRef] = [engine.readSync.bind(engine), engine.read.bind(engine), engine.incRef.bind(engine)]
  const isRead = (dataId: object) => heard.depth === 0 && !heard.sources.isGiven(dataId)
  return {
    runKernel: listening(heard, running, runKernel),
    makeTensor: (...given: Parameters<typeof makeTensor>) => {
      const tensor = makeTensor(...given)
      if (heard.depth === 0) heard.sources.given(tensor, given[0], Sources.specOf(tensor, "a constant"))
      return tensor
    },
    readSync: (dataId: object) => {
      if (isRead(dataId)) throw Unrecordable.reading(lastKernel())
      return readSync(dataId)
    },
    // The values arrive later; the program continues in the meantime.
    read: (dataId: object) => {
      if (isRead(dataId)) heard.problem ??= Unrecordable.reading(lastKernel())
      return read(dataId)
    },
    // Variables count their data: a failure here would leave a variable without any.
    incRef: (...given: Parameters<typeof incRef>) => {
      heard.problem ??= Unrecordable.changingVariable()
      return incRef(...given)
    }
  }
}

const random = {
  random: () => {
    throw Unrecordable.callingRandom()
  }
}

/**
 * Copies of the inputs that this call may use up: two that are the same data now, such as a parameter and an average that
 * begins with it, are different data at the next call; and data of another backend move to the one that computes with them.
 */
const copies = (leaves: ReadonlyArray<Leaves.Leaf>): ReadonlyArray<tf.Tensor> => {
  const [engine, backend] = [tf.engine(), tf.backend()]
  const seen = new Set<object>()
  return leaves.map(({ tensor }) => {
    const isOwn = seen.has(tensor.dataId) || engine.state.tensorInfo.get(tensor.dataId)?.backend !== backend
    seen.add(tensor.dataId)
    return isOwn ? tf.tensor(tensor.dataSync(), tensor.shape, tensor.dtype) : tf.clone(tensor)
  })
}

/** Kernels compute. */
const eager: Running = { inputs: copies, outermost: (_call, run) => run(), inner: (_kernel, _inputs, run) => run() }

const inputsOf = (leaves: ReadonlyArray<Leaves.Leaf>, isBytes: IsBytes) =>
  leaves.map(({ path, tensor }) => {
    const spec = Sources.specOf(tensor, `the input ${path}`)
    return { path, shape: spec.shape, dtype: isBytes(tensor) ? ("uint8" satisfies DType) : spec.dtype }
  })

const recordBy = <In extends TensorTree, Out extends TensorTree>(
  running: Running,
  program: (inputs: In) => Out,
  given: In,
  isBytes: IsBytes
): Recorded<Out> => {
  const leaves = Leaves.of(given)
  const inputs = inputsOf(leaves, isBytes)
  const heard: Heard = { sources: Sources.make(), operations: [], depth: 0, problem: undefined }
  const { sources, operations } = heard
  const scratch = running.inputs(leaves)
  for (const [index, tensor] of scratch.entries()) sources.input(tensor, index)
  let outputs: Out
  try {
    outputs = replacing(tf.engine(), membersOf(heard, running, tf.engine()), () =>
      replacing(Math, random, () => Tensors.tidy(() => program(Leaves.rebuild(given, scratch) as In)))
    )
  } catch (error) {
    tf.dispose([...scratch])
    throw error
  }
  const made = Leaves.of(outputs)
  try {
    if (heard.problem !== undefined) throw heard.problem
    const from = made.map(({ path, tensor }) => ({ path, source: sources.of(tensor, `the output ${path}`) }))
    return { recording: { inputs, constants: sources.constants, operations, outputs: from }, outputs }
  } catch (error) {
    tf.dispose(made.map(({ tensor }) => tensor))
    throw error
  } finally {
    const kept = new Set(made.map(({ tensor }) => tensor))
    tf.dispose(scratch.filter((tensor) => !kept.has(tensor)))
  }
}

/** Records one call of a program on the backend in use. Throws `Unrecordable`, and whatever the program throws. */
export const record = <In extends TensorTree, Out extends TensorTree>(
  program: (inputs: In) => Out,
  given: In,
  isBytes: IsBytes = () => false
): Recorded<Out> => recordBy(eager, program, given, isBytes)

/**
 * Records a program again without computing; the values of the inputs aren't looked at. Gives `undefined` where it departs from
 * `before` in more than the values of constants, or fails: {@link record} says how. Throws `Unrecordable`.
 */
export const recordAgain = <In extends TensorTree>(
  program: (inputs: In) => TensorTree,
  inputs: In,
  before: Recording,
  isBytes: IsBytes = () => false
): Recording | undefined => {
  try {
    const { recording, outputs } = recordBy(Hollow.running(before), program, inputs, isBytes)
    tf.dispose(Leaves.of(outputs).map(({ tensor }) => tensor))
    return recording
  } catch (error) {
    if (error instanceof Unrecordable.Unrecordable) throw error
    return undefined
  }
}
