/**
 * The names of a state's tensors in files. In memory a state is a tree; a name is its way from the root: `parameters/PATH`,
 * `slots/SLOT/PATH`, `callbacks/ID/PATH`, `best/MONITOR:parameters/PATH`, `rollback/slots/SLOT/PATH`. Separators inside slots,
 * ids and monitors are escaped, so that a name is split where it was joined; nothing but files knows such names.
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Names from "./internal/preflight/Names.ts"
import { element } from "./Lookup.ts"
import type { Owned, Tensors, TensorTree } from "./Tensors.ts"
import type { BestWeights, RollbackTensors, TensorGroup, TrainState } from "./TrainState.ts"

/** The levels below a group: tensors by path, tensors by owner and path, or records of groups. */
type Node = TensorTree
type Level = "tensors" | "owned" | "best" | "weights"
const levels: { readonly [group in TensorGroup]: Level } = {
  parameters: "tensors",
  statistics: "tensors",
  slots: "owned",
  callbacks: "owned",
  best: "best",
  rollback: "weights",
  last: "weights"
}
const groupsWithin = ["parameters", "statistics", "slots", "callbacks"] as const
type GroupWithin = (typeof groupsWithin)[number]
const isGroupWithin = (name: string): name is GroupWithin => (groupsWithin as ReadonlyArray<string>).includes(name)

/** Where a tensor is in the tree. */
type NamePath = ReadonlyArray<string>

const joined: { readonly [level in Level]: (path: NamePath) => string } = {
  tensors: (path) => element(path, 0),
  owned: (path) => Names.join(element(path, 0), element(path, 1)),
  best: (path) => `${Names.escape(element(path, 0), ":")}:${joined.weights(path.slice(1))}`,
  weights: (path) => {
    const group = element(path, 0)
    return `${group}/${joined[levels[group as GroupWithin]](path.slice(1))}`
  }
}

const splitWithin = (text: string): NamePath | undefined => {
  const slash = text.indexOf("/")
  const group = text.slice(0, slash)
  if (slash === -1 || !isGroupWithin(group)) return undefined
  const rest = text.slice(slash + 1)
  return [group, ...(levels[group] === "owned" ? Names.split(rest) : [rest])]
}

const pathOf: { readonly [level in Level]: (text: string) => NamePath | undefined } = {
  tensors: (text) => [text],
  owned: (text) => Names.split(text),
  best: (text) => {
    const colon = text.indexOf(":")
    const within = splitWithin(text.slice(colon + 1))
    return colon === -1 || within === undefined ? undefined : [Names.unescape(text.slice(0, colon)), ...within]
  },
  weights: splitWithin
}

const isGroup = (name: string): name is TensorGroup => Object.hasOwn(levels, name)

/** The group that a tensor of this name belongs to; `undefined` when it is no name of a state's tensor. */
export const groupOf = (name: string): TensorGroup | undefined => parse(name)?.group

/** The callback that a tensor of this name belongs to; `undefined` when it is no callback's. */
export const callbackOf = (name: string): string | undefined => {
  const parsed = parse(name)
  return parsed?.group === "callbacks" ? parsed.path[0] : undefined
}

const parse = (name: string): { readonly group: TensorGroup; readonly path: NamePath } | undefined => {
  const slash = name.indexOf("/")
  const group = name.slice(0, slash)
  if (slash === -1 || !isGroup(group)) return undefined
  const path = pathOf[levels[group]](name.slice(slash + 1))
  return path === undefined ? undefined : { group, path }
}

/** The tensors of a group by name. */
export const flatten = (group: TensorGroup, node: Node): Tensors => {
  const named: Array<readonly [string, tf.Tensor]> = []
  const visit = (node: Node | undefined, path: NamePath): void => {
    if (node === undefined) return
    if (isLeaf(node)) named.push([`${group}/${joined[levels[group]](path)}`, node])
    else for (const [key, child] of Object.entries(node)) visit(child, [...path, key])
  }
  visit(node, [])
  return Object.fromEntries(named)
}
const isLeaf = (node: Node): node is tf.Tensor => typeof (node as tf.Tensor).dataSync === "function"

type Branch = Map<string, Branch | tf.Tensor>
const recordOf = (branch: Branch): { [key: string]: any } =>
  Object.fromEntries([...branch].map(([key, child]) => [key, child instanceof Map ? recordOf(child) : child]))

const whole = <Weights extends Partial<RollbackTensors>>(weights: Weights): BestWeights & Weights => ({
  parameters: {},
  statistics: {},
  callbacks: {},
  ...weights
})

/** The inverse of {@link flatten} for all groups. Throws where a name is not one of a state. */
export const tree = (tensors: ReadonlyArray<readonly [name: string, tensor: tf.Tensor]>): Omit<TrainState, "plain"> => {
  const root: Branch = new Map()
  for (const [name, tensor] of tensors) {
    const parsed = parse(name)
    if (parsed === undefined) throw new Error(`"${name}" is not the name of a tensor of a state`)
    const path = [parsed.group, ...parsed.path]
    let branch = root
    for (const key of path.slice(0, -1)) {
      const next = branch.get(key)
      const child: Branch = next instanceof Map ? next : new Map()
      branch.set(key, child)
      branch = child
    }
    branch.set(element(path, -1), tensor)
  }
  const { parameters, statistics, slots, callbacks, best, rollback, last } = recordOf(root)
  return {
    parameters: (parameters as Tensors | undefined) ?? {},
    statistics: (statistics as Tensors | undefined) ?? {},
    slots: (slots as Owned | undefined) ?? {},
    callbacks: (callbacks as Owned | undefined) ?? {},
    best: Object.fromEntries(Object.entries(best ?? {}).map(([monitor, weights]) => [monitor, whole(weights as {})])),
    rollback: rollback === undefined ? {} : { slots: {}, ...whole(rollback) },
    last: last === undefined ? {} : whole(last)
  }
}
