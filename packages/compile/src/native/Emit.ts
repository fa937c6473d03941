/** Programs as the text of one addon, in C. The text follows from the programs and the target alone. */
import type { Program, Target } from "../code/Code.ts"
import { EmitFailed } from "./Errors.ts"
import { addon } from "./source/Addon.ts"
import { pool } from "./source/Pool.ts"
import { programSource } from "./source/Program.ts"
import { scalars } from "./source/Scalars.ts"
import { lanesOf } from "./source/Task.ts"
import { narrowVectors, vectors } from "./source/Vectors.ts"

/** Lanes of tasks whose vectors are narrower than the target's. */
const narrower = (programs: ReadonlyArray<Program>, lanes: number): ReadonlyArray<number> => {
  const tasks = programs.flatMap(({ phases }) => phases.flatMap((phase) => phase.tasks))
  const found = new Set(tasks.flatMap((task) => lanesOf(task) ?? []))
  found.delete(lanes)
  for (const other of found) {
    if (other !== 8 || lanes !== 16) throw new EmitFailed({ reason: `there are no vectors of ${other} lanes` })
  }
  return [...found]
}

/** Throws `EmitFailed` for an invalid program: vectors with other numbers of lanes, undeclared locals. */
export const emit = (programs: ReadonlyArray<Program>, { lanes }: Target): string => {
  if (![4, 8, 16].includes(lanes)) throw new EmitFailed({ reason: `there are no vectors of ${lanes} lanes` })
  const printed = programs.map((program, number) => programSource(program, lanes, number))
  return [
    scalars,
    vectors(lanes),
    ...narrower(programs, lanes).map(narrowVectors),
    pool,
    ...printed.map(({ source }) => source),
    `#define PROGRAMS ${programs.length}`,
    `static const Compiled programs[PROGRAMS] = { ${printed.map(({ entry }) => entry).join(", ")} };`,
    addon
  ].join("\n")
}
