/**
 * One program, compiled once for each form of its inputs: recorded twice, turned into a graph, and compared with its eager
 * results before anything of it is used. Every call gives the graph's results, from the first one on, so that it does not
 * matter in which process or after how many calls a step is made.
 */

import type { NativeBackend } from "@etude/core/kernels/TfjsNode"
import type { TensorTree } from "@etude/core/Tensors"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Agreement from "./Agreement.ts"
import type { Cache } from "./Cache.ts"
import { CompiledDiffers, NotCompilable, ProgramChanged } from "./Errors.ts"
import * as Leaves from "./Leaves.ts"
import * as Messages from "./Messages.ts"
import { current } from "./NativeBinding.ts"
import * as Recorder from "./Recorder.ts"
import * as Recording from "./Recording.ts"
import * as Replay from "./Replay.ts"
import * as Rounding from "./Rounding.ts"
import { Unrecordable } from "./record/Unrecordable.ts"

type Program<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out
/** Gives `use` what the inputs would be at another step. */
export type Another<In> = <A>(inputs: In, use: (others: In) => A) => A

export interface Options<In extends TensorTree> {
  readonly name: string
  readonly another: Another<In> | undefined
  /** Whether what can't be compiled, or not be trusted, runs eagerly; else the error is thrown. */
  readonly eagerly: boolean
  /** Where its graphs are kept, under keys that begin with `id`. */
  readonly graphs: Cache<Entry>
  readonly id: string
  /** Called once for each form of inputs that runs eagerly, with the reason as a sentence's end. */
  readonly onEager: (reason: string) => void
}

interface Graph {
  readonly _tag: "Graph"
  readonly form: Leaves.Flat
  readonly recording: Recording.Recording
  readonly replay: Replay.Replay
  /** A tree of which only the keys matter. */
  readonly outputs: TensorTree
  calls: number
}

/** What a program was found to be for one form of its inputs. */
export type Entry = { readonly _tag: "Eager"; readonly form: Leaves.Flat } | Graph

/** Gives back what an entry holds of TensorFlow's. */
export const release = (entry: Entry): void => {
  if (entry._tag === "Graph") entry.replay.release()
}

/** Paths, shapes and dtypes: what a graph is made for. */
const textOf = (leaves: ReadonlyArray<Leaves.Leaf>): string =>
  leaves.map(({ path, tensor: { dtype, shape } }) => `${path}:${dtype}${shape.join()}`).join(";")

const shapesOf = (leaves: ReadonlyArray<Leaves.Leaf>): string =>
  leaves
    .filter(({ path }) => path.startsWith("batch"))
    .map(({ path, tensor }) => `${path.replaceAll(" ", ".")} [${tensor.shape.join(", ")}]`)
    .join(", ")

