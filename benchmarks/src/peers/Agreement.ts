/** Whether all peers do the same arithmetic: from equal weights on equal batches, their losses must be equal. */
import { median } from "../Statistics.ts"

/**
 * The relative difference at which a peer is refused. What is allowed is the order of sums and where Adam adds its epsilon;
 * another learning rate, a bias that is forgotten or a running mean in the place of the batch's is far above it.
 */
export const tolerance = 1e-3

/** The same for networks with dropout, of which every peer draws bits of its own; without it they are held to {@link tolerance}. */
export const toleranceWithDropout = 0.1

export interface Verdict {
  /** The largest relative difference from the middle of all peers' losses, over the watched steps. */
  readonly difference: number
  /** Why the peer's figures don't count, if they don't. */
  readonly refused?: string
}

const show = (loss: number): string => loss.toPrecision(6)

/** A verdict for each peer's losses of the first steps. Nobody can be compared alone: then there is no difference. */
export const judge = (
  losses: ReadonlyArray<ReadonlyArray<number>>,
  allowed: number = tolerance
): ReadonlyArray<Verdict> => {
  const steps = Math.max(...losses.map((own) => own.length))
  const middles = Array.from({ length: steps }, (_, step) =>
    median(losses.map((own) => own[step] ?? Number.NaN).filter((loss) => Number.isFinite(loss)))
  )
  return losses.map((own) => {
    const differences = middles.map((middle, step) => Math.abs((own[step] ?? Number.NaN) - middle) / Math.abs(middle))
    const difference = differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences)
    if (difference <= allowed) return { difference }
    const step = differences.findIndex((one) => !(one <= allowed))
    const found = own[step] === undefined ? "missing" : show(own[step])
    return {
      difference,
      refused: `other arithmetic: the loss of step ${step + 1} is ${found}, that of the others ${show(middles[step]!)}`
    }
  })
}
