/** What every store of checkpoints has to do, in memory, in files or elsewhere, at once or beside training. */
import type { CheckpointsService } from "@etude/core/Checkpoints"
import { element } from "@etude/core/Lookup"
import * as TrainState from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as States from "../subjects/CheckpointStates.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

/** A store that has just been made and is empty. */
export interface Opened {
  readonly store: CheckpointsService
  /** The same place, opened again; absent where a store ends with its process. */
  readonly reopen?: Effect.Effect<CheckpointsService, unknown, Scope.Scope>
  /** Changes one byte of a checkpoint's tensors behind the store's back; absent where nothing can get there. */
  readonly damage?: (id: string) => Effect.Effect<void, unknown>
}

export interface StoreSubject {
  /** How messages call it. */
  readonly name: string
  /** Makes an empty store; called once for each law. */
  readonly open: Effect.Effect<Opened, unknown, Scope.Scope>
}

/** One sentence that holds for every store. */
export interface Law {
  readonly statement: string
  readonly check: (subject: StoreSubject) => Effect.Effect<void, LawBroken | LawSkipped>
}

/** Fails with what was found. */
type Broken = (found: string) => Effect.Effect<never, LawBroken>
/** Fails with the reason why there is nothing to check. */
type Skipped = (reason: string) => Effect.Effect<never, LawSkipped>

const saveAt = (store: CheckpointsService, at: States.At) =>
  Effect.gen(function* () {
    const state = States.stateAt(at)
    const data = TrainState.toData(state)
    const saved = yield* store.save(state, States.description)
    // The caller owns the state again as soon as the save has ended.
    TrainState.dispose(state)
    return { saved, data }
  })

type Saved = Effect.Success<ReturnType<typeof saveAt>>

/** Saves states in this order; what was saved comes back place by place. */
const saveAll = <const Places extends ReadonlyArray<States.At>>(store: CheckpointsService, places: Places) =>
  Effect.forEach(places, (place) => saveAt(store, place)).pipe(
    Effect.map((all) => all as { -readonly [place in keyof Places]: Saved }),
    Effect.tap(store.settled)
  )

const idsOf = (saved: ReadonlyArray<{ readonly id: string }>): string =>
  saved.length === 0 ? "nothing" : saved.map(({ id }) => id).join(", ")

const law = (
  statement: string,
  check: (opened: Opened, broken: Broken, skipped: Skipped) => Effect.Effect<void, unknown, Scope.Scope>
): Law => ({
  statement,
  check: ({ name, open }) => {
    const brokenBy = (found: string) =>
      new LawBroken({ law: statement, subject: name, found, reproduce: "run CheckpointsLaw on it" })
    const broken: Broken = (found) => Effect.fail(brokenBy(found))
    const skipped: Skipped = (reason) => Effect.fail(new LawSkipped({ law: statement, subject: name, reason }))
    const checked = Effect.flatMap(open, (opened) => check(opened, broken, skipped)).pipe(Effect.scoped)
    const isVerdict = (error: unknown) => error instanceof LawBroken || error instanceof LawSkipped
    const verdict = Effect.catch(checked, (error) => (isVerdict(error) ? Effect.succeed(error) : Effect.fail(error)))
    return Effect.flatMap(ranOr(verdict, brokenBy), (result) =>
      result instanceof LawBroken || result instanceof LawSkipped ? Effect.fail(result) : Effect.void
    )
  }
})

