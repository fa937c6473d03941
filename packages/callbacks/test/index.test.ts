import process from "node:process"
import { assert, it } from "@effect/vitest"
// tfjs keeps its engine in a global of its own.
import "@tensorflow/tfjs-core"

it("importing the package listens to nothing and changes nothing global", async () => {
  const listeners = () => process.eventNames().map((event) => [event, process.listenerCount(event)])
  const [before, names] = [listeners(), Object.keys(globalThis)]
  const callbacks = await import("../src/index.ts")
  assert.deepStrictEqual(Object.keys(callbacks), [
    "EventSinks",
    "EventsFile",
    "History",
    "NodeTerminal",
    "Progress",
    "Report",
    "Terminal",
    "TestTerminal",
    "Timeline"
  ])
  assert.deepStrictEqual(listeners(), before)
  assert.deepStrictEqual(Object.keys(globalThis), names)
})
