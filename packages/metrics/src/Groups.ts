/** A metric for each class, and for each group of samples. */
import type { Metric, Scored } from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import { OptionsInvalid } from "./Errors.ts"
import type { Statistics } from "./Statistics.ts"

/**
 * One metric for each class out of one with a value for each (`average: "none"`), by the classes' names, for a task's
 * `metrics`: `{ ...classwise(Classification.recall({ …, average: "none" }), ["cat", "dog"]) }` reports `recall/cat` and
 * `recall/dog`. They share their statistics. None where the class's value is NaN, or there is no value for the name.
 */
export const classwise = <Out extends TensorOrRecord, Target extends TensorOrRecord, State, const Name extends string>(
  metric: Metric<Out, Target, State, ReadonlyArray<number>>,
  names: ReadonlyArray<Name>
): { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, number> } => {
  // What shows all classes does not show one.
  const { toNumber: _, toJson: __, toFigure: ___, toText: ____, ...shared } = metric
  return Object.fromEntries(
    names.map((name, k) => [
      `${metric.name}/${name}`,
      {
        ...shared,
        name: `${metric.name}/${name}`,
        result: (state: State) =>
          Option.filter(
            Option.flatMap(metric.result(state), (values) => Option.fromNullishOr(values[k])),
            (value) => !Number.isNaN(value)
          )
      }
    ])
    // Keys are built from the names.
  ) as { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, number> }
}

export interface GroupsOptions<Out extends TensorOrRecord, Target extends TensorOrRecord, Name extends string> {
  /** Of group 0, 1, … */
  readonly names: ReadonlyArray<Name>
  /** The group of each sample, int32 [batch]; samples of any other number are in no group. */
  readonly of: (scored: Scored<Out, Target>) => tf.Tensor
}

/**
 * Metrics by groups of samples (slices): `const byLength = groups({ names: ["short", "long"], of })`, then
 * `metrics: { ...byLength(accuracy) }` reports `accuracy/short` and `accuracy/long`, each over its group alone. For metrics
 * that honour sample weights, as all of this package do; a group is measured by weights of 0 elsewhere. Metrics that share
 * their statistics share those of each group.
 */
export const groups = <
  const Name extends string,
  Out extends TensorOrRecord = tf.Tensor,
  Target extends TensorOrRecord = tf.Tensor
>({
  names,
  of
}: GroupsOptions<Out, Target, Name>) => {
  if (names.length === 0) throw new OptionsInvalid({ metric: "groups", problems: ["this group has no name"] })
  const cache = new WeakMap<object, ReadonlyArray<Statistics<any, any, any>["measure"]>>()
  const measuresOf = (measure: (scored: Scored<any, any>) => any) => {
    const cached = cache.get(measure)
    if (cached !== undefined) return cached
    const measures = names.map((_, group) => (scored: Scored<any, any>) => {
      const member = tf.cast(tf.equal(of(scored), tf.scalar(group, "int32")), "float32")
      return measure({ ...scored, weights: scored.weights === undefined ? member : tf.mul(scored.weights, member) })
    })
    cache.set(measure, measures)
    return measures
  }
  return <State, Value>(
    metric: Metric<Out, Target, State, Value>
  ): { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, Value> } =>
    Object.fromEntries(
      measuresOf(metric.measure).map((measure, group) => {
        const name = `${metric.name}/${names[group]}`
        return [name, { ...metric, name, measure }]
      })
      // Keys are built from the names.
    ) as { readonly [name in `${string}/${Name}`]: Metric<Out, Target, State, Value> }
}
