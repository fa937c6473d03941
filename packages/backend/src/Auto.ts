/**
 * Chooses a backend: native, else WASM, else plain JavaScript, and reports which and why. The environment variable
 * `ETUDE_BACKEND` names one instead. Modules of backends that are not chosen are not loaded.
 */
import * as Backend from "@etude/core/Backend"
import { type BackendBusy, BackendUnavailable, reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Machine } from "./native/Machine.ts"

/** The backends, the fastest first: the order in which they are tried. */
export const names = ["native", "wasm", "cpu"] as const
export const Name = Schema.Literals(names)
export type Name = typeof Name.Type

/** A backend name that is none; `source` is where it was found. */
export class BackendUnknown extends Schema.TaggedError<BackendUnknown>()("BackendUnknown", {
  source: Schema.String,
  found: Schema.String,
  allowed: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.source} is "${this.found}", expected one of ${this.allowed.join(", ")}. No backend was started.`
  }
}

type Acquire = Effect.Effect<Backend.BackendInfo, BackendBusy | BackendUnavailable, Scope.Scope>

const load: Readonly<Record<Name, () => Promise<{ readonly acquire: Acquire }>>> = {
  native: () => import("./Native.ts"),
  wasm: () => import("./Wasm.ts"),
  cpu: () => import("./Cpu.ts")
}

/** The backend of a module; one that does not load is not available, like one that does not start. */
export const acquireOf = (name: Name, load: () => Promise<{ readonly acquire: Acquire }>): Acquire =>
  Effect.flatMap(
    Effect.tryPromise({
      try: load,
      catch: (cause) =>
        new BackendUnavailable({
          backend: name,
          reason: `its module can't be loaded: ${reasonOf(cause)}`,
          advice: "Is @etude/backend installed with all of its dependencies?"
        })
    }),
    ({ acquire }) => acquire
  )

const acquireNamed = (name: Name): Acquire => acquireOf(name, load[name])

/** The backend of that name. */
export const layerOf = (name: Name): Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy> =>
  Backend.layer(acquireNamed(name))

/** The environment variable that names a backend; `auto` or nothing leaves the choice to this module. */
export const variable = "ETUDE_BACKEND"

/** Why a backend is chosen that the environment names. */
export const whyAsked = `${variable} requests it`

/** The environment's choice; `undefined` when it leaves it open. */
export const requested: Effect.Effect<Name | undefined, BackendUnknown> = Effect.flatMap(Machine, ({ env }) => {
  const requestedName = env[variable] ?? ""
  if (requestedName === "" || requestedName === "auto") return Effect.succeed(undefined)
  const name = names.find((candidate) => candidate === requestedName)
  return name === undefined
    ? Effect.fail(new BackendUnknown({ source: variable, found: requestedName, allowed: [...names, "auto"] }))
    : Effect.succeed(name)
})

/** Why a backend is chosen when those before it are unavailable. */
export const why: Readonly<Record<Name, string>> = {
  native: "native is set up, and the fastest",
  wasm: "wasm is the fastest one available",
  cpu: "cpu runs everywhere"
}

/** Tries the backends in order, or only the requested one; `reason` explains the choice. */
export const acquire: Effect.Effect<
  Backend.BackendInfo,
  BackendUnavailable | BackendBusy | BackendUnknown,
  Scope.Scope
> = Effect.gen(function* () {
  const forced = yield* requested
  if (forced !== undefined) {
    return { ...(yield* acquireNamed(forced)), reason: whyAsked }
  }
  const refused: Array<string> = []
  const next = (index: number): Acquire => {
    const name = element(names, index)
    return acquireNamed(name).pipe(
      Effect.map((info) => ({ ...info, reason: [...refused, why[name]].join("; ") })),
      Effect.catchTag("BackendUnavailable", (error) => {
        if (index === names.length - 1) return Effect.fail(error)
        refused.push(`${error.backend} is not available: ${error.reason}`)
        return next(index + 1)
      })
    )
  }
  return yield* next(0)
})

/** The fastest backend that runs here, or the one that `ETUDE_BACKEND` names. */
export const layer: Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy | BackendUnknown> =
  Backend.layer(acquire)
