/**
 * TensorFlow's own message classes (`SavedModel`, `GraphDef`, …), as tfjs-node ships them: generated from TensorFlow's
 * definitions for Google's protobuf library.
 */
export interface AttributeMessage {
  setType(value: number): this
  setI(value: number): this
  setF(value: number): this
  setB(value: boolean): this
  setS(value: Uint8Array): this
  setShape(value: object): this
  setTensor(value: object): this
  setList(value: object): this
}
export interface NodeMessage {
  setName(value: string): this
  setOp(value: string): this
  addInput(value: string): this
  getAttrMap(): { set(name: string, value: AttributeMessage): unknown }
}
interface ListMessage {
  setIList(values: ReadonlyArray<number>): this
  setFList(values: ReadonlyArray<number>): this
  setBList(values: ReadonlyArray<boolean>): this
}
interface ShapeMessage {
  addDim(value: object): this
}
export interface Messages {
  readonly AttrValue: (new () => AttributeMessage) & { readonly ListValue: new () => ListMessage }
  readonly NodeDef: new () => NodeMessage
  readonly GraphDef: new () => { addNode(node: NodeMessage): unknown; setVersions(versions: object): unknown }
  readonly VersionDef: new () => { setProducer(version: number): object }
  readonly MetaGraphDef: (new () => { setMetaInfoDef(info: object): unknown; setGraphDef(graph: object): unknown }) & {
    readonly MetaInfoDef: new () => { addTags(tag: string): unknown }
  }
  readonly SavedModel: new () => {
    setSavedModelSchemaVersion(version: number): unknown
    addMetaGraphs(graph: object): unknown
    serializeBinary(): Uint8Array
  }
  readonly Tensor: new () => {
    setDtype(value: number): unknown
    setTensorShape(shape: object): unknown
    setTensorContent(bytes: Uint8Array): unknown
  }
  readonly TensorShape: (new () => ShapeMessage) & { readonly Dim: new () => { setSize(size: number): object } }
}

let loaded: Messages | undefined

/** Found beside this package as the peer that tfjs-node is. */
export const load = (): Messages => {
  // Not imported, so that a page, which has no native backend, can be bundled with this module.
  loaded ??= process.getBuiltinModule("node:module").createRequire(import.meta.url)(
    "@tensorflow/tfjs-node/dist/proto/api_pb.js"
  ) as Messages
  return loaded
}
