/**
 * What this machine has and lacks for each backend, which one would be chosen, why, and what to do for a faster one.
 * Nothing is installed or started: the native library is tested in a separate process.
 */
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Auto from "./Auto.ts"
import * as NativeInstaller from "./NativeInstaller.ts"
import * as NativeLocation from "./NativeLocation.ts"
import { Attempt } from "./native/Attempt.ts"
import { findCompiler } from "./native/Compile.ts"
import * as Install from "./native/Install.ts"
import { canLoad, cannotLoad } from "./native/Load.ts"
import { type Command, Machine } from "./native/Machine.ts"
import * as TfjsNode from "./native/TfjsNode.ts"
import { findPip } from "./native/Wheel.ts"

/** A tool's version, or `null` if it was not found. */
const Tool = Schema.NullOr(Schema.String)

/** A package backend: whether its npm package is there. */
const Package = Schema.Struct({ package: Schema.String, found: Schema.Boolean })

export const Native = Schema.Struct({
  /** Version of `@tensorflow/tfjs-node`; `null` when it is not installed. */
  tfjsNode: Tool,
  /** Folder of the installed library; `null` when there is none. */
  directory: Schema.NullOr(Schema.String),
  tensorflow: Schema.NullOr(Schema.String),
  way: Schema.NullOr(Schema.String),
  /** Everything that is wrong with the installed library; empty when it is intact and loads. */
  problems: Schema.Array(Schema.String),
  /** The failed attempts of the last installation. */
  attempts: Schema.Array(Attempt)
})

export class Report extends Schema.Class<Report>("@etude/backend/Doctor/Report")({
  node: Schema.String,
  platform: Schema.String,
  arch: Schema.String,
  processors: Schema.Natural,
  /** Version of glibc; `null` where the C library is another. */
  glibc: Tool,
  python: Tool,
  pip: Tool,
  compiler: Tool,
  cache: Schema.String,
  native: Native,
  wasm: Package,
  cpu: Package,
  /** The backend that `Auto.layer` would choose; `null` when it would fail. */
  chosen: Schema.NullOr(Auto.Name),
  why: Schema.String,
  /** What to do, one sentence each; empty when nothing is left to do. */
  advice: Schema.Array(Schema.String)
}) {}

const firstLine = (command: Command) =>
  Effect.flatMap(Machine, ({ run }) => run(command)).pipe(
    Effect.map(({ exitCode, output }) => (exitCode === 0 ? (output.trim().split("\n")[0] ?? "") : null)),
    Effect.orElseSucceed(() => null)
  )

const examine = (found: Option.Option<Install.Install>): Effect.Effect<ReadonlyArray<string>> =>
  Option.match(found, {
    onNone: () => Effect.succeed([]),
    onSome: (install) =>
      Effect.gen(function* () {
        const damaged = yield* Install.verify(install)
        if (damaged.length > 0) return damaged
        return yield* NativeInstaller.tryOut(Install.bindingPath(install)).pipe(
          Effect.as([]),
          Effect.catch(({ reason }) => Effect.succeed([reason]))
        )
      })
  })

const native = Effect.gen(function* () {
  const tfjsNode = yield* TfjsNode.locate.pipe(Effect.option)
  const install = yield* NativeInstaller.find()
  return {
    tfjsNode: Option.match(tfjsNode, { onNone: () => null, onSome: ({ version }) => version }),
    directory: Option.match(install, { onNone: () => null, onSome: ({ directory }) => directory }),
    tensorflow: Option.match(install, { onNone: () => null, onSome: ({ manifest }) => manifest.tensorflow }),
    way: Option.match(install, { onNone: () => null, onSome: ({ manifest }) => manifest.way }),
    problems: yield* examine(install),
    attempts: yield* NativeInstaller.attempts()
  } satisfies typeof Native.Type
})

const packageOf = (name: string): typeof Package.Type => {
  try {
    TfjsNode.requireFromHere.resolve(name)
    return { package: name, found: true }
  } catch {
    return { package: name, found: false }
  }
}

