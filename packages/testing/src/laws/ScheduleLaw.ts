/** The laws of a learning-rate schedule: a resumed run has the rates of the unbroken one. */
import * as LearningRate from "@etude/core/LearningRate"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { LawBroken } from "./LawBroken.ts"
import type { Statement } from "./Statement.ts"

export interface ScheduleOptions {
  /** The entry's tag when absent. */
  readonly name?: string
  /** Updates in an epoch; 5 when absent. */
  readonly stepsPerEpoch?: number
  /** After how many updates the rate stays as it is, for schedules that end. */
  readonly staysAfter?: number
  /** How many updates are looked at: 200, or three times `staysAfter` where that is more. */
  readonly steps?: number
}

/** The observation, and how to reproduce it. */
type Finding = readonly [found: string, reproduce: string]

/** A schedule as a config has it, and what the laws look at. */
interface Tried {
  readonly written: object
  readonly entries: ReadonlyArray<LearningRate.ScheduleEntry>
  readonly perEpoch: number
  readonly steps: number
}

const decode = ({ entries }: Tried, written: unknown): LearningRate.Schedule =>
  Schema.decodeUnknownSync(LearningRate.schemaOf(entries))(written)

const rateOf = (tried: Tried, written: unknown = tried.written): LearningRate.RateAt =>
  LearningRate.resolve(decode(tried, written), tried.perEpoch, [], tried.entries)

const json = (value: unknown): string => JSON.stringify(value)

const isUsable = (tried: Tried): Finding | undefined => {
  const rate = rateOf(tried)
  for (const step of [...Array(tried.steps).keys(), 1e6, 1e9]) {
    const value = rate(step)
    if (!(Number.isFinite(value) && value >= 0))
      return [`the rate before update ${step} is ${value}`, `resolve ${json(tried.written)} and call it with ${step}`]
  }
  return undefined
}

/** Asks in another order than that of a run, each step twice, and a schedule that was resolved for that step alone. */
const isPure = (tried: Tried): Finding | undefined => {
  const [inOrder, drawn] = [rateOf(tried), rateOf(tried)]
  const expected = Array.from({ length: tried.steps }, (_, step) => inOrder(step))
  const stepOf = Rng.permutation(Rng.key(9), tried.steps)
  for (let place = 0; place < 2 * tried.steps; place++) {
    const step = stepOf(place % tried.steps)
    for (const value of [drawn(step), rateOf(tried)(step)]) {
      if (Object.is(value, expected[step])) continue
      return [
        `the rate before update ${step} is ${value}, and ${expected[step]} when all before it were asked for first`,
        `resolve ${json(tried.written)} and call it with ${step} alone, and after 0 … ${step - 1}`
      ]
    }
  }
  return undefined
}

/** The options with every span in epochs, or in updates. */
const spansIn = (unit: "epochs" | "steps", perEpoch: number, written: unknown): unknown => {
  if (Array.isArray(written)) return written.map((part) => spansIn(unit, perEpoch, part))
  if (typeof written !== "object" || written === null) return written
  const [only, ...others] = Object.entries(written)
  if (only !== undefined && others.length === 0 && typeof only[1] === "number") {
    if (only[0] === "epochs") return unit === "epochs" ? written : { steps: only[1] * perEpoch }
    // As many epochs as there were updates: both forms have the same numbers.
    if (only[0] === "steps") return unit === "epochs" ? { epochs: only[1] } : { steps: only[1] * perEpoch }
  }
  return Object.fromEntries(Object.entries(written).map(([name, part]) => [name, spansIn(unit, perEpoch, part)]))
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300)

const unitsAgree = (tried: Tried): Finding | undefined => {
  const [epochs, steps] = [
    spansIn("epochs", tried.perEpoch, tried.written),
    spansIn("steps", tried.perEpoch, tried.written)
  ]
  const [inEpochs, inSteps] = [rateOf(tried, epochs), rateOf(tried, steps)]
  for (let step = 0; step < tried.steps * tried.perEpoch; step++) {
    if (isNear(inEpochs(step), inSteps(step))) continue
    return [
      `the rate before update ${step} is ${inEpochs(step)} with spans in epochs and ${inSteps(step)} with the same in updates`,
      `resolve ${json(epochs)} and ${json(steps)} with ${tried.perEpoch} updates an epoch`
    ]
  }
  return undefined
}

