/** Pictures in a terminal that shows 24-bit colours: two pixels a cell, as an upper half block. */
import type { Picture } from "./Png.ts"

/** Cells of the widest picture; larger ones are thinned out. */
const widest = 32

const colour = ({ pixels, width, height, channels }: Picture, x: number, y: number): string => {
  if (y >= height) return "0;0;0"
  const first = (y * width + x) * channels
  const [red = 0, green = red, blue = red] = pixels.subarray(first, first + channels)
  return `${red};${green};${blue}`
}

/** The rows of a picture. */
const rowsOf = (picture: Picture): ReadonlyArray<string> => {
  const every = Math.max(1, Math.ceil(picture.width / widest))
  const columns = Array.from({ length: Math.floor(picture.width / every) }, (_, column) => column * every)
  return Array.from({ length: Math.ceil(picture.height / every / 2) }, (_, row) => {
    const [upper, lower] = [2 * row * every, (2 * row + 1) * every]
    const cell = (x: number) => `\u001b[38;2;${colour(picture, x, upper)}m\u001b[48;2;${colour(picture, x, lower)}m▀`
    return `${columns.map(cell).join("")}\u001b[0m`
  })
}

/** As many pictures side by side as there is room for, two rows of them, each with its caption. */
export const render = (
  pictures: ReadonlyArray<{ readonly picture: Picture; readonly caption: string }>,
  columns: number
): string => {
  const [first] = pictures
  if (first === undefined) return ""
  const every = Math.max(1, Math.ceil(first.picture.width / widest))
  const cells = Math.floor(first.picture.width / every)
  const across = Math.max(1, Math.floor((columns + 1) / (cells + 1)))
  const lines = [0, 1].flatMap((row) => {
    const shown = pictures.slice(row * across, (row + 1) * across)
    if (shown.length === 0) return []
    const drawn = shown.map(({ picture }) => rowsOf(picture))
    const captions = shown.map(({ caption }) => caption.slice(0, cells).padEnd(cells)).join(" ")
    return [...(drawn[0] ?? []).map((_, line) => drawn.map((rows) => rows[line] ?? "").join(" ")), captions.trimEnd()]
  })
  return lines.join("\n")
}
