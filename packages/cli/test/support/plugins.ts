/** A folder with installed packages that declare plugins, as a project's own folder would have them. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url))

/** Declared plugin, and peers, of a package.json. */
export interface Declared {
  readonly plugin?: unknown
  readonly peers?: { readonly [name: string]: string } | undefined
  /** What it exports; its module when absent. */
  readonly exports?: unknown
  /** The text of its module. */
  readonly module: string
  /** Further modules by their files. */
  readonly files?: { readonly [file: string]: string }
}

const forThis = { "@etude/core": ">=0.0.0" }

/** Writes packages into `folder/node_modules`, beside the packages that they share with the command. */
export const install = (folder: string, packages: { readonly [name: string]: Declared }): void => {
  for (const name of ["@etude/core", "@etude/callbacks", "@etude/reports", "effect", "@tensorflow/tfjs-core"]) {
    const link = path.join(folder, "node_modules", name)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(modules, name), link)
  }
  for (const [name, { plugin = ".", peers = forThis, module, exports = "./index.js", files = {} }] of Object.entries(
    packages
  )) {
    const own = path.join(folder, "node_modules", name)
    mkdirSync(own, { recursive: true })
    const declaration = {
      name,
      version: "1.0.0",
      type: "module",
      exports,
      peerDependencies: peers,
      ...(plugin === null ? {} : { etude: { plugin } })
    }
    writeFileSync(path.join(own, "package.json"), JSON.stringify(declaration))
    for (const [file, text] of Object.entries({ "index.js": module, ...files }))
      writeFileSync(path.join(own, file), text)
  }
}

/** Imports of a plugin's module. */
export const imports = [
  'import * as Callback from "@etude/core/Callback"',
  'import * as Decision from "@etude/core/Decision"',
  'import * as Plugin from "@etude/core/Plugin"',
  'import * as Effect from "effect/Effect"',
  'import * as Schema from "effect/Schema"',
  ""
].join("\n")

/** Ends the run after some steps. */
export const stopAfter = `${imports}
const positive = Schema.Int.check(Schema.isGreaterThan(0, { message: "expected a whole number of steps above 0" }))
export const plugin = Plugin.make({
  name: "@test/stop-after",
  config: Schema.Struct({ steps: positive.pipe(Schema.withDecodingDefaultKey(Effect.succeed(3))) }),
  layer: ({ steps }) =>
    Callback.controller({
      id: "stopAfter",
      hooks: { batchEnd: ({ progress }) => (progress.step >= steps ? Decision.stopRun("stopped by the plugin") : undefined) }
    })
})
`

/** Looks on, and tells what it saw in a file of the run's folder. */
export const counting = `${imports}
import { writeFileSync } from "node:fs"
export const plugin = Plugin.make({
  name: "@test/counting",
  config: Schema.Struct({ file: Schema.String, fails: Schema.optionalKey(Schema.Boolean) }),
  decisive: () => ({}),
  files: ({ file }) => [file],
  layer: ({ file, fails }, { folder }) =>
    Callback.observer({
      id: "counting",
      hooks: {
        trainEnd: ({ progress }) => writeFileSync(folder + "/" + file, String(progress.step)),
        epochBegin: () => (fails ? Effect.fail(new Error("no more")) : undefined)
      }
    })
})
`

/** An optimizer and a schedule under these names, a link, a loss, and no callback. */
export const additions = (optimizer = "SignDescent", schedule = "InverseSqrt"): string => `${imports}
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import * as LearningRate from "@etude/core/LearningRate"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
const sign = Entry.of({
  tag: "${optimizer}",
  schema: Schema.TaggedStruct("${optimizer}", { scale: Config.withDefault(Config.positive, 1, "Multiplies the rate") }),
  make: ({ scale }) =>
    Update.each({
      name: "${optimizer}",
      numbers: (_step, rate) => ({ change: -rate * scale }),
      update: (gradient, slots, { numbers }) => [tf.mul(tf.sign(gradient), numbers.change), slots]
    })
})
const inverseSqrt = LearningRate.make({
  tag: "${schedule}",
  schema: Schema.TaggedStruct("${schedule}", { rate: Config.positive, warmup: LearningRate.Span }),
  at: ({ rate, warmup }, { measure }) => {
    const { length, elapsed } = measure(warmup)
    return (step, begin) => rate * Math.min((elapsed(step, begin) + 1) / length, Math.sqrt(length / (elapsed(step, begin) + 1)))
  }
})
const halved = Entry.of({
  tag: "${optimizer}Halved",
  schema: Schema.TaggedStruct("${optimizer}Halved", {}),
  make: () => Update.each({ name: "halved", numbers: () => ({}), update: (gradient, slots) => [tf.mul(gradient, 0.5), slots] })
})
const quartic = Entry.of({
  tag: "${optimizer}Quartic",
  schema: Schema.TaggedStruct("${optimizer}Quartic", { power: Config.withDefault(Config.positive, 4, "The exponent") }),
  make: ({ power }) => ({
    name: "quartic",
    values: (outputs, targets) => tf.mean(tf.pow(tf.abs(tf.sub(outputs, targets)), power), -1)
  })
})
export const plugin = Plugin.make({
  name: "@test/additions",
  optimizers: [sign],
  schedules: [inverseSqrt],
  links: [halved],
  losses: [quartic]
})
`

/** A callback that configs name under `callbacks`: it ends the run after some steps. */
export const named = (name = "stopAt"): string => `${imports}
import * as Config from "@etude/core/Config"
export const { layer, plugin } = Plugin.callback({
  name: "${name}",
  description: "Ends the run after some steps",
  kind: "controller",
  config: Schema.Struct({ steps: Config.withDefault(Config.count("steps"), 3) }),
  make: ({ steps }) =>
    Callback.controller({
      id: "${name}",
      hooks: { batchEnd: ({ progress }) => (progress.step >= steps ? Decision.stopRun("stopped by name") : undefined) }
    })
})
`
