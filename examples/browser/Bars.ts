/** The probabilities of the ten digits as bars. */

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const rowOf = (digit: number) => {
  const row = document.createElement("li")
  const [name, track, bar, share] = ["span", "div", "div", "span"].map((tag) => document.createElement(tag))
  if (name === undefined || track === undefined || bar === undefined || share === undefined) throw new Error()
  name.textContent = `${digit}`
  Object.assign(track, { className: "track" }).append(Object.assign(bar, { className: "bar" }))
  row.append(name, track, Object.assign(share, { className: "share" }))
  return { row, bar, share }
}

export interface Bars {
  readonly show: (probabilities: ReadonlyArray<number>) => void
  readonly clear: (text: string) => void
}

/** `answer` says which digit it is most likely. */
export const make = (list: HTMLElement, answer: HTMLElement): Bars => {
  const rows = Array.from({ length: 10 }, (_, digit) => rowOf(digit))
  list.append(...rows.map(({ row }) => row))
  const set = (probabilities: ReadonlyArray<number>, most: number): void => {
    for (const [digit, { row, bar, share }] of rows.entries()) {
      const probability = probabilities[digit] ?? 0
      row.classList.toggle("most", digit === most)
      bar.style.width = `${100 * probability}%`
      share.textContent = most < 0 ? "" : percent(probability)
    }
  }
  const clear = (text: string): void => {
    set([], -1)
    answer.textContent = text
  }
  return {
    clear,
    show: (probabilities) => {
      const most = probabilities.indexOf(Math.max(...probabilities))
      set(probabilities, most)
      answer.textContent = `This is a ${most}.`
    }
  }
}
