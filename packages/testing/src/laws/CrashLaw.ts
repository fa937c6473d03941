/**
 * Law 5: wherever a process, the machine or the disk fails, every checkpoint whose saving has ended exists afterwards,
 * and no partial one is ever mistaken for a whole one.
 */
import type { CheckpointsService } from "@etude/core/Checkpoints"
import * as Rng from "@etude/core/Rng"
import type { StorageError, StorageService } from "@etude/core/Storage"
import * as TrainState from "@etude/core/TrainState"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as CrashStorage from "../doubles/CrashStorage.ts"
import * as States from "../subjects/CheckpointStates.ts"
import { LawBroken } from "./LawBroken.ts"

export interface CrashOptions {
  /** How messages call it. */
  readonly name: string
  /** Where the store has its checkpoints. */
  readonly folder: string
  /** Opens the store on a storage. */
  readonly open: (storage: StorageService) => Effect.Effect<CheckpointsService, unknown, Scope.Scope>
  /** How many outcomes of each crash to check, at most; 8 by default, drawn by `seed`. */
  readonly outcomes?: number
  readonly seed?: number
  /**
   * Makes the sync of this index, in every process, do nothing: a store whose every sync matters then breaks the law.
   * Failures of the disk are left out, since after one the same index is another sync.
   */
  readonly dropSync?: number
  /** Saves in the script; 2 by default, and the first is deleted after the second. */
  readonly saves?: number
}

/** The store's answers so far. */
interface SavedCheckpoint {
  readonly id: string
  readonly data: TrainState.TrainStateData
}
interface Ledger {
  /** Saved, and not yet asked to be deleted. */
  readonly kept: Map<string, SavedCheckpoint>
  /** Saved, and asked to be deleted, without an answer. */
  leaving: string | undefined
  readonly deleted: Set<string>
  /** Everything that was ever asked to be saved, by its mark. */
  readonly saved: Map<number, TrainState.TrainStateData>
}

const isSync = (kind: CrashStorage.Operation["kind"]): boolean => kind === "syncFile" || kind === "syncFolder"

/** The mark of a state, which identifies it. */
const markOf = ({ plain }: TrainState.TrainStateData): number => TrainState.decodePlain(plain).progress.epoch

const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/g
const shown = ({ index, kind, path }: CrashStorage.Operation): string =>
  `operation ${index} (${kind} ${path.replace(uuid, "*")})`

/** Stops the check. */
class Found {
  readonly found: string
  constructor(found: string) {
    this.found = found
  }
}

const asFound = (error: unknown): Found =>
  error instanceof Found ? error : new Found(`the store failed without a fault: ${(error as Error).message}`)

/**
 * Lets a store save and delete, and ends that at every one of its operations: by a crash of the machine, after which any of
 * what was not synced may be gone; by a kill of the process, after which another one continues; by a failure of the disk.
 */
export const check = (options: CrashOptions): Effect.Effect<void, LawBroken> => lawOf(options).check

/** How many syncs the store does while it saves and deletes undisturbed: `dropSync` is below this. */
export const syncs = (options: CrashOptions): Effect.Effect<number> => lawOf(options).syncs

