/** The laws of an optimizer, or of any chain of updates that can train. */
import type { Backend } from "@etude/core/Backend"
import * as Rng from "@etude/core/Rng"
import * as Scheduled from "@etude/core/Scheduled"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as Update from "@etude/core/Update"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Tiny from "../subjects/Tiny.ts"
import type * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import * as ResumeLaw from "./ResumeLaw.ts"
import type { Statement } from "./Statement.ts"
import * as TensorLaw from "./TensorLaw.ts"

export interface OptimizerOptions {
  /** The optimizer's own name when absent. */
  readonly name?: string
  /** A rate at which it learns; 0.01 when absent. */
  readonly learningRate?: number
  /** Steps within which ½‖p‖² must fall by half; 500 when absent. */
  readonly learnsWithin?: number
}

type Broken = (found: string, reproduce: string) => LawBroken
type State = ReturnType<typeof Update.step>

const shapes = { a: [3], b: [2, 2] }
const parametersOf = (seed: number): Tensors.Tensors => ({
  a: tf.tensor(Rng.normals(Rng.key(seed), 3), shapes.a),
  b: tf.tensor(Rng.normals(Rng.named(Rng.key(seed), "b"), 4), shapes.b)
})

/** Every number of a state, by name. */
const numbersOf = ({ parameters, slots }: State): { readonly [name: string]: number } => {
  const all: ReadonlyArray<readonly [string, Tensors.Tensors]> = [["parameter", parameters], ...Object.entries(slots)]
  const named = all.flatMap(([group, tensors]) =>
    Object.entries(tensors).flatMap(([path, tensor]) =>
      Array.from(tensor.dataSync<"float32">(), (value, index) => [`${group} ${path}[${index}]`, value] as const)
    )
  )
  return Object.fromEntries(named)
}

const difference = (found: State, expected: State): string | undefined => {
  const [left, right] = [numbersOf(found), numbersOf(expected)]
  const name = Object.keys({ ...left, ...right }).find((key) => !Object.is(left[key], right[key]))
  return name === undefined
    ? undefined
    : `${name} is ${left[name] ?? "not there"} instead of ${right[name] ?? "not there"}`
}

/** The state after so many steps, with gradients that are drawn. */
const walked = (optimizer: Update.Update, learningRate: number, steps: number): State => {
  const parameters = parametersOf(1)
  let state: State = { parameters, slots: optimizer.init(parameters) }
  for (let step = 1; step <= steps; step++)
    state = Update.step(optimizer, {
      ...state,
      gradients: parametersOf(step + 1),
      step,
      learningRate,
      gradient: (index) => index
    })
  return state
}

const isPure = (optimizer: Update.Update, learningRate: number, broken: Broken): LawBroken | undefined => {
  const state = walked(optimizer, learningRate, 3)
  const before = numbersOf(state)
  const gradients = parametersOf(9)
  const again = () => Update.step(optimizer, { ...state, gradients, step: 4, learningRate, gradient: (index) => index })
  const [first, second] = [again(), again()]
  const found = difference(second, first)
  if (found !== undefined)
    return broken(`of the same step, the second time ${found}`, "take step 4 twice, from the same state")
  const after = numbersOf(state)
  const changed = Object.keys(before).find((name) => !Object.is(before[name], after[name]))
  return changed === undefined
    ? undefined
    : broken(`it changed ${changed} in place`, "take step 4 and compare the state before")
}

const keepsSlots = (optimizer: Update.Update, learningRate: number, broken: Broken): LawBroken | undefined => {
  const shapesOf = ({ slots }: Pick<State, "slots">) =>
    Object.entries(slots)
      .flatMap(([slot, tensors]) => Object.entries(tensors).map(([path, { shape }]) => `${slot} ${path} [${shape}]`))
      .sort()
      .join("; ")
  const initial = { slots: optimizer.init(parametersOf(1)) }
  const [declared, initialized] = [[...optimizer.slots].sort().join(", "), Object.keys(initial.slots).sort().join(", ")]
  if (declared !== initialized)
    return broken(`init gives the slots ${initialized}, and slots says ${declared}`, "call init")
  const [before, after] = [shapesOf(initial), shapesOf(walked(optimizer, learningRate, 1))]
  return before === after
    ? undefined
    : broken(`its slots are ${before} at first and ${after} after a step`, "take one step")
}

const leaves = (numbers: Tensors.NumberTree, prefix = ""): ReadonlyArray<readonly [string, number]> =>
  Object.entries(numbers).flatMap(([name, value]) =>
    typeof value === "number" ? [[prefix + name, value] as const] : leaves(value, `${prefix}${name} `)
  )

