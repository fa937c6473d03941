/** What workers write: each statement names the fence of the taking that it belongs to. */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { TrialTakenOver } from "../Errors.ts"
import type { Decision } from "../Pruner.ts"
import { folderOf } from "../Settings.ts"
import type { Lease, Settlement, Taken } from "../StudyStore.ts"
import type { Parameters, Report, Trial } from "../Trial.ts"
import type { Turn } from "../TrialQueue.ts"
import { inOrder } from "./ReportCache.ts"
import { decodeDecision, decodeParameters, encodeDecision, encodeValues, type TrialRow } from "./Rows.ts"
import type { Reading } from "./StoreReading.ts"
import { now } from "./Tables.ts"

const takenOf = (study: string, row: TrialRow): Taken => ({
  lease: { study, trial: Number(row.number), fence: Number(row.fence) },
  setting: Number(row.setting),
  seed: Number(row.seed),
  parameters: decodeParameters(row.parameters),
  folder: row.folder,
  startFrom: row.start_from,
  bits: row.bits,
  failures: Number(row.failures)
})

const continues: Decision = { _tag: "Continue" }

const makeTaking = (sql: SqlClient.SqlClient) => ({
  take: Effect.fnUntraced(function* (
    study: string,
    { trial, turn }: Turn,
    { holder, worker }: { readonly holder: string; readonly worker: string }
  ) {
    const taken = yield* sql<TrialRow>`
      update etude_trials
      set fence = fence + 1, holder = ${holder}, worker = ${worker}, attempts = attempts + 1,
        preemptions = preemptions + case when state = 'running' then 1 else 0 end,
        state = 'running', begun = coalesce(begun, ${now(sql)}), changed = ${now(sql)}
      where study = ${study} and number = ${trial} and turn = ${turn}
        and state in ('waiting', 'running') and (holder is null or holder <> ${holder})
      returning *`
    const rows =
      taken.length > 0
        ? taken
        : yield* sql<TrialRow>`
            select * from etude_trials
            where study = ${study} and number = ${trial} and turn = ${turn} and state = 'running' and holder = ${holder}`
    return rows[0] === undefined ? undefined : takenOf(study, rows[0])
  })
})

const makeReports = (sql: SqlClient.SqlClient, reading: Reading, held: Held) => {
  const known = (study: string, trial: number, step: number) => sql<{ readonly decision: string | null }>`
    select d.decision from etude_reports r
    left join etude_decisions d on d.study = r.study and d.trial = r.trial and d.step = r.step
    where r.study = ${study} and r.trial = ${trial} and r.step = ${step}`
  const again = (decision: string | null, promoted: number, step: number): Decision => {
    const decided = decision === null ? continues : decodeDecision(decision)
    return decided._tag === "Pause" && promoted >= step ? continues : decided
  }
  const store = Effect.fnUntraced(function* (study: string, trial: number, { step, epoch, values }: Report) {
    const [row] = yield* sql<{ readonly reports: number }>`
      update etude_studies set reports = reports + 1 where name = ${study} returning reports`
    const sequence = Number(row?.reports)
    yield* sql`insert into etude_reports (study, trial, step, epoch, measured, sequence, stored)
      values (${study}, ${trial}, ${step}, ${epoch}, ${encodeValues(values)}, ${sequence}, ${now(sql)})`
    return sequence
  })
  const judged = Effect.fnUntraced(function* (
    { study, trial }: Lease,
    report: Report,
    decide: (trials: ReadonlyArray<Trial>) => Decision
  ) {
    const before = yield* reading.trials(study)
    const trials = before.map((one) => (one.number === trial ? { ...one, reports: inOrder(one.reports, report) } : one))
    return decide(trials)
  })
  return {
    /** In a transaction that holds the study's lock. */
    report: Effect.fnUntraced(function* (
      lease: Lease,
      report: Report,
      decide?: (trials: ReadonlyArray<Trial>) => Decision
    ) {
      const { study, trial } = lease
      const promoted = yield* held(lease)
      const [found] = yield* known(study, trial, report.step)
      if (found !== undefined) return again(found.decision, promoted, report.step)
      const decision = decide === undefined ? continues : yield* judged(lease, report, decide)
      const reports = yield* store(study, trial, report)
      if (decide !== undefined) {
        yield* sql`insert into etude_decisions (study, trial, step, decision, reports, stored)
          values (${study}, ${trial}, ${report.step}, ${encodeDecision(decision)}, ${reports}, ${now(sql)})`
      }
      return decision
    })
  }
}

type Held = (lease: Lease) => Effect.Effect<number, TrialTakenOver | SqlError>