/** The tag of what an effect fails with, or that it does not. */
const failureOf = (effect: Effect.Effect<unknown, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const bitForBit = law("what was saved is loaded bit for bit", ({ store }, broken) =>
  Effect.gen(function* () {
    const before = tf.memory().numTensors
    const [{ saved, data }] = yield* saveAll(store, [{ epoch: 3, batch: 1, step: 31, attempt: 2 }])
    const loaded = yield* store.load(saved.id)
    const found =
      States.difference(loaded.data, data) ??
      States.jsonDifference(loaded.description, States.description, "the description's") ??
      States.jsonDifference(loaded.saved, saved, "what it was saved as:")
    if (found !== undefined) return yield* broken(found)
    const { epoch, batch, step, attempt } = saved
    const position = `${epoch}, ${batch}, ${step}, ${attempt}`
    if (position !== "3, 1, 31, 2") return yield* broken(`epoch, batch, step and attempt are ${position}`)
    yield* store.verify(saved.id)
    const left = tf.memory().numTensors - before
    if (left !== 0) return yield* broken(`${left} tensors are left over`)
  })
)

const isolated = law("a caller's changes to a loaded checkpoint don't affect the next load", ({ store }, broken) =>
  Effect.gen(function* () {
    const [first] = yield* saveAll(store, [{ epoch: 1 }])
    const { id } = first.saved
    const { data } = yield* store.load(id)
    for (const { values } of Object.values(data.tensors)) values.fill(1)
    Reflect.set(data.plain as object, "seed", 8)
    const found = States.difference((yield* store.load(id)).data, first.data)
    if (found !== undefined) return yield* broken(`after the first was overwritten, in the second ${found}`)
  })
)

const ordered = law(
  "checkpoints are listed by attempt and then by position, and the last is the latest",
  (opened, broken) =>
    Effect.gen(function* () {
      const { store } = opened
      if (Option.isSome(yield* store.latest)) return yield* broken("an empty store has a latest checkpoint")
      const positions = [
        { epoch: 2, attempt: 2 },
        { epoch: 10, batch: 9, step: 109 },
        { epoch: 10, batch: 10, step: 110 },
        { epoch: 9, batch: 99, step: 99 }
      ] as const
      const [{ saved: resumed }, { saved: ninth }, { saved: tenth }, { saved: early }] = yield* saveAll(
        store,
        positions
      )
      const expected = idsOf([early, ninth, tenth, resumed])
      const found = idsOf(yield* store.list)
      if (found !== expected) return yield* broken(`listed are ${found} instead of ${expected}`)
      const latest = idsOf(Option.toArray(yield* store.latest).map(({ saved }) => saved))
      if (latest !== resumed.id) return yield* broken(`the latest is ${latest} instead of ${resumed.id}`)
    })
)

const twice = law("two checkpoints at one position are separate, and the second is the newer", ({ store }, broken) =>
  Effect.gen(function* () {
    const [first, second] = yield* saveAll(store, [
      { epoch: 1, mark: 1 },
      { epoch: 1, mark: 2 }
    ])
    const expected = idsOf([first.saved, second.saved])
    const found = idsOf(yield* store.list)
    if (found !== expected || first.saved.id === second.saved.id) {
      return yield* broken(`listed are ${found} instead of ${expected}`)
    }
    for (const { saved, data } of [first, second]) {
      const found = States.difference((yield* store.load(saved.id)).data, data)
      if (found !== undefined) return yield* broken(`in ${saved.id} ${found}`)
    }
    const latest = Option.getOrThrow(yield* store.latest).saved.id
    if (latest !== second.saved.id) return yield* broken(`the latest is ${latest} instead of ${second.saved.id}`)
  })
)

const best = law("the best has the best value of a monitor, and a tie keeps the earlier", ({ store }, broken) =>
  Effect.gen(function* () {
    const histories = [
      [{ loss: Number.NaN, accuracy: 0.5 }],
      [{ loss: 2, accuracy: 0.5 }, { loss: 1 }],
      [{ loss: 2 }, { loss: 1, accuracy: 0.25 }],
      [{ loss: 3, accuracy: 0.5 }]
    ]
    const all = yield* saveAll(
      store,
      histories.map((history, index) => ({ epoch: index + 1, history }))
    )
    const expected = [
      ["loss", "lower", 1],
      ["loss", "higher", 3],
      ["accuracy", "higher", 0],
      ["accuracy", "lower", 2]
    ] as const
    for (const [monitor, better, place] of expected) {
      const holder = element(all, place)
      const found = idsOf(Option.toArray(yield* store.best(monitor, better)))
      if (found !== holder.saved.id) {
        return yield* broken(`the best by ${monitor} (${better} is better) is ${found} instead of ${holder.saved.id}`)
      }
    }
    if (Option.isSome(yield* store.best("precision", "higher"))) {
      return yield* broken("there is a best checkpoint by a monitor that none has")
    }
  })
)

const missing = law("a missing checkpoint is reported, with those that exist", ({ store }, broken) =>
  Effect.gen(function* () {
    const [only] = yield* saveAll(store, [{ epoch: 1 }])
    for (const ask of [store.load, store.verify]) {
      const error = yield* Effect.flip(ask("elsewhere") as Effect.Effect<unknown, { readonly _tag: string }>)
      const found = JSON.stringify(error)
      const expected = JSON.stringify({ _tag: "CheckpointMissing", id: "elsewhere", known: [only.saved.id] })
      if (States.jsonDifference(JSON.parse(found), JSON.parse(expected), "") !== undefined) {
        return yield* broken(`asking for it gives ${found} instead of ${expected}`)
      }
    }
  })
)

const deleted = law("deleting removes that checkpoint and no other, and may be repeated", ({ store }, broken) =>
  Effect.gen(function* () {
    const [first, second, third] = yield* saveAll(store, [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }])
    yield* store.delete(third.saved.id)
    yield* store.delete(third.saved.id)
    const [found, expected] = [idsOf(yield* store.list), idsOf([first.saved, second.saved])]
    if (found !== expected) return yield* broken(`listed are ${found} instead of ${expected}`)
    const error = yield* failureOf(store.load(third.saved.id))
    if (error !== "CheckpointMissing") return yield* broken(`loading the deleted one gives ${error}`)
    const latest = Option.getOrThrow(yield* store.latest).saved.id
    if (latest !== second.saved.id) return yield* broken(`the latest is ${latest} instead of ${second.saved.id}`)
  })
)

