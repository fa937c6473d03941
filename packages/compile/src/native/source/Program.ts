/**
 * Programs as C: phases, cut into pieces that any thread may do. Where the pieces of a phase are few and small, one thread does
 * them, and neighbouring phases like that are one.
 */

import { mapEntry } from "@etude/core/Lookup"
import type { Program, Task } from "../../code/Code.ts"
import { type Call, functions } from "./Alike.ts"

/** The approximate number of multiply-adds in a piece: a few microseconds, so that the wait for the last one is short. */
const pieceWork = 40_000
/** The maximum number of pieces of one task. */
const mostPieces = 32
/** The number of multiply-adds below which one thread runs a phase: that is faster than waking another. */
const sharedWork = 60_000

interface Named {
  readonly task: Task
  readonly call: Call
}

/** The calls of one piece. */
type Piece = ReadonlyArray<string>

interface Pieces {
  readonly pieces: ReadonlyArray<Piece>
  readonly isShared: boolean
}

const range = ({ call: { name, further }, task: { units } }: Named, part: number, parts: number): string => {
  const [first, last] = [Math.floor((units * part) / parts), Math.floor((units * (part + 1)) / parts)]
  return `${name}(${["M", first, last, ...further].join(", ")});`
}

/** Large tasks are cut; small ones are put together. */
const piecesOf = (phase: ReadonlyArray<Named>): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let [together, work]: [Array<string>, number] = [[], 0]
  for (const named of phase) {
    const parts = Math.min(Math.floor(named.task.work / pieceWork), named.task.units, mostPieces)
    if (parts > 1) {
      pieces.push(...Array.from({ length: parts }, (_, part) => [range(named, part, parts)]))
      continue
    }
    together.push(range(named, 0, 1))
    work += named.task.work
    if (work < pieceWork) continue
    pieces.push(together)
    ;[together, work] = [[], 0]
  }
  return together.length === 0 ? pieces : [...pieces, together]
}

const divided = (phase: ReadonlyArray<Named>): Pieces => {
  const pieces = piecesOf(phase)
  const work = phase.reduce((sum, { task }) => sum + task.work, 0)
  const isShared = pieces.length > 1 && work >= sharedWork
  return isShared ? { pieces, isShared } : { pieces: [pieces.flat()], isShared }
}

/** Joins several phases that run on one thread. */
const joined = (phases: ReadonlyArray<Pieces>): ReadonlyArray<Pieces> => {
  const all: Array<Pieces> = []
  for (const phase of phases) {
    const before = all.at(-1)
    if (before === undefined || before.isShared || phase.isShared) all.push(phase)
    else all[all.length - 1] = { pieces: [[...before.pieces.flat(), ...phase.pieces.flat()]], isShared: false }
  }
  return all
}

const pieceFunction = (name: string, { pieces }: Pieces): ReadonlyArray<string> => [
  `static void ${name}(u8* M, int piece) {`,
  "  switch (piece) {",
  ...pieces.map((calls, piece) => `    case ${piece}: ${calls.join(" ")} break;`),
  "  }",
  "}"
]

/** The program's functions, and its entry in the table of programs. */
export const programSource = (program: Program, lanes: number, number: number) => {
  const { sources, calls } = functions(program, lanes, number)
  const named = program.phases.map(({ tasks }) => tasks.map((task) => ({ task, call: mapEntry(calls, task) })))
  const phases = joined(named.filter((tasks) => tasks.length > 0).map(divided))
  const entries = phases.map(
    ({ pieces, isShared }, index) => `{ phase_${number}_${index}, ${pieces.length}, ${isShared ? 0 : 1} }`
  )
  const lines = [
    ...sources,
    ...phases.flatMap((phase, index) => pieceFunction(`phase_${number}_${index}`, phase)),
    `static const Phase phases_${number}[] = { ${[...entries, "{ 0, 0, 1 }"].join(", ")} };`
  ]
  const firstShared = phases.findIndex(({ isShared }) => isShared)
  const first = firstShared < 0 ? phases.length : firstShared
  const last = firstShared < 0 ? phases.length : phases.findLastIndex(({ isShared }) => isShared) + 1
  return { source: lines.join("\n"), entry: `{ phases_${number}, ${phases.length}, ${first}, ${last} }` }
}
