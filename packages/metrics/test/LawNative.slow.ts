import { describe } from "@effect/vitest"
import * as Native from "@etude/backend/Native"
import * as NativeInstaller from "@etude/backend/NativeInstaller"
import * as GraphExecutor from "@etude/compile/GraphExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { laws } from "./support/laws.ts"

const installed = Option.isSome(await Effect.runPromise(NativeInstaller.find()))
if (!installed) console.warn("The native library is not set up here (`etude backend install`): its tests are left out.")

describe.skipIf(!installed)("on the native backend", () => laws(Native.layer, { partitions: 3 }))
// Every shape of a batch is recorded and compiled, which takes a second: all of them are in `LawCompiled.slow.ts`.
describe.skipIf(!installed)("compiled to a graph", () =>
  laws(Layer.provideMerge(GraphExecutor.layer, Native.layer), { partitions: 2, every: 7 })
)
