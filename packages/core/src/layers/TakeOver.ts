/** Builds a model and takes it over: looks at all of its layers, finds its weights, and replaces what is random. */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { type Problem, reasonOf } from "../Errors.ts"
import { mapEntry } from "../Lookup.ts"
import * as Affine from "./Affine.ts"
import * as BatchStatistics from "./BatchStatistics.ts"
import * as Beginnings from "./Beginnings.ts"
import { type MadeWeight, recording } from "./BuildRecord.ts"
import * as Inspection from "./Inspection.ts"
import * as KeyedNoise from "./KeyedNoise.ts"
import * as KeyedRecurrence from "./KeyedRecurrence.ts"
import * as Pass from "./Pass.ts"
import { isContainer, isCustom, type Layer, partsOf, type Variable } from "./TfLayers.ts"
import * as Trial from "./Trial.ts"
import { type Walked, type WeightPlace, walk } from "./Walk.ts"

export interface Taken extends Walked {
  readonly model: tfl.LayersModel
  /** How each weight begins, by path. */
  readonly beginnings: { readonly [path: string]: Beginnings.Beginning }
  readonly pass: Pass.Pass
  /** Whether samples of a batch influence each other: statistics of batches are taken. */
  readonly mixesSamples: boolean
}

/** Builds the model; what goes wrong is added to `problems`. */
const buildModel = (
  build: () => tfl.LayersModel,
  blank: boolean,
  made: Map<Variable, MadeWeight>,
  problems: Array<Problem>
): tfl.LayersModel | undefined => {
  let model: tfl.LayersModel | undefined
  try {
    tf.tidy(() =>
      recording(blank, made, () => {
        model = build()
        // A Sequential makes its graph when it is first used.
        if (model instanceof tfl.Sequential && !model.built) model.build()
      })
    )
  } catch (cause) {
    problems.push({ path: "", message: `building it failed: ${reasonOf(cause)}` })
    return undefined
  }
  if (isContainer(model!)) return model
  const message = "the result is not a model of this copy of @tensorflow/tfjs-layers. Is the package installed twice?"
  problems.push({ path: "", message })
  return undefined
}

/** Disposes what stateful layers remember, of those that were built here. */
const forgetStates = ({ places }: Walked, made: ReadonlyMap<Variable, MadeWeight>): void => {
  const layersWithWeights = new Set([...made.values()].map(({ layer }) => layer))
  for (const { layer } of places) {
    const { cell, states_ } = partsOf<{ readonly cell?: Layer; readonly states_?: Array<tf.Tensor> | null }>(layer)
    if (cell !== undefined && layersWithWeights.has(cell) && states_ != null) tf.dispose(states_)
  }
}

/** Makes random layers draw from the pass, and the others compute what training takes and no more. */
const install = ({ places }: Walked, pass: Pass.Pass, installed: Set<Layer>): void => {
  for (const place of places) {
    const { layer, path } = place
    if (installed.has(layer)) continue
    installed.add(layer)
    KeyedNoise.install(layer, path, pass)
    KeyedRecurrence.install(layer, path, pass)
    BatchStatistics.install(place)
    Affine.install(layer)
  }
}

/** Notes which variables are read from now on, among those that no walk has found. */
const watchReads = (variables: Iterable<Variable>): Set<Variable> => {
  const used = new Set<Variable>()
  for (const variable of variables) {
    const { read } = variable
    variable.read = () => {
      used.add(variable)
      return read.call(variable)
    }
  }
  return used
}

/**
 * Builds the model and looks at all of it. What is wrong is added to `problems`; `undefined` when there is no model at
 * all.
 */
export const takeOver = (
  build: () => tfl.LayersModel,
  choose: "draw" | "keep" | ((path: string) => "draw" | "keep"),
  problems: Array<Problem>
): Taken | undefined => {
  const blank = choose === "draw"
  const made = new Map<Variable, MadeWeight>()
  const model = buildModel(build, blank, made, problems)
  if (model === undefined) return undefined
  let walked = walk(model)
  const seen = Inspection.problemsOf(walked.places, walked.weights)
  problems.push(...seen)
  const pass = Pass.make()
  const installed = new Set<Layer>()
  const beginnings: Record<string, Beginnings.Beginning> = {}
  const begin = (places: ReadonlyArray<WeightPlace>) => {
    for (const place of places) {
      if (seen.some(({ path }) => path === place.path)) continue
      const keep = (typeof choose === "function" ? choose(place.path) : choose) === "keep"
      const beginning = Beginnings.of(place, made.get(place.variable), keep)
      if (typeof beginning === "function") beginnings[place.path] = beginning
      else problems.push(beginning)
    }
  }
  begin(walked.weights)
  let mixesSamples = walked.places.some(BatchStatistics.mixesSamples)

  if (seen.length === 0 && walked.places.some(({ layer }) => isCustom(layer))) {
    install(walked, pass, installed)
    const found = new Set(walked.weights.map(({ variable }) => variable))
    const unwritten = walked.weights.filter(({ variable }) => made.get(variable)?.assigned === false)
    const used = watchReads([...made.keys()].filter((variable) => !found.has(variable)))
    const earlier = new Set(made.keys())
    recording(blank, made, () => problems.push(...Trial.problemsOf(model, walked.places, pass)))
    for (const { variable, path, group } of unwritten) {
      if (!mapEntry(made, variable).assigned) continue
      if (group === "statistics") mixesSamples = true
      else problems.push({ path, message: "is trainable, but a layer writes it at each call" })
    }
    // A layer inside of a layer may be built when it is first called.
    walked = walk(model)
    const later = walked.weights.filter(({ variable }) => !found.has(variable))
    for (const { variable, layer, group } of later) {
      const weight = made.get(variable)
      if (group === "parameters" || weight?.assigned !== true) continue
      mixesSamples = true
      // What the trial wrote is no beginning.
      weight.assigned = partsOf(layer).initialWeights !== null
    }
    begin(later)
    for (const { variable } of later) found.add(variable)
    for (const [variable, { layer, name }] of made) {
      if (found.has(variable) || (earlier.has(variable) && !used.has(variable))) continue
      const message = `its weight ${name} cannot be found: a layer must hold its layers in fields, or arrays in fields`
      problems.push({ path: layer.name, message })
    }
  }
  if (problems.length === 0) install(walked, pass, installed)
  else forgetStates(walked, made)
  return { ...walked, model, beginnings, pass, mixesSamples }
}