const makeSettling = (sql: SqlClient.SqlClient) => {
  const settled = ({ study, trial, fence }: Lease, settlement: Settlement) => {
    const { state, reason, seconds, test, sha256, counts } = settlement
    return sql<Pick<TrialRow, "turn">>`
      update etude_trials
      set state = ${state}, reason = ${reason}, seconds = seconds + ${seconds}, holder = null, worker = null,
        test = ${test === undefined || test === null ? null : encodeValues(test)}, sha256 = ${sha256 ?? null},
        failures = failures + ${counts === "failure" ? 1 : 0},
        preemptions = preemptions + ${counts === "preemption" ? 1 : 0},
        turn = turn + 1, settled_fence = fence, changed = ${now(sql)}
      where study = ${study} and number = ${trial} and fence = ${fence} and state = 'running'
      returning turn`
  }
  return {
    settle: Effect.fnUntraced(function* (lease: Lease, settlement: Settlement) {
      const { study, trial, fence } = lease
      const changed = yield* settled(lease, settlement)
      // Done already where the answer of the first time was lost.
      const [row] =
        changed.length > 0
          ? changed
          : yield* sql<Pick<TrialRow, "turn">>`
              select turn from etude_trials where study = ${study} and number = ${trial} and settled_fence = ${fence}`
      return row === undefined ? yield* new TrialTakenOver(lease) : { trial, turn: Number(row.turn) }
    })
  }
}

const makePromoting = (sql: SqlClient.SqlClient) => {
  const waits = (study: string, trial: number) => sql<Pick<TrialRow, "turn">>`
    update etude_trials
    set state = 'waiting', reason = null, turn = turn + 1, changed = ${now(sql)},
      promoted = coalesce((select max(step) from etude_reports where study = ${study} and trial = ${trial}), -1)
    where study = ${study} and number = ${trial} and state = 'paused'
    returning turn`
  const promote = (study: string, trial: number) =>
    Effect.map(waits(study, trial), ([row]) => (row === undefined ? undefined : { trial, turn: Number(row.turn) }))
  return {
    promote,
    exploit: Effect.fnUntraced(function* (study: string, trial: number, donor: number, parameters: Parameters) {
      const turn = yield* promote(study, trial)
      if (turn === undefined) return undefined
      const [row] = yield* sql<Pick<TrialRow, "folder">>`
        select folder from etude_trials where study = ${study} and number = ${donor}`
      yield* sql`
        update etude_trials
        set parameters = ${JSON.stringify(parameters)}, donor = ${donor}, start_from = ${row?.folder ?? null},
          folder = ${`${folderOf(trial)}-${turn.turn}`}
        where study = ${study} and number = ${trial}`
      return turn
    }),
    withhold: (study: string, trial: number) =>
      Effect.asVoid(sql`update etude_trials set withheld = 1 where study = ${study} and number = ${trial}`),
    release: Effect.fnUntraced(function* (study: string) {
      const rows = yield* sql<Pick<TrialRow, "number" | "turn">>`
        update etude_trials set withheld = 0
        where study = ${study} and withheld = 1 and number not in (
          select donor from etude_trials
          where study = ${study} and donor is not null and state in ('waiting', 'running')
        )
        returning number, turn`
      return rows.map(({ number, turn }) => ({ trial: Number(number), turn: Number(turn) }))
    }),
    prunePaused: (study: string, reason: string) =>
      Effect.asVoid(
        sql`update etude_trials set state = 'pruned', reason = ${reason}, changed = ${now(sql)}
          where study = ${study} and state = 'paused'`
      )
  }
}

/** The condition of every write of a taking. */
const isHeld = (sql: SqlClient.SqlClient, { study, trial, fence }: Lease) =>
  sql`study = ${study} and number = ${trial} and fence = ${fence} and state = 'running'`

const makeLease = (sql: SqlClient.SqlClient) => {
  /** The step of its last promotion. Nobody else can take the trial before the transaction ends. */
  const held: Held = Effect.fnUntraced(function* (lease: Lease) {
    const [row] = yield* sql<Pick<TrialRow, "promoted">>`
      update etude_trials set changed = ${now(sql)} where ${isHeld(sql, lease)} returning promoted`
    return row === undefined ? yield* new TrialTakenOver(lease) : Number(row.promoted)
  })
  return {
    held,
    check: Effect.fnUntraced(function* (lease: Lease) {
      const rows = yield* sql`select number from etude_trials where ${isHeld(sql, lease)}`
      if (rows.length === 0) return yield* new TrialTakenOver(lease)
    }),
    began: Effect.fnUntraced(function* (lease: Lease, bits: string) {
      const rows = yield* sql`update etude_trials set bits = coalesce(bits, ${bits}), donor = null
        where ${isHeld(sql, lease)} returning number`
      if (rows.length === 0) return yield* new TrialTakenOver(lease)
    })
  }
}

export const makeTrials = (sql: SqlClient.SqlClient, reading: Reading) => {
  const { held, check, began } = makeLease(sql)
  return {
    ...makeTaking(sql),
    ...makeReports(sql, reading, held),
    ...makeSettling(sql),
    ...makePromoting(sql),
    check,
    began
  }
}
