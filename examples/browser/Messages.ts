/** What the page and its worker tell each other. */

export interface Settings {
  readonly epochs: number
  /** How many images of the 60,000. */
  readonly images: number
  readonly threads: number
}

export type ToWorker =
  | ({ readonly _tag: "Start" } & Settings)
  | { readonly _tag: "Pause" }
  | { readonly _tag: "Continue" }
  | { readonly _tag: "Stop" }
  /** 28×28 bytes, as in MNIST. */
  | { readonly _tag: "Recognize"; readonly pixels: Uint8Array }
  /** Asks for an image that was held out. */
  | { readonly _tag: "Draw" }

export type ToPage =
  | { readonly _tag: "Ready"; readonly executor: string; readonly images: number; readonly steps: number }
  /** Means over the steps since the last of these. */
  | { readonly _tag: "Trained"; readonly step: number; readonly loss: number; readonly accuracy: number }
  | { readonly _tag: "Validated"; readonly step: number; readonly loss: number; readonly accuracy: number }
  | { readonly _tag: "Ended"; readonly reason: string; readonly step: number; readonly digest: string }
  | { readonly _tag: "Failed"; readonly message: string }
  | { readonly _tag: "Recognized"; readonly probabilities: ReadonlyArray<number> }
  | { readonly _tag: "Drawn"; readonly pixels: Uint8Array }
