/** The picture of a learning-rate range test: the smoothed loss by the rate, whose axis is logarithmic. */
import type { Figure } from "@etude/core/Figure"
import type { Found, Point } from "../RateFinder.ts"

const [width, height] = [640, 320]
const [left, right, top, bottom] = [56, 16, 16, 44]
/** What a label takes beside its line. */
const room = 150

const number = (value: number): string => Number(value.toPrecision(2)).toString()

/** A power of ten, as short as it is. */
const power = (rate: number): string => {
  const exponent = Math.round(Math.log10(rate))
  return exponent < -2 ? `1e${exponent}` : number(rate)
}

/** Whole powers of ten between two rates. */
const decades = (from: number, to: number): ReadonlyArray<number> => {
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index))
}

const widened = ([low, high]: readonly [number, number]): readonly [low: number, high: number] =>
  high > low ? [low, high] : [low - 0.5, high + 0.5]

export const figureOf = (
  points: ReadonlyArray<Point>,
  { steepest, belowMinimum }: Pick<Found, "steepest" | "belowMinimum">,
  losses: readonly [low: number, high: number]
): Figure => {
  const rates = points.map(({ rate }) => Math.log10(rate))
  const [from, to] = widened([Math.min(...rates), Math.max(...rates)])
  const [low, high] = widened(losses)
  const x = (rate: number) => left + ((Math.log10(rate) - from) / (to - from)) * (width - left - right)
  // What is above is cut off at the upper edge.
  const y = (loss: number) => top + ((high - Math.min(loss, high)) / (high - low)) * (height - top - bottom)
  const line = points.map(({ rate, smoothed }) => `${x(rate).toFixed(1)},${y(smoothed).toFixed(1)}`).join(" ")
  const tick = (rate: number) =>
    `<line x1="${x(rate)}" x2="${x(rate)}" y1="${height - bottom}" y2="${height - bottom + 5}"/>` +
    `<text x="${x(rate)}" y="${height - bottom + 20}" text-anchor="middle">${power(rate)}</text>`
  const level = (loss: number) => `<text x="${left - 8}" y="${y(loss) + 4}" text-anchor="end">${number(loss)}</text>`
  const mark = (rate: number, colour: string, text: string, line: number) => {
    // Beside the line, on its left where there is no room on its right; each on a line of its own.
    const isLeft = x(rate) > width - room
    return (
      `<line x1="${x(rate)}" x2="${x(rate)}" y1="${top}" y2="${height - bottom}" style="stroke:${colour}" stroke-dasharray="4 3"/>` +
      `<text x="${x(rate) + (isLeft ? -5 : 5)}" y="${top + 12 + 16 * line}" style="fill:${colour}"` +
      `${isLeft ? ' text-anchor="end"' : ""}>${text} ${number(rate)}</text>`
    )
  }
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">` +
    "<style>text{fill:#6b7280}line{stroke:#6b7280}</style>" +
    `<line x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/>` +
    decades(10 ** from, 10 ** to)
      .map(tick)
      .join("") +
    [low, high].map(level).join("") +
    `<polyline points="${line}" fill="none" stroke="#2563eb" stroke-width="2"/>` +
    mark(steepest, "#16a34a", "steepest", 0) +
    (belowMinimum >= 10 ** from ? mark(belowMinimum, "#9333ea", "minimum / 10", 1) : "") +
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">learning rate</text></svg>`
  const description = `The smoothed loss by the learning rate; it falls fastest at ${number(steepest)}.`
  return { title: "Learning-rate range test", description, svg }
}