const reopened = law("what was saved is there when the store is reopened", ({ store, reopen }, broken, skipped) =>
  Effect.gen(function* () {
    if (reopen === undefined) return yield* skipped("`open` provides no way to reopen the store; give it a `reopen`")
    const all = yield* saveAll(store, [{ epoch: 1 }, { epoch: 2 }])
    const again = yield* reopen
    const [found, expected] = [idsOf(yield* again.list), idsOf(all.map(({ saved }) => saved))]
    if (found !== expected) return yield* broken(`listed are ${found} instead of ${expected}`)
    const latest = Option.getOrThrow(yield* again.latest)
    const other = States.difference(latest.data, element(all, 1).data)
    if (other !== undefined) return yield* broken(other)
  })
)

const damaged = law(
  "a damaged checkpoint is reported and never taken for an intact one",
  ({ store, damage }, broken, skipped) =>
    Effect.gen(function* () {
      if (damage === undefined)
        return yield* skipped("`open` provides no way to damage a checkpoint; give it a `damage`")
      const [first, second] = yield* saveAll(store, [{ epoch: 1 }, { epoch: 2 }])
      const [whole, hurt] = [first.saved.id, second.saved.id]
      yield* damage(hurt)
      for (const [name, ask] of Object.entries({ load: store.load(hurt), verify: store.verify(hurt) })) {
        const error = yield* failureOf(ask as Effect.Effect<unknown, { readonly _tag: string }>)
        if (error !== "CheckpointCorrupt") return yield* broken(`${name} of a damaged one gives ${error}`)
      }
      const { saved, passedOver } = Option.getOrThrow(yield* store.latest)
      if (saved.id !== whole) return yield* broken(`the latest is ${saved.id} instead of ${whole}`)
      if (idsOf(passedOver) !== hurt) return yield* broken(`passed over is ${idsOf(passedOver)} instead of ${hurt}`)
      yield* damage(whole)
      const error = yield* failureOf(store.latest)
      if (error !== "CheckpointCorrupt") return yield* broken(`the latest of damaged ones alone gives ${error}`)
    })
)

/** All laws of a store. */
export const laws: ReadonlyArray<Law> = [bitForBit, isolated, ordered, twice, best, missing, deleted, reopened, damaged]
