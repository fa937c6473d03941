/**
 * A recording as a TensorFlow graph: what its outputs need of it, as the bytes of a SavedModel. Numbers that enter (rates,
 * decays) come in one vector, and numbers that leave (losses, counts) go in one: each tensor that passes between JavaScript
 * and TensorFlow costs more than the work on a number.
 */

import type { Binding, OperationAttribute } from "@etude/core/kernels/TfjsNode"
import { element, mapEntry } from "@etude/core/Lookup"
import type { AttributeMessage, Messages } from "./Messages.ts"
import type { Recording, Source } from "./Recording.ts"

/** The oldest TensorFlow whose library the native backend runs on, 2.9; graphs say which version's meanings they use. */
const producer = 1087

/** The tag under which the only graph of the model is found. */
export const tag = "etude"

type OperationSource = Extract<Source, { _tag: "Operation" }>

export interface Graph {
  readonly model: Uint8Array
  /** Which inputs the graph takes, by their index in the recording; after them the vector of numbers, if there is one. */
  readonly inputs: ReadonlyArray<number>
  /** Which inputs are the elements of that vector. */
  readonly numbersIn: ReadonlyArray<number>
  readonly inputNames: string
  /** What is fetched, each once; after it the vector of numbers, if there is one. */
  readonly fetched: ReadonlyArray<OperationSource>
  /** What the elements of that vector are. */
  readonly numbersOut: ReadonlyArray<OperationSource>
  readonly outputNames: string
}

const nameOf = (source: Source): string => {
  if (source._tag === "Input") return `input_${source.index}`
  if (source._tag === "Constant") return `constant_${source.index}`
  return `operation_${source.index}`
}
const [numbersIn, apart, numbersOut] = ["numbers_in", "numbers_apart", "numbers_out"]

/** The inputs, constants and operations that the outputs depend on. */
const needed = ({ operations, outputs }: Recording) => {
  const sets = { Input: new Set<number>(), Constant: new Set<number>(), Operation: new Set<number>() }
  const waiting: Array<Source> = outputs.map(({ source }) => source).filter(({ _tag }) => _tag === "Operation")
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (sets[source._tag].has(source.index)) continue
    sets[source._tag].add(source.index)
    if (source._tag !== "Operation") continue
    const { inputs, after } = element(operations, source.index)
    waiting.push(...inputs, ...after.map((index): Source => ({ _tag: "Operation", index, output: 0 })))
  }
  const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b)
  return { inputs: sorted(sets.Input), constants: sorted(sets.Constant), operations: sorted(sets.Operation) }
}

