/** The page: shows what its worker tells, and tells the worker what the visitor wants. */
import * as Match from "effect/Match"
import * as Bars from "./Bars.ts"
import * as Chart from "./Chart.ts"
import type { ToPage, ToWorker } from "./Messages.ts"
import * as Pad from "./Pad.ts"
import { logarithmic, shares } from "./Scale.ts"
import * as Speed from "./Speed.ts"

const find = <E extends Element>(id: string, kind: abstract new () => E): E => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`)
  return found
}
const button = (id: string): HTMLButtonElement => find(id, HTMLButtonElement)
const show = (id: string, text: string): void => {
  find(id, HTMLElement).textContent = text
}

/** `?images=6000&threads=1` trains on fewer, and with one thread. */
const asked = (name: string, otherwise: number): number =>
  Number(new URLSearchParams(location.search).get(name) ?? otherwise)

const [start, pause, stop] = [button("start"), button("pause"), button("stop")]
const epochs = find("epochs", HTMLSelectElement)
const progress = find("progress", HTMLProgressElement)
const losses = Chart.make(find("losses", SVGSVGElement), logarithmic)
const accuracies = Chart.make(find("accuracies", SVGSVGElement), shares)
const bars = Bars.make(find("bars", HTMLElement), find("answer", HTMLElement))
const pad = Pad.make(find("pad", HTMLCanvasElement), find("pen", HTMLElement), () => recognize())

type State = "idle" | "loading" | "training" | "paused" | "ended" | "failed"
let state: State = "idle"
let worker: Worker | undefined
let speed = Speed.make()
let steps = 0

const tell = (message: ToWorker): void => worker?.postMessage(message)

const enter = (next: State, status: string): void => {
  state = next
  const runs = state === "training" || state === "paused"
  start.disabled = epochs.disabled = runs || state === "loading"
  pause.disabled = stop.disabled = !runs
  pause.textContent = state === "paused" ? "Continue" : "Pause"
  button("draw").disabled = !runs && state !== "ended"
  document.body.dataset["state"] = state
  show("status", status)
}

/** One image is on its way at a time; what is drawn meanwhile follows it. */
let [awaited, changed] = [false, false]
const recognize = (): void => {
  changed = true
  if (awaited || worker === undefined || state === "loading" || state === "failed") return
  changed = false
  const pixels = pad.image()
  awaited = pixels !== undefined
  if (pixels === undefined) bars.clear("Draw a digit.")
  else tell({ _tag: "Recognize", pixels })
}

const moved = (step: number): void => {
  speed.add(step)
  progress.value = step / steps
  show("steps", `${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`)
  show("speed", speed.toString())
}

/** What each message means for the page. */
const hear = Match.typeTags<ToPage, void>()({
  Ready: ({ executor, images, ...run }) => {
    steps = run.steps
    losses.begin(steps)
    accuracies.begin(steps)
    show("executor", executor)
    enter("training", `Training on ${images.toLocaleString("en")} images.`)
    recognize()
  },
  Trained: ({ step, loss, accuracy }) => {
    losses.add("trained", step, loss)
    accuracies.add("trained", step, accuracy)
    moved(step)
  },
  Validated: ({ step, loss, accuracy }) => {
    losses.add("held", step, loss)
    accuracies.add("held", step, accuracy)
    show("accuracy", `${(100 * accuracy).toFixed(2)} %`)
    recognize()
  },
  Ended: ({ step, reason, digest }) => {
    moved(step)
    enter("ended", `${reason.startsWith("until") ? "All epochs are done" : "Stopped"}. Draw a digit.`)
    show("digest", digest === "" ? "" : `SHA-256 of the weights: ${digest}`)
    recognize()
  },
  Failed: ({ message }) => enter("failed", message),
  Recognized: ({ probabilities }) => {
    awaited = false
    if (pad.image() !== undefined) bars.show(probabilities)
    if (changed) recognize()
  },
  Drawn: ({ pixels }) => pad.show(pixels)
})

start.addEventListener("click", () => {
  worker?.terminate()
  awaited = false
  speed = Speed.make()
  worker = new Worker("worker.js", { type: "module" })
  worker.onmessage = ({ data }: MessageEvent<ToPage>) => hear(data)
  worker.onerror = ({ message }) => enter("failed", message)
  const most = crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1
  const threads = asked("threads", most)
  show("threads", crossOriginIsolated ? `${threads}` : "1: not isolated")
  show("digest", "")
  enter("loading", "Loading the images …")
  tell({ _tag: "Start", epochs: Number(epochs.value), images: asked("images", 60_000), threads })
})
pause.addEventListener("click", () => {
  const pauses = state === "training"
  tell({ _tag: pauses ? "Pause" : "Continue" })
  speed = Speed.make()
  enter(pauses ? "paused" : "training", pauses ? "Paused." : "Training.")
})
stop.addEventListener("click", () => tell({ _tag: "Stop" }))
button("clear").addEventListener("click", pad.clear)
button("draw").addEventListener("click", () => tell({ _tag: "Draw" }))
losses.begin(0)
accuracies.begin(0)
