/** The canvas on which one draws, by pointer or by keyboard. */
import { side } from "./Digits.ts"
import { mnistOf } from "./mnistOf.ts"

export interface Pad {
  /** What is drawn, as an image of MNIST; `undefined` when nothing is. */
  readonly image: () => Uint8Array | undefined
  /** Draws an image of MNIST. */
  readonly show: (pixels: Uint8Array) => void
  readonly clear: () => void
}

/** In pixels of the canvas. */
const stroke = 20
const move = 10

type Point = readonly [x: number, y: number]

const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const context = canvas.getContext("2d", { willReadFrequently: true })
  if (context === null) throw new Error("This browser draws nothing on a canvas.")
  return Object.assign(context, { lineWidth: stroke, lineCap: "round", strokeStyle: "#fff" })
}

const byPointer = (canvas: HTMLCanvasElement, line: (from: Point, to: Point) => void): void => {
  let last: Point | undefined
  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width } = canvas.getBoundingClientRect()
    return [((clientX - left) * canvas.width) / width, ((clientY - top) * canvas.width) / width]
  }
  const to = (event: PointerEvent, from = last): void => {
    if (from === undefined) return
    last = pointOf(event)
    line(from, last)
  }
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId)
    to(event, pointOf(event))
  })
  canvas.addEventListener("pointermove", (event) => to(event))
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = undefined
    })
  }
}

const moves: { readonly [key: string]: Point } = {
  ArrowLeft: [-move, 0],
  ArrowRight: [move, 0],
  ArrowUp: [0, -move],
  ArrowDown: [0, move]
}

const byKeyboard = (canvas: HTMLCanvasElement, pen: HTMLElement, line: (from: Point, to: Point) => void): void => {
  let [place, down]: [Point, boolean] = [[canvas.width / 2, canvas.height / 4], false]
  const show = (): void => {
    pen.hidden = document.activeElement !== canvas || !canvas.matches(":focus-visible")
    pen.classList.toggle("down", down)
    Object.assign(pen.style, {
      left: `${(100 * place[0]) / canvas.width}%`,
      top: `${(100 * place[1]) / canvas.height}%`
    })
  }
  const within = (at: number): number => Math.min(canvas.width - stroke, Math.max(stroke, at))
  canvas.addEventListener("keydown", (event) => {
    const [x, y] = moves[event.key] ?? [0, 0]
    if (event.key === " ") down = !down
    else if (x === 0 && y === 0) return
    event.preventDefault()
    const from = place
    place = [within(place[0] + x), within(place[1] + y)]
    if (down) line(from, place)
    show()
  })
  canvas.addEventListener("focus", show)
  canvas.addEventListener("blur", () => {
    down = false
    show()
  })
}

const imageOf = (pixels: Uint8Array): HTMLCanvasElement => {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side })
  const data = new ImageData(side, side)
  for (const [at, value] of pixels.entries()) data.data.set([255, 255, 255, value], 4 * at)
  canvas.getContext("2d")?.putImageData(data, 0, 0)
  return canvas
}

/** Makes a pad of a square canvas. `pen` shows where the keyboard's pen is; `onChange` is called when something was drawn. */
export const make = (canvas: HTMLCanvasElement, pen: HTMLElement, onChange: () => void): Pad => {
  const context = contextOf(canvas)
  const { width, height } = canvas
  const clear = (): void => {
    context.clearRect(0, 0, width, height)
    onChange()
  }
  const line = (from: Point, to: Point): void => {
    context.beginPath()
    context.moveTo(...from)
    context.lineTo(...to)
    context.stroke()
    onChange()
  }
  byPointer(canvas, line)
  byKeyboard(canvas, pen, line)
  canvas.addEventListener("keydown", ({ key }) => {
    if (key === "Delete" || key === "Backspace") clear()
  })
  return {
    clear,
    image: () => mnistOf(context.getImageData(0, 0, width, height).data.filter((_, at) => at % 4 === 3)),
    show: (pixels) => {
      context.clearRect(0, 0, width, height)
      context.drawImage(imageOf(pixels), 0, 0, width, height)
      onChange()
    }
  }
}
