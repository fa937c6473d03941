/** A state as JSON text and back, bit for bit: the values of tensors as base64 of their bytes. */
import type { TensorData, TrainStateData } from "@etude/core/TrainState"
import * as Schema from "effect/Schema"

const File = Schema.Struct({
  plain: Schema.Json,
  tensors: Schema.Record(
    Schema.String,
    Schema.Struct({
      dtype: Schema.Literals(["float32", "int32", "bool"]),
      shape: Schema.Array(Schema.Natural),
      bytes: Schema.String
    })
  )
})
const codec = Schema.fromJsonString(File)

const base64 = ({ buffer, byteOffset, byteLength }: TensorData["values"]): string =>
  btoa(Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte)).join(""))

const valuesOf = (dtype: TensorData["dtype"], text: string): TensorData["values"] => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  if (dtype === "float32") return new Float32Array(bytes.buffer)
  return dtype === "int32" ? new Int32Array(bytes.buffer) : bytes
}

export const encode = ({ plain, tensors }: TrainStateData): string =>
  Schema.encodeSync(codec)({
    plain,
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([path, { dtype, shape, values }]) => [path, { dtype, shape, bytes: base64(values) }])
    )
  })

/** Throws where the text is no state. */
export const decode = (text: string): TrainStateData => {
  const { plain, tensors } = Schema.decodeSync(codec)(text)
  return {
    plain,
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([path, { dtype, shape, bytes }]) => [
        path,
        { dtype, shape, values: valuesOf(dtype, bytes) }
      ])
    )
  }
}
