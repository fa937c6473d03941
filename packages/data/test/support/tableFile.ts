/** Tables for tests: as bytes, or as files of their own folder. */
import { readFileSync } from "node:fs"
import type { Dataset } from "@etude/core/Dataset"
import type { DatasetInvalid } from "@etude/core/Errors"
import * as Effect from "effect/Effect"

export const bytesOf = (...lines: ReadonlyArray<string>): Uint8Array =>
  new TextEncoder().encode(`${lines.join("\n")}\n`)

/** The messages of all problems of a dataset that can't be made. */
export const problemsOf = (
  made: Effect.Effect<Dataset, DatasetInvalid>
): Effect.Effect<ReadonlyArray<string>, Dataset> =>
  Effect.map(Effect.flip(made), ({ problems }) => problems.map(({ message }) => message))

export const fixture = (name: string): string => new URL(`../../fixtures/tables/${name}`, import.meta.url).pathname

export const expectedOf = <A>(name: string): A => JSON.parse(readFileSync(fixture(name), "utf8")) as A
