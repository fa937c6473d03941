/**
 * One program, compiled once for each form of its inputs: recorded twice, turned into a graph, and compared with its eager
 * results before anything of it is used. Every call gives the graph's results, from the first one on, so that it does not
 * matter in which process or after how many calls a step is made.
 */

import type { TensorTree } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Agreement from "./Agreement.ts"
import type { Cache } from "./Cache.ts"
import { CompiledDiffers, NotCompilable, ProgramChanged } from "./Errors.ts"
import * as Leaves from "./Leaves.ts"
import * as Messages from "./Messages.ts"
import { current, type NativeBackend } from "./NativeBinding.ts"
import * as Recorder from "./Recorder.ts"
import * as Recording from "./Recording.ts"
import * as Replay from "./Replay.ts"

type Program<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out
/** Gives `use` what the inputs would be at another step. */
export type Another<In> = <A>(inputs: In, use: (others: In) => A) => A

export interface Options<In extends TensorTree> {
  readonly name: string
  readonly another: Another<In> | undefined
  /** Whether what can't be compiled runs eagerly; else `NotCompilable` is thrown. */
  readonly eagerly: boolean
  /** Where its graphs are kept, under keys that begin with `id`. */
  readonly graphs: Cache<Entry>
  readonly id: string
  /** Told once for each form of inputs that can't be compiled. */
  readonly onEager: (error: NotCompilable) => void
}

/** What a program was found to be for one form of its inputs. */
export type Entry =
  | { readonly _tag: "Eager"; readonly form: Leaves.Flat }
  | {
      readonly _tag: "Graph"
      readonly form: Leaves.Flat
      readonly recording: Recording.Recording
      readonly replay: Replay.Replay
      /** A tree of which only the keys are looked at. */
      readonly outputs: TensorTree
      calls: number
    }

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
  const runEagerly = (inputs: In): Out => tf.tidy(() => program(inputs) as never) as Out

  const refuse = (form: Leaves.Flat, leaves: ReadonlyArray<Leaves.Leaf>, reason: string): Entry => {
    const error = new NotCompilable({ program: name, shapes: shapesOf(leaves), reason })
    if (!eagerly) throw error
    onEager(error)
    return { _tag: "Eager", form }
  }

  /** In which respect the program does something else now than was recorded. */
  const changes = (backend: NativeBackend, inputs: In, recording: Recording.Recording): string | undefined => {
    try {
      const again = Recorder.record(backend, program, inputs)
      Recorder.dispose(Leaves.of(again.outputs), Leaves.of(inputs))
      return Recording.difference(recording, again.recording)
    } catch (error) {
      if (error instanceof Recorder.Unrecordable) return error.message
      throw error
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
      if (error instanceof Recorder.Unrecordable) return refuse(form, leaves, error.message)
      throw error
    }
    const { recording, outputs } = recorded
    const eager = Leaves.of(outputs)
    try {
      const compare = (others: In) => changes(backend, others, recording)
      const changed = another === undefined ? compare(inputs) : another(inputs, compare)
      if (changed !== undefined) {
        return refuse(form, leaves, `it depends on more than its inputs: recorded for another step, ${changed}`)
      }
      let replay: Replay.Replay
      try {
        replay = Replay.make(Messages.load(), backend.binding, recording)
      } catch (error) {
        return refuse(form, leaves, `TensorFlow does not take its graph (${message(error)})`)
      }
      const compiled = replay.run(backend, form.tensors)
      try {
        const found = Agreement.difference(
          recording.outputs,
          eager.map(({ tensor }) => tensor),
          compiled
        )
        if (found !== undefined) {
          replay.release()
          throw new CompiledDiffers({ program: name, ...found })
        }
      } finally {
        tf.dispose([...compiled])
      }
      return { _tag: "Graph", form, recording, replay, outputs, calls: 0 }
    } finally {
      Recorder.dispose(eager, leaves)
    }
  }

  const find = (backend: NativeBackend, inputs: In, form: Leaves.Flat): Entry => {
    const leaves = Leaves.of(inputs)
    const key = `${id} ${textOf(leaves)}`
    const known = graphs.get(key)
    if (known !== undefined) return known
    const made = compile(backend, inputs, form, leaves)
    graphs.set(key, made)
    return made
  }

  let last: Entry | undefined
  return (inputs) => {
    const backend = current()
    if (backend === undefined) return runEagerly(inputs)
    const form = Leaves.flatten(inputs)
    if (last === undefined || !Leaves.sameForm(form, last.form) || !graphs.has(last)) last = find(backend, inputs, form)
    if (last._tag === "Eager") return runEagerly(inputs)
    last.calls++
    if (isLookedAt(last.calls)) {
      const difference = changes(backend, inputs, last.recording)
      if (difference !== undefined) throw new ProgramChanged({ program: name, call: last.calls, difference })
    }
    return Leaves.rebuild(last.outputs, last.replay.run(backend, form.tensors)) as Out
  }
}
