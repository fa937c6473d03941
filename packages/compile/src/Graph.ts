/** A recording as a TensorFlow graph: what its outputs need of it, as the bytes of a SavedModel. */
import type { AttributeMessage, Messages } from "./Messages.ts"
import type { Binding, OperationAttribute } from "./NativeBinding.ts"
import type { Recording, Source } from "./Recording.ts"

/** The oldest TensorFlow whose library the native backend runs on, 2.9; graphs say which version's meanings they use. */
const producer = 1087

/** The tag under which the only graph of the model is found. */
export const tag = "etude"

export interface Graph {
  readonly model: Uint8Array
  /** Which inputs the graph takes, by their index in the recording, and under which names. */
  readonly inputs: ReadonlyArray<number>
  readonly inputNames: string
  /** What is fetched; each once, in this order. */
  readonly fetched: ReadonlyArray<Extract<Source, { _tag: "Operation" }>>
  readonly outputNames: string
  /** How many operations are left of the recording. */
  readonly operations: number
}

const nameOf = (source: Source): string => {
  if (source._tag === "Input") return `input_${source.index}`
  if (source._tag === "Constant") return `constant_${source.index}`
  return `operation_${source.index}`
}

/** Inputs, constants and operations that the outputs depend on. */
const needed = ({ operations, outputs }: Recording) => {
  const sets = { Input: new Set<number>(), Constant: new Set<number>(), Operation: new Set<number>() }
  const waiting: Array<Source> = outputs.map(({ source }) => source).filter(({ _tag }) => _tag === "Operation")
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (sets[source._tag].has(source.index)) continue
    sets[source._tag].add(source.index)
    if (source._tag !== "Operation") continue
    const { inputs, after } = operations[source.index]!
    waiting.push(...inputs, ...after.map((index): Source => ({ _tag: "Operation", index, output: 0 })))
  }
  const sorted = (set: Set<number>) => [...set].sort((a, b) => a - b)
  return { inputs: sorted(sets.Input), constants: sorted(sets.Constant), operations: sorted(sets.Operation) }
}

/** Makes the graph of a recording. Throws where an attribute is of a kind that the binding itself would not take. */
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
    throw new Error(`the attribute ${name} is of the unknown kind ${type}`)
  }
  const add = (name: string, op: string, attributes: Iterable<readonly [string, AttributeMessage]>) => {
    const node = new NodeDef().setName(name).setOp(op)
    for (const [key, value] of attributes) node.getAttrMap().set(key, value)
    graph.addNode(node)
    return node
  }

  const parts = needed(recording)
  for (const index of parts.inputs) {
    const { dtype, shape } = recording.inputs[index]!
    add(nameOf({ _tag: "Input", index }), "Placeholder", [
      ["dtype", typeOf(dtype)],
      ["shape", new AttrValue().setShape(shapeOf(shape))]
    ])
  }
  for (const index of parts.constants) {
    const { dtype, shape, bytes } = recording.constants[index]!
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
    const { name, attributes, inputs, after } = recording.operations[index]!
    const node = add(
      nameOf({ _tag: "Operation", index, output: 0 }),
      name,
      attributes.map((attribute) => [attribute.name, attributeOf(attribute)])
    )
    for (const source of inputs) {
      node.addInput(source._tag === "Operation" ? `${nameOf(source)}:${source.output}` : nameOf(source))
    }
    for (const before of after) node.addInput(`^${nameOf({ _tag: "Operation", index: before, output: 0 })}`)
  }

  const meta = new MetaGraphDef()
  const info = new MetaGraphDef.MetaInfoDef()
  info.addTags(tag)
  meta.setMetaInfoDef(info)
  meta.setGraphDef(graph)
  const model = new SavedModel()
  model.setSavedModelSchemaVersion(1)
  model.addMetaGraphs(meta)

  const fetched = new Map<string, Graph["fetched"][number]>()
  for (const { source } of recording.outputs) {
    if (source._tag === "Operation") fetched.set(`${nameOf(source)}:${source.output}`, source)
  }
  return {
    model: model.serializeBinary(),
    inputs: parts.inputs,
    inputNames: parts.inputs.map((index) => `${nameOf({ _tag: "Input", index })}:0`).join(","),
    fetched: [...fetched.values()],
    outputNames: [...fetched.keys()].join(","),
    operations: parts.operations.length
  }
}
