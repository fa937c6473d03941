/** Settings drawn independently of each other. Bergstra and Bengio 2012, "Random search for hyper-parameter optimization". */
import * as Entry from "@etude/core/Entry"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import type { Parameters } from "../Trial.ts"
import * as Unit from "./Unit.ts"

/** A value of a range drawn by a key: numbers evenly (with `log` in their logarithms), values of a choice equally often. */
export const drawn = (range: Space.Range, key: Rng.Key): Schema.Json => Unit.valueOf(range, Unit.uniform(key, 0))

/** A setting drawn by one key. */
export const draw = (space: Space.Space, key: Rng.Key): Parameters =>
  Space.fill(space, ({ key: name, range }) => drawn(range, Rng.named(key, name)))

/** Each parameter is drawn from a stream of its own, so that another parameter in the space does not change it. */
export const random: Searcher = {
  isSequential: false,
  suggest: (space, _tried, setting, key) => draw(space, Rng.fold(key, setting))
}

export const entry = Entry.of({ tag: "Random", schema: Schema.TaggedStruct("Random", {}), make: () => ({ ...random }) })