/** Builds the graph of a recording. Throws if an attribute is of a kind that the binding does not accept. */
export const make = (messages: Messages, binding: Binding, recording: Recording): Graph => {
  const { AttrValue, GraphDef, MetaGraphDef, NodeDef, SavedModel, Tensor, TensorShape, VersionDef } = messages
  const graph = new GraphDef()
  graph.setVersions(new VersionDef().setProducer(producer))

  const shapeOf = (shape: ReadonlyArray<number>) => {
    const message = new TensorShape()
    for (const size of shape) message.addDim(new TensorShape.Dim().setSize(size))
    return message
  }
  const typeOf = (dtype: number) => new AttrValue().setType(dtype)
  const attributeOf = ({ name, type, value }: OperationAttribute): AttributeMessage => {
    const attribute = new AttrValue()
    const list = new AttrValue.ListValue()
    if (type === binding.TF_ATTR_TYPE) return attribute.setType(value as number)
    if (type === binding.TF_ATTR_SHAPE) return attribute.setShape(shapeOf(value as ReadonlyArray<number>))
    if (type === binding.TF_ATTR_STRING) return attribute.setS(Buffer.from(value as string))
    if (type === binding.TF_ATTR_BOOL) {
      return Array.isArray(value) ? attribute.setList(list.setBList(value)) : attribute.setB(value as boolean)
    }
    if (type === binding.TF_ATTR_INT) {
      return Array.isArray(value) ? attribute.setList(list.setIList(value)) : attribute.setI(value as number)
    }
    if (type === binding.TF_ATTR_FLOAT) {
      return Array.isArray(value) ? attribute.setList(list.setFList(value)) : attribute.setF(value as number)
    }
    throw new Error(`the attribute ${name} has the unknown kind ${type}`)
  }
  const add = (name: string, op: string, attributes: Iterable<readonly [string, AttributeMessage]>) => {
    const node = new NodeDef().setName(name).setOp(op)
    for (const [key, value] of attributes) node.getAttrMap().set(key, value)
    graph.addNode(node)
    return node
  }

  const parts = needed(recording)
  const isNumber = ({ shape, dtype }: { readonly shape: ReadonlyArray<number>; readonly dtype: number }) =>
    shape.length === 0 && dtype === binding.TF_FLOAT
  /** All or none: a vector of one number would cost more than it saves. */
  const several = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => (items.length > 1 ? items : [])
  const numbers = several(parts.inputs.filter((index) => isNumber(element(recording.inputs, index))))
  const placeOf = new Map(numbers.map((index, place) => [index, place]))
  const given = parts.inputs.filter((index) => !placeOf.has(index))
  const refer = (source: Source): string => {
    if (source._tag === "Operation") return `${nameOf(source)}:${source.output}`
    const place = source._tag === "Input" ? placeOf.get(source.index) : undefined
    return place === undefined ? nameOf(source) : `${apart}:${place}`
  }
  if (numbers.length > 0) {
    add(numbersIn, "Placeholder", [
      ["dtype", typeOf(binding.TF_FLOAT)],
      ["shape", new AttrValue().setShape(shapeOf([numbers.length]))]
    ])
    add(apart, "Unpack", [
      ["T", typeOf(binding.TF_FLOAT)],
      ["num", new AttrValue().setI(numbers.length)]
    ]).addInput(numbersIn)
  }
  for (const index of given) {
    const { dtype, shape } = element(recording.inputs, index)
    add(nameOf({ _tag: "Input", index }), "Placeholder", [
      ["dtype", typeOf(dtype)],
      ["shape", new AttrValue().setShape(shapeOf(shape))]
    ])
  }
  for (const index of parts.constants) {
    const { dtype, shape, bytes } = element(recording.constants, index)
    const tensor = new Tensor()
    tensor.setDtype(dtype)
    tensor.setTensorShape(shapeOf(shape))
    tensor.setTensorContent(bytes)
    add(nameOf({ _tag: "Constant", index }), "Const", [
      ["dtype", typeOf(dtype)],
      ["value", new AttrValue().setTensor(tensor)]
    ])
  }
  for (const index of parts.operations) {
    const { name, attributes, inputs, after } = element(recording.operations, index)
    const node = add(
      nameOf({ _tag: "Operation", index, output: 0 }),
      name,
      attributes.map((attribute) => [attribute.name, attributeOf(attribute)])
    )
    for (const source of inputs) node.addInput(refer(source))
    for (const before of after) node.addInput(`^${nameOf({ _tag: "Operation", index: before, output: 0 })}`)
  }

  const fetched = new Map<string, OperationSource>()
  for (const { source } of recording.outputs) if (source._tag === "Operation") fetched.set(refer(source), source)
  const numberNames = several(
    [...fetched].flatMap(([name, { index, output }]) =>
      isNumber(element(element(recording.operations, index).outputs, output)) ? [name] : []
    )
  )
  const leaving = numberNames.map((name) => mapEntry(fetched, name))
  for (const name of numberNames) fetched.delete(name)
  if (leaving.length > 0) {
    const node = add(numbersOut, "Pack", [
      ["T", typeOf(binding.TF_FLOAT)],
      ["N", new AttrValue().setI(leaving.length)]
    ])
    for (const name of numberNames) node.addInput(name)
  }

  const meta = new MetaGraphDef()
  const info = new MetaGraphDef.MetaInfoDef()
  info.addTags(tag)
  meta.setMetaInfoDef(info)
  meta.setGraphDef(graph)
  const model = new SavedModel()
  model.setSavedModelSchemaVersion(1)
  model.addMetaGraphs(meta)

  const inputNames = given.map((index) => `${nameOf({ _tag: "Input", index })}:0`)
  return {
    model: model.serializeBinary(),
    inputs: given,
    numbersIn: numbers,
    inputNames: [...inputNames, ...(numbers.length > 0 ? [`${numbersIn}:0`] : [])].join(","),
    fetched: [...fetched.values()],
    numbersOut: leaving,
    outputNames: [...fetched.keys(), ...(leaving.length > 0 ? [`${numbersOut}:0`] : [])].join(",")
  }
}
