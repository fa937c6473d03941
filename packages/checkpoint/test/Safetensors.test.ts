import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { decode, encode } from "../src/Safetensors.ts"
import { AnyTensor, bitsOf, fileOf, tensorOf } from "./support/tensors.ts"

const decoded = (bytes: Uint8Array) => Result.getOrThrow(decode(bytes, "a.safetensors"))
const problems = (bytes: Uint8Array) => {
  const result = decode(bytes, "a.safetensors")
  if (Result.isSuccess(result)) assert.fail("expected a failure")
  return result.failure.problems
}
const f32 = (shape: ReadonlyArray<number>, begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end]
})

describe("encode and decode", () => {
  it.effect.prop(
    "decoding what was encoded gives the same tensors bit for bit, and the same metadata",
    [Schema.Array(AnyTensor), Schema.Record(Schema.String, Schema.String)],
    ([list, metadata]) =>
      Effect.sync(() => {
        const named = list.filter(({ name }) => name !== "__metadata__")
        const tensors = Object.fromEntries(named.map((tensor) => [tensor.name, tensorOf(tensor)]))
        const contents = decoded(encode(tensors, metadata))
        assert.deepStrictEqual(bitsOf(contents.tensors), bitsOf(tensors))
        assert.deepStrictEqual(Object.entries(contents.metadata).sort(), Object.entries(metadata).sort())
      }),
    { arbitrary: { runs: 100, seed: 1 } }
  )

  it("NaN payloads and negative zero survive bit for bit", () => {
    const bits = Uint32Array.of(0x80000000, 0x7fa12345, 0xffc54321, 0x00000001)
    const { tensors } = decoded(
      encode({ a: { dtype: "float32", shape: [4], values: new Float32Array(bits.buffer.slice(0)) } })
    )
    assert.deepStrictEqual(new Uint32Array(tensors["a"]!.values.buffer), bits)
  })

  it("a tensor named __proto__ is a tensor like any other", () => {
    const tensor: TensorData = { dtype: "int32", shape: [], values: Int32Array.of(3) }
    assert.deepStrictEqual(Object.keys(decoded(encode(Object.fromEntries([["__proto__", tensor]]))).tensors), [
      "__proto__"
    ])
  })

  it("equal content gives equal bytes, whatever order it was put together in", () => {
    const a: TensorData = { dtype: "bool", shape: [3], values: Uint8Array.of(1, 0, 1) }
    const b: TensorData = { dtype: "float32", shape: [1], values: Float32Array.of(2) }
    assert.deepStrictEqual(encode({ a, b }, { x: "1", y: "2" }), encode({ b, a }, { y: "2", x: "1" }))
  })

  it("the data begins at a multiple of 8 bytes, and values of 4 bytes lie on multiples of 4", () => {
    const bytes = encode({
      a: { dtype: "bool", shape: [3], values: Uint8Array.of(1, 0, 1) },
      b: { dtype: "float32", shape: [1], values: Float32Array.of(2) }
    })
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    assert.strictEqual(headerLength % 8, 0)
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))
    assert.deepStrictEqual(header, {
      b: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
      a: { dtype: "BOOL", shape: [3], data_offsets: [4, 7] }
    })
  })

  it("a view into a larger array is encoded as what it shows, and can be decoded from any offset", () => {
    const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
    const bytes = encode({ a: { dtype: "float32", shape: [2], values } })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    assert.deepStrictEqual(decoded(shifted.subarray(3)).tensors["a"]!.values, Float32Array.of(2, 3))
  })

  it("decoded values are copies: changing them leaves the bytes as they were", () => {
    const bytes = Buffer.from(encode({ a: { dtype: "bool", shape: [1], values: Uint8Array.of(1) } }))
    const before = Uint8Array.from(bytes)
    decoded(bytes).tensors["a"]!.values[0] = 0
    assert.deepStrictEqual(Uint8Array.from(bytes), before)
  })

  it("values that do not fit their shape, and the reserved name, are refused", () => {
    const values = Float32Array.of(1, 2, 3)
    assert.throws(() => encode({ a: { dtype: "float32", shape: [2], values } }), /^a has 3 values .* float32\[2\]/)
    assert.throws(() => encode({ a: { dtype: "bool", shape: [3], values } }), TypeError)
    assert.throws(() => encode({ __metadata__: { dtype: "float32", shape: [3], values } }), /reserves it/)
  })
})

describe("a file of the reference implementation", () => {
  const { tensors, metadata } = decoded(readFileSync(new URL("../fixtures/reference.safetensors", import.meta.url)))

  it("is read with every dtype, shape and value", () => {
    const { bits, ...rest } = tensors
    assert.deepStrictEqual(rest, {
      "conv1/kernel": {
        dtype: "float32",
        shape: [2, 3, 2],
        values: Float32Array.from({ length: 12 }, (_, at) => at / 8)
      },
      labels: { dtype: "int32", shape: [2, 2], values: Int32Array.of(-2147483648, -1, 0, 2147483647) },
      mask: { dtype: "bool", shape: [3], values: Uint8Array.of(1, 0, 1) },
      pixels: { dtype: "int32", shape: [4], values: Int32Array.of(0, 1, 128, 255) },
      scalar: { dtype: "float32", shape: [], values: Float32Array.of(0.1) },
      empty: { dtype: "float32", shape: [0, 3], values: new Float32Array(0) },
      größe: { dtype: "int32", shape: [1], values: Int32Array.of(7) }
    })
    assert.deepStrictEqual(
      Array.from(new Uint32Array(bits!.values.buffer)),
      [0x3f800000, 0x80000000, 0x7fc00000, 0x7fa12345, 0xffc54321, 0x7f800000, 0xff800000, 0x00000001]
    )
    assert.deepStrictEqual(metadata, { format: "1", note: "naïve ✓" })
  })
})

