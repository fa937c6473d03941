import { assert, describe, it } from "@effect/vitest"
import * as BatchPlan from "../src/internal/loop/BatchPlan.ts"
import * as Course from "../src/internal/loop/Course.ts"
import * as Streams from "../src/internal/Streams.ts"
import * as Sampler from "../src/Sampler.ts"

const planOf = (course: Course.Course, dropLastBatch = false) =>
  BatchPlan.make({
    length: course.length,
    batchSize: course.batchSize,
    dropLastBatch,
    ...(course.shuffled ? { sampler: Sampler.shuffled, key: Streams.shuffle(course.seed) } : {}),
    ...(course.altered === null ? {} : { rest: Course.restOf(course.altered) })
  })

/** The samples of epoch 3, of a run that is resumed in it once for each change: after so many batches, with that setting. */
const samplesOfEpoch = (
  first: Course.Setting,
  changes: ReadonlyArray<{ readonly after: number; readonly to: Course.Setting }>
) => {
  let course = Course.continued(null, { epoch: 0, batch: 0 }, first)
  let batch = 0
  const seen: Array<number> = []
  const walk = (until: number) => {
    const plan = planOf(course)
    const end = Math.min(until, plan.batchesOf(3))
    for (; batch < end; batch++) {
      assert.strictEqual(plan.indices(3, batch).length, plan.samples(3, batch))
      seen.push(...plan.indices(3, batch))
    }
  }
  for (const { after, to } of changes) {
    walk(batch + after)
    course = Course.continued(course, { epoch: 3, batch }, to)
  }
  walk(Number.POSITIVE_INFINITY)
  return { seen, course }
}

const upTo = (length: number) => Array.from({ length }, (_, sample) => sample)
const sorted = (samples: ReadonlyArray<number>) => samples.toSorted((a, b) => a - b)

const drawn = (count: number) => {
  const settings: Array<{ first: Course.Setting; changes: Array<{ after: number; to: Course.Setting }> }> = []
  let seed = 1
  const next = (bound: number) => {
    seed = (seed * 48271) % 2147483647
    return seed % bound
  }
  for (let index = 0; index < count; index++) {
    const length = 1 + next(40)
    const setting = (): Course.Setting => ({ seed: next(3), shuffled: next(3) > 0, length, batchSize: 1 + next(9) })
    const changes = Array.from({ length: 1 + next(3) }, () => ({ after: next(5), to: setting() }))
    settings.push({ first: setting(), changes })
  }
  return settings
}

describe("an epoch in which the setting changes", () => {
  it("holds every sample once, whatever batch size, order and seed it is continued with", () => {
    for (const { first, changes } of drawn(300)) {
      assert.deepStrictEqual(sorted(samplesOfEpoch(first, changes).seen), upTo(first.length))
    }
  })

  it("is finished in the order in which it began", () => {
    for (const { first, changes } of drawn(100)) {
      // A change before the epoch's first batch is none of the epoch.
      if (changes[0]!.after === 0) continue
      assert.deepStrictEqual(samplesOfEpoch(first, changes).seen, samplesOfEpoch(first, []).seen)
    }
  })

  it("of data that grew holds the samples it began with; the new ones come in the next epoch", () => {
    const first = { seed: 1, shuffled: true, length: 17, batchSize: 3 }
    const { seen, course } = samplesOfEpoch(first, [{ after: 2, to: { ...first, length: 18 } }])
    assert.deepStrictEqual(sorted(seen), upTo(17))
    const plan = planOf(course)
    assert.deepStrictEqual(sorted(upTo(plan.batchesOf(4)).flatMap((batch) => [...plan.indices(4, batch)])), upTo(18))
  })

  it("of data that shrank leaves out what is gone", () => {
    const first = { seed: 1, shuffled: true, length: 18, batchSize: 3 }
    const { seen } = samplesOfEpoch(first, [{ after: 2, to: { ...first, length: 10 } }])
    assert.deepStrictEqual(
      sorted(seen.slice(6)),
      upTo(10).filter((sample) => !seen.slice(0, 6).includes(sample))
    )
  })

  it("may be dropped or limited in its last batch as any other", () => {
    const first = { seed: 1, shuffled: false, length: 16, batchSize: 2 }
    const course = Course.continued({ ...first, altered: null }, { epoch: 0, batch: 3 }, { ...first, batchSize: 4 })
    assert.strictEqual(planOf(course).batchesOf(0), 3 + 3)
    assert.strictEqual(planOf(course, true).batchesOf(0), 3 + 2)
    const limited = BatchPlan.make({ length: 16, batchSize: 4, limit: 3, rest: Course.restOf(course.altered!) })
    assert.deepStrictEqual([limited.batchesOf(0), limited.batchesOf(1), limited.samples(0, 4)], [3 + 2, 3, 2])
    assert.deepStrictEqual(
      [...limited.from(0, 3)].map((batch) => [...batch]),
      [
        [6, 7, 8, 9],
        [10, 11]
      ]
    )
  })

  it("is known for how much of it is done", () => {
    const first = { seed: 1, shuffled: false, length: 16, batchSize: 2 }
    const course = Course.continued({ ...first, altered: null }, { epoch: 0, batch: 3 }, { ...first, batchSize: 4 })
    assert.strictEqual(Course.fractionDone({ ...first, altered: null }, { epoch: 0, batch: 3 }, 8), 3 / 8)
    assert.strictEqual(Course.fractionDone(course, { epoch: 0, batch: 4 }, 4), 10 / 16)
  })
})
