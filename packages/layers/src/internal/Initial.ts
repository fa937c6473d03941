/** Initial values of a whole model's parameters, by patterns of their paths. */
import * as PathPattern from "@etude/core/PathPattern"
import * as Rng from "@etude/core/Rng"
import type { Tensors } from "@etude/core/Tensors"
import type { Unscaled } from "../Initializer.ts"

/** Initializers by pattern of paths; of several that match a path, the first counts. */
export type Initial = { readonly [pattern: string]: Unscaled }

/** A parameter's values by its initializer, drawn from the stream that its path names. */
const valuesOf = (initializer: Unscaled, key: Rng.Key, path: string, shape: ReadonlyArray<number>) => {
  const values = initializer(Rng.named(key, path), shape)
  if (values.shape.join() === shape.join()) return values
  throw new Error(`the initializer of ${path} gives [${values.shape.join(", ")}]; expected [${shape.join(", ")}]`)
}

/** The parameters, with other values where a pattern matches. Throws where a pattern matches none. */
export const replaced = (parameters: Tensors, initial: Initial, key: Rng.Key): Tensors => {
  const rules = Object.entries(initial).map(([pattern, initializer]) => ({
    pattern,
    initializer,
    matches: PathPattern.matcher(pattern)
  }))
  const paths = Object.keys(parameters)
  const idle = rules.filter(({ matches }) => !paths.some(matches)).map(({ pattern }) => pattern)
  if (idle.length > 0) throw new Error(`initial: no parameter matches ${idle.join(", ")}; there is ${paths.join(", ")}`)
  return Object.fromEntries(
    Object.entries(parameters).map(([path, tensor]) => {
      const rule = rules.find(({ matches }) => matches(path))
      return [path, rule === undefined ? tensor : valuesOf(rule.initializer, key, path, tensor.shape)]
    })
  )
}
