/** Which way each monitor is better, as a run's first event says. */
import type { Known } from "@etude/core/Event"
import type { Better } from "./options.ts"

export interface Directions {
  readonly onEvent: (event: Known) => void
  /** `lower` where the run did not say. */
  readonly of: (monitor: string) => Better
}

export const make = (): Directions => {
  let monitors: { readonly [monitor: string]: Better } = {}
  return {
    onEvent: (event) => {
      if (event._tag === "RunStarted" || event._tag === "Resumed") monitors = event.monitors
    },
    of: (monitor) => monitors[monitor] ?? "lower"
  }
}

/** Whether a monitor's value is known at the end of an epoch only; others are told at the end of each validation. */
export const isOfTraining = (monitor: string): boolean => monitor.startsWith("train/")
