/** Law 11: a config written to a file and read again is the same config. */
import * as Config from "@etude/core/Config"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { LawBroken } from "./LawBroken.ts"

export interface ConfigOptions<T, E> {
  readonly name: string
  readonly schema: Schema.Codec<T, E>
  /** How many configs are drawn; 100 when absent. */
  readonly runs?: number
  /** Of the draw; 0 when absent. */
  readonly seed?: number
}

/** Sorted keys, and −0 as 0: JSON has no other. */
const same = (a: unknown, b: unknown): boolean => Config.canonical(a) === Config.canonical(b)

/**
 * Draws configs from the schema, encodes each as JSON text, decodes it as a file is decoded (unknown keys are errors), and
 * compares the two, and their encoded forms.
 */
export const check = <T, E>(options: ConfigOptions<T, E>): Effect.Effect<void, LawBroken> =>
  Effect.gen(function* () {
    const { name, schema, runs = 100, seed = 0 } = options
    const configs = yield* Effect.orDie(
      Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: runs, seed, maxDiscards: 100 * runs })
    )
    for (const config of configs) {
      const broken = (found: string) =>
        new LawBroken({
          law: "config",
          subject: name,
          found: `${JSON.stringify(config)} ${found}`,
          reproduce: "encode it with the schema, JSON.stringify, JSON.parse, and decode it with Config.decode"
        })
      const file = yield* Effect.try({
        try: () => JSON.stringify(Schema.encodeSync(schema)(config)),
        catch: (cause) => broken(`cannot be encoded: ${String(cause)}`)
      })
      const decoded = yield* Effect.mapError(Config.decode(schema, JSON.parse(file), "the file"), (error) =>
        broken(`is written as ${file}, which cannot be read: ${error.message}`)
      )
      if (!same(decoded, config)) return yield* broken(`is written as ${file} and read as ${JSON.stringify(decoded)}`)
      const again = JSON.stringify(Schema.encodeSync(schema)(decoded))
      if (again !== file) return yield* broken(`is written as ${file} and, once read, as ${again}`)
    }
  })
