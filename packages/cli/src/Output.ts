/** Where a command's words go: results on standard output, everything else on standard error. */
import * as Effect from "effect/Effect"

/** For a reader or a program: the result. */
export const result = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stdout.write(`${text}\n`))

/** The result as one JSON document. */
export const json = (value: unknown): Effect.Effect<void> => result(JSON.stringify(value, null, 2))

/** For a person who waits: what is being done. */
export const note = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(`${text}\n`))
