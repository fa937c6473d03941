/** The types of tfjs-node's C++ binding and of the tfjs backend around it, for what works below the API of tfjs. */
import type * as tf from "@tensorflow/tfjs-core"

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

/** The functions of the compiled binding. Numbers of tensors and models are handles: each one that is created must be deleted. */
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
  getNumOfSavedModels(): number
  getNumOfTensors(): number
  isUsingGpuDevice(): boolean
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_INT64: number
  readonly TF_BOOL: number
  readonly TF_COMPLEX64: number
  readonly TF_STRING: number
  readonly TF_RESOURCE: number
  readonly TF_UINT8: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
  readonly TF_ATTR_RESOURCE: number
  readonly TF_Version: string
}

/** The backend's record of a tensor's data. */
export interface TensorData {
  readonly shape: Array<number>
  readonly dtype: number
  /** -1 until the tensor is first used by an operation; its values are then in `values`. */
  readonly id: number
  readonly values: tf.backend_util.BackendValues | null
  readonly refCount: number
}

/** tfjs-node's backend of tfjs: tensors of tfjs on one side, the binding on the other. */
export interface NativeBackend extends tf.KernelBackend {
  binding: Binding
  readonly tensorMap: tf.DataStorage<TensorData>
  /** The binding's numbers of tfjs tensors; those not yet uploaded are uploaded. */
  getInputTensorIds(tensors: ReadonlyArray<tf.TensorInfo>): Array<number>
  /** Makes a tfjs tensor, owned by tfjs, of a tensor of the binding. */
  createOutputTensor(metadata: TensorMetadata): tf.Tensor
  executeSingleInput(name: string, input: tf.TensorInfo): tf.Tensor
  executeSingleOutput(
    name: string,
    attributes: ReadonlyArray<OperationAttribute>,
    inputs: ReadonlyArray<tf.TensorInfo>
  ): tf.Tensor
  executeMultipleOutputs(
    name: string,
    attributes: ReadonlyArray<OperationAttribute>,
    inputs: ReadonlyArray<tf.TensorInfo>,
    outputs: number
  ): Array<tf.Tensor>
}
