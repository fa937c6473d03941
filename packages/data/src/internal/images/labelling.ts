/** Labels by name or number, as the numbers that targets are. */
import { DataError } from "@etude/core/Errors"

/** A class by its name, or by its number from 0 on. */
export type Label = string | number

interface Labelling {
  readonly labels: Int32Array | undefined
  readonly classes: ReadonlyArray<string> | undefined
  readonly problems: ReadonlyArray<DataError>
}

/** Labels that are listed of those that can't be. */
const shown = 50

const namesAmong = (labels: ReadonlyArray<Label | undefined>): ReadonlyArray<string> | undefined => {
  const names = new Set(labels.filter((label) => typeof label === "string"))
  return names.size === 0 ? undefined : [...names].sort((one, other) => (one < other ? -1 : 1))
}

/** The numbers of labels; without a label anywhere, there are none. */
export const labelling = (
  name: string,
  labels: ReadonlyArray<Label | undefined>,
  named: ReadonlyArray<string> | undefined
): Labelling => {
  if (labels.every((label) => label === undefined)) return { labels: undefined, classes: undefined, problems: [] }
  const classes = named ?? namesAmong(labels)
  const numbers = new Map(classes?.map((label, index) => [label, index]))
  const largest = classes === undefined ? 2 ** 31 - 1 : classes.length - 1
  const problems: Array<DataError> = []
  const numberOf = (label: Label | undefined, index: number): number => {
    const number = typeof label === "string" ? numbers.get(label) : label
    if (number !== undefined && Number.isInteger(number) && number >= 0 && number <= largest) return number
    if (problems.length < shown) problems.push(unnumbered(`${name}[${index}].label`, label, classes))
    return 0
  }
  return { labels: Int32Array.from(labels, numberOf), classes, problems }
}

const unnumbered = (source: string, label: Label | undefined, classes: ReadonlyArray<string> | undefined) =>
  new DataError({
    source,
    found: label === undefined ? "no label" : JSON.stringify(label),
    expected:
      classes === undefined
        ? "a whole number from 0 on, as other images have"
        : `one of ${classes.slice(0, 20).join(", ")}${classes.length > 20 ? ", …" : ""}, or its number in 0 … ${classes.length - 1}`,
    advice: "Label every image, or none; name every class in `classes`."
  })
