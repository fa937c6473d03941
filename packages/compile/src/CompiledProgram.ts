/**
 * One program, compiled once for each form of its inputs: recorded twice, compiled, and compared with its eager results
 * before anything of it is used. Every call gives the compiled program's results, from the first one on, so that it does not
 * matter in which process or after how many calls a step is made.
 */

import type { TensorTree } from "@etude/core/Tensors"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Agreement from "./Agreement.ts"
import type { Cache } from "./Cache.ts"
import type { Compiled, Compiler, Recorded, Recording } from "./Compiler.ts"
import { CompiledDiffers, NotCompilable, ProgramChanged, ThreadFailed } from "./Errors.ts"
import * as Leaves from "./Leaves.ts"
import * as Rounding from "./Rounding.ts"
import { Unrecordable } from "./record/Unrecordable.ts"

type Program<In extends TensorTree, Out extends TensorTree> = (inputs: In) => Out
/** Calls `use` with the inputs of a different step. */
export type Another<In> = <A>(inputs: In, use: (others: In) => A) => A

export interface Options<R extends Recording, In extends TensorTree> {
  readonly compiler: Compiler<R>
  readonly name: string
  readonly another: Another<In> | undefined
  /** Whether a program that can't be compiled or trusted runs eagerly; else the error is thrown. */
  readonly eagerly: boolean
  /** The cache for the compiled program, under keys that begin with `id`. */
  readonly kept: Cache<Entry<R>>
  readonly id: string
  /** Called once for each form of inputs that runs eagerly, with the reason as the end of a sentence. */
  readonly onEager: (reason: string) => void
}

interface InUse<R> {
  readonly _tag: "Compiled"
  readonly form: Leaves.Matcher
  readonly recording: R
  readonly compiled: Compiled
  readonly treeOf: ReturnType<typeof Leaves.builder>
  calls: number
}

/** The result of compiling a program for one form of its inputs. */
export type Entry<R> = { readonly _tag: "Eager"; readonly form: Leaves.Matcher } | InUse<R>

/** Releases an entry's resources. */
export const release = (entry: Entry<unknown>): void => {
  if (entry._tag === "Compiled") entry.compiled.release()
}

/** Paths, shapes and dtypes: what a program is compiled for. */
const textOf = (leaves: ReadonlyArray<Leaves.Leaf>): string =>
  leaves.map(({ path, tensor: { dtype, shape } }) => `${path}:${dtype}${shape.join()}`).join(";")

const shapesOf = (leaves: ReadonlyArray<Leaves.Leaf>): string =>
  leaves
    .filter(({ path }) => path.startsWith("batch"))
    .map(({ path, tensor }) => `${path.replaceAll(" ", ".")} [${tensor.shape.join(", ")}]`)
    .join(", ")

