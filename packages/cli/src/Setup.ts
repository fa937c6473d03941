/** A config's backend and executor, and the task and data of its experiment. */
import * as Auto from "@etude/backend/Auto"
import * as CompiledExecutor from "@etude/compile/CompiledExecutor"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import type { Setup } from "@etude/core/Experiment"
import { Registry } from "@etude/core/Registry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ExperimentFailed } from "./Errors.ts"
import type { Loaded } from "./Load.ts"

/** The backend's layer: the one that is named, or the choice of `Auto`, which follows `ETUDE_BACKEND`. */
const computing = ({ config }: Loaded) => (config.backend === "auto" ? Auto.layer : Auto.layerOf(config.backend))

/** The backend with the executor that steps run on. */
const executing = (loaded: Loaded) => {
  const backend = computing(loaded)
  if (loaded.config.executor === "eager") return backend
  if (loaded.config.executor === "auto") return CompiledExecutor.on(backend)
  return Layer.provideMerge(CompiledExecutor.layer, backend)
}

/** What a run needs around it: backend and executor, and the registry by which its config is read. */
export const backendOf = (loaded: Loaded) => Layer.merge(executing(loaded), Layer.succeed(Registry, loaded.registry))

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
