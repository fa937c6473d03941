/**
 * Settings chosen by a sampler of Optuna's, such as `CmaEsSampler`, `GPSampler` or `NSGAIISampler`, in a Python process of its own:
 *
 * ```yaml
 * search: { _tag: Optuna, sampler: CmaEsSampler, python: ./venv/bin/python }
 * ```
 *
 * It keeps no state: each time it gets the whole history, which it replays in a sampler with the study's seed, and gives the next
 * parameters. So the same history gives the same parameters, whoever asks, as long as the versions of Python and Optuna are the same;
 * those are outside of what Etude can promise. A question takes one to two seconds, most of it for Python to start.
 */
import { execFileSync } from "node:child_process"
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import type * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import { OptunaUnavailable } from "../Errors.ts"
import { internalOf } from "../internal/optuna.ts"
import { program } from "../internal/optunaProgram.ts"
import type { Observation, Searcher } from "../Searcher.ts"
import * as Space from "../Space.ts"
import type { Parameters } from "../Trial.ts"

export interface OptunaOptions {
  /** A class of `optuna.samplers`. */
  readonly sampler: string
  /** Its arguments by name, without `seed`. */
  readonly options: { readonly [name: string]: Schema.Json }
  /** The program that has Optuna installed. Default: `python3`. */
  readonly python: string
}

/** Choices by their index, which is all that a sampler sees of them. */
const parameterFor = ({ key, range, when }: Space.Parameter, { parameters }: Space.Space) => {
  const parent = when === undefined ? undefined : parameters.find((one) => one.key === when.key)
  const condition =
    when === undefined || parent === undefined
      ? null
      : { key: when.key, values: when.values.flatMap((value) => internalOf(parent.range, value) ?? []) }
  return range._tag === "Choice"
    ? { key, kind: "choice", count: range.values.length, when: condition }
    : {
        key,
        kind: range._tag === "Int" ? "int" : "float",
        low: range.low,
        high: range.high,
        log: range.log,
        when: condition
      }
}

const triedFor = ({ parameters, state, objectives }: Observation, space: Space.Space) => ({
  parameters: Object.fromEntries(
    space.parameters.flatMap(({ key, range }) => {
      const value = parameters[key]
      const internal = value === undefined ? undefined : internalOf(range, value)
      return internal === undefined ? [] : [[key, internal]]
    })
  ),
  state,
  values: objectives?.every(Number.isFinite) ? objectives : null
})

/** Answers of the program: parameters, or why there are none. */
const Answer = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ parameters: Schema.Record(Schema.String, Schema.Number) }),
    Schema.Struct({ problem: Schema.String })
  ])
)

/** What the last line of a failed process says. */
const lastLine = (text: unknown): string =>
  String(text ?? "")
    .trim()
    .split("\n")
    .at(-1) ?? ""

const problemOf = (cause: unknown): string => {
  const { code, stderr, message } = cause as {
    readonly code?: string
    readonly stderr?: unknown
    readonly message?: string
  }
  if (code === "ENOENT") return "there is no such program"
  return lastLine(stderr) || lastLine(message) || "it failed"
}

const ask = (python: string, question: unknown): { readonly [key: string]: number } => {
  const unavailable = (problem: string) => new OptunaUnavailable({ python, problem })
  let printed: string
  try {
    printed = execFileSync(python, ["-c", program], {
      input: JSON.stringify(question),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
      maxBuffer: 2 ** 26
    })
  } catch (cause) {
    throw unavailable(problemOf(cause))
  }
  const answer = Schema.decodeUnknownOption(Answer)(lastLine(printed))
  if (answer._tag === "None") throw unavailable(`it answered ${JSON.stringify(lastLine(printed).slice(0, 200))}`)
  if ("problem" in answer.value) throw unavailable(answer.value.problem)
  return answer.value.parameters
}

const parametersOf = (space: Space.Space, answer: { readonly [key: string]: number }): Parameters =>
  Space.fill(space, ({ key, range }) => {
    const value = answer[key] ?? 0
    return range._tag === "Choice" ? (range.values[value] ?? null) : value
  })

/** Python's seeds have 32 bits. */
const seedOf = (key: Rng.Key): number => key.lo >>> 0

/** A searcher that asks Optuna. `suggest` throws `OptunaUnavailable` where Python, Optuna or the sampler is missing. */
export const optuna = (options: OptunaOptions): Searcher => ({
  suggest: (space, tried, _setting, key) => {
    const { sampler, python } = options
    const objectives = tried.find((one) => one.objectives !== null)?.objectives?.length ?? 1
    const answer = ask(python, {
      sampler,
      options: options.options,
      seed: seedOf(key),
      objectives,
      space: space.parameters.map((parameter) => parameterFor(parameter, space)),
      tried: tried.map((one) => triedFor(one, space))
    })
    return parametersOf(space, answer)
  }
})

const schema = Schema.TaggedStruct("Optuna", {
  sampler: Config.withDefault(Schema.String, "TPESampler", "A class of optuna.samplers, such as CmaEsSampler"),
  options: Config.withDefault(Schema.Record(Schema.String, Schema.Json), {}, "The sampler's arguments, by name"),
  python: Config.withDefault(Schema.String, "python3", "The Python that has Optuna installed")
})

export const entry = Entry.of({ tag: "Optuna", schema, make: (options) => optuna(options) })
