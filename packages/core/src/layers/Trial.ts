/**
 * A trial run of a model that holds layers of an author's own, of which nothing is known beforehand: whether they draw
 * random numbers, write trainable weights, or add losses as they go. Draws with a fixed seed cannot be detected.
 */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import * as Arr from "effect/Array"
import { type Problem, reasonOf } from "../Errors.ts"
import type { Pass } from "./Pass.ts"
import { innermost, isCustom, partsOf } from "./TfLayers.ts"
import type { Place } from "./Walk.ts"

const drawsAdvice =
  "draws its own random numbers, which differ from run to run. Use a dropout or noise layer of " +
  "tf.layers, or write the model as a function (Model.make), which draws from context.random"

/** Runs `during`, attributing each draw from `Math.random` to the innermost custom layer that is being called. */
const watching = (places: ReadonlyArray<Place>, during: () => void): ReadonlySet<string> => {
  const drawing = new Set<string>()
  const active: Array<string> = []
  const { random } = Math
  const custom = places.filter(({ layer }) => isCustom(layer))
  const restore = custom.map(({ layer, path }) => {
    const parts = partsOf(layer)
    const { call } = parts
    const hadCall = Object.hasOwn(parts, "call")
    parts.call = (inputs, options) => {
      active.push(path)
      try {
        return call.call(layer, inputs, options)
      } finally {
        active.pop()
      }
    }
    return () => {
      if (hadCall) parts.call = call
      else delete (parts as { call?: unknown }).call
    }
  })
  Math.random = () => {
    drawing.add(active.at(-1) ?? "")
    return random()
  }
  try {
    during()
  } finally {
    Math.random = random
    for (const undo of restore) undo()
  }
  return drawing
}

/** A training pass over zeros; gives what it throws, if it does. */
const attempt = (model: tfl.LayersModel, pass: Pass): { readonly cause: unknown } | undefined => {
  const random = { bits: (_: string, shape: ReadonlyArray<number>) => tf.zeros([...shape], "int32") }
  try {
    tf.tidy(() => {
      const inputs = model.inputs.map(({ shape, dtype }) =>
        tf.zeros(
          shape.map((side, axis) => side ?? (axis === 0 ? 2 : 8)),
          dtype
        )
      )
      pass.run(random, () => {
        innermost(model).call(inputs, { training: true })
      })
    })
    return undefined
  } catch (cause) {
    return { cause }
  }
}

/** The problems that a training pass shows. A failure counts only if the shapes of all inputs are known. */
export const problemsOf = (
  model: tfl.LayersModel,
  places: ReadonlyArray<Place>,
  pass: Pass
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  // The first pass may build layers inside of layers, whose initializers draw; the second is watched.
  attempt(model, pass)
  const losses = places.map(({ layer }) => partsOf(layer)._losses.length)
  let failed: { readonly cause: unknown } | undefined
  const drawing = watching(places, () => {
    failed = attempt(model, pass)
  })
  if (failed !== undefined && model.inputs.every(({ shape }) => shape.slice(1).every((side) => side !== null))) {
    const advice = "A layer's tensors must be weights, or made inside its call"
    problems.push({ path: "", message: `a trial run on zeros failed: ${reasonOf(failed.cause)}. ${advice}` })
  }
  for (const path of drawing) problems.push({ path, message: drawsAdvice })
  for (const [{ layer, path }, before] of Arr.zip(places, losses)) {
    if (partsOf(layer)._losses.length === before) continue
    const message = "adds a loss at each call. Add it when the layer is built, or make it an output"
    problems.push({ path, message })
  }
  return problems
}
