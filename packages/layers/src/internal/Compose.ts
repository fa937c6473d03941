/** A layer made of named parts. */
import type { Forward, ForwardContext, Variables } from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import type * as Scheduled from "@etude/core/Scheduled"
import type { TensorOrRecord, Tensors } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import type { Initialized, Layer, Row } from "../Layer.ts"
import * as Trace from "./Trace.ts"

type Parts = { readonly [name: string]: Layer<any, any> } // each part has its own types
type Functions = { readonly [name: string]: (inputs: any) => any }
type Body<In, Out> = (parts: Functions, inputs: In, context: ForwardContext) => Out

/** Paths with the name of their part before them. */
const below = <A>(name: string, tensors: { readonly [path: string]: A }): { readonly [path: string]: A } =>
  Object.fromEntries(Object.entries(tensors).map(([path, tensor]) => [`${name}/${path}`, tensor]))

/** The tensors of each part by its own paths, in one pass over all. */
const byPart = (tensors: Tensors): { readonly [name: string]: Tensors } => {
  const parts: Record<string, Record<string, tf.Tensor>> = {}
  for (const path in tensors) {
    const end = path.indexOf("/")
    const [name, rest] = [path.slice(0, end), path.slice(end + 1)]
    const tensor = tensors[path]
    if (tensor === undefined) continue
    const part = parts[name]
    if (part === undefined) parts[name] = { [rest]: tensor }
    else part[rest] = tensor
  }
  return parts
}

/** What the parts of one pass have given beside their outputs. */
interface Pass {
  readonly calls: Map<string, number>
  statistics: Tensors
  penalty: tf.Tensor | undefined
}

const callPart = (
  pass: Pass,
  part: Layer<any, any>,
  name: string,
  { parameters, statistics }: Variables,
  inputs: any,
  context: ForwardContext
): any => {
  const call = pass.calls.get(name) ?? 0
  pass.calls.set(name, call + 1)
  // A part that is called twice draws anew the second time.
  const random = RandomBits.within(context.random, call === 0 ? `${name}/` : `${name}/call-${call}/`)
  const changed = byPart(pass.statistics)[name] ?? {}
  const variables = { parameters, statistics: { ...statistics, ...changed } }
  const forward = part.apply(variables, inputs, { ...context, random })
  if (forward.statistics !== undefined) pass.statistics = { ...pass.statistics, ...below(name, forward.statistics) }
  // Parameters are penalized once, however often a part is called.
  if (forward.penalty !== undefined && call === 0) {
    pass.penalty = pass.penalty === undefined ? forward.penalty : tf.add(pass.penalty, forward.penalty)
  }
  return forward.outputs
}

const mapParts = <A>(parts: Parts, f: (part: Layer<any, any>, name: string) => A): { readonly [name: string]: A } =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, f(part, name)]))

const apply = <In, Out extends TensorOrRecord>(
  parts: Parts,
  body: Body<In, Out>,
  { parameters, statistics }: Variables,
  inputs: In,
  context: ForwardContext
): Forward<Out> => {
  const pass: Pass = { calls: new Map(), statistics: {}, penalty: undefined }
  const { scheduled, ...own } = context
  const [parametersOf, statisticsOf] = [byPart(parameters), byPart(statistics)]
  const scheduledOf = scheduled === undefined ? {} : byPart(scheduled)
  const functions = mapParts(parts, (part, name) => (partInputs: any) => {
    const variables = { parameters: parametersOf[name] ?? {}, statistics: statisticsOf[name] ?? {} }
    const present = scheduledOf[name]
    return callPart(pass, part, name, variables, partInputs, present ? { ...own, scheduled: present } : own)
  })
  const random = RandomBits.within(context.random, "own/")
  const outputs = body(functions, inputs, { ...context, random })
  return {
    outputs,
    ...(Object.keys(pass.statistics).length > 0 && { statistics: pass.statistics }),
    ...(pass.penalty && { penalty: pass.penalty })
  }
}