/** The calls at which a program is recorded again, to check that it has not changed: 2, 4, 8, 16, … */
const isLookedAt = (call: number): boolean => call > 1 && (call & (call - 1)) === 0

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The program as a function that compiles itself where it has not been compiled yet. */
export const make = <R extends Recording, In extends TensorTree, Out extends TensorTree>(
  program: Program<In, Out>,
  { compiler, name, another, eagerly, kept, id, onEager }: Options<R, In>
): Program<In, Out> => {
  const runEagerly = (inputs: In): Out => Tensors.tidy(() => program(inputs))

  const refuse = (
    form: Leaves.Matcher,
    leaves: ReadonlyArray<Leaves.Leaf>,
    reason: string,
    error: Error = new NotCompilable({ program: name, shapes: shapesOf(leaves), reason })
  ): Entry<R> => {
    if (!eagerly) throw error
    onEager(reason)
    return { _tag: "Eager", form }
  }

  const recordOnly = (inputs: In): R => {
    const { recording, outputs } = compiler.record(program, inputs)
    dispose(Leaves.of(outputs), Leaves.of(inputs))
    return recording
  }

  /** Describes how the program departs from its recording. */
  const changes = (inputs: In, recording: R): string | undefined => {
    try {
      return compiler.difference(recording, compiler.recordAgain?.(program, inputs, recording) ?? recordOnly(inputs))
    } catch (error) {
      if (error instanceof Unrecordable) return error.message
      throw error
    }
  }

  /** Compares the compiled program's results with the eager ones in `eager`. */
  const compare = (
    inputs: In,
    form: Leaves.Matcher,
    { recording }: Recorded<R, Out>,
    eager: ReadonlyArray<Leaves.Leaf>,
    compiled: Compiled
  ): Agreement.Difference | undefined => {
    const results = compiled.run(form.tensors)
    try {
      return Agreement.difference(recording.outputs, eager, results, Rounding.spreads(program, inputs, eager))
    } finally {
      tf.dispose([...results])
    }
  }

  const compile = (inputs: In, form: Leaves.Matcher, leaves: ReadonlyArray<Leaves.Leaf>): Entry<R> => {
    let recorded: Recorded<R, Out>
    try {
      recorded = compiler.record(program, inputs)
    } catch (error) {
      if (error instanceof Unrecordable) return refuse(form, leaves, error.message)
      throw error
    }
    const { recording, outputs } = recorded
    const eager = Leaves.of(outputs)
    let compiled: Compiled | undefined
    let taken = false
    try {
      const compareWith = (others: In) => changes(others, recording)
      const difference = another === undefined ? compareWith(inputs) : another(inputs, compareWith)
      if (difference !== undefined) {
        return refuse(form, leaves, `it depends on more than its inputs: recorded for another step, ${difference}`)
      }
      try {
        compiled = compiler.compile(recording, name)
      } catch (error) {
        return refuse(form, leaves, compiler.refusal(message(error)))
      }
      const differs = compare(inputs, form, recorded, eager, compiled)
      if (differs !== undefined) {
        const reason =
          `compiled, it gives different results (${differs.output} is ${differs.compiled} instead of ${differs.eager}), and ` +
          "rounding alone does not explain the difference"
        return refuse(form, leaves, reason, new CompiledDiffers({ program: name, ...differs }))
      }
      taken = true
      return { _tag: "Compiled", form, recording, compiled, treeOf: Leaves.builder(outputs), calls: 0 }
    } finally {
      if (!taken) compiled?.release()
      dispose(eager, leaves)
    }
  }

  const keyOf = (leaves: ReadonlyArray<Leaves.Leaf>) => `${id} ${textOf(leaves)}`

  /**
   * Keeps an entry for a form. What fails on the way is compiling, where the program itself runs eagerly; else the error is
   * the program's own, which running it throws.
   */
  const enter = (
    inputs: In,
    form: Leaves.Matcher,
    make: (leaves: ReadonlyArray<Leaves.Leaf>) => Entry<R>
  ): Entry<R> => {
    const leaves = Leaves.of(inputs)
    let entry: Entry<R>
    try {
      entry = make(leaves)
    } catch (error) {
      // The machine failed, not the program: an eager run would continue with different bits.
      if (!eagerly || error instanceof ThreadFailed) throw error
      dispose(Leaves.of(runEagerly(inputs)), leaves)
      entry = refuse(form, leaves, `compiling it failed (${message(error)})`)
    }
    kept.set(keyOf(leaves), entry)
    return entry
  }

  /** The entry for the form of these inputs, with their tensors. */
  const find = (inputs: In, last: Entry<R> | undefined): Entry<R> => {
    if (last?.form.matches(inputs) === true && kept.has(last)) return last
    const known = kept.get(keyOf(Leaves.of(inputs)))
    const form = known?.form ?? Leaves.matcher(inputs)
    form.matches(inputs)
    return known ?? enter(inputs, form, (leaves) => compile(inputs, form, leaves))
  }

  /** Whether the program has been found to depend on more than its inputs, for whatever form of them. */
  let changed = false

  /** Counts a call; `false` if a check finds that the program has changed: it runs eagerly from then on. */
  const isSame = (inputs: In, entry: InUse<R>): boolean => {
    entry.calls++
    const difference = isLookedAt(entry.calls) ? changes(inputs, entry.recording) : undefined
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

  let last: Entry<R> | undefined
  return (inputs) => {
    if (!compiler.isUsable() || changed) return runEagerly(inputs)
    const entry = find(inputs, last)
    last = entry
    if (entry._tag === "Eager") return runEagerly(inputs)
    const { form } = entry
    let results: ReadonlyArray<tf.Tensor> | undefined
    try {
      if (isSame(inputs, entry)) results = entry.compiled.run(form.tensors)
    } catch (error) {
      last = enter(inputs, form, () => {
        throw error
      })
    }
    return results === undefined ? runEagerly(inputs) : (entry.treeOf(results) as Out)
  }
}

/** Releases the tensors that a recorded call returned; its inputs stay. */
const dispose = (outputs: ReadonlyArray<Leaves.Leaf>, inputs: ReadonlyArray<Leaves.Leaf>): void => {
  const kept = new Set(inputs.map(({ tensor }) => tensor))
  for (const { tensor } of outputs) if (!kept.has(tensor)) tensor.dispose()
}
