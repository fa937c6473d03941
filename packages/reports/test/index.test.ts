import process from "node:process"
import { assert, it } from "@effect/vitest"
// tfjs keeps its engine in a global of its own.
import "@tensorflow/tfjs-core"

it("importing the package listens to nothing and changes nothing global", async () => {
  const listeners = () => process.eventNames().map((event) => [event, process.listenerCount(event)])
  const [before, names] = [listeners(), Object.keys(globalThis)]
  const reports = await import("../src/index.ts")
  const { readdirSync } = await import("node:fs")
  const files = readdirSync(new URL("../src", import.meta.url)).filter((file) => file.endsWith(".ts"))
  const modules = files.map((file) => file.slice(0, -3)).filter((name) => name !== "index")
  assert.deepStrictEqual(Object.keys(reports), modules.sort())
  assert.deepStrictEqual(listeners(), before)
  assert.deepStrictEqual(Object.keys(globalThis), names)
})