/** Inputs that a part can't take: which part, by its path, and why. */
class Misfit extends Error {
  readonly path: string
  readonly kind: string
  readonly reason: string
  constructor(path: string, kind: string, reason: string, cause: unknown) {
    super(`${path} (${kind}): ${reason}`, { cause })
    this.path = path
    this.kind = kind
    this.reason = reason
  }
}

/** The same mistake, seen from the layer that has the part. */
const within = (name: string, kind: string, cause: unknown): Misfit =>
  cause instanceof Misfit
    ? new Misfit(`${name}/${cause.path}`, cause.kind, cause.reason, cause.cause)
    : new Misfit(name, kind, cause instanceof Error ? cause.message : String(cause), cause)

const pathOf = (name: string, path: string): string => (path === "" ? name : `${name}/${path}`)

/** What a part computes when it is called again: its parameters are there already, its multiply-adds are not. */
const addCalls = (rows: Array<Row>, again: ReadonlyArray<Row>): void => {
  for (const { path, multiplyAdds } of again) {
    const index = rows.findIndex((row) => row.path === path)
    const row = rows[index]
    if (row !== undefined) rows[index] = { ...row, multiplyAdds: row.multiplyAdds + multiplyAdds }
  }
}

const initialize = <In, Out extends TensorOrRecord>(
  parts: Parts,
  body: Body<In, Out>,
  key: Rng.Key,
  specs: Parameters<Layer["initialize"]>[1]
): Initialized => {
  const parameters: Record<string, tf.Tensor> = {}
  const statistics: Record<string, tf.Tensor> = {}
  const rows: Array<Row> = []
  const called = new Set<string>()
  const functions = mapParts(parts, (part, name) => (inputs: any) => {
    const isFirst = !called.has(name)
    called.add(name)
    try {
      const initialized = part.initialize(Rng.named(key, name), Trace.specsOf(inputs))
      const rowsOfCall = initialized.rows.map((row) => ({ ...row, path: pathOf(name, row.path) }))
      if (isFirst) {
        Object.assign(parameters, below(name, initialized.variables.parameters))
        Object.assign(statistics, below(name, initialized.variables.statistics))
        rows.push(...rowsOfCall)
      } else addCalls(rows, rowsOfCall)
      return Trace.zeros(initialized.outputs)
    } catch (cause) {
      throw within(name, part.kind, cause)
    }
  })
  const outputs = body(functions, Trace.zeros(specs) as In, Trace.context())
  const unused = Object.keys(parts).filter((name) => !called.has(name))
  if (unused.length > 0) {
    throw new Error(
      `${unused.join(", ")}: never called, so the shape of its inputs is not known; leave it out, or call it`
    )
  }
  return { variables: { parameters, statistics }, outputs: Trace.specsOf(outputs), rows }
}

const isTrainable =
  (parts: Parts) =>
  (path: string): boolean => {
    const end = path.indexOf("/")
    return parts[path.slice(0, end)]?.trainable?.(path.slice(end + 1)) !== false
  }

/** The layer whose function calls these parts. */
export const layer = <In extends TensorOrRecord, Out extends TensorOrRecord>(
  parts: Parts,
  body: Body<In, Out>
): Layer<In, Out> => {
  const all = Object.values(parts)
  const scheduled: Scheduled.ChangingNumbers = Object.assign(
    {},
    ...Object.entries(parts).map(([name, part]) => below(name, part.scheduled ?? {}))
  )
  return {
    kind: "compose",
    initialize: (key, specs) => initialize(parts, body, key, specs),
    apply: (variables, inputs, context) => apply(parts, body, variables, inputs, context),
    ...(all.some(({ trainable }) => trainable !== undefined) && { trainable: isTrainable(parts) }),
    ...(all.some(({ crossSample }) => crossSample === true) && { crossSample: true }),
    ...(Object.keys(scheduled).length > 0 && { scheduled })
  }
}