/** As the last part of a sequence, it must be as if a run began there. */
const isRelative = (tried: Tried): Finding | undefined => {
  const later = { _tag: "Sequence", parts: [{ for: { steps: 7 }, use: 1 }], last: tried.written }
  const [alone, after] = [rateOf(tried), rateOf(tried, later)]
  for (let step = 0; step < tried.steps; step++) {
    if (isNear(after(step + 7), alone(step))) continue
    return [
      `${step} updates after its beginning the rate is ${after(step + 7)} where it begins at update 7, and ${alone(step)} where it begins ` +
        "at 0",
      `resolve ${json(later)} and call it with ${step + 7}`
    ]
  }
  return undefined
}

const stays = (tried: Tried, staysAfter: number): Finding | undefined => {
  const rate = rateOf(tried)
  for (let step = staysAfter + 1; step < staysAfter + tried.steps; step++) {
    if (isNear(rate(step), rate(staysAfter))) continue
    return [
      `the rate before update ${step} is ${rate(step)}, and ${rate(staysAfter)} before update ${staysAfter}, after which it should stay`,
      `resolve ${json(tried.written)} and call it with ${step}`
    ]
  }
  return undefined
}

const isSaved = (tried: Tried): Finding | undefined => {
  const schema = LearningRate.schemaOf(tried.entries)
  const once = decode(tried, tried.written)
  const encoded: unknown = JSON.parse(json(Schema.encodeSync(schema)(once)))
  const [first, again] = [json(once), json(decode(tried, encoded))]
  return first === again
    ? undefined
    : [
        `written as JSON and read again it is ${again} instead of ${first}`,
        `decode, encode and decode ${json(tried.written)}`
      ]
}

const attempt = (check: () => Finding | undefined, written: object): Finding | undefined => {
  try {
    return check()
  } catch (error) {
    return [
      `it fails: ${error instanceof Error ? error.message : String(error)}`,
      `decode and resolve ${json(written)}`
    ]
  }
}

/**
 * That rates are finite and at least 0, depend on the step alone, are the same with spans in epochs and in updates, count from where the
 * schedule begins, stay where it has ended, and that a config that has been written and read again gives the same.
 *
 * @param written the schedule's options as a config has them, without `_tag`
 */
export const of = (
  entry: LearningRate.ScheduleEntry,
  written: object,
  options: ScheduleOptions = {}
): ReadonlyArray<Statement<never>> => {
  const { name = entry.tag, stepsPerEpoch = 5, staysAfter } = options
  const others = LearningRate.entries.filter(({ tag }) => tag !== entry.tag)
  const tried: Tried = {
    written: { _tag: entry.tag, ...written },
    entries: [...others, entry],
    perEpoch: stepsPerEpoch,
    steps: options.steps ?? Math.max(200, 3 * (staysAfter ?? 0))
  }
  const law = (statement: string, check: (tried: Tried) => Finding | undefined): Statement<never> => ({
    statement,
    check: Effect.suspend(() => {
      const finding = attempt(() => check(tried), tried.written)
      if (finding === undefined) return Effect.void
      const [found, reproduce] = finding
      return Effect.fail(new LawBroken({ law: "schedule", subject: name, found, reproduce }))
    })
  })
  return [
    law("a rate is a number of at least 0 at every update", isUsable),
    law("the rate at an update depends on the options and that update only", isPure),
    law("spans in epochs and the same spans in updates give the same rates", unitsAgree),
    law("it counts from where it begins", isRelative),
    ...(staysAfter === undefined
      ? []
      : [law("the rate stays where the schedule has ended", (all) => stays(all, staysAfter))]),
    law("a config that is written and read again has the same schedule", isSaved)
  ]
}
