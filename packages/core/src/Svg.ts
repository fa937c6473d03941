/**
 * SVG as text: elements, escaped where they are put together, in the look that all figures share. Where two axes and lines are all that
 * a figure has, `Plot.ts` draws them. Colours are classes of one
 * style sheet, so that a figure follows the reader's light or dark ground; its own ground is drawn, so that it is readable
 * wherever it is put. No scripts, no variables (which converters of SVG don't know), and no ids, which could clash in a page.
 */

import type { Figure } from "./Figure.ts"

/** Attributes; what is `undefined` is left out. Numbers are written with two decimals at most. */
export type Attributes = { readonly [name: string]: string | number | undefined }

/** The ampersand first, since the others' names begin with one. */
const entities = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"]
] as const

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
const withoutCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** Without what XML has no characters for. */
const escaped = (text: string): string =>
  entities.reduce((clean, [symbol, entity]) => clean.replaceAll(symbol, entity), text.replace(withoutCharacter, ""))

export const rounded = (value: number): number => Math.round(value * 100) / 100

/** An element with others in it. */
export const element = (name: string, attributes: Attributes, ...content: ReadonlyArray<string>): string => {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`]
  )
  return `<${name}${written.join("")}${content.length === 0 ? "/>" : `>${content.join("")}</${name}>`}`
}

/** Text at a place. */
export const text = (x: number, y: number, content: string, attributes: Attributes = {}): string =>
  element("text", { x, y, ...attributes }, escaped(content))

/** What a pointer that rests on the element around it shows. */
export const tooltip = (content: string): string => element("title", {}, escaped(content))

export const path = (d: string, attributes: Attributes): string => element("path", { d, ...attributes })

/** `M … L …` through points. */
export const polyline = (points: ReadonlyArray<readonly [x: number, y: number]>): string =>
  points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${rounded(x)} ${rounded(y)}`).join("")

interface Theme {
  readonly paper: string
  readonly ink: string
  readonly soft: string
  readonly line: string
  /** On deep `right` and `wrong`; on those of middling depth. */
  readonly on: string
  readonly middle: string
  readonly right: string
  readonly wrong: string
  readonly series: ReadonlyArray<string>
}

// Each colour of a line has a contrast of at least 3 to its ground, each of a text 4.5 (WCAG 2.2, 1.4.11 and 1.4.3).
const light: Theme = {
  paper: "#ffffff",
  ink: "#1c2430",
  soft: "#566170",
  line: "#dde2e9",
  on: "#ffffff",
  middle: "#1c2430",
  right: "#17609f",
  wrong: "#b5460a",
  series: ["#1d6fb8", "#c9500d", "#1a8a5f", "#a8327d", "#7a5cc7", "#8a6d00", "#0b8497", "#d0333f", "#5b6675", "#7a4b2a"]
}
const dark: Theme = {
  paper: "#14171c",
  ink: "#e8ecf1",
  soft: "#a3adba",
  line: "#2d343f",
  on: "#0b0e12",
  middle: "#0b0e12",
  right: "#62abf2",
  wrong: "#f29a5e",
  series: ["#5aa7f0", "#f0965a", "#4cc38f", "#e57fbd", "#b09af2", "#d4b63c", "#45c3d6", "#ff7b82", "#a3adba", "#c8997a"]
}

/** The colours of both grounds. */
export const palettes = { light, dark }

/** How many series have a distinct colour: lines the classes `series-0`, `series-1`, …, areas `area-0`, `area-1`, …. */
export const seriesColours = light.series.length

const scope = "etude-figure"

const rules = ({ paper, ink, soft, line, on, middle, right, wrong, series }: Theme): string =>
  [
    `.paper{fill:${paper}}.ink{fill:${ink}}.soft{fill:${soft}}.right{fill:${right}}.wrong{fill:${wrong}}`,
    `.grid{stroke:${line}}.axis{stroke:${soft}}.gap{stroke:${wrong}}`,
    `.on-pale{fill:${ink}}.on-middle{fill:${middle}}.on-deep{fill:${on}}`,
    ...series.map((colour, index) => `.series-${index}{stroke:${colour}}.area-${index}{fill:${colour}}`)
  ]
    .join("")
    .replaceAll(/(^|})\./g, `$1.${scope} .`)

const style =
  `.${scope}{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}` +
  `.${scope} .number{font-variant-numeric:tabular-nums}.${scope} .title{font-size:15px;font-weight:600}` +
  `${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}`

export interface Document {
  readonly width: number
  readonly height: number
  readonly title: string
  /** A text alternative for people who can't see it. */
  readonly description: string
}

/** A whole document: ground, title in the corner, content. */
export const figure = (
  { width, height, title, description }: Document,
  ...content: ReadonlyArray<string>
): Required<Figure> => ({
  title,
  description,
  svg: element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: scope,
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      role: "img",
      "aria-label": `${title}. ${description}`
    },
    element("title", {}, escaped(title)),
    element("desc", {}, escaped(description)),
    element("style", {}, style),
    element("rect", { width, height, rx: 8, class: "paper" }),
    text(20, 30, title, { class: "ink title" }),
    ...content
  )
})
