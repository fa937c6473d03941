/** What this package needs of tfjs-node's backend and of the C++ binding below it, and how they are found. */
import * as tf from "@tensorflow/tfjs-core"

/** A tensor of TensorFlow's, by its number in the binding. */
export interface TensorMetadata {
  readonly id: number
  readonly shape: Array<number>
  readonly dtype: number
}

/** An attribute of an operation; `type` is one of the binding's `TF_ATTR_…` numbers. */
export interface OperationAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

export interface Binding {
  createTensor(shape: ReadonlyArray<number>, dtype: number, values: tf.backend_util.BackendValues): number
  deleteTensor(tensor: number): void
  tensorDataSync(tensor: number): Float32Array | Int32Array | Uint8Array
  executeOp(
    name: string,
    attributes: ReadonlyArray<OperationAttribute>,
    inputs: ReadonlyArray<number>,
    outputs: number
  ): Array<TensorMetadata>
  loadSavedModel(directory: string, tags: string): number
  deleteSavedModel(model: number): void
  /** Names are joined by commas. */
  runSavedModel(
    model: number,
    inputs: ReadonlyArray<number>,
    inputNames: string,
    outputNames: string
  ): Array<TensorMetadata>
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_BOOL: number
  readonly TF_STRING: number
  readonly TF_RESOURCE: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
}

/** What is known of a tensor's data: its number in the binding, or values that no operation has used yet. */
export interface TensorData {
  readonly shape: ReadonlyArray<number>
  readonly dtype: number
  readonly id: number
  readonly values: tf.backend_util.BackendValues | null
}

/** tfjs-node's backend. Its members are replaced while a program is recorded. */
export interface NativeBackend {
  binding: Binding
  readonly tensorMap: tf.DataStorage<TensorData>
  getInputTensorIds(tensors: ReadonlyArray<tf.TensorInfo>): Array<number>
  executeSingleOutput(
    name: string,
    attributes: ReadonlyArray<OperationAttribute>,
    inputs: ReadonlyArray<tf.TensorInfo>
  ): tf.Tensor
  createOutputTensor(metadata: TensorMetadata): tf.Tensor
  readSync(dataId: object): tf.backend_util.BackendValues
}

/** The backend that runs now, if it is the native one. */
export const current = (): NativeBackend | undefined =>
  tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : undefined
