/** A status line on standard error: rewritten in a terminal, printed now and then elsewhere. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const quietMilliseconds = 3000

/** What changes from one message of a kind to the next is its numbers. */
const kindOf = (text: string): string => text.replace(/[\d.]+/g, "#")

export interface StatusLine {
  readonly show: (text: string) => void
  /** Takes the line away, so that something else can be written. */
  readonly clear: () => void
}

export const make: Effect.Effect<StatusLine, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync((): StatusLine => {
    const { stderr } = process
    if (stderr.isTTY) {
      return {
        show: (text) =>
          void stderr.write(`\r\u001b[K${text.replace(/\s+/g, " ").slice(0, (stderr.columns || 80) - 1)}`),
        clear: () => void stderr.write("\r\u001b[K")
      }
    }
    let [kind, writtenAt] = ["", Number.NEGATIVE_INFINITY]
    return {
      show: (text) => {
        const now = performance.now()
        if (kindOf(text) === kind && now - writtenAt < quietMilliseconds) return
        kind = kindOf(text)
        writtenAt = now
        stderr.write(`${text}\n`)
      },
      clear: () => {}
    }
  }),
  (line) => Effect.sync(line.clear)
)