const lawOf = (options: CrashOptions) => {
  const { name, folder, open, outcomes = 8, seed = 1, dropSync, saves = 2 } = options
  let draws = 0
  const random = Rng.named(Rng.key(seed), "crash")
  const draw = () => Rng.uniform(Rng.fold(random, draws++), 0)

  /** A process's storage: `outcome` may make an operation fail, and the chosen sync is skipped. */
  const storageOf = (
    disk: CrashStorage.Disk,
    process: string,
    outcome: (operation: CrashStorage.Operation) => CrashStorage.Outcome = () => CrashStorage.done
  ): StorageService => {
    let syncs = 0
    return CrashStorage.make({
      disk,
      process,
      outcome: (operation) => {
        const becomes = outcome(operation)
        const dropped = isSync(operation.kind) && syncs++ === dropSync
        return dropped && becomes._tag === "Done" ? { _tag: "Dropped" } : becomes
      }
    })
  }

  const save = Effect.fnUntraced(function* (store: CheckpointsService, ledger: Ledger, epoch: number) {
    const state = States.stateAt({ epoch, mark: epoch })
    const data = TrainState.toData(state)
    ledger.saved.set(epoch, data)
    const saving = Effect.andThen(
      Effect.tap(store.save(state, States.description), () => store.settled),
      (saved) => Effect.sync(() => ledger.kept.set(saved.id, { id: saved.id, data }))
    )
    return yield* Effect.ensuring(
      saving,
      Effect.sync(() => TrainState.dispose(state))
    )
  })

  /** The actions of a process: it opens, saves, deletes the first checkpoint, and saves once more. */
  const script = (storage: StorageService, ledger: Ledger) =>
    Effect.gen(function* () {
      const store = yield* open(storage)
      for (let epoch = 1; epoch <= saves; epoch++) yield* Effect.exit(save(store, ledger, epoch)).pipe(unlessEnded)
      const first = ledger.kept.keys().next().value
      if (first !== undefined) {
        ledger.leaving = first
        ledger.kept.delete(first)
        const gone = yield* Effect.exit(store.delete(first)).pipe(unlessEnded)
        if (Exit.isSuccess(gone)) ledger.deleted.add(first)
        if (Exit.isSuccess(gone)) ledger.leaving = undefined
      }
      yield* Effect.exit(save(store, ledger, saves + 1)).pipe(unlessEnded)
      return store
    })

  const fresh = (): Ledger => ({ kept: new Map(), leaving: undefined, deleted: new Set(), saved: new Map() })

  /** A consistent store: everything promised is there, and everything there is intact. */
  const verify = Effect.fnUntraced(function* (disk: CrashStorage.Disk, ledger: Ledger, when: string, process: string) {
    const storage = storageOf(disk, process)
    const broken = (found: string) => Effect.fail(new Found(`${when}, ${found}`))
    const store = yield* open(storage).pipe(
      Effect.catch((error) => broken(`the store cannot be opened: ${(error as Error).message}`))
    )
    const names = yield* Effect.orElseSucceed(storage.list(folder), (): ReadonlyArray<string> => [])
    const listed = yield* store.list
    const ids = listed.map(({ id }) => id)
    const other = names.filter((name) => !ids.includes(name)).map((name) => name.replace(uuid, "*"))
    if (other.length > 0) return yield* broken(`${other.join(", ")} is in the folder and is no checkpoint`)
    for (const id of ids) {
      const loaded = yield* Effect.result(store.load(id))
      if (loaded._tag === "Failure")
        return yield* broken(`${id} is half there: ${loaded.failure.message.replace(/\.$/, "")}`)
      const { data } = loaded.success
      const expected = ledger.saved.get(markOf(data))
      const wrong = expected === undefined ? "it was never saved" : States.difference(data, expected)
      if (wrong !== undefined) return yield* broken(`in ${id} ${wrong}`)
      if (ledger.deleted.has(id)) return yield* broken(`${id} is there again after it was deleted`)
    }
    for (const { id } of ledger.kept.values()) {
      if (!ids.includes(id)) return yield* broken(`${id}, which had been saved, is gone`)
    }
    const latest = Option.map(yield* store.latest, ({ saved, passedOver }) => ({ id: saved.id, passedOver }))
    const newest = Option.match(latest, { onNone: () => undefined, onSome: ({ id }) => id })
    if (newest !== ids.at(-1)) return yield* broken(`the latest is ${newest} instead of ${ids.at(-1)}`)
    return store
  }, Effect.mapError(asFound))

  /** States already checked: many crashes leave the same one. */
  const verified = new Set<string>()
  const situation = (disk: CrashStorage.Disk, { kept, deleted, saved: asked }: Ledger): string =>
    [
      CrashStorage.fingerprint(disk, (name) => name.replace(uuid, "*")),
      ...[kept.keys(), deleted, asked.keys()].map((all) => [...all].join())
    ].join("|")

  /** The power fails: checks every possible outcome, up to `outcomes`. */
  const powerLoss = Effect.fnUntraced(function* (disk: CrashStorage.Disk, ledger: Ledger, when: string) {
    for (const { disk: left, lost, of } of CrashStorage.crashes(disk, outcomes, draw)) {
      const fate = of === 0 ? "" : ` that lost ${lost} of ${of} unsynced things`
      const known = situation(left, ledger)
      if (verified.has(known)) continue
      yield* Effect.scoped(verify(left, ledger, `${when}${fate}`, "after the crash"))
      verified.add(known)
    }
  })

  /** The process ends while the machine keeps running; the next process reads, saves, and then the power fails. */
  const killed = Effect.fnUntraced(function* (disk: CrashStorage.Disk, ledger: Ledger, when: string) {
    yield* Effect.scoped(
      Effect.gen(function* () {
        const store = yield* verify(disk, ledger, when, "second")
        const shown = yield* store.list
        const seen: Ledger = { ...ledger, kept: new Map() }
        for (const { id } of shown) seen.kept.set(id, { id, data: (yield* store.load(id)).data })
        yield* powerLoss(CrashStorage.copyOf(disk), seen, `${when}, and after a crash of the machine once it was seen`)
        yield* save(store, seen, saves + 2)
        yield* powerLoss(
          CrashStorage.copyOf(disk),
          seen,
          `${when}, and after a crash of the machine once more was saved`
        )
      })
    )
  }, Effect.mapError(asFound))

  /** Runs the script up to an end that `outcome` gives it. */
  const run = Effect.fnUntraced(function* (outcome: (operation: CrashStorage.Operation) => CrashStorage.Outcome) {
    const [disk, ledger] = [CrashStorage.emptyDisk(), fresh()]
    const exit = yield* Effect.exit(Effect.scoped(script(storageOf(disk, "first", outcome), ledger)))
    return { disk, ledger, exit }
  })

  /** The script without any harm, and what it did. */
  const undisturbed = Effect.suspend(() => {
    const operations: Array<CrashStorage.Operation> = []
    const outcome = (operation: CrashStorage.Operation) => {
      operations.push(operation)
      return CrashStorage.done
    }
    return Effect.map(run(outcome), (result) => ({ ...result, operations }))
  })

  const all = Effect.gen(function* () {
    const { operations, ...whole } = yield* undisturbed
    if (Exit.isFailure(whole.exit)) return yield* Effect.fail(new Found("the store cannot be opened"))
    yield* powerLoss(whole.disk, whole.ledger, "after a crash at the end")
    for (const operation of operations) {
      for (const torn of operation.kind === "write" ? [false, true] : [false]) {
        const { disk, ledger } = yield* run(({ index }) =>
          index === operation.index ? { _tag: "Ends", torn } : CrashStorage.done
        )
        const where = `${torn ? "in the middle of" : "before"} ${shown(operation)}`
        yield* powerLoss(CrashStorage.copyOf(disk), ledger, `after a crash ${where}`)
        yield* killed(disk, ledger, `after the process was killed ${where}`)
      }
      for (const [reason, torn] of dropSync === undefined ? faultsOf(operation) : []) {
        const { disk, ledger } = yield* run(({ index }) =>
          index === operation.index ? { _tag: "Fails", reason, torn } : CrashStorage.done
        )
        const fault = `after ${shown(operation)} failed (${reason}${torn ? ", torn" : ""})`
        yield* Effect.scoped(verify(CrashStorage.copyOf(disk), ledger, fault, "second"))
        yield* powerLoss(disk, ledger, `${fault} and a crash at the end`)
      }
    }
  })

  const broken = ({ found }: Found) =>
    new LawBroken({ law: "crash", subject: name, found, reproduce: `run CrashLaw on it with seed ${seed}` })
  return {
    check: Effect.mapError(all, broken),
    syncs: Effect.map(undisturbed, ({ operations }) => operations.filter(({ kind }) => isSync(kind)).length)
  }
}

const faultsOf = ({ kind }: CrashStorage.Operation): ReadonlyArray<readonly [StorageError["reason"], boolean]> => {
  if (kind === "write") return [["full", true]]
  if (kind === "rename" || kind === "create") return [["denied", false]]
  if (kind === "makeFolder") return [["full", false]]
  return [["other", false]]
}

/** Lets the end of the process through; a failure stays in the exit. */
const unlessEnded = <A, E, R>(
  exit: Effect.Effect<Exit.Exit<A, E>, never, R>
): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.flatMap(exit, (exit) =>
    Exit.isFailure(exit) && exit.cause.reasons.some(({ _tag }) => _tag === "Die")
      ? Effect.failCause(exit.cause as Cause.Cause<never>)
      : Effect.succeed(exit)
  )
