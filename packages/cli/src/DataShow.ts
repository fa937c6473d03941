/** `etude data show`: samples of a config's data as the model gets them, on a page and in the terminal. */
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { type Dataset, type FieldSpec, isSpec } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import { hasColors } from "@etude/reports/NodeTerminal"
import * as Effect from "effect/Effect"
import type * as ConfigFile from "./ConfigFile.ts"
import { setsOf } from "./DataCheck.ts"
import { DataMissing } from "./Errors.ts"
import * as Blocks from "./internal/data/Blocks.ts"
import * as Page from "./internal/data/Page.ts"
import * as Sample from "./internal/data/Sample.ts"
import { valuesOf } from "./internal/data/Scan.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as OutputFile from "./OutputFile.ts"
import * as Setup from "./Setup.ts"

export interface ShowArguments {
  readonly config: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  readonly set: string
  readonly samples: number
  /** The epoch whose augmentation is shown; nothing is augmented when absent. */
  readonly epoch: number | undefined
  readonly output: string
}

/** Samples drawn by the seed, in the order of the dataset, the same ones whenever they are shown; the first ones of a stream. */
export const chosen = ({ length, isSequential }: Dataset, seed: number, samples: number): Int32Array => {
  const indexAt = isSequential
    ? (position: number) => position
    : Rng.permutation(Rng.named(Rng.key(seed), "show"), length)
  return Int32Array.from({ length: Math.min(samples, length) }, (_, position) => indexAt(position)).sort()
}

/** The input of `Augment.draws`: what a step augments its images by. */
const drawnField = "augment"

/** How the samples are shown, in a sentence or two. */
export const asSeen = ({ spec: { inputs } }: Dataset, epoch: number | undefined): string => {
  if (epoch === undefined) return "Without augmentation."
  if (isSpec(inputs) || !Object.hasOwn(inputs, drawnField)) return `As epoch ${epoch} sees them.`
  return `As epoch ${epoch} reads them. They are augmented in the step, which isn't shown: ${drawnField} has what was drawn for it.`
}

const inputSpecs = ({ spec: { inputs } }: Dataset): ReadonlyArray<readonly [path: string, spec: FieldSpec]> =>
  isSpec(inputs)
    ? [["inputs", inputs]]
    : Object.entries(inputs).map(([name, spec]) => [`inputs.${name}`, spec] as const)

/** The samples at these indices, ready to be looked at. */
const shownOf = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array, draw: Draw.Draw) {
  const read = dataset.read(indices, draw)
  const values = valuesOf(Effect.isEffect(read) ? yield* read : read)
  const fields = inputSpecs(dataset).flatMap(([path, spec]) => {
    const batch = values.get(path)
    if (batch === undefined) return []
    const all = Array.from(indices, (_, index) => Sample.sampleOf(batch, spec, index))
    const ranges = all.map(Sample.rangeOf)
    const range = {
      minimum: Math.min(...ranges.map(({ minimum }) => minimum)),
      maximum: Math.max(...ranges.map(({ maximum }) => maximum))
    }
    return [{ path, viewAt: (index: number) => Sample.viewOf(spec, element(all, index), range) }]
  })
  return Array.from(indices, (sample, index): Page.Shown => {
    const views = fields.map(({ path, viewAt }) => [path, viewAt(index)] as const)
    return { sample, caption: Sample.captionOf(dataset, values.get("targets"), index), views }
  })
})

const inTerminal = (samples: ReadonlyArray<Page.Shown>): string => {
  const pictures = samples.flatMap(({ caption, views }) =>
    views.flatMap(([, view]) => (view._tag === "Picture" ? [{ picture: view.picture, caption }] : []))
  )
  return Blocks.render(pictures, process.stdout.columns ?? 80)
}

/** Writes the page, shows pictures where the terminal can, and says where the page is. */
export const show = (args: ShowArguments) =>
  Effect.gen(function* () {
    const loaded = yield* Load.fromFile(args.config, args.overrides)
    const { seed } = loaded.config.train
    const { name } = loaded.experiment
    const { dataset, samples } = yield* Effect.gen(function* () {
      const sets = Object.fromEntries(setsOf(yield* Setup.make(loaded)))
      const dataset = Object.hasOwn(sets, args.set) ? sets[args.set] : undefined
      if (dataset === undefined) {
        return yield* new DataMissing({ experiment: name, set: args.set, available: Object.keys(sets) })
      }
      const draw = args.epoch === undefined ? Draw.ofEvaluation(seed) : Draw.ofEpoch(seed, args.epoch)
      return { dataset, samples: yield* shownOf(dataset, chosen(dataset, seed, args.samples), draw) }
    }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))
    const file = path.resolve(args.output)
    const about = [
      `${dataset.isSequential ? "The first " : ""}${samples.length.toLocaleString("en")} of ${dataset.length.toLocaleString("en")} samples of ${dataset.name}.`,
      asSeen(dataset, args.epoch)
    ]
    yield* OutputFile.write(file, Page.render({ title: `${name}: ${args.set}`, about, samples }))
    if (process.stdout.isTTY && hasColors(process.stdout)) {
      yield* Effect.sync(() => void process.stdout.write(`${inTerminal(samples)}\n`))
    }
    yield* Output.result(`${about.join(" ")} The page is ${pathToFileURL(file).href}`)
  })
