import { describe } from "@effect/vitest"
import * as Native from "@etude/backend/Native"
import * as NativeInstaller from "@etude/backend/NativeInstaller"
import * as GraphExecutor from "@etude/compile/GraphExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { laws } from "./support/laws.ts"

const installed = Option.isSome(await Effect.runPromise(NativeInstaller.find()))

describe.skipIf(!installed)("every metric, compiled to a graph", () =>
  laws(Layer.provideMerge(GraphExecutor.layer, Native.layer), { partitions: 2 })
)
