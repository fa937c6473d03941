/** Samples of different lengths, padded and masked. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Entry from "@etude/core/Entry"
import * as Sampler from "@etude/core/Sampler"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Effect from "effect/Effect"
import * as Sequences from "../src/Sequences.ts"
import { readAt } from "./support/read.ts"

const sequences = [[3, 1, 4], [1, 5], [9], [2, 6, 5, 3]]

const messages = (options: Sequences.SequencesOptions) =>
  Effect.map(Effect.flip(Sequences.fromArrays(options)), ({ problems }) => problems.map(({ message }) => message))

describe("sequences", () => {
  it.effect("are padded to the longest, and the mask says what counts", () =>
    Effect.gen(function* () {
      const targets = { values: Int32Array.of(0, 1, 1, 0) }
      const dataset = yield* Sequences.fromArrays({ sequences, dtype: "int32", targets, padding: -1 })
      assert.deepStrictEqual(dataset.spec, {
        inputs: { values: { shape: [4], dtype: "int32" }, mask: { shape: [4], dtype: "bool" } },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 2, 0), {
        inputs: { values: Int32Array.of(9, -1, -1, -1, 3, 1, 4, -1), mask: Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 0) },
        targets: Int32Array.of(1, 0)
      })
    })
  )

  it.effect("are cut at the end that is said", () =>
    Effect.gen(function* () {
      for (const [truncate, values] of [
        ["end", [2, 6, 1, 5]],
        ["start", [5, 3, 1, 5]]
      ] as const) {
        const dataset = yield* Sequences.fromArrays({ sequences, length: 2, truncate })
        const { inputs } = yield* readAt(dataset, 3, 1)
        assert.deepStrictEqual(inputs, { values: Float32Array.from(values), mask: Uint8Array.of(1, 1, 1, 1) })
      }
    })
  )

  it.effect("of elements of a shape, with a target for each, mask the loss too", () =>
    Effect.gen(function* () {
      const dataset = yield* Sequences.fromArrays({
        sequences: [
          [1, 2, 3, 4],
          [5, 6]
        ],
        shape: [2],
        targets: { sequences: [[7, 8], [9]], dtype: "int32" }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 1, 0), {
        inputs: { values: Float32Array.of(5, 6, 0, 0, 1, 2, 3, 4), mask: Uint8Array.of(1, 0, 1, 1) },
        targets: Int32Array.of(9, 0, 7, 8),
        mask: Uint8Array.of(1, 0, 1, 1)
      })
    })
  )

  it.effect("leave nothing of a batch before in arrays that are used again", () =>
    Effect.gen(function* () {
      const dataset = yield* Sequences.fromArrays({ sequences })
      const arrays = new Map<string, Float32Array | Uint8Array | Int32Array>()
      const read = (index: number) => {
        const room: Parameters<Dataset["read"]>[2] = (like, length) => {
          const key = `${like.constructor.name} ${length}`
          const held =
            arrays.get(key) ?? (like instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length))
          arrays.set(key, held)
          return held
        }
        return dataset.read(Int32Array.of(index), { epoch: 0, training: true, key: { hi: 0, lo: 0 } }, room)
      }
      read(3)
      assert.deepStrictEqual(read(2), {
        inputs: { values: Float32Array.of(9, 0, 0, 0), mask: Uint8Array.of(1, 0, 0, 0) }
      })
    })
  )

  it.effect("are batched by their lengths, which the mask tells", () =>
    Effect.gen(function* () {
      const dataset = yield* Sequences.fromArrays({ sequences })
      const byLength = { _tag: "ByLength", batchSize: 2, pool: 2, field: "inputs.mask" }
      const sampler = Entry.make(Sampler.entries, byLength)
      const { order } = yield* Sampler.ofData(sampler, dataset)
      const indexAt = order({ hi: 1, lo: 2 }, 4)
      const batches = [0, 2].map((begin) => [indexAt(begin), indexAt(begin + 1)])
      assert.deepStrictEqual(
        batches.toSorted(([one], [other]) => other! - one!),
        [
          [2, 1],
          [0, 3]
        ]
      )
    }).pipe(Effect.provide(CpuBackend.layer))
  )

  it.effect("that can't be held are told all together", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* messages({
          sequences: [[1, 2, 3], [1.5], [], [1]],
          dtype: "int32",
          length: 2,
          targets: { values: Int32Array.of(0, 1) }
        }),
        [
          "sequences.inputs, sample 0: found 3 elements, expected 2 at most. Raise `length`, or say with `truncate` which end is cut off.",
          "sequences.inputs, sample 1: found 1.5 at 0, expected whole numbers of 32 bits. Correct it.",
          "sequences.inputs, sample 2: found 0 numbers, expected a multiple of 1, 1 element or more. Leave out samples without elements.",
          "sequences.targets: found 2 samples, expected 4, as in inputs. Give a target for each sample."
        ]
      )
      assert.deepStrictEqual(yield* messages({ sequences: [[1, 2]], targets: { sequences: [[1]] } }), [
        "sequences.targets, sample 0: found 1 elements, expected 2, as in inputs. Give a target for each element of each sample."
      ])
      assert.include(
        yield* messages({ sequences: [] }),
        "sequences: found no sample, expected one or more. Give a sequence."
      )
    })
  )
})
