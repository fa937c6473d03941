/**
 * Whether a model applies an activation that its loss applies again: the commonest mistake of users who come from a library
 * whose losses take probabilities. Such a model trains, slowly and badly.
 */

import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import { nameOfLoss } from "../step/Forward.ts"

type Json = { readonly [key: string]: unknown }
const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const listOf = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value.filter(isRecord) : [])

const recognized = ["softmax", "sigmoid"]

/** The activation that a layer of a description ends with, if it is one that gives probabilities. */
const activationOf = (layer: Json | undefined): string | undefined => {
  const config = layer?.["config"]
  if (layer === undefined || !isRecord(config)) return undefined
  if (layer["class_name"] === "Softmax") return "softmax"
  if (layer["class_name"] === "TimeDistributed")
    return activationOf(isRecord(config["layer"]) ? config["layer"] : undefined)
  const [nested] = Object.values(outputActivations(layer))
  const name = nested ?? config["activation"]
  return typeof name === "string" && recognized.includes(name) ? name : undefined
}

/** The activations of the outputs of a model of tf.layers, by name (`""` for a single one), from its description. */
export const outputActivations = (topology: unknown): { readonly [output: string]: string | undefined } => {
  const config = isRecord(topology) ? topology["config"] : undefined
  if (!isRecord(config)) return {}
  const layers = listOf(config["layers"])
  if (layers.length === 0) return {}
  const outputs = Array.isArray(config["output_layers"]) ? config["output_layers"] : []
  if (outputs.length === 0) return { "": activationOf(layers.at(-1)) }
  const nameOf = (one: Json): unknown => one["name"] ?? (isRecord(one["config"]) ? one["config"]["name"] : undefined)
  const named = outputs.map((output): [string, string | undefined] => {
    const name = Array.isArray(output) ? String(output[0]) : String(output)
    return [outputs.length === 1 ? "" : name, activationOf(layers.find((one) => nameOf(one) === name))]
  })
  return Object.fromEntries(named)
}

/** Whether all rows of the last dimension are probabilities of classes. No other outputs happen to sum to 1 everywhere. */
const areDistributions = (output: Tensors.TensorOrRecord | undefined): boolean => {
  if (output === undefined || !Tensors.isTensor(output) || output.dtype !== "float32") return false
  const classes = output.shape.at(-1) ?? 1
  if (output.rank < 2 || classes < 2 || output.size === 0) return false
  const values = output.dataSync<"float32">()
  for (let row = 0; row < values.length; row += classes) {
    const probabilities = values.subarray(row, row + classes)
    if (probabilities.some((value) => !(value >= 0 && value <= 1))) return false
    if (Math.abs(probabilities.reduce((sum, value) => sum + value, 0) - 1) > 1e-4) return false
  }
  return true
}

/** Whether all values are from 0 to 1. */
const areShares = (output: Tensors.TensorOrRecord | undefined): boolean =>
  output !== undefined &&
  Tensors.isTensor(output) &&
  output.dtype === "float32" &&
  output.dataSync<"float32">().every((value) => value >= 0 && value <= 1)

/** How often a model is tried with other parameters. Logits of two samples may look like probabilities by chance, but not so often. */
const tries = 6

/** The model's outputs for the same samples with parameters that are drawn by a seed. */
export type OutputsWith = (seed: number) => Tensors.TensorOrRecord

/**
 * Which activation an output has been through, as far as values can say: they are probabilities with the parameters that there
 * are, and with drawn ones, which take logits far away from 0 in both directions.
 */
const activationBySight = (
  output: string,
  applied: "softmax" | "sigmoid",
  first: Tensors.TensorOrRecord,
  outputsWith: OutputsWith
): string | undefined => {
  const of = (outputs: Tensors.TensorOrRecord) => (Tensors.isTensor(outputs) ? outputs : outputs[output])
  const always = (holds: (one: Tensors.TensorOrRecord | undefined) => boolean) =>
    holds(of(first)) && Array.from({ length: tries }, (_, seed) => seed).every((seed) => holds(of(outputsWith(seed))))
  if (always(areDistributions)) return "softmax"
  return applied === "sigmoid" && always(areShares) ? "sigmoid" : undefined
}

/** The warning for outputs that are already probabilities before a loss makes them so. `outputs` are those of a few samples. */
export const warnings = (
  task: Task,
  outputs: Tensors.TensorOrRecord,
  outputsWith: OutputsWith
): ReadonlyArray<string> => {
  const [model, ...others] = Object.values(task.models)
  const described = model !== undefined && others.length === 0 ? outputActivations(model.topology) : {}
  return Object.entries(task.objectives).flatMap(([loss, { applies = {} }]) =>
    Object.entries(applies).flatMap(([output, activation]) => {
      const applied = described[output] ?? activationBySight(output, activation, outputs, outputsWith)
      if (applied === undefined) return []
      const which = output === "" ? "The model's outputs" : `The model's outputs ${JSON.stringify(output)}`
      return [
        `${which} already pass through a ${applied}, but ${nameOfLoss(loss)} takes logits and applies ${activation} itself: ` +
          "so gradients are far too small. Omit the activation of the last layer, and apply it where you need probabilities."
      ]
    })
  )
}
