/** Where a command's words go: results on standard output, everything else on standard error. */
import * as MetricResults from "@etude/core/MetricResults"
import { printable } from "@etude/core/Printable"
import * as Task from "@etude/core/Task"
import * as Effect from "effect/Effect"

/** Texts by the metrics' names. */
export type Texts = ReadonlyArray<readonly [name: string, text: string]>

/** For a reader or a program: the result. */
export const result = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stdout.write(`${printable(text)}\n`))

/** Cells of a line of standard output: unlimited where it is no terminal. */
export const columns = (): number => (process.stdout.isTTY ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY)

/** What the metrics of a pass say in more than a number, as wide as the terminal; 80 columns where there is none. */
export const textsOf = (task: Task.Task, results: { readonly [metric: string]: unknown }): Texts =>
  MetricResults.textsOf(Task.whenEvaluated(task).metrics, results, process.stdout.columns ?? 80)

/** The result as one JSON document. */
export const json = (value: unknown): Effect.Effect<void> => result(JSON.stringify(value, null, 2))

/** For a person who waits: what is being done. */
export const note = (text: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stderr.write(`${printable(text)}\n`))
