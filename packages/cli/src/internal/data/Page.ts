/** A page with samples: one file, without scripts, that prints and works offline. */
import * as Png from "./Png.ts"
import type { View } from "./Sample.ts"

export interface Shown {
  readonly sample: number
  readonly caption: string
  /** By the field's path; a single field's is `inputs`. */
  readonly views: ReadonlyArray<readonly [path: string, view: View]>
}

export interface PageOptions {
  readonly title: string
  /** Sentences below the title. */
  readonly about: ReadonlyArray<string>
  readonly samples: ReadonlyArray<Shown>
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: 0.25rem 0 1.25rem; opacity: 0.75; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 1rem; }
main.wide { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; min-width: 0; }
img, svg { display: block; width: 100%; border-radius: 4px; image-rendering: pixelated; }
svg { height: 5rem; background: color-mix(in srgb, currentColor 6%, transparent); }
code { font-size: 0.8rem; overflow-wrap: anywhere; }
figcaption { font-size: 0.85rem; display: flex; justify-content: space-between; gap: 0.5rem; }
figcaption span { opacity: 0.6; font-variant-numeric: tabular-nums; }
small { opacity: 0.6; }
`

const lineColours = ["#2563eb", "#dc2626", "#16a34a", "#9333ea"]

const curves = (all: ReadonlyArray<ReadonlyArray<number>>): string => {
  const finite = all.flat().filter(Number.isFinite)
  const [minimum, maximum] = [Math.min(...finite), Math.max(...finite)]
  const range = maximum - minimum || 1
  const lines = all.map((values, index) => {
    const points = values.map((value, step) => {
      const y = 98 - (96 * (value - minimum)) / range
      return `${((100 * step) / (values.length - 1)).toFixed(2)},${Number.isFinite(y) ? y.toFixed(2) : 98}`
    })
    const stroke = `fill="none" stroke="${lineColours[index % lineColours.length]}" vector-effect="non-scaling-stroke"`
    return `<polyline points="${points.join(" ")}" ${stroke}/>`
  })
  return `<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="curves">${lines.join("")}</svg>`
}

const viewHtml = (view: View, caption: string): string => {
  if (view._tag === "Curves") return curves(view.curves)
  if (view._tag === "Numbers") {
    const more = view.omitted > 0 ? ` <small>… ${view.omitted} more</small>` : ""
    return `<code>${view.numbers.join(" ")}</code>${more}`
  }
  const data = Buffer.from(Png.encode(view.picture)).toString("base64")
  return `<img alt="${escaped(caption)}" src="data:image/png;base64,${data}">`
}

const figure = ({ sample, caption, views }: Shown): string => {
  const shown = views.map(([path, view]) => {
    const name = views.length > 1 ? `<small>${escaped(path.replace(/^inputs\./, ""))}</small> ` : ""
    return `<div>${name}${viewHtml(view, caption === "" ? `sample ${sample}` : caption)}</div>`
  })
  const text = `<b>${escaped(caption)}</b><span title="sample ${sample}">#${sample}</span>`
  return `<figure>${shown.join("")}<figcaption>${text}</figcaption></figure>`
}

export const render = ({ title, about, samples }: PageOptions): string => {
  const isWide = samples.some(({ views }) => views.some(([, { _tag }]) => _tag !== "Picture"))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p>${about.map(escaped).join(" ")}</p>
<main${isWide ? ' class="wide"' : ""}>
${samples.map(figure).join("\n")}
</main>
</html>
`
}
