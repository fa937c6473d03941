/** A reliability diagram: for each confidence, how often predictions were right, and how many there were. */
import type { Figure } from "@etude/core/Figure"
import { type Frame, xOf, yOf } from "@etude/core/Plot"
import { element, figure, text, tooltip } from "@etude/core/Svg"
import { axes, diagonal } from "./plot.ts"

/** A bin of confidence; means are absent where it holds nothing. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly weight: number
  readonly confidence?: number
  readonly accuracy?: number
}

const frame: Frame = { left: 68, top: 56, width: 400, height: 320 }
const shares: Frame = { left: 68, top: 440, width: 400, height: 70 }
const legendLeft = frame.left + frame.width + 28

/** A nonempty bin. */
type FullBin = Required<Bin> & { readonly gap: number }

const fullBins = (bins: ReadonlyArray<Bin>): ReadonlyArray<FullBin> =>
  bins.flatMap((bin) =>
    bin.confidence === undefined || bin.accuracy === undefined
      ? []
      : [{ ...bin, confidence: bin.confidence, accuracy: bin.accuracy, gap: Math.abs(bin.accuracy - bin.confidence) }]
  )

const tooltipOf = ({ from, to, weight, confidence, accuracy }: FullBin, total: number): string => {
  const range = `${from.toFixed(2)} to ${to.toFixed(2)}`
  const percentage = `${((weight / total) * 100).toFixed(1)} % of all`
  return tooltip(`Confidence ${range}: ${percentage}; predicted ${confidence.toFixed(3)}, right ${accuracy.toFixed(3)}`)
}

/** A bin's bar, the gap between accuracy and confidence, and the fraction of predictions below. */
const bar = (bin: FullBin, total: number, most: number): string => {
  const { from, to, weight, confidence, accuracy, gap } = bin
  const [x, width] = [xOf(frame, from) + 0.5, (to - from) * frame.width - 1]
  const [y, expected] = [yOf(frame, accuracy), yOf(frame, confidence)]
  const height = (weight / most) * shares.height
  return element(
    "g",
    {},
    tooltipOf(bin, total),
    element("rect", { x, y, width, height: frame.top + frame.height - y, class: "right", "fill-opacity": 0.8 }),
    // From accuracy to confidence: the gap, whose average is the calibration error.
    element("rect", {
      x,
      y: Math.min(y, expected),
      width,
      height: Math.max(gap * frame.height, 0.01),
      class: "wrong gap",
      "fill-opacity": 0.35,
      "stroke-width": 1.5
    }),
    element("rect", { x, y: shares.top + shares.height - height, width, height, class: "soft", "fill-opacity": 0.75 })
  )
}

/** The axis of the fractions below the diagram. */
const shareAxis = (largest: number): ReadonlyArray<string> => {
  const bottom = shares.top + shares.height
  const scale = { class: "soft number", "text-anchor": "end" }
  return [
    element("path", { d: `M${shares.left} ${bottom}h${shares.width}`, class: "axis", fill: "none" }),
    text(shares.left - 8, shares.top + 5, `${largest.toFixed(0)} %`, scale),
    text(shares.left - 8, bottom + 4, "0 %", scale),
    text(shares.left + shares.width / 2, bottom + 18, "fraction of all predictions", {
      class: "soft",
      "text-anchor": "middle"
    })
  ]
}

const key = (row: number, name: string, kind: "right" | "wrong gap"): string =>
  element("rect", {
    x: legendLeft,
    y: frame.top + 6 + row * 22,
    width: 14,
    height: 14,
    class: kind,
    "fill-opacity": kind === "right" ? 0.8 : 0.35
  }) + text(legendLeft + 22, frame.top + 18 + row * 22, name, { class: "ink" })

const value = (row: number, name: string, content: string): string =>
  text(legendLeft, frame.top + 84 + row * 20, name, { class: "soft" }) +
  text(legendLeft + 150, frame.top + 84 + row * 20, content, { class: "ink number", "text-anchor": "end" })

export const reliabilityFigure = (bins: ReadonlyArray<Bin>, title: string): Figure => {
  const total = bins.reduce((sum, { weight }) => sum + weight, 0)
  const most = Math.max(...bins.map(({ weight }) => weight), 1e-30)
  const full = fullBins(bins)
  const ece = full.reduce((sum, { gap, weight }) => sum + (gap * weight) / total, 0)
  const mce = Math.max(...full.map(({ gap }) => gap), 0)
  // Outputs that were NaN make the errors NaN; they have no place in the picture.
  const placed = full.filter(({ gap }) => !Number.isNaN(gap))
  const description =
    total === 0
      ? "Nothing was seen."
      : `Expected calibration error ${ece.toFixed(4)}, the largest of a bin ${mce.toFixed(4)}, over ${full.length} nonempty bins.`
  return figure(
    { width: legendLeft + 170, height: shares.top + shares.height + 30, title, description },
    axes(frame, { x: "confidence", y: "fraction that is right" }),
    ...placed.map((bin) => bar(bin, total, most)),
    diagonal(frame),
    ...shareAxis(total === 0 ? 0 : (most / total) * 100),
    key(0, "right", "right"),
    key(1, "gap to the confidence", "wrong gap"),
    value(0, "ECE", ece.toFixed(4)),
    value(1, "MCE", mce.toFixed(4))
  )
}
