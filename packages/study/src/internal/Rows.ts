/** The rows of the tables, and the plain data that they hold. Numbers may come as text or bigint: `Number` reads them all. */
import { Values } from "@etude/core/Event"
import * as Schema from "effect/Schema"
import { Decision } from "../Pruner.ts"
import type { DecisionRecord, Times } from "../StudyRecord.ts"
import { hasEnded, type Parameters, type Report, type State, type Trial } from "../Trial.ts"

type Count = number | string | bigint

export interface TrialRow {
  readonly number: Count
  readonly setting: Count
  readonly seed: Count
  readonly parameters: string
  readonly state: State
  readonly folder: string
  readonly turn: Count
  readonly fence: Count
  readonly settled_fence: Count
  readonly worker: string | null
  readonly bits: string | null
  readonly promoted: Count
  readonly start_from: string | null
  readonly attempts: Count
  readonly preemptions: Count
  readonly failures: Count
  readonly seconds: Count
  readonly test: string | null
  readonly sha256: string | null
  readonly reason: string | null
  readonly begun: Count | null
  readonly changed: Count
}

export interface ReportRow {
  readonly trial: Count
  readonly step: Count
  readonly epoch: Count
  readonly measured: string
}

export interface DecisionRow {
  readonly trial: Count
  readonly step: Count
  readonly decision: string
  readonly reports: Count
}

const decision = Schema.fromJsonString(Decision)
const values = Schema.fromJsonString(Schema.toCodecJson(Values))

export const encodeDecision: (decision: Decision) => string = Schema.encodeSync(decision)
export const decodeDecision: (text: string) => Decision = Schema.decodeSync(decision)
/** NaN and infinities are kept. */
export const encodeValues: (values: Values) => string = Schema.encodeSync(values)
export const decodeValues: (text: string) => Values = Schema.decodeSync(values)

const parameters = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))
export const decodeParameters: (text: string) => Parameters = Schema.decodeSync(parameters)

export const reportOf = (row: ReportRow): Report => ({
  step: Number(row.step),
  epoch: Number(row.epoch),
  values: decodeValues(row.measured)
})

export const trialOf = (row: TrialRow, reports: ReadonlyArray<Report>): Trial => ({
  number: Number(row.number),
  setting: Number(row.setting),
  parameters: decodeParameters(row.parameters),
  seed: Number(row.seed),
  state: row.state,
  reports,
  test: row.test === null ? null : decodeValues(row.test),
  reason: row.reason,
  attempts: Number(row.attempts),
  preemptions: Number(row.preemptions),
  failures: Number(row.failures),
  seconds: Number(row.seconds),
  folder: row.folder
})

/** When a trial was begun, and when it ended: a trial that has ended is not changed any more. */
export const timesOf = ({ begun, changed, state }: TrialRow): Times => ({
  ...(begun === null ? {} : { begun: Number(begun) }),
  ...(hasEnded(state) ? { ended: Number(changed) } : {})
})

export const decisionOf = (row: DecisionRow): DecisionRecord => ({
  trial: Number(row.trial),
  step: Number(row.step),
  decision: decodeDecision(row.decision),
  basis: { reports: Number(row.reports) }
})
