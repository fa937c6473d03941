/** How the report's page looks, in light and in dark, and the few lines that draw its curves in the reader's browser. */

export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --text: #1b2330; --soft: #667085; --line: #e3e7ee; --grid: #eceff4; --accent: #2563eb;
  --good: #067647; --good-ground: #ecfdf3; --bad: #b42318; --bad-ground: #fef3f2; --wait: #935f0a; --wait-ground: #fffaeb; --shade: rgb(16 24 40 / .22);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116; --card: #171b22; --text: #e5e9f0; --soft: #98a2b3; --line: #2a313c; --grid: #232a34; --accent: #6ea8fe;
    --good: #6ce9a6; --good-ground: #0b2e20; --bad: #fda29b; --bad-ground: #3a1413; --wait: #fec84b; --wait-ground: #33260a; --shade: rgb(0 0 0 / .6);
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1280px; margin: 0 auto; padding: 2rem clamp(.75rem, 3vw, 2rem) 4rem }
h1, h2, h3 { font-weight: 650; line-height: 1.25; letter-spacing: -.01em }
h1 { font-size: clamp(1.4rem, 4vw, 2rem); margin: 0; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem } h3 { font-size: .95rem; margin: 0 0 .6rem }
.head { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center }
.status { font-size: .8rem; font-weight: 600; padding: .1rem .6rem; border-radius: 99px; background: var(--wait-ground); color: var(--wait) }
.status.ended { background: var(--good-ground); color: var(--good) } .status.failed { background: var(--bad-ground); color: var(--bad) }
.sub { color: var(--soft); margin: .4rem 0 0; overflow-wrap: anywhere }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: .75rem; margin-top: 1.5rem }
.fact, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; min-width: 0 }
.fact .name { color: var(--soft); font-size: .8rem; overflow-wrap: anywhere }
.fact .value { font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.3 }
.fact .note { color: var(--soft); font-size: .78rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 1rem; align-items: start }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px), 1fr)); gap: 1rem }
/* A shadow at the side on which there is more to scroll to. */
.scroll, figure { overflow: auto; background:
  linear-gradient(to right, var(--card), transparent) left / 28px 100% no-repeat local, linear-gradient(to left, var(--card), transparent) right / 28px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll, linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll, var(--card) }
