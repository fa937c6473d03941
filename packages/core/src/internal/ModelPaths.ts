/**
 * Paths of a task's parameters: those of the model named `""` unchanged, those of others as `model/path`. A path is the
 * path of exactly one model: where names could be read in two ways, the run is refused before its first step.
 */
import type { Tensors } from "../Tensors.ts"

/** Models by name. */
export type Models = { readonly [name: string]: unknown }

export const join = (model: string, path: string): string => (model === "" ? path : `${model}/${path}`)

/** The model that a path belongs to: the longest name before a slash; the model `""` where there is none. */
export const ownerOf = (models: Models, path: string): string => {
  let owner = ""
  for (const name in models) if (name.length > owner.length && path.startsWith(`${name}/`)) owner = name
  return owner
}

/** A path as its model has it. */
export const ownPath = (model: string, path: string): string => (model === "" ? path : path.slice(model.length + 1))

/** The tensors of one model, by its own paths. */
export const select = (models: Models, model: string, tensors: Tensors): Tensors => {
  if (model === "" && Object.keys(models).length === 1) return tensors
  const selected = Object.entries(tensors).filter(([path]) => ownerOf(models, path) === model)
  return Object.fromEntries(selected.map(([path, tensor]) => [ownPath(model, path), tensor]))
}

/** The tensors of one model by the task's paths: the inverse of {@link select}. */
export const within = (model: string, tensors: Tensors): Tensors =>
  model === ""
    ? tensors
    : Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [join(model, path), tensor]))
