/** What is shown while a run goes on. */
import * as Layer from "effect/Layer"
import type { RunConfig } from "./RunConfig.ts"

export const layer = (_console: RunConfig["console"]) => Layer.empty
