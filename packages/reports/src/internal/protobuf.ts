/** The wire format of Protocol Buffers, as much of it as TensorBoard's messages need: writing only. */

const textEncoder = new TextEncoder()

/** The bytes of one field, or of several; a message is its fields one after another. */
export type Bytes = ReadonlyArray<number> | Uint8Array

const varint = (value: number): Array<number> => {
  const bytes: Array<number> = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}

const tag = (field: number, wireType: number): Array<number> => varint(field * 8 + wireType)

const fixed = (size: 4 | 8, put: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(size))
  put(view)
  return new Uint8Array(view.buffer)
}

/** A whole number from 0 to 2⁵³ − 1, a boolean as 0 or 1, an enum. */
export const integer = (field: number, value: number): Bytes => [...tag(field, 0), ...varint(value)]
export const double = (field: number, value: number): Bytes => [
  ...tag(field, 1),
  ...fixed(8, (view) => view.setFloat64(0, value, true))
]
export const float = (field: number, value: number): Bytes => [
  ...tag(field, 5),
  ...fixed(4, (view) => view.setFloat32(0, value, true))
]
export const bytes = (field: number, value: Bytes): Bytes => [...tag(field, 2), ...varint(value.length), ...value]
export const string = (field: number, value: string): Bytes => bytes(field, textEncoder.encode(value))
export const message = (field: number, ...fields: ReadonlyArray<Bytes>): Bytes =>
  bytes(
    field,
    fields.flatMap((one) => [...one])
  )
