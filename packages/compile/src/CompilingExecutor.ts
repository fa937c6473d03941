/** A step executor that compiles, whatever the compiler: it keeps a bounded number of programs and reports once what runs eagerly. */
import { StepExecutor, type StepMemory } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Cache from "./Cache.ts"
import * as CompiledProgram from "./CompiledProgram.ts"
import type { Compiler, Recording } from "./Compiler.ts"

export interface CompilingOptions {
  /**
   * What to do with a program that can't be compiled, whose compiled results differ from the eager ones, or that
   * changes: run it eagerly (`eager`), with a message, or fail. Default: `eager`.
   */
  readonly onNotCompilable?: "eager" | "fail"
  /** How many compiled programs are kept, one for each program and form of its inputs; the longest unused goes first. Default: 64. */
  readonly graphs?: number
}

export interface Identity {
  /** Kept in checkpoints. */
  readonly name: string
  /** What bits depend on, where that is less than the backend. */
  readonly bits?: string
  readonly description?: string
  readonly memory?: StepMemory
}

/** `takeNotes` returns the compiler's own messages. */
export const make = <R extends Recording>(
  identity: Identity,
  compiler: Compiler<R>,
  { onNotCompilable = "eager", graphs: bound = 64 }: CompilingOptions,
  takeNotes: () => ReadonlyArray<string> = () => []
): Effect.Effect<StepExecutor["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const kept = Cache.make<CompiledProgram.Entry<R>>(bound, CompiledProgram.release)
    let programs = 0
    const notes: Array<string> = []
    const told = new Set<string>()
    const eager = new Set<string>()
    yield* Effect.addFinalizer(() => Effect.sync(kept.clear))
    return StepExecutor.of({
      ...identity,
      compile: (program, body, another) =>
        CompiledProgram.make(body, {
          compiler,
          name: program,
          id: String(programs++),
          another,
          eagerly: onNotCompilable === "eager",
          kept,
          onEager: (reason) => {
            const text = `The program "${program}" runs eagerly, operation by operation, and slower: ${reason}.`
            eager.add(program)
            if (told.has(text)) return
            told.add(text)
            notes.push(text)
          }
        }),
      eagerPrograms: () => [...eager].sort(),
      takeNotes: () => [...notes.splice(0), ...takeNotes()]
    })
  })
