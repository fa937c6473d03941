/** Failed attempts, kept in the cache so that they can be reported later. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** One way that did not lead to a library, and why. */
export const Attempt = Schema.Struct({
  way: Schema.String,
  reason: Schema.String,
  /** ISO 8601, UTC. */
  at: Schema.String
})
export type Attempt = typeof Attempt.Type

const Attempts = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(1), attempts: Schema.Array(Attempt) }))
const decode = Schema.decodeUnknownOption(Attempts)
const encode = Schema.encodeSync(Attempts)
const file = (directory: string): string => path.join(directory, "attempts.json")

/** The failed attempts of the last installation; none when it did not fail, or there was none. */
export const read = (directory: string): Effect.Effect<ReadonlyArray<Attempt>> =>
  Effect.sync(() => {
    try {
      return Option.match(decode(fs.readFileSync(file(directory), "utf8")), {
        onNone: () => [],
        onSome: ({ attempts }) => attempts
      })
    } catch {
      return []
    }
  })

/** Replaces the stored attempts. A failure to store them is ignored: the caller has them too. */
export const write = (directory: string, attempts: ReadonlyArray<Attempt>): Effect.Effect<void> =>
  Effect.sync(() => {
    const temporary = `${file(directory)}.${process.pid}.tmp`
    try {
      fs.mkdirSync(directory, { recursive: true })
      fs.writeFileSync(temporary, encode({ format: 1, attempts }))
      fs.renameSync(temporary, file(directory))
    } catch {
      fs.rmSync(temporary, { force: true })
    }
  })