describe("a damaged file", () => {
  it("cut off at any byte is reported", () => {
    const whole = encode({ a: { dtype: "float32", shape: [2], values: Float32Array.of(1, 2) } }, { note: "x" })
    for (let length = 0; length < whole.length; length++) {
      assert.deepInclude(problems(whole.subarray(0, length))[0]!, { kind: "truncated" }, `cut at ${length}`)
    }
  })

  it("with bytes after the data is reported", () => {
    const whole = encode({ a: { dtype: "bool", shape: [1], values: Uint8Array.of(1) } })
    assert.deepStrictEqual(problems(Uint8Array.of(...whole, 0)), [
      { kind: "offsets", message: "1 bytes at the end belong to no tensor" }
    ])
  })

  it("whose first bytes are no header length is reported", () => {
    assert.deepInclude(problems(new TextEncoder().encode("<!doctype html>"))[0]!, { kind: "header" })
  })

  it("whose header is not JSON, not UTF-8 or no object is reported", () => {
    for (const header of ['{"a":', "[]", "null", "3"]) {
      assert.deepInclude(problems(fileOf(header, 0))[0]!, { kind: "header" }, header)
    }
    assert.deepInclude(problems(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0x28))[0]!, { kind: "header" })
  })

  it("whose metadata is not strings is reported", () => {
    assert.deepStrictEqual(problems(fileOf({ __metadata__: { a: 1 } }, 0)), [
      { kind: "header", message: "__metadata__ is not a record of strings" }
    ])
  })

  it("whose tensors overlap is reported by the later one's name", () => {
    assert.deepStrictEqual(problems(fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8)), [
      { kind: "offsets", tensor: "b", message: "its data starts at byte 4, expected 8: it overlaps the data before it" }
    ])
  })

  it("with a hole between tensors is reported", () => {
    assert.deepStrictEqual(problems(fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12)), [
      { kind: "offsets", tensor: "b", message: "its data starts at byte 8, expected 4: it leaves a gap before it" }
    ])
  })

  it("with data out of range is reported as cut off", () => {
    assert.deepStrictEqual(problems(fileOf({ a: f32([4], 0, 16) }, 8)), [
      { kind: "truncated", message: "the tensors take 16 bytes, but only 8 exist: the file is truncated" }
    ])
  })

  const supported = "F32, I32, BOOL, F16, BF16, F64, I64, I16, I8, U64, U32, U16, U8"

  it("reports every tensor whose dtype, shape or offsets are wrong, all at once", () => {
    const found = problems(
      fileOf(
        {
          a: { dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2] },
          b: f32([3], 2, 10),
          c: f32([-1], 10, 14),
          d: f32([1], 14, 10),
          e: 5,
          f: { dtype: "toString", shape: [0], data_offsets: [0, 0] }
        },
        14
      )
    )
    assert.deepStrictEqual(found, [
      { kind: "dtype", tensor: "a", message: `dtype "F8_E4M3" is not supported; supported are ${supported}` },
      { kind: "shape", tensor: "b", message: "F32[3] takes 12 bytes, but its data_offsets span 8" },
      { kind: "shape", tensor: "c", message: "[-1] is not a shape" },
      { kind: "offsets", tensor: "d", message: "[14,10] are not a start and an end" },
      { kind: "header", tensor: "e", message: "expected an object with dtype, shape and data_offsets" },
      { kind: "dtype", tensor: "f", message: `dtype "toString" is not supported; supported are ${supported}` }
    ])
  })

  it("is named in the message, with every problem", () => {
    const result = decode(fileOf({ a: f32([3], 0, 8), e: 5 }, 8), "runs/1/model.safetensors")
    assert.strictEqual(
      Result.isFailure(result) && result.failure.message,
      "runs/1/model.safetensors cannot be read as safetensors." +
        "\n  a: F32[3] takes 12 bytes, but its data_offsets span 8" +
        "\n  e: expected an object with dtype, shape and data_offsets"
    )
  })

  it.effect.prop(
    "of any bytes at all gives an error or contents, never a throw",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))), Schema.Natural],
    ([noise, at]) =>
      Effect.sync(() => {
        const whole = encode({ a: { dtype: "float32", shape: [2], values: Float32Array.of(1, 2) } }, { note: "x" })
        decode(Uint8Array.from(noise), "noise")
        whole.set(noise.slice(0, 8), at % (whole.length - 8))
        decode(whole, "altered")
      }),
    { arbitrary: { runs: 100, seed: 2 } }
  )
})
