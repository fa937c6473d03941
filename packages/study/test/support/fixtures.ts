/** Reference values of other tools, from `fixtures/`, beside the scripts that made them. */
import { readFileSync } from "node:fs"
import { assert } from "@effect/vitest"

// `any`: JSON of the scripts, checked by what the tests expect of it.
export const read = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8"))

/** Equal to within a part of the expected value, or to within `absolute` near zero. */
export const assertClose = (
  actual: number | null | undefined,
  expected: number,
  relative = 1e-12,
  absolute = 1e-300
) => {
  const distance = Math.abs((actual ?? Number.NaN) - expected)
  assert.isTrue(distance <= Math.max(absolute, Math.abs(expected) * relative), `${actual} is not ${expected}`)
}