.scroll { max-height: 30rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; width: 100% }
th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
thead th { position: sticky; top: 0; background: var(--card); color: var(--soft); font-weight: 600 }
tbody tr:last-child > * { border-bottom: 0 }
th:first-child, td:first-child { text-align: left } .facing td { text-align: left; white-space: normal; overflow-wrap: anywhere }
.facing td:first-child { color: var(--soft); width: 12rem }
.matrix { width: auto } .matrix td { text-align: center; border: 1px solid var(--card); min-width: 2.6rem } .matrix th { color: var(--soft); font-weight: 600 }
.warnings { border-left: 4px solid #f79009 } .warnings ul { margin: 0; padding-left: 1.2rem }
figure { margin: 0 } figure img { display: block; max-width: 100%; height: auto; margin: 0 auto } figcaption { color: var(--soft); font-size: .85rem; margin-top: .5rem }
summary { cursor: pointer; color: var(--soft) } pre { margin: .8rem 0 0; overflow: auto; max-height: 36rem; font-size: .82rem }
.uplot, .u-wrap { max-width: 100% } .u-legend { font-size: .8rem; color: var(--soft); text-align: left } .u-legend th, .u-legend td { border: 0; padding: 0 .3rem }
.u-legend .u-value { color: var(--text) } .u-select { background: color-mix(in srgb, var(--accent) 15%, transparent) }
.chart { min-height: 240px }
.chart-head { display: flex; justify-content: space-between; align-items: baseline }
.chart-head button { font: inherit; font-size: .75rem; color: var(--soft); background: none; border: 1px solid var(--line); border-radius: 6px; padding: 0 .5rem; cursor: pointer }
.chart-head button[aria-pressed=true] { color: var(--card); background: var(--accent); border-color: var(--accent) }
.u-legend .u-marker { width: 14px; height: 3px; border-radius: 2px }
section > .card + .card { margin-top: .75rem }
footer { color: var(--soft); font-size: .8rem; margin-top: 2.5rem }
@media (max-width: 600px) { .facing td:first-child { width: 7.5rem } figure img { max-width: none; width: 600px } }
@media print { body { background: #fff } .card, .fact { break-inside: avoid } .scroll, pre { max-height: none } }
`

/** Runs in the reader's browser: draws each chart as wide as its place, in the colours of the page, and again when they change. */
export const script = `
const { charts, batchLine, batchesPerEpoch } = JSON.parse(document.getElementById("data").textContent)
const dark = matchMedia("(prefers-color-scheme: dark)")
const known = { train: 0, validation: 1, test: 2 }
const palette = () => dark.matches
  ? ["#6ea8fe", "#fdb022", "#47cd89", "#c3a6ff", "#ff8f8f", "#5fd4e8", "#f79ac0", "#c5cf6b"]
  : ["#2563eb", "#d97706", "#079455", "#7c3aed", "#d92d20", "#0891b2", "#be185d", "#65760b"]
const places = Array.from(document.querySelectorAll(".chart"))
const plots = places.map(() => undefined)
const short = (value) => value === 0 ? "0" : Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toLocaleString("en-US", { maximumSignificantDigits: 4 })
// The page's icon: a curve that falls.
const icon = document.createElement("link")
icon.rel = "icon"
icon.href = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2563eb"/><path d="M3 3.5C4 11 7 12 13 12.5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>')
document.head.append(icon)
/** A moving average that begins at the first value. */
const smoothed = (values) => {
  const share = Math.min(0.9, 1 - 1 / Math.max(1, values.length / 20))
  let mean = values[0]
  return values.map((value) => (mean = share * mean + (1 - share) * value))
}
const logarithmic = new Set()
/** Batches as a thin line, and their smoothing as one more. */
const drawn = (lines) => lines.flatMap((line) => line.name !== batchLine || line.values.length < 10 ? [line] : [
  { ...line, name: "batch", faint: true }, { ...line, name: "batch, smoothed", values: smoothed(line.values) }
])
const lastOf = (values) => values.findLast((value) => value != null)
const draw = (at) => {
  const lines = drawn(charts[at].lines)
  const place = places[at]
  const width = Math.floor(place.clientWidth)
  if (width === 0) return
  plots[at]?.destroy()
  const css = getComputedStyle(document.documentElement)
  const [text, grid, colors] = [css.getPropertyValue("--soft"), css.getPropertyValue("--grid"), palette()]
  const others = lines.filter(({ name }) => known[name] === undefined)
  const colorOf = (name) => colors[(known[name] ?? (others.length === lines.length ? 0 : 3) + others.findIndex((one) => one.name === name)) % colors.length]
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui, sans-serif" }
  const data = uPlot.join(lines.map(({ steps, values }) => [steps, values]))
  const series = lines.map(({ name, steps, faint }) => ({
    label: name, stroke: faint ? colorOf("batch, smoothed") + "55" : colorOf(name), width: faint ? 1 : 1.8, spanGaps: true,
    points: { show: steps.length <= 30, size: 5, fill: colorOf(name) },
    // Where nothing is pointed at, the last values stand.
    value: (plot, value, index) => { const shown = value ?? lastOf(plot.data[index]); return shown == null ? "–" : short(shown) }
  }))
  // Single batches may lie far off: the other lines decide what is seen.
  const telling = lines.filter(({ faint }) => !faint).flatMap(({ values }) => values)
  const isLog = logarithmic.has(at)
  const range = () => {
    const [low, high] = [telling.reduce((a, b) => Math.min(a, b)), telling.reduce((a, b) => Math.max(a, b))]
    if (isLog) return [low / 1.3, high * 1.3]
    const room = (high - low || Math.abs(high) || 1) * 0.06
    return [low >= 0 && low < room ? 0 : low - room, high + room]
  }
  plots[at] = new uPlot({
    width, height: 240, cursor: { sync: { key: "step" } }, scales: { x: { time: false }, y: { distr: isLog ? 3 : 1, range } },
    legend: { markers: { width: 0, fill: (_, index) => series[index - 1].stroke } },
    axes: [{ ...axis, values: (_, ticks) => ticks.map((tick) => Number.isInteger(tick) ? tick.toLocaleString("en-US") : "") }, { ...axis, size: 62, values: (_, ticks) => ticks.map(short) }],
    series: [{ label: "step", value: (plot, value) => {
      const step = value ?? lastOf(plot.data[0])
      return step == null ? "–" : step.toLocaleString("en-US") + " (epoch " + (step / batchesPerEpoch).toFixed(1) + ")"
    } }, ...series]
  }, data, place)
}
const drawAll = () => charts.forEach((_, at) => draw(at))
document.querySelectorAll(".chart-head button").forEach((button, at) => {
  if (!charts[at].lines.every(({ values }) => values.every((value) => value > 0))) return button.remove()
  button.addEventListener("click", () => {
    if (!logarithmic.delete(at)) logarithmic.add(at)
    button.setAttribute("aria-pressed", String(logarithmic.has(at)))
    draw(at)
  })
})
drawAll()
dark.addEventListener("change", drawAll)
const seen = new Map()
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const at = places.indexOf(target)
    const width = Math.floor(contentRect.width)
    if (seen.get(at) !== undefined && seen.get(at) !== width) plots[at]?.setSize({ width, height: 240 })
    seen.set(at, width)
  }
})
places.forEach((place) => observer.observe(place))
document.body.dataset.charts = String(document.querySelectorAll(".chart canvas").length)
`
