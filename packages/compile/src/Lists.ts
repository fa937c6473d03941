/** Lists whose lengths are known to the code but not to its types. A list of another length is a bug, and throws. */
import { element } from "@etude/core/Lookup"
import * as Arr from "effect/Array"

const expect = (list: ReadonlyArray<unknown>, length: number): void => {
  if (list.length !== length) throw new Error(`${list.length} elements where there should be ${length}`)
}

/** Pairs of elements of two lists of equal length. */
export const zip = <A, B>(first: ReadonlyArray<A>, second: ReadonlyArray<B>): Array<[A, B]> => {
  expect(second, first.length)
  return Arr.zip(first, second)
}

/** The only element. */
export const only = <A>(list: ReadonlyArray<A>): A => {
  expect(list, 1)
  return element(list, 0)
}

/** Exactly two elements. */
export const two = <A>(list: ReadonlyArray<A>): [A, A] => {
  expect(list, 2)
  return [element(list, 0), element(list, 1)]
}

/** Exactly three elements. */
export const three = <A>(list: ReadonlyArray<A>): [A, A, A] => {
  expect(list, 3)
  return [element(list, 0), element(list, 1), element(list, 2)]
}

/** Exactly four elements. */
export const four = <A>(list: ReadonlyArray<A>): [A, A, A, A] => {
  expect(list, 4)
  return [element(list, 0), element(list, 1), element(list, 2), element(list, 3)]
}

/** Exactly five elements. */
export const five = <A>(list: ReadonlyArray<A>): [A, A, A, A, A] => {
  expect(list, 5)
  return [element(list, 0), element(list, 1), element(list, 2), element(list, 3), element(list, 4)]
}
