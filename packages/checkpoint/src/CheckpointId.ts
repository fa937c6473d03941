/**
 * How checkpoints are named: `epoch-0003-batch-00000-step-0002580-attempt-01`, with `-02` and so on after it for another
 * one of the same attempt at the same position. What is newest is read off the name alone, so that it is known of damaged
 * checkpoints too.
 */
import type { Plain } from "@etude/core/TrainState"
import * as Order from "effect/Order"

export interface Position {
  readonly epoch: number
  readonly batch: number
  readonly step: number
  readonly attempt: number
  /** Counts, from 1, the checkpoints of one attempt at one position. */
  readonly copy: number
}

export const positionOf = ({ progress: { epoch, batch, step }, attempt }: Plain): Omit<Position, "copy"> => ({
  epoch,
  batch,
  step,
  attempt
})

const padded = (value: number, digits: number): string => String(value).padStart(digits, "0")

export const make = ({ epoch, batch, step, attempt, copy }: Position): string =>
  `epoch-${padded(epoch, 4)}-batch-${padded(batch, 5)}-step-${padded(step, 7)}-attempt-${padded(attempt, 2)}` +
  (copy === 1 ? "" : `-${padded(copy, 2)}`)

const pattern = /^epoch-(\d{4,})-batch-(\d{5,})-step-(\d{7,})-attempt-(\d{2,})(?:-(\d{2,}))?$/

/** The position in a name; undefined when the name is not one that `make` gives. */
export const parse = (id: string): Position | undefined => {
  const match = pattern.exec(id)
  if (match === null) return undefined
  const [epoch = 1, batch = 1, step = 1, attempt = 1, copy = 1] = match
    .slice(1)
    .map((digits) => (digits ? Number(digits) : undefined))
  const position = { epoch, batch, step, attempt, copy }
  return make(position) === id ? position : undefined
}

/** Oldest first: by attempt, then by position. */
export const order: Order.Order<Position> = Order.combineAll(
  (["attempt", "epoch", "batch", "step", "copy"] as const).map((key) =>
    Order.mapInput(Order.Number, (position: Position) => position[key])
  )
)

/** Those of the names that name checkpoints, oldest first. */
export const sorted = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names
    .flatMap((id) => {
      const position = parse(id)
      return position === undefined ? [] : [{ id, position }]
    })
    .sort((a, b) => order(a.position, b.position))
    .map(({ id }) => id)

/** The first free name at a position. */
export const free = (position: Omit<Position, "copy">, taken: ReadonlySet<string>): string => {
  let copy = 1
  while (taken.has(make({ ...position, copy }))) copy++
  return make({ ...position, copy })
}