/** Calls at which a program is recorded again, to see whether it is still the same: 2, 4, 8, 16, … */
const isLookedAt = (call: number): boolean => call > 1 && (call & (call - 1)) === 0

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The program as a function that compiles itself where it has not been compiled yet. */
export const make = <In extends TensorTree, Out extends TensorTree>(
  program: Program<In, Out>,
  { name, another, eagerly, graphs, id, onEager }: Options<In>
): Program<In, Out> => {
  const runEagerly = (inputs: In): Out => Tensors.tidy(() => program(inputs))

  const refuse = (
    form: Leaves.Flat,
    leaves: ReadonlyArray<Leaves.Leaf>,
    reason: string,
    error: Error = new NotCompilable({ program: name, shapes: shapesOf(leaves), reason })
  ): Entry => {
    if (!eagerly) throw error
    onEager(reason)
    return { _tag: "Eager", form }
  }

  /** In which respect the program does something else now than was recorded. */
  const changes = (backend: NativeBackend, inputs: In, recording: Recording.Recording): string | undefined => {
    try {
      const again = Recorder.record(backend, program, inputs)
      Recorder.dispose(Leaves.of(again.outputs), Leaves.of(inputs))
      return Recording.difference(recording, again.recording)
    } catch (error) {
      if (error instanceof Unrecordable) return error.message
      throw error
    }
  }

  /** Whether a graph gives what the program gave, which `eager` holds. */
  const compare = (
    backend: NativeBackend,
    inputs: In,
    form: Leaves.Flat,
    { recording }: Recorder.Recorded<Out>,
    eager: ReadonlyArray<Leaves.Leaf>,
    replay: Replay.Replay
  ): Agreement.Difference | undefined => {
    const compiled = replay.run(backend, form.tensors)
    try {
      return Agreement.difference(recording.outputs, eager, compiled, () => Rounding.spreads(program, inputs, eager))
    } finally {
      tf.dispose([...compiled])
    }
  }

  const compile = (
    backend: NativeBackend,
    inputs: In,
    form: Leaves.Flat,
    leaves: ReadonlyArray<Leaves.Leaf>
  ): Entry => {
    let recorded: Recorder.Recorded<Out>
    try {
      recorded = Recorder.record(backend, program, inputs)
    } catch (error) {
      if (error instanceof Unrecordable) return refuse(form, leaves, error.message)
      throw error
    }
    const { recording, outputs } = recorded
    const eager = Leaves.of(outputs)
    let replay: Replay.Replay | undefined
    let taken = false
    try {
      const compareWith = (others: In) => changes(backend, others, recording)
      const difference = another === undefined ? compareWith(inputs) : another(inputs, compareWith)
      if (difference !== undefined) {
        return refuse(form, leaves, `it depends on more than its inputs: recorded for another step, ${difference}`)
      }
      try {
        replay = Replay.make(Messages.load(), backend.binding, recording)
      } catch (error) {
        return refuse(form, leaves, `TensorFlow refuses its graph (${message(error)})`)
      }
      const differs = compare(backend, inputs, form, recorded, eager, replay)
      if (differs !== undefined) {
        const reason =
          `compiled, it gives different results (${differs.output} is ${differs.compiled} instead of ${differs.eager}), and ` +
          "rounding alone does not explain the difference"
        return refuse(form, leaves, reason, new CompiledDiffers({ program: name, ...differs }))
      }
      taken = true
      return { _tag: "Graph", form, recording, replay, outputs, calls: 0 }
    } finally {
      if (!taken) replay?.release()
      Recorder.dispose(eager, leaves)
    }
  }

  const keyOf = (leaves: ReadonlyArray<Leaves.Leaf>) => `${id} ${textOf(leaves)}`

  /**
   * Keeps an entry for a form. What fails on the way is compiling, where the program itself runs eagerly; else the error is
   * the program's own, which running it throws.
   */
  const enter = (inputs: In, form: Leaves.Flat, make: (leaves: ReadonlyArray<Leaves.Leaf>) => Entry): Entry => {
    const leaves = Leaves.of(inputs)
    let entry: Entry
    try {
      entry = make(leaves)
    } catch (error) {
      if (!eagerly) throw error
      Recorder.dispose(Leaves.of(runEagerly(inputs)), leaves)
      entry = refuse(form, leaves, `compiling it failed (${message(error)})`)
    }
    graphs.set(keyOf(leaves), entry)
    return entry
  }

  const find = (backend: NativeBackend, inputs: In, form: Leaves.Flat): Entry =>
    graphs.get(keyOf(Leaves.of(inputs))) ?? enter(inputs, form, (leaves) => compile(backend, inputs, form, leaves))

  /** Whether the program turned out to depend on more than its inputs, whatever their form. */
  let changed = false

  /** Counts a call; `false` if a check finds that the program has changed: it runs eagerly from then on. */
  const isSame = (backend: NativeBackend, inputs: In, entry: Graph): boolean => {
    entry.calls++
    const difference = isLookedAt(entry.calls) ? changes(backend, inputs, entry.recording) : undefined
    if (difference === undefined) return true
    if (!eagerly) throw new ProgramChanged({ program: name, call: entry.calls, difference })
    changed = true
    onEager(
      `recorded again at call ${entry.calls}, ${difference}; the calls since number ${entry.calls / 2} may have used what ` +
        "it was before. A program may depend on its inputs only: what changes from step to step must enter as a tensor, " +
        "through an optimizer's or a transform's hyper"
    )
    return false
  }

  let last: Entry | undefined
  return (inputs) => {
    const backend = current()
    if (backend === undefined || changed) return runEagerly(inputs)
    const form = Leaves.flatten(inputs)
    if (last === undefined || !Leaves.sameForm(form, last.form) || !graphs.has(last)) last = find(backend, inputs, form)
    if (last._tag === "Eager") return runEagerly(inputs)
    const entry = last
    let results: ReadonlyArray<tf.Tensor> | undefined
    try {
      if (isSame(backend, inputs, entry)) results = entry.replay.run(backend, form.tensors)
    } catch (error) {
      last = enter(inputs, form, () => {
        throw error
      })
    }
    return results === undefined ? runEagerly(inputs) : (Leaves.rebuild(entry.outputs, results) as Out)
  }
}
