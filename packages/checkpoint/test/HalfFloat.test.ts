import { assert, describe, it } from "@effect/vitest"
import { bfloat16To32, float16To32, float32To16, float32ToBfloat16 } from "../src/HalfFloat.ts"

const float = new Float32Array(1)
const word = new Uint32Array(float.buffer)
const valueOf = (bits: number): number => {
  word[0] = bits
  return float[0] ?? Number.NaN
}
const bitsOf = (value: number): number => {
  float[0] = value
  return word[0] ?? 0
}

/** What the standard says that a pattern with that many bits of fraction is. */
const standard = (half: number, fractionBits: 10 | 7): number => {
  const bias = fractionBits === 10 ? 15 : 127
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half & 0x7fff) >> fractionBits
  const fraction = (half & (2 ** fractionBits - 1)) / 2 ** fractionBits
  if (exponent === 2 * bias + 1) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

const formats = [
  { name: "float16", fractionBits: 10, widen: float16To32, round: float32To16, largest: 0x7bff },
  { name: "bfloat16", fractionBits: 7, widen: bfloat16To32, round: float32ToBfloat16, largest: 0x7f7f }
] as const
/** The patterns for which it does not hold, of all 65,536; a failure of `assert` for each would take seconds. */
const except = (holds: (half: number) => boolean) =>
  Array.from({ length: 65536 }, (_, half) => half).filter((half) => !holds(half))

for (const { name, fractionBits, widen, round, largest } of formats) {
  describe(`each of the 65,536 patterns of ${name}`, () => {
    it("is the float32 that the standard says", () => {
      const wrong = except((half) => Object.is(valueOf(widen(half)), standard(half, fractionBits)))
      assert.deepStrictEqual(wrong, [])
    })
    it("is rounded to itself, NaN payloads included", () => {
      assert.deepStrictEqual(
        except((half) => round(widen(half)) === half),
        []
      )
    })
    it("is what all up to the middle between it and the next are rounded to, and the middle itself is if it is even", () => {
      const wrong = except((half) => {
        if ((half & 0x7fff) >= largest) return true
        const middle = bitsOf((valueOf(widen(half)) + valueOf(widen(half + 1))) / 2)
        const even = half & 1 ? half + 1 : half
        return round(middle - 1) === half && round(middle) === even && round(middle + 1) === half + 1
      })
      assert.deepStrictEqual(wrong, [])
    })
  })
  it(`${name} has infinity from half a unit above its largest value on, and keeps NaN`, () => {
    const unit = valueOf(widen(largest)) - valueOf(widen(largest - 1))
    const limit = bitsOf(valueOf(widen(largest)) + unit / 2)
    assert.deepStrictEqual([round(limit - 1), round(limit)], [largest, largest + 1])
    assert.deepStrictEqual(
      [0x7f800001, 0xff800001].map((nan) => Number.isNaN(valueOf(widen(round(nan))))),
      [true, true]
    )
  })
}
