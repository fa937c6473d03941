/** The laws of a searcher: whoever asks, whenever, gets the same settings, and they are settings of the space. */
import * as Config from "@etude/core/Config"
import * as Rng from "@etude/core/Rng"
import { LawBroken } from "@etude/testing/laws/LawBroken"
import type { Statement } from "@etude/testing/laws/Statement"
import * as Effect from "effect/Effect"
import type { Observation, Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import type { Parameters } from "../Trial.ts"
import * as Drawn from "./Drawn.ts"

export interface SearcherOptions {
  /** `the searcher` when absent. */
  readonly name?: string
  /** Whether its settings depend on the key. Default: true. */
  readonly keyed?: boolean
  /** The spaces to try it with. Default: drawn ones, of all kinds, as far as it has no problem with them. */
  readonly spaces?: ReadonlyArray<Space.Space>
}

/** A space with what was tried of it. */
interface Tried {
  readonly searcher: Searcher
  readonly space: Space.Space
  readonly histories: ReadonlyArray<ReadonlyArray<Observation>>
  readonly number: number
}

type Finding = readonly [found: string, reproduce: string]
type Check = (tried: Tried) => Finding | undefined

const drawnSpaces = 25
const key = Rng.key(0)
const json = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value))
const call = (setting: number, { number, space }: Tried, history = 0): string =>
  `call suggest for setting ${setting} with space ${number} of the law, ${json(space)}, and its history ${history}`

/** The settings that are asked for: the next ones after a history, and for the first also later ones. */
const numbersAfter = (history: ReadonlyArray<Observation>): ReadonlyArray<number> =>
  [0, 1, 2, 3, 7].map((more) => history.length + more)

const lies: Check = (tried) => {
  for (const [index, history] of tried.histories.entries()) {
    for (const setting of numbersAfter(history)) {
      const parameters = tried.searcher.suggest(tried.space, history, setting, key)
      const [problem] = parameters === undefined ? [] : Space.problems(tried.space, parameters)
      if (problem !== undefined) return [`of ${json(parameters)}: ${problem}`, call(setting, tried, index)]
    }
  }
  return undefined
}

/** Asks in another order, each setting twice, with copies of the arguments that can't be changed. */
const isPure: Check = (tried) => {
  const { searcher, space } = tried
  for (const [index, history] of tried.histories.entries()) {
    const numbers = numbersAfter(history)
    const expected = new Map(numbers.map((setting) => [setting, searcher.suggest(space, history, setting, key)]))
    for (const setting of [...numbers.toReversed(), ...numbers]) {
      const again = searcher.suggest(Drawn.frozen(space), Drawn.frozen(history), setting, { ...key })
      if (json(again) === json(expected.get(setting))) continue
      return [`it is ${json(again)}, and ${json(expected.get(setting))} when asked before`, call(setting, tried, index)]
    }
  }
  return undefined
}

const isBlind: Check = (tried) => {
  const { searcher, space, histories } = tried
  for (const [index, history] of histories.entries()) {
    for (const setting of numbersAfter(history)) {
      const [without, after] = [[], history].map((one) => searcher.suggest(space, one, setting, key))
      if (json(without) === json(after)) continue
      return [
        `it says isSequential: false, but gives ${json(after)} after a history and ${json(without)} without`,
        call(setting, tried, index)
      ]
    }
  }
  return undefined
}

const firstSettings = (tried: Tried, own: Rng.Key): ReadonlyArray<Parameters | undefined> =>
  Array.from({ length: 8 }, (_, setting) => tried.searcher.suggest(tried.space, [], setting, own))

/** Only where a number may have any value is it sure that two draws differ. */
const isContinuous = ({ parameters }: Space.Space): boolean =>
  parameters.some(({ range, when }) => range._tag === "Float" && when === undefined)

const dependsOnKey: Check = (tried) => {
  if (!isContinuous(tried.space)) return undefined
  const [one, other] = [key, Rng.key(1)].map((own) => json(firstSettings(tried, own)))
  return one === other ? ["two keys give the same eight settings", call(0, tried)] : undefined
}

const goesOn: Check = (tried) => {
  if (!isContinuous(tried.space)) return undefined
  const settings = firstSettings(tried, key)
  const repeated = settings.findIndex((one, index) =>
    settings.slice(0, index).some((other) => json(one) === json(other))
  )
  return repeated < 0
    ? undefined
    : [`setting ${repeated} is ${json(settings[repeated])}, as one before`, call(repeated, tried)]
}

/** Beyond so many settings they are not looked at one by one. */
const manySettings = 500

const ends: Check = (tried) => {
  const { searcher, space } = tried
  const count = searcher.count?.(space)
  if (count === undefined) return undefined
  if (!Number.isSafeInteger(count) || count < 1)
    return [`count is ${count}, not a whole number of at least 1`, call(0, tried)]
  const after = searcher.suggest(space, [], count, key)
  if (after !== undefined) return [`count is ${count}, but setting ${count} is ${json(after)}`, call(count, tried)]
  const seen = new Set<string>()
  for (let setting = 0; setting < Math.min(count, manySettings); setting++) {
    const parameters = searcher.suggest(space, [], setting, key)
    if (parameters === undefined) return [`count is ${count}, but there is no setting ${setting}`, call(setting, tried)]
    if (seen.has(Config.canonical(parameters)))
      return [`setting ${setting} is ${json(parameters)}, as one before`, call(setting, tried)]
    seen.add(Config.canonical(parameters))
  }
  return undefined
}

const triedWith = (searcher: Searcher, spaces: ReadonlyArray<Space.Space>): ReadonlyArray<Tried> =>
  spaces.flatMap((space, number) => {
    if (searcher.problem?.(space) !== undefined) return []
    const own = Rng.fold(Rng.key(2), number)
    const histories = [0, 5, 30].map((count, index) =>
      Drawn.history(space, count, 1 + (number % 3), Rng.fold(own, index))
    )
    return [{ searcher, space, number, histories }]
  })

/**
 * A searcher is a function of its arguments, gives settings of the space with any history (conditional parameters where they belong),
 * other ones with another key, as many as it counts, and depends on the history only if it says so.
 */
export const of = (searcher: Searcher, options: SearcherOptions = {}): ReadonlyArray<Statement<never>> => {
  const { name = "the searcher", keyed = true } = options
  const spaces =
    options.spaces ?? Array.from({ length: drawnSpaces }, (_, index) => Drawn.space(Rng.fold(Rng.key(1), index)))
  const law = (statement: string, check: Check): Statement<never> => ({
    statement,
    check: Effect.gen(function* () {
      for (const tried of triedWith(searcher, spaces)) {
        const finding = check(tried)
        if (finding === undefined) continue
        return yield* new LawBroken({ law: "searcher", subject: name, found: finding[0], reproduce: finding[1] })
      }
    })
  })
  return [
    law("every setting lies in the space, whatever was tried before", lies),
    law("equal arguments give equal settings, and are not changed", isPure),
    ...(searcher.isSequential === false ? [law("a setting does not depend on what was tried", isBlind)] : []),
    ...(keyed
      ? [law("another key gives other settings", dependsOnKey), law("one setting after another is new", goesOn)]
      : []),
    law("there are as many settings as it counts, each once", ends)
  ]
}