const keepsNumbers = (optimizer: Update.Update, learningRate: number, broken: Broken): LawBroken | undefined => {
  const names = (step: number, rate: number) =>
    leaves(optimizer.numbers(step, rate, Scheduled.valueAt(step)))
      .map(([name]) => name)
      .join(", ")
  for (const step of [1, 2, 1000, 1_000_000]) {
    const infinite = leaves(optimizer.numbers(step, learningRate, Scheduled.valueAt(step))).find(
      ([, value]) => !Number.isFinite(value)
    )
    if (infinite !== undefined)
      return broken(`its number ${infinite[0]} is ${infinite[1]}`, `call numbers(${step}, ${learningRate})`)
    if (names(step, 0) !== names(1, learningRate))
      return broken(
        `its numbers are ${names(1, learningRate)} at step 1 and ${names(step, 0)} at step ${step}`,
        `call numbers(1, ${learningRate}) and numbers(${step}, 0)`
      )
  }
  return undefined
}

/** Lays everything end to end, as training does with small parameters of elementwise rules. */
const laid = (tensors: Tensors.Tensors): Tensors.Tensors => ({
  all: tf.concat(Object.values(tensors).map((tensor) => tf.reshape(tensor, [-1])))
})

const isElementwise = (optimizer: Update.Update, learningRate: number, broken: Broken): LawBroken | undefined => {
  if (!optimizer.elementwise) return undefined
  const state = walked(optimizer, learningRate, 1)
  const options = { step: 2, learningRate }
  const apart = Update.step(optimizer, { ...state, gradients: parametersOf(5), ...options })
  const together = Update.step(optimizer, {
    parameters: laid(state.parameters),
    slots: Tensors.mapOwned(state.slots, laid),
    gradients: laid(parametersOf(5)),
    ...options
  })
  const expected = { parameters: laid(apart.parameters), slots: Tensors.mapOwned(apart.slots, laid) }
  const found = difference(together, expected)
  if (found === undefined) return undefined
  return broken(
    `it declares elementwise: true, but of two concatenated parameters, ${found}`,
    "update a vector of 3 and a matrix of 2 × 2 apart, and as one vector of 7"
  )
}

const learns = (
  optimizer: Update.Update,
  learningRate: number,
  learnsWithin: number,
  broken: Broken
): LawBroken | undefined => {
  const parameters = parametersOf(1)
  let state: State = { parameters, slots: optimizer.init(parameters) }
  const loss = () =>
    Object.values(state.parameters).reduce((sum, tensor) => sum + Tensors.read(tf.sum(tf.square(tensor))) / 2, 0)
  const first = loss()
  for (let step = 1; step <= learnsWithin; step++)
    state = Update.step(optimizer, {
      ...state,
      gradients: state.parameters,
      step,
      learningRate,
      gradient: (index) => index
    })
  const last = loss()
  return last < first / 2
    ? undefined
    : broken(
        `½‖p‖² is ${first} at first and ${last} at last`,
        `take ${learnsWithin} steps with the gradient p and rate ${learningRate}`
      )
}

/** The task that the laws of whole runs train with it. */
const subjectOf = (optimizer: Update.Update, name: string, learningRate: number): Trajectory.Subject => {
  const perceptron = Tiny.perceptron()
  return {
    name,
    task: { ...perceptron, groups: [{ name: "all", match: "**", optimizer }] } as Task.Task,
    config: { learningRate, seed: 1, until: { epochs: 1 }, batchSize: 4 },
    data: { train: Tiny.vectors() }
  }
}

/** That it is pure, keeps what it says of itself, learns, and goes through whole runs. */
export const of = (optimizer: Update.Update, options: OptimizerOptions = {}): ReadonlyArray<Statement> => {
  const { name = optimizer.name, learningRate = 0.01, learnsWithin = 500 } = options
  const broken: Broken = (found, reproduce) => new LawBroken({ law: "optimizer", subject: name, found, reproduce })
  const law = (statement: string, check: () => LawBroken | undefined): Statement => ({
    statement,
    check: Effect.suspend(() => {
      const found = Tensors.tidy(check)
      return found === undefined ? Effect.void : Effect.fail(found)
    })
  })
  const subject = subjectOf(optimizer, name, learningRate)
  return [
    law("a step is a function of its inputs, which it does not change", () => isPure(optimizer, learningRate, broken)),
    law("its slots have the same names and shapes at every step", () => keepsSlots(optimizer, learningRate, broken)),
    law("its numbers have the same names at every step, and are finite", () =>
      keepsNumbers(optimizer, learningRate, broken)
    ),
    law("concatenated parameters are updated as each alone, where it declares so", () =>
      isElementwise(optimizer, learningRate, broken)
    ),
    law("it goes down a bowl", () => learns(optimizer, learningRate, learnsWithin, broken)),
    {
      statement: "a run cut after any step and resumed is the unbroken run, bit for bit",
      check: ResumeLaw.check(subject)
    },
    { statement: "no tensor is left once the scope has closed, on all four exits", check: TensorLaw.check(subject) }
  ] satisfies ReadonlyArray<Statement<Backend | StepExecutor>>
}
