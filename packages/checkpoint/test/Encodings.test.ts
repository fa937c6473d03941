import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { TensorData } from "@etude/core/TrainState"
import * as Result from "effect/Result"
import * as Encodings from "../src/Encodings.ts"
import { decode, encodeAs } from "../src/Safetensors.ts"
import { bitsOf, fileOf } from "./support/tensors.ts"

const bytes = readFileSync(new URL("../fixtures/encodings.safetensors", import.meta.url))
const { tensors } = Result.getOrThrow(decode(bytes, "encodings.safetensors"))
const tensor = (name: string): TensorData => {
  const data = tensors[name]
  return data ?? assert.fail(`no tensor ${name}`)
}

/** The bytes of a tensor as the file has them. */
const stored = (file: Uint8Array, name: string): ReadonlyArray<number> => {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))
  const [begin, end] = header[name].data_offsets
  return [...file.subarray(8 + length + begin, 8 + length + end)]
}

/** A file of one tensor of shape [values]. */
const one = (dtype: Encodings.Encoding, values: ArrayBufferView<ArrayBuffer>) => {
  const length = values.byteLength / Encodings.encodings[dtype].bytes
  const file = fileOf({ a: { dtype, shape: [length], data_offsets: [0, values.byteLength] } }, values.byteLength)
  file.set(new Uint8Array(values.buffer), file.length - values.byteLength)
  return decode(file, "a.safetensors")
}
const messageOf = (result: Result.Result<unknown, Error>): string =>
  Result.isFailure(result) ? result.failure.message : assert.fail("expected a failure")

describe("a file that PyTorch wrote", () => {
  for (const name of ["f16", "bf16", "f64", "i64", "i16", "i8", "u8", "u16", "u32", "u64"]) {
    it(`is read with its tensors of ${name}, as PyTorch converts them`, () => {
      assert.deepStrictEqual(bitsOf({ a: tensor(`read/${name}`) }), bitsOf({ a: tensor(`expected/${name}`) }))
    })
  }
  for (const floats of ["F16", "BF16"] as const) {
    it(`and ours have the same ${floats}, byte for byte`, () => {
      const ours = Result.getOrThrow(encodeAs(floats, { values: tensor("values") }))
      assert.deepStrictEqual(stored(ours, "values"), stored(bytes, `values/${floats.toLowerCase()}`))
    })
  }
})

describe("writing 16 bits", () => {
  it("leaves integers and booleans as they are, and is read back rounded", () => {
    const whole: { readonly [name: string]: TensorData } = {
      a: { dtype: "float32", shape: [3], values: Float32Array.of(1, 1 + 2 ** -12, Infinity) },
      b: { dtype: "int32", shape: [1], values: Int32Array.of(70000) },
      c: { dtype: "bool", shape: [3], values: Uint8Array.of(1, 0, 1) }
    }
    const file = Result.getOrThrow(encodeAs("F16", whole, { format: "pt" }))
    const contents = Result.getOrThrow(decode(file, "a"))
    const rounded: TensorData = { dtype: "float32", shape: [3], values: Float32Array.of(1, 1, Infinity) }
    assert.deepStrictEqual(bitsOf(contents.tensors), bitsOf({ ...whole, a: rounded }))
    assert.deepStrictEqual(contents.metadata, { format: "pt" })
  })

  it("reports each tensor with a value that would become infinite", () => {
    const values = Float32Array.of(1, -65520, 1e30)
    const large = { dtype: "float32", shape: [3], values } as const
    assert.strictEqual(
      messageOf(encodeAs("F16", { large, small: { ...large, values: new Float32Array(3) }, too: large })),
      "Values beyond 65504, the largest F16, would become infinite. Write BF16, which has the range of float32, or F32." +
        "\n  large: value 1 is -65520\n  too: value 1 is -65520"
    )
    assert.isTrue(Result.isSuccess(encodeAs("BF16", { large })))
    const most = { ...large, shape: [1], values: Float32Array.of(3.4028234663852886e38) }
    assert.match(messageOf(encodeAs("BF16", { most })), /beyond 3\.38953.*Write F32\.\n {2}most: value 0 is 3\.40/)
  })
})

describe("a value that float32 or int32 cannot hold", () => {
  it("is reported by its tensor, place and value", () => {
    const cases = [
      [one("I64", BigInt64Array.of(1n, 2147483648n)), "value 1, 2147483648, of I64[2] is outside of int32"],
      [one("I64", BigInt64Array.of(-2147483649n)), "value 0, -2147483649, of I64[1] is outside of int32"],
      [one("U64", BigUint64Array.of(2n ** 64n - 1n)), "value 0, 18446744073709551615, of U64[1] is outside of int32"],
      [one("U32", Uint32Array.of(4294967295)), "value 0, 4294967295, of U32[1] is outside of int32"],
      [one("F64", Float64Array.of(1e39)), "value 0, 1e+39, of F64[1] is outside of float32"]
    ] as const
    for (const [result, problem] of cases) {
      assert.strictEqual(messageOf(result), `a.safetensors cannot be read as safetensors.\n  a: ${problem}`)
    }
  })
})
