/** Builds a model and adapts it: inspects its layers, finds its weights, and replaces everything random. */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import { type Problem, reasonOf } from "../Errors.ts"
import { mapEntry } from "../Lookup.ts"
import * as Affine from "./Affine.ts"
import * as BatchStatistics from "./BatchStatistics.ts"
import { type CreatedWeight, recording } from "./BuildRecord.ts"
import * as InitialValues from "./InitialValues.ts"
import * as Inspection from "./Inspection.ts"
import * as KeyedNoise from "./KeyedNoise.ts"
import * as KeyedRecurrence from "./KeyedRecurrence.ts"
import * as Pass from "./Pass.ts"
import { isContainer, isCustom, type Layer, partsOf, type Variable } from "./TfLayers.ts"
import * as Trial from "./Trial.ts"
import { type Walked, type WeightPlace, walk } from "./Walk.ts"

export interface AdaptedLayers extends Walked {
  readonly model: tfl.LayersModel
  /** The initial value of each weight, by path. */
  readonly initialValues: { readonly [path: string]: InitialValues.InitialValue }
  readonly pass: Pass.Pass
  /** Whether samples of a batch influence each other: statistics of batches are taken. */
  readonly mixesSamples: boolean
}

/** Builds the model; what goes wrong is added to `problems`. */
const buildModel = (
  build: () => tfl.LayersModel,
  blank: boolean,
  created: Map<Variable, CreatedWeight>,
  problems: Array<Problem>
): tfl.LayersModel | undefined => {
  let model: tfl.LayersModel | undefined
  try {
    tf.tidy(() =>
      recording(blank, created, () => {
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

/** Disposes the states of stateful layers that were built here. */
const forgetStates = ({ places }: Walked, created: ReadonlyMap<Variable, CreatedWeight>): void => {
  const layersWithWeights = new Set([...created.values()].map(({ layer }) => layer))
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
 * Builds the model and inspects it. Every problem is added to `problems`; `undefined` when there is no model at
 * all.
 */
export const takeOver = (
  build: () => tfl.LayersModel,
  choose: "draw" | "keep" | ((path: string) => "draw" | "keep"),
  problems: Array<Problem>
): AdaptedLayers | undefined => {
  const blank = choose === "draw"
  const created = new Map<Variable, CreatedWeight>()
  const model = buildModel(build, blank, created, problems)
  if (model === undefined) return undefined
  let walked = walk(model)
  const unsupported = Inspection.problemsOf(walked.places, walked.weights)
  problems.push(...unsupported)
  const pass = Pass.make()
  const installed = new Set<Layer>()
  const initialValues: Record<string, InitialValues.InitialValue> = {}
  const begin = (places: ReadonlyArray<WeightPlace>) => {
    for (const place of places) {
      if (unsupported.some(({ path }) => path === place.path)) continue
      const keep = (typeof choose === "function" ? choose(place.path) : choose) === "keep"
      const initialValue = InitialValues.of(place, created.get(place.variable), keep)
      if (typeof initialValue === "function") initialValues[place.path] = initialValue
      else problems.push(initialValue)
    }
  }
  begin(walked.weights)
  let mixesSamples = walked.places.some(BatchStatistics.mixesSamples)

  if (unsupported.length === 0 && walked.places.some(({ layer }) => isCustom(layer))) {
    install(walked, pass, installed)
    const known = new Set(walked.weights.map(({ variable }) => variable))
    const unwritten = walked.weights.filter(({ variable }) => created.get(variable)?.assigned === false)
    const used = watchReads([...created.keys()].filter((variable) => !known.has(variable)))
    const earlier = new Set(created.keys())
    recording(blank, created, () => problems.push(...Trial.problemsOf(model, walked.places, pass)))
    for (const { variable, path, group } of unwritten) {
      if (!mapEntry(created, variable).assigned) continue
      if (group === "statistics") mixesSamples = true
      else problems.push({ path, message: "is trainable, but a layer writes it at each call" })
    }
    // A layer inside of a layer may be built when it is first called.
    walked = walk(model)
    const later = walked.weights.filter(({ variable }) => !known.has(variable))
    for (const { variable, layer, group } of later) {
      const weight = created.get(variable)
      if (group === "parameters" || weight?.assigned !== true) continue
      mixesSamples = true
      // What the trial wrote is no initial value.
      weight.assigned = partsOf(layer).initialWeights !== null
    }
    begin(later)
    for (const { variable } of later) known.add(variable)
    for (const [variable, { layer, name }] of created) {
      if (known.has(variable) || (earlier.has(variable) && !used.has(variable))) continue
      const message = `its weight ${name} cannot be found: a layer must hold its layers in fields, or arrays in fields`
      problems.push({ path: layer.name, message })
    }
  }
  if (problems.length === 0) install(walked, pass, installed)
  else forgetStates(walked, created)
  return { ...walked, model, initialValues, pass, mixesSamples }
}