/** The problem of the native backend, as a reason and as advice; `undefined` when it works. */
const nativeTrouble = (
  state: typeof Native.Type,
  tools: { readonly pip: string | null; readonly compiler: string | null }
): { readonly reason: string; readonly advice: ReadonlyArray<string> } | undefined => {
  if (!canLoad()) return { reason: cannotLoad.reason, advice: [] }
  if (state.tfjsNode === null) return { reason: "@tensorflow/tfjs-node is not installed", advice: [TfjsNode.advice] }
  if (state.directory === null) {
    return {
      reason: "its library is not set up",
      advice: [
        ...(tools.pip === null ? ["Install Python 3 with pip: the library is part of a Python wheel."] : []),
        ...(tools.compiler === null ? ["Install a C++ compiler, such as the g++ package, or set CXX."] : []),
        "Run `etude backend install`."
      ]
    }
  }
  if (state.problems.length === 0) return undefined
  return {
    reason: `its library has ${state.problems.length === 1 ? "a problem" : `${state.problems.length} problems`}`,
    advice: [`Delete ${state.directory} and run \`etude backend install\`.`]
  }
}

/** Looks at everything; reads the whole installed library, which takes a second. */
export const report: Effect.Effect<Report> = Effect.gen(function* () {
  const machine = yield* Machine
  const { python, pip, compiler, state } = yield* Effect.all(
    {
      python: firstLine({ program: "python3", arguments: ["--version"] }),
      pip: findPip(machine).pipe(
        Effect.map(({ version }) => version),
        Effect.orElseSucceed(() => null)
      ),
      compiler: findCompiler(machine).pipe(
        Effect.map(({ version }) => version),
        Effect.orElseSucceed(() => null)
      ),
      state: native
    },
    { concurrency: "unbounded" }
  )
  const wasm = packageOf("@tensorflow/tfjs-backend-wasm")
  const cpu = packageOf("@tensorflow/tfjs-backend-cpu")
  const trouble = nativeTrouble(state, { pip, compiler })
  const requested = yield* Effect.result(Auto.requested)
  const missing = ({ package: name }: typeof Package.Type) => `the package ${name} is not installed`
  const reasons: Readonly<Record<Auto.Name, string | undefined>> = {
    native: trouble?.reason,
    wasm: wasm.found ? undefined : missing(wasm),
    cpu: cpu.found ? undefined : missing(cpu)
  }
  const candidates =
    requested._tag === "Failure" ? [] : requested.success === undefined ? Auto.names : [requested.success]
  const chosen = candidates.find((name) => reasons[name] === undefined) ?? null
  const refused = candidates
    .slice(0, chosen === null ? undefined : candidates.indexOf(chosen))
    .map((name) => `${name} is not available: ${reasons[name]}`)
  const why =
    requested._tag === "Failure"
      ? requested.failure.message
      : [
          ...refused,
          ...(chosen === null ? [] : [requested.success === undefined ? Auto.why[chosen] : Auto.whyAsked])
        ].join("; ")
  return new Report({
    node: process.version,
    platform: machine.platform,
    arch: machine.arch,
    processors: availableParallelism(),
    glibc: machine.glibc() ?? null,
    python,
    pip,
    compiler,
    cache: NativeLocation.cacheDirectory(machine),
    native: state,
    wasm,
    cpu,
    chosen,
    why,
    advice: trouble?.advice ?? []
  })
})

/** The report as text for a terminal. */
export const render = (report: Report): string => {
  const state = report.native
  const or = (value: string | null) => value ?? "not found"
  const presence = ({ package: name, found: isInstalled }: typeof Package.Type) =>
    `${name} is ${isInstalled ? "installed" : "missing"}`
  const library =
    state.directory === null
      ? "not set up"
      : state.problems.length > 0
        ? `damaged, in ${state.directory}`
        : `TensorFlow ${state.tensorflow}, intact, in ${state.directory} (${state.way})`
  return [
    `Node      ${report.node} on ${report.platform} ${report.arch}, ${report.processors} processors`,
    `glibc     ${or(report.glibc)}`,
    `Python    ${or(report.python)}`,
    `pip       ${or(report.pip)}`,
    `compiler  ${or(report.compiler)}`,
    `cache     ${report.cache}`,
    `tfjs-node ${or(state.tfjsNode)}`,
    `native    ${library}`,
    ...state.problems.map((problem) => `          ${problem}`),
    ...state.attempts.map(({ way, reason, at }) => `          ${at} ${way} failed: ${reason}`),
    `wasm      ${presence(report.wasm)}`,
    `cpu       ${presence(report.cpu)}`,
    "",
    report.chosen === null
      ? `No backend would be used: ${report.why}.`
      : `Operations that run one by one would use ${report.chosen}: ${report.why}.`,
    ...report.advice
  ].join("\n")
}
