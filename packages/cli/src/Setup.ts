/** A config's backend and executor, and the task and data of its experiment. */
import * as Auto from "@etude/backend/Auto"
import type { ExecutorUnavailable } from "@etude/compile/Errors"
import * as GraphExecutor from "@etude/compile/GraphExecutor"
import * as PlanExecutor from "@etude/compile/PlanExecutor"
import { type Backend, Threads } from "@etude/core/Backend"
import { type BackendBusy, type BackendUnavailable, DataError, DatasetInvalid } from "@etude/core/Errors"
import type { Setup } from "@etude/core/Experiment"
import { Registry } from "@etude/core/Registry"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ExperimentFailed } from "./Errors.ts"
import type { Loaded } from "./Load.ts"
import type { RunConfig } from "./RunConfig.ts"

type Executing = Layer.Layer<
  Backend | StepExecutor,
  BackendBusy | BackendUnavailable | Auto.BackendUnknown | ExecutorUnavailable
>

/** The backend that is named, by the config or by `ETUDE_BACKEND`; `undefined` when the choice is open. */
const named = ({ backend }: RunConfig) => (backend === "auto" ? Auto.requested : Effect.succeed(backend))

/** Steps as code of Etude's own, on the backend that records them; a backend that was named and is another is refused. */
const planned = (name: Auto.Name = "wasm", native: "auto" | "off" | "required"): Executing =>
  Layer.provideMerge(PlanExecutor.layerWith({ native }), Auto.layerOf(name))

/** What steps run on by themselves: what is named and installed decides, never what happens to be fast. */
const chosen = (name: Auto.Name | undefined): Executing =>
  name === undefined || name === "wasm" ? planned(name, "auto") : GraphExecutor.on(Auto.layerOf(name))

/** The backend with the executor that steps run on. */
const executing = ({ config }: Loaded): Executing =>
  Layer.unwrap(
    Effect.map(named(config), (name): Executing => {
      switch (config.executor) {
        case "auto":
          return chosen(name)
        case "native":
          return planned(name, "required")
        case "wasm":
          return planned(name, "off")
        case "graph":
          return Layer.provideMerge(GraphExecutor.layer, Auto.layerOf(name ?? "native"))
        case "eager":
          return config.backend === "auto" ? Auto.layer : Auto.layerOf(config.backend)
      }
    })
  )

/** What a run needs around it: backend and executor, with its threads, and the registry by which its config is read. */
export const backendOf = (loaded: Loaded) =>
  Layer.merge(
    Layer.provide(executing(loaded), Layer.succeed(Threads, loaded.config.threads)),
    Layer.succeed(Registry, loaded.registry)
  )

/** The experiment's task and data. What is wrong with the data keeps its own error. */
export const make = ({ experiment, config, optionsFrom }: Loaded) =>
  Effect.suspend(() => experiment.make(config.options, config.train.seed, optionsFrom)).pipe(
    Effect.catchDefect((defect) => Effect.fail<unknown>(defect)),
    Effect.mapError((cause) =>
      cause instanceof DatasetInvalid || cause instanceof DataError
        ? cause
        : new ExperimentFailed({ experiment: experiment.name, cause })
    )
  )

/** The data sets that are used for validation, by name. */
export const validationsOf = ({
  data
}: Pick<Setup, "data">): { readonly [name: string]: NonNullable<Setup["data"]["test"]> } => {
  const { validation } = data
  if (validation === undefined) return {}
  return "read" in validation && typeof validation.read === "function"
    ? { validation: validation as NonNullable<Setup["data"]["test"]> }
    : (validation as { readonly [name: string]: NonNullable<Setup["data"]["test"]> })
}
