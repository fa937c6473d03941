/** The locals of a tile. Tiles of one task share them: only one is computed at a time. */
import type * as Build from "../../code/Build.ts"
import type { Local } from "../../code/Code.ts"

export interface Registers {
  readonly lanes: number
  readonly accumulator: (position: number) => Local
  readonly vector: (position: number) => Local
  readonly splat: Local
  readonly left: Local
  readonly right: Local
  readonly counter: (depth: number) => Local
}

const pool = (make: () => Local): ((position: number) => Local) => {
  const made: Array<Local> = []
  return (position) => {
    while (made.length <= position) made.push(make())
    return made[position] ?? make()
  }
}

export const make = (locals: Build.Locals, lanes: number): Registers => ({
  lanes,
  accumulator: pool(() => locals.fresh("f32", lanes, "sum")),
  vector: pool(() => locals.fresh("f32", lanes, "right")),
  splat: locals.fresh("f32", lanes, "left"),
  left: locals.fresh("index", 1, "l"),
  right: locals.fresh("index", 1, "r"),
  counter: pool(() => locals.fresh("index", 1, "k"))
})
