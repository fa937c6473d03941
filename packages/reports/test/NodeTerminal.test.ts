import { EventEmitter } from "node:events"
import process from "node:process"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeTerminal from "../src/NodeTerminal.ts"
import { Terminal } from "../src/Terminal.ts"

const TERM = process.env["TERM"]
afterEach(() => {
  if (TERM === undefined) delete process.env["TERM"]
  else process.env["TERM"] = TERM
})

const streamOf = (fields: { readonly isTTY?: boolean; readonly columns?: number; readonly fails?: boolean }) => {
  const written: Array<string> = []
  const stream = Object.assign(new EventEmitter(), fields, {
    write: (text: string) => {
      if (fields.fails) throw new Error("EPIPE")
      written.push(text)
      return true
    }
  })
  return { stream, written }
}
const on = <A>(stream: NodeTerminal.OutputStream, body: (terminal: Terminal["Service"]) => A) =>
  Effect.provide(Terminal.useSync(body), NodeTerminal.layerOf(stream))

describe("the terminal of a Node process", () => {
  it.effect("knows its width at every moment, and writes at once", () => {
    process.env["TERM"] = "xterm"
    const { stream, written } = streamOf({ isTTY: true, columns: 100 })
    return on(stream, (terminal) => {
      assert.deepStrictEqual([terminal.isTerminal, terminal.columns()], [true, 100])
      Object.assign(stream, { columns: 40 })
      assert.strictEqual(terminal.columns(), 40)
      terminal.write("a\n")
      assert.deepStrictEqual(written, ["a\n"])
    })
  })

  it.effect("is none where output goes to a file or a pipe, or the terminal is dumb", () =>
    Effect.gen(function* () {
      process.env["TERM"] = "xterm"
      assert.isFalse(yield* on(streamOf({}).stream, ({ isTerminal }) => isTerminal))
      process.env["TERM"] = "dumb"
      assert.isFalse(yield* on(streamOf({ isTTY: true }).stream, ({ isTerminal }) => isTerminal))
    })
  )

  it.effect("a pipe that was closed ends neither the run nor the process", () => {
    const { stream } = streamOf({ fails: true })
    return on(stream, ({ write }) => {
      write("a\n")
      stream.emit("error", new Error("EPIPE"))
    })
  })

  it.effect("shows the cursor when the process exits in the middle, and listens no longer than it lives", () =>
    Effect.gen(function* () {
      process.env["TERM"] = "xterm"
      const before = process.listeners("exit")
      const { stream, written } = streamOf({ isTTY: true })
      yield* on(stream, () => {
        const [added] = process.listeners("exit").filter((listener) => !before.includes(listener))
        added!(0)
        assert.deepStrictEqual(written, ["\u001b[?25h"])
      })
      assert.deepStrictEqual(process.listeners("exit"), before)
      assert.strictEqual(stream.listenerCount("error"), 0)
    })
  )
})
